"""The verbs of the `tieout` command, one module each; `core.cli` finds them by name."""
