"""The driver of the Coupa Supplier Portal."""
