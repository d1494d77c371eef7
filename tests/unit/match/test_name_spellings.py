"""Names with other words around them, in another order, or somewhere in a bank's text."""

import pytest

from core.domain.evidence import Compared
from core.match import bank_text, name_spellings, payer
from tests.unit.match.worlds import BRISTOL, applied, ask, automatic, customer, document, index, seen

WEAVER = customer("C7", "Müller & Söhne Weberei GmbH & Co. KG")
LEDGER = index(
    [document("INV-0012345", "500.10", "C7"), document("INV-0012346", "610.20", "C7")],
    (WEAVER, BRISTOL, customer("C8", "Paolo Costa Energia Lda"), customer("C9", "Costa AG")),
)


@pytest.mark.parametrize(
    "name",
    [
        "Firma Müller & Söhne Weberei GmbH & Co. KG",
        "Fa. MUELLER UND SOEHNE WEBEREI",
        "STE Müller & Söhne Weberei GmbH",
        "Müller & Söhne Weberei GmbH T/A Brightway",
        "Brightway (Müller & Söhne Weberei GmbH & Co. KG)",
        "Treasury Nord on behalf of Müller & Söhne Weberei GmbH",
        "Müller & Söhne Weberei GmbH - Buchhaltung",
        "GmbH Müller & Söhne Weberei",
        "Müller & Söhne Weberei Gesellschaft mbH",
        "Weberei Müller & Söhne GmbH",
    ],
)
def test_a_name_is_known_in_other_clothes(name: str) -> None:
    assert list(payer.find(name, "", LEDGER).shares) == ["C7"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BG-INSÄTTNING Müller & Söhne Weberei GmbH & Co. KG Faktura 12345", "MULLER AND SOHNE WEBEREI GMBH"),
        ("Overførsel Bristol Foods Ltd - faktura 12345", "BRISTOL FOODS LTD"),
        ("VIR INST DE COSTA AG FACT 12345", "COSTA AG"),
        ("PAYMENT COSTA 12345", ""),
        ("PAOLO COSTA ENERGIA FOR BRISTOL FOODS 12345", ""),
        ("PAYMENT OF INVOICE 12345", ""),
    ],
)
def test_the_only_name_of_a_customer_in_a_text_is_its_payer(text: str, name: str) -> None:
    assert name_spellings.in_text(text, LEDGER) == name


def test_a_payer_found_in_the_text_is_a_payer_and_is_not_looked_for_where_the_bank_names_one() -> None:
    text = "Overførsel Müller & Söhne Weberei GmbH & Co. KG - 12345"
    found = ask(seen("500.10", text=text), LEDGER)
    assert applied(found) == {"INV-0012345": "500.10"}
    assert found.payer.customer_id == "C7"
    assert automatic(found)
    assert ask(seen("500.10", text=text, name="Somebody Else Inc"), LEDGER).suggestions[0].customer_id == "C7"


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("PRZELEW PRZYCHODZĄCY Nadawca: Żak Energia S.A. Tytułem: FV 12345", "ZAK ENERGIA S.A.", ("FV 12345",)),
        ("TRF DE Costa Energia Lda DESCRITIVO: FATURA 12345", "COSTA ENERGIA LDA", ("FATURA 12345",)),
        ("<Dbtr><Nm>Acme AG</Nm></Dbtr><RmtInf><Ustrd>RG 12345</Ustrd></RmtInf>", "ACME AG", ("RG 12345",)),
        ("RmtInf/Ustrd=RG 12345;Dbtr/Nm=Acme AG", "ACME AG", ("RG 12345",)),
        ("/ORDP/Acme AG/RFB/INV 12345/REMI/USTD//NOTPROVIDED/OCMT/EUR5,/", "ACME AG", ("NOTPROVIDED, INV 12345",)),
        ("/ORDP/Acme AG/REMI/USTD//INV 12345/RFB/754637818/", "ACME AG", ("INV 12345",)),
        ("WT FED#52742 PNC BANK /ORG=ACME AG SRF# 288755068 TRN#956615286259 RFB# INV 12345", "ACME AG", ("INV 12345",)),
    ],
)
def test_bank_lines_of_other_countries_are_taken_apart(text: str, name: str, words: tuple[str, ...]) -> None:
    read = bank_text.read("", text)
    assert (read.name, tuple(segment.strip() for segment in read.segments)) == (name, words)


def test_a_stranger_whom_the_bank_names_is_shown_by_name() -> None:
    outcome = ask(seen("500.10", text="/ORDP/Quillon Holding Ltd/REMI/INV-0012345"), LEDGER)
    names = [each.left for each in outcome.suggestions[0].evidence if each.compared is Compared.PAYER_NAME]
    assert names == ["QUILLON HOLDING LTD"]
