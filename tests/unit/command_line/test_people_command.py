import pytest

from core.domain.events import AuditName
from tests.operator import Operator
from tests.sandbox.slack.testing import running_slack


def test_people_come_change_and_go_and_all_of_it_is_written_down(operator: Operator) -> None:
    assert operator.types("people list") == (
        0,
        "Nobody is known yet. Add somebody: tieout people add ada@example.com --role cash_poster\n",
    )
    status, said = operator.types("people add ada.lind@example.com --role cash_poster viewer")
    assert (status, said) == (0, "Added Ada Lind <ada.lind@example.com> as U-1001: cash_poster, viewer.\n")
    assert operator.types("people role ADA.LIND@example.com --role administrator")[0] == 0
    assert "acts for EU01, US01." in operator.types("people entities U-1001 US01 EU01")[1]
    assert "administrator (for EU01, US01)" in operator.types("people list")[1]
    assert operator.types("people entities U-1001")[1].endswith("acts for all legal entities.\n")
    assert operator.types("people remove U-1001")[0] == 0
    assert "left" in operator.types("people list")[1]
    assert operator.types("people add ada.lind@example.com --role viewer")[1].startswith("Added Ada Lind")
    store = operator.store()
    with store.read() as unit:
        rows = unit.audit.rows()
    store.close()
    assert [row.entry.name for row in rows] == [AuditName.PERSON_CHANGED] * 6
    assert rows[1].entry.facts["roles_before"] == ["cash_poster", "viewer"]
    assert rows[1].entry.facts["roles"] == ["administrator"]
    assert all(row.entry.actor.surface == "command_line" for row in rows)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("people add ada@example.com --role chef", "There is no role chef. The roles are: viewer, cash_applier, cash_poster,"),
        ("people add ada@example.com --role ,", "There is no role . The roles are: viewer"),
        ("people add ada --role viewer", "A person needs a name and an e-mail address."),
        ("people role nobody@example.com --role viewer", "Nobody is known as nobody@example.com."),
        ("people remove U-9", "Nobody is known as U-9."),
    ],
)
def test_a_mistake_is_a_sentence_and_changes_nothing(operator: Operator, line: str, sentence: str) -> None:
    status, said = operator.types(line)
    assert status == 2
    assert sentence in said
    assert operator.types("people list")[1].startswith("Nobody is known yet.")


def test_who_is_known_already_is_not_added_twice(operator: Operator) -> None:
    operator.types("people add ada@example.com --role viewer")
    status, said = operator.types("people add Ada@Example.com --role cash_poster")
    assert status == 2
    assert "known already as U-1001" in said
    assert "cash_poster" not in operator.types("people list")[1]


def test_administrators_of_the_settings_are_there_after_migrating_and_keep_what_they_were_given(operator: Operator) -> None:
    operator.sets(administrators="ada@example.com, bo@example.com")
    assert "Added administrator bo@example.com as U-1002." in operator.types("migrate")[1]
    operator.types("people role bo@example.com --role viewer")
    assert "Added" not in operator.types("migrate")[1]
    assert "bo@example.com>" in operator.types("people list")[1]
    store = operator.store()
    with store.read() as unit:
        bo = unit.people.by_email("bo@example.com")
    store.close()
    assert bo is not None
    assert bo.roles == {"viewer"}


def test_a_user_group_of_slack_is_given_a_role_besides_what_its_people_have(operator: Operator) -> None:
    with running_slack() as slack:
        operator.sets(slack_bot_token=slack.config.bot_token, slack_base_url=slack.api_url)
        slack.set_group("ap-team", ["priya", "marcus", "gil", "olaf"])
        operator.types("people add marcus@sandbox.example --name Marcus --role approver")
        status, said = operator.types("people import @ap-team --role payables_clerk")
        assert status == 0
        assert "<priya@sandbox.example>: payables_clerk." in said
        assert "limited role" in said
        assert said.count("Not ") == 3, "the approver, the guest and who left"
        assert "payables_clerk, as before." in operator.types("people import ap-team --role payables_clerk")[1]
        assert "payables_clerk, viewer." in operator.types("people import ap-team --role viewer")[1]
        assert "Slack has no one group called @nobody. It has: " in operator.types("people import @nobody --role viewer")[1]
        slack.scopes(remove=["usergroups:read"])
        status, said = operator.types("people import @ap-team --role viewer")
        assert (status, "missing_scope" in said) == (2, True)
