"""The customer selector. The portal remembers the choice for the user, not for the session: it is read before every use."""

import re
import time
from typing import Final

from playwright.sync_api import Locator

from core.domain.errors import NotFound, PortalBusy
from core.domain.portal_orders import PortalCustomer
from portal.coupa import selectors
from portal.coupa.screen import FRAME, Screen
from portal.elements import Element
from portal.markup import changed

_PLACE: Final = f"{FRAME}, .s-inputCustomerList, #select2-selected_customer-container, input[role=combobox]"
_NOBODY: Final = frozenset({"", "choose a customer", "select customer"})
_MOST_TRIES: Final = 2
_LOOK_MS: Final = 50


class CustomerChoice:
    """Reads and sets the chosen customer on a page of the shell, with the newer or the older widget."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def names(self) -> tuple[str, ...]:
        """All customers that may be chosen."""
        self._screen.go("/orders/", _PLACE, "Orders")
        options = self._opened("")
        with self._screen.in_our_words("customers"):
            names = tuple(" ".join(text.split()) for text in options.all_inner_texts())
        if not names or len(set(names)) != len(names):
            raise changed("customers", "customers with different names", ", ".join(names))
        return names

    def chosen(self) -> str:
        """Who is chosen on the page that is open; empty for nobody."""
        screen = self._screen
        with screen.in_our_words("customer"):
            if screen.page.locator(selectors.CUSTOMER_OLD.candidates[0].css).count():
                text = screen.find(screen.page, selectors.CUSTOMER_OLD).inner_text()
            else:
                text = screen.find(screen.page, selectors.CUSTOMER_BOX).input_value()
        plain = " ".join(text.split())
        return "" if plain.casefold() in _NOBODY else plain

    def page_of(self, customer: PortalCustomer, path: str, where: str) -> None:
        """Load a page of the shell for this customer, choosing it where another is chosen."""
        for _ in range(_MOST_TRIES):
            self._screen.go(path, _PLACE, where)
            if self.chosen() == customer.name:
                return
            self._pick(customer.name)
        self._screen.go(path, _PLACE, where)
        self.must_be(customer)

    def must_be(self, customer: PortalCustomer) -> None:
        """`PortalBusy` when the open page is another customer's: somebody else uses this login at the same time."""
        seen = self.chosen()
        if seen != customer.name:
            raise PortalBusy(
                f"The portal shows {seen or 'no customer'} instead of {customer.name}: somebody else uses the robot's login.",
                customer=customer.name,
                seen=seen,
            )

    def _pick(self, name: str) -> None:
        options = self._opened(name)
        exact = options.filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
        with self._screen.in_our_words("customer"):
            count = exact.count()
        if count == 0:
            raise NotFound(f"The portal has no customer “{name}” for this login.", customer=name)
        if count > 1:
            raise changed("customers", "customers with different names", name)
        self._screen.pause()
        with self._screen.in_our_words("customer"), self._screen.page.expect_navigation(wait_until="domcontentloaded"):
            exact.click()

    def _opened(self, text: str) -> Locator:
        """The list of customers, opened and, where a text is given, searched."""
        screen, page = self._screen, self._screen.page
        old = screen.has(page, selectors.CUSTOMER_OLD)
        options = _locate(screen, selectors.CUSTOMER_OLD_OPTION if old else selectors.CUSTOMER_OPTION)
        with screen.in_our_words("customers"):
            if old:
                screen.find(page, selectors.CUSTOMER_OLD).click()
                field = screen.find(page, selectors.CUSTOMER_OLD_SEARCH)
            else:
                field = screen.find(page, selectors.CUSTOMER_BOX)
                field.click()
            if text:
                field.fill(text)
            self._until_still(options)
        return options

    def _until_still(self, options: Locator) -> None:
        """Until the list has something and stops changing: it comes with a request of its own."""
        until = time.monotonic() + self._screen.options.patience_s
        before: list[str] = []
        while time.monotonic() < until:
            self._screen.page.wait_for_timeout(_LOOK_MS * 4)
            now = options.all_inner_texts()
            if now and now == before:
                return
            before = now


def _locate(screen: Screen, element: Element) -> Locator:
    return screen.page.locator(element.candidates[0].css)
