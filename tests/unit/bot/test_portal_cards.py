"""Cards of portals: every state has a scene, every button is one of the table, no secret is in a form or its memory."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.actions import DETAILS, OPEN, action_id, decode, kind_of
from bot.cards import home as home_card
from bot.cards import home_invoices, portal_home
from bot.portals_admin import PREFIX
from bot.portals_commands import named
from core.app.portals.waiting import SubmissionQueue
from core.app.portals.wording import TRY_LOGIN
from core.app.waiting import Queue
from core.decide import submission
from core.domain.keeping import SubjectKind
from core.domain.workflows import SubmissionState
from tests.golden.cards.portal_scenes import PORTAL_SCENES
from tests.golden.cards.scenes import golden
from tests.portals_desk import PASSWORD, SECRET

CARDS = [name for name in PORTAL_SCENES if name.startswith("submission_")]
OURS = {DETAILS, OPEN, TRY_LOGIN}


def kept(name: str) -> Any:
    """A scene as it was kept; that it is drawn so today is tested with all the others."""
    return json.loads(golden(name).read_text(encoding="utf-8"))


def pressable(value: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Action and value of every button, with the button."""
    for block in value["blocks"]:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            if "value" in element:
                yield element["action_id"], element["value"], element


def events(name: str) -> list[str]:
    return [value.split(":")[3] for action, value, _ in pressable(kept(name)) if action.startswith("submission.")]


def test_every_state_that_people_see_for_long_has_a_card() -> None:
    shown = " ".join(CARDS).upper()
    assert [state for state in SubmissionState if f"SUBMISSION_{state}" not in shown] == [SubmissionState.CHECKING]


@pytest.mark.parametrize("name", PORTAL_SCENES)
def test_every_button_is_one_of_the_table_or_opens_a_window(name: str) -> None:
    for action, value, _ in pressable(kept(name)):
        if action.startswith((PREFIX, portal_home.SHOW, portal_home.TURN)):
            continue
        pressed = decode(action, value)
        assert pressed is not None, value
        assert pressed.kind is SubjectKind.SUBMISSION
        assert pressed.event in set(submission.TABLE.specs) | OURS


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("submission_suggested", {"mark_ready", "choose_order", "choose_lines", "attach_file", "dismiss"}),
        ("submission_stuck", {"retry", "choose_order", "choose_lines", "attach_file", "dismiss"}),
        ("submission_ready_to_submit", {"recall"}),
        ("submission_filling", set()),
        ("submission_draft_saved", set()),
        ("submission_prepared", {"release", "recall"}),
        ("submission_released", {"recall"}),
        ("submission_sending", set()),
        ("submission_delivered", set()),
        ("submission_paid", set()),
        ("submission_dismissed", set()),
    ],
)
def test_a_card_offers_what_the_table_says_of_its_state(name: str, offered: set[str]) -> None:
    assert set(events(name)) - OURS == offered


def test_the_first_button_is_never_one_that_would_be_refused() -> None:
    def primary(name: str) -> list[str]:
        return [action for action, _, element in pressable(kept(name)) if element.get("style") == "primary"]

    assert primary("submission_suggested") == ["submission.mark_ready"]
    assert primary("submission_stopped") == primary("submission_switched_off") == []
    assert primary("submission_stuck") == ["submission.retry"]
    assert primary("window_portals") == ["portals.rotate"]


def test_equal_orders_have_a_button_each_in_their_order() -> None:
    chosen = [decode(action, value) for action, value, _ in pressable(kept("submission_tied")) if value.endswith((":0", ":1"))]
    assert [(each.event, each.choice) for each in chosen if each] == [("choose_order", 0), ("choose_order", 1)]


@pytest.mark.parametrize("name", PORTAL_SCENES)
def test_no_secret_is_in_a_card_a_form_or_a_memory(name: str) -> None:
    said = json.dumps(kept(name))
    assert PASSWORD not in said
    assert SECRET not in said
    assert "initial_value" not in said or name.startswith(("form_submission", "form_portal_customer", "form_portal_unsettled"))


def test_a_viewer_of_the_window_has_no_button_that_changes_anything() -> None:
    assert {action for action, _, _ in pressable(kept("window_portals_for_viewers"))} == {"portals.sync"}


def test_the_home_tab_remembers_three_lists() -> None:
    text = f"{Queue.CONFIRM}:1/decide:2/{SubmissionQueue.STUCK}:3"
    assert home_card.recall(text) == (Queue.CONFIRM, 1)
    assert home_invoices.recall(text) is not None
    assert portal_home.recall(text) == (SubmissionQueue.STUCK, 3)
    alone = f"//{SubmissionQueue.CHECK}:0"
    assert (home_card.recall(alone), home_invoices.recall(alone)) == (None, None)
    assert portal_home.recall(alone) == (SubmissionQueue.CHECK, 0)
    assert home_card.known(alone)
    assert portal_home.recall("//nothing:0") is portal_home.recall("") is None
    values = [value for action, value, _ in pressable(kept("home_portals")) if action.startswith(portal_home.SHOW)]
    assert values == [f"//{SubmissionQueue.REVIEW}:0"]


def test_a_submission_is_named_as_people_type_it() -> None:
    assert [named([word]) for word in ("ps1001", "PS-1001", "P-1001", "PS-", "INV-1")] == [
        "PS-1001",
        "PS-1001",
        None,
        None,
        None,
    ]
    assert (kind_of("PS-1001"), kind_of("P-1001")) == (SubjectKind.SUBMISSION, SubjectKind.PAYMENT)
    value = "submission:PS-1001:v3:mark_ready"
    assert decode(action_id(SubjectKind.SUBMISSION, "mark_ready"), value) is not None
    assert decode(action_id(SubjectKind.SUBMISSION, "submit"), "submission:PS-1001:v3:submit") is None
