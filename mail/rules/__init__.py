"""One question a file: `ask(case)` answers with the sentence that says why it hits, or with nothing. `mail.chain` decides."""
