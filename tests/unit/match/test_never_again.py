"""Every kind of wrong automatic application ever found, as the smallest case that shows it: none may go without asking."""

from datetime import timedelta

import pytest

from core.domain.evidence import FindingKind, GapKind, MoneySeen
from core.domain.parties import Alias, AliasKind
from core.domain.receivables import CustomerInvoice
from core.domain.remittance import RemittanceAdvice
from core.match.batch import Ledger, run
from core.match.remittances import AdviceBook
from tests.unit.match.worlds import (
    ALMA,
    BRISTOL,
    DAY,
    POLICY,
    advice,
    applied,
    ask,
    automatic,
    customer,
    document,
    index,
    seen,
)

THREE = [document("INV-0047080", "1503.00"), document("INV-0002854", "3588.00"), document("INV-0045490", "377.00")]
PLAIN = [document("INV-0061236", "2000.00"), document("INV-0061946", "250.00")]


@pytest.mark.parametrize(
    "words",
    [
        "INV-0061236,INV-0061946LESS42.50PROMOALLO WANCEINV-0061946",
        "INV-0061236 INV-0061946 LESS 42.50 promo allowance INV-0061946",
        "INV-0061236 INV-0061946 - 42.50 freight not agreed (INV-0061946)",
        "INV-0061236 INV-0061946 DED INV-0061946 42.50DED-515 shortage",
    ],
)
def test_a_deduction_that_is_written_down_is_not_a_banks_charge(words: str) -> None:
    """42.50 is a usual charge by its size, and stands in the text of a wire: the words decide."""
    outcome = ask(seen("2207.50", text=words, name=ALMA.name), index(PLAIN))
    assert all(each.gap_kind is not GapKind.BANK_FEE for each in outcome.suggestions[:1])
    if automatic(outcome):
        assert applied(outcome)["INV-0061946"] == "207.50"


def test_orders_that_are_named_too_complete_the_sum_with_what_is_credited_for_them() -> None:
    """A document, an order with an invoice, and an order of which only the credit memo was taken: no short payment."""
    documents = [
        document("00132279", "709.28"),
        document("00137494", "268.40", order="P499803"),
        document("SI0072708", "488.32", order="4500524337", credit=True),
        document("00164982", "2601.30", order="4500524337"),
    ]
    outcome = ask(seen("489.36", text="ORDER 00132279 P499803 4500524337", name=ALMA.name), index(documents))
    assert set(applied(outcome)) == {"00132279", "00137494", "SI0072708"}
    short = ask(seen("450.00", text="ORDER 00132279 P499803 4500524337", name=ALMA.name), index(documents))
    assert not automatic(short)


def test_an_advice_of_the_money_that_names_another_document_of_one_price_is_asked_about() -> None:
    """The text says 9655 and 9659, the advice of just this money 9655 and 9658: one of the two was mistyped."""
    ledger = index([document(f"0000965{end}", amount) for end, amount in ((5, "749.70"), (8, "499.80"), (9, "499.80"))])
    money = seen("1249.50", text="INV 00009655 00009659", name=ALMA.name)
    assert automatic(ask(money, ledger))
    advised = advice("R1", [("00009655", "749.70"), ("00009658", "499.80")], payer=ALMA.name, sender="ap@almasteel.example.com")
    outcome = ask(money, ledger, [advised])
    assert [finding.kind for finding in outcome.findings] == [FindingKind.ADVICE_NAMES_ANOTHER]
    assert not automatic(outcome)


def test_money_beside_the_named_documents_that_equals_another_is_asked_about() -> None:
    """7374+59380+59381 and 100.00 more: an overpayment of 100.00 or a fourth document of 100.00?"""
    documents = [document("INV-007374", "5000.00"), document("INV-059380", "1000.00"), document("INV-059382", "100.00")]
    outcome = ask(seen("6100.00", text="PAYMENT OF 7374+59380", name=ALMA.name), index(documents))
    assert not automatic(outcome)


def test_a_usual_tax_that_nobody_mentions_is_asked_about() -> None:
    """A fifth is missing because one document was paid in part before, not because of a tax."""
    outcome = ask(seen("7104.00", text="SI0001953 00044693", name=ALMA.name), index(TAXED))
    assert not automatic(outcome)
    assert automatic(ask(seen("7104.00", text="SI0001953 00044693 LESS WHT 20%", name=ALMA.name), index(TAXED)))


TAXED = [document("SI0001953", "3940.00"), document("00044693", "4940.00")]


