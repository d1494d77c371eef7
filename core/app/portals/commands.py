"""What people can ask of portals: frozen records, the same from every surface."""

from dataclasses import dataclass, field

from core.domain.actors import Actor
from core.domain.events import SubmissionEvent
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.money import Money
from core.domain.portals import Channel, CxmlTerms, OrderRef, PortalCustomerId, PortalLoginId, SubmissionId


@dataclass(frozen=True, slots=True)
class ActOnSubmission:
    """A person causes an event on a submission. `version` is that of the card the person looked at.

    `order` goes with *choose order*, `amounts` by order line with *choose lines*, `file` (name and content) with *attach PDF*.
    """

    submission_id: SubmissionId
    version: int
    event: SubmissionEvent
    actor: Actor
    reason: str = ""
    order: OrderRef | None = None
    amounts: tuple[tuple[str, Money], ...] = ()
    file: tuple[str, bytes] | None = field(default=None, repr=False)
    note: str | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Propose:
    """A person says which order an invoice belongs to that nobody suggested."""

    invoice_number: InvoiceNumber
    order: OrderRef
    actor: Actor
    cause: str = ""


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    """What a person typed of a login. Never shown, logged or kept in any record; sealed at once."""

    password: str = field(repr=False)
    one_time_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AddLogin:
    """An administrator adds a login of a portal."""

    portal: str
    login: str
    secrets: LoginSecrets
    actor: Actor
    date_form: str = ""
    decimal_mark: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class RotateLogin:
    """An administrator enters other secrets. An empty one-time secret keeps the one that is there."""

    login_id: PortalLoginId
    secrets: LoginSecrets
    actor: Actor
    date_form: str | None = None
    decimal_mark: str | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class LinkCustomer:
    """A person says which customer of ours a portal's customer is; None says that it is none of ours."""

    portal_customer: PortalCustomerId
    customer_id: CustomerId | None
    actor: Actor
    cause: str = ""


@dataclass(frozen=True, slots=True)
class SetCustomer:
    """A person switches what is done for a customer; None leaves it as it is."""

    customer_id: CustomerId
    actor: Actor
    uses_portal: bool | None = None
    submit: bool | None = None
    file_place: str | None = None
    legal_entity: str | None = None
    tax_code: str | None = None
    channel: Channel | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class SetCxml:
    """An administrator enters what a customer gave us so that it takes our cXML. Without a secret, the kept one stays."""

    customer_id: CustomerId
    terms: CxmlTerms
    actor: Actor
    secret: str = field(default="", repr=False)
    cause: str = ""
