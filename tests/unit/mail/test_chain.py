import pytest

from core.domain.evidence import Finding, FindingKind
from core.domain.mails import Disposition
from mail.authentication_results import Authentication
from mail.case import Case, ReadFacts
from mail.chain import AFTER_READING, BEFORE_READING, walk
from mail.envelope import Automation
from mail.rules import bank_file, bounce, dispute_reply, encrypted, seen_before, spoofed_sender
from mail.wording import Wording
from tests.unit.mail.cases import a_case, a_file, an_author, an_envelope

STRANGER = an_author("someone@nowhere.test")
OUT_OF_OFFICE = Automation(auto_submitted="auto-replied")


@pytest.mark.parametrize(
    ("case", "disposition", "rule"),
    [
        (a_case(), None, ""),
        (a_case(signed_by_us=True), Disposition.DROPPED, "loop"),
        (a_case(own_addresses=frozenset({"ap@buyer.example"})), Disposition.DROPPED, "loop"),
        (a_case(an_envelope(content_type="multipart/report", report_type="delivery-status")), Disposition.DROPPED, "bounce"),
        (a_case(whole=False, size=40_000_000), Disposition.NEEDS_PERSON, "too_big"),
        (a_case(size=30_000_001), Disposition.NEEDS_PERSON, "too_big"),
        (a_case(size=30_000_000), None, ""),
        (a_case(an_envelope(content_type="multipart/encrypted")), Disposition.NEEDS_PERSON, "encrypted"),
        (a_case(an_envelope(from_=STRANGER)), None, ""),
        (a_case(seen_before=True), None, ""),
        (a_case(authentication=Authentication.FAIL), None, ""),
        (a_case(an_envelope(automation=Automation(auto_submitted="auto-generated", is_list=True))), None, ""),
        (a_case(an_envelope(return_path="")), None, ""),
    ],
)
def test_before_reading(case: Case, disposition: Disposition | None, rule: str) -> None:
    decision = walk(BEFORE_READING, case)
    assert decision.disposition is disposition
    if rule:
        assert [answer.rule for answer in decision.answers if answer.hit] == [rule]
        assert decision.why


@pytest.mark.parametrize(
    ("case", "disposition"),
    [
        (a_case(read=ReadFacts(remittances=1)), None),
        (a_case(an_envelope(from_=STRANGER), read=ReadFacts(remittances=1)), None),
        (a_case(an_envelope(automation=OUT_OF_OFFICE), read=ReadFacts(remittances=1)), None),
        (a_case(an_envelope(automation=OUT_OF_OFFICE)), Disposition.DROPPED),
        (a_case(an_envelope(automation=OUT_OF_OFFICE, parts=(a_file(),))), Disposition.NEEDS_PERSON),
        (a_case(an_envelope(parts=(a_file(),)), read=ReadFacts(password_protected=True)), Disposition.NEEDS_PERSON),
        (a_case(an_envelope(from_=STRANGER, parts=(a_file(),))), Disposition.NEEDS_PERSON),
        (a_case(an_envelope(from_=STRANGER, parts=(a_file("logo.png", "image/png", inline=True),))), Disposition.REFUSED),
        (a_case(an_envelope(from_=STRANGER, parts=(a_file("scan.png", "image/png"),))), Disposition.NEEDS_PERSON),
        (a_case(an_envelope(from_=STRANGER)), Disposition.REFUSED),
        (a_case(an_envelope(from_=STRANGER, cut=True)), Disposition.NEEDS_PERSON),
        (a_case(an_envelope(wording=Wording(dispute="short-paid"))), Disposition.NEEDS_PERSON),
        (a_case(), Disposition.NEEDS_PERSON),
        (a_case(read=ReadFacts(bank_lines=3)), Disposition.NEEDS_PERSON),
    ],
)
def test_after_reading(case: Case, disposition: Disposition | None) -> None:
    assert walk(AFTER_READING, case).disposition is disposition


def test_every_answer_is_recorded_hit_or_miss_and_each_rule_is_asked_once() -> None:
    decision = walk(AFTER_READING, a_case(an_envelope(from_=STRANGER)))
    answers = {answer.rule: answer.hit for answer in decision.answers}
    assert answers["no_remittance"]
    assert answers["unknown_sender"]
    assert not answers["password_protected"]
    assert len(answers) == len(decision.answers)
    assert all(bool(answer.why) is answer.hit for answer in decision.answers)
    assert decision.why == "No customer is known to write from nowhere.test."


def test_a_bank_file_needs_a_named_sender_and_our_servers_word() -> None:
    named = a_case(bank_file_senders=frozenset({"@buyer.example"}), read=ReadFacts(bank_lines=1))
    assert "could not confirm" in bank_file.ask(named)
    confirmed = a_case(
        bank_file_senders=frozenset({"ap@buyer.example"}), authentication=Authentication.PASS, read=ReadFacts(bank_lines=1)
    )
    assert bank_file.ask(confirmed) == ""
    assert bank_file.may_send(confirmed)
    stranger = a_case(an_envelope(from_=STRANGER), authentication=Authentication.PASS, read=ReadFacts(bank_lines=1))
    assert "not named in the settings" in bank_file.ask(stranger)
    assert walk(AFTER_READING, confirmed).disposition is None


def test_a_lookalike_and_a_failed_sender_are_spoofed() -> None:
    alike = Finding(FindingKind.LOOKALIKE_SENDER, "northw1nd.example", "northwind.example")
    assert "northw1nd.example looks like northwind.example" in spoofed_sender.ask(a_case(findings=(alike,)))
    assert spoofed_sender.ask(a_case(authentication=Authentication.FAIL))
    assert not spoofed_sender.ask(a_case())


def test_a_mail_from_the_daemon_with_the_null_path_is_a_bounce_and_a_banks_mail_with_it_is_none() -> None:
    assert bounce.ask(a_case(an_envelope(from_=an_author("mailer-daemon@mx.example"), return_path="")))
    assert not bounce.ask(a_case(an_envelope(from_=an_author("mailer-daemon@mx.example"))))
    assert not bounce.ask(a_case(an_envelope(from_=an_author("advice@bank.example"), return_path="")))


def test_a_signed_mail_is_not_an_encrypted_one() -> None:
    assert encrypted.ask(a_case(an_envelope(content_type="application/pkcs7-mime", smime_type="enveloped-data")))
    assert encrypted.ask(a_case(an_envelope(content_type="application/pkcs7-mime")))
    assert not encrypted.ask(a_case(an_envelope(content_type="application/pkcs7-mime", smime_type="signed-data")))
    assert not encrypted.ask(a_case(an_envelope(content_type="multipart/signed")))


def test_an_answer_to_our_question_is_known_by_its_id() -> None:
    assert "answers our question" in dispute_reply.ask(a_case(an_envelope(in_reply_to=("<tieout.dispute.7@seller.example>",))))


def test_a_message_id_that_was_used_before_is_only_noted() -> None:
    case = a_case(seen_before=True)
    assert seen_before.ask(case)
    assert walk(BEFORE_READING, case).disposition is None
