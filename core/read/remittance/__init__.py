"""Readers of remittance advices, whatever they are written on."""
