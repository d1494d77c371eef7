"""Whatever strangers write, however much of it: cards keep Slack's limits, mention nobody, link nowhere, and never break."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.cards import alert as alert_card
from bot.cards import digest as digest_card
from bot.cards import home as home_card
from bot.cards import parts
from bot.cards import payment as payment_card
from bot.cards import remittance as remittance_card
from bot.cards.home import HomeView
from bot.cards.parts import Message
from bot.views import details
from core.app.reporting import Report
from core.app.showing import DocumentView, PaymentView, RemittanceLineView, RemittanceView, SuggestionView
from core.app.telling import Told
from core.app.waiting import Queue, WorkItem, WorkPage
from core.app.wording import FindingView, offered
from core.decide import draft_payment, remittance
from core.domain.events import AuditName
from core.domain.evidence import FindingKind
from core.domain.ids import CustomerId, InvoiceNumber, PaymentId, RemittanceId
from core.domain.money import Money, currency
from core.domain.payments import PaymentState
from core.domain.receivables import DocumentKind
from core.domain.remittance import RemittanceState
from tests.sandbox.slack import blocks as strict
from tests.sandbox.slack.rules import Rules

# Explaining a failure takes longer than finding it: these records are large.
QUICK = settings(deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))
NASTY = (
    "<!channel>",
    "<!here> <@U123> <#C123|general>",
    "<https://evil.example|Posted as ERP-1>",
    "*bold* _it_ ~no~ `code` ```block```",
    "&lt;!channel&gt;",
    ":white_check_mark: @channel",
    "\N{RIGHT-TO-LEFT OVERRIDE}DSU 00.1",
    "\N{RIGHT-TO-LEFT ISOLATE}שלום",
    "a\nb\r\n*Posted as ERP-9*\tc\x00\x1b[31m",
    "👩‍👩‍👧‍👦" * 40,
    "e" + "\N{COMBINING ACUTE ACCENT}" * 200,
    "x" * 3500,
    "🎉" * 3100,
    "\u200b",
    "",
    " ",
)
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join))
MONEY = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from([currency("USD"), currency("JPY"), currency("KWD")]))
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
TOLD = st.builds(Told, TEXT, st.sampled_from(AuditName), TEXT, st.just(datetime(2026, 3, 2, tzinfo=UTC)), TEXT)
FINDING = st.builds(FindingView, st.sampled_from(FindingKind), TEXT, st.booleans())
DOCUMENT = st.builds(
    DocumentView,
    TEXT.map(InvoiceNumber),
    TEXT,
    st.sampled_from(DocumentKind),
    st.none() | MONEY,
    st.none() | DAYS,
    MONEY,
    MONEY,
    MONEY,
    TEXT,
)


def few(of: st.SearchStrategy[Any], most: int = 5) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=most).map(tuple)


SUGGESTION = st.builds(
    SuggestionView,
    st.integers(0, 9),
    st.integers(1, 3),
    st.just(CustomerId("C1")),
    TEXT,
    few(DOCUMENT),
    MONEY,
    MONEY,
    TEXT,
    TEXT,
)
LINE = st.builds(RemittanceLineView, TEXT, st.none() | MONEY, st.none() | MONEY, TEXT)


@st.composite
def advices(draw: st.DrawFn) -> RemittanceView:
    state = draw(st.sampled_from(RemittanceState))
    return RemittanceView(
        id=RemittanceId(f"R-{draw(st.integers(1, 10**9))}"),
        version=draw(st.integers(1, 10**6)),
        state=state,
        state_words=draw(TEXT),
        payer=draw(TEXT),
        customer=draw(TEXT),
        total=draw(st.none() | MONEY),
        paid_on=draw(st.none() | DAYS),
        sender=draw(TEXT),
        subject=draw(TEXT),
        lines=draw(few(LINE, 10)),
        complete=draw(st.booleans()),
        payment_id=draw(st.none() | st.just(PaymentId("P-1001"))),
        why=draw(TEXT),
        findings=draw(few(FINDING)),
        offered=offered(remittance.TABLE, state),
        history=draw(few(TOLD)),
    )


@st.composite
def payments(draw: st.DrawFn) -> PaymentView:
    state = draw(st.sampled_from(PaymentState))
    return PaymentView(
        id=PaymentId(f"P-{draw(st.integers(1, 10**9))}"),
        version=draw(st.integers(1, 10**6)),
        state=state,
        state_words=draw(TEXT),
        state_line=draw(TEXT),
        amount=draw(MONEY),
        received_on=draw(DAYS),
        money_is_here=draw(st.booleans()),
        payer=draw(TEXT),
        method=draw(TEXT),
        reference=draw(TEXT),
        text=draw(TEXT),
        customer_id=draw(st.none() | st.just(CustomerId("C1"))),
        customer=draw(TEXT),
        suggestions=draw(few(SUGGESTION, 4)),
        applications=draw(few(DOCUMENT, 10)),
        because=draw(TEXT),
        applied=draw(MONEY),
        unapplied=draw(MONEY),
        rest_words=draw(TEXT),
        gap=draw(TEXT),
        why=draw(TEXT),
        findings=draw(few(FINDING)),
        remittances=tuple(draw(st.lists(advices(), max_size=2, unique_by=lambda advice: advice.id))),
        offered=offered(draft_payment.TABLE, state),
        history=draw(few(TOLD)),
        erp_id=draw(TEXT),
        batch=draw(TEXT),
    )


OURS = re.compile(r"\*[A-Za-z0-9 ?.,'-]+\*(?: \(\d+\)| :warning:|, nothing waits for you)?")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text with the type of the object that holds it."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield str(value.get("type")), value["text"]
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def safe(blocks: Any) -> None:
    for kind, text in texts(blocks):
        assert not STEERING.search(text), text
        if kind == "mrkdwn":
            assert OURS.fullmatch(text), text


def message_is_safe(message: Message) -> None:
    assert [f"{one.pointer} {one.message}" for one in strict.message_problems(list(message.blocks), Rules())] == []
    safe(list(message.blocks))
    assert not re.search(r"[<>]", message.text)
    assert not STEERING.search(message.text)
    assert 0 < len(message.text) < 600
    assert "\n" not in message.text


def view_is_safe(view: Any) -> None:
    assert [f"{one.pointer} {one.message}" for one in strict.view_problems(view, Rules())] == []
    assert not strict.too_large(view)
    safe(view["blocks"])


@settings(QUICK, max_examples=40)
@given(payments())
def test_the_card_and_the_window_of_any_payment(view: PaymentView) -> None:
    message_is_safe(payment_card.message(view))
    view_is_safe(details.payment_window(view))


@settings(QUICK, max_examples=40)
@given(advices())
def test_the_card_and_the_window_of_any_remittance(view: RemittanceView) -> None:
    message_is_safe(remittance_card.message(view))
    view_is_safe(details.remittance_window(view))


@settings(QUICK, max_examples=40)
@given(st.builds(Report, TEXT, few(TEXT, 15), few(TEXT, 15), TEXT))
def test_any_digest_and_alert(report: Report) -> None:
    message_is_safe(digest_card.message(report))
    message_is_safe(alert_card.message(report))


@settings(QUICK, max_examples=40)
@given(
    few(
        st.builds(
            WorkItem, st.just(PaymentId("P-1")), st.integers(1, 99), TEXT, st.none() | MONEY, st.none() | DAYS, TEXT, TEXT
        ),
        10,
    ),
    st.sampled_from(Queue),
    st.integers(0, 5000),
    st.booleans(),
)
def test_any_queue(items: tuple[WorkItem, ...], queue: Queue, count: int, may_post: bool) -> None:
    view = HomeView("Somebody", dict.fromkeys(Queue, count), WorkPage(queue, items, 0, count), may_post)
    view_is_safe(home_card.home(view))
    view_is_safe(home_card.window(view))


@given(TEXT, st.integers(1, 200))
def test_cutting_never_leaves_half_a_character(text: str, limit: int) -> None:
    cut = parts.cut(text, limit)
    assert len(cut.encode("utf-16-le")) // 2 <= max(limit, 1)
    cut.encode("utf-8")
    assert not cut.endswith("\N{ZERO WIDTH JOINER}…")
