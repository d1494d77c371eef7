"""Scenarios, units, properties, contracts and stand-ins of Tieout."""
