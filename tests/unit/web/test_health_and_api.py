import logging
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from core.domain.events import AuditName, PaymentEvent
from core.domain.ids import Key
from core.domain.keeping import Effect, EffectKind, Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.web.headers import HEADERS
from tests.service import bank_csv
from tests.unit.web.conftest import Web

Serve = Callable[..., Web]


def beat(web: Web, *parts: str) -> None:
    with web.desk.services.store.write() as unit:
        for part in parts:
            unit.heartbeats.beat(part)


class TestHealth:
    def test_the_process_is_alive_with_or_without_a_token(self, serve: Serve) -> None:
        for token in ("", "something"):
            assert serve(web_token=SecretStr(token)).browser.get("/healthz").text == "alive\n"

    def test_ready_means_that_everything_showed_itself_within_a_minute(self, serve: Serve) -> None:
        web = serve()
        answer = web.browser.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"database": "ok", "relay ledger": "never seen", "sync inbox": "never seen"}
        beat(web, "relay ledger", "sync inbox")
        assert web.browser.get("/readyz").json()["ready"] is True
        web.clock.advance(seconds=90)
        answer = web.browser.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["relay ledger"]) == (503, "silent for 90 s")

    def test_with_slack_its_relay_and_its_socket_are_expected_too(self, serve: Serve) -> None:
        web = serve(slack_bot_token=SecretStr("xoxb-made-up"))
        assert set(web.browser.get("/readyz").json()["checks"]) > {"relay slack", "slack socket"}
        web = serve(slack_bot_token=SecretStr("xoxb-made-up"), slack_transport="http")
        assert "slack socket" not in web.browser.get("/readyz").json()["checks"]

    def test_the_measurements_say_how_long_everything_waits(self, serve: Serve) -> None:
        web = serve()
        web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        web.desk.done(PaymentEvent.POST, web.desk.payment())
        beat(web, "mailbox:main/INBOX", "relay ledger")
        _shunt_one(web)
        web.clock.advance(seconds=30)
        found = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(web.program.get("/metrics").text)
            for sample in family.samples
        }
        assert found["tieout_ready",] == 0
        assert found["tieout_payments", "POSTING"] == 1
        assert found["tieout_mailbox_last_check_age_seconds", "main/INBOX"] == 30
        assert found["tieout_outbox_waiting", "post_payment"] == 1
        assert found["tieout_outbox_oldest_age_seconds", "post_payment"] == 30
        assert found["tieout_outbox_set_aside", "send_mail"] == 1
        assert found["tieout_sign_of_life_age_seconds", "relay ledger"] == 30

    def test_measurements_tell_how_much_money_moves_so_they_ask_for_the_token(self, serve: Serve) -> None:
        web = serve()
        assert web.browser.get("/metrics").status_code == 401
        assert web.program.get("/metrics").status_code == 200
        assert serve(web_token=SecretStr("")).browser.get("/metrics").status_code == 200
        assert serve(web_token=SecretStr(""), web_host="192.0.2.1").browser.get("/metrics").status_code == 401


def _shunt_one(web: Web) -> None:
    with web.desk.services.store.write() as unit:
        unit.outbox.ask(Effect(EffectKind.SEND_MAIL, Key("mail:1"), Subject(SubjectKind.MAIL, "M-1"), "mail"))
        item = unit.outbox.claim([EffectKind.SEND_MAIL], 60)
        assert item is not None
        unit.outbox.failed(item, "no", None)
        assert unit.outbox.get(item.id).state is OutboxState.SHUNTED


class TestEveryAnswer:
    def test_it_carries_the_headers_that_keep_it_safe(self, serve: Serve) -> None:
        web = serve()
        for path in ("/healthz", "/sign-in", "/nowhere", "/api/v1/payments", "/static/style.css"):
            headers = web.browser.get(path).headers
            for name, value in HEADERS.items():
                assert headers[name] == value, path

    def test_other_host_names_are_not_answered(self, serve: Serve) -> None:
        assert serve().browser.get("/healthz", headers={"Host": "evil.example"}).status_code == 400

    def test_without_a_token_there_are_no_pages_and_no_api(self, serve: Serve) -> None:
        web = serve(web_token=SecretStr(""))
        for path in ("/", "/payments", "/sign-in", "/api/v1/payments", "/static/style.css", "/docs", "/openapi.json"):
            assert web.browser.get(path).status_code == 404, path

    def test_a_bug_is_an_apology_with_a_reference_that_stands_in_the_log(
        self, serve: Serve, caplog: pytest.LogCaptureFixture
    ) -> None:
        web = serve()
        web.sign_in()
        # A state that no version of ours knows, as after a downgrade.
        with web.desk.services.store.write() as unit:
            unit.session.connection().exec_driver_sql("ALTER TABLE payment RENAME TO payments_of_tomorrow")  # type: ignore[attr-defined]
        with caplog.at_level(logging.ERROR):
            answer = web.browser.get("/payments")
        assert answer.status_code == 500
        reference = answer.text.strip().rpartition(" ")[2]
        assert reference in caplog.text
        assert "payments_of_tomorrow" not in answer.text
        assert web.browser.get("/healthz").status_code == 200
        with web.desk.services.store.write() as unit:
            unit.session.connection().exec_driver_sql("ALTER TABLE payments_of_tomorrow RENAME TO payment")  # type: ignore[attr-defined]


