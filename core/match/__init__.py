"""Finds and ranks, never decides: pure functions over records, no input or output, no clock, no chance."""
