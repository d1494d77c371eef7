"""Was neither a remittance nor a bank line found in the mail?"""

from mail.case import Case


def ask(case: Case) -> str:
    """By what the reader found."""
    return "" if case.read.remittances or case.read.bank_lines else "No remittance was found in this mail."
