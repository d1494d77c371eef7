"""Documents with what `tieout read --json` says of them."""
