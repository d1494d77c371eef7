"""The API for programs, version 1: the same stories as everywhere, in JSON."""
