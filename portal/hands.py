"""A driver's hands on a window, whoever's portal it is: find the one element that is meant, and say what broke in our words."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Error, Frame, Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from core.domain.errors import PortalChanged, PortalDown
from portal.browser import Window
from portal.elements import Candidate, Element, How
from portal.markup import changed
from portal.masking import Masker

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a page may take, and which elements may be written into by their second-best mark."""

    seconds: float
    approved: frozenset[str] = frozenset()


class Hands:
    """One window of one login. `pause` waits between two loads of a page; `drift` names what a second-best mark found."""

    def __init__(self, window: Window, masker: Masker, pause: Callable[[], None], patience: Patience) -> None:
        self.window = window
        self.masker = masker
        self.pause = pause
        self.page: Page = window.page
        self.drift: list[str] = []
        self._patience = patience

    @property
    def ms(self) -> float:
        """The patience with a page, in milliseconds."""
        return self._patience.seconds * 1000

    def find(self, scope: Page | Frame | Locator, element: Element, *, write: bool = False) -> Locator:
        """The one visible element. A later candidate than the first is a warning; when writing it stops the run."""
        for place, candidate in enumerate(element.candidates):
            found = _candidates(scope, candidate)
            with self.in_our_words(element.name):
                seen = [one for one in found.all() if one.is_visible()]
            if len(seen) > 1:
                raise changed(element.name, f"one “{element.name}”", f"{len(seen)} of them")
            if not seen:
                continue
            if place:
                self._drifted(element, write=write)
            return seen[0]
        raise changed(element.name, f"“{element.name}”", "nothing like it")

    def has(self, scope: Page | Frame | Locator, element: Element) -> bool:
        """Whether any candidate is there."""
        with self.in_our_words(element.name):
            return any(_candidates(scope, candidate).count() for candidate in element.candidates)

    def _drifted(self, element: Element, *, write: bool) -> None:
        self.drift.append(element.name)
        _LOG.warning("the portal's “%s” was found by its second-best mark only", element.name)
        if write and element.name not in self._patience.approved:
            raise PortalChanged(
                f"The portal's “{element.name}” looks different now; somebody has to look before the robot writes again.",
                element=element.name,
            )

    @contextmanager
    def in_our_words(self, where: str) -> Iterator[None]:
        """The browser's errors as ours. Theirs quote what was typed, so nothing of them is handed on."""
        try:
            yield
        except PlaywrightTimeoutError:
            raise PortalDown("The portal did not answer in time.", where=where) from None
        except Error as error:
            name = re.search(r"net::(ERR_[A-Z_]+)", error.message)
            raise PortalDown("The connection to the portal broke.", where=where, error=name[1] if name else "browser") from None

    def stop_if_blocked(self) -> None:
        """`PortalChanged` when the guard stopped a request of this window: the page does something that we do not know."""
        if self.window.blocked:
            rule = self.window.blocked[-1]
            raise PortalChanged("The portal's page tried to send something that the robot must not send.", rule=rule)


def _candidates(scope: Page | Frame | Locator, candidate: Candidate) -> Locator:
    if candidate.how is How.ROLE:
        return scope.get_by_role(candidate.role, name=candidate.name)
    if candidate.how is How.LABEL:
        return scope.get_by_label(candidate.name)
    return scope.locator(candidate.css)
