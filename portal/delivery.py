"""The robot's jobs for customers who take cXML: write a document, and send one that a second person has released, once.

No browser and no login of a portal are needed. What is sent is what was shown: the document is written again with its secret,
and nothing leaves where its digest is not the one that was released.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx

from core.app.outbox import Performer
from core.app.portals import saving, sending
from core.app.portals.sending import Delivered, ToSend, WrittenDocument
from core.app.services import Services
from core.domain.errors import DocumentChanged, ProjectError
from core.domain.keeping import EffectKind, OutboxItem
from core.domain.portal_orders import CustomerPurchaseOrder
from core.domain.portals import CxmlTerms, SubmissionId
from core.domain.submissions import DraftStep, DraftWanted
from portal.cxml import UNITS, CxmlAccount, CxmlInvoice, cxml_invoice
from portal.cxml_send import CxmlDoor
from portal.leases import kept

_NOBODYS: Final = "not the secret"


def account(terms: CxmlTerms, secret: str) -> CxmlAccount:
    """The customer's terms with their secret; its own codes of units before the usual ones."""
    return CxmlAccount(
        terms.endpoint, terms.supplier, terms.customer, secret, is_test=terms.is_test, units={**UNITS, **dict(terms.units)}
    )


def written(wanted: DraftWanted, order: CustomerPurchaseOrder, terms: CxmlTerms, at: datetime) -> WrittenDocument:
    """The document as it is shown, without its secret."""
    made = cxml_invoice(wanted, order, account(terms, _NOBODYS), at)
    return WrittenDocument(made.payload_id, made.shown, made.digest)


class CxmlWorker:
    """Writes and sends. `transport` may be given, for a proxy of the company."""

    def __init__(self, services: Services, lease_s: float = 60.0, transport: httpx.BaseTransport | None = None) -> None:
        self._services = services
        self._lease_s = lease_s
        self._transport = transport

    def performers(self) -> Mapping[EffectKind, Performer]:
        """One for each kind of work."""
        return {EffectKind.WRITE_CXML: self.write, EffectKind.SEND_CXML: self.send}

    def write(self, item: OutboxItem) -> str:
        """Write the document; nothing leaves."""
        return sending.write(self._services, SubmissionId(item.effect.subject.id), written)

    def send(self, item: OutboxItem) -> str:
        """Send what was released; what comes of it is written down, whatever it is."""
        submission_id = SubmissionId(item.effect.subject.id)
        begun = sending.begin(self._services, submission_id, item.token)
        if isinstance(begun, str):
            return begun
        with kept(self._services.store, item, self._lease_s):
            try:
                receipt = self._sent(begun, submission_id, item.token)
            except ProjectError as error:
                return sending.failed(self._services, submission_id, item.token, error)
            except BaseException:  # Whatever it was: the portal is searched before anything else is done.
                sending.abandoned(self._services, submission_id, item.token)
                raise
            return sending.delivered(self._services, submission_id, item.token, receipt)

    def _sent(self, begun: ToSend, submission_id: SubmissionId, token: str) -> Delivered:
        known = account(begun.terms, begun.secret)
        invoice = self._same(begun, known)
        door = CxmlDoor(known, self._services.clock, self._transport)
        saving.step(self._services, submission_id, token, DraftStep.SAVING)
        receipt = door.send(invoice)
        return Delivered(receipt.code, receipt.text, receipt.sent_at)

    @staticmethod
    def _same(begun: ToSend, known: CxmlAccount) -> CxmlInvoice:
        invoice = cxml_invoice(begun.wanted, begun.order, known, begun.written_at)
        if invoice.digest != begun.digest:
            raise DocumentChanged("The invoice, its order or the account changed since the document was released.")
        return invoice
