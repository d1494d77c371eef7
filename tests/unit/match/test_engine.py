"""What the matcher says of one payment, rule by rule."""

from datetime import date

import pytest

from core.domain.evidence import Compared, FindingKind, GapKind, Method, SettledBefore
from core.domain.ids import CustomerId, InvoiceNumber
from core.domain.parties import Alias, AliasKind
from core.match.explain import sentences
from tests.unit.match.worlds import ALMA, BRISTOL, DAY, applied, ask, automatic, customer, document, index, seen

NAME = ALMA.name


def test_a_named_document_of_the_payer_with_the_exact_amount_is_applied_and_explained() -> None:
    outcome = ask(
        seen("412.55", text="INV-1042", name=NAME), index([document("INV-1042", "412.55"), document("INV-1043", "99.10")])
    )
    assert applied(outcome) == {"INV-1042": "412.55"}
    assert automatic(outcome)
    text = sentences(outcome.suggestions[0])
    assert text.startswith("The payer names INV-1042.")
    assert "The amount equals what is open on it." in text


def test_a_name_without_its_signs_is_called_the_name_and_a_cut_one_its_beginning() -> None:
    ledger = index([document("INV-1042", "412.55", "C1")], (customer("C1", "Birch & Boro Furniture"),))
    said = [
        sentences(ask(seen("412.55", text="INV-1042", name=name), ledger).suggestions[0])
        for name in ("BIRCH BORO FURNITURE", "BIRCH BORO FURNI")
    ]
    assert "The payer's name is that of Birch & Boro Furniture." in said[0]
    assert "The payer's name “BIRCH BORO FURNI” is the beginning of Birch & Boro Furniture." in said[1]


def test_an_unnamed_single_document_of_a_known_payer_is_applied_when_nothing_else_fits() -> None:
    ledger = index([document("INV-1", "412.55"), document("INV-2", "99.10"), document("INV-3", "1,000.01")])
    outcome = ask(seen("412.55", account=ALMA.bank_accounts[0], name=NAME), ledger)
    assert applied(outcome) == {"INV-1": "412.55"}
    assert automatic(outcome)


def test_money_of_nothing_settles_what_its_words_say_and_never_breaks() -> None:
    ledger = index([document("INV-1001", "100.00"), document("INV-1002", "100.00"), document("CM-7001", "100.00", credit=True)])
    netted = ask(seen("0.00", text="INV-1001 less CM-7001", name=NAME), ledger)
    assert applied(netted) == {"CM-7001": "-100.00", "INV-1001": "100.00"}
    test = ask(seen("0.00", text="PRENOTE", name=NAME), ledger)
    assert not test.suggestions
    assert test.abstained == "No money came with this line; it settles nothing."


def test_two_equal_documents_are_a_tie_and_a_question() -> None:
    outcome = ask(seen("412.55", name=NAME), index([document("INV-1", "412.55"), document("INV-2", "412.55")]))
    assert [each.rank for each in outcome.suggestions] == [1, 1]
    assert not automatic(outcome)


def test_two_firms_of_one_name_with_equal_documents_are_a_tie() -> None:
    twins = (customer("C1", "Delta Foods LLC"), customer("C2", "Delta Foods LLC"))
    ledger = index([document("INV-1", "412.55", "C1"), document("INV-2", "412.55", "C2")], twins)
    outcome = ask(seen("412.55", name="DELTA FOODS LLC"), ledger)
    assert [each.rank for each in outcome.suggestions] == [1, 1]
    assert not automatic(outcome)
    assert outcome.payer.customer_id is None


def test_the_legal_form_makes_one_of_two_firms_likelier() -> None:
    firms = (customer("C1", "Delta Foods LLC"), customer("C2", "Delta Foods Ltd"))
    ledger = index([document("INV-1", "412.55", "C1"), document("INV-2", "412.55", "C2")], firms)
    outcome = ask(seen("412.55", name="DELTA FOODS LTD"), ledger)
    assert outcome.suggestions[0].customer_id == "C2"
    assert not automatic(outcome)


def test_a_unique_set_of_few_documents_is_found() -> None:
    ledger = index([document("INV-1", "310.17"), document("INV-2", "204.99"), document("INV-3", "77.31")])
    outcome = ask(seen("282.30", name=NAME), ledger)
    assert applied(outcome) == {"INV-2": "204.99", "INV-3": "77.31"}
    assert outcome.suggestions[0].method is Method.EXACT_SUBSET


