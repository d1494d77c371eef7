"""Pages for people: plain HTML that works without scripts, with a keyboard and with a screen reader."""
