import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import psutil
import pytest

from core.domain.errors import Misconfigured
from core.supervisor import Patience, Supervisor, read_procfile

Said = Queue[tuple[str, str]]
FAST = Patience(first_pause_s=0.05, longest_pause_s=0.2, well_after_s=30.0, leave_s=2.0)
SITTING = (
    "import sys, signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('ready', flush=True); signal.pause()"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
PARENT = (
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('child', child.pid, flush=True); time.sleep(600)"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@contextmanager
def running(commands: dict[str, list[str]], folder: Path, patience: Patience = FAST) -> Iterator[tuple[Supervisor, Said]]:
    said: Said = Queue()
    supervisor = Supervisor(commands, lambda name, line: said.put((name, line)), folder, patience)
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.run, args=(stop,))
    thread.start()
    try:
        yield supervisor, said
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def wait_for(said: Said, wanted: Callable[[str, str], bool]) -> tuple[str, str]:
    """The first line that is wanted; what comes before it is read over."""
    while True:
        try:
            name, line = said.get(timeout=60)
        except Empty:
            pytest.fail("nothing more was said")
        if wanted(name, line):
            return name, line


def test_all_processes_run_with_their_names_before_their_lines_and_end_when_asked(tmp_path: Path) -> None:
    with running({"one": python(SITTING), "two": python(SITTING)}, tmp_path) as (supervisor, said):
        names = {wait_for(said, lambda _, line: line == "ready")[0] for _ in range(2)}
        pids = supervisor.pids()
        assert names == set(pids) == {"one", "two"}
    assert not any(psutil.pid_exists(pid) for pid in pids.values())
    assert supervisor.pids() == {}


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    with running({"mortal": python(SITTING)}, tmp_path) as (supervisor, said):
        wait_for(said, lambda _, line: line == "ready")
        first = supervisor.pids()["mortal"]
        os.kill(first, signal.SIGKILL)
        assert "SIGKILL" in wait_for(said, lambda _, line: "ended with" in line)[1]
        wait_for(said, lambda _, line: line == "ready")
        assert supervisor.pids()["mortal"] != first


def test_one_that_keeps_dying_is_given_longer_pauses_and_the_others_live_on(tmp_path: Path) -> None:
    commands = {"broken": python("raise SystemExit(3)"), "fine": python(SITTING), "missing": ["/nowhere/at/all"]}
    with running(commands, tmp_path) as (supervisor, said):
        pauses = [wait_for(said, lambda name, line: name == "broken" and "ended" in line)[1] for _ in range(4)]
        assert [line.rpartition(" in ")[2] for line in pauses] == ["0.05 s", "0.1 s", "0.2 s", "0.2 s"]
        assert "status 3" in pauses[0]
        assert "fine" in supervisor.pids()


def test_one_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    patience = Patience(leave_s=0.3)
    with running({"stubborn": python(STUBBORN)}, tmp_path, patience) as (supervisor, said):
        wait_for(said, lambda _, line: line == "ready")
        pid = supervisor.pids()["stubborn"]
    assert not psutil.pid_exists(pid)
    assert wait_for(said, lambda _, line: "killed" in line)


def test_what_a_dead_process_left_running_is_ended_too(tmp_path: Path) -> None:
    with running({"parent": python(PARENT)}, tmp_path) as (supervisor, said):
        grandchild = int(wait_for(said, lambda _, line: line.startswith("child"))[1].split()[1])
        os.kill(supervisor.pids()["parent"], signal.SIGKILL)
        wait_for(said, lambda _, line: "ended with" in line)
        psutil.wait_procs([psutil.Process(grandchild)] if psutil.pid_exists(grandchild) else [], timeout=60)
        assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE


class TestProcfile:
    def test_names_and_commands_in_order_with_the_python_that_runs(self, tmp_path: Path) -> None:
        file = tmp_path / "Procfile"
        file.write_text("# a comment\n\nrelease: .venv/bin/tieout migrate\nclock: .venv/bin/python -m core.clock 'a b'\n")
        folder = Path(sys.executable).parent
        assert read_procfile(file) == {
            "release": [str(folder / "tieout"), "migrate"],
            "clock": [str(folder / "python"), "-m", "core.clock", "a b"],
        }

    @pytest.mark.parametrize("text", ["no colon here\n", "empty:\n"])
    def test_a_line_that_is_none_is_named(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "Procfile"
        file.write_text(text)
        with pytest.raises(Misconfigured, match=text.strip()):
            read_procfile(file)

    def test_the_projects_own_names_every_process(self) -> None:
        commands = read_procfile(Path(__file__).parents[2] / "Procfile")
        assert {"release", "web", "bot", "mail", "clock", "portal"} <= set(commands)


UP = "from core.cli import main; raise SystemExit(main(['up', '--procfile', 'Procfile']))"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_up_leaves_no_orphans_however_it_ends(tmp_path: Path, number: signal.Signals) -> None:
    """With SIGKILL it cannot ask its children; Linux does that for it."""
    (tmp_path / "sitting.py").write_text(SITTING)
    (tmp_path / "Procfile").write_text(
        f"release: {sys.executable} -c print(1)\none: {sys.executable} sitting.py\ntwo: {sys.executable} sitting.py\n"
    )
    root = str(Path(__file__).parents[2])
    up = subprocess.Popen(python(UP), cwd=tmp_path, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root})
    with up:
        assert up.stdout is not None
        ready = 0
        while ready < 2:
            ready += "ready" in up.stdout.readline()
        children = psutil.Process(up.pid).children(recursive=True)
        assert len(children) == 2
        up.send_signal(number)
        up.stdout.read()
    assert up.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    assert psutil.wait_procs(children, timeout=60)[1] == []
