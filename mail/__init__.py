"""The mail surface: listens to a mailbox, keeps every message, hands remittances to the core."""
