"""Acknowledgements: whether a mail may be answered at all, and what the answer says.

Off by default. Two machines that thank each other never stop, so nothing that looks like a machine is answered (RFC 3834), the
sender's daily number is limited by the store, and our own mails carry a signed private header by which we know them. Nothing
from the mail but its subject goes into the answer: it is no place for amounts or account numbers.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from core.domain.ids import Key, MailId
from core.domain.keeping import Effect, EffectKind, Subject, SubjectKind
from core.mail_settings import MailSettings
from mail.authentication_results import Authentication
from mail.envelope import Envelope

_OURS: Final = re.compile(r"v1 id=([A-Za-z0-9:._-]{1,80}) mac=([0-9a-f]{64})\Z")
_PLAIN_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,250}\Z")
_ROBOTS: Final = re.compile(
    r"(?:mailer-daemon|postmaster|no-?_?reply|do-?_?not-?_?reply|bounces?|notifications?|automated|listserv|majordomo|root|abuse)"
    r"[@+._-]"
)
_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
_MOST_REFERENCES: Final = 10


def signature(key: str, secret: str) -> str:
    """The value of the private header of a mail of ours."""
    return f"v1 id={key} mac={_mac(key, secret)}"


def is_ours(values: Sequence[str], secret: str) -> bool:
    """Whether one of the values is signed by this installation."""
    if not secret:
        return False
    found = (_OURS.match(value.strip()) for value in values)
    return any(match is not None and hmac.compare_digest(match[2], _mac(match[1], secret)) for match in found)


def _mac(key: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"tieout v1 {key}".encode(), hashlib.sha256).hexdigest()


def why_not(envelope: Envelope, authentication: Authentication, settings: MailSettings) -> str:
    """Why this mail must not be answered; empty if it may be."""
    author = envelope.author
    automation = envelope.automation
    own = {settings.from_address.lower(), *map(str.lower, settings.own_addresses)}
    reasons = (
        (not (settings.acknowledge and settings.may_send), "Acknowledgements are switched off."),
        (len(envelope.from_) != 1 or "from" in envelope.repeated, "It has not exactly one author."),
        (not _PLAIN_ADDRESS.match(author.address), "The author's address is not a plain one."),
        (author.address in own, "It comes from ourselves."),
        (bool(envelope.ours), "It carries our private header."),
        (automation.auto_submitted not in {"", "no"} or automation.is_autoreply, "A machine sent it."),
        (bool(automation.response_suppress), "Its sender asks for no automatic answers."),
        (automation.precedence in _BULK or automation.is_list, "It comes from a list."),
        (envelope.return_path == "", "It came with the null return path."),
        (envelope.content_type == "multipart/report", "It is a report."),
        (bool(_ROBOTS.match(author.address)), "Nobody reads the author's address."),
        (any(found.domain != author.domain for found in envelope.reply_to), "It wants to be answered elsewhere."),
        (authentication is Authentication.FAIL, "Its sender could not be confirmed."),
        # Where our server judges senders, an answer to a sender it did not confirm may go to a bystander.
        (bool(settings.authserv_id) and authentication is not Authentication.PASS, "Its sender was not confirmed."),
    )
    return next((sentence for holds, sentence in reasons if holds), "")


def acknowledgement(mail_id: MailId, envelope: Envelope, settings: MailSettings) -> Effect:
    """The effect that sends the answer. Asking twice for one mail is asking once, and would send the same Message-ID."""
    key = Key(f"ack:{mail_id}")
    domain = settings.from_address.rpartition("@")[2]
    subject = re.sub(r"^(?:(?:re|aw|sv|antw)\s*:\s*)+", "", envelope.subject, flags=re.IGNORECASE)
    references = [*envelope.references, envelope.message_id][-_MOST_REFERENCES:]
    headers = {
        "From": settings.from_address,
        "To": envelope.author.address,
        "Subject": f"Re: {subject or 'your remittance advice'}"[:200],
        "Message-ID": f"<tieout.ack.{_mac(key, settings.reply_secret.get_secret_value())[:24]}@{domain}>",
        "In-Reply-To": envelope.message_id,
        "References": " ".join(filter(None, references)),
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Tieout": signature(key, settings.reply_secret.get_secret_value()),
    }
    payload = {"headers": {name: value for name, value in headers.items() if value}, "text": _text(settings)}
    return Effect(EffectKind.SEND_MAIL, key, Subject(SubjectKind.MAIL, mail_id), f"mail {envelope.author.address}", payload)


def _text(settings: MailSettings) -> str:
    signed = f"\n{settings.company_name}\n" if settings.company_name else ""
    return (
        "Thank you. Your remittance advice has arrived and is with our accounts receivable team.\n"
        "\n"
        "This is an automatic message and no statement about the payment itself. You need not answer it.\n"
        f"{signed}"
    )
