"""Readers of bank files."""
