"""Is the mail perhaps not from whom it says?

Our own server found the sender's authentication wrong, or the domain is made to look like a customer's.
"""

from core.domain.evidence import FindingKind
from mail.authentication_results import Authentication
from mail.case import Case


def ask(case: Case) -> str:
    """By the verdict and the findings about the sender."""
    alike = next((found for found in case.findings if found.kind is FindingKind.LOOKALIKE_SENDER), None)
    if alike is not None:
        return f"The sender's domain {alike.seen} looks like {alike.expected} and is another one."
    if case.authentication is Authentication.FAIL:
        return f"Our mail server could not confirm that this mail comes from {case.envelope.author.domain}."
    return ""
