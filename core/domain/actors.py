"""Who did it, from where, and what they are entitled to.

The verified request says who; the core looks up what that person may do, in the same transaction as the change.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.ids import EntityId, PersonId


class ActorKind(StrEnum):
    """A human, a rule of ours acting by itself, or the machinery (clock, relay, migration)."""

    PERSON = "person"
    AUTOMATION = "automation"
    SYSTEM = "system"


class Surface(StrEnum):
    """Where an action came in."""

    SLACK = "slack"
    WEB = "web"
    MAIL = "mail"
    FILE = "file"
    COMMAND_LINE = "command_line"
    CLOCK = "clock"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who an event is attributed to. `id` is the person's id for a person, else the name of the rule or process."""

    kind: ActorKind
    id: str
    name: str
    surface: Surface


class Permission(StrEnum):
    """What somebody may be entitled to. Names follow the product's own words."""

    SEE_PAYMENTS = "see_payments"
    APPLY_PAYMENTS = "apply_payments"
    POST_PAYMENTS = "post_payments"
    RECORD_MONEY = "record_money"
    READ_REMITTANCES = "read_remittances"
    UPLOAD_AND_CODE = "upload_and_code"
    RESOLVE_RATE_AND_AMOUNT = "resolve_rate_and_amount"
    RESOLVE_QUANTITY = "resolve_quantity"
    HANDLE_NEW_LINES = "handle_new_lines"
    APPROVE = "approve"
    SEE_SUPPLIER_INVOICES = "see_supplier_invoices"
    RECORD_RECEIPTS = "record_receipts"
    POST_SUPPLIER_INVOICES = "post_supplier_invoices"
    SEE_CUSTOMER_ORDERS = "see_customer_orders"
    MARK_SUBMISSIONS_READY = "mark_submissions_ready"
    RELEASE_SUBMISSIONS = "release_submissions"
    MANAGE_PORTAL_CUSTOMERS = "manage_portal_customers"
    MANAGE_PORTAL_CREDENTIALS = "manage_portal_credentials"
    MANAGE_POLICY = "manage_policy"
    MANAGE_PEOPLE = "manage_people"
    OPERATE = "operate"


class Role(StrEnum):
    """A named set of permissions (`core.decide.permissions` holds the sets)."""

    VIEWER = "viewer"
    CASH_APPLIER = "cash_applier"
    CASH_POSTER = "cash_poster"
    PAYABLES_CLERK = "payables_clerk"
    RATE_AND_AMOUNT_MANAGER = "rate_and_amount_manager"
    QUANTITY_MANAGER = "quantity_manager"
    NEW_LINES_MANAGER = "new_lines_manager"
    REQUESTER = "requester"
    APPROVER = "approver"
    PO_APPROVER = "po_approver"
    PAYABLES_POSTER = "payables_poster"
    CUSTOMER_ORDERS_VIEWER = "customer_orders_viewer"
    SUBMITTER = "submitter"
    PORTAL_MANAGER = "portal_manager"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody we know, with the roles given to them, everywhere or for named legal entities only."""

    id: PersonId
    name: str
    email: str
    roles: frozenset[Role]
    slack_user: str = ""
    slack_team: str = ""
    active: bool = True
    entities: frozenset[EntityId] = frozenset()


@dataclass(frozen=True, slots=True)
class Entitled:
    """An actor with the permissions that hold for this subject, as looked up at the moment of the change."""

    actor: Actor
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Whether the actor holds this permission here and now."""
        return permission in self.permissions
