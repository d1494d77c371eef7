from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.envelope import HEADER_BYTES, MOST_PARTS, Address, Envelope, envelope_of, header_block, parse, parse_json

PLAIN = b"""\
Return-Path: <bounce+1@buyer.example>
Delivered-To: remit@ar.seller.example
Authentication-Results: mx.seller.example;
 dkim=pass header.d=buyer.example
From: =?utf-8?q?J=C3=BCrgen_Gro=C3=9F?= <AP@Buyer.example>
Reply-To: "AP team" <ap-team@buyer.example>
To: remit@ar.seller.example
Date: Mon, 2 Mar 2026 10:00:00 +0100
Message-ID: <1@buyer.example>
In-Reply-To: <0@seller.example>
References: <a@seller.example>
 <0@seller.example>
Subject: =?utf-8?q?Zahlungsavis_M=C3=A4rz?=

Please find attached.
"""


def test_the_envelope_of_an_ordinary_mail() -> None:
    envelope = parse(PLAIN)
    assert envelope.author == Address("Jürgen Groß", "ap@buyer.example")
    assert envelope.author.domain == "buyer.example"
    assert envelope.reply_to == (Address("AP team", "ap-team@buyer.example"),)
    assert envelope.return_path == "bounce+1@buyer.example"
    assert envelope.subject == "Zahlungsavis März"
    assert envelope.date == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert envelope.message_id == "<1@buyer.example>"
    assert envelope.in_reply_to == ("<0@seller.example>",)
    assert envelope.references == ("<a@seller.example>", "<0@seller.example>")
    assert envelope.authentication == ("mx.seller.example; dkim=pass header.d=buyer.example",)
    assert not envelope.repeated
    assert not envelope.cut


def test_it_survives_the_pipe_between_processes() -> None:
    assert envelope_of(parse_json(PLAIN)) == parse(PLAIN)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (b"", None),
        (b"Return-Path: <>\r\n", ""),
        (b"Return-Path: a@b.example\r\n", "a@b.example"),
        (b"Return-Path:\r\n", ""),
    ],
)
def test_no_return_path_and_the_null_one_are_two_things(headers: bytes, expected: str | None) -> None:
    assert parse(headers + b"From: a@b.example\r\n\r\nx").return_path == expected


def test_headers_that_stand_twice_are_named() -> None:
    raw = b"Subject: New bank details\r\nFrom: a@b.example\r\nSubject: Remittance\r\nFrom: c@d.example\r\n\r\nx"
    assert parse(raw).repeated == ("from", "subject")


def test_authentication_results_keep_their_order_from_the_top() -> None:
    raw = b"Authentication-Results: one; spf=pass\nAuthentication-Results: two; spf=fail\nFrom: a@b.example\n\nx"
    assert parse(raw).authentication == ("one; spf=pass", "two; spf=fail")


def test_how_machines_say_that_they_are_machines() -> None:
    raw = (
        b"From: a@b.example\r\nAuto-Submitted: auto-generated; owner=x\r\nX-Auto-Response-Suppress: OOF, DR\r\n"
        b"Precedence: Bulk\r\nList-Id: <news.example>\r\nX-Autoreply: yes\r\n\r\nx"
    )
    automation = parse(raw).automation
    assert automation.auto_submitted == "auto-generated"
    assert automation.response_suppress == "oof, dr"
    assert automation.precedence == "bulk"
    assert automation.is_list
    assert automation.is_autoreply


def test_group_addresses_and_hidden_recipients_are_no_trouble() -> None:
    envelope = parse(b"From: Team: a@b.example, c@d.example;\r\nTo: undisclosed-recipients:;\r\n\r\nx")
    assert [found.address for found in envelope.from_] == ["a@b.example", "c@d.example"]
    assert envelope.to == ()


MIXED = b"""\
From: ap@buyer.example
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=utf-8

Our bank account has changed. New IBAN: DE89 3704 0044 0532 0130 00 please
--B
Content-Type: application/pdf

%PDF-1.4
--B
Content-Type: text/csv; name="C:\\evil\\..\\remit.csv"
Content-Disposition: attachment

a,b
--B
Content-Type: image/png
Content-ID: <logo>

x
--B--
"""


def test_parts_are_counted_named_and_told_from_the_text() -> None:
    parts = parse(MIXED).parts
    assert [(part.content_type, part.name, part.is_attachment, part.is_inline) for part in parts] == [
        ("text/plain", "", False, False),
        ("application/pdf", "", True, False),
        ("text/csv", "remit.csv", True, False),
        ("image/png", "", True, True),
    ]


def test_the_words_are_looked_at_where_the_mail_is_taken_apart() -> None:
    wording = parse(MIXED).wording
    assert wording.bank_details == "bank account has changed"
    assert wording.accounts == ("DE89370400440532013000",)


def test_headers_are_cut_at_their_limit() -> None:
    long = b"From: a@b.example\r\n" + b"X-Filler: " + b"y" * 70 + b"\r\n"
    raw = long + (b"X-Filler: " + b"y" * 70 + b"\r\n") * 5000 + b"Subject: too late\r\n\r\nbody"
    envelope = parse(raw)
    assert envelope.cut
    assert envelope.author.address == "a@b.example"
    assert envelope.subject == ""
    assert len(header_block(raw)[0]) <= HEADER_BYTES


def test_nesting_that_no_parser_follows_leaves_the_headers() -> None:
    raw = b"From: a@b.example\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (depth, depth) for depth in range(3000)
    )
    envelope = parse(raw)
    assert envelope.cut
    assert envelope.author.address == "a@b.example"


def test_thousands_of_parts_are_counted_up_to_a_limit() -> None:
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=B\n\n" + b"--B\n\nx\n" * 3000 + b"--B--\n"
    assert len(parse(raw).parts) == MOST_PARTS
    assert parse(raw).cut


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_an_envelope(raw: bytes) -> None:
    assert isinstance(parse(raw), Envelope)


_PIECES = (
    b"From: |a@b.example|<|>|\r\n|\n| |\t|;|:|=?utf-8?q?=FF?=|=?x?b?!!?=|Subject:|Date: Mon, 99 Xxx 2026|charset=klingon"
    b"|\xff\x00|Content-Type: multipart/mixed; boundary='|Return-Path:|Content-Disposition: attachment; filename*=x'y'%ZZ"
    b"|References: <a@b>|Received: from x|To: g:;|\r\n\r\n"
).split(b"|")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_any_arrangement_of_header_pieces_gives_an_envelope(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert envelope_of(parse_json(raw)) == parse(raw)
