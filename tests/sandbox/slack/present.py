"""Workspace objects as Slack writes them in answers and payloads."""

from collections.abc import Iterable
from typing import Any

from tests.sandbox.slack import inputs
from tests.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel, File, Json, Message, User, View
from tests.sandbox.slack.state import Workspace


def user_json(user: User, *, with_email: bool = True) -> Json:
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.handle,
        "display_name_normalized": user.handle,
        "title": user.title,
        "team": user.team_id,
    }
    if with_email and not user.is_external:
        # Slack hides the address of people from other workspaces.
        profile["email"] = user.email
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.handle,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
    if user.deleted:
        return body
    body |= {
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": -18000,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
    }
    if user.is_external:
        body["is_stranger"] = True
    return body


def channel_json(channel: Channel) -> Json:
    if channel.kind == "im":
        return {
            "id": channel.id,
            "is_im": True,
            "is_channel": False,
            "is_group": False,
            "user": channel.user,
            "is_org_shared": False,
            "created": 1700000000,
            "is_archived": False,
            "is_user_deleted": False,
            "is_open": True,
        }
    private = channel.kind == "private"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": BOT_USER_ID in channel.members,
        "num_members": len(channel.members),
        "created": 1700000000,
        "creator": "U0THEO0001",
        "context_team_id": TEAM_ID,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_json(file: File, base_url: str) -> Json:
    extension = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    path = f"{base_url}/files-pri/{TEAM_ID}-{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": extension,
        "pretty_type": extension.upper(),
        "user": file.user,
        "user_team": TEAM_ID,
        "editable": False,
        "size": len(file.content),
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "alt_txt": file.alt_txt,
        "url_private": f"{path}/{file.name}",
        "url_private_download": f"{path}/download/{file.name}",
        "permalink": f"{base_url}/files/{file.user}/{file.id}/{file.name}",
        "channels": [channel for channel in file.channels if channel.startswith("C")],
        "ims": [channel for channel in file.channels if channel.startswith("D")],
        "groups": [],
    }


def author(message: Message) -> Json:
    if not message.by_app:
        return {"user": message.user, "team": TEAM_ID}
    return {
        "user": BOT_USER_ID,
        "team": TEAM_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": "Tieout",
            "team_id": TEAM_ID,
            "deleted": False,
            "icons": {},
            "updated": 1700000000,
        },
    }


def message_json(message: Message, workspace: Workspace, base_url: str = "", *, include_metadata: bool = False) -> Json:
    body: Json = {"type": "message", "ts": message.ts, "text": message.text, **author(message)}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.files:
        body["files"] = [file_json(workspace.files[one], base_url) for one in message.files if one in workspace.files]
    if include_metadata and message.metadata is not None:
        body["metadata"] = message.metadata
    if message.reactions:
        body["reactions"] = [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]
    replies = [one for one in workspace.thread(message.channel, message.ts) if one.ts != message.ts]
    replies = [one for one in replies if not one.ephemeral_to]
    if replies and not message.thread_ts:
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": sorted({one.user for one in replies}),
            "latest_reply": replies[-1].ts,
        }
    return body


def view_json(view: View, workspace: Workspace) -> Json:
    """A complete view: bolt needs `type`, and listeners read `state.values` of every input."""
    body = view.body
    stack = workspace.stacks.get(view.user, [])
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.kind,
        "blocks": body.get("blocks", []),
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": inputs.state_values(body.get("blocks", []), view.values)},
        "hash": view.hash,
        "title": body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "previous_view_id": view.previous_view_id or None,
        "root_view_id": view.root_view_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
        "is_open": view.id in stack,
    }


def shared_visibility(channels: Iterable[Channel]) -> dict[str, Any]:
    return {"is_ext_shared_channel": any(channel.is_ext_shared for channel in channels)}
