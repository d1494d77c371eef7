from pathlib import Path

import pytest

from tests.golden.read.answers import DOCUMENTS, answer_file, answers_now


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_gives_the_answer_beside_it(document: Path) -> None:
    assert answers_now()[document.name] == answer_file(document).read_text(encoding="utf-8")


def test_there_is_an_answer_for_every_document_and_no_other() -> None:
    answers = {file.name for file in (Path(DOCUMENTS[0]).parents[1] / "answers").iterdir()}
    assert answers == {f"{document.name}.jsonl" for document in DOCUMENTS}
