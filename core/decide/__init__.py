"""Pure decisions: state tables, permissions, guards. Says what may happen; never makes it happen."""
