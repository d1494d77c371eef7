"""The invoice form: opened from the order, filled, calculated. Nothing here saves, and nothing anywhere submits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import FilePayload, Frame, Locator

from core.domain.errors import (
    NotInvoiceable,
    PortalActionNeeded,
    PortalChanged,
    PortalRefusedField,
    PortalRefusedFile,
    PortalTotalDiffers,
)
from core.domain.money import Money
from core.domain.submissions import DraftFile, DraftLine, DraftWanted
from portal.coupa import parse, selectors, words
from portal.coupa.html import internal_id
from portal.coupa.screen import Screen
from portal.elements import Element
from portal.markup import changed
from portal.notation import Notation

FORM: Final = "form#invoice_form"
_ROWS: Final = "table#invoice_lines_table tbody tr"
_KINDS: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
}
_MOST_BYTES: Final = 100 * 1024 * 1024
_LOOK_MS: Final = 100
_STILL: Final = 3
Typed = Callable[[str, str], None]


@dataclass
class InvoiceForm:
    """The open form in a frame. `record` is the portal's id of a draft that opening the form made by itself, else empty."""

    screen: Screen
    frame: Frame
    notation: Notation
    record: str

    @classmethod
    def open(cls, screen: Screen, frame: Frame, notation: Notation, wanted: DraftWanted) -> "InvoiceForm":
        """From the order's page, which is open in the frame."""
        if not screen.has(frame, selectors.CREATE):
            raise NotInvoiceable("The portal does not let us make an invoice for this order.", order=wanted.order_number)
        button = screen.find(frame, selectors.CREATE, write=True)
        with screen.in_our_words("Create Invoice"):
            if not button.is_enabled():
                raise NotInvoiceable("“Create Invoice” cannot be pressed for this order.", order=wanted.order_number)
        screen.follow(frame, button.click, f"{FORM}, div.total", "Create Invoice")
        with screen.in_our_words("Create Invoice"):
            if not frame.locator(FORM).count():
                raise NotInvoiceable("The portal did not open an invoice for this order.", order=wanted.order_number)
        screen.stop_if_blocked()
        return cls(screen, frame, notation, internal_id(frame.url))

    def fill(self, wanted: DraftWanted, typed: Typed) -> None:
        """Everything that we mean; what was typed is read again afterwards, because the page may have drawn itself anew."""
        self._details(wanted)
        self._check_whose(wanted)
        self._remove_lines(wanted)
        kept: list[tuple[Element, Locator, str]] = []

        def put(scope: Frame | Locator, element: Element, text: str, label: str = "") -> None:
            field = self.screen.find(scope, element, write=True)
            with self.screen.in_our_words(element.name):
                field.fill(text)
            typed(label or element.name, text)
            kept.append((element, field, text))

        put(self.frame, selectors.NUMBER, wanted.invoice_number)
        put(self.frame, selectors.DATE, self.notation.write_day(wanted.invoice_date))
        if wanted.note:
            put(self.frame, selectors.NOTE, wanted.note)
        for row, line in self._rows(wanted):
            where = f"line {line.order_line}, "
            if line.quantity is not None:
                put(row, selectors.QUANTITY, self.notation.write_number(line.quantity), f"{where}quantity")
            put(row, selectors.PRICE, self.notation.write_number(line.price), f"{where}price")
            if line.description:
                put(row, selectors.DESCRIPTION, line.description, f"{where}description")
            if line.tax_code:
                put(row, selectors.TAX_CODE, line.tax_code, f"{where}tax code")
        if wanted.uploads and wanted.file is not None:
            self._upload(wanted.file)
            typed("image scan", wanted.file.name)
        for element, field, text in kept:
            with self.screen.in_our_words(element.name):
                seen = field.input_value()
            if seen != text:
                raise PortalChanged(f"The portal's form lost what was typed into “{element.name}”.", element=element.name)

    def calculate(self, wanted: DraftWanted) -> Money:
        """Let the portal calculate; `PortalTotalDiffers` unless it comes to our total, to the cent and in our currency."""
        button = self.screen.find(self.frame, selectors.CALCULATE, write=True)
        with self.screen.in_our_words("Calculate"):
            button.click()
        text = self._still_total()
        self.screen.stop_if_blocked()
        complaints = self._page().complaints
        if complaints:
            raise words.refusal(complaints)
        total = self.notation.money(text)
        if total != wanted.total:
            raise PortalTotalDiffers(
                f"The portal comes to {total}, our invoice has {wanted.total}. Nothing was saved.",
                portal=str(total),
                ours=str(wanted.total),
            )
        return total

    def _still_total(self) -> str:
        """The total, once nothing is busy and it stopped changing."""
        screen, frame = self.screen, self.frame
        with screen.in_our_words("Calculate"):
            busy = frame.locator(selectors.BUSY)
            until = time.monotonic() + screen.options.patience_s
            seen: list[str] = []
            while time.monotonic() < until:
                screen.page.wait_for_timeout(_LOOK_MS)
                if busy.count():
                    seen.clear()
                    continue
                seen.append(frame.locator(selectors.TOTAL).inner_text(timeout=screen.options.patience_s * 1000))
                if len(seen) >= _STILL and len(set(seen[-_STILL:])) == 1:
                    return seen[-1]
            # Playwright's own timeout, so that it becomes ours in one place.
            busy.first.wait_for(state="hidden", timeout=1)
        raise changed("Create Invoice", "a total that stands still", ", ".join(seen[-_STILL:]))

    def _details(self, wanted: DraftWanted) -> None:
        """The box that asks for our legal entity; a choice between several is the settings', never ours."""
        screen = self.screen
        with screen.in_our_words("invoicing details"):
            box = self.frame.locator(selectors.DETAILS)
            if not box.count():
                return
            box = box.first
            said = " ".join(box.locator(".error").all_inner_texts()).strip()
        if not screen.has(box, selectors.LEGAL_ENTITY):
            raise PortalActionNeeded(f"The portal has no legal entity to invoice from. {said}".strip(), text=said)
        choice = screen.find(box, selectors.LEGAL_ENTITY, write=True)
        with screen.in_our_words("invoicing details"):
            offered = [" ".join(text.split()) for text in choice.locator("option").all_inner_texts() if text.strip()]
        wish = wanted.legal_entity or (offered[0] if len(offered) == 1 else "")
        if wish not in offered or offered.count(wish) != 1:
            raise PortalActionNeeded(
                "The portal offers several legal entities, or not the one of the settings; say which is meant.",
                offered=", ".join(offered),
            )
        save = screen.find(box, selectors.DETAILS_SAVE, write=True)
        with screen.in_our_words("invoicing details"):
            choice.select_option(label=wish)
            save.click()
            box.wait_for(state="hidden", timeout=screen.options.patience_s * 1000)

    def _page(self) -> parse.FormPage:
        with self.screen.in_our_words("Create Invoice"):
            return parse.form_page(self.frame.content())

    def _check_whose(self, wanted: DraftWanted) -> None:
        page = self._page()
        if page.complaints:
            raise words.refusal(page.complaints)
        if page.customer != wanted.customer.name or page.order_number != wanted.order_number:
            raise changed(
                "Create Invoice",
                f"the order {wanted.order_number} of {wanted.customer.name}",
                f"the order {page.order_number} of {page.customer}",
            )

    def _remove_lines(self, wanted: DraftWanted) -> None:
        """Lines that we do not charge go; zero lines are left by nobody. Each removal draws the others anew."""
        meant = {line.order_line for line in wanted.lines}
        for _ in range(len(self._page().lines)):
            lines = self._page().lines
            surplus = [place for place, line in enumerate(lines) if line.order_line not in meant]
            if not surplus:
                break
            row = self.frame.locator(_ROWS).nth(surplus[-1])
            remove = self.screen.find(row, selectors.REMOVE_LINE, write=True)
            with self.screen.in_our_words("remove line"):
                remove.click()
            if len(self._page().lines) != len(lines) - 1:
                raise changed("Create Invoice", "one line less after removing one", str(len(self._page().lines)))

    def _rows(self, wanted: DraftWanted) -> list[tuple[Locator, DraftLine]]:
        lines = self._page().lines
        offered = [line.order_line for line in lines]
        if len(set(offered)) != len(offered):
            raise changed("Create Invoice", "one line for each order line", ", ".join(offered))
        found = []
        for line in wanted.lines:
            if line.order_line not in offered:
                raise NotInvoiceable(
                    f"The portal offers nothing to invoice on line {line.order_line} of this order.", line=line.order_line
                )
            place = offered.index(line.order_line)
            if lines[place].kind is not line.kind:
                text = f"it is of kind {lines[place].kind}"
                raise PortalRefusedField(f"Line {line.order_line} of the order is of another kind.", field="Lines", text=text)
            found.append((self.frame.locator(_ROWS).nth(place), line))
        return found

    def _upload(self, file: DraftFile) -> None:
        kind = _KINDS[file.name.rpartition(".")[2].casefold()]
        field = self.screen.find(self.frame, selectors.SCAN, write=True)
        with self.screen.in_our_words("image scan"):
            # From memory: what is uploaded from a disk cannot be read by the guard, which would stop it.
            payload: FilePayload = {"name": file.name, "mimeType": kind, "buffer": file.content}
            field.set_input_files(payload)


def check_file(file: DraftFile) -> None:
    """`PortalRefusedFile` for what the portal is known to refuse, before anything is opened."""
    ending = file.name.rpartition(".")[2].casefold()
    if ending not in _KINDS:
        raise PortalRefusedFile(
            f"The portal takes no files that end in “.{ending[:10]}”.", field="Image scan", text=", ".join(sorted(_KINDS))
        )
    if ending == "pdf" and not file.content.startswith(b"%PDF-"):
        raise PortalRefusedFile("The file is called a PDF and is none.", field="Image scan", text="no PDF header")
    if not 0 < len(file.content) <= _MOST_BYTES:
        raise PortalRefusedFile("The file is empty, or larger than 100 MB.", field="Image scan", text="size")
