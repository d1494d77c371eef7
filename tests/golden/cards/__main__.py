"""Write every card and window as it is drawn now: `python -m tests.golden.cards`, with `--force` to overwrite."""

import argparse
import sys

from tests.golden.cards.scenes import SCENES, drawn, golden


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    force = parser.parse_args().force
    kept = 0
    for name in SCENES:
        if golden(name).exists() and not force:
            kept += 1
            continue
        golden(name).write_text(drawn(name), encoding="utf-8")
    if kept:
        sys.stderr.write(f"{kept} files were there and were kept; --force overwrites them.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
