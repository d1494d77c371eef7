"""Readers of supplier invoices: XML by its elements, pages and sheets by where things stand."""
