"""Did a machine answer for somebody (out of office)?

RFC 3834 separates `auto-replied` from `auto-generated`: banks send remittances as the latter, so it is no reason for anything
but not answering. The policy table only lets go of an automatic reply in which there is nothing to read.
"""

from typing import Final

from mail.case import Case

_SUBJECTS: Final = (
    "automatic reply:",
    "out of office",
    "autoreply",
    "auto-reply",
    "automatische antwort:",
    "abwesenheit",
    "réponse automatique",
    "respuesta automática",
    "risposta automatica",
    "automatisch antwoord",
)


def ask(case: Case) -> str:
    """By the headers; by the subject only where a header also says that a machine wrote."""
    automation = case.envelope.automation
    if automation.auto_submitted == "auto-replied" or automation.is_autoreply or automation.precedence == "auto_reply":
        return "The mail is an automatic reply."
    by_machine = automation.auto_submitted not in {"", "no"} or bool(automation.response_suppress)
    if by_machine and case.envelope.subject.lower().startswith(_SUBJECTS):
        return "The mail is an automatic reply by its subject."
    return ""
