"""Modals: forms and windows. What is typed in them is checked by the core when they are sent, not when they open."""
