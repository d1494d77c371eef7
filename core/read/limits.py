"""How much of a document is read at most; beyond that it is said to be too big, never read in part without a word.

The figures come from measurements with hostile files: a bomb is small on disk and large in memory, and real remittances stay
far below every limit here.
"""

from typing import Final

DOCUMENT_BYTES: Final = 60 * 1024 * 1024
HEADER_BYTES: Final = 256 * 1024
MAIL_PARTS: Final = 500
MAIL_DEPTH: Final = 20
ZIP_BYTES: Final = 200 * 1024 * 1024
ZIP_RATIO: Final = 100
ZIP_RATIO_FROM: Final = 10 * 1024 * 1024
ZIP_MEMBERS: Final = 2_000
ZIP_DEPTH: Final = 2
TABLE_ROWS: Final = 200_000
TABLE_COLUMNS: Final = 200
LINE_CHARACTERS: Final = 20_000
TEXT_CHARACTERS: Final = 5_000_000
HTML_CHARACTERS: Final = 10_000_000
HTML_NODES: Final = 300_000
PDF_PAGES: Final = 300
PDF_WORDS: Final = 300_000
COMPLAINTS: Final = 200
"""More complaints than this about one document are counted, not listed."""
