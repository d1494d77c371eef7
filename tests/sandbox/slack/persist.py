"""Keeping the workspace between two runs of the demo: one JSON file, replaced in one step."""

import base64
import json
import os
import threading
from dataclasses import asdict
from pathlib import Path

from tests.sandbox.slack.model import Channel, File, Json, Message, User, UserGroup, View
from tests.sandbox.slack.standin import Standin

VERSION = 1


def dump(standin: Standin) -> Json:
    """Everything that lasts. Ephemeral messages, triggers, response URLs and open modals do not."""
    workspace = standin.workspace
    with workspace.lock:
        homes = {workspace.homes[user]: workspace.views[workspace.homes[user]] for user in workspace.homes}
        return {
            "version": VERSION,
            "users": [asdict(one) for one in workspace.users.values()],
            "channels": [asdict(one) for one in workspace.channels.values()],
            "messages": [asdict(one) for room in workspace.messages.values() for one in room.values() if not one.ephemeral_to],
            "homes": [asdict(one) for one in homes.values()],
            "files": [{**asdict(one), "content": base64.b64encode(one.content).decode()} for one in workspace.files.values()],
            "groups": [asdict(one) for one in workspace.groups.values()],
        }


def load(standin: Standin, body: Json) -> None:
    if body.get("version") != VERSION:
        raise ValueError(f"state file has version {body.get('version')!r}, this stand-in reads {VERSION}")
    workspace = standin.workspace
    with workspace.lock:
        workspace.users = {one["id"]: User(**one) for one in body["users"]}
        workspace.channels = {one["id"]: Channel(**one) for one in body["channels"]}
        workspace.groups = {one["id"]: UserGroup(**one) for one in body["groups"]}
        for one in body["messages"]:
            workspace.messages.setdefault(one["channel"], {})[one["ts"]] = Message(**one)
        for one in body["homes"]:
            workspace.views[one["id"]] = View(**one)
            workspace.homes[one["user"]] = one["id"]
        for one in body["files"]:
            content = base64.b64decode(one.pop("content"))
            workspace.files[one["id"]] = File(**one, content=content)


def write(path: Path, body: Json) -> None:
    """A reader sees the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class Saver:
    """Writes in the background, a moment after the last change."""

    def __init__(self, standin: Standin, pause: float = 0.25) -> None:
        if standin.config.state_file is None:
            raise ValueError("no state file configured")
        self.standin = standin
        self.path = standin.config.state_file
        self.pause = pause
        self._dirty = threading.Event()
        self._closing = threading.Event()
        if self.path.exists():
            load(standin, json.loads(self.path.read_text(encoding="utf-8")))
        standin.workspace.on_change(lambda _revision: self._dirty.set())
        self._thread = threading.Thread(target=self._run, name="slack-saver", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._closing.wait(self.pause)
            self._dirty.clear()
            write(self.path, dump(self.standin))

    def close(self) -> None:
        self._closing.set()
        self._dirty.set()
        self._thread.join(5)
        write(self.path, dump(self.standin))
