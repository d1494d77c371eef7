"""Did this sender send a mail with this Message-ID before?

The very same mail is stored once and never gets here twice. A Message-ID is no key (some programs reuse theirs), so this is
only noted; whether a *remittance* is the same is asked later, about payer, amount and references, and shown to a person.
"""

from mail.case import Case


def ask(case: Case) -> str:
    """As the store answered."""
    return "A different mail of this sender had the same Message-ID." if case.seen_before else ""
