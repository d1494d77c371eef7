"""Logging in: what stands on the page decides the next step, each step is made once, and a refusal is never tried again.

Whether we are in is only looked at, never asked by loading something; public post-mortems of login loops name the check that
itself navigated, buttons found by a part of their text, and the same captcha again and again.
"""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Error, Frame

from core.domain.errors import (
    CaptchaShown,
    OneTimeCodeMissing,
    OneTimeCodeRefused,
    PortalChanged,
    PortalDown,
    PortalLoginRefused,
    PortalPasswordExpired,
    PortalSessionsFull,
)
from core.domain.submissions import ProofShot
from core.ports.portal import PersonsCodes, PortalCredential
from portal.codes import OneTimeCodes
from portal.coupa import selectors
from portal.coupa.screen import Screen

Shoot = Callable[[], ProofShot]
IDENTITY: Final = "#identityLoginIframe"
_CAPTCHA: Final = ".g-recaptcha, iframe[src*='recaptcha'], textarea[name='g-recaptcha-response']"
_ERROR: Final = ".error[role=alert]"
_LOOK_MS: Final = 100
_MOST_STEPS: Final = 8
_REFUSED: Final = re.compile(r"not correct|invalid|locked|unauthorized|expired account|contact support", re.IGNORECASE)
_EXPIRED: Final = re.compile(r"password (?:has|is) expired|reset your password", re.IGNORECASE)


class LoginView(StrEnum):
    """What the page asks for."""

    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105  The name of a view.
    CAPTCHA = "captcha"
    CODE = "code"
    TOO_MANY = "too_many"
    INSIDE = "inside"
    UNKNOWN = "unknown"


