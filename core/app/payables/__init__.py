"""Stories of payables: supplier invoices from the document to the posted bill, orders and receipts, disputes, policies."""
