import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.evidence import FindingKind
from core.mail_settings import TOPMOST_WITHOUT_ID
from mail.authentication_results import Authentication, aligned, believed, parsed, verdict, without_comments
from mail.authenticity import findings, lookalike_of, skeleton
from mail.wording import Wording
from tests.unit.mail.cases import ON_FILE, an_author, an_envelope

M365 = (
    "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=buyer.example; dkim=pass (signature was verified) "
    "header.d=buyer.example;dmarc=pass action=none header.from=buyer.example;compauth=pass reason=100"
)
GMAIL = (
    'mx.google.com; dkim=pass header.i=@buyer.example header.s=sel header.b="ab;cd"; '
    "spf=pass (google.com: domain of ap@buyer.example (really)) smtp.mailfrom=ap@buyer.example; "
    "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=buyer.example"
)
FORGED = "mx.seller.example; dmarc=pass header.from=buyer.example"


def test_a_header_with_an_id_is_read_with_its_comments_and_quotes() -> None:
    authserv_id, results = parsed(GMAIL)
    assert authserv_id == "mx.google.com"
    assert [(result.method, result.value) for result in results] == [("dkim", "pass"), ("spf", "pass"), ("dmarc", "pass")]
    assert results[2].property("header.from") == "buyer.example"


def test_a_header_without_an_id_is_read_too() -> None:
    authserv_id, results = parsed(M365)
    assert authserv_id == ""
    assert [result.method for result in results] == ["spf", "dkim", "dmarc", "compauth"]


def test_comments_hide_nothing_and_say_nothing() -> None:
    assert without_comments('a (dmarc=pass (nested) \\) still) b "(kept)" c').split() == ["a", "b", '"(kept)"', "c"]
    assert parsed("mx.example; spf=fail (dmarc=pass header.from=buyer.example)")[1][0].method == "spf"


@pytest.mark.parametrize(
    ("headers", "authserv_id", "expected"),
    [
        ((GMAIL,), "mx.google.com", Authentication.PASS),
        ((GMAIL,), "", Authentication.UNKNOWN),
        ((GMAIL,), "google.com", Authentication.UNKNOWN),
        ((M365,), TOPMOST_WITHOUT_ID, Authentication.PASS),
        ((GMAIL, M365), TOPMOST_WITHOUT_ID, Authentication.UNKNOWN),
        ((M365,), "mx.google.com", Authentication.UNKNOWN),
        (("mx.seller.example; dmarc=fail header.from=buyer.example", FORGED), "mx.seller.example", Authentication.FAIL),
        (("other.example; dmarc=fail", FORGED), "mx.seller.example", Authentication.PASS),
        (("mx.seller.example; spf=none", FORGED), "mx.seller.example", Authentication.UNKNOWN),
        (("mx.seller.example; dmarc=pass header.from=evil.example",), "mx.seller.example", Authentication.FAIL),
        (("mx.seller.example; dkim=pass header.d=evil.example",), "mx.seller.example", Authentication.UNKNOWN),
        (("mx.seller.example; dkim=pass header.d=mail.buyer.example",), "mx.seller.example", Authentication.PASS),
        (("mx.seller.example; spf=pass smtp.mailfrom=bounce@buyer.example",), "mx.seller.example", Authentication.PASS),
        (("mx.seller.example; spf=softfail; dkim=none",), "mx.seller.example", Authentication.FAIL),
        (("mx.seller.example; none",), "mx.seller.example", Authentication.UNKNOWN),
        ((), "mx.seller.example", Authentication.UNKNOWN),
    ],
)
def test_only_what_our_own_server_wrote_on_top_counts(
    headers: tuple[str, ...], authserv_id: str, expected: Authentication
) -> None:
    assert verdict(an_envelope(authentication=headers), authserv_id).authentication is expected


def test_a_header_that_stands_twice_or_two_authors_are_never_a_pass() -> None:
    twice = an_envelope(authentication=(GMAIL,), repeated=("subject",))
    assert verdict(twice, "mx.google.com").authentication is Authentication.UNKNOWN
    two = an_envelope(authentication=(GMAIL,), from_=an_author("ap@buyer.example") + an_author("x@evil.example"))
    assert verdict(two, "mx.google.com").authentication is Authentication.UNKNOWN


@pytest.mark.parametrize(
    ("domain", "other", "expected"),
    [
        ("buyer.example", "buyer.example", True),
        ("mail.buyer.example", "buyer.example", True),
        ("buyer.example", "mail.buyer.example", True),
        ("evilbuyer.example", "buyer.example", False),
        ("buyer.example", "example", False),
        ("buyer.example", "", False),
        ("", "buyer.example", False),
    ],
)
def test_alignment(domain: str, other: str, expected: bool) -> None:
    assert aligned(domain, other) is expected


