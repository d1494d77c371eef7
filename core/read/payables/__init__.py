"""The plain files of payables: orders, receipts, suppliers, supplier invoices, units, tolerances. Strict as all tables."""