def test_everything_due_is_a_statement() -> None:
    later = date(2026, 4, 30)
    many = [document(f"INV-{k}", f"{100 + 13 * k}.{k:02d}") for k in range(1, 31)]
    ledger = index([*many, document("INV-99", "5000.00", due=later)])
    total = sum(each.open_amount.minor for each in many)
    outcome = ask(seen(f"{total // 100}.{total % 100:02d}", text="STATEMENT", name=NAME), ledger)
    assert outcome.suggestions[0].method is Method.STATEMENT
    assert len(outcome.suggestions[0].applications) == 30


@pytest.mark.parametrize(
    ("paid", "text", "kind", "gap"),
    [
        ("970.00", "INV-1042", GapKind.EARNED_DISCOUNT, "-30.00"),
        ("1000.00", "INV-1042", GapKind.NONE, "0.00"),
        ("999.98", "INV-1042", GapKind.ROUNDING, "-0.02"),
        ("1000.01", "INV-1042", GapKind.ROUNDING, "0.01"),
        ("985.00", "FEDWIRE B/O: X REF: OBI=INV-1042 IMAD: 1", GapKind.BANK_FEE, "-15.00"),
        ("850.00", "INV-1042 LESS WHT 15%", GapKind.TAX_WITHHELD, "-150.00"),
        ("876.60", "INV-1042 LESS 123.40 DAMAGED GOODS", GapKind.DEDUCTION, "-123.40"),
        ("640.37", "INV-1042", GapKind.SHORT_PAY, "-359.63"),
        ("1100.00", "INV-1042", GapKind.OVERPAYMENT, "100.00"),
    ],
)
def test_a_difference_on_a_named_document_is_given_its_reason(paid: str, text: str, kind: GapKind, gap: str) -> None:
    ledger = index([document("INV-1042", "1000.00", discount="30.00", until=DAY), document("INV-1043", "77.13")])
    best = ask(seen(paid, text=text, name=NAME), ledger).suggestions[0]
    assert (best.gap_kind, best.gap.text()) == (kind, gap)
    assert best.applications[0].discount.text() == ("30.00" if kind is GapKind.EARNED_DISCOUNT else "0.00")


def test_a_discount_taken_a_few_days_late_is_not_granted() -> None:
    ledger = index([document("INV-1042", "1000.00", discount="30.00", until=date(2026, 3, 7))])
    best = ask(seen("970.00", text="INV-1042", name=NAME), ledger).suggestions[0]
    assert best.gap_kind is GapKind.LATE_DISCOUNT
    assert (best.applications[0].applied.text(), best.applications[0].discount.text()) == ("970.00", "0.00")


def test_a_discount_is_not_taken_from_what_is_partly_paid() -> None:
    ledger = index([document("INV-1042", "1000.00", left="600.00", discount="30.00", until=DAY)])
    assert ask(seen("570.00", text="INV-1042", name=NAME), ledger).suggestions[0].gap_kind is not GapKind.EARNED_DISCOUNT


def test_the_deduction_lies_on_the_document_named_beside_it() -> None:
    ledger = index([document("INV-1042", "1000.00"), document("INV-1043", "500.00")])
    outcome = ask(seen("1450.00", text="INV-1042 INV-1043 LESS 50.00 SHORTAGE INV-1043", name=NAME), ledger)
    assert applied(outcome) == {"INV-1042": "1000.00", "INV-1043": "450.00"}
    assert automatic(outcome)


@pytest.mark.parametrize(
    "words",
    [
        "INV-1042 / INV-1043 LESS 5\n0.00 price difference INV-1043",
        "INV-1042 INV-1043 DED INV-1043 50.0\n0 pallets returned",
        "INV-1042 INV-1043 DED INV-1043 50. 00",
    ],
)
def test_a_written_deduction_is_read_where_a_line_breaks_inside_it(words: str) -> None:
    ledger = index([document("INV-1042", "1000.00"), document("INV-1043", "500.00")])
    outcome = ask(seen("1450.00", text=words, name=NAME), ledger)
    assert applied(outcome) == {"INV-1042": "1000.00", "INV-1043": "450.00"}
    assert outcome.suggestions[0].gap_kind is GapKind.DEDUCTION


def test_one_of_two_is_half_of_the_document_and_not_all_of_it_less_credit_memos() -> None:
    documents = [
        document("INV-1513", "780.00"),
        document("CM-1", "68.00", credit=True),
        document("CM-2", "322.00", credit=True),
    ]
    best = ask(seen("390.00", text="INV-1513 1/2", name=NAME), index(documents)).suggestions[0]
    assert [each.invoice_number for each in best.applications] == ["INV-1513"]


