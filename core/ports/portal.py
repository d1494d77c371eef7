"""Protocols towards a customer's accounts-payable portal: the driver, and what it is given (seats, codes, sessions).

A driver SHALL NOT have any path that submits an invoice; people submit, in the portal. It SHALL raise the errors of
`core.domain.errors` and no others of its own or its vendor's, and no error, record or picture of it SHALL hold a secret.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from core.domain.portal_orders import CustomerPurchaseOrder, OrderCursor, OrderSync, PortalCustomer, PortalInvoice
from core.domain.submissions import DraftOutcome, DraftSeen, DraftStep, DraftWanted

Progress = Callable[[DraftStep], None]
"""Told each step before the next begins; a caller that writes it down knows after a crash where to look."""

Told = Callable[[OrderSync], None]
"""Told some of the changed orders as soon as they are read, with a cursor that goes on after them.

Whoever keeps each part with its cursor loses at most one part to a crash. Every changed order is told, again after a session
that was lost meanwhile, and is in the answer besides.
"""


def untold(_part: OrderSync) -> None:
    """For callers that only want the answer."""


@dataclass(frozen=True, slots=True)
class PortalCredential:
    """A login of a portal. `date_form` (such as `mm/dd/yyyy`) and `decimal_mark` are the user's settings in the portal.

    Left empty, they are read off the pages, and pages that can be read in two ways are refused.
    """

    id: str
    portal: str
    login: str
    password: str = field(repr=False)
    one_time_secret: str = field(default="", repr=False)
    date_form: str = ""
    decimal_mark: str = ""


class PortalSeats(Protocol):
    """Who may use a credential, and how many sessions of it are open at the portal: never more than three.

    Counted are sessions that began and are not known to have ended, so that a crashed run's session counts until it expires.
    """

    def hold(self, credential: str) -> AbstractContextManager[None]:
        """The credential for one job alone; `PortalBusy` when other work has it."""

    def began(self, credential: str, session: str) -> None:
        """A login is about to be made; `PortalSessionsFull` when it would be one too many."""

    def ended(self, credential: str, session: str) -> None:
        """The portal has confirmed the log-out, or showed that the session is gone."""


class UsedCodes(Protocol):
    """Which one-time codes were used, across restarts: a code is good for one attempt, whatever came of it."""

    def claim(self, credential: str, step: int) -> bool:
        """Claim a time step for one attempt; False when this one, or a later one, was claimed before."""


class PersonsCodes(Protocol):
    """A person who may be there and has the code that a portal asks for."""

    def code(self, credential: str) -> str | None:
        """None where nobody is there. Else wait for them a while; `OneTimeCodeMissing` when they did not say it in time."""


class SessionKeeper(Protocol):
    """Keeps a browser's state (cookies) between runs, encrypted: with it, portals rarely ask for codes and captchas."""

    def load(self, credential: str) -> bytes | None:
        """The state of the last run, or None."""

    def save(self, credential: str, state: bytes) -> None:
        """Keep this state in place of the last one."""

    def forget(self, credential: str) -> None:
        """Delete it."""


class PortalDriver(Protocol):
    """One login of one portal. Not for two threads. Every verb logs in by itself where that is needed.

    Any verb may raise `PortalLoginRefused` (and `PortalPasswordExpired`, `OneTimeCodeRefused`), `OneTimeCodeMissing`,
    `CaptchaShown`, `PortalChanged`, `PortalActionNeeded`, `PortalSessionsFull`, `PortalBusy` and `PortalDown`.
    """

    def log_in(self) -> None:
        """Make sure of a session. Does nothing where one is live."""

    def customers(self) -> Sequence[PortalCustomer]:
        """The customers of this login, by name."""

    def orders(self, customer: PortalCustomer, since: OrderCursor, told: Told = untold) -> OrderSync:
        """The customer's orders that are new or changed since `since`, with lines, notes, our invoices and payments."""

    def order(self, customer: PortalCustomer, number: str) -> CustomerPurchaseOrder:
        """One order as it is now. `NotFound` when the portal does not list it."""

    def invoices(self, customer: PortalCustomer, number: str) -> Sequence[PortalInvoice]:
        """Our invoices with this number, in every status; empty when there is none."""

    def read_back(self, customer: PortalCustomer, invoice: PortalInvoice) -> DraftSeen:
        """What the portal's page of this invoice shows, freshly loaded."""

    def save_draft(self, wanted: DraftWanted, progress: Progress) -> DraftOutcome:
        """Save a draft once. Before anything is saved it raises; from then on it answers, if need be `UNKNOWN`.

        Raises `AlreadyInPortal`, `NotInvoiceable`, `PortalRefusedField`, `PortalRefusedFile`, `PortalTotalDiffers` besides.
        """

    def end_session(self) -> None:
        """Log out and close the browser. Never raises."""