@given(st.text(max_size=300), st.sampled_from(["mx.seller.example", TOPMOST_WITHOUT_ID, ""]))
def test_any_header_is_read_without_an_error(header: str, authserv_id: str) -> None:
    believed([header, GMAIL], authserv_id)
    verdict(an_envelope(authentication=(header, GMAIL)), authserv_id)


@given(
    st.lists(st.sampled_from(["dmarc", "=", "pass", "fail", ";", "(", ")", '"', "\\", " ", "header.from", "mx.seller.example"]))
)
def test_pieces_in_any_order_are_read_without_an_error(pieces: list[str]) -> None:
    verdict(an_envelope(authentication=("".join(pieces),)), "mx.seller.example")


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("n0rthwind.example", "northwind.example"),
        ("nortwhind.example", "northwind.example"),
        ("northwlnd.example", "northwind.example"),
        ("northvvind.example", "northwind.example"),
        ("northwind.test", "northwind.example"),
        ("northwind-payments.example", "northwind.example"),
        ("xn--nrthwind-nbh.example", "northwind.example"),
        ("blueharborfoods.com", "blueharbor-foods.com"),
        ("blueharbor-food.com", "blueharbor-foods.com"),
        ("northwind.example", ""),
        ("pay.northwind.example", ""),
        ("bank.example", ""),
        ("southwind.example", ""),
        ("", ""),
    ],
)
def test_domains_that_look_like_a_customers(domain: str, expected: str) -> None:
    assert lookalike_of(domain, ON_FILE.domains) == expected


def test_letters_of_other_scripts_have_the_same_skeleton() -> None:
    assert skeleton("nоrthwind.example") == skeleton("northwind.example")
    assert skeleton("NORTHWIND.example") == skeleton("northwind.example")


def kinds(**changes: object) -> list[FindingKind]:
    envelope = an_envelope(**changes)
    return [found.kind for found in findings(envelope, verdict(envelope, "mx.google.com"), ON_FILE)]


def test_a_good_mail_from_a_customer_has_no_findings() -> None:
    assert kinds(authentication=(GMAIL,)) == []


def test_without_a_verdict_of_our_server_the_sender_is_not_confirmed() -> None:
    assert kinds() == [FindingKind.AUTHENTICATION_UNKNOWN]


def test_a_failed_sender_a_lookalike_and_a_reply_to_elsewhere_are_shown_together() -> None:
    found = kinds(
        authentication=("mx.google.com; dmarc=fail header.from=northw1nd.example",),
        from_=an_author("ap@northw1nd.example"),
        reply_to=an_author("ap@evil.example"),
    )
    assert found == [
        FindingKind.AUTHENTICATION_FAILED,
        FindingKind.LOOKALIKE_SENDER,
        FindingKind.REPLY_TO_DIFFERS,
        FindingKind.UNKNOWN_SENDER,
    ]


def test_a_display_name_that_is_a_customers_address_is_a_lookalike() -> None:
    assert FindingKind.LOOKALIKE_SENDER in kinds(from_=an_author("x@mailer.test", "ap@buyer.example"))
    assert FindingKind.LOOKALIKE_SENDER not in kinds(from_=an_author("ap@buyer.example", "ap@buyer.example"))


def test_changed_bank_details_are_shown_and_so_is_a_number_that_is_not_on_file() -> None:
    changed = kinds(authentication=(GMAIL,), wording=Wording(bank_details="new bank account"))
    assert changed == [FindingKind.BANK_DETAILS_CHANGED]
    envelope = an_envelope(
        authentication=(GMAIL,), wording=Wording(accounts=("GB33BUKB20201555555555", "DE89370400440532013000"))
    )
    (finding,) = findings(envelope, verdict(envelope, "mx.google.com"), ON_FILE)
    assert (finding.kind, finding.seen, finding.expected) == (FindingKind.BANK_DETAILS_CHANGED, "…5555", "…3000")


def test_the_plain_number_inside_the_iban_on_file_is_on_file() -> None:
    assert kinds(authentication=(GMAIL,), wording=Wording(accounts=("0532013000",))) == []


def test_numbers_are_not_compared_where_none_is_on_file() -> None:
    found = kinds(
        authentication=("mx.google.com; dmarc=pass header.from=northwind.example",),
        from_=an_author("ap@northwind.example"),
        wording=Wording(accounts=("GB33BUKB20201555555555",)),
    )
    assert found == []
