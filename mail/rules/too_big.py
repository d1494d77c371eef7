"""Is the mail over the size limit? Only its header was fetched then; a person opens it in the mailbox."""

from mail.case import Case


def ask(case: Case) -> str:
    """The server's figure against the limit of the settings."""
    if case.whole and case.size <= case.size_cap:
        return ""
    return f"The mail has {case.size / 1_000_000:.1f} MB; the limit is {case.size_cap / 1_000_000:.1f} MB."
