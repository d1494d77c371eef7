import json
import stat
import zipfile
from pathlib import Path

import pytest

from core.domain.ids import Key
from core.domain.keeping import Effect, EffectKind, SourceKind, Subject, SubjectKind
from core.settings import Settings
from core.store import backup, revisions
from core.store.restore import is_empty
from tests.builders import a_customer, a_customer_invoice, a_payment
from tests.databases import AUDIT_KEY, SetClock, fresh_database
from tests.operator import Operator

BYTES = bytes(range(256)) * 40
NOT_ASCII = "Ÿ\tNorth\\wind\nLtd \N{EURO SIGN}"


def effect(number: int) -> Effect:
    subject = Subject(SubjectKind.PAYMENT, f"P-{number}")
    return Effect(EffectKind.PUBLISH_CARD, Key(f"card:{number}"), subject, f"lane {number}", {"text": NOT_ASCII})


@pytest.fixture
def filled(operator: Operator) -> Operator:
    """One of most things, with bytes and letters that a bad copy would break."""
    operator.types("people add ada@example.com --role cash_poster")
    store = operator.store()
    with store.write() as unit:
        unit.ledger.put_customers([a_customer("C1", NOT_ASCII)])
        unit.ledger.put_invoices([a_customer_invoice()])
        unit.payments.add(a_payment())
        unit.sources.take(SourceKind.UNKNOWN, "a.bin", BYTES)
        unit.outbox.ask(effect(1))
    store.close()
    return operator


def made(operator: Operator) -> Path:
    status, said = operator.types("backup")
    assert status == 0, said
    assert "The audit key is NOT in it." in said
    return max((operator.folder / "backups").glob(f"tieout-*{backup.SUFFIX}"))


def test_a_round_trip_brings_everything_back_and_the_database_goes_on(filled: Operator, database_kind: str) -> None:
    file = made(filled)
    head = filled.types("audit head")[1]
    with fresh_database(database_kind, filled.folder) as other:
        filled.sets(database_url=other)
        status, said = filled.types(f"restore {file}")
        assert status == 0, said
        assert "the audit log holds to its last event" in said
        assert filled.types("audit head")[1] == head
        store = filled.store()
        with store.write() as unit:
            assert unit.people.by_email("ada@example.com") is not None
            assert [customer.name for customer in unit.ledger.customers()] == [NOT_ASCII]
            assert unit.payments.get(a_payment().id) == a_payment()
            source, is_new = unit.sources.take(SourceKind.UNKNOWN, "b.bin", BYTES)
            assert not is_new
            assert unit.sources.data(source.id) == BYTES
            # Numbers go on where they were, ids of deliveries and of people alike.
            assert unit.outbox.ask(effect(2))
            assert unit.people.next_id() == "U-1002"
        store.close()
        assert filled.types("people add bo@example.com --role viewer")[0] == 0
        assert filled.types("audit verify")[0] == 0


def test_the_file_is_private_says_what_it_holds_and_not_the_key(filled: Operator) -> None:
    file = made(filled)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read(backup.MANIFEST))
        assert all(AUDIT_KEY not in archive.read(name) for name in archive.namelist())
    assert manifest["rows"]["payment"] == 1
    assert manifest["rows"]["audit_event"] == 1
    assert manifest["revision"] == revisions.newest()
    assert list((filled.folder / "backups").iterdir()) == [file]


def test_data_is_replaced_only_when_asked_and_what_was_there_is_kept(filled: Operator) -> None:
    file = made(filled)
    filled.types("people add later@example.com --role viewer")
    status, said = filled.types(f"restore {file}")
    assert status == 2
    assert "Say --replace" in said
    assert "later@example.com" in filled.types("people list")[1]
    status, said = filled.types(f"restore {file} --replace")
    assert status == 0, said
    assert "later@example.com" not in filled.types("people list")[1]
    (kept,) = (filled.folder / "backups").glob(f"before-restore-*{backup.SUFFIX}")
    assert filled.types(f"restore {kept} --replace")[0] == 0
    assert "later@example.com" in filled.types("people list")[1]
    assert filled.types("audit verify")[0] == 0


