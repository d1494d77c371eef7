"""Does the mail come from a domain that no customer is known to write from?

Customers pay through banks, parents and service providers, so an unknown sender is shown, not refused.
"""

from mail.case import Case


def ask(case: Case) -> str:
    """Against the mail domains on file."""
    domain = case.envelope.author.domain
    if case.on_file.customer_of(domain) is not None:
        return ""
    return f"No customer is known to write from {domain}." if domain else "The mail names no sender."
