"""A stand-in for a portal of plain forms, the second kind that a driver drives."""
