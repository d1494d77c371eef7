"""The codebase's own rules: sizes, words, imports, leftovers, generated pages."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "bot", "mail", "portal")
SHIPPED = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")) if "versions" not in file.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = {"shipped": 400, "tests": 600}
MOST_FUNCTION_LINES = 70
TEXTS = [
    file
    for pattern in ("*.md", "*.py", "*.toml", "*.yaml", "*.js", "*.css", "*.html", "*.j2", "Makefile", "Procfile", "*.sh")
    for place in (*PACKAGES, "tests", ".ci", ".github", ".")
    for file in ((ROOT / place).rglob(pattern) if place != "." else ROOT.glob(pattern))
    if not {"node_modules", ".venv", "__pycache__"} & set(file.parts)
]


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Every node of a file; each file is parsed once, for all rules."""
    return tuple(ast.walk(ast.parse(text(file))))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(file):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_are_short() -> None:
    long = {name(file): len(text(file).splitlines()) for file in SHIPPED}
    assert {file: lines for file, lines in long.items() if lines > MOST_LINES["shipped"]} == {}
    long = {name(file): len(text(file).splitlines()) for file in TESTS}
    assert {file: lines for file, lines in long.items() if lines > MOST_LINES["tests"]} == {}


def test_functions_are_short() -> None:
    long = [
        f"{name(file)}:{node.lineno} {node.name}"
        for file in (*SHIPPED, *TESTS)
        for node in functions(file)
        if (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("word", ["Invoice", "Credit", "Match", "Draft", "Portal"])
def test_overloaded_words_never_stand_alone_as_a_class(word: str) -> None:
    """“Invoice” is a supplier's or ours; “match”, “draft” and “portal” mean one thing each. No bare class of that name."""
    bare = [
        f"{name(file)}:{node.lineno}"
        for file in SHIPPED
        for node in nodes(file)
        if isinstance(node, ast.ClassDef) and node.name == word
    ]
    assert bare == []


def test_nothing_half_done_is_left() -> None:
    # Spelt backwards here, so that this line is not found itself.
    markers = re.compile(rf"\b(?:{'|'.join(word[::-1] for word in ('ODOT', 'EMXIF', 'KCAH'))})\b")
    found = [
        f"{name(file)}:{number}"
        for file in TEXTS
        for number, line in enumerate(text(file).splitlines(), 1)
        if markers.search(line)
    ]
    assert found == []


def test_the_project_speaks_of_itself_alone() -> None:
    """No paths of a machine, and nothing beside the project but the benches' own folder, in tests only."""
    beside = re.compile(r"/work/|/root/|\.\./shared|shared/(?:design|facts|brief|hooks)")
    found = [
        f"{name(file)}:{number}: {line.strip()[:80]}"
        for file in TEXTS
        for number, line in enumerate(text(file).splitlines(), 1)
        if beside.search(line) and file != Path(__file__)
    ]
    assert found == []


def test_no_test_is_skipped_silently_and_no_assertion_hides_behind_a_raise() -> None:
    found = []
    for file in TESTS:
        for node in nodes(file):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"skip", "skipif", "importorskip"}
                and file.parent.name != "tidy"
            ):
                found.append(f"{name(file)}:{node.lineno} skips")
            if isinstance(node, ast.With) and any("raises" in ast.dump(item.context_expr) for item in node.items):
                found += [
                    f"{name(file)}:{inner.lineno} asserts inside raises"
                    for inner in node.body[1:]
                    if isinstance(inner, ast.Assert)
                ]
    assert found == []


def test_nobody_imports_the_tests() -> None:
    imports = [
        f"{name(file)}:{node.lineno}"
        for file in SHIPPED
        for node in nodes(file)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "tests" for alias in node.names))
    ]
    assert imports == []


def test_broad_handlers_stand_only_where_a_loop_sets_things_aside() -> None:
    """`except Exception` hides bugs; it is allowed with the reason written on its line or in the two loops that shunt."""
    allowed = {"core/app/outbox.py", "mail/intake.py", "mail/listener.py"}
    found = [
        f"{name(file)}:{node.lineno}"
        for file in SHIPPED
        if name(file) not in allowed
        for node in nodes(file)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and "  # " not in text(file).splitlines()[node.lineno - 1]
    ]
    assert found == []


def test_top_level_holds_what_it_should() -> None:
    allowed = {
        "bot",
        "core",
        "mail",
        "portal",
        "tests",
        "Procfile",
        "pyproject.toml",
        "README.md",
        "Makefile",
        "LICENSE",
        "requirements.lock",
    }
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    top = {line.split("/")[0] for line in tracked}
    assert {entry for entry in top if not entry.startswith(".")} <= allowed


def test_every_folder_of_ours_has_a_readme() -> None:
    wanted = [
        *PACKAGES,
        "tests",
        "core/read",
        "core/match",
        "core/erp",
        "core/store",
        "core/app",
        "core/decide",
        "core/domain",
        "core/web",
    ]
    assert [place for place in wanted if not (ROOT / place / "README.md").exists()] == []


def test_generated_pages_are_true() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "core.docs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_import_rules_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(command), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
