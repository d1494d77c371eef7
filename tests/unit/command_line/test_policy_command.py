"""`tieout policy`: versions with a day, written down, and used by the stories from that day on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.app import policies
from core.domain.errors import NotPermitted, Refused
from core.domain.events import AuditName, PaymentEvent
from core.domain.payments import PaymentState
from core.domain.policy import MatchPolicy
from core.domain.versioned import PolicyKind
from core.read.match_policy import read_match_policy
from core.store.unit_of_work import SqlStore
from tests.builders import acting
from tests.databases import SetClock
from tests.operator import Operator
from tests.service import FILES, Desk, services_on

CAREFUL = b"[match]\nautomatic_gaps = []\nautomatic_bar = 1.0\n"


def test_a_version_is_stored_shown_and_never_changed(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "careful.toml").write_bytes(CAREFUL)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert "“default”" in operator.types("policy show")[1]
    status, said = operator.types(f"policy set {tmp_path / 'careful.toml'} --from {tomorrow} --name careful")
    assert status == 0, said
    assert f"“careful” holds from {tomorrow}" in said
    assert "is there already" in operator.types(f"policy set {tmp_path / 'careful.toml'} --from {tomorrow} --name careful")[1]
    status, said = operator.types(f"policy show --on {tomorrow}")
    assert "is “careful”" in said
    assert "automatic_bar = 1.0   (not as the code has it)" in said
    assert "is “default”" in operator.types("policy show")[1]
    (tmp_path / "other.toml").write_bytes(b"[match]\nfee_limit = 1\n")
    assert operator.types(f"policy set {tmp_path / 'other.toml'} --from {tomorrow} --name careful")[0] == 2
    assert operator.types(f"policy set {tmp_path / 'other.toml'} --from {tomorrow}")[0] == 2


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        (b"[match]\nfee_limit = 1\n", "--from 2020-01-01", "that day has passed"),
        (b"[match]\nno_such = 1\n", "--from 2999-01-01", "no key"),
        (b"[other]\n", "--from 2999-01-01", "has no table [match]"),
        (b"[match]\n", "--from soon", "no date"),
    ],
)
def test_what_cannot_be_a_policy_is_refused_in_words(
    operator: Operator, tmp_path: Path, text: bytes, words: str, sentence: str
) -> None:
    (tmp_path / "policy.toml").write_bytes(text)
    status, said = operator.types(f"policy set {tmp_path / 'policy.toml'} {words}")
    assert status == 2
    assert sentence in said


def test_the_stories_use_the_version_of_the_day_and_write_it_down(store: SqlStore, clock: SetClock) -> None:
    policies.seed(store)
    desk = Desk(services_on(store, clock))
    later = clock.now().date() + timedelta(days=3)
    assert policies.put(store, FILES, PolicyKind.MATCH, "careful", later, read_match_policy(CAREFUL, "careful.toml"))
    assert not policies.put(store, FILES, PolicyKind.MATCH, "careful", later, read_match_policy(CAREFUL, "careful.toml"))
    desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
    assert desk.payment().state is PaymentState.APPLIED
    desk.done(PaymentEvent.UNAPPLY, desk.payment())
    clock.advance(days=3)
    desk.bank(("D2", "250.00", "NORTHWIND LTD", "PAYMENT INV-1002"), name="later.csv")
    assert desk.payment("P-1002").state is PaymentState.SUGGESTED
    with store.read() as unit:
        events = unit.audit.rows()
        assert desk.services.matcher.policy(unit).version == "careful"
    used = [(row.entry.subject.id, row.entry.facts.get("policy")) for row in events if "policy" in row.entry.facts]
    assert ("P-1001", "default") in used
    assert ("P-1002", "careful") in used
    changed = [row.entry.facts["version"] for row in events if row.entry.name is AuditName.POLICY_CHANGED]
    assert changed == ["default", "careful"]


def test_only_who_may_manage_the_policy_puts_one_and_never_for_a_day_that_has_passed(store: SqlStore, clock: SetClock) -> None:
    desk = Desk(services_on(store, clock))
    today = clock.now().date()
    with pytest.raises(NotPermitted):
        policies.put(store, acting(desk.priya), PolicyKind.MATCH, "mine", today, MatchPolicy())
    with pytest.raises(Refused):
        policies.put(store, FILES, PolicyKind.MATCH, "late", today - timedelta(days=1), MatchPolicy())
    with store.read() as unit:
        assert unit.policies.all(PolicyKind.MATCH) == []
