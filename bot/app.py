"""The bolt app, for both transports: one listener for each kind of payload, acknowledged at once, worked on in threads of ours.

Bolt runs our listener in the thread that took the payload and sends what it acknowledged when the listener returns
(`process_before_response`): no second thread has to wake up in between, so a busy machine delays an acknowledgement least.
Work of ours therefore never runs there. Fifty people who press at once are all acknowledged at once, and their clicks are
worked on one after the other as the database allows.
"""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorkingError
from typing import Any, Final
from zoneinfo import ZoneInfo

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult

from bot import handlers, payloads, uploads
from bot.channels import Channels
from bot.client import Slack, web_client
from bot.desk import Desk, notice_view, tell
from bot.payloads import Interaction
from bot.people import People
from core.app.services import Services
from core.domain.errors import ProjectError
from core.settings import Settings

log = logging.getLogger(__name__)
WORKERS: Final = 8
ANYTHING: Final = re.compile(r".*", re.DOTALL)
Body = dict[str, Any]


class Surface:
    """Slack as a surface of the core. `close` waits for what was acknowledged and is still being worked on."""

    def __init__(self, services: Services, settings: Settings, wake: Callable[[], None] = lambda: None) -> None:
        self.slack = Slack(settings)
        self.channels = Channels(self.slack, settings)
        self.people = People(services, settings, self.slack)
        self.desk = Desk(services, self.slack, self.people, ZoneInfo(settings.time_zone), wake)
        self._work = ThreadPoolExecutor(WORKERS, thread_name_prefix="slack-work")
        self._answer_within_s = settings.slack_form_answer_s
        self.app = App(
            # Without a name Bolt walks through the whole stack with its sources for one, which takes a tenth of a second.
            name="tieout",
            logger=logging.getLogger("slack_bolt.tieout"),
            client=web_client(settings),
            signing_secret=settings.slack_signing_secret.get_secret_value() or None,
            authorize=lambda: self._authorize(),  # noqa: PLW0108  Bolt counts the arguments of a bound method wrongly.
            process_before_response=True,
            raise_error_for_unhandled_request=False,
        )
        self._token = settings.slack_bot_token.get_secret_value()
        self._register()

    def close(self) -> None:
        """Finish what was begun."""
        self._work.shutdown(wait=True)

    def _authorize(self) -> AuthorizeResult:
        """Who we are; whether the person may do anything is asked later, by the payload itself."""
        installation = self.slack.installation()
        return AuthorizeResult(
            enterprise_id=installation.enterprise_id or None,
            team_id=installation.team_id,
            bot_token=self._token,
            bot_id=installation.bot_id,
            bot_user_id=installation.bot_user_id,
        )

    def _register(self) -> None:
        app = self.app
        app.action(ANYTHING)(self._on_action)
        app.options(ANYTHING)(self._on_options)
        app.view_submission(ANYTHING)(self._on_submission)
        app.view_closed(ANYTHING)(self._on_nothing)
        app.command(ANYTHING)(self._on_command)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.event(ANYTHING)(self._on_event)

    def _on_action(self, ack: Ack, body: Body) -> None:
        ack()
        at = payloads.interaction(body)
        self._work.submit(self._guarded, at, lambda: handlers.on_action(self.desk, at))

    def _on_shortcut(self, ack: Ack, body: Body) -> None:
        ack()
        at = payloads.interaction(body)
        self._work.submit(self._guarded, at, lambda: handlers.on_shortcut(self.desk, at))

    def _on_command(self, ack: Ack, body: Body) -> None:
        ack()
        at = payloads.command(body)
        self._work.submit(self._guarded, at, lambda: handlers.on_command(self.desk, at))

    def _on_nothing(self, ack: Ack) -> None:
        """A closed window is not a decision."""
        ack()

    def _on_event(self, body: Body) -> None:
        event: Mapping[str, Any] = body.get("event") or {}
        if uploads.brings_files(event):
            # What breaks here is not acknowledged, and Slack tells it again.
            handlers.on_event(self.desk, self.channels, event)
            return
        self._work.submit(self._guarded, None, lambda: handlers.on_event(self.desk, self.channels, event))

    def _on_options(self, ack: Ack, body: Body) -> None:
        """A search: the answer is the acknowledgement, so it is worked on here and has to be quick."""
        at = payloads.interaction(body)
        try:
            found = handlers.on_options(self.desk, at)
        except ProjectError as error:
            log.info("a search was not answered: %s", error.sentence)
            found = []
        except Exception:  # A search that breaks finds nothing; the form stays usable.
            log.exception("a search broke")
            found = []
        ack(options=found)

    def _on_submission(self, ack: Ack, body: Body) -> None:
        """A form: an answer in time closes it or shows what is wrong in it; later ones take the place of “Working …”."""
        at = payloads.interaction(body)
        answer: Future[Body | None] = self._work.submit(self._submitted, at)
        try:
            said = answer.result(self._answer_within_s)
        except StillWorkingError:
            ack(response_action="update", view=notice_view("Working … this takes a moment.", "Working"))
            answer.add_done_callback(lambda done: self._late(at, done))
            return
        ack(said or {})

    def _submitted(self, at: Interaction) -> Body | None:
        try:
            return handlers.on_submission(self.desk, at)
        except ProjectError as error:
            return {"response_action": "update", "view": notice_view(error.sentence)}
        except Exception:  # A bug gets a number that is in the log too.
            number = secrets.token_hex(4)
            log.exception("a form broke (reference %s)", number)
            return {"response_action": "update", "view": notice_view(_apology(number))}

    def _late(self, at: Interaction, done: Future[Body | None]) -> None:
        said = done.result() or {}
        view = said.get("view")
        if view is None:
            view = notice_view(" ".join((said.get("errors") or {}).values()) or "Done. You can close this window.")
        try:
            self.slack.update_view(at.view_id, view)
        except ProjectError as error:
            log.info("the window was closed before the answer came: %s", error.sentence)

    def _guarded(self, at: Interaction | None, work: Callable[[], None]) -> None:
        """The loop's last line: a refusal is told, a bug gets a number that is in the log too."""
        try:
            work()
        except ProjectError as error:
            log.info("an interaction ended early: %s", error.sentence)
            if at is not None:
                tell(self.desk, at, error.sentence)
        except Exception:  # A bug gets a number that is in the log too.
            number = secrets.token_hex(4)
            log.exception("an interaction broke (reference %s)", number)
            if at is not None:
                tell(self.desk, at, _apology(number))


def _apology(number: str) -> str:
    return f"Something broke on our side. Nothing was changed, or the card shows what was. Reference {number}."


def build_app(services: Services, settings: Settings, wake: Callable[[], None] = lambda: None) -> Surface:
    """The Slack surface over the core, ready for a socket or for HTTP."""
    return Surface(services, settings, wake)
