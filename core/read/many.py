"""Many small documents in one throw-away process, for folders with thousands of mails.

A child for each document is right where one arrives at a time; for ten thousand mails the children cost more than the reading.
The limits hold for a handful together. Whatever goes wrong with a handful, its documents are read again one by one, so that a
document that kills its reader spoils nothing but itself.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from core.domain.errors import Malformed, ProjectError
from core.domain.readings import Reading
from core.read import codec
from core.read.documents import read_document
from core.read.throw_away import SandboxedReader

_TASK: Final = "core.read.many:read_packed"
_LENGTH_BYTES: Final = 8
_HANDFUL: Final = 40
_HANDFUL_BYTES: Final = 8 * 2**20
_LARGE: Final = 2**20

Named = tuple[str, bytes]


def read_packed(payload: bytes) -> list[str]:
    """In the child: the documents of a payload, each as text of the codec."""
    size = int.from_bytes(payload[:_LENGTH_BYTES], "big")
    names = json.loads(payload[_LENGTH_BYTES : _LENGTH_BYTES + size])
    at = _LENGTH_BYTES + size
    found = []
    for name, length in names:
        found.append(codec.packed(read_document(str(name), payload[at : at + length])).decode("utf-8"))
        at += length
    return found


def handfuls(documents: Sequence[Named]) -> Iterator[Sequence[Named]]:
    """Neighbours together, as long as they are few and small; a large document comes by itself."""
    begin = size = 0
    for at, (_, data) in enumerate(documents):
        full = at - begin >= _HANDFUL or size + len(data) > _HANDFUL_BYTES or len(data) > _LARGE
        if full and at > begin:
            yield documents[begin:at]
            begin, size = at, 0
        size += len(data)
    if begin < len(documents):
        yield documents[begin:]


def read_handful(reader: SandboxedReader, documents: Sequence[Named]) -> list[Reading]:
    """The readings of a handful, in order; one by one where the handful could not be read together."""
    if len(documents) > 1:
        together = _together(reader, documents)
        if together is not None:
            return together
    return [reader.read(name, data) for name, data in documents]


def _together(reader: SandboxedReader, documents: Sequence[Named]) -> list[Reading] | None:
    head = json.dumps([(name, len(data)) for name, data in documents]).encode("ascii")
    payload = b"".join((len(head).to_bytes(_LENGTH_BYTES, "big"), head, *(data for _, data in documents)))
    try:
        answer = reader.call(_TASK, payload)
        if not isinstance(answer, list) or len(answer) != len(documents):
            return None
        return [codec.unpacked(str(each).encode("utf-8")) for each in answer]
    except (Malformed, ProjectError):
        return None
