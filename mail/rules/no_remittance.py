"""Was neither a remittance nor a bank line nor a supplier's invoice found in the mail?"""

from mail.case import Case


def ask(case: Case) -> str:
    """By what the reader found."""
    found = case.read.remittances or case.read.bank_lines or case.read.supplier_invoices
    return "" if found else "No remittance was found in this mail."
