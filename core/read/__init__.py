"""Bytes to neutral records: never guesses, says where it stopped."""
