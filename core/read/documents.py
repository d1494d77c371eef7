"""`read_document`: bytes in, one `Reading` out; pure, and the only door to the readers.

A document of whatever kind gives at least one object. Callers that read what strangers sent go through
`core.read.throw_away`, which does this in a process that may die.
"""

from core.domain.readings import Reading
from core.read.limits import DOCUMENT_BYTES
from core.read.mails import read_mail
from core.read.notes import refused
from core.read.parts import NOT_YET, PartReading, read_part
from core.read.remittance.finish import finished
from core.read.sniff import Kind, sniff


def read_document(name: str, data: bytes) -> Reading:
    """All that one document says; `name` is shown to people and breaks ties, nothing more."""
    if len(data) > DOCUMENT_BYTES:
        return refused(name, "too big", f"The document is larger than {DOCUMENT_BYTES // 2**20} MB and was not read.")
    kind = sniff(name, data)
    if kind is Kind.EMPTY:
        return refused(name, kind.value, NOT_YET[kind])
    if kind is Kind.MAIL:
        return read_mail(name, data)
    return _finished(name, read_part(name, data, kind, where=name))


def _finished(name: str, part: PartReading) -> Reading:
    notes = part.found.notes
    alone = len(part.found.advices) == 1
    if not alone:
        part.found.head.total = ""
    remittances = (*part.remittances, *(finished(advice, part.found.head, notes) for advice in part.found.advices))
    if not remittances and not part.bank_lines and not part.supplier_invoices and (part.found.why_none or not notes.unreadable):
        notes.refuse("", part.found.why_none or "Nothing was found in it.")
    return Reading(
        source=name,
        format=part.format,
        bank_lines=part.bank_lines,
        remittances=remittances,
        problems=notes.all_problems(),
        unreadable=notes.all_unreadable(),
        supplier_invoices=part.supplier_invoices,
    )
