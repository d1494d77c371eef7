"""Customers' portals: logins, syncs, whose orders they are, our invoices into them, and what became of those."""
