"""Every element that the driver touches, in one place: candidates in order, each with where it is known from.

What a person reads (role and label) stands first, the vendor's own test hooks (`s-…` classes, fixed ids) second. A later
candidate that matches is a warning when reading; for writing it stops the run until a person has approved it.
"""

from typing import Final

from portal.elements import Element, Trust, by_css, by_label, by_role

V, B, S, K, I = Trust.VENDOR, Trust.BUYER, Trust.SCRIPT, Trust.KNOWN, Trust.INFERRED  # noqa: E741  One letter a mark.

# Logging in.
EMAIL: Final = Element("email", (by_css("#email", S), by_label("^Email", V)))
CONTINUE: Final = Element("continue", (by_role("button", r"^Continue$", V), by_css(".s-login", S)))
PASSWORD: Final = Element("password", (by_css("#password", S), by_label("^Password", V)))
LOGIN: Final = Element("login", (by_css("#login-submit", S), by_role("button", "^Log ?in$", V)))
CODE: Final = Element("one-time code", (by_label("code", V), by_css("input[autocomplete=one-time-code]", I)))
REMEMBER: Final = Element("remember this computer", (by_label("remember", V),))
CODE_LOGIN: Final = Element("log in with the code", (by_role("button", "^Log In$", V),))
CANCEL_LOGIN: Final = Element("cancel the login", (by_role("link", "^Cancel$", V), by_role("button", "^Cancel$", V)))
LOG_OUT: Final = Element("log out", (by_css("a[href*='/sessions/logout']", S), by_role("link", "^Log Out$", S)))
SKIP: Final = Element("skip", (by_role("button", r"^(?:Skip|Close|Got it|X|×)$", V),))

# The customer.
CUSTOMER_BOX: Final = Element(
    "customer (newer)", (by_css("input.s-inputCustomerList", S), by_role("combobox", "Select Customer", V))
)
CUSTOMER_OPTION: Final = Element("customer option (newer)", (by_css("[role=listbox] [role=option]", I),))
CUSTOMER_OLD: Final = Element("customer (older)", (by_css("#select2-selected_customer-container", S),))
CUSTOMER_OLD_SEARCH: Final = Element("customer search (older)", (by_css(".select2-search__field", S),))
CUSTOMER_OLD_OPTION: Final = Element("customer option (older)", (by_css(".select2-results__option", S),))

# Tables.
VIEW: Final = Element("view", (by_label("^View$", B),))
SEARCH: Final = Element("search", (by_label("^Search$", B), by_css("input[id^='sf_']", S)))
SEARCH_GO: Final = Element("search button", (by_role("button", "^Search$", B), by_css("[id^='sfBtn_']", S)))
NINETY: Final = Element(
    "results per page 90", (by_role("link", "^Results per page 90$", S), by_role("button", "per page 90", S))
)
NEXT_PAGE: Final = Element("next page", (by_css("a.next_page:not(.disabled)", S), by_role("link", "^Next", S)))
EXPORT: Final = Element("export", (by_role("link", "^Export to CSV", B), by_css(".s-export", I)))

# The invoice form.
CREATE: Final = Element(
    "create invoice", (by_role("link", r"^(?:Accept PO and )?Create Invoice$", V), by_css("a.s-createInvoice", I))
)
DETAILS_SAVE: Final = Element("save the invoicing details", (by_role("button", "^Save$", B),))
LEGAL_ENTITY: Final = Element("legal entity", (by_label("^Legal Entity", B),))
NUMBER: Final = Element("invoice number", (by_label(r"^Invoice #", V), by_css(".s-invoiceNumber", S)))
DATE: Final = Element("invoice date", (by_label(r"^Invoice Date", V), by_css("input[id^='local_invoice_date']", S)))
NOTE: Final = Element("supplier note", (by_label("^Supplier Note", V),))
SCAN: Final = Element("image scan", (by_label("^Image Scan", V), by_css("input[type=file][name*='image_scan']", I)))
QUANTITY: Final = Element("quantity", (by_label("^Qty", V), by_css("input.s-quantity", I)))
PRICE: Final = Element("price", (by_label("^Price", V), by_css("input.s-price", I)))
TAX_CODE: Final = Element("tax code", (by_label("^Tax Code", V), by_css(".s-taxCode input", S)))
DESCRIPTION: Final = Element("description", (by_label("^Description", V), by_css("input[id^='description']", I)))
REMOVE_LINE: Final = Element("remove line", (by_role("button", "^remove", I), by_css(".s-deleteInvoiceLine", S)))
CALCULATE: Final = Element("calculate", (by_role("button", "^Calculate$", V), by_css("button.s-calculateButton", S)))
SAVE_DRAFT: Final = Element("save as draft", (by_role("button", "^Save as Draft$", K),))
DELETE: Final = Element("delete draft", (by_role("button", "^Delete$", B), by_css("button.s-deleteInvoice", I)))

# What must be on a page before it is used.
TOTAL: Final = "div.totalAmount div.amount"
BUSY: Final = ".loading:visible, .spinner:visible"
DETAILS: Final = "dialog[open]:has-text('Choose Invoicing Details'), .s-reactModal:visible:has-text('Choose Invoicing Details')"
