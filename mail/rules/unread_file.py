"""Does the mail bring a file that could be a document?

Logos, signatures and calendar entries are none. Asked about mails in which nothing was found: then a person has to look.
"""

from typing import Final

from mail.case import Case
from mail.envelope import PartFact

_NO_DOCUMENTS: Final = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/ics",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "message/delivery-status",
        "text/rfc822-headers",
    }
)


def ask(case: Case) -> str:
    """Files by their declared type; an attached picture may be a scan, one shown inside the text is a logo."""
    files = [part for part in case.envelope.parts if part.is_attachment and _may_be_document(part)]
    if not files:
        return ""
    named = ", ".join(part.name or part.content_type for part in files[:3])
    return f"Nothing could be read from what is attached ({named})."


def _may_be_document(part: PartFact) -> bool:
    return (
        part.size > 0
        and part.content_type not in _NO_DOCUMENTS
        and not (part.is_inline and part.content_type.startswith("image/"))
    )
