"""The vocabulary of remittance advices: titles of columns, labels in front of values, words of sums.

English, German, French, Spanish, Dutch, Italian, Portuguese, Polish, Danish, Norwegian, Swedish and Finnish. Everything
stands in its folded form (lower case, no accents, no punctuation), because that is how it is looked up.
"""

from enum import StrEnum
from typing import Final


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
COLUMNS: Final = {
    Role.REFERENCE: """
        invoice, invoice no, invoice number, invoice nr, invoice num, invoice id, invoice ref, invoice reference,
        invoice document, inv, inv no, inv num, inv number, inv nr, invoices, your invoice, your invoice no, your
        invoice number, supplier invoice, supplier invoice no, supplier invoice number, vendor invoice, vendor invoice
        no, vendor invoice number, bill, bill no, bill number, invoice credit no, invoice credit memo, invoice credit
        memo no, invoice credit memo number, invoice credit note, invoice memo, rechnung, rechnungsnr,
        rechnungsnummer, rechnung nr, rechnungs nr, re nr, rg nr, ihre rechnung, ihre rechnungsnummer, rechnungs
        nummer, facture, no facture, n facture, n de facture, no de facture, numero facture, numero de facture, votre
        facture, num facture, ref facture, factura, n factura, no factura, no de factura, n de factura, num factura,
        numero factura, numero de factura, su factura, factura n, factuur, factuurnr, factuurnummer, factuur nr, uw
        factuur, uw factuurnummer, faktuurnummer, fattura, n fattura, nr fattura, numero fattura, num fattura, fattura
        n, vs fattura, fattura nr, fattura numero, supplier inv, supplier inv no, vendor inv, vendor inv no, sales
        invoice, sales invoice no, tax invoice, tax invoice no, rech nr, rechn nr, rechnungen, externe rechnungsnr,
        lieferantenrechnung, lieferantenrechnungsnr, fact, n fact, no fact, factures, n facture fournisseur, fra, n
        fra, no fra, num fra, numero fra, su fra, facturas, fact nr, facturen, fatt, n fatt, nr fatt, num fatt, ft, n
        ft, fatture, faktura, faktura nr, fakturanr, fakturanummer, fakturor, fakturaer, fakt nr, ert fakturanr, deres
        fakturanr, jeres fakturanr, lasku, laskun numero, laskunumero, laskun nro, lasku nro, nr faktury, numer
        faktury, faktury, fv, nr fv, faktura vat, fatura, n fatura, no fatura, num fatura, numero fatura, numero da
        fatura, n da fatura, no da fatura, faturas, fatura n, nota fiscal, n nota fiscal
    """,
    Role.OTHER_REFERENCE: """
        your document, your document no, your doc no, your reference, your ref, supplier reference, supplier ref,
        vendor reference, external document, external document no, ihr beleg, ihre belegnr, ihre belegnummer, ihre
        referenz, ihr zeichen, votre reference, votre ref, su referencia, uw referentie, uw kenmerk, vostro
        riferimento, vs riferimento, vs rif, externe belegnr, externe belegnummer, ext belegnr, fremdbelegnr, supplier
        document, supplier doc no, #reference, reference no, reference number, ref, ref no, ref number, referenz,
        referenznr, referenznummer, referencia, referentie, kenmerk, riferimento, rif, referens, viite, viitenumero,
        #document, document no, document number, doc no, doc number, doc nr, doc, document nr, document ref, document
        reference, item, item no, belegnr, beleg nr, belegnummer, beleg, no document, n document, numero de document,
        numero document, piece, no piece, n piece, no de piece, documento, n documento, num documento, no documento,
        numero documento, nr documento, boekstuk, boekstuknummer, num doc, n doc, no doc, doc num, documentnr,
        documentnummer, numero do documento, n do documento, nr dokumentu, numer dokumentu, dokument, dokumentnr,
        dokumentnummer, bilag, bilagsnr, bilagsnummer
    """,
    Role.DATE: """
        date, invoice date, inv date, bill date, document date, doc date, dated, due date, datum, rechnungsdatum,
        belegdatum, rechnungs datum, falligkeit, date facture, date de facture, date de la facture, date piece, fecha,
        fecha factura, fecha de factura, fecha documento, factuurdatum, documentdatum, vervaldatum, data, data
        fattura, data documento, scadenza, echeance, vencimiento, issue date, dato, fakturadato, fakturadatum,
        bilagsdato, forfaldsdato, forfallsdato, forfallodatum, paivamaara, pvm, laskun pvm, laskun paivamaara,
        erapaiva, data wystawienia, data faktury, data dokumentu, termin platnosci, data fatura, data da fatura, data
        emissao, data de emissao, data do documento, data vencimento, fecha fra, fecha doc, data fatt, data doc, rg
        datum, re datum
    """,
    Role.GROSS: """
        gross, gross amount, gross amt, invoice amount, invoice amt, inv amount, inv amt, original amount, original
        amt, orig amount, invoice total, bill amount, amount gross, document amount, doc amount, invoice value, total
        invoice, amount invoiced, brutto, bruttobetrag, rechnungsbetrag, betrag brutto, montant brut, brut, montant
        facture, montant de la facture, montant initial, importe bruto, bruto, importe factura, importe de la factura,
        bruto bedrag, brutobedrag, factuurbedrag, oorspronkelijk bedrag, importo lordo, lordo, importo fattura,
        importe original, inv total, inv value, invoiced amount, gross value, rechnungssumme, ursprungsbetrag,
        originalbetrag, rg betrag, montant ttc, montant piece, montant d origine, importe fra, importe documento,
        total factura, totale fattura, totale documento, fakturabelob, fakturabelopp, fakturabelop, bruttobelob,
        bruttobelopp, bruttobelop, oprindeligt belob, ursprungligt belopp, laskun summa, kwota faktury, kwota brutto,
        wartosc brutto, wartosc faktury, valor bruto, valor fatura, valor da fatura, valor original, valor do
        documento
    """,
    Role.DISCOUNT: """
        discount, discount amount, discount amt, discounts, disc, disc amt, discount taken, disc taken, cash discount,
        discount applied, early payment discount, skonto, skontobetrag, skonto abzug, rabatt, escompte, remise,
        montant escompte, descuento, dto, descuentos, importe descuento, korting, betalingskorting, kortingsbedrag,
        sconto, importo sconto, cash disc, settlement discount, prompt payment discount, less discount, abzug skonto,
        skonti, dto pp, dto p p, descuento pronto pago, rabat, kasserabat, kasserabatt, kassarabatt, kontantrabat,
        kontantrabatt, alennus, kassa alennus, upust, desconto, descontos, desconto financeiro, desconto pronto
        pagamento
    """,
    Role.PAID: """
        paid, net paid, amount paid, amt paid, paid amount, net payment, payment amount, payment amt, payment, amount
        applied, applied, applied amount, remitted, amount remitted, remittance amount, paid amt, total paid, payment
        applied, pymt amount, pmt amount, zahlbetrag, zahlungsbetrag, bezahlt, gezahlt, uberweisungsbetrag, zahlung,
        gezahlter betrag, auszahlungsbetrag, montant paye, net paye, net a payer, montant regle, regle, paye, montant
        du reglement, reglement, montant vire, importe pagado, pagado, importe pago, pago, importe del pago, liquido,
        betaald, betaald bedrag, te betalen, pagato, importo pagato, netto pagato, importo pagamento, net remitted,
        uberwiesen, uberwiesener betrag, auszahlung, bezahlter betrag, montant verse, net regle, importe liquido,
        importe abonado, importe transferido, netto betaald, betaalbedrag, uitbetaald, importo bonifico, importo
        bonificato, liquidato, betalt, betalt belob, betalt belopp, betalt belop, betalat, betalat belopp, udbetalt,
        utbetalt, utbetalat, maksettu, maksettu summa, zaplacono, kwota zaplaty, kwota zaplacona, zaplacona kwota,
        kwota platnosci, kwota przelewu, zaplata, platnosc, do zaplaty, valor pago, valor liquidado, liquidado, valor
        do pagamento, montante pago, #net amount, net amt, net, netto, nettobetrag, montant net, neto, importe neto,
        netto bedrag, importo netto, nettobelob, nettobelopp, nettobelop, valor liquido
    """,
    Role.AMOUNT: """
        amount, amt, total, value, sum, betrag, summe, wert, gesamtbetrag, montant, total ttc, ttc, importe, monto,
        valor, bedrag, totaal, importo, totale, line amount, total amount, amount total, belob, belopp, belop, summa,
        kwota, wartosc, montante
    """,
    Role.OPEN: """
        balance, open amount, open balance, open, amount due, balance due, due, outstanding, outstanding amount,
        amount outstanding, remaining, remaining balance, offener betrag, offen, saldo, restbetrag, solde, restant du,
        reste a payer, pendiente, importe pendiente, openstaand, openstaand bedrag, residuo, saldo aperto, days
        overdue, days past due, overdue, past due, new balance, amount remaining, restbelob, restbelopp, utestaende,
        utestaaende, forfalden, pozostalo, pozostalo do zaplaty, em aberto, valor em aberto
    """,
    Role.REASON: """
        comment, comments, reason, reason code, remark, remarks, note, notes, memo, adjustment reason, deduction
        reason, bemerkung, bemerkungen, grund, hinweis, kommentar, commentaire, commentaires, motif, remarque,
        observations, comentario, comentarios, motivo, observaciones, opmerking, opmerkingen, reden, toelichting,
        commento, note commenti, causale, osservazioni, bemaerkning, bemaerkninger, anmarkning, anmarkningar, merknad,
        orsak, arsag, huomautus, uwagi, powod, komentarz, observacao, observacoes
    """,
    Role.CURRENCY: """
        currency, curr, cur, ccy, currency code, crcy, invoice currency, payment currency, wahrung, wrg, waehrung,
        devise, monnaie, moneda, divisa, munt, valuta
    """,
    Role.OTHER: """
        description, desc, details, detail, text, type, document type, doc type, po, po no, po number, p o, p o
        number, purchase order, your order, order, order no, order number, site, store, location, quantity, qty,
        voucher, voucher no, voucher number, voucher id, line, no, nr, pos, beschreibung, bezeichnung, buchungstext,
        bestellung, bestellnummer, designation, libelle, commande, descripcion, concepto, pedido, omschrijving,
        inkooporder, descrizione, ordine, tax, vat, withholding, withholding tax, wht, deduction, deductions,
        adjustment, adjustments, other deductions, credit, credits, company code, company, status, terms, account,
        tekst, opis, descricao, unser beleg, unsere belegnr, interne belegnr, belegart, our doc, our doc no, our
        document, our document no, our voucher, our order, our order no, our po, your po, customer po, notre piece,
        linje, rivi, lp, ordre, ordrenr, ordernr, order nr, bestallning, zamowienie, nr zamowienia, encomenda, abzug,
        abzuge, kurzung, kurzungen, einbehalt, retenue, trattenuta, ritenuta, detrazione, retencion, deduccion,
        inhouding, aftrek, avdrag, fradrag, potracenie, potracenia, retencao, deducao, vahennys, adj, adjustment
        amount, deduction amount, moms, btw, iva, tva, mwst, ust, alv
    """,
    Role.PAYMENT_REFERENCE: """
        payment reference, payment ref, payment no, payment number, payment id, payment document, payment document no,
        payment doc, check no, check number, check, cheque no, cheque number, cheque, chk no, chk number, ach number,
        ach trace, trace number, wire reference, eft number, eft no, remittance number, remittance no, remittance id,
        advice number, advice no, transaction id, transaction reference, transfer reference, payment advice number,
        payment advice no, our reference, our ref, ach reference, eft reference, payment run, zahlungsreferenz,
        zahlungsnr, zahlungsnummer, zahlungsbeleg, avisnummer, avis nr, unsere referenz, unser zeichen, schecknummer,
        zahlungslauf, reference de paiement, reference du paiement, reference paiement, n de paiement, numero de
        paiement, no paiement, reference du reglement, reference reglement, reference virement, reference du virement,
        notre reference, n cheque, numero de cheque, referencia de pago, referencia del pago, referencia pago, numero
        de pago, n de pago, n pago, nuestra referencia, referencia de transferencia, betalingsreferentie,
        betalingskenmerk, betaalreferentie, betaalkenmerk, ons kenmerk, onze referentie, betalingsnummer, riferimento
        pagamento, riferimento del pagamento, rif pagamento, numero pagamento, n pagamento, nostro riferimento, cro,
        trn, payment nr, zahlungs nr, ref pago, ref paiement, betalingsreference, betalingsreferanse,
        betalningsreferens, betalingsnr, betalningsnr, vores reference, var referens, var referanse, maksun viite,
        maksuviite, nr platnosci, numer platnosci, nr przelewu, numer przelewu, referencia de pagamento, referencia do
        pagamento, referencia pagamento, ref pagamento, numero do pagamento, nossa referencia
    """,
    Role.PAID_ON: """
        payment date, date of payment, paid on, pay date, paid date, check date, cheque date, value date, settlement
        date, effective date, transfer date, date paid, remittance date, payment value date, zahlungsdatum, zahldatum,
        valuta datum, wertstellung, zahltag, uberweisungsdatum, bezahlt am, zahlung am, valutadatum, date de paiement,
        date du paiement, date paiement, date de reglement, date du reglement, date reglement, date de virement, date
        du virement, date de valeur, fecha de pago, fecha del pago, fecha pago, fecha valor, fecha de transferencia,
        fecha de valor, betaaldatum, betalingsdatum, datum betaling, data pagamento, data di pagamento, data del
        pagamento, data valuta, data bonifico, zahlungs datum, betalingsdato, betalningsdatum, utbetalningsdatum,
        betalingsdag, maksupaiva, data platnosci, data przelewu, data zaplaty, data de pagamento, data do pagamento,
        data valor, data da transferencia
    """,
    Role.TOTAL: """
        payment amount, payment total, total payment, total payment amount, amount of payment, total amount, total
        amount paid, total paid, total remitted, total remittance, amount paid, check amount, cheque amount, check
        total, cheque total, grand total, total, net total, payment, total net, remittance total, remittance amount,
        total amount remitted, transfer amount, amount transferred, wire amount, ach amount, eft amount, amount
        remitted, total payment made, amount, total usd, net payment, net payment amount, paid amount, total net paid,
        total due to you, total applied, zahlbetrag, zahlungsbetrag, gesamtbetrag, gesamt, gesamtsumme, summe,
        uberweisungsbetrag, zahlungssumme, gesamtzahlung, endbetrag, betrag, total netto, summe zahlung, montant du
        paiement, montant paye, montant total, montant du reglement, montant regle, montant du virement, total
        general, total paye, net a payer, total du paiement, montant, total reglement, somme, importe del pago,
        importe total, importe pagado, total pagado, total pago, importe de la transferencia, monto total, monto
        pagado, importe, suma, suma total, monto del pago, totaalbedrag, totaal, totaal betaald, betaald bedrag,
        betalingsbedrag, bedrag, eindtotaal, totaal bedrag, importo totale, importo pagato, totale, totale pagato,
        importo del pagamento, importo bonifico, totale generale, totale pagamento, importo, somma, i alt, ialt,
        totalt, totalt betalt, betalt i alt, totalbelob, totalbelopp, totalbelop, samlet belob, summa, totalsumma,
        belob, belopp, belop, yhteensa, razem, kwota razem, ogolem, lacznie, laczna kwota, kwota, kwota przelewu,
        kwota platnosci, valor total, valor pago, valor do pagamento, valor da transferencia, montante, montante
        total, total geral, total regle, zahlbetrag gesamt, importe transferencia
    """,
    Role.PAYER: """
        payer, payor, payer name, payor name, from, paid by, payment from, customer, customer name, remitter, remitter
        name, originator, originator name, sender name, company name, zahler, auftraggeber, absender,
        zahlungspflichtiger, kunde, payeur, donneur d ordre, emetteur, client, pagador, ordenante, cliente, betaler,
        opdrachtgever, klant, pagatore, ordinante, debitore, company, ordering party, ordering customer, betalare,
        maksaja, platnik, zleceniodawca, nadawca, avsandare, afsender, avsender
    """,
}

