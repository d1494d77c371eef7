"""What a person sees: messages with their previews and marks, the modals, the Home tab."""

from dataclasses import asdict
from typing import Any

from tests.sandbox.slack import inputs
from tests.sandbox.slack.dispatch import CannotError
from tests.sandbox.slack.inputs import Found
from tests.sandbox.slack.model import Json, Message, User, View
from tests.sandbox.slack.present import file_json, message_json, view_json
from tests.sandbox.slack.preview import preview
from tests.sandbox.slack.standin import Standin


def named_input(blocks: list[Json], name: str) -> Found:
    """The element that `name` means: its block_id, its action_id, or `block_id/action_id`."""
    for found in inputs.elements(blocks):
        if name in {found.block_id, found.action_id, f"{found.block_id}/{found.action_id}"}:
            return found
    raise CannotError(f"no input is called {name!r}")


def visible(standin: Standin, user: User | None, message: Message) -> bool:
    if user is None:
        return True
    channel = standin.workspace.channels[message.channel]
    return user.id in channel.members and message.ephemeral_to in {"", user.id}


def shown_message(standin: Standin, message: Message, user: User | None) -> Json:
    """The message as Slack would send it, plus what only the screen knows."""
    body = message_json(message, standin.workspace, standin.base_url, include_metadata=True)
    held = message.inputs.get(user.id, {}) if user is not None else {}
    return {
        **body,
        "channel": message.channel,
        "by_app": message.by_app,
        "ephemeral": bool(message.ephemeral_to),
        "ephemeral_to": message.ephemeral_to,
        "notice": message.notice,
        "broadcast": message.broadcast,
        "warnings": message.warnings,
        "revision": message.revision,
        "state": inputs.state_values(message.blocks, held),
        "notification": preview(message),
    }


def messages(standin: Standin, body: Json) -> list[Json]:
    """Oldest first. `channel`, `user` (whose screen), `thread_ts` and `text` narrow the list down."""
    workspace = standin.workspace
    user = None
    if body.get("user"):
        user = workspace.find_user(str(body["user"]))
    with workspace.lock:
        if body.get("channel"):
            channel = workspace.find_channel(str(body["channel"]))
            if channel is None:
                raise CannotError(f"there is no channel {body['channel']!r}")
            held = list(workspace.messages.get(channel.id, {}).values())
        else:
            held = [one for room in workspace.messages.values() for one in room.values()]
        wanted = str(body.get("thread_ts") or "")
        found = [one for one in held if visible(standin, user, one) and wanted in {"", one.ts, one.thread_ts}]
        return [shown_message(standin, one, user) for one in sorted(found, key=lambda one: one.ts)]


def shown_view(standin: Standin, view: View) -> Json:
    return {
        **view_json(view, standin.workspace),
        "errors": view.errors,
        "warning": view.warning,
        "warnings": view.warnings,
    }


def top_view(standin: Standin, user: User) -> Json | None:
    with standin.workspace.lock:
        view = standin.workspace.top_view(user.id)
        return None if view is None else shown_view(standin, view)


def home(standin: Standin, user: User) -> Json | None:
    with standin.workspace.lock:
        view = standin.workspace.home(user.id)
        return None if view is None else shown_view(standin, view)


def reload(standin: Standin, user: User) -> int:
    """Drop this person's ephemeral messages; answers how many."""
    if not standin.rules.ephemeral_vanishes:
        return 0
    count = 0
    with standin.workspace.lock:
        for held in standin.workspace.messages.values():
            for ts in [ts for ts, message in held.items() if message.ephemeral_to == user.id]:
                del held[ts]
                count += 1
        if count:
            standin.workspace.changed()
    return count


def snapshot(standin: Standin, who: str) -> Json:
    """Everything the page needs to draw one person's screen."""
    workspace = standin.workspace
    with workspace.lock:
        user = workspace.find_user(who) or next(one for one in workspace.users.values() if not one.is_bot)
        channels = [one for one in workspace.channels.values() if user.id in one.members]
        own = workspace.direct_channel(user.id)
        if own not in channels:
            channels.append(own)
        people = {one.id: {**asdict(one), "external": one.is_external} for one in workspace.users.values()}
        home_view = workspace.home(user.id)
        return {
            "revision": workspace.revision,
            "me": user.id,
            "people": people,
            "channels": [asdict(one) for one in channels],
            "names": {one.id: one.name for one in workspace.channels.values()},
            "messages": messages(standin, {"user": user.id}),
            "modals": [shown_view(standin, view) for view in workspace.stack(user.id)],
            "home": shown_view(standin, home_view) if home_view else None,
            "files": {one.id: file_json(one, standin.base_url) for one in workspace.files.values()},
            "transport": transport(standin),
        }


def transport(standin: Standin) -> Json:
    count = standin.sockets.count()
    over_http = bool(standin.request_url)
    return {"kind": "http" if over_http else "socket", "connected": over_http or count > 0, "sockets": count}


def traffic(standin: Standin, most: int = 60) -> Json:
    """The newest calls and deliveries, for the payload inspector."""
    workspace = standin.workspace
    with workspace.lock:
        calls: list[Any] = [{"way": "from app", **asdict(one)} for one in list(workspace.calls)[-most:]]
        sent: list[Any] = [{"way": "to app", **asdict(one)} for one in list(workspace.deliveries)[-most:]]
    return {"traffic": sorted([*calls, *sent], key=lambda one: float(one["at"]), reverse=True)[:most]}
