"""Sends one cXML invoice, once, and says what became of it. What may have arrived and may not is unknown, and never sent again.

An answer is believed where it is a cXML response; its own code counts before that of HTTP. Only a connection that was never
made is a reason to try later. Codes and meanings are those of the vendor's list of transmission errors.
"""

import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from lxml import etree

from core.app.portals.customers import is_this_machine
from core.domain.errors import (
    AlreadyInPortal,
    Misconfigured,
    NotInvoiceable,
    OutcomeUnknown,
    PortalActionNeeded,
    PortalDown,
    PortalLoginRefused,
    PortalRefusedField,
)
from core.ports.outside import Clock
from portal.cxml import CxmlAccount, CxmlInvoice
from portal.masking import Masker

_MOST_BYTES: Final = 1_000_000
_LONGEST_S: Final = 300.0
_SHOWN: Final = 300
_TIMES: Final = httpx.Timeout(60, connect=15)
_TAKEN: Final = re.compile(r"already (?:been )?(?:taken|used|exists)|duplicate|must be unique", re.IGNORECASE)
_NO_ORDER: Final = re.compile(r"\b(?:order|po)\b", re.IGNORECASE)
_OK: Final = frozenset({200, 201, 204})
_VERSION_UNSUPPORTED: Final = 450
_REFUSING: Final = frozenset({401, 403, 406, 417, _VERSION_UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class CxmlReceipt:
    """The customer's system has the invoice: its code and words, and what was sent, by id and digest."""

    payload_id: str
    code: int
    text: str
    sent_at: datetime
    digest: str


class CxmlDoor:
    """One customer's endpoint. `transport` may be given, for a proxy of the company."""

    def __init__(self, account: CxmlAccount, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        address = urlsplit(account.endpoint)
        host = address.hostname or ""
        if address.scheme != "https" and not is_this_machine(host):
            raise Misconfigured("Invoices are sent by https only, since they carry a secret.", setting="cxml endpoint")
        self._account = account
        self._clock = clock
        self._transport = transport
        self._masker = Masker(account.shared_secret)

    def send(self, invoice: CxmlInvoice, timeout: httpx.Timeout = _TIMES) -> CxmlReceipt:
        """Send it. Returns only when the customer's system said that it has it.

        `PortalDown`: nothing was sent, later may do. `OutcomeUnknown`: it may have arrived; look it up, never send again.
        Refused, so that nothing was taken: `PortalLoginRefused`, `PortalActionNeeded`, `AlreadyInPortal`, `NotInvoiceable`,
        `PortalRefusedField`.
        """
        sent_at = self._clock.now()
        status, body = self._posted(invoice, timeout)
        code, text = _answer(body)
        if code is None:
            if status == httpx.codes.TOO_MANY_REQUESTS:
                raise PortalDown("The customer's system takes no more documents for now.")
            if status not in _REFUSING:
                raise _unknown("answered something that is no cXML response", status)
            code = status
        text = self._masker.cover(text)[:_SHOWN]
        if code in _OK:
            return CxmlReceipt(invoice.payload_id, code, text, sent_at, invoice.digest)
        raise _refusal(code, text)

    def _posted(self, invoice: CxmlInvoice, timeout: httpx.Timeout) -> tuple[int, bytes]:
        headers = {"Content-Type": invoice.content_type, "Accept": "text/xml", "User-Agent": "Tieout"}
        body = b""
        until = time.monotonic() + _LONGEST_S
        # Not followed anywhere: another address would be shown the secret.
        options = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False, transport=self._transport)
        try:
            with options as client, client.stream("POST", self._account.endpoint, content=invoice.body, headers=headers) as got:
                for part in got.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES or time.monotonic() > until:
                        raise _unknown("answered too much, or too slowly, to be read", got.status_code)
                return got.status_code, body
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise PortalDown("The customer's system cannot be reached; nothing was sent.", kind=type(error).__name__) from error
        except httpx.HTTPError as error:
            raise _unknown("did not answer", 0, kind=type(error).__name__) from error


def _unknown(what: str, status: int, **details: object) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"The customer's system {what}. The invoice may have arrived; a person has to look before it is sent again.",
        status=status,
        **details,
    )


def _answer(body: bytes) -> tuple[int | None, str]:
    """Code and words of a cXML response. Nothing outside the document is ever fetched for it, and no entity is resolved."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, ""
    status = root.find("./Response/Status")
    if root.tag != "cXML" or status is None:
        return None, ""
    code = str(status.get("code") or "")
    words = " ".join(f"{status.get('text') or ''} {status.text or ''}".split())
    return (int(code), words) if re.fullmatch(r"[1-9][0-9]{2}", code) else (None, "")


def _refusal(code: int, text: str) -> Exception:
    """The vendor's codes as what somebody has to do; what nobody has described is unknown."""
    said = f": {text}" if text else "."
    if code == httpx.codes.UNAUTHORIZED:
        return PortalLoginRefused("The customer's system refused our cXML credentials.", text=text)
    if code == httpx.codes.FORBIDDEN:
        return PortalActionNeeded(
            "The customer does not take cXML invoices from us; somebody there has to allow it.", text=text
        )
    if code == httpx.codes.NOT_ACCEPTABLE:
        return PortalRefusedField(f"The customer's system could not read the document{said}", field="Document", text=text)
    if code == httpx.codes.EXPECTATION_FAILED:
        if _TAKEN.search(text):
            return AlreadyInPortal(f"The customer has an invoice with this number already{said}")
        if _NO_ORDER.search(text):
            return NotInvoiceable(f"The customer's system takes no invoice for this order{said}")
        return PortalRefusedField(f"The customer's system refused the invoice{said}", field="Invoice", text=text)
    if code == _VERSION_UNSUPPORTED:
        return PortalRefusedField(f"The customer's system does not take this version of cXML{said}", field="Version", text=text)
    return _unknown(f"answered {code}", code, text=text)
