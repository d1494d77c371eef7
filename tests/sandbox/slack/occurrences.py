"""Things that happen in the workspace without anybody using the app, and the events that tell of them."""

from dataclasses import fields
from typing import Any

from tests.sandbox.slack import payloads
from tests.sandbox.slack.dispatch import CannotError
from tests.sandbox.slack.model import BOT_USER_ID, OTHER_TEAM_ID, TEAM_ID, Channel, Json, User, UserGroup
from tests.sandbox.slack.present import user_json
from tests.sandbox.slack.standin import Standin


def raw_event(standin: Standin, inner: Json, *, shared: bool = False) -> str:
    record = standin.delivery.event(payloads.event(standin, inner, shared=shared), str(inner["type"]))
    return record.id


def known(kind: type, body: Json) -> dict[str, Any]:
    """The entries of `body` that are fields of this kind of thing; anything else is a mistake."""
    names = {field.name for field in fields(kind)}
    wrong = sorted(set(body) - names)
    if wrong:
        raise CannotError(f"unknown fields for a {kind.__name__}: {', '.join(wrong)}")
    return dict(body)


def set_user(standin: Standin, body: Json) -> str:
    """Add a person, or change one (named by `id` or `handle`) and tell the app with user_change."""
    workspace = standin.workspace
    values = known(User, body)
    with workspace.lock:
        user = workspace.find_user(str(values.get("id") or values.get("handle") or ""))
        if user is None:
            handle = str(values["handle"])
            values.setdefault("id", workspace.new_id("U"))
            values.setdefault("real_name", handle.capitalize())
            values.setdefault("email", f"{handle}@sandbox.example")
            user = User(**values)
            workspace.users[user.id] = user
            workspace.changed()
            return user.id
        for name, value in values.items():
            setattr(user, name, value)
        workspace.changed()
    raw_event(standin, {"type": "user_change", "user": user_json(user), "cache_ts": int(workspace.now())})
    return user.id


def set_channel(standin: Standin, body: Json) -> str:
    """Add a channel, or change one (named by `id` or `name`); sharing it is told with channel_shared."""
    workspace = standin.workspace
    values = known(Channel, body)
    if "members" in values:
        values["members"] = [person(standin, one).id for one in values["members"]]
    with workspace.lock:
        channel = workspace.find_channel(str(values.get("id") or values.get("name") or ""))
        if channel is None:
            values.setdefault("id", workspace.new_id("C"))
            values.setdefault("members", [BOT_USER_ID])
            channel = Channel(**values)
            workspace.channels[channel.id] = channel
            workspace.changed()
            return channel.id
        was_shared = channel.is_ext_shared
        for name, value in values.items():
            setattr(channel, name, value)
        workspace.changed()
    if channel.is_ext_shared != was_shared:
        kind = "channel_shared" if channel.is_ext_shared else "channel_unshared"
        raw_event(
            standin,
            {"type": kind, "channel": channel.id, "connected_team_id": OTHER_TEAM_ID, "is_ext_shared": was_shared},
            shared=channel.is_ext_shared,
        )
    return channel.id


def set_group(standin: Standin, body: Json) -> str:
    """Add a user group, or change its members and tell the app with subteam_members_changed."""
    workspace = standin.workspace
    handle = str(body["handle"])
    wanted = [person(standin, one).id for one in body.get("users", [])]
    with workspace.lock:
        group = next((one for one in workspace.groups.values() if handle in {one.handle, one.id}), None)
        if group is None:
            group = UserGroup(workspace.new_id("S"), handle, str(body.get("name", handle)), wanted)
            workspace.groups[group.id] = group
            workspace.changed()
            return group.id
        before, group.users = group.users, wanted
        workspace.changed()
    added, removed = sorted(set(wanted) - set(before)), sorted(set(before) - set(wanted))
    now = int(workspace.now())
    raw_event(
        standin,
        {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": TEAM_ID,
            "date_previous_update": now - 60,
            "date_update": now,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
        },
    )
    return group.id


def person(standin: Standin, name: str) -> User:
    wanted = BOT_USER_ID if name == "app" else name
    user = standin.workspace.find_user(wanted)
    if user is None:
        raise CannotError(f"nobody is called {name!r}")
    return user


def room(standin: Standin, name: str) -> Channel:
    channel = standin.workspace.find_channel(name)
    if channel is None:
        raise CannotError(f"there is no channel {name!r}")
    return channel


def join(standin: Standin, who: str, which: str) -> None:
    """Somebody (or the app itself) is added to a channel."""
    user, channel = person(standin, who), room(standin, which)
    with standin.workspace.lock:
        if user.id in channel.members:
            return
        channel.members.append(user.id)
        standin.workspace.changed()
    if BOT_USER_ID in channel.members:
        raw_event(
            standin,
            {
                "type": "member_joined_channel",
                "user": user.id,
                "channel": channel.id,
                "channel_type": "G" if channel.kind == "private" else "C",
                "team": user.team_id,
                "inviter": "U0THEO0001",
            },
            shared=channel.is_ext_shared,
        )


def leave(standin: Standin, who: str, which: str) -> None:
    user, channel = person(standin, who), room(standin, which)
    with standin.workspace.lock:
        if user.id in channel.members:
            channel.members.remove(user.id)
            standin.workspace.changed()


def file_shared(standin: Standin, user: User, file_id: str, channel_id: str) -> None:
    channel = standin.workspace.channels[channel_id]
    if BOT_USER_ID in channel.members:
        raw_event(
            standin,
            {
                "type": "file_shared",
                "file_id": file_id,
                "file": {"id": file_id},
                "user_id": user.id,
                "channel_id": channel_id,
            },
            shared=channel.is_ext_shared,
        )
