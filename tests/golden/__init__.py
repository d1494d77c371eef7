"""Documents with the answer beside them."""
