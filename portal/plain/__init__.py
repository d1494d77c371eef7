"""A plain portal: forms without frames, its own words, one invoice an order, and orders that are confirmed first."""
