"""Records, money, words and errors: standard library only, no behaviour that touches the world."""
