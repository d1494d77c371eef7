"""The clock process: the watched folder, the ledger's relay, daily work, and the alarm when something has gone silent."""
