"""Write the generated pages; with `--check`, say which ones are out of date and write nothing."""

import sys
from pathlib import Path
from typing import Final

from core.docs import pages

_ROOT: Final = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """0 when every page is (now) true; 1 when `--check` found one that is not."""
    stale = 0
    for name, make in pages.PAGES.items():
        file = _ROOT / name
        text = make()
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{name} is out of date: run “make docs”.")  # noqa: T201  A command prints.
            stale = 1
        else:
            file.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
