"""Write what `tieout read --json` says of every document: `python -m tests.golden.read`, with `--force` to overwrite."""

import argparse
import sys

from tests.golden.read.answers import DOCUMENTS, answer_file, answers_now


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="overwrite answers that are there")
    force = parser.parse_args().force
    kept = 0
    for document in DOCUMENTS:
        target = answer_file(document)
        if target.exists() and not force:
            kept += 1
            continue
        target.write_text(answers_now()[document.name], encoding="utf-8")
    if kept:
        sys.stderr.write(f"{kept} answers were there and were kept; --force overwrites them.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
