"""What `tieout check` looks at, a module a neighbourhood. Each check yields findings and changes nothing."""
