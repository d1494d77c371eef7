"""Zip archives, measured by their directory before a byte is unpacked."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from core.read.limits import DOCUMENT_BYTES, ZIP_BYTES, ZIP_MEMBERS, ZIP_RATIO, ZIP_RATIO_FROM
from core.read.notes import Notes, shown

BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)


def why_unsafe(data: bytes) -> str:
    """Why an archive (or a workbook, which is one) must not be unpacked; empty when it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except BROKEN:
        return "It is a broken archive."
    if len(infos) > ZIP_MEMBERS:
        return f"It holds more than {ZIP_MEMBERS:,} files."
    size = sum(info.file_size for info in infos)
    if size > ZIP_BYTES:
        return f"Unpacked it would take {size // 2**20:,} MB; the limit is {ZIP_BYTES // 2**20} MB."
    if size > ZIP_RATIO_FROM and size > ZIP_RATIO * max(len(data), 1):
        return f"It would grow more than {ZIP_RATIO} times when unpacked, as bombs do."
    if any(info.flag_bits & 1 for info in infos):
        return "It is protected by a password."
    return ""


def members(data: bytes, notes: Notes) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the files in an archive; what is refused is said in `notes`."""
    unsafe = why_unsafe(data)
    if unsafe:
        notes.refuse("", unsafe)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            if re.match(r"[/\\]|[A-Za-z]:", info.filename) or ".." in re.split(r"[/\\]", info.filename):
                notes.refuse(shown(info.filename), "Its name points outside the archive; it was not read.")
                continue
            try:
                with archive.open(info) as file:
                    # The directory may lie about sizes; never take more than it announced.
                    content = file.read(min(info.file_size, DOCUMENT_BYTES) + 1)
            except BROKEN as error:
                notes.refuse(shown(info.filename), f"It could not be unpacked ({type(error).__name__}).")
                continue
            if len(content) > min(info.file_size, DOCUMENT_BYTES):
                notes.refuse(shown(info.filename), "It is larger than the archive says; it was not read.")
                continue
            yield info.filename, content