def rewritten(file: Path, change: str, target: Path) -> Path:
    """The backup with one thing changed in it."""
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(target, "w") as out:
        for name in archive.namelist():
            data = archive.read(name)
            if name == backup.MANIFEST:
                manifest = json.loads(data)
                if change in {"revision", "database"}:
                    manifest[change] = "9999"
                if change == "rows":
                    manifest["rows"]["payment"] = 7
                data = json.dumps(manifest).encode()
            elif change == "bytes":
                data = data[:-10] + b"0123456789"
            if change != "no manifest" or name != backup.MANIFEST:
                out.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("bytes", "is not what its manifest says"),
        ("no manifest", "is not a whole backup of Tieout"),
        ("revision", "which this version does not know"),
        ("database", "This is a backup of 9999"),
        ("rows", "payment does not hold the rows that it should"),
    ],
)
def test_a_backup_that_is_not_right_changes_nothing(filled: Operator, change: str, sentence: str) -> None:
    bad = rewritten(made(filled), change, filled.folder / "bad")
    filled.types("people add later@example.com --role viewer")
    status, said = filled.types(f"restore {bad} --replace")
    assert status == 2
    assert sentence in said
    assert "later@example.com" in filled.types("people list")[1]
    assert filled.types("audit verify")[0] == 0


def test_a_file_that_is_cut_off_or_no_backup_is_refused(filled: Operator) -> None:
    file = made(filled)
    (filled.folder / "cut").write_bytes(file.read_bytes()[:-300])
    (filled.folder / "other").write_bytes(b"something else")
    for name in ("cut", "other"):
        assert "is not a whole backup of Tieout" in filled.types(f"restore {name} --replace")[1]
    assert filled.types("restore nowhere --replace") == (2, "tieout: There is no file nowhere.\n")


def test_under_another_audit_key_nothing_is_restored_unless_the_proof_is_given_up(filled: Operator, database_kind: str) -> None:
    file = made(filled)
    with fresh_database(database_kind, filled.folder) as other:
        filled.sets(database_url=other, audit_key="another key")
        status, said = filled.types(f"restore {file}")
        assert status == 2
        assert "put that key in place first" in said
        assert is_empty(Settings().database)
        filled.monkeypatch.delenv("TIEOUT_AUDIT_KEY")
        assert "The audit key is not here" in filled.types(f"restore {file}")[1]
        assert not (filled.folder / "data" / "audit.key").exists()
        status, said = filled.types(f"restore {file} --without-audit-key")
        assert status == 0
        assert "NOT proved" in said


def test_a_broken_sqlite_file_can_be_replaced_and_is_kept(nobody: Operator) -> None:
    nobody.types("migrate")
    nobody.types("people add ada@example.com --role viewer")
    file = made(nobody)
    database = nobody.folder / "data" / "tieout.db"
    for leftover in database.parent.glob("tieout.db-*"):
        leftover.unlink()
    database.write_bytes(b"this was a database once")
    assert nobody.types(f"restore {file} --replace")[0] == 0
    assert "ada@example.com" in nobody.types("people list")[1]
    (kept,) = database.parent.glob("tieout.db.broken-*")
    assert kept.read_bytes() == b"this was a database once"


def test_a_backup_never_overwrites_and_old_ones_make_room(filled: Operator, clock: SetClock) -> None:
    assert filled.types("backup mine")[0] == 0
    status, said = filled.types("backup mine")
    assert status == 2
    assert "never overwrites" in said
    folder = filled.folder / "backups"
    folder.mkdir(exist_ok=True)
    for hour in range(4):
        clock.advance(hours=hour)
        (folder / backup.name_of(clock.now())).write_bytes(b"old")
    (folder / "tieout-note.txt").write_text("not ours")
    status, said = filled.types("backup --keep 2")
    assert status == 0
    assert said.count("Removed the old backup") == 3
    assert len(list(folder.glob(f"tieout-*{backup.SUFFIX}"))) == 2
    assert (folder / "tieout-note.txt").exists()


def test_there_is_nothing_to_back_up_before_the_first_migration(nobody: Operator) -> None:
    status, said = nobody.types("backup")
    assert status == 2
    assert "tieout migrate" in said
