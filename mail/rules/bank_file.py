"""Does the mail bring bank lines, from somebody who may not send us any?

A forged bank file would be forged money. Only senders named in the settings may send one, and only in a mail that our own
server found to be theirs.
"""

from mail.authentication_results import Authentication
from mail.case import Case


def ask(case: Case) -> str:
    """Refused unless both the address and the authentication are right."""
    if not case.read.bank_lines or may_send(case):
        return ""
    author = case.envelope.author
    if author.address in case.bank_file_senders or f"@{author.domain}" in case.bank_file_senders:
        return f"A bank file came in the name of {author.address}, but our mail server could not confirm the sender."
    return f"A bank file came from {author.address or 'nobody'}, who is not named in the settings as a sender of bank files."


def may_send(case: Case) -> bool:
    """Whether bank lines of this mail may be taken."""
    author = case.envelope.author
    named = author.address in case.bank_file_senders or f"@{author.domain}" in case.bank_file_senders
    return named and case.authentication is Authentication.PASS