def test_a_difference_on_documents_of_strangers_to_each_other_is_asked_about() -> None:
    """One number was read as somebody else's document; the money left over shows it."""
    documents = [document("INV-0042437", "1738.14"), document("SI0004349", "323.66"), document("IO-46884", "620.40", "C2")]
    money = seen("2976.08", text="42437,04349,46884", name=ALMA.name)
    assert not automatic(ask(money, index(documents, (ALMA, BRISTOL))))


def test_an_open_end_is_completed_only_for_a_person() -> None:
    documents = [document(f"INV-{4200000 + 7 * k}", f"{900 + k}.{k:02}") for k in range(6)]
    asked = sum(each.open_amount.minor for each in documents[:4])
    words = f"{documents[0].number}, {documents[1].number}, {documents[2].number},"
    outcome = ask(seen(f"{asked // 100}.{asked % 100:02}", text=words, name=ALMA.name), index(documents))
    assert len(applied(outcome)) == 4
    assert not automatic(outcome)


@pytest.mark.parametrize("amount", ["5397.37", "5291.11"])
def test_short_by_something_on_several_documents_leaves_the_place_open(amount: str) -> None:
    """Which of the documents bears it is said by nobody: each of them is an answer, none is applied."""
    outcome = ask(_three(amount), index(THREE))
    places = {frozenset((part.invoice_number, part.applied) for part in each.applications) for each in outcome.suggestions}
    assert len(places) == len(outcome.suggestions) >= 3
    assert not automatic(outcome)


def _three(amount: str) -> MoneySeen:
    return seen(amount, text="INV-0047080 INV-0002854 INV-0045490", name=ALMA.name)


def test_the_second_payment_of_the_same_is_not_applied_while_the_first_waits() -> None:
    documents = [document("INV-0041970", "900.00"), document("INV-0056413", "100.00")]
    words = "INV-0041970 INV-0056413"
    first = seen("1040.00", id="P1", text=words, name=ALMA.name)
    second = seen("1000.00", id="P2", text=words, name=ALMA.name, day=DAY + timedelta(days=2))
    ledger = Ledger(index(documents), AdviceBook((), POLICY), POLICY)
    done = {str(each.outcome.money.id): each for each in run([first, second], ledger, automatic)}
    assert done["P1"].outcome.suggestions[0].gap_kind is GapKind.OVERPAYMENT
    assert not done["P1"].applied
    assert automatic(done["P2"].outcome) is False
    assert [finding.kind for finding in done["P2"].outcome.findings] == [FindingKind.POSSIBLE_TWIN]
    assert automatic(ask(second, index(documents)))


def test_money_called_an_advance_is_not_taken_for_what_an_advice_of_that_sum_names() -> None:
    """The bank's text says advance on an order; by chance an advice of the same payer has the same sum."""
    documents = [document("INV-0055512", "1840.20"), document("INV-0055513", "1226.80")]
    told = advice("R1", [("INV-0055512", "1840.20"), ("INV-0055513", "1226.80")], payer=ALMA.name)
    ledger = index(documents)
    assert automatic(ask(seen("3067.00", name=ALMA.name), ledger, [told]))
    assert not automatic(ask(seen("3067.00", text="ACOMPTE COMMANDE 74655", name=ALMA.name), ledger, [told]))


@pytest.mark.parametrize("words", ["INV NO. 8142", "INVOICE 8142", "RECHNUNG NR 8142"])
def test_an_invoice_that_we_do_not_know_makes_the_amount_alone_less_certain(words: str) -> None:
    """The payer names an invoice; that it is none of ours does not mean that another of the same amount is meant."""
    ledger = index([document("US-007591", "2000.00"), document("US-007592", "731.55"), document("US-007593", "19.00")])
    unnamed = ask(seen("2000.00", text="PAYMENT", name=ALMA.name), ledger).suggestions[0].confidence
    named = ask(seen("2000.00", text=words, name=ALMA.name), ledger)
    assert not named.suggestions or 1 - named.suggestions[0].confidence > 5 * (1 - unnamed)


@pytest.mark.parametrize("words", ["INVOICE 00007157,0", "Faktura 00007157;2"])
def test_too_little_for_the_first_number_of_a_list_that_was_cut_is_asked_about(words: str) -> None:
    ledger = index([document("00007157", "634.30"), document("00008354", "11.92")])
    assert not automatic(ask(seen("526.71", text=words, name=ALMA.name), ledger))
    assert automatic(ask(seen("526.71", text="INVOICE 00007157", name=ALMA.name), ledger))


