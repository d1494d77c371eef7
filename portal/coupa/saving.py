"""Saving a draft exactly once: asked for by number before, saved by one click, looked for by number after, read back afresh.

Once the click was made nothing is an error any more: the draft is there as meant, there otherwise, or nobody knows yet. Not
knowing is told as such; a second click is never the answer to a missing answer.
"""

import logging
import time
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Frame

from core.domain.errors import AlreadyInPortal, NotInvoiceable, PortalChanged, ProjectError
from core.domain.portal_orders import OrderStatus, PortalInvoiceStatus, number_key
from core.domain.submissions import (
    Difference,
    DraftOutcome,
    DraftResult,
    DraftSeen,
    DraftStep,
    DraftWanted,
    differences,
    with_number,
)
from core.ports.portal import Progress
from portal.coupa import parse, selectors, words
from portal.coupa.form import FORM, InvoiceForm, check_file
from portal.coupa.html import internal_id
from portal.coupa.screen import LoggedOutError, Screen
from portal.coupa.sync import InvoicesSeen, OrderReader
from portal.evidence import ProofMaker
from portal.notation import Notation

_LOG: Final = logging.getLogger(__name__)
INVOICE_PAGE: Final = "#invoice_lines_table_tag"


class DraftSaver:
    """Saves one draft. `again` logs in once more after the session was lost."""

    def __init__(
        self, screen: Screen, reader: OrderReader, proof: ProofMaker, again: Callable[[], None], progress: Progress
    ) -> None:
        self._screen = screen
        self._reader = reader
        self._proof = proof
        self._again = again
        self._progress = progress
        self._orphans: tuple[str, ...] = ()

    def save(self, wanted: DraftWanted) -> DraftOutcome:
        """All of it. Raises only as long as nothing can have been saved."""
        if wanted.uploads and wanted.file is not None:
            check_file(wanted.file)
        earlier = self._found_before(wanted)
        self._progress(DraftStep.LOOKED_UP)
        if earlier is not None:
            return earlier
        frame, notation = self._order(wanted)
        form = InvoiceForm.open(self._screen, frame, notation, wanted)
        try:
            self._proof.picture(DraftStep.FORM_OPEN)
            self._progress(DraftStep.FORM_OPEN)
            form.fill(wanted, self._proof.typed)
            self._progress(DraftStep.FILLED)
            form.calculate(wanted)
            self._proof.picture(DraftStep.CALCULATED)
            self._progress(DraftStep.CALCULATED)
            button = self._screen.find(frame, selectors.SAVE_DRAFT, write=True)
        except ProjectError as error:
            self._leave(form, wanted, error)
            raise
        self._progress(DraftStep.SAVING)
        why = self._click(form, button.click, wanted)
        return self._what_came_of_it(wanted, notation, why)

    def _found_before(self, wanted: DraftWanted) -> DraftOutcome | None:
        """An invoice with our number: our own draft of an earlier run, or a reason to stop."""
        orders, seen = self._look(wanted, wanted.order_number, wanted.invoice_number)
        matching = with_number(seen.listed, wanted.invoice_number)
        self._orphans = tuple(
            one.reference
            for one in orders.listed
            if one.status is PortalInvoiceStatus.DRAFT and not one.number and one.order_number == wanted.order_number
        )
        if not matching:
            return None
        one = matching[0]
        ours = one.status is PortalInvoiceStatus.DRAFT and one.order_number == wanted.order_number
        if len(matching) > 1 or not ours:
            raise AlreadyInPortal(
                f"The portal has the number {one.number} already, as “{one.status_text}” for order {one.order_number}.",
                reference=one.reference,
                status=one.status_text,
            )
        return self._read_back(wanted, seen, None, DraftResult.FOUND)

    def _look(self, wanted: DraftWanted, *texts: str) -> tuple[InvoicesSeen, ...]:
        found = self._reader.invoices(wanted.customer, *texts)
        if wanted.invoices_listed and not found[-1].any_listed:
            raise PortalChanged(
                f"The portal lists no invoice for {wanted.customer.name}, and listed {wanted.invoices_listed} before.",
                page="Invoices",
            )
        return found

    def _order(self, wanted: DraftWanted) -> tuple[Frame, Notation]:
        """The order's own page, open and fit to be invoiced."""
        frame, row = self._reader.order_row(wanted.customer, wanted.order_number)
        notation = self._reader.notation([row])
        page = self._reader.order_page(frame, row["PO Number"].href, notation)
        status = words.order_status(page.status_text)
        if page.number != wanted.order_number:
            raise PortalChanged("The link of an order leads to another order.", page="Purchase Order", seen=page.number)
        if status is not OrderStatus.ISSUED or not page.may_be_invoiced:
            raise NotInvoiceable(
                f"Order {page.number} is “{page.status_text}” in the portal and cannot be invoiced.", status=page.status_text
            )
        if page.total.currency != wanted.total.currency:
            raise NotInvoiceable(
                f"Order {page.number} is in {page.total.currency}, our invoice in {wanted.total.currency}.",
                order=page.number,
            )
        return frame, notation

    def _click(self, form: InvoiceForm, press: Callable[[], object], wanted: DraftWanted) -> str:
        """The one click. Empty when the portal showed what it saved, else why we have to look.

        A certain refusal is raised: the portal shows the form again with its complaints, or our guard stopped the request.
        """
        screen, before = self._screen, len(self._screen.window.blocked)
        try:
            screen.follow(form.frame, press, f"{INVOICE_PAGE}, {FORM}", "Save as Draft", screen.options.save_patience_s)
            with screen.in_our_words("Save as Draft"):
                text = form.frame.content()
        except ProjectError as error:
            if len(screen.window.blocked) > before:
                screen.stop_if_blocked()
            return error.sentence
        if internal_id(form.frame.url) and "invoice_lines_table_tag" in text:
            self._progress(DraftStep.SAVED_UNVERIFIED)
            return ""
        complaints = parse.form_page(text).complaints
        if not complaints:
            return "The portal showed the form again and did not say why."
        refusal = words.refusal(complaints)
        if isinstance(refusal, AlreadyInPortal):
            # Who has the number decides: another's invoice, or our own draft that a colleague saved meanwhile.
            return refusal.sentence
        self._leave(form, wanted, refusal)
        raise refusal

    def _what_came_of_it(self, wanted: DraftWanted, notation: Notation, why: str) -> DraftOutcome:
        """Look for the number until it is found or the time to settle is over. Asks, and never saves."""
        screen = self._screen
        until = time.monotonic() + screen.options.settle_s
        renewed = False
        self._fresh(why)
        while True:
            try:
                (seen,) = self._look(wanted, wanted.invoice_number)
                matching = with_number(seen.listed, wanted.invoice_number)
                if len(matching) > 1:
                    return self._twice(wanted, len(matching))
                if matching and matching[0].status is not PortalInvoiceStatus.DRAFT:
                    return self._another(wanted, matching[0].status_text)
                if matching:
                    return self._read_back(wanted, seen, notation, DraftResult.SAVED)
                why = why or "The portal said that it saved the draft, and does not list it."
            except ProjectError as error:
                _LOG.info("looking for a draft: %s", error.code)
                why = error.sentence
                if isinstance(error, LoggedOutError) and not renewed:
                    renewed = True
                    why = self._renewed() or why
                    continue
            if time.monotonic() > until:
                return DraftOutcome(DraftResult.UNKNOWN, self._proof.pack(), orphans=self._orphans, why=why)
            screen.page.wait_for_timeout(screen.options.lookups_apart_s * 1000)

    def _renewed(self) -> str:
        """Log in again; why not, if that fails."""
        try:
            self._again()
        except ProjectError as error:
            return error.sentence
        return ""

    def _fresh(self, why: str) -> None:
        """Another page, so that a save that still runs is left in peace."""
        try:
            self._screen.fresh_page()
        except ProjectError:
            _LOG.warning("no further page could be opened to look for a draft (%s)", why)

    def _read_back(
        self, wanted: DraftWanted, seen: InvoicesSeen, notation: Notation | None, result: DraftResult
    ) -> DraftOutcome:
        """The draft's own page, freshly loaded and compared with everything that we meant."""
        place = next(i for i, one in enumerate(seen.listed) if number_key(one.number) == number_key(wanted.invoice_number))
        shown = read_page(self._screen, self._reader, seen, place, notation)
        self._proof.picture(DraftStep.VERIFIED)
        odd = differences(wanted, shown)
        self._progress(DraftStep.SAVED_UNVERIFIED if odd else DraftStep.VERIFIED)
        why = "The portal's draft is not what we meant." if odd else ""
        final = DraftResult.DIFFERS if odd else result
        return DraftOutcome(final, self._proof.pack(shown), shown, odd, self._orphans, why)

    def _twice(self, wanted: DraftWanted, count: int) -> DraftOutcome:
        odd = (Difference("Invoices with this number", "1", str(count)),)
        why = f"The portal lists the number {wanted.invoice_number} {count} times."
        return DraftOutcome(DraftResult.DIFFERS, self._proof.pack(), None, odd, self._orphans, why)

    def _another(self, wanted: DraftWanted, status: str) -> DraftOutcome:
        odd = (Difference("Status", "draft", status),)
        why = f"The portal lists {wanted.invoice_number} as “{status}”: somebody else has used the number, or submitted it."
        return DraftOutcome(DraftResult.DIFFERS, self._proof.pack(), None, odd, self._orphans, why)

    def _leave(self, form: InvoiceForm, wanted: DraftWanted, error: ProjectError) -> None:
        """Delete the draft that merely opening the form made, if it is empty or ours; what stays is named in the error."""
        if not form.record:
            return
        screen = self._screen
        try:
            screen.visit(form.frame, f"/supplier_invoices/{form.record}", INVOICE_PAGE, "Invoice")
            with screen.in_our_words("Invoice"):
                shown = parse.invoice_page(form.frame.content(), form.record, form.notation)
            if shown.status is not PortalInvoiceStatus.DRAFT or shown.number not in {"", wanted.invoice_number}:
                return
            button = screen.find(form.frame, selectors.DELETE, write=True)
            screen.window.deleting = True
            screen.follow(form.frame, button.click, "tbody#invoice_header_tbody", "Delete")
        except ProjectError as trouble:
            _LOG.warning("a draft that opening the form made stays in the portal: %s", trouble.code)
            error.details = {**error.details, "orphan": form.record}
        finally:
            screen.window.deleting = False


def read_page(screen: Screen, reader: OrderReader, seen: InvoicesSeen, place: int, notation: Notation | None) -> DraftSeen:
    """The page of one of the invoices that a search gave."""
    one, href = seen.listed[place], seen.hrefs[place]
    screen.visit(seen.frame, href, INVOICE_PAGE, "Invoice")
    with screen.in_our_words("Invoice"):
        text = seen.frame.content()
    return parse.invoice_page(text, one.reference, notation or reader.page_notation(text))