TOTALS: Final = """
    amount paid, betalt i alt, check total, cheque total, eindtotaal, endbetrag, endsumme, gesamt, gesamtbetrag,
    gesamtsumme, grand total, i alt, ialt, importe total, importo totale, kwota razem, laczna kwota, lacznie, montant
    total, montante total, net a payer, net total, ogolem, payment amount, payment total, razem, remittance total,
    samlet belob, somma, somme, sum, sum total, suma, suma total, summa, summe, totaal, totaal betaald, totaalbedrag,
    total, total a payer, total amount, total eur, total factures, total gbp, total general, total geral, total net,
    total pagado, total paid, total paid amount, total paye, total payment, total regle, total remittance, total
    remitted, total usd, totalbelob, totalbelop, totalbelopp, totale, totale generale, totale pagato, totals,
    totalsumma, totalsumme, totalt, totalt betalt, valor total, yhteensa, zahlbetrag, zahlbetrag gesamt
"""
"""Words of a row that is the sum of its table."""

SUBTOTALS: Final = """
    a reporter, a transportar, balance forward, brought forward, carried forward, carry forward, da riportare, delsum,
    do przeniesienia, mellansumma, mellomsum, page total, report, riporto, seitensumme, sous total, sub total, sub
    totals, subtotaal, subtotal, subtotale, suma anterior, suma y sigue, totale parziale, transport, tussentotaal,
    ubertrag, valisumma, z przeniesienia, zwischensumme
"""
"""Words of a row that is a sum in between."""

TITLES: Final = """
    remittance, payment advice, advice of payment, payment notification, payment notice, payment detail, payment
    confirmation, zahlungsavis, zahlungsaviso, zahlungsmitteilung, uberweisungsavis, avis de paiement, avis de
    virement, avis de reglement, detail de paiement, bordereau de paiement, aviso de pago, aviso de transferencia,
    detalle de pago, comprobante de pago, betalingsadvies, betaaladvies, betalingsspecificatie, avviso di pagamento,
    distinta di pagamento, avviso di bonifico, betaalspecificatie, betalingsavis, betalningsavi, betalingsmeddelelse,
    utbetalningsavi, utbetalningsspecifikation, remittanceavi, maksuilmoitus, awizo platnosci, awizo przelewu,
    zawiadomienie o platnosci, potwierdzenie przelewu, aviso de pagamento, nota de pagamento, comprovativo de
    pagamento
"""
"""Words that say: this is an advice of payment."""


def listed(words: str) -> tuple[str, ...]:
    """The entries of a list above."""
    return tuple(" ".join(word.split()) for word in words.split(","))
