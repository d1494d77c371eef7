"""Does this mail report on another mail (not delivered, delayed, read)?

RFC 3464 and RFC 8098 reports say so in their type. Old servers send a plain text from MAILER-DAEMON with the null return path;
the null path alone proves nothing, because some banks send remittances with it.
"""

from typing import Final

from mail.case import Case

_REPORTS: Final = frozenset({"delivery-status", "disposition-notification", "feedback-report"})
_SENDERS: Final = frozenset({"mailer-daemon", "postmaster"})


def ask(case: Case) -> str:
    """A report by type, or by its sender and the null return path."""
    envelope = case.envelope
    if envelope.content_type == "multipart/report" and envelope.report_type in _REPORTS:
        return f"This is a {envelope.report_type} report about another mail."
    if envelope.return_path == "" and envelope.author.address.partition("@")[0] in _SENDERS:
        return "A mail server reports on another mail."
    return ""
