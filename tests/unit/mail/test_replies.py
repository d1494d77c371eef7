import re

import pytest
from pydantic import SecretStr

from core.domain.errors import Refused
from core.domain.ids import MailId
from core.mail_settings import Encryption, MailSettings
from mail import outgoing, replies
from mail.authentication_results import Authentication
from mail.envelope import Automation, Envelope, parse
from tests.databases import SetClock
from tests.unit.mail.cases import an_author, an_envelope

SETTINGS = MailSettings(
    acknowledge=True,
    smtp_host="127.0.0.1",
    smtp_encryption=Encryption.NONE,
    from_address="remit@seller.example",
    company_name="Seller Ltd",
    reply_secret=SecretStr("long and random"),
    own_addresses=("ar@seller.example",),
)


def why_not(envelope: Envelope, settings: MailSettings = SETTINGS, authentication: Authentication = Authentication.PASS) -> str:
    return replies.why_not(envelope, authentication, settings)


def test_an_ordinary_mail_from_a_person_may_be_answered() -> None:
    assert why_not(an_envelope()) == ""
    assert why_not(an_envelope(automation=Automation(auto_submitted="no"))) == ""
    assert why_not(an_envelope(reply_to=an_author("team@buyer.example"))) == ""


@pytest.mark.parametrize(
    "envelope",
    [
        an_envelope(automation=Automation(auto_submitted="auto-generated")),
        an_envelope(automation=Automation(auto_submitted="auto-replied")),
        an_envelope(automation=Automation(response_suppress="all")),
        an_envelope(automation=Automation(precedence="bulk")),
        an_envelope(automation=Automation(is_list=True)),
        an_envelope(automation=Automation(is_autoreply=True)),
        an_envelope(return_path=""),
        an_envelope(content_type="multipart/report"),
        an_envelope(from_=an_author("no-reply@bank.example")),
        an_envelope(from_=an_author("noreply+7@bank.example")),
        an_envelope(from_=an_author("mailer-daemon@mx.example")),
        an_envelope(from_=an_author("remit@seller.example")),
        an_envelope(from_=an_author("ar@seller.example")),
        an_envelope(from_=()),
        an_envelope(from_=an_author("a@b.example") + an_author("c@d.example")),
        an_envelope(from_=an_author("a b@c.example")),
        an_envelope(from_=an_author("x@y.example\r\nBcc: z@z.example")),
        an_envelope(repeated=("from",)),
        an_envelope(ours=("v1 id=ack:M-1 mac=00",)),
        an_envelope(reply_to=an_author("ap@elsewhere.test")),
    ],
)
def test_robots_lists_bounces_and_oddities_are_never_answered(envelope: Envelope) -> None:
    assert why_not(envelope)


def test_nothing_is_answered_when_switched_off_or_when_the_sender_failed() -> None:
    assert why_not(an_envelope(), SETTINGS.model_copy(update={"acknowledge": False}))
    assert why_not(an_envelope(), SETTINGS.model_copy(update={"smtp_host": ""}))
    assert why_not(an_envelope(), authentication=Authentication.FAIL)
    assert not why_not(an_envelope(), authentication=Authentication.UNKNOWN)
    judging = SETTINGS.model_copy(update={"authserv_id": "mx.seller.example"})
    assert why_not(an_envelope(), judging, Authentication.UNKNOWN)
    assert not why_not(an_envelope(), judging, Authentication.PASS)
    assert not MailSettings().acknowledge


def test_the_answer_has_the_headers_of_the_thread_and_of_a_machine(clock: SetClock) -> None:
    envelope = an_envelope(references=("<0@buyer.example>",), subject="RE: AW: Remittance March")
    effect = replies.acknowledgement(MailId("M-7"), envelope, SETTINGS)
    message = outgoing.message_of(effect.payload, clock)
    assert message["To"] == "ap@buyer.example"
    assert message["Subject"] == "Re: Remittance March"
    assert message["In-Reply-To"] == "<1@buyer.example>"
    assert message["References"] == "<0@buyer.example> <1@buyer.example>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert re.fullmatch(r"<tieout\.ack\.[0-9a-f]{24}@seller\.example>", str(message["Message-ID"]))
    assert "Seller Ltd" in message.get_content()
    assert replies.acknowledgement(MailId("M-7"), envelope, SETTINGS) == effect


def test_our_own_answer_is_known_as_ours_and_never_answered(clock: SetClock) -> None:
    effect = replies.acknowledgement(MailId("M-7"), an_envelope(), SETTINGS)
    back = parse(outgoing.message_of(effect.payload, clock).as_bytes())
    assert replies.is_ours(back.ours, "long and random")
    assert not replies.is_ours(back.ours, "another installation")
    assert not replies.is_ours(back.ours, "")
    assert not replies.is_ours(("v1 id=ack:M-7 mac=" + "0" * 64,), "long and random")
    assert why_not(back)


def test_a_line_break_in_a_header_does_not_make_a_second_header(clock: SetClock) -> None:
    message = outgoing.message_of({"headers": {"Subject": "a\r\nBcc: x@y.example", "To": "a@b.example"}, "text": "x"}, clock)
    assert message["Bcc"] is None


def test_a_payload_without_text_is_refused(clock: SetClock) -> None:
    with pytest.raises(Refused):
        outgoing.message_of({"headers": {}}, clock)
