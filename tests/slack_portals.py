"""The small company's portals with its people in Slack: ines submits, theo administers, priya has nothing to do with it."""

from dataclasses import replace

from core.domain.actors import Person, Role
from core.domain.keeping import EffectKind, Subject, SubjectKind
from core.domain.portals import SubmissionId
from core.domain.workflows import OutboxState
from core.store.unit_of_work import SqlStore
from tests.databases import SetClock
from tests.portals_desk import PortalDesk
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, text_of
from tests.slack_seen import Seen

CARDS = "C0CASHAPP1"
MANAGERS = "C0MANAGERS"
OF_THE_ROBOT = frozenset(
    {
        EffectKind.SAVE_DRAFT,
        EffectKind.SEARCH_PORTAL,
        EffectKind.SYNC_PORTAL,
        EffectKind.TEST_LOGIN,
        EffectKind.SUGGEST_ORDERS,
        EffectKind.WRITE_CXML,
        EffectKind.SEND_CXML,
    }
)


class SlackPortals(Seen, PortalDesk):
    """Stories of portals, and what people see of them in Slack."""

    def __init__(self, store: SqlStore, clock: SetClock, slack: SlackDriver) -> None:
        super().__init__(store, clock)
        self.slack = slack
        self.submitter = self._in_slack(self.submitter, "ines@sandbox.example")
        self.administrator = self._in_slack(self.administrator, "theo@sandbox.example")
        self.stranger = self._in_slack(replace(self.stranger, roles=frozenset({Role.PAYABLES_CLERK})), "priya@sandbox.example")

    def _in_slack(self, person: Person, email: str) -> Person:
        known = replace(person, email=email, slack_user="", slack_team="")
        with self.store.write() as unit:
            unit.people.put(known)
        return known

    def card(self, number: str = "PS-1001", *, saying: str = "") -> Json:
        """The card of a submission, once it shows the present version (and these words)."""

        def shown() -> Json:
            with self.store.read() as unit:
                place = unit.cards.place(Subject(SubjectKind.SUBMISSION, number))
                version = unit.submissions.get(SubmissionId(number)).version
            if place is None or place.version != version:
                return {}
            found = [card for card in self.slack.cards(CARDS) if card["ts"] == place.ts]
            return found[0] if found and saying in text_of(found[0]) else {}

        return self.slack.wait_for(shown, what=f"the card of {number} saying {saying!r}")

    def press(self, user: str, event: str, *, number: str = "PS-1001", **more: object) -> Json:
        """Press a button of the present card."""
        return self.slack.press(user, self.card(number), f"submission.{event}", **more)  # type: ignore[arg-type]

    def notice(self, saying: str) -> Json:
        """A message in the managers' channel."""

        def found() -> Json:
            return next((card for card in self.slack.cards(MANAGERS) if saying in text_of(card)), {})

        return self.slack.wait_for(found, what=f"managers to be told {saying!r}")

    def settled(self) -> None:
        """Wait until nothing is on its way to Slack any more; what the robot is asked for waits, since it is not here."""

        def nothing_waits() -> bool:
            with self.store.read() as unit:
                waits = unit.outbox.in_state(OutboxState.PENDING, 1000)
            return all(item.effect.kind in OF_THE_ROBOT for item in waits)

        self.until(nothing_waits, "everything to be published")
