"""A stand-in for a supplier portal."""
