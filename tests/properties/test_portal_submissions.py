"""However runs break off and whatever the portal answers: one draft at most, and none called saved that is not there."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.app.portals import saving
from core.domain.errors import NotInvoiceable, PortalBusy, PortalDown, ProjectError
from core.domain.events import SubmissionEvent
from core.domain.portal_orders import PortalInvoiceStatus
from core.domain.portals import SubmissionId
from core.domain.submissions import DraftResult, DraftStep, DraftWanted
from core.domain.workflows import SubmissionState as State
from tests.databases import SetClock, clean_store
from tests.portals_desk import PortalDesk

STEPS = tuple(DraftStep)
FAULTS = ("none", "down", "refused", "answer_lost", "never_arrived", "killed_after_the_click")
KILLS = (None, *STEPS)


@dataclass
class ModelPortal:
    """What the portal has. A driver looks for the number before it saves, and clicks once."""

    draft: bool = False
    saves: int = 0

    def save(self) -> None:
        self.draft, self.saves = True, self.saves + 1


class World:
    """One submission that a person has marked ready, the portal, and runs that go well or badly."""

    def __init__(self, desk: PortalDesk) -> None:
        self.desk, self.portal, self.runs = desk, ModelPortal(), 0
        self.id: SubmissionId = desk.suggested().id
        self.desk.act(self.id, SubmissionEvent.MARK_READY)

    @property
    def state(self) -> State:
        return self.desk.get(self.id).state

    def run(self, kill_at: DraftStep | None, fault: str) -> None:
        """One run of the robot, which may end anywhere."""
        self.runs += 1
        token = f"run {self.runs}"
        begun = saving.begin(self.desk.services, self.id, token)
        if isinstance(begun, str):
            return
        for step in STEPS:
            try:
                saving.step(self.desk.services, self.id, token, step)
            except PortalBusy:
                return
            if step is kill_at or self._ended(step, fault, token, begun.wanted):
                return
        self._finish(token, begun.wanted, DraftResult.SAVED)

    def _ended(self, step: DraftStep, fault: str, token: str, wanted: DraftWanted) -> bool:
        if step is DraftStep.LOOKED_UP and self.portal.draft:
            self._finish(token, wanted, DraftResult.FOUND)
            return True
        errors: dict[str, ProjectError] = {"down": PortalDown("Closed."), "refused": NotInvoiceable("The order is closed.")}
        if step is DraftStep.FILLED and fault in errors:
            saving.failed(self.desk.services, self.id, token, errors[fault])
            return True
        if step is not DraftStep.SAVING:
            return False
        if fault != "never_arrived":
            self.portal.save()
        if fault in {"answer_lost", "never_arrived"}:
            unknown = self.desk.saved(wanted, DraftResult.UNKNOWN, seen=None, why="No answer came.")
            saving.finished(self.desk.services, self.id, token, unknown)
        return fault in {"answer_lost", "never_arrived", "killed_after_the_click"}

    def _finish(self, token: str, wanted: DraftWanted, result: DraftResult) -> None:
        saving.finished(self.desk.services, self.id, token, self.desk.saved(wanted, result))

    def search(self) -> None:
        wanted = saving.wanted_to_find(self.desk.services, self.id)
        if wanted is None:
            return
        there = self.desk.there(PortalInvoiceStatus.DRAFT, "Draft").invoices if self.portal.draft else ()
        saving.searched(self.desk.services, self.id, there, self.desk.seen(wanted) if there else None)

    def retry(self) -> None:
        self.desk.act(self.id, SubmissionEvent.RETRY)

    def check(self) -> None:
        assert self.portal.saves <= 1
        assert self.state is not State.DRAFT_SAVED or self.portal.draft


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("run"), st.sampled_from(KILLS), st.sampled_from(FAULTS)),
            st.tuples(st.sampled_from(("search", "retry")), st.none(), st.just("none")),
        ),
        max_size=5,
    )
)
def test_one_draft_at_most_and_in_the_end_exactly_one(story: list[tuple[str, DraftStep | None, str]]) -> None:
    with clean_store("sqlite", SetClock()) as store:
        world = World(PortalDesk(store, SetClock()))
        verbs: dict[str, Callable[[], None]] = {"search": world.search, "retry": world.retry}
        for verb, kill_at, fault in story:
            if verb == "run":
                world.run(kill_at, fault)
            else:
                verbs[verb]()
            world.check()
        for _ in range(12):
            match world.state:
                case State.DRAFT_SAVED:
                    break
                case State.STUCK:
                    world.retry()
                case State.CHECKING:
                    world.search()
                case _:
                    world.run(None, "none")
            world.check()
        assert (world.state, world.portal.saves) == (State.DRAFT_SAVED, 1)