class TestApi:
    @pytest.mark.parametrize("given", ["", "Bearer wrong", "Basic YTpi", "Bearer", "a-token-for-the-tests"])
    def test_without_the_token_there_is_no_answer(self, serve: Serve, given: str) -> None:
        web = serve()
        for method, path in (("GET", "/api/v1/payments"), ("POST", "/api/v1/documents?name=x")):
            answer = web.browser.request(method, path, headers={"Authorization": given} if given else {})
            assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")

    def test_lists_and_payments_are_shown_with_exact_amounts(self, serve: Serve) -> None:
        web = serve()
        web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        listed = web.program.get("/api/v1/payments", params={"queue": "post"}).json()
        assert listed["counts"]["post"] == 1
        assert listed["items"][0]["amount"] == {"amount": "100.00", "currency": "USD"}
        found = web.program.get("/api/v1/payments", params={"text": "northwind"}).json()
        assert [item["id"] for item in found["items"]] == ["P-1001"]
        one = web.program.get("/api/v1/payments/P-1001").json()
        assert (one["state"], one["version"]) == ("APPLIED", web.desk.payment().version)
        assert {button["event"] for button in one["offered"]} == {"post", "unapply"}
        assert one["applications"][0]["number"] == "INV-1001"

    def test_an_action_is_done_once_however_often_it_is_asked(self, serve: Serve) -> None:
        web = serve()
        web.desk.bank(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        body = {"event": "post", "version": web.desk.payment().version}
        answers = [web.program.post("/api/v1/payments/P-1001/actions", json=body).json()["status"] for _ in range(2)]
        assert answers == ["done", "already_done"]
        with web.desk.services.store.read() as unit:
            assert len(unit.audit.recent([AuditName.PAYMENT_POSTING])) == 1

    def test_documents_are_applied_with_amounts(self, serve: Serve) -> None:
        web = serve()
        web.desk.bank(("D2", "180.00", "NORTHWIND LTD", "MISC"))
        shares = [{"invoice_number": "INV-1002", "applied": "180.00"}]
        body = {"event": "apply", "version": web.desk.payment().version, "applications": shares}
        assert web.program.post("/api/v1/payments/P-1001/actions", json=body).status_code == 200
        assert web.desk.payment().state is PaymentState.APPLIED

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"event": "post", "version": 99}, 409, "stale_version"),
            ({"event": "confirm"}, 409, None),
            ({"event": "auto_apply"}, 403, "not_permitted"),
            ({"event": "explode"}, 422, "malformed"),
            ({"event": "post", "surprise": 1}, 422, "malformed"),
            ({"event": "apply", "applications": [{"invoice_number": "INV-1002", "applied": "1.005"}]}, 422, "malformed"),
            ({"event": "apply", "applications": [{"invoice_number": "INV-404", "applied": "1"}]}, 409, "incomplete"),
        ],
    )
    def test_what_is_wrong_has_its_status_and_code(
        self, serve: Serve, body: dict[str, object], status: int, code: str | None
    ) -> None:
        web = serve()
        web.desk.bank(("D2", "180.00", "NORTHWIND LTD", "MISC"))
        answer = web.program.post("/api/v1/payments/P-1001/actions", json={"version": web.desk.payment().version} | body)
        assert answer.status_code == status, answer.text
        assert code is None or answer.json()["code"] == code
        assert answer.json()["sentence"]

    def test_what_is_no_json_is_refused(self, serve: Serve) -> None:
        answer = serve().program.post(
            "/api/v1/payments/P-1001/actions", content=b"{", headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")

    def test_an_unknown_payment_is_not_found(self, serve: Serve) -> None:
        web = serve()
        assert web.program.get("/api/v1/payments/P-9").status_code == 404
        assert web.program.get("/api/v1/nothing").json() == {"code": "http", "sentence": "There is nothing at this address."}

    def test_documents_are_taken_once(self, serve: Serve) -> None:
        web = serve()
        data = bank_csv(("D1", "100.00", "NORTHWIND LTD", "PAYMENT INV-1001"))
        answers = [web.program.post("/api/v1/documents", params={"name": "bank.csv"}, content=data) for _ in range(2)]
        assert [answer.json()["status"] for answer in answers] == ["done", "already_done"]
        refused = web.program.post("/api/v1/documents", params={"name": "x.bin"}, content=b"\x00\x01" * 99)
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_format")

    def test_a_body_larger_than_any_file_we_take_is_cut_off(self, serve: Serve) -> None:
        web = serve()
        answer = web.program.post("/api/v1/documents", params={"name": "big"}, content=_much())
        assert answer.status_code == 422
        assert answer.json()["code"] == "too_big"


def _much() -> Iterator[bytes]:
    for _ in range(102):
        yield b"0" * 1024 * 1024
