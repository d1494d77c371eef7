"""Pictures of our own invoices: a folder where the ledger, or a person, puts a PDF for each, named by the invoice's number."""

from pathlib import Path
from typing import Final

from core.domain.errors import TooBig
from core.domain.ids import InvoiceNumber

LARGEST_BYTES: Final = 100 * 1024 * 1024
_ENDINGS: Final = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif")


class FolderOfInvoices:
    """`core.ports.portals.InvoiceFiles` on a folder. Signs that no file name may have stand as `_` in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, number: InvoiceNumber) -> tuple[str, bytes] | None:
        """The PDF first; `TooBig` for a file that no portal takes."""
        safe = "".join(sign if sign.isalnum() or sign in "-_. " else "_" for sign in number).strip(". ")
        if not safe:
            return None
        for ending in _ENDINGS:
            for file in (self._folder / f"{safe}{ending}", self._folder / f"{safe}{ending.upper()}"):
                if file.is_file():
                    if file.stat().st_size > LARGEST_BYTES:
                        raise TooBig(f"The file {file.name} is larger than any portal takes.")
                    return file.name, file.read_bytes()
        return None
