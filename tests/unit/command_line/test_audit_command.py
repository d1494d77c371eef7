import pytest
from sqlalchemy import create_engine

from core.settings import Settings
from tests.operator import Operator


@pytest.fixture
def with_events(operator: Operator) -> Operator:
    for number in range(3):
        operator.types(f"people add p{number}@example.com --role viewer")
    return operator


def tamper(*statements: str) -> None:
    """Somebody with the database and without the key, who also knows how to switch the triggers off."""
    engine = create_engine(Settings().database)
    sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.begin() as connection:
            if sqlite:
                for verb in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER audit_event_no_{verb}")
            else:
                connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER USER")
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def test_an_untouched_log_holds_and_its_anchor_stands(with_events: Operator) -> None:
    status, said = with_events.types("audit verify")
    assert status == 0
    assert "The audit log holds: 3 events" in said
    anchor = with_events.types("audit head")[1].strip()
    with_events.types("people remove p0@example.com")
    status, said = with_events.types(f"audit verify --anchor {anchor}")
    assert status == 0
    assert "The anchor at event 3 stands." in said


def test_an_empty_log_holds(operator: Operator) -> None:
    anchor = operator.types("audit head")[1].strip()
    assert anchor == "0:" + "0" * 64
    assert operator.types(f"audit verify --anchor {anchor}")[0] == 0


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_event SET entry = replace(entry, 'viewer', 'approver') WHERE number = 2", "Event 2 (person.changed of"),
        ("UPDATE audit_event SET entry = '{' WHERE number = 2", "Event 2 cannot be read"),
        ("UPDATE audit_event SET entry = '[1, 2]' WHERE number = 2", "Event 2 cannot be read"),
        ("UPDATE audit_event SET entry = 'null' WHERE number = 2", "Event 2 cannot be read"),
        ('UPDATE audit_event SET entry = \'{"name": "no.such"}\' WHERE number = 2', "Event 2 cannot be read"),
        ("UPDATE audit_event SET at = 'yesterday' WHERE number = 2", "Event 2 (person.changed of"),
        ("DELETE FROM audit_event WHERE number = 2", "Event 2 is missing"),
        ("DELETE FROM audit_event WHERE number = 3", "The log ends at event 2, but its head says 3"),
    ],
)
def test_each_kind_of_tampering_is_a_sentence(with_events: Operator, statement: str, sentence: str) -> None:
    tamper(statement)
    status, said = with_events.types("audit verify")
    assert status == 1
    assert sentence in said
    assert "does NOT hold" in said


def test_a_log_that_was_cut_behind_its_head_too_is_found_by_an_anchor_only(with_events: Operator) -> None:
    anchor = with_events.types("audit head")[1].strip()
    tamper(
        "DELETE FROM audit_event WHERE number = 3",
        "UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit_event WHERE number = 2)",
    )
    assert with_events.types("audit verify")[0] == 0
    status, said = with_events.types(f"audit verify --anchor {anchor}")
    assert status == 1
    assert "The anchor names event 3, but the log ends at event 2: events were cut off." in said
    other = f"2:{'a' * 64}"
    assert "the log was written anew since" in with_events.types(f"audit verify --anchor {other}")[1]


@pytest.mark.parametrize("anchor", ["3", "x:y", "3:abc"])
def test_what_is_no_anchor_is_refused(with_events: Operator, anchor: str) -> None:
    status, said = with_events.types(f"audit verify --anchor {anchor}")
    assert status == 2
    assert "An anchor is a number" in said


def test_the_history_of_one_thing_in_sentences(with_events: Operator) -> None:
    with_events.types("people remove p1@example.com")
    status, said = with_events.types("audit show u-1002")
    assert status == 0
    assert [line.split()[0] for line in said.splitlines()] == ["2", "4"]
    assert said.count("changed this person, ") == 2
    status, said = with_events.types("audit show P-1042")
    assert status == 2
    assert "Nothing is written down about P-1042." in said
