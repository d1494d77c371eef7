"""What header words, labels and titles mean, in English, German, French, Spanish, Dutch and Italian.

A label is compared after folding: lower case, no accents, no punctuation. Longer wordings stand for themselves; there is no
fuzzy matching here, because a column taken for another one is money on the wrong invoice.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

from core.domain.money import known_currencies


class Role(StrEnum):
    """What a column holds, or what a label in front of a value says."""

    REFERENCE = "reference"
    OTHER_REFERENCE = "other_reference"
    DATE = "date"
    GROSS = "gross"
    DISCOUNT = "discount"
    PAID = "paid"
    AMOUNT = "amount"
    OPEN = "open"
    REASON = "reason"
    CURRENCY = "currency"
    OTHER = "other"
    PAYMENT_REFERENCE = "payment_reference"
    PAID_ON = "paid_on"
    TOTAL = "total"
    PAYER = "payer"


# Within a role, "#" begins wordings that give way to those before them: "Reference" to "Your document", "Net" to "Paid".
_COLUMNS: Final[dict[Role, str]] = {
    Role.REFERENCE: (
        "invoice|invoice no|invoice number|invoice nr|invoice num|invoice id|invoice ref|invoice reference|invoice document|inv|inv no|"
        "inv num|inv number|inv nr|invoices|your invoice|your invoice no|your invoice number|supplier invoice|supplier invoice no|"
        "supplier invoice number|vendor invoice|vendor invoice no|vendor invoice number|bill|bill no|bill number|invoice credit no|"
        "invoice credit memo|invoice credit memo no|invoice credit memo number|invoice credit note|invoice memo|"
        "rechnung|rechnungsnr|rechnungsnummer|rechnung nr|rechnungs nr|re nr|rg nr|ihre rechnung|ihre rechnungsnummer|rechnungs nummer|"
        "facture|no facture|n facture|n de facture|no de facture|numero facture|numero de facture|votre facture|num facture|ref facture|"
        "factura|n factura|no factura|no de factura|n de factura|num factura|numero factura|numero de factura|su factura|factura n|"
        "factuur|factuurnr|factuurnummer|factuur nr|uw factuur|uw factuurnummer|faktuurnummer|"
        "fattura|n fattura|nr fattura|numero fattura|num fattura|fattura n|vs fattura|fattura nr|fattura numero"
    ),
    Role.OTHER_REFERENCE: (
        "your document|your document no|your doc no|your reference|your ref|supplier reference|supplier ref|vendor reference|external document|"
        "external document no|ihr beleg|ihre belegnr|ihre belegnummer|ihre referenz|ihr zeichen|votre reference|votre ref|su referencia|"
        "uw referentie|uw kenmerk|vostro riferimento|vs riferimento|vs rif|"
        "#reference|reference no|reference number|ref|ref no|ref number|referenz|referenznr|referenznummer|referencia|referentie|kenmerk|riferimento|rif|"
        "#document|document no|document number|doc no|doc number|doc nr|doc|document nr|document ref|document reference|item|item no|"
        "belegnr|beleg nr|belegnummer|beleg|"
        "no document|n document|numero de document|numero document|piece|no piece|n piece|no de piece|documento|n documento|num documento|no documento|"
        "numero documento|nr documento|boekstuk|boekstuknummer"
    ),
    Role.DATE: (
        "date|invoice date|inv date|bill date|document date|doc date|dated|due date|datum|rechnungsdatum|belegdatum|rechnungs datum|falligkeit|"
        "date facture|date de facture|date de la facture|date piece|fecha|fecha factura|fecha de factura|fecha documento|factuurdatum|"
        "documentdatum|vervaldatum|data|data fattura|data documento|scadenza|echeance|vencimiento|issue date"
    ),
    Role.GROSS: (
        "gross|gross amount|gross amt|invoice amount|invoice amt|inv amount|inv amt|original amount|original amt|orig amount|invoice total|"
        "bill amount|amount gross|document amount|doc amount|invoice value|total invoice|amount invoiced|brutto|bruttobetrag|rechnungsbetrag|"
        "betrag brutto|montant brut|brut|montant facture|montant de la facture|montant initial|importe bruto|bruto|importe factura|"
        "importe de la factura|bruto bedrag|brutobedrag|factuurbedrag|oorspronkelijk bedrag|importo lordo|lordo|importo fattura|importe original"
    ),
    Role.DISCOUNT: (
        "discount|discount amount|discount amt|discounts|disc|disc amt|discount taken|disc taken|cash discount|discount applied|early payment discount|"
        "skonto|skontobetrag|skonto abzug|rabatt|escompte|remise|montant escompte|descuento|dto|descuentos|importe descuento|korting|betalingskorting|"
        "kortingsbedrag|sconto|importo sconto"
    ),
    Role.PAID: (
        "paid|net paid|amount paid|amt paid|paid amount|net payment|payment amount|payment amt|payment|amount applied|"
        "applied|applied amount|remitted|amount remitted|remittance amount|paid amt|total paid|payment applied|pymt amount|pmt amount|"
        "zahlbetrag|zahlungsbetrag|bezahlt|gezahlt|uberweisungsbetrag|zahlung|gezahlter betrag|auszahlungsbetrag|"
        "montant paye|net paye|net a payer|montant regle|regle|paye|montant du reglement|reglement|montant vire|"
        "importe pagado|pagado|importe pago|pago|importe del pago|liquido|betaald|betaald bedrag|"
        "te betalen|pagato|importo pagato|netto pagato|importo pagamento|"
        "#net amount|net amt|net|netto|nettobetrag|montant net|neto|importe neto|netto bedrag|importo netto"
    ),
    Role.AMOUNT: (
        "amount|amt|total|value|sum|betrag|summe|wert|gesamtbetrag|montant|total ttc|ttc|importe|monto|valor|bedrag|totaal|importo|totale|"
        "line amount|total amount|amount total"
    ),
    Role.OPEN: (
        "balance|open amount|open balance|open|amount due|balance due|due|outstanding|outstanding amount|amount outstanding|remaining|remaining balance|"
        "offener betrag|offen|saldo|restbetrag|solde|restant du|reste a payer|pendiente|importe pendiente|openstaand|openstaand bedrag|"
        "residuo|saldo aperto|days overdue|days past due|overdue|past due|new balance|amount remaining"
    ),
    Role.REASON: (
        "comment|comments|reason|reason code|remark|remarks|note|notes|memo|adjustment reason|deduction reason|bemerkung|bemerkungen|grund|hinweis|kommentar|"
        "commentaire|commentaires|motif|remarque|observations|comentario|comentarios|motivo|observaciones|opmerking|opmerkingen|reden|toelichting|"
        "commento|note commenti|causale|osservazioni"
    ),
    Role.CURRENCY: (
        "currency|curr|cur|ccy|currency code|crcy|invoice currency|payment currency|wahrung|wrg|waehrung|devise|monnaie|moneda|divisa|munt|valuta"
    ),
    Role.OTHER: (
        "description|desc|details|detail|text|type|document type|doc type|po|po no|po number|p o|p o number|purchase order|your order|order|order no|"
        "order number|site|store|location|quantity|qty|voucher|voucher no|voucher number|voucher id|line|no|nr|pos|beschreibung|bezeichnung|buchungstext|bestellung|bestellnummer|"
        "designation|libelle|commande|descripcion|concepto|pedido|omschrijving|inkooporder|descrizione|ordine|tax|vat|withholding|"
        "withholding tax|wht|deduction|deductions|adjustment|adjustments|other deductions|credit|credits|company code|company|status|terms|account"
    ),
    Role.PAYMENT_REFERENCE: (
        "payment reference|payment ref|payment no|payment number|payment id|payment document|payment document no|payment doc|check no|check number|check|cheque no|cheque number|cheque|"
        "chk no|chk number|ach number|ach trace|trace number|wire reference|eft number|eft no|remittance number|remittance no|remittance id|advice number|advice no|transaction id|"
        "transaction reference|transfer reference|payment advice number|payment advice no|our reference|our ref|ach reference|eft reference|payment run|"
        "zahlungsreferenz|zahlungsnr|zahlungsnummer|zahlungsbeleg|avisnummer|avis nr|unsere referenz|unser zeichen|schecknummer|zahlungslauf|"
        "reference de paiement|reference du paiement|reference paiement|n de paiement|numero de paiement|no paiement|reference du reglement|reference reglement|reference virement|reference du virement|notre reference|"
        "n cheque|numero de cheque|referencia de pago|referencia del pago|referencia pago|numero de pago|n de pago|n pago|nuestra referencia|"
        "referencia de transferencia|betalingsreferentie|betalingskenmerk|betaalreferentie|betaalkenmerk|ons kenmerk|onze referentie|betalingsnummer|"
        "riferimento pagamento|riferimento del pagamento|rif pagamento|numero pagamento|n pagamento|nostro riferimento|cro|trn"
    ),
    Role.PAID_ON: (
        "payment date|date of payment|paid on|pay date|paid date|check date|cheque date|value date|settlement date|effective date|transfer date|"
        "date paid|remittance date|payment value date|zahlungsdatum|zahldatum|valuta datum|wertstellung|zahltag|uberweisungsdatum|bezahlt am|zahlung am|valutadatum|"
        "date de paiement|date du paiement|date paiement|date de reglement|date du reglement|date reglement|date de virement|date du virement|date de valeur|fecha de pago|fecha del pago|fecha pago|"
        "fecha valor|fecha de transferencia|fecha de valor|betaaldatum|betalingsdatum|datum betaling|valutadatum|data pagamento|data di pagamento|data del pagamento|"
        "data valuta|data bonifico"
    ),
    Role.TOTAL: (
        "payment amount|payment total|total payment|total payment amount|amount of payment|total amount|total amount paid|total paid|total remitted|total remittance|amount paid|check amount|cheque amount|"
        "check total|cheque total|grand total|total|net total|payment|total net|remittance total|remittance amount|total amount remitted|transfer amount|amount transferred|wire amount|ach amount|eft amount|"
        "amount remitted|total payment made|amount|total usd|net payment|net payment amount|paid amount|total net paid|total due to you|total applied|"
        "zahlbetrag|zahlungsbetrag|gesamtbetrag|gesamt|gesamtsumme|summe|uberweisungsbetrag|zahlungssumme|gesamtzahlung|endbetrag|betrag|total netto|summe zahlung|"
        "montant du paiement|montant paye|montant total|montant du reglement|montant regle|montant du virement|total general|total paye|net a payer|total du paiement|montant|total reglement|somme|"
        "importe del pago|importe total|importe pagado|total pagado|total pago|importe de la transferencia|monto total|monto pagado|total general|importe|suma|suma total|monto del pago|"
        "totaalbedrag|totaal|totaal betaald|betaald bedrag|betalingsbedrag|bedrag|eindtotaal|totaal bedrag|"
        "importo totale|importo pagato|totale|totale pagato|importo del pagamento|importo bonifico|totale generale|totale pagamento|importo|somma"
    ),
    Role.PAYER: (
        "payer|payor|payer name|payor name|from|paid by|payment from|customer|customer name|remitter|remitter name|originator|originator name|sender name|company name|"
        "zahler|auftraggeber|absender|zahlungspflichtiger|kunde|payeur|donneur d ordre|emetteur|client|pagador|ordenante|cliente|betaler|opdrachtgever|klant|"
        "pagatore|ordinante|debitore|company|ordering party|ordering customer"
    ),
}  # fmt: skip

_TOTAL_STARTS: Final = (
    "total|totals|grand total|sum|sum total|net total|payment total|total payment|total paid|total amount|total remittance|total net|check total|cheque total|"
    "remittance total|total remitted|totale|totaal|totalsumme|summe|gesamt|gesamtbetrag|gesamtsumme|endsumme|endbetrag|zahlbetrag|total general|"
    "montant total|total paye|total a payer|net a payer|somme|importe total|suma|suma total|total pagado|total general|total factures|"
    "totaalbedrag|eindtotaal|totale generale|totale pagato|importo totale|somma|total usd|total eur|total gbp|amount paid|payment amount"
)  # fmt: skip
_SUBTOTAL_STARTS: Final = (
    "subtotal|sub total|sub totals|page total|carried forward|brought forward|balance forward|carry forward|zwischensumme|ubertrag|seitensumme|sous total|report|a reporter|subtotale|"
    "subtotaal|suma y sigue|suma anterior|riporto|da riportare|totale parziale|tussentotaal|transport"
)  # fmt: skip

_CURRENCY_TAIL: Final = re.compile(rf"\s+(?:in\s+)?(?:{'|'.join(code.lower() for code in known_currencies())})$")
_MAX_LABEL: Final = 48
_LONGEST_TITLE: Final = 4


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Lower case, no accents, one blank between words, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def _table(rows: dict[Role, str], roles: tuple[Role, ...]) -> dict[str, tuple[Role, int]]:
    result: dict[str, tuple[Role, int]] = {}
    for role in roles:
        rank = 1 if role is Role.OTHER_REFERENCE else 0
        for part in rows[role].split("|"):
            rank += part.startswith("#")
            result.setdefault(part.removeprefix("#"), (role, rank))
    return result


_COLUMN_ROLES: Final = _table(
    _COLUMNS,
    (
        Role.REFERENCE, Role.OTHER_REFERENCE, Role.PAYMENT_REFERENCE, Role.PAID_ON, Role.DATE, Role.GROSS, Role.DISCOUNT,
        Role.PAID, Role.AMOUNT, Role.OPEN, Role.REASON, Role.CURRENCY, Role.OTHER, Role.PAYER,
    ),
)  # fmt: skip
_LABEL_ROLES: Final = _table(_COLUMNS, (Role.PAYMENT_REFERENCE, Role.PAID_ON, Role.TOTAL, Role.CURRENCY, Role.PAYER))
_TOTALS: Final = frozenset(_TOTAL_STARTS.split("|"))
_SUBTOTALS: Final = frozenset(_SUBTOTAL_STARTS.split("|"))


def column_role(title: str) -> tuple[Role, int] | None:
    """What a header cell says its column holds, and its rank among columns of one role (0 first); None for no header word."""
    plain = _without_currency(title)
    return _COLUMN_ROLES.get(plain) if plain else None


def segmented(words: Sequence[str]) -> list[tuple[int, int]]:
    """Header words one blank apart, cut into known titles (as start and end); the cut with a reference and an amount wins.

    "Invoice Date Amount" is three columns, although "Invoice Date" is a title too. Empty where no cut uses every word.
    """
    cuts: dict[int, dict[frozenset[Role], list[tuple[int, int]]]] = {0: {frozenset(): []}}
    for start in range(len(words)):
        for size in range(1, min(_LONGEST_TITLE, len(words) - start) + 1):
            said = column_role(" ".join(words[start : start + size]))
            for roles, parts in list(cuts.get(start, {}).items()) if said else []:
                there = cuts.setdefault(start + size, {})
                key = roles | {said[0]} if said else roles
                longer = [*parts, (start, start + size)]
                if key not in there or len(longer) < len(there[key]):
                    there[key] = longer
    whole = cuts.get(len(words), {})
    ranked = sorted(whole.items(), key=lambda found: (not _makes_header(found[0]), len(found[1]), found[1]))
    return ranked[0][1] if ranked else []


def _makes_header(roles: frozenset[Role]) -> bool:
    return bool(roles & {Role.REFERENCE, Role.OTHER_REFERENCE}) and bool(roles & {Role.PAID, Role.GROSS, Role.AMOUNT})


def label_role(label: str) -> Role | None:
    """What a label in front of a value says; None when it says nothing about a payment."""
    plain = _without_currency(label)
    found = _LABEL_ROLES.get(plain) if plain else None
    return found[0] if found else None


def is_total(text: str) -> bool:
    """Whether the words of a row mean the sum of the table."""
    return _without_currency(text) in _TOTALS


def is_subtotal(text: str) -> bool:
    """Whether the words of a row mean a sum in between, which counts nothing twice."""
    plain = _without_currency(text)
    return plain in _SUBTOTALS or any(plain.startswith(f"{start} ") for start in ("subtotal", "sub total", "page total"))


def currency_in_title(title: str) -> str:
    """The currency that a header names: `Amount (EUR)`, `Betrag in CHF`."""
    found = _CURRENCY_TAIL.search(f" {folded(title)}") if len(title) <= _MAX_LABEL else None
    return found[0].split()[-1].upper() if found else ""


def _without_currency(title: str) -> str:
    if len(title) > _MAX_LABEL:
        return ""
    plain = folded(
        title.replace("#", " no ")
        .replace("№", " no ")
        .replace("€", " eur ")
        .replace("$", " ")
        .replace("£", " gbp ")
        .replace("º", " ")
        .replace("°", " ")
    )
    return _CURRENCY_TAIL.sub("", plain)