def test_a_deduction_that_could_lie_on_any_document_is_a_question() -> None:
    ledger = index([document("INV-1042", "1000.00"), document("INV-1043", "500.00")])
    assert not automatic(ask(seen("1450.00", text="INV-1042 INV-1043 LESS 50.00 SHORTAGE", name=NAME), ledger))


def test_where_a_deduction_is_spoken_of_the_document_named_twice_bears_it_before_others() -> None:
    """The bank cut the amount of the claim off: which document it is on is still said."""
    documents = [document(f"INV-104{k}", f"{700 + k}.00") for k in range(1, 6)]
    words = " ".join(each.number for each in documents) + " DED INV-1045 6"
    outcome = ask(seen("3515.00", text=words, name=NAME), index(documents))
    assert applied(outcome)["INV-1045"] == "705.00"
    short = ask(seen("3450.23", text=words, name=NAME), index(documents))
    assert applied(short)["INV-1045"] == "640.23"
    assert not automatic(short)


def test_a_credit_memo_named_with_the_invoices_is_netted() -> None:
    ledger = index([document("INV-1042", "1000.00"), document("CM-77001", "120.00", credit=True)])
    outcome = ask(seen("880.00", text="INV-1042, CM-77001", name=NAME), ledger)
    assert applied(outcome) == {"INV-1042": "1000.00", "CM-77001": "-120.00"}
    assert automatic(outcome)


def test_a_mistyped_number_is_settled_by_the_amount() -> None:
    ledger = index([document("RE-2025-01587", "482.73"), document("RE-2025-01333", "100.00")])
    outcome = ask(seen("482.73", text="INVOICE RE-2025-01582", name=NAME), ledger)
    assert applied(outcome) == {"RE-2025-01587": "482.73"}


def test_a_text_that_was_cut_off_is_completed_by_the_amount() -> None:
    ledger = index([document("INV-100042", "1000.01"), document("INV-100043", "500.03"), document("INV-100044", "77.10")])
    outcome = ask(seen("1500.04", reference="REMITTANCE FOR INVOICE INV-100042, I", name=NAME), ledger)
    assert applied(outcome) == {"INV-100042": "1000.01", "INV-100043": "500.03"}


def test_too_much_for_the_documents_of_a_cut_text_is_a_question() -> None:
    ledger = index([document("INV-100042", "1000.01"), document("INV-100043", "511.03")])
    outcome = ask(seen("1300.04", reference="PAYMENT FOR INV-100042 / INV-", name=NAME), ledger)
    assert not automatic(outcome)


def test_a_number_of_somebody_else_outweighs_an_unknown_payer_only() -> None:
    ledger = index([document("INV-100042", "1000.01", "C1"), document("INV-100043", "511.03", "C2")])
    stranger = ask(seen("1000.01", text="INV-100042", name="Payment Services Oy"), ledger)
    assert automatic(stranger)
    assert stranger.suggestions[0].customer_id == "C1"


def test_a_parent_pays_for_its_daughter() -> None:
    group = (customer("C1", "Alma Holding SA"), customer("C2", "Nordhaus Druck GmbH", parent="C1"))
    ledger = index([document("INV-100042", "1000.01", "C2"), document("INV-100043", "511.03", "C1")], group)
    outcome = ask(seen("1000.01", text="RG 100042", name="ALMA HOLDING SA"), ledger)
    assert applied(outcome) == {"INV-100042": "1000.01"}
    assert automatic(outcome)


def test_one_payment_for_several_customers_of_a_group() -> None:
    group = (customer("C1", "Alma Holding SA"), customer("C2", "Nordhaus Druck GmbH", parent="C1"))
    ledger = index([document("INV-100042", "1000.01", "C2"), document("INV-100043", "511.03", "C1")], group)
    outcome = ask(seen("1511.04", text="INV-100042 INV-100043", name="ALMA HOLDING SA"), ledger)
    assert {each.customer_id for each in outcome.suggestions[0].applications} == {"C1", "C2"}


def test_other_currencies_are_not_converted() -> None:
    ledger = index([document("INV-100042", "1000.01", unit="EUR")])
    outcome = ask(seen("1100.00", text="INV-100042", name=NAME), ledger)
    assert outcome.suggestions == ()
    assert outcome.gap_kind is GapKind.EXCHANGE
    assert [finding.kind for finding in outcome.findings] == [FindingKind.CURRENCY_DIFFERS]
    assert outcome.payer.customer_id == "C1"


