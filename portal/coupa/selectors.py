"""Every element that the driver touches, in one place: candidates in order, each with where it is known from.

What a person reads (role and label) stands first, the vendor's own test hooks (`s-…` classes, fixed ids) second. A later
candidate that matches is a warning when reading; for writing it stops the run until a person has approved it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class Trust(StrEnum):
    """Where a candidate is known from."""

    VENDOR = "vendor documentation"
    BUYER = "a buyer's guide for suppliers"
    SCRIPT = "seen in a public script that drove the real page"
    KNOWN = "general knowledge"
    INFERRED = "our inference; check on the first live account"


Role = Literal["button", "link", "combobox"]


class How(StrEnum):
    """How a candidate finds its element."""

    ROLE = "role"
    LABEL = "label"
    CSS = "css"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to find an element: by `role` and accessible `name`, by the label `name`, or by the selector `css`."""

    how: How
    trust: Trust
    name: re.Pattern[str] = re.compile("")
    role: Role = "button"
    css: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """Something on a page, by a name of ours, with its candidates, best first."""

    name: str
    candidates: tuple[Candidate, ...]


def _role(role: Role, name: str, trust: Trust) -> Candidate:
    return Candidate(How.ROLE, trust, re.compile(name, re.IGNORECASE), role)


def _label(text: str, trust: Trust) -> Candidate:
    return Candidate(How.LABEL, trust, re.compile(text, re.IGNORECASE))


def _css(selector: str, trust: Trust) -> Candidate:
    return Candidate(How.CSS, trust, css=selector)


V, B, S, K, I = Trust.VENDOR, Trust.BUYER, Trust.SCRIPT, Trust.KNOWN, Trust.INFERRED  # noqa: E741  One letter a mark.

# Logging in.
EMAIL: Final = Element("email", (_css("#email", S), _label("^Email", V)))
CONTINUE: Final = Element("continue", (_role("button", r"^Continue$", V), _css(".s-login", S)))
PASSWORD: Final = Element("password", (_css("#password", S), _label("^Password", V)))
LOGIN: Final = Element("login", (_css("#login-submit", S), _role("button", "^Log ?in$", V)))
CODE: Final = Element("one-time code", (_label("code", V), _css("input[autocomplete=one-time-code]", I)))
REMEMBER: Final = Element("remember this computer", (_label("remember", V),))
CODE_LOGIN: Final = Element("log in with the code", (_role("button", "^Log In$", V),))
CANCEL_LOGIN: Final = Element("cancel the login", (_role("link", "^Cancel$", V), _role("button", "^Cancel$", V)))
LOG_OUT: Final = Element("log out", (_css("a[href*='/sessions/logout']", S), _role("link", "^Log Out$", S)))
SKIP: Final = Element("skip", (_role("button", r"^(?:Skip|Close|Got it|X|×)$", V),))

# The customer.
CUSTOMER_BOX: Final = Element(
    "customer (newer)", (_css("input.s-inputCustomerList", S), _role("combobox", "Select Customer", V))
)
CUSTOMER_OPTION: Final = Element("customer option (newer)", (_css("[role=listbox] [role=option]", I),))
CUSTOMER_OLD: Final = Element("customer (older)", (_css("#select2-selected_customer-container", S),))
CUSTOMER_OLD_SEARCH: Final = Element("customer search (older)", (_css(".select2-search__field", S),))
CUSTOMER_OLD_OPTION: Final = Element("customer option (older)", (_css(".select2-results__option", S),))

# Tables.
VIEW: Final = Element("view", (_label("^View$", B),))
SEARCH: Final = Element("search", (_label("^Search$", B), _css("input[id^='sf_']", S)))
SEARCH_GO: Final = Element("search button", (_role("button", "^Search$", B), _css("[id^='sfBtn_']", S)))
NINETY: Final = Element("results per page 90", (_role("link", "^Results per page 90$", S), _role("button", "per page 90", S)))
NEXT_PAGE: Final = Element("next page", (_css("a.next_page:not(.disabled)", S), _role("link", "^Next", S)))
EXPORT: Final = Element("export", (_role("link", "^Export to CSV", B), _css(".s-export", I)))

# The invoice form.
CREATE: Final = Element(
    "create invoice", (_role("link", r"^(?:Accept PO and )?Create Invoice$", V), _css("a.s-createInvoice", I))
)
DETAILS_SAVE: Final = Element("save the invoicing details", (_role("button", "^Save$", B),))
LEGAL_ENTITY: Final = Element("legal entity", (_label("^Legal Entity", B),))
NUMBER: Final = Element("invoice number", (_label(r"^Invoice #", V), _css(".s-invoiceNumber", S)))
DATE: Final = Element("invoice date", (_label(r"^Invoice Date", V), _css("input[id^='local_invoice_date']", S)))
NOTE: Final = Element("supplier note", (_label("^Supplier Note", V),))
SCAN: Final = Element("image scan", (_label("^Image Scan", V), _css("input[type=file][name*='image_scan']", I)))
QUANTITY: Final = Element("quantity", (_label("^Qty", V), _css("input.s-quantity", I)))
PRICE: Final = Element("price", (_label("^Price", V), _css("input.s-price", I)))
TAX_CODE: Final = Element("tax code", (_label("^Tax Code", V), _css(".s-taxCode input", S)))
DESCRIPTION: Final = Element("description", (_label("^Description", V), _css("input[id^='description']", I)))
REMOVE_LINE: Final = Element("remove line", (_role("button", "^remove", I), _css(".s-deleteInvoiceLine", S)))
CALCULATE: Final = Element("calculate", (_role("button", "^Calculate$", V), _css("button.s-calculateButton", S)))
SAVE_DRAFT: Final = Element("save as draft", (_role("button", "^Save as Draft$", K),))
DELETE: Final = Element("delete draft", (_role("button", "^Delete$", B), _css("button.s-deleteInvoice", I)))

# What must be on a page before it is used.
TOTAL: Final = "div.totalAmount div.amount"
BUSY: Final = ".loading:visible, .spinner:visible"
DETAILS: Final = "dialog[open]:has-text('Choose Invoicing Details'), .s-reactModal:visible:has-text('Choose Invoicing Details')"
