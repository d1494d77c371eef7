"""Was the mail too much for us to take apart (too deep, too many headers, over the limits of time or memory)?

What was left out may be the remittance, so a person looks where nothing was found.
"""

from mail.case import Case


def ask(case: Case) -> str:
    """As the envelope says."""
    return "The mail could not be taken apart completely within the limits." if case.envelope.cut else ""
