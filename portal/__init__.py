"""The surface towards customers' accounts-payable portals."""
