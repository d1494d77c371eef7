"""The Coupa Supplier Portal as a `PortalDriver`: one login, one window, one job at a time."""

import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final, TypeVar

from playwright.sync_api import Browser, Error

from core.domain.errors import CaptchaShown, NotFound, OneTimeCodeMissing, PortalLoginRefused, PortalSessionsFull, ProjectError
from core.domain.portal_orders import CustomerPurchaseOrder, OrderCursor, OrderSync, PortalCustomer, PortalInvoice
from core.domain.submissions import DraftOutcome, DraftSeen, DraftStep, DraftWanted, ProofShot, with_number
from core.ports.portal import PortalCredential, Progress, Told, untold
from portal import notation
from portal.browser import Window, typed_state
from portal.codes import OneTimeCodes
from portal.coupa.login import Login
from portal.coupa.options import CoupaOptions
from portal.coupa.saving import DraftSaver, read_page
from portal.coupa.screen import LoggedOutError, Screen
from portal.coupa.sync import OrderReader
from portal.evidence import ProofMaker
from portal.masking import Masker
from portal.tools import PortalTools

PORTAL: Final = "coupa"
T = TypeVar("T")


class CoupaDriver:
    """Everything that the port asks for. The window opens with the first verb and closes with `end_session`."""

    def __init__(
        self, browser: Browser, credential: PortalCredential, tools: PortalTools, options: CoupaOptions | None = None
    ) -> None:
        notation.checked(credential.date_form, credential.decimal_mark)
        self._browser = browser
        self._credential = credential
        self._tools = tools
        self._options = options or CoupaOptions()
        self._masker = Masker(credential.password, credential.one_time_secret)
        self._held = ExitStack()
        self._screen: Screen | None = None
        self._session = ""

    # Sessions.

    def log_in(self) -> None:
        """Use the session that is open, else the kept one, else log in."""
        if self._session:
            return
        screen = self._opened()
        if self._kept_session_works(screen):
            return
        self._log_in_anew(screen)

    def _opened(self) -> Screen:
        if self._screen is None:
            self._held.enter_context(self._tools.seats.hold(self._credential.id))
            kept = self._kept()
            state = typed_state(kept["storage"]) if kept else None
            try:
                options = self._options
                window = Window(self._browser, options.portal_host, options.writes, state, options.save_patience_s)
            except Error:
                self._held.close()
                raise
            self._screen = Screen(window, self._options, self._masker, lambda: self._tools.pause(self._options.pace_s))
        return self._screen

    def _kept(self) -> dict[str, object] | None:
        kept = self._tools.sessions.load(self._credential.id)
        return json.loads(kept) if kept else None

    def _kept_session_works(self, screen: Screen) -> bool:
        """Whether the last run's session is still alive; one that is not is counted out, for the portal has shown it."""
        kept = self._kept()
        session = str(kept["session"]) if kept else ""
        if not session:
            return False
        try:
            screen.go("/home", "a[href*='/sessions/logout']", "Home")
        except LoggedOutError:
            self._tools.seats.ended(self._credential.id, session)
            return False
        self._session = session
        return True

    def _log_in_anew(self, screen: Screen) -> None:
        session = uuid.uuid4().hex
        self._tools.seats.began(self._credential.id, session)
        codes = OneTimeCodes(self._credential, self._tools.codes, self._tools.clock, self._tools.pause)
        login = Login(screen, self._credential, codes, self._tools.person, lambda: self._shot(screen))
        try:
            login.log_in()
        except (PortalLoginRefused, OneTimeCodeMissing, CaptchaShown, PortalSessionsFull):
            # The portal let nobody in, so there is no session. After anything else there may be one: it stays counted.
            self._tools.seats.ended(self._credential.id, session)
            raise
        self._session = session
        self._keep(screen)
        login.check_language()

    def log_in_by_hand(self, wait_s: float) -> None:
        """A person logs in, in a visible window, which keeps the session. `CaptchaShown` if nobody did in time."""
        screen, session = self._opened(), uuid.uuid4().hex
        self._tools.seats.began(self._credential.id, session)
        codes = OneTimeCodes(self._credential, self._tools.codes, self._tools.clock, self._tools.pause)
        login = Login(screen, self._credential, codes, self._tools.person, lambda: self._shot(screen))
        if not login.is_let_in(wait_s):
            self._tools.seats.ended(self._credential.id, session)
            raise CaptchaShown("Nobody logged in within the time.", credential=self._credential.id)
        self._session = session
        self._keep(screen)
        login.check_language()

    def _shot(self, screen: Screen) -> ProofShot:
        with screen.in_our_words("picture"):
            return ProofShot(DraftStep.PLANNED, self._tools.clock.now(), screen.window.shot(screen.page))

    def _keep(self, screen: Screen) -> None:
        with screen.in_our_words("browser"):
            state = {"session": self._session, "storage": screen.window.state()}
        self._tools.sessions.save(self._credential.id, json.dumps(state).encode())

    def _renew(self) -> None:
        """The portal has shown that the session is gone: log in once more."""
        self._session_is_gone()
        self._log_in_anew(self._opened())

    def _session_is_gone(self) -> None:
        if self._session:
            self._tools.seats.ended(self._credential.id, self._session)
        self._session = ""

    def hand_over(self) -> None:
        """Close the window and leave the session to the next run, which finds it as it would after a crash."""
        screen, self._screen = self._screen, None
        try:
            if screen is not None:
                screen.window.close()
        finally:
            self._session = ""
            self._held.close()

    def end_session(self) -> None:
        """Log out, keep the cookie that spares the next one-time code, close the window, let go of the credential."""
        screen = self._screen
        try:
            if screen is not None and self._session:
                screen.page.goto(self._options.address + "/sessions/logout", wait_until="domcontentloaded")
                if "/sessions/" in screen.page.url:
                    self._session_is_gone()
                    self._keep(screen)
        except (Error, ProjectError):
            # The session stays counted until it expires; the next run tries to use it again.
            self._session = ""
        finally:
            self.hand_over()

    def _reading(self, verb: Callable[[Screen, OrderReader], T]) -> T:
        """Do something that changes nothing at the portal; once more after a session that was lost meanwhile."""
        self.log_in()
        try:
            return verb(*self._tools_of_reading())
        except LoggedOutError:
            self._renew()
            return verb(*self._tools_of_reading())

    def _tools_of_reading(self) -> tuple[Screen, OrderReader]:
        screen = self._opened()
        return screen, OrderReader(screen, self._credential)

    # Reading.

    def customers(self) -> Sequence[PortalCustomer]:
        """The customers of this login."""
        return self._reading(lambda _screen, reader: [PortalCustomer(name) for name in reader.choice.names()])

    def orders(self, customer: PortalCustomer, since: OrderCursor, told: Told = untold) -> OrderSync:
        """New and changed orders since the cursor."""
        return self._reading(lambda _screen, reader: reader.sync(customer, since, told))

    def order(self, customer: PortalCustomer, number: str) -> CustomerPurchaseOrder:
        """One order as it is now."""
        return self._reading(lambda _screen, reader: reader.order(customer, number))

    def invoices(self, customer: PortalCustomer, number: str) -> Sequence[PortalInvoice]:
        """Our invoices with this number."""

        def look(_screen: Screen, reader: OrderReader) -> Sequence[PortalInvoice]:
            return with_number(reader.invoices(customer, number)[0].listed, number)

        return self._reading(look)

    def read_back(self, customer: PortalCustomer, invoice: PortalInvoice) -> DraftSeen:
        """What the page of this invoice shows."""

        def look(screen: Screen, reader: OrderReader) -> DraftSeen:
            seen = reader.invoices(customer, invoice.number)[0]
            place = next((i for i, one in enumerate(seen.listed) if one.reference == invoice.reference), None)
            if place is None:
                raise NotFound(f"The portal does not list {invoice.number} any more.", reference=invoice.reference)
            return read_page(screen, reader, seen, place, None)

        return self._reading(look)

    def look_around(self, look: Callable[[Window], T]) -> T:
        """Log in, forbid every write, let `look` see the window: for records of what the pages are like."""
        self.log_in()
        return self._opened().window.looked_through(look)

    # Writing.

    def save_draft(self, wanted: DraftWanted, progress: Progress) -> DraftOutcome:
        """Save a draft once. A session that was lost before the one click is renewed once and everything begins again."""
        self.log_in()
        progress(DraftStep.SESSION_READY)
        try:
            return self._saver(wanted, progress).save(wanted)
        except LoggedOutError:
            self._renew()
            return self._saver(wanted, progress).save(wanted)

    def _saver(self, wanted: DraftWanted, progress: Progress) -> DraftSaver:
        screen, reader = self._tools_of_reading()

        def shoot() -> bytes:
            with screen.in_our_words("picture"):
                return screen.window.shot(screen.page)

        proof = ProofMaker(PORTAL, wanted, self._tools.clock, shoot)
        return DraftSaver(screen, reader, proof, self._renew, progress)
