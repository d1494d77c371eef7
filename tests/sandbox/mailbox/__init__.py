"""Mail servers for the demo and the tests: pymap with an SMTP door, Dovecot, and one of our own that misbehaves on command."""
