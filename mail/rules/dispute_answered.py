"""Did the core take this mail as the answer to a dispute of ours?"""

from mail.case import Case


def ask(case: Case) -> str:
    """By what the core said."""
    return f"It answers the dispute {case.read.dispute}." if case.read.dispute else ""
