"""The ledgers (ERPs) that payments are posted to: one folder for each, all behind `core.ports.outside.Ledger`."""
