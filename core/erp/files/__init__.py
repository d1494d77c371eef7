"""A ledger without a connector: posting batches as folders of plain files, acknowledgements as a file that comes back."""
