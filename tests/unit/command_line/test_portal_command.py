"""`tieout portal …` as somebody types it; its secrets come from the prompt and are shown nowhere."""

import io
from pathlib import Path

import pytest

from core.domain.events import AuditName
from core.domain.ids import CustomerId
from core.domain.portals import CustomerLink, ListedCustomer, PortalCustomerId, PortalLoginId
from tests.builders import a_customer
from tests.operator import Operator

PASSWORD, SECRET = "canary-password", "JBSWY3DPEHPK3PXP"


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def test_logins_come_get_other_secrets_and_are_retired(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert operator.types("portal list")[1].startswith("No login is kept. Add one: tieout portal add")
    typing(monkeypatch, PASSWORD, SECRET)
    status, said = operator.types("portal add coupa robot@example.com --date-form mm/dd/yyyy --decimal-mark . --no-test")
    assert (status, said) == (0, "PL-1001 is kept, sealed.\n")
    typing(monkeypatch, "another-canary", "")
    assert operator.types("portal rotate PL-1001 --no-test")[0] == 0
    everything = operator.types("portal list")[1]
    assert "PL-1001  coupa   robot@example.com" in everything
    assert "with one-time codes; not synced yet" in everything
    assert operator.types("portal sync")[1] == "Asked for: PL-1001.\n"
    operator.sets(portal__keys=_new_key())
    assert operator.types("portal reseal")[0] == 2
    operator.monkeypatch.delenv("TIEOUT_PORTAL__KEYS")
    assert operator.types("portal retire PL-1001")[1] == "PL-1001 is retired; its secrets are destroyed.\n"
    assert "retired" in operator.types("portal list")[1]
    store = operator.store()
    with store.read() as unit:
        said = f"{everything}{unit.audit.rows()!r}{unit.portal_logins.all()!r}"
        names = [row.entry.name for row in unit.audit.rows()]
        assert unit.portal_logins.sealed(PortalLoginId("PL-1001")) == b""
    store.close()
    assert [each for each in (PASSWORD, SECRET, "another-canary") if each in said] == []
    assert names == [
        AuditName.PORTAL_LOGIN_ADDED,
        AuditName.PORTAL_LOGIN_ROTATED,
        AuditName.PORTAL_SYNC_ASKED,
        AuditName.PORTAL_LOGIN_RETIRED,
    ]


def _new_key() -> str:
    from core.store.vault import new_key

    return new_key().decode()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("",), "A login needs a password."),
        ((PASSWORD, "short"), "This is no one-time secret"),
        ((PASSWORD, "0189-0189-0189-0189"), "This is no one-time secret"),
    ],
)
def test_a_mistake_is_a_sentence_and_keeps_nothing(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...], sentence: str
) -> None:
    typing(monkeypatch, *lines)
    status, said = operator.types("portal add coupa robot@example.com --no-test")
    assert status == 2
    assert sentence in said
    assert PASSWORD not in said
    assert operator.types("portal list")[1].startswith("No login is kept.")


def test_customers_are_settled_and_switched_on(operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    typing(monkeypatch, PASSWORD, "")
    operator.types("portal add coupa robot@example.com --no-test")
    store = operator.store()
    with store.write() as unit:
        unit.ledger.put_customers([a_customer("C1", "Calloway Marine"), a_customer("C2", "Calloway Marine")])
        login, asked = PortalLoginId("PL-1001"), (a_customer("C1").id, a_customer("C2").id)
        unit.portal_orders.put_customer(
            ListedCustomer(
                PortalCustomerId("PC-1001"), 1, login, "coupa", "Calloway Marine", link=CustomerLink.ASKED, candidates=asked
            )
        )
    store.close()
    assert "may be C2 Calloway Marine: tieout portal customers PC-1001 --is C2" in operator.types("portal customers")[1]
    assert operator.types("portal customers PC-1001 --is C2") == (0, "Done.\n")
    assert "C2 Calloway Marine" in operator.types("portal customers PC-1001")[1]
    status, said = operator.types("portal enable C2 'Nobody Ltd' 'Calloway Marine' --legal-entity 'Ours, Inc.'")
    assert status == 1
    assert "Drafts are saved for 1 customer more" in said
    assert "Nobody of ours is called “Nobody Ltd”." in said
    assert "Several of ours are called “Calloway Marine”; use the number." in said
    assert operator.types("portal enable")[1] == "Drafts are saved in portals.\n"
    assert "drafts on" in operator.types("portal customers")[1]
    assert operator.types("portal disable C2")[0] == 0
    assert "drafts off" in operator.types("portal customers")[1]
    (tmp_path / "all.txt").write_text("C1\n\nC2\nnobody\n", encoding="utf-8")
    status, said = operator.types(f"portal enable --list {tmp_path / 'all.txt'}")
    assert (status, "for 2 customers more" in said, "“nobody”" in said) == (1, True, True)
    assert operator.types("portal disable C1 --altogether")[0] == 0
    store = operator.store()
    with store.read() as unit:
        assert unit.portal_orders.setting(a_customer("C2").id).legal_entity == "Ours, Inc."
        assert not unit.portal_orders.setting(a_customer("C1").id).uses_portal
        assert unit.portal_orders.submits()
    store.close()


def test_a_customer_by_cxml_is_entered_shown_and_taken_back(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    store = operator.store()
    with store.write() as unit:
        unit.ledger.put_customers([a_customer("C1", "Birch and Boro Furniture Inc")])
    words = "portal cxml C1 --endpoint https://birch.example/cxml --supplier DUNS:1 --buyer DUNS:2 --units board=PCE"
    typing(monkeypatch, "")
    assert operator.types(words) == (2, "A cXML account needs the shared secret that the customer gave us.\n")
    typing(monkeypatch, PASSWORD)
    assert operator.types(words.replace("https", "http"))[0] == 2
    typing(monkeypatch, PASSWORD)
    status, said = operator.types(words)
    assert (status, "delivered once a second person releases it" in said) == (0, True)
    assert operator.types("portal cxml C1 --endpoint https://x")[0] == 2
    typing(monkeypatch, PASSWORD)
    assert "colon between them" in operator.types(words.replace("DUNS:2", "DUNS"))[1]
    with store.read() as unit:
        setting, sealed = unit.portal_orders.setting(CustomerId("C1")), unit.portal_orders.cxml_secret(CustomerId("C1"))
        kept = f"{setting!r}{unit.audit.rows()!r}"
    assert (setting.takes_cxml, PASSWORD in kept, PASSWORD.encode() in (sealed or b"")) == (True, False, False)
    assert operator.types("portal reseal")[1] == "1 secret sealed with the newest key.\n"
    assert operator.types("portal cxml C1 --off")[0] == 0
    with store.read() as unit:
        assert (unit.portal_orders.setting(CustomerId("C1")).takes_cxml, unit.portal_orders.cxml_secret(CustomerId("C1"))) == (
            False,
            None,
        )
    store.close()
