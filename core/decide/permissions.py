"""Roles and what they entitle to; the vocabulary follows the product briefs.

Two gates stand before every change: *is this actor known and allowed this verb* (here), and *is the move legal now* (the state
tables). Both run inside the story, at the moment of the change, for the actor of the verified request.
"""

from collections.abc import Iterable

from core.domain.actors import Actor, ActorKind, Entitled, Permission, Person, Role
from core.domain.ids import DEFAULT_ENTITY, EntityId

_SEE = frozenset({Permission.SEE_PAYMENTS})
_APPLY = _SEE | {Permission.APPLY_PAYMENTS, Permission.READ_REMITTANCES}
_POST = _APPLY | {Permission.POST_PAYMENTS, Permission.RECORD_MONEY}
_LOOK = frozenset({Permission.SEE_SUPPLIER_INVOICES})
_CODE = _LOOK | {Permission.UPLOAD_AND_CODE}
_WORKSPACE = frozenset({Permission.SEE_CUSTOMER_ORDERS})
_LINES = _LOOK | {Permission.RESOLVE_RATE_AND_AMOUNT, Permission.RESOLVE_QUANTITY, Permission.HANDLE_NEW_LINES}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _SEE | _LOOK,
    Role.CASH_APPLIER: _APPLY,
    Role.CASH_POSTER: _POST,
    Role.PAYABLES_CLERK: _CODE,
    Role.RATE_AND_AMOUNT_MANAGER: _LOOK | {Permission.RESOLVE_RATE_AND_AMOUNT},
    Role.QUANTITY_MANAGER: _LOOK | {Permission.RESOLVE_QUANTITY, Permission.RECORD_RECEIPTS},
    Role.NEW_LINES_MANAGER: _LOOK | {Permission.HANDLE_NEW_LINES},
    Role.REQUESTER: _LOOK | {Permission.RECORD_RECEIPTS},
    Role.APPROVER: _LOOK | {Permission.APPROVE},
    Role.PO_APPROVER: _LINES | {Permission.APPROVE},
    Role.PAYABLES_POSTER: _CODE | {Permission.POST_SUPPLIER_INVOICES},
    Role.CUSTOMER_ORDERS_VIEWER: _WORKSPACE,
    Role.SUBMITTER: _WORKSPACE | {Permission.MARK_SUBMISSIONS_READY},
    Role.PORTAL_MANAGER: _WORKSPACE
    | {Permission.MARK_SUBMISSIONS_READY, Permission.RELEASE_SUBMISSIONS, Permission.MANAGE_PORTAL_CUSTOMERS},
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE_PAYMENTS,
            Permission.SEE_SUPPLIER_INVOICES,
            Permission.SEE_CUSTOMER_ORDERS,
            Permission.MANAGE_PORTAL_CUSTOMERS,
            Permission.MANAGE_PORTAL_CREDENTIALS,
            Permission.MANAGE_POLICY,
            Permission.MANAGE_PEOPLE,
            Permission.OPERATE,
        }
    ),
}

LIMITED: frozenset[Role] = frozenset({Role.APPROVER, Role.PO_APPROVER})
"""Approvers of supplier invoices: limited users with fixed permissions."""
PAYABLES: frozenset[Role] = frozenset(
    {
        Role.PAYABLES_CLERK,
        Role.PAYABLES_POSTER,
        Role.RATE_AND_AMOUNT_MANAGER,
        Role.QUANTITY_MANAGER,
        Role.NEW_LINES_MANAGER,
    }
)
"""Roles of full users of payables, which an approver does not hold besides."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What a set of roles entitles to together."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def entitle_somewhere(actor: Actor, person: Person | None) -> Entitled:
    """What `actor` may do for at least one legal entity: for what is no entity's, such as looking at one's own lists."""
    known = next(iter(sorted(person.entities)), DEFAULT_ENTITY) if person is not None else DEFAULT_ENTITY
    return entitle(actor, person, known)


def entitle(actor: Actor, person: Person | None, entity: EntityId) -> Entitled:
    """What `actor` may do on a subject of `entity`.

    A person nobody knows, or who left, may do nothing. Machines carry no permissions: the tables name the events that
    they may cause.
    """
    if actor.kind is not ActorKind.PERSON or person is None or not person.active:
        return Entitled(actor, frozenset())
    if person.entities and entity not in person.entities:
        return Entitled(actor, frozenset())
    return Entitled(actor, permissions_of(person.roles))
