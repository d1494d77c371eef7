"""Is an attachment locked with a password? The reader said so; a person has to open it."""

from mail.case import Case


def ask(case: Case) -> str:
    """By the reader's answer."""
    return "An attachment is protected by a password." if case.read.password_protected else ""