def test_a_settled_document_named_again_is_a_possible_duplicate() -> None:
    before = SettledBefore(CustomerId("C1"), date(2026, 2, 20), invoice_numbers=(InvoiceNumber("INV-100041"),))
    ledger = index([document("INV-100042", "1000.01")], history=[before])
    outcome = ask(seen("500.00", text="INV-100041", name=NAME), ledger)
    assert outcome.suggestions == ()
    assert outcome.gap_kind is GapKind.DUPLICATE


@pytest.mark.parametrize("text", ["PREPAYMENT ORDER 55512", "Anzahlung Auftrag 55512", "acompte commande 55512"])
def test_money_on_account_is_left_on_account(text: str) -> None:
    outcome = ask(seen("1000.01", text=text, name=NAME), index([document("INV-1", "1000.01")]))
    assert not automatic(outcome)


def test_money_taken_back_settles_nothing() -> None:
    outcome = ask(seen("1000.01", text="INV-1", name=NAME, incoming=False), index([document("INV-1", "1000.01")]))
    assert outcome.suggestions == ()
    assert outcome.findings[0].kind is FindingKind.MONEY_TAKEN_BACK
    assert outcome.payer.customer_id == "C1"


def test_money_of_a_stranger_names_nobody() -> None:
    outcome = ask(seen("55.12", text="INTEREST PAID 3311", name="FIRST UNION BANK"), index([document("INV-1", "1000.01")]))
    assert outcome.suggestions == ()
    assert outcome.payer.customer_id is None
    assert outcome.abstained


def test_an_amount_alone_of_an_unknown_payer_is_never_applied() -> None:
    outcome = ask(seen("1000.01", text="REMOTE DEPOSIT CHECK 5512"), index([document("INV-1", "1000.01")]))
    assert not automatic(outcome)


def test_a_payer_with_nothing_open_gets_no_suggestion() -> None:
    outcome = ask(seen("1000.01", name=BRISTOL.name), index([document("INV-1", "1000.01", "C1")]))
    assert outcome.suggestions == ()
    assert outcome.payer.customer_id == "C2"


def test_documents_of_the_future_are_not_paid() -> None:
    ledger = index([document("INV-100042", "1000.01", due=date(2026, 6, 30))])
    assert not ask(seen("1000.01", name=NAME), ledger).suggestions


def test_a_confirmed_alias_means_its_customer_and_a_rejected_one_does_not() -> None:
    learned = Alias(AliasKind.PAYER_NAME, "ALMA TRADING STYLE", CustomerId("C1"), confirmed=2)
    rejected = Alias(AliasKind.PAYER_NAME, "ALMA TRADING STYLE", CustomerId("C2"), confirmed=0, rejected=1)
    ledger = index([document("INV-1", "1000.01", "C1"), document("INV-2", "1000.01", "C2")], aliases=[learned, rejected])
    outcome = ask(seen("1000.01", name="Alma Trading Style"), ledger)
    assert outcome.payer.customer_id == "C1"
    assert applied(outcome) == {"INV-1": "1000.01"}


@pytest.mark.parametrize(
    "name", ["ALMA STEEL FABRI", "alma steel fabrication", "ALMA STEEL FABRICATION LLC AKRON OH", "ALMA STEELS FABRICATION LLC"]
)
def test_cut_changed_and_misspelt_names_still_find_the_payer(name: str) -> None:
    outcome = ask(seen("412.55", text="INV-1042", name=name), index([document("INV-1042", "412.55")]))
    assert outcome.suggestions[0].customer_id == "C1"
    assert outcome.suggestions[0].evidence[0].compared is Compared.PAYER_NAME


def test_an_account_of_several_unrelated_customers_is_no_proof() -> None:
    firms = tuple(customer(f"C{k}", name, accounts=("AGENT-1",)) for k, name in enumerate(("Alma", "Bristol", "Cordoba"), 1))
    ledger = index([document("INV-1", "1000.01", "C1"), document("INV-2", "500.03", "C2")], firms)
    outcome = ask(seen("77.00", account="AGENT-1"), ledger)
    assert outcome.payer.customer_id is None


def test_hitting_a_limit_is_said_and_not_hidden() -> None:
    many = [document(f"INV-{k:06d}", f"{1000 + 37 * k}.{k % 97:02d}") for k in range(260)]
    outcome = ask(seen("8123.11", name=NAME), index(many))
    limits = [finding.seen for finding in outcome.findings if finding.kind is FindingKind.LIMIT_REACHED]
    assert limits == ["documents"] or not outcome.suggestions
    assert not automatic(outcome)
