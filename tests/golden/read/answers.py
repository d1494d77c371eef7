"""Where the documents and their answers are, and what the command says of all documents now."""

import contextlib
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.cli import main

HERE = Path(__file__).parent
DOCUMENTS = sorted((HERE / "documents").iterdir())


def answer_file(document: Path) -> Path:
    return HERE / "answers" / f"{document.name}.jsonl"


@cache
def answers_now() -> Mapping[str, str]:
    """By document; one run of the command for all of them."""
    out = io.StringIO()
    with contextlib.chdir(HERE / "documents"), contextlib.redirect_stdout(out):
        main(["read", "--json", *(document.name for document in DOCUMENTS)])
    answers = {document.name: "" for document in DOCUMENTS}
    for line in out.getvalue().splitlines():
        answers[json.loads(line)["source"]] += f"{line}\n"
    return answers
