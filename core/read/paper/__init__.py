"""Readers of printed pages."""
