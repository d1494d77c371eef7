"""Mails to advices: which part says what, and which parts say the same.

The body often states the payment and the attachment its lines; the plain and the HTML body are one thing said twice. An
advice found twice with the same lines is one advice.
"""

from dataclasses import dataclass, field

from core.domain.readings import ReadBankLine, Reading, ReadRemittance
from core.read import mime, quoting
from core.read.mime import Leaf, Mail
from core.read.notes import Notes
from core.read.parts import NOT_YET, PartReading, read_part
from core.read.remittance.advice import Advice, Head
from core.read.remittance.finish import finished
from core.read.remittance.found import Found
from core.read.remittance.from_html import found_in_html
from core.read.remittance.from_text import NOTHING, found_in_text
from core.read.sniff import Kind
from core.read.text import decoded

_LOGO_BYTES = 20_000
_SILENT = frozenset({Kind.EMPTY, Kind.IMAGE, Kind.CALENDAR})


@dataclass(slots=True)
class _Gathered:
    """What the parts of one mail yielded."""

    mail: Mail
    bodies: list[tuple[Leaf, Found]] = field(default_factory=list)
    files: list[tuple[Leaf, PartReading]] = field(default_factory=list)
    quoted: bool = False


def read_mail(name: str, data: bytes) -> Reading:
    """All that a raw mail says: advices, bank lines in attached bank files, and its parts."""
    mail = mime.take_apart(data)
    gathered = _Gathered(mail)
    for leaf in mail.leaves:
        if leaf.body:
            found, left_out = _body(leaf, mail.subjects.get(leaf.mail, mail.subject))
            gathered.bodies.append((leaf, found))
            gathered.quoted = gathered.quoted or left_out
        elif leaf.kind not in _SILENT:
            titles = (mail.subject, leaf.part.name)
            gathered.files.append(
                (leaf, read_part(leaf.part.name, leaf.data, leaf.kind, titles=titles, charset=leaf.charset, where=leaf.place))
            )
    notes = mail.notes
    remittances = _remittances(gathered, notes)
    lines = _bank_lines(gathered)
    invoices = tuple(invoice for _, part in gathered.files for invoice in part.supplier_invoices)
    if not remittances and not lines and not invoices:
        _say_why(gathered, notes)
    else:
        for leaf, part in gathered.files:
            if part.kind in NOT_YET:
                notes.problem(leaf.place, NOT_YET[part.kind])
    return Reading(
        source=name,
        format=Kind.MAIL.value,
        bank_lines=lines,
        remittances=tuple(remittances),
        problems=notes.all_problems(),
        unreadable=notes.all_unreadable(),
        parts=tuple(leaf.part for leaf in mail.leaves),
        sender=mail.sender,
        subject=mail.subject,
        supplier_invoices=invoices,
    )


def _body(leaf: Leaf, subject: str) -> tuple[Found, bool]:
    """What a body says: the sender's own words, else what they forward."""
    text = decoded(leaf.data, leaf.charset)
    titles = (subject,)
    if leaf.kind is Kind.HTML:
        passed_on = quoting.is_forward(subject)
        found = found_in_html(text, leaf.place, titles=titles, quotes=passed_on)
        return found, not passed_on and "<blockquote" in text.lower()
    said = quoting.said(text, subject)
    found = found_in_text(said.own, leaf.place, titles=titles)
    if not found.advices and said.forwarded:
        passed = found_in_text(said.forwarded, leaf.place, titles=titles)
        passed.notes.add(found.notes)
        return passed, False
    return found, said.left_out


def _remittances(gathered: _Gathered, notes: Notes) -> list[ReadRemittance]:
    """Each advice once: attachments first, because the body then only announces them."""
    outer = Head()
    for _, found in gathered.bodies:
        outer.fill(found.head)
    advices: list[tuple[Advice, Head]] = []
    for leaf, part in gathered.files:
        notes.add(part.found.notes, inside=leaf.place)
        advices += [(advice, part.found.head) for advice in part.found.advices]
    for leaf, found in gathered.bodies:
        notes.add(found.notes, inside=leaf.place)
        advices += [(advice, found.head) for advice in found.advices]
    results: list[ReadRemittance] = [record for _, part in gathered.files for record in part.remittances]
    for advice, own in advices:
        around = Head()
        around.fill(own)
        _fill_around(around, outer, alone=len(advices) == 1)
        local = Notes()
        record = finished(advice, around, local, sent=gathered.mail.sent)
        if _new(record, results):
            notes.add(local, inside=advice.where)
    return results


def _fill_around(around: Head, outer: Head, *, alone: bool) -> None:
    """What the body says of the payment holds for an attachment; its sum only where there is one advice."""
    total = around.total
    around.fill(outer)
    if not alone and total == "":
        around.total = total


def _new(record: ReadRemittance, results: list[ReadRemittance]) -> bool:
    """Keep a record unless the same advice is there already, in which case the better reading of the two stays."""
    for index, other in enumerate(results):
        if _same(record, other):
            if record.complete and not other.complete:
                results[index] = record
            return False
    results.append(record)
    return True


def _same(one: ReadRemittance, other: ReadRemittance) -> bool:
    """Whether two readings list the same documents with the same amounts, silent amounts aside."""
    mine = sorted((line.reference, line.paid.minor if line.paid else None) for line in one.lines)
    theirs = sorted((line.reference, line.paid.minor if line.paid else None) for line in other.lines)
    if mine == theirs:
        return True
    return {ref for ref, _ in mine} == {ref for ref, _ in theirs} and (
        all(paid is None for _, paid in mine) or all(paid is None for _, paid in theirs)
    )


def _bank_lines(gathered: _Gathered) -> tuple[ReadBankLine, ...]:
    return tuple(line for _, part in gathered.files for line in part.bank_lines)


def _say_why(gathered: _Gathered, notes: Notes) -> None:
    """One sentence for each part that could have held something and did not."""
    said = False
    for leaf, part in gathered.files:
        if part.found.why_none:
            notes.refuse(leaf.place, part.found.why_none)
            said = True
    for leaf in gathered.mail.leaves:
        # A logo is small; a photographed cheque or a scan is not.
        if leaf.kind is Kind.IMAGE and leaf.part.size > _LOGO_BYTES:
            notes.refuse(leaf.place, NOT_YET[Kind.IMAGE])
            said = True
    reasons = [found.why_none for _, found in gathered.bodies if found.why_none]
    telling = [reason for reason in reasons if reason != NOTHING]
    if telling or not said:
        why = telling[0] if telling else "No remittance advice was found in this mail."
        if gathered.quoted and not telling:
            why += " Earlier mails quoted in it were not read."
        notes.refuse("", why)