class Login:
    """One attempt to log in with one credential. `codes` are ours, `person` may have others, `shoot` makes a picture."""

    def __init__(
        self, screen: Screen, credential: PortalCredential, codes: OneTimeCodes, person: PersonsCodes, shoot: Shoot
    ) -> None:
        self._screen = screen
        self._credential = credential
        self._codes = codes
        self._person = person
        self._shoot = shoot
        self._steps: dict[LoginView, Callable[[], None]] = {
            LoginView.EMAIL: self._email,
            LoginView.PASSWORD: self._password,
            LoginView.CAPTCHA: self._captcha,
            LoginView.CODE: self._code,
            LoginView.TOO_MANY: self._too_many,
        }

    def log_in(self) -> None:
        """From the login page to home. Each step may come once; a step that comes again means that it did not work."""
        screen = self._screen
        screen.pause()
        with screen.in_our_words("login"):
            screen.page.goto(screen.options.address + "/sessions/new", wait_until="domcontentloaded")
        made: list[LoginView] = []
        while (view := self._settled()) is not LoginView.INSIDE:
            if view in made or view is LoginView.UNKNOWN or len(made) > _MOST_STEPS:
                raise PortalChanged("Logging in to the portal did not go on as we know it.", page="login", seen=view.value)
            made.append(view)
            self._steps[view]()
        screen.clear_view(screen.page.main_frame)

    def is_let_in(self, wait_s: float) -> bool:
        """Open the login page for a person, and look until they are inside or the time is over. Types nothing."""
        page = self._screen.page
        with self._screen.in_our_words("login"):
            page.goto(self._screen.options.address + "/sessions/new", wait_until="domcontentloaded")
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            if self.is_inside():
                return True
            with self._screen.in_our_words("login"):
                page.wait_for_timeout(_LOOK_MS * 5)
        return False

    def is_inside(self) -> bool:
        """Whether the open page is one of somebody who is logged in; only looks."""
        return self.view() is LoginView.INSIDE

    def view(self) -> LoginView:
        """What stands on the page now."""
        page = self._screen.page
        path = urlsplit(page.url).path
        with self._screen.in_our_words("login"):
            if not path.startswith("/sessions/"):
                inside = page.locator(selectors.LOG_OUT.candidates[0].css).count()
                return LoginView.INSIDE if inside else LoginView.UNKNOWN
            if page.locator(_CAPTCHA).count():
                return LoginView.CAPTCHA
            if path.startswith("/sessions/max_concurrent"):
                return LoginView.TOO_MANY
            if page.locator(IDENTITY).count():
                return LoginView.PASSWORD
            if page.locator("#email").count():
                return LoginView.EMAIL
            return LoginView.CODE if self._screen.has(page, selectors.CODE) else LoginView.UNKNOWN

    def _settled(self) -> LoginView:
        """The view, once there is one that we know."""
        page = self._screen.page
        until = time.monotonic() + self._screen.options.patience_s
        while time.monotonic() < until:
            with suppress(Error, PortalDown):
                if (view := self.view()) is not LoginView.UNKNOWN:
                    return view
            self._not_broken()
            page.wait_for_timeout(_LOOK_MS)
        return LoginView.UNKNOWN

    def _not_broken(self) -> None:
        """`PortalDown` when the page is an error page or none at all."""
        page, broken = self._screen.page, False
        with suppress(Error):
            broken = page.url.startswith("chrome-error:") or page.locator("h1#error-message").count() > 0
        if broken:
            raise PortalDown("The portal cannot be reached, or shows an error page.", where="login")

    def _moved_from(self, view: LoginView, error_in: Callable[[], str]) -> str:
        """Wait until the page asks for something else (then empty), or says what it does not like (then that)."""
        until = time.monotonic() + self._screen.options.patience_s
        while time.monotonic() < until:
            # A page that is just being left cannot be looked at; the next look will find it.
            with suppress(Error, PortalDown):
                if self.view() not in {view, LoginView.UNKNOWN}:
                    return ""
                if said := error_in():
                    return said
            self._not_broken()
            self._screen.page.wait_for_timeout(_LOOK_MS)
        raise PortalDown("The portal did not answer in time.", where=f"login, {view}")

    def _email(self) -> None:
        """Typed again when the page's framework has replaced the field meanwhile."""
        screen = self._screen
        field = screen.find(screen.page, selectors.EMAIL)
        button = screen.find(screen.page, selectors.CONTINUE)
        with screen.in_our_words("login"):
            until = time.monotonic() + screen.options.patience_s
            while not button.is_enabled() and time.monotonic() < until:
                screen.page.wait_for_timeout(_LOOK_MS)
            for _ in range(3):
                field.fill(self._credential.login)
                if field.input_value() == self._credential.login:
                    break
            button.click()
        self._moved_from(LoginView.EMAIL, lambda: "")

    def _password(self) -> None:
        screen = self._screen
        frame = self._identity()
        screen.arrive(frame, "#password", "login, password")
        with screen.in_our_words("login"):
            screen.find(frame, selectors.PASSWORD).fill(self._credential.password)
            screen.find(frame, selectors.LOGIN).click()
        said = self._moved_from(LoginView.PASSWORD, lambda: self._error_of(self._identity_or_none()))
        if not said:
            return
        details = {"credential": self._credential.id, "text": screen.masker.cover(said)}
        if _EXPIRED.search(said):
            raise PortalPasswordExpired("The portal wants a new password for this login; set one there, then here.", **details)
        if _REFUSED.search(said):
            raise PortalLoginRefused("The portal refused the e-mail address or the password.", field="password", **details)
        raise PortalLoginRefused("The portal refused the login, in words that we do not know.", field="", **details)

    def _identity(self) -> Frame:
        found = self._identity_or_none()
        if found is None:
            raise PortalChanged("The frame with the password field is missing.", page="login")
        return found

    def _identity_or_none(self) -> Frame | None:
        with self._screen.in_our_words("login"):
            frames = self._screen.page.query_selector_all(IDENTITY)
            return frames[0].content_frame() if frames else None

    @staticmethod
    def _error_of(frame: Frame | None) -> str:
        if frame is None:
            return ""
        errors = frame.locator(_ERROR)
        return " ".join(errors.all_inner_texts()) if errors.count() else ""

    def _captcha(self) -> None:
        raise CaptchaShown(
            "The portal wants to see a human: somebody has to log in there by hand, on the machine of the robot.",
            credential=self._credential.id,
            shot=self._shoot(),
        )

    def _code(self) -> None:
        """One code, made late, once. A second try is a person's decision: portals lock accounts.

        Somebody who said that they are there is waited for: what they type comes before what we could make ourselves.
        """
        screen, page = self._screen, self._screen.page
        with screen.in_our_words("login"):
            by_app = page.get_by_text(re.compile("authenticator", re.IGNORECASE)).count() > 0
        theirs = self._person.code(self._credential.id)
        if theirs is None and not by_app:
            raise OneTimeCodeMissing(
                "The portal sends its codes by message: enter one when it comes, or set an authenticator app in the portal.",
                credential=self._credential.id,
            )
        if screen.has(page, selectors.REMEMBER):
            with screen.in_our_words("login"):
                screen.find(page, selectors.REMEMBER).check()
        code = theirs if theirs is not None else self._codes.next_code()
        screen.masker.learn(code)
        with screen.in_our_words("login"):
            screen.find(page, selectors.CODE).fill(code)
            screen.find(page, selectors.CODE_LOGIN).click()
        if self._moved_from(LoginView.CODE, lambda: self._error_of(page.main_frame)):
            raise OneTimeCodeRefused(
                "The portal refused the one-time code: the code or its secret is another one, or a clock is wrong.",
                credential=self._credential.id,
            )

    def _too_many(self) -> None:
        """Going on would end a session, perhaps a person's; we step back."""
        screen = self._screen
        with screen.in_our_words("login"):
            screen.find(screen.page, selectors.CANCEL_LOGIN).click()
        raise PortalSessionsFull(
            "Three sessions of this portal login are open; one of them has to be logged out.", after_s=1800.0
        )

    def check_language(self) -> None:
        """Labels are how elements are found, so the robot's user must read the language that we know."""
        with self._screen.in_our_words("login"):
            language = self._screen.page.evaluate("document.documentElement.lang") or ""
        if not str(language).startswith(self._screen.options.language):
            raise PortalChanged(
                "The portal speaks another language to this login; set it to English in the portal.", seen=str(language)[:20]
            )
