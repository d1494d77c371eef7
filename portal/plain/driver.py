"""A plain portal as a `PortalDriver`: one window, one host, forms that load whole pages, nothing remembered for the user.

The promises are those of every driver: asked by number before, one press that saves, asked by number after, read back afresh;
nothing here can send. What is its own: the customer stands in every address, an order is confirmed first, and it takes one
invoice. Confirming binds us, so the robot does it only where the options allow that.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final, TypeVar
from urllib.parse import urljoin

from playwright.sync_api import Browser, Error, FilePayload

from core.domain.errors import (
    AlreadyInPortal,
    NotFound,
    NotInvoiceable,
    PortalActionNeeded,
    PortalChanged,
    PortalDown,
    PortalLoginRefused,
    PortalRefusedField,
    PortalTotalDiffers,
    ProjectError,
)
from core.domain.money import Money
from core.domain.portal_orders import (
    CustomerPurchaseOrder,
    OrderCursor,
    OrderStatus,
    OrderSync,
    PortalCustomer,
    PortalInvoice,
    PortalInvoiceStatus,
)
from core.domain.submissions import (
    DraftOutcome,
    DraftResult,
    DraftSeen,
    DraftStep,
    DraftWanted,
    differences,
    with_number,
)
from core.ports.portal import PortalCredential, Progress, Told, untold
from portal.browser import Window
from portal.elements import Element, Trust, by_label, by_role
from portal.evidence import ProofMaker
from portal.hands import Hands, Patience
from portal.masking import Masker
from portal.plain import pages
from portal.plain.options import PlainOptions
from portal.tools import PortalTools

PORTAL: Final = "plain"
T = TypeVar("T")
_K: Final = Trust.KNOWN
USER: Final = Element("user name", (by_label("^User name$", _K),))
PASSWORD: Final = Element("password", (by_label("^Password$", _K),))
LOG_IN: Final = Element("log in", (by_role("button", "^Log in$", _K),))
CONFIRM: Final = Element("confirm order", (by_role("button", "^Confirm order$", _K),))
NUMBER: Final = Element("invoice number", (by_label("^Invoice number$", _K),))
DATE: Final = Element("invoice date", (by_label("^Invoice date$", _K),))
COMMENT: Final = Element("comment", (by_label("^Comment$", _K),))
FILE: Final = Element("file", (by_label("^Your invoice", _K),))
RECALCULATE: Final = Element("recalculate", (by_role("button", "^Recalculate$", _K),))
KEEP: Final = Element("keep", (by_role("button", "^Keep$", _K),))


class PlainDriver:
    """Everything that the port asks for. The window opens with the first verb and closes with `end_session`."""

    def __init__(self, browser: Browser, credential: PortalCredential, tools: PortalTools, options: PlainOptions) -> None:
        self._browser = browser
        self._credential = credential
        self._tools = tools
        self._options = options
        self._masker = Masker(credential.password)
        self._held = ExitStack()
        self._hands: Hands | None = None
        self._session = ""
        self._addresses: dict[str, str] = {}

    # Sessions.

    def log_in(self) -> None:
        """One form, once; a refusal is never tried again."""
        if self._session:
            return
        hands = self._opened()
        session = uuid.uuid4().hex
        self._tools.seats.began(self._credential.id, session)
        self._go("/login")
        with hands.in_our_words("login"):
            hands.find(hands.page, USER).fill(self._credential.login)
            hands.find(hands.page, PASSWORD).fill(self._credential.password)
            with hands.page.expect_navigation(wait_until="load", timeout=hands.ms):
                hands.find(hands.page, LOG_IN).click()
            page = hands.page.content()
        said = pages.complaints(page)
        if said:
            self._tools.seats.ended(self._credential.id, session)
            text = self._masker.cover(said[0])
            raise PortalLoginRefused("The portal refused the user name or the password.", field="password", text=text)
        self._addresses = {customer.name: href for customer, href in pages.customers(page)}
        self._session = session

    def _opened(self) -> Hands:
        if self._hands is None:
            self._held.enter_context(self._tools.seats.hold(self._credential.id))
            try:
                window = Window(self._browser, self._options.portal_host, self._options.writes)
            except Error:
                self._held.close()
                raise
            pause = lambda: self._tools.pause(self._options.pace_s)  # noqa: E731  What the hands are given to wait with.
            self._hands = Hands(window, self._masker, pause, Patience(self._options.patience_s))
        return self._hands

    def _go(self, href: str) -> str:
        """Load a page and give its text; a session that is gone, or an error page, is `PortalDown`."""
        hands = self._opened()
        hands.pause()
        with hands.in_our_words("page"):
            answer = hands.page.goto(urljoin(self._options.address, href), wait_until="load", timeout=hands.ms)
            text = hands.page.content()
        if answer is not None and answer.status >= 500:  # noqa: PLR2004  Server errors in HTTP.
            raise PortalDown("The portal shows an error page.", where=href)
        if self._session and "/login" in hands.page.url:
            self._tools.seats.ended(self._credential.id, self._session)
            self._session = ""
            raise PortalDown("The portal has ended our session.", where=href)
        return text

    def end_session(self) -> None:
        """Log out and close."""
        hands, self._hands = self._hands, None
        try:
            if hands is not None and self._session:
                hands.page.goto(urljoin(self._options.address, "/logout"), wait_until="load")
                self._tools.seats.ended(self._credential.id, self._session)
        except (Error, ProjectError):
            # The session stays counted until it expires.
            pass
        finally:
            if hands is not None:
                hands.window.close()
            self._session = ""
            self._held.close()

    # Reading.

    def customers(self) -> Sequence[PortalCustomer]:
        """The customers of this login, by name."""
        self.log_in()
        found = pages.customers(self._go("/"))
        self._addresses = {customer.name: href for customer, href in found}
        return sorted((customer for customer, _ in found), key=lambda one: one.name)

    def _base(self, customer: PortalCustomer) -> str:
        self.log_in()
        if customer.name not in self._addresses:
            raise NotFound(f"The portal does not list {customer.name}.")
        return self._addresses[customer.name]

    def orders(self, customer: PortalCustomer, since: OrderCursor, told: Told = untold) -> OrderSync:
        """Orders whose rows look otherwise than at the last sync; the cursor holds a digest of each row."""
        base = self._base(customer)
        listed = pages.orders(self._go(f"{base}/orders"))
        ours = self._invoices(customer)
        before: dict[str, str] = json.loads(since) if since else {}
        now = {one.number: _digest(one.row, [each for each in ours if each.order_number == one.number]) for one in listed}
        fresh = [one for one in listed if before.get(one.number) != now[one.number]]
        changed = tuple(pages.order(self._go(one.href), customer, one.href, ours) for one in fresh)
        unchanged = tuple(one.number for one in listed if one not in fresh)
        sync = OrderSync(customer, changed, unchanged, OrderCursor(json.dumps(now)), len(ours), len(listed))
        told(sync)
        return sync

    def order(self, customer: PortalCustomer, number: str) -> CustomerPurchaseOrder:
        """One order as it is now."""
        page, href = self._order_page(customer, number)
        return pages.order(page, customer, href, self._invoices(customer))

    def _order_page(self, customer: PortalCustomer, number: str) -> tuple[str, str]:
        listed = pages.orders(self._go(f"{self._base(customer)}/orders"))
        one = next((one for one in listed if one.number == number), None)
        if one is None:
            raise NotFound(f"The portal does not list the order {number}.")
        return self._go(one.href), one.href

    def _invoices(self, customer: PortalCustomer) -> list[PortalInvoice]:
        return pages.invoices(self._go(f"{self._base(customer)}/invoices"))

    def invoices(self, customer: PortalCustomer, number: str) -> Sequence[PortalInvoice]:
        """Our invoices with this number."""
        return with_number(tuple(self._invoices(customer)), number)

    def read_back(self, customer: PortalCustomer, invoice: PortalInvoice) -> DraftSeen:
        """The page of this invoice, freshly loaded."""
        return pages.invoice(self._go(f"{self._base(customer)}/invoices/{invoice.reference}"), invoice.reference)

    def look_around(self, look: Callable[[Window], T]) -> T:
        """Log in, forbid every write, let `look` see the window."""
        self.log_in()
        return self._opened().window.looked_through(look)

    # Writing.

    def save_draft(self, wanted: DraftWanted, progress: Progress) -> DraftOutcome:
        """Save a draft once. Raises only as long as nothing can have been saved."""
        self.log_in()
        hands = self._opened()
        progress(DraftStep.SESSION_READY)
        proof = ProofMaker(PORTAL, wanted, self._tools.clock, lambda: hands.window.shot(hands.page))
        earlier = self._found_before(wanted, proof, progress)
        progress(DraftStep.LOOKED_UP)
        if earlier is not None:
            return earlier
        self._open_form(wanted)
        proof.picture(DraftStep.FORM_OPEN)
        progress(DraftStep.FORM_OPEN)
        self._fill(hands, wanted, proof.typed)
        progress(DraftStep.FILLED)
        self._recalculate(hands, wanted)
        proof.picture(DraftStep.CALCULATED)
        progress(DraftStep.CALCULATED)
        self._attach(hands, wanted, proof.typed)
        progress(DraftStep.SAVING)
        why = self._press(hands)
        if not why:
            progress(DraftStep.SAVED_UNVERIFIED)
        return self._what_came_of_it(wanted, proof, progress, why)

    def _found_before(self, wanted: DraftWanted, proof: ProofMaker, progress: Progress) -> DraftOutcome | None:
        ours = self._invoices(wanted.customer)
        if wanted.invoices_listed and not ours:
            raise PortalChanged(f"The portal lists no invoice for {wanted.customer.name}, and did before.", page="Invoices")
        same = with_number(tuple(ours), wanted.invoice_number)
        if not same:
            return None
        one = same[0]
        if len(same) > 1 or one.status is not PortalInvoiceStatus.DRAFT or one.order_number != wanted.order_number:
            raise AlreadyInPortal(
                f"The portal has the number {one.number} already, as “{one.status_text}” for order {one.order_number}.",
                status=one.status_text,
            )
        return self._compared(wanted, one, proof, progress, DraftResult.FOUND)

    def _open_form(self, wanted: DraftWanted) -> None:
        """The order's form; a new order is confirmed first, by the robot only where that is allowed."""
        page, href = self._order_page(wanted.customer, wanted.order_number)
        seen = pages.order(page, wanted.customer, href, [])
        if seen.status is not OrderStatus.ISSUED or seen.total.currency != wanted.total.currency:
            raise NotInvoiceable(f"Order {seen.number} is “{seen.status_text}”, in {seen.total.currency}.")
        if pages.must_be_confirmed(page):
            if not self._options.may_confirm:
                raise PortalActionNeeded(
                    f"Order {seen.number} has to be confirmed in the portal before it can be invoiced; a person does that.",
                    text="Confirm order",
                )
            page = self._pressed(CONFIRM, "Confirm order")
        address = pages.form_address(page)
        if not address:
            raise NotInvoiceable(f"Order {seen.number} takes no invoice: the portal takes one for each order.")
        self._go(address)

    def _pressed(self, element: Element, where: str) -> str:
        """The page that follows a press; `PortalChanged` where the guard stopped what the press would have sent."""
        hands = self._opened()
        button = hands.find(hands.page, element, write=True)
        try:
            with hands.in_our_words(where):
                with hands.page.expect_navigation(wait_until="load", timeout=hands.ms):
                    button.click()
                return hands.page.content()
        finally:
            hands.stop_if_blocked()

    @staticmethod
    def _fill(hands: Hands, wanted: DraftWanted, typed: Callable[[str, str], None]) -> None:
        def put(element: Element, text: str) -> None:
            field = hands.find(hands.page, element, write=True)
            with hands.in_our_words(element.name):
                field.fill(text)
            typed(element.name, text)

        put(NUMBER, wanted.invoice_number)
        put(DATE, wanted.invoice_date.isoformat())
        if wanted.note:
            put(COMMENT, wanted.note)
        asked = {line.order_line: line for line in wanted.lines}
        with hands.in_our_words("lines"):
            offered = [one.get_attribute("data-line") or "" for one in hands.page.locator("[data-line]").all()]
        for number in set(asked) - set(offered):
            raise NotInvoiceable(f"The portal offers nothing to invoice on line {number} of this order.", line=number)
        for number in offered:
            line = asked.get(number)
            value = "0" if line is None else f"{(line.price if line.quantity is None else line.quantity).normalize():f}"
            put(Element(f"line {number}", (by_label(f"^Line {number}, ", _K),)), value)

    def _recalculate(self, hands: Hands, wanted: DraftWanted) -> Money:
        page = self._pressed(RECALCULATE, "Recalculate")
        said = pages.complaints(page)
        if said:
            raise PortalRefusedField(f"The portal refused what was typed: {said[0]}", field="Form", text=said[0])
        total = pages.total(page)
        if total != wanted.total:
            raise PortalTotalDiffers(f"The portal comes to {total}, our invoice has {wanted.total}. Nothing was saved.")
        with hands.in_our_words("form"):
            kept = hands.find(hands.page, NUMBER).input_value()
        if kept != wanted.invoice_number:
            raise PortalChanged("The portal's form lost what was typed.", element=NUMBER.name)
        return total

    @staticmethod
    def _attach(hands: Hands, wanted: DraftWanted, typed: Callable[[str, str], None]) -> None:
        """After the total was worked out, because that loads the form anew and a form forgets its files."""
        if not wanted.uploads or wanted.file is None:
            return
        field = hands.find(hands.page, FILE, write=True)
        with hands.in_our_words("file"):
            # From memory: what is uploaded from a disk cannot be read by the guard, which would stop it.
            payload: FilePayload = {"name": wanted.file.name, "mimeType": "application/pdf", "buffer": wanted.file.content}
            field.set_input_files(payload)
        typed("file", wanted.file.name)

    def _press(self, hands: Hands) -> str:
        """The one press. Empty when the portal showed what it saved, else why we have to look; certain refusals are raised."""
        before = len(hands.window.blocked)
        try:
            page = self._pressed(KEEP, "Keep")
        except ProjectError as error:
            if len(hands.window.blocked) > before:
                raise
            return error.sentence
        said = pages.complaints(page)
        if said and "taken" in said[0]:
            # Our own draft of a colleague's run may have the number: looked up, not decided here.
            return said[0]
        if said:
            raise PortalRefusedField(f"The portal refused the invoice: {said[0]}", field="Form", text=said[0])
        return ""

    def _what_came_of_it(self, wanted: DraftWanted, proof: ProofMaker, progress: Progress, why: str) -> DraftOutcome:
        """Look for the number until it is found or the time to settle is over. Asks, and never saves."""
        hands = self._opened()
        until = time.monotonic() + self._options.settle_s
        with hands.in_our_words("browser"):
            hands.page = hands.window.new_page()
        while True:
            try:
                same = with_number(tuple(self._invoices(wanted.customer)), wanted.invoice_number)
                if same:
                    return self._compared(wanted, same[0], proof, progress, DraftResult.SAVED)
                why = why or "The portal said that it kept the invoice, and does not list it."
            except ProjectError as error:
                why = error.sentence
            if time.monotonic() > until:
                return DraftOutcome(DraftResult.UNKNOWN, proof.pack(), why=why)
            self._tools.pause(self._options.lookups_apart_s)

    def _compared(
        self, wanted: DraftWanted, one: PortalInvoice, proof: ProofMaker, progress: Progress, result: DraftResult
    ) -> DraftOutcome:
        seen = self.read_back(wanted.customer, one)
        proof.picture(DraftStep.VERIFIED)
        odd = differences(wanted, seen)
        progress(DraftStep.SAVED_UNVERIFIED if odd else DraftStep.VERIFIED)
        final = DraftResult.DIFFERS if odd else result
        return DraftOutcome(final, proof.pack(seen), seen, odd, why="The portal's draft is not what we meant." if odd else "")


def _digest(row: Sequence[str], ours: Sequence[PortalInvoice]) -> str:
    """What a row of the list and our invoices against it look like, as a few signs."""
    return hashlib.sha256("\n".join([*row, *map(repr, ours)]).encode()).hexdigest()[:16]