def _told(documents: list[CustomerInvoice], **more: object) -> RemittanceAdvice:
    """An advice of Alma that names these documents in full."""
    lines = [(each.number, each.open_amount.text()) for each in documents]
    return advice("R1", lines, payer=ALMA.name, sender="ap@almasteel.example.com", **more)


def test_words_full_of_slips_do_not_outweigh_the_advice_that_writes_the_same_numbers_rightly() -> None:
    """Of four mistyped numbers one is a document too, of the same price; the advice of that day and sum has the right ones."""
    numbers = ("INV-009733", "US2025-009188", "F25/16443", "INV-007911", "F25/16440")
    documents = [document(number, "22307.00") for number in numbers]
    money = seen("89228.00", text="#INV-009373//US2025-009181//F25/16440//INV-007191", name=ALMA.name)
    outcome = ask(money, index(documents), [_told(documents[:4])])
    assert set(applied(outcome)) == set(numbers[:4])


def test_an_advice_that_names_another_document_than_the_banks_text_is_asked_about() -> None:
    documents = [document("SI0000768", "1434.00"), document("SI0000766", "1434.00")]
    money = seen("1319.28", text="Beleg SI0000768 -", name=ALMA.name)
    told = advice("R1", [("SI0000766", "1319.28")], payer=ALMA.name)
    outcome = ask(money, index(documents), [told])
    assert [finding.kind for finding in outcome.findings] == [FindingKind.ADVICE_NAMES_ANOTHER]
    assert not automatic(outcome)


def test_a_usual_tax_is_asked_about_where_the_advice_does_not_speak_of_it() -> None:
    """A tenth is missing because the payer deducted something, and the bank broke the words that say so."""
    amounts = {"00208405": "1503.00", "INV-146892": "751.50", "00211958": "3757.50"}
    documents = [document(number, amount) for number, amount in amounts.items()]
    money = seen("5410.80", text="Fact. 208405 146892 2119 58", name=ALMA.name)
    outcome = ask(money, index(documents), [advice("R1", list(amounts.items()), payer=ALMA.name, total=541080)])
    assert outcome.suggestions[0].gap_kind is GapKind.TAX_WITHHELD
    assert not automatic(outcome)


def test_an_advice_of_a_later_payment_is_not_taken_for_money_that_came_before_it() -> None:
    """A customer who buys by the piece pays the same sum again and again; the announced payment is still to come."""
    documents = [document(f"INV-{1000 + k}", f"{(k * 7 % 30 + 1) * 348}.00") for k in range(60)]
    meant = [documents[k] for k in (3, 17, 29, 41, 55)]
    money = seen("41760.00", text="PAYMENT", name=ALMA.name)
    assert automatic(ask(money, index(documents), [_told(meant)]))
    outcome = ask(money, index(documents), [_told(meant, day=DAY + timedelta(days=10))])
    assert [finding.kind for finding in outcome.findings] == [FindingKind.ADVICE_OF_LATER_DAY]
    assert not automatic(outcome)


def test_a_discount_taken_late_is_a_rival_of_one_that_is_still_allowed() -> None:
    earned = document("INV-1", "1000.00", discount="20.00", until=DAY + timedelta(days=1))
    missed = document("INV-2", "1000.00", discount="20.00", until=DAY - timedelta(days=2))
    money = seen("980.00", name=ALMA.name)
    assert automatic(ask(money, index([earned])))
    outcome = ask(money, index([earned, missed]))
    assert [each.gap_kind for each in outcome.suggestions] == [GapKind.EARNED_DISCOUNT, GapKind.LATE_DISCOUNT]
    assert not automatic(outcome)


def test_a_slip_that_makes_the_amount_exact_is_likelier_than_a_part_of_the_document_named() -> None:
    documents = [document("00141316", "677.03"), document("00141313", "330.46")]
    outcome = ask(seen("330.46", text="INV 00141316", name=ALMA.name), index(documents))
    assert applied(outcome) == {"00141313": "330.46"}


def test_a_credit_that_undoes_a_document_of_the_same_order_leaves_two_answers() -> None:
    plain = [document("INV-138981", "2372.00", order="PO-724067")]
    undone = [
        document("SI0097492", "593.00", order="PO-724067", credit=True),
        document("SI0102959", "593.00", order="PO-724067"),
    ]
    money = seen("2372.00", text="ORDER PO-724067", name=ALMA.name)
    assert automatic(ask(money, index(plain)))
    outcome = ask(money, index([*plain, *undone]))
    assert len(outcome.suggestions) == 2
    assert not automatic(outcome)


