"""The window in which documents are handed over."""

from typing import Final

from bot.cards import parts
from bot.cards.parts import Block, Element
from bot.payloads import Interaction, handed_over

OPEN: Final = "upload.open"
SHORTCUT: Final = "upload_invoices"
CALLBACK: Final = "upload"
MAIN: Final = "files"
PICK: Final = "upload.files"
MOST: Final = 10
KINDS: Final = ("pdf", "xml", "xlsx", "csv", "eml")
"""Endings that the window offers; what a document is, its content says."""


def window() -> Block:
    """One input for up to ten documents."""
    element: Element = {"type": "file_input", "action_id": PICK, "filetypes": list(KINDS), "max_files": MOST}
    said = (
        "Supplier invoices are read, compared with their orders, and get a card each. What cannot be read for certain is asked."
    )
    hint = f"Up to {MOST} files: {', '.join(kind.upper() for kind in KINDS)}."
    blocks = [parts.section(parts.plain(said), "what"), parts.entry("Documents", element, MAIN, hint=hint)]
    return parts.modal("Upload invoices", CALLBACK, blocks, submit="Hand in")


def files(at: Interaction) -> list[tuple[str, str]]:
    """Id and name of what was handed over."""
    return handed_over(at.values, MAIN, PICK)


def button() -> Element:
    """The button that opens the window."""
    return parts.button("Upload invoices", OPEN, "upload", "Upload supplier invoices")
