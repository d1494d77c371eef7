"""Is this our own mail, come back to us?

Known by our signed private header, or by an address that only this process sends from. Such a mail ends here, or two machines
would thank each other for ever.
"""

from mail.case import Case


def ask(case: Case) -> str:
    """Our signature, or our address as the author."""
    if case.signed_by_us:
        return "This mail was sent by this installation itself."
    if case.envelope.author.address in case.own_addresses:
        return f"The author is our own address {case.envelope.author.address}."
    return ""