def test_the_cut_beginning_of_a_word_is_not_only_a_legal_form() -> None:
    """`SC` is a legal form in France, and the beginning of School where the bank prints sixteen letters."""
    firms = [customer("C1", "Plains Tucker Construction Inc"), customer("C2", "Plains Tucker School District Inc")]
    documents = [document("INV-117874", "1200.00", "C1"), document("00258035", "1200.00", "C2")]
    ledger = index(documents, firms, aliases=[Alias(AliasKind.PAYER_NAME, "Plains Tucker", firms[0].id, 3)])
    outcome = ask(seen("1200.00", name="PLAINS TUCKER SC"), ledger)
    assert {each.customer_id for each in outcome.suggestions} == {"C1", "C2"}
    assert not automatic(outcome)


def test_a_difference_is_not_explained_by_a_balance_that_a_waiting_payment_may_have_changed() -> None:
    """The first payment pays a part and waits for a person; for the second the document only seems to be paid in part."""
    documents = [document("00164472", "1747.29"), document("00164999", "500.00")]
    first = seen("1300.00", id="P1", text="00164472 00164999", name=ALMA.name)
    second = seen("751.35", id="P2", text="00164472", name=ALMA.name, day=DAY + timedelta(days=2))
    assert automatic(ask(second, index(documents)))
    done = {str(each.outcome.money.id): each for each in run([first, second], _ledger(documents), automatic)}
    assert not done["P1"].applied
    assert not done["P2"].applied
    assert [finding.kind for finding in done["P2"].outcome.findings] == [FindingKind.POSSIBLE_TWIN]


def _ledger(documents: list[CustomerInvoice]) -> Ledger:
    return Ledger(index(documents), AdviceBook((), POLICY), POLICY)


def test_a_small_part_of_the_document_named_is_a_rival_of_another_document_of_the_amount() -> None:
    """It was the rest of what an earlier payment of the same day had left open."""
    documents = [document("18370", "1652.40"), document("SI0003972", "280.90")]
    outcome = ask(seen("280.90", text="#18370", name=ALMA.name), index(documents))
    assert [{part.invoice_number for part in each.applications} for each in outcome.suggestions] == [
        {"SI0003972"},
        {"18370"},
    ]
    assert not automatic(outcome)


def test_a_word_that_can_mean_two_documents_does_not_name_both() -> None:
    """The bank broke the last number; what is missing equals another document that ends in digits of one already named."""
    amounts = {"SI0074387": "894.90", "SI0076247": "4710.00", "SI0076248": "471.00", "00176247": "2826.00"}
    documents = [document(number, amount) for number, amount in amounts.items()]
    named = seen("6075.90", text="RE 74387, 76247, 76248", name=ALMA.name)
    assert automatic(ask(named, index(documents)))
    outcome = ask(seen("8901.90", text="RE 74387, 76247, 76248, 155 8", name=ALMA.name), index(documents))
    assert set(applied(outcome)) == set(amounts)
    assert [record.left for record in outcome.suggestions[0].evidence if record.level == "named"].count("76247") == 1
    assert not automatic(outcome)


OTHERS = [document(f"INV-{100000 + 7 * k}", f"{300 + k}.{k % 90 + 10}", "C2") for k in range(200)]


@pytest.mark.parametrize("words", ["Inv# 225267+264778", "INV 225267, 264778"])
def test_a_bare_number_of_the_payer_behind_inv_is_no_unknown_number_of_others(words: str) -> None:
    """INV-225267 would look like numbers that we give to others; the second number is one slip from what seemed to be left."""
    documents = [document("00225267", "3555.60"), document("00264778", "3555.60"), document("00264779", "7111.20")]
    outcome = ask(seen("7111.20", text=words, name=ALMA.name), index([*documents, *OTHERS]))
    assert applied(outcome) == {"00225267": "3555.60", "00264778": "3555.60"}
    assert automatic(outcome)
    strange = ask(seen("7111.20", text="Inv# 225268", name=ALMA.name), index([*documents, *OTHERS]))
    assert ("INV225268", "not_in_ledger") in {(each.left, each.level) for each in strange.suggestions[0].evidence}


