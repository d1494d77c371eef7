"""Tables of advices in Danish, Swedish, Polish, Portuguese and Finnish, and with bars between their cells."""

import pytest

from tests.unit.read.test_advices_in_text import Lines, lines, one, read


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        (
            (
                "Betalingsavis\nBetalingsdato: 14. maj 2025\n\n"
                "Fakturanr   Dato         Fakturabeløb   Kasserabat   Betalt beløb   Bemærkning\n"
                "1042        01.03.2025       1.200,00        24,00       1.176,00\n"
                "1043        02.03.2025         300,50                      300,50\n"
                "I alt                                                    1.476,50 DKK\n"
            ),
            [("1042", "1200.00", "24.00", "1176.00"), ("1043", "300.50", None, "300.50")],
            "DKK",
        ),
        (
            (
                "Betalningsavi\nBetalningsdatum: 2025-03-14\n\nFakturanummer\tFakturadatum\tBelopp\tBetalt belopp\n"
                "1042\t2025-03-01\t1 200,00 SEK\t1 200,00 SEK\n1043\t2025-03-02\t300,50 SEK\t300,50 SEK\n"
                "Summa\t\t\t1 500,50 SEK\n"
            ),
            [("1042", "1200.00", None, "1200.00"), ("1043", "300.50", None, "300.50")],
            "SEK",
        ),
        (
            (
                "Awizo płatności\nData płatności: 14.03.2025\n\n"
                "Nr faktury     Data wystawienia   Kwota brutto   Potrącenie   Kwota zapłaty   Uwagi\n"
                "FV/10/2025     01.03.2025             1 200,00                     1 200,00\n"
                "FV/11/2025     02.03.2025               300,50       -50,50          250,00   brak towaru\n"
                "Razem                                                              1 450,00 PLN\n"
            ),
            [("FV/10/2025", "1200.00", None, "1200.00"), ("FV/11/2025", "300.50", None, "250.00")],
            "PLN",
        ),
        (
            (
                "Aviso de pagamento\nData de pagamento: 14/03/2025\n\n"
                "Nº Fatura | Data fatura | Valor bruto | Desconto | Valor pago\n"
                "1042 | 01/03/2025 | 1.200,00 | 24,00- | 1.176,00\n1043 | 02/03/2025 | (300,50) | | (300,50)\n"
                "Valor total | | | | 875,50 EUR\n"
            ),
            [("1042", "1200.00", "24.00", "1176.00"), ("1043", "-300.50", None, "-300.50")],
            "EUR",
        ),
        (
            (
                "Maksuilmoitus\nMaksupäivä: 14.3.2025\n\nLaskun numero   Laskun pvm   Maksettu summa\n"
                "1042            1.3.2025           1 200,00\n1043            2.3.2025             300,50\n"
                "Yhteensä                           1 500,50 EUR\n"
            ),
            [("1042", None, None, "1200.00"), ("1043", None, None, "300.50")],
            "EUR",
        ),
        (
            # A number of the payer's own stands first; bars part the cells, whatever the words of the header would do.
            (
                "Betaalspecificatie\n\nVoucher | Uw factuurnummer | Datum | Bruto | Korting | Netto | Opmerking\n"
                "5164189 | 42674 | 27/01/2025 | 2544,82 | 0,00 | 2544,82 | \n"
                "5144035 | 2542311 | 29/01/2025 | 159,56 |  | 159,56 | \n"
                "Totaal | | | | | EUR 2704,38 |\n"
            ),
            [("42674", "2544.82", "0.00", "2544.82"), ("2542311", "159.56", None, "159.56")],
            "EUR",
        ),
    ],
    ids=["danish", "swedish", "polish", "portuguese", "finnish", "bars"],
)
def test_tables_in_the_languages_of_payers(text: str, expected: Lines, code: str) -> None:
    advice = one(text)
    assert lines(advice) == expected
    assert (advice.currency, advice.complete, advice.why) == (code, True, "")


@pytest.mark.parametrize(
    "text",
    [
        "Rykker\nFaktura 1042 1.200,00 DKK\nFaktura 1043 300,50 DKK\n",
        "Wezwanie do zapłaty\nFaktura 1042 1 200,00 PLN\n",
        "Lembrete: a fatura 1042 de 1.200,00 EUR está em atraso.\n",
    ],
)
def test_what_asks_for_money_is_no_advice(text: str) -> None:
    assert read(text).remittances == ()
