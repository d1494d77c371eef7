"""The portal as one object: its world, who is logged in, what was asked of it. Thread-safe; no HTTP here."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pyotp.totp import TOTP

from tests.sandbox.portal import seed
from tests.sandbox.portal.faults import Fault, Faults
from tests.sandbox.portal.model import Buyer, Order, PortalInvoice, Session, User, World

DOMAIN = "coupahost.localhost"
MOST_SESSIONS = 3
MOST_FAILURES = 5
IDLE = timedelta(minutes=30)
REMEMBERED = timedelta(days=30)
TOKEN_LIFE = timedelta(seconds=60)
STEP_S = 30


@dataclass
class LoginTicket:
    """How far somebody got with logging in."""

    email: str
    password_ok: bool = False
    human: bool = False
    code_ok: bool = False
    device: str = ""


@dataclass
class Seen:
    """One request that arrived, without its secrets."""

    host: str
    method: str
    path: str
    step: str
    fields: dict[str, str]


class CannotError(Exception):
    """The portal refuses; the message is what its user reads."""


@dataclass
class Site:
    world: World = field(default_factory=lambda: seed.world(datetime.now(UTC).date()))
    attach_ms: int = 600
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock)
    sessions: dict[str, Session] = field(default_factory=dict)
    tickets: dict[str, LoginTicket] = field(default_factory=dict)
    devices: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    flashes: dict[str, str] = field(default_factory=dict)
    # Codes that were sent by message, as the mobile of the user shows them.
    sent: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    offset: timedelta = timedelta(0)
    most_sessions_at_once: int = 0
    logins: int = 0
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _counter: int = 0
    _next_invoice: int = 20001

    # Where and when.

    def host(self, name: str) -> str:
        return f"{name}.{DOMAIN}:{self.port}"

    def url(self, name: str, path: str = "/") -> str:
        return f"http://{self.host(name)}{path}"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, seconds: float) -> None:
        """Let time pass for the portal alone."""
        with self.lock:
            self.offset += timedelta(seconds=seconds)

    def number(self) -> int:
        """A counter for ids of elements, which differ on every page."""
        with self.lock:
            self._counter += 1
            return self._counter

    def signed(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    # The world.

    def load(self, world: World) -> None:
        """Another world; nobody is logged in, nothing is remembered."""
        with self.lock:
            self.world = world
            for kept in (self.sessions, self.tickets, self.devices):
                kept.clear()
            self.seen.clear()
            self.faults.clear()
            self.offset = timedelta(0)
            self.most_sessions_at_once = self.logins = 0

    def user(self, email: str) -> User | None:
        return next((one for one in self.world.users if one.email == email.strip().lower()), None)

    def buyer(self, slug: str) -> Buyer:
        return next(one for one in self.world.buyers if one.slug == slug)

    def order(self, slug: str, number: int) -> Order | None:
        return next((one for one in self.world.orders if one.buyer == slug and one.id == number), None)

    def orders(self, slug: str) -> list[Order]:
        found = [one for one in self.world.orders if one.buyer == slug]
        return sorted(found, key=lambda one: (one.ordered_on, one.id), reverse=True)

    def order_numbered(self, slug: str, number: str) -> Order | None:
        return next((one for one in self.orders(slug) if one.number == number), None)

    def invoice(self, slug: str, number: int) -> PortalInvoice | None:
        return next((one for one in self.world.invoices if one.buyer == slug and one.id == number), None)

    def invoices(self, slug: str) -> list[PortalInvoice]:
        found = [one for one in self.world.invoices if one.buyer == slug]
        return sorted(found, key=lambda one: one.id, reverse=True)

    def new_invoice_id(self) -> int:
        with self.lock:
            self._next_invoice += 1
            return self._next_invoice

    def invoiced(self, order: Order, line: int) -> Decimal:
        """What was invoiced against one line, drafts not counted."""
        before = next(one.invoiced_before for one in order.lines if one.number == line)
        return before + sum(
            (
                entry.total
                for one in self.invoices(order.buyer)
                if one.order_number == order.number and one.status not in {"Draft", "Voided", "Abandoned", "Rejected"}
                for entry in one.lines
                if entry.order_line == line
            ),
            Decimal(0),
        )

    # Logging in.

    def begin_login(self, email: str) -> str:
        with self.lock:
            ticket = secrets.token_urlsafe(12)
            self.tickets[ticket] = LoginTicket(email.strip().lower())
            return ticket

    def try_password(self, ticket: LoginTicket, password: str) -> None:
        with self.lock:
            user = self.user(ticket.email)
            if user is None:
                raise CannotError("The email or password you entered is not correct.")
            if user.locked:
                raise CannotError("Your account is locked. Contact support.")
            if password != user.password:
                user.failures += 1
                user.locked = user.failures >= MOST_FAILURES
                raise CannotError("The email or password you entered is not correct.")
            if user.expired_password:
                raise CannotError("Your password has expired. Please reset your password.")
            user.failures = 0
            ticket.password_ok = True

    def try_code(self, ticket: LoginTicket, code: str) -> None:
        """A code of this time step or its neighbours, newer than the last one taken; or a recovery code, once."""
        with self.lock:
            user = self.user(ticket.email)
            if user is None or not ticket.password_ok:
                raise CannotError("Please log in again.")
            if code in user.recovery_codes:
                user.recovery_codes.remove(code)
                ticket.code_ok = True
                return
            skew = self.faults.holds("clock")
            step = int((self.now.timestamp() + (skew.seconds if skew else 0)) // STEP_S)
            if user.mfa == "totp":
                codes = TOTP(user.secret)
                for near in (step - 1, step, step + 1):
                    if near > user.last_step and hmac.compare_digest(codes.at(near * STEP_S), code.strip()):
                        user.last_step = near
                        ticket.code_ok = True
                        return
            if user.mfa == "sms" and hmac.compare_digest(self.sent.pop(user.email, ""), code.strip()):
                ticket.code_ok = True
                return
            raise CannotError("The code you entered is not valid. Please try again.")

    def send_code(self, email: str) -> None:
        """A message to the user's mobile: one code, good until it is typed or another is sent."""
        with self.lock:
            self.sent[email] = f"{secrets.randbelow(10**6):06}"

    def needs_code(self, ticket: LoginTicket) -> bool:
        user = self.user(ticket.email)
        if user is None or user.mfa == "none" or ticket.code_ok:
            return False
        email, until = self.devices.get(ticket.device, ("", self.now))
        return not (email == user.email and self.now < until)

    def remember_device(self, email: str) -> str:
        with self.lock:
            device = secrets.token_urlsafe(16)
            self.devices[device] = (email, self.now + REMEMBERED)
            return device

    def live(self, email: str) -> list[Session]:
        with self.lock:
            for one in [one for one in self.sessions.values() if self.now - one.seen > IDLE]:
                del self.sessions[one.id]
            return sorted((one for one in self.sessions.values() if one.email == email), key=lambda one: one.began)

    def open_session(self, email: str, *, evict: bool = False) -> Session | None:
        """A new session; None when there are three and none may be ended for it."""
        with self.lock:
            live = self.live(email)
            if len(live) >= MOST_SESSIONS or self.faults.holds("sessions_full"):
                if not evict:
                    return None
                for oldest in live[:1]:
                    del self.sessions[oldest.id]
            session = Session(secrets.token_urlsafe(16), email, self.now, self.now)
            self.sessions[session.id] = session
            self.logins += 1
            self.most_sessions_at_once = max(self.most_sessions_at_once, len(self.live(email)))
            return session

    def who(self, session_id: str) -> User | None:
        """The user of a live session, whose idle time starts again."""
        with self.lock:
            session = self.sessions.get(session_id)
            if session is None or self.now - session.seen > IDLE:
                self.sessions.pop(session_id, None)
                return None
            session.seen = self.now
            return self.user(session.email)

    def drop_sessions(self) -> None:
        with self.lock:
            self.sessions.clear()

    # From the shell into a buyer's instance.

    def frame_token(self, session_id: str, slug: str) -> str:
        until = (self.now + TOKEN_LIFE).timestamp()
        text = f"{session_id}|{slug}|{until}|{secrets.token_urlsafe(6)}"
        return f"{text}|{self.signed(text)}"

    def enter(self, token: str, slug: str) -> str | None:
        """The session that a token of the shell stands for; each works once and for a minute."""
        text, _, signature = token.rpartition("|")
        with self.lock:
            if not hmac.compare_digest(self.signed(text), signature) or token in self.tokens:
                return None
            session_id, meant, until, _ = text.split("|")
            if meant != slug or float(until) < self.now.timestamp():
                return None
            self.tokens.add(token)
            return session_id

    # Faults that change the world.

    def strike(self, fault: Fault, email: str) -> None:
        with self.lock:
            if fault.kind == "drop_session":
                self.sessions.clear()
            elif fault.kind in {"switch_customer", "notation"}:
                for user in self.world.users:
                    if user.email == email or not email:
                        self._set_by_another_session(user, fault)
            elif fault.kind == "close_order":
                for order in self.world.orders:
                    if order.number == fault.to:
                        order.status = "Soft Closed"
            elif fault.kind == "steal_number":
                number, _, slug = fault.to.partition("@")
                today = self.now.date()
                taken = PortalInvoice(self.new_invoice_id(), slug, "", today, today, "USD", number, "Processing")
                self.world.invoices.append(taken)

    @staticmethod
    def _set_by_another_session(user: User, fault: Fault) -> None:
        if fault.kind == "switch_customer":
            user.selected = fault.to
        else:
            user.dates, _, user.numbers = fault.to.partition("-")
