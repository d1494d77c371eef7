"""What the core asks of the world: protocols only. Adapters (store, ledgers, readers, Slack, mail) implement them."""
