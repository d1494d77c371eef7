"""Every verb, with its help; settings as pages; `.env.example` as people copy it."""

import re
from pathlib import Path

import pytest

from core.cli import VERBS
from core.docs.settings_pages import all_settings
from core.settings import Settings
from tests.operator import Operator

ROOT = Path(__file__).parents[3]
BELOW = {
    "people": ("list", "roles", "add", "role", "remove", "entities"),
    "audit": ("verify", "head", "show"),
    "shunt": ("list", "show", "replay", "drop"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help_text_and_explains_its_arguments(nobody: Operator, verb: str) -> None:
    status, said = nobody.types(f"{verb} --help")
    assert status == 0
    assert VERBS[verb] in " ".join(said.lower().split()) or VERBS[verb].lower() in " ".join(said.lower().split())
    for below in BELOW.get(verb, ()):
        assert below in said
        status, more = nobody.types(f"{verb} {below} --help")
        assert status == 0
        assert f"tieout {verb} {below}" in " ".join(more.split())


def test_the_list_of_verbs_names_them_all(nobody: Operator) -> None:
    _, said = nobody.types("--help")
    assert [verb for verb in VERBS if not re.search(rf"^\s+{verb}\s", said, re.MULTILINE)] == []


def test_every_setting_is_explained_and_is_in_both_pages() -> None:
    page = (ROOT / "core" / "docs" / "settings.md").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings = list(all_settings())
    assert len(settings) > 60
    assert [each.variable for each in settings if not each.description] == []
    assert [each.variable for each in settings if f"`{each.variable}`" not in page] == []
    assert [each.variable for each in settings if f"{each.variable}=" not in example] == []


@pytest.mark.parametrize("everything", [False, True])
def test_the_example_of_settings_loads_and_changes_nothing(nobody: Operator, *, everything: bool) -> None:
    for each in ("data_dir", "inbox_dir", "erp_dir", "backup_dir", "time_zone"):
        nobody.monkeypatch.delenv(f"TIEOUT_{each.upper()}")
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    if everything:
        text = re.sub(r"^# (TIEOUT_[A-Z0-9_]+=.+)$", r"\1", text, flags=re.MULTILINE)
        assert "\nTIEOUT_MAIL__IMAP_PORT=993" in text
    (nobody.folder / ".env").write_text(text, encoding="utf-8")
    assert Settings() == Settings(_env_file=None)
