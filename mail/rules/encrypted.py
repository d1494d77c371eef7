"""Is the whole mail encrypted (S/MIME, PGP)? We hold no keys: a person opens it in the mailbox."""

from typing import Final

from mail.case import Case

_SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_READABLE_SMIME: Final = frozenset({"signed-data", "certs-only", "compressed-data"})


def ask(case: Case) -> str:
    """By the type of the mail; an S/MIME mail that is only signed can be read by anybody."""
    kind = case.envelope.content_type
    if kind == "multipart/encrypted":
        return "The mail is encrypted (PGP) and cannot be read here."
    if kind in _SMIME and case.envelope.smime_type not in _READABLE_SMIME:
        return "The mail is encrypted (S/MIME) and cannot be read here."
    return ""
