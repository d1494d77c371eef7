"""Cards: pure functions from read models to Slack's blocks. No clock, no database, no network."""