@pytest.mark.parametrize(("words", "told"), [("F25/03277", False), ("PAYMENT", True)])
def test_a_limit_where_everything_that_was_published_speaks_for_another_document(words: str, told: bool) -> None:
    """Nobody can tell: F25/03272 was meant, and the number of another document of the same payer and price was written.

    Or the advice of the same day and sum belongs to another payment of the same payer. The proof of the public worlds says of
    both that they are not determined. What is written is applied: there is nothing that a person could see and we do not.
    """
    documents = [document("F25/03272", "30774.00"), document("F25/03277", "30774.00")]
    outcome = ask(seen("30774.00", text=words, name=ALMA.name), index(documents), [_told(documents[1:])] if told else [])
    assert applied(outcome) == {"F25/03277": "30774.00"}
    assert automatic(outcome)


def test_a_limit_where_more_than_an_instalment_is_paid() -> None:
    """Nobody can tell a second instalment and 294.25 too much from a larger part of what is open."""
    outcome = ask(seen("1185.93", text="00102920", name=ALMA.name), index([document("00102920", "2674.99", left="1783.34")]))
    assert outcome.suggestions[0].gap_kind is GapKind.SHORT_PAY


DISCOUNTED = [
    document(number, amount, discount=discount, until=DAY - timedelta(days=1))
    for number, amount, discount in (
        ("00144335", "710.10", "21.30"),
        ("INV-113670", "2367.00", "71.01"),
        ("00113", "473.40", "14.20"),
    )
]
STATED = [
    *(
        document(number, amount)
        for number, amount in (("INV-48886", "1409.13"), ("INV-79500", "669.37"), ("SI40705", "2068.52"))
    ),
    document("00153167", "246.38", credit=True),
    document("SI59321", "1324.35", discount="39.73", until=DAY),
]


@pytest.mark.parametrize(
    ("amount", "words", "documents", "taken"),
    [
        # Half of the first was meant, as an instalment that nobody speaks of.
        ("721.80", "", [document("SI0012453", "1443.60"), document("00131380", "721.80")], {"00131380"}),
        # Half of the first was meant, which is named; of 18 such answers in a made world 16 were right, 2 were not.
        ("9878.40", "#33722", [document("00033722", "19756.80"), document("00033725", "9878.40")], {"00033725"}),
        # More than the rest that an earlier payment left, which waits for a person.
        ("4963.76", "REF 00169863", [document("00169863", "7971.00")], {"00169863"}),
        # The words of a deduction are cut, and what is missing equals the lost discounts of two documents.
        ("3515.00", "PAYMENT OF 144335 113670 00113 DED 00", DISCOUNTED, {"00144335", "INV-113670", "00113"}),
        # A statement that we cannot rebuild, and another set that adds up.
        ("3106.76", "PAYMENT ALL DUE", STATED, {"00153167", "SI40705", "SI59321"}),
    ],
)
def test_a_limit_where_another_reading_is_exact(
    amount: str, words: str, documents: list[CustomerInvoice], taken: set[str]
) -> None:
    """Known to be wrong now and then, and still applied: asking about all answers alike would cost many that are right."""
    outcome = ask(seen(amount, text=words, name=ALMA.name), index(documents))
    assert set(applied(outcome)) == taken
    assert automatic(outcome)


def test_the_s_of_a_word_before_a_number_is_no_digit() -> None:
    """INVS.6518 was read as INV-S6518 and so as INV-056518 of somebody else, of the same price."""
    documents = [document("SI0006518", "1500.00"), document("INV-056518", "1500.00", "C2")]
    outcome = ask(seen("1500.02", text="INVS.6518", name=ALMA.name), index(documents, (ALMA, BRISTOL)))
    assert set(applied(outcome)) == {"SI0006518"}


def test_half_of_a_document_that_the_reference_for_us_names_is_not_another_of_that_price() -> None:
    """The payer's words stood under RFB beside a remittance text that said nothing, and were not read."""
    documents = [document("2025/48156", "4045.80"), document("RE-2025-09857", "2022.90")]
    text = f"/ORDP/{ALMA.name}/RFB/INV 2025/48156 a conto/REMI/VENDOR 4664/OCMT/USD2022.90/"
    outcome = ask(seen("2022.90", text=text), index(documents))
    assert set(applied(outcome)) == {"2025/48156"}


@pytest.mark.parametrize(
    "words", ["INV-0061236 INV-0061946 - 42.", "INV-0061236 INV-0061946 LESS 42", "INV-0061236 INV-0061946 ./. 42,5"]
)
def test_a_deduction_that_a_bank_cut_off_is_no_banks_charge(words: str) -> None:
    outcome = ask(seen("2207.50", text=words, name=ALMA.name), index(PLAIN))
    assert all(each.gap_kind is not GapKind.BANK_FEE for each in outcome.suggestions)
    assert not automatic(outcome)
