"""Payloads to the app, complete enough for bolt and for code that reads the raw body."""

import secrets
from typing import Any

from tests.sandbox.slack import inputs
from tests.sandbox.slack.model import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Message, User, View
from tests.sandbox.slack.present import message_json, view_json
from tests.sandbox.slack.standin import Standin
from tests.sandbox.slack.state import team_body


def person(user: User) -> Json:
    """`team_id` is the clicker's own workspace, which is how an outsider can be told from a colleague."""
    return {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team_id}


def common(standin: Standin, kind: str, user: User) -> Json:
    """What every interaction carries; `team` is the workspace that installed the app, whoever clicked."""
    return {
        "type": kind,
        "user": person(user),
        "api_app_id": APP_ID,
        "token": standin.verification_token,
        "team": team_body(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def named(channel: Channel) -> Json:
    return {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}


def response_url(standin: Standin, token: str) -> str:
    return f"{standin.base_url}/respond/{token}"


def on_message(standin: Standin, user: User, message: Message) -> Json:
    """The part of an interaction that says on which message it happened."""
    workspace = standin.workspace
    channel = workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    url = workspace.new_response_url(user.id, message.channel, message.ts)
    body: Json = {
        "container": container,
        "channel": named(channel),
        "response_url": response_url(standin, url),
        "state": {"values": inputs.state_values(message.blocks, message.inputs.get(user.id, {}))},
    }
    if not message.ephemeral_to:
        # Slack does not keep ephemeral messages, so it cannot send them back either.
        body["message"] = message_json(message, workspace, standin.base_url)
    return body


def in_view(standin: Standin, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(view, standin.workspace)}


def block_actions(standin: Standin, user: User, surface: Message | View, action: Json) -> Json:
    workspace = standin.workspace
    body = common(standin, "block_actions", user)
    if isinstance(surface, View):
        body |= in_view(standin, surface)
        trigger = workspace.new_trigger(user.id, surface.id if surface.kind == "modal" else "")
    else:
        body |= on_message(standin, user, surface)
        trigger = workspace.new_trigger(user.id)
    return {**body, "trigger_id": trigger.id, "actions": [action]}


def block_suggestion(standin: Standin, user: User, surface: Message | View, found: inputs.Found, value: str) -> Json:
    body = common(standin, "block_suggestion", user)
    body |= in_view(standin, surface) if isinstance(surface, View) else on_message(standin, user, surface)
    body.pop("response_url", None)
    return {**body, "action_id": found.action_id, "block_id": found.block_id, "value": value}


def view_submission(standin: Standin, user: User, view: View) -> Json:
    trigger = standin.workspace.new_trigger(user.id, view.id)
    body = common(standin, "view_submission", user)
    return {**body, "trigger_id": trigger.id, "view": view_json(view, standin.workspace), "response_urls": []}


def view_closed(standin: Standin, user: User, view: View, *, is_cleared: bool) -> Json:
    body = common(standin, "view_closed", user)
    return {**body, "view": view_json(view, standin.workspace), "is_cleared": is_cleared}


def slash(standin: Standin, user: User, channel: Channel, command: str, text: str) -> Json:
    workspace = standin.workspace
    url = workspace.new_response_url(user.id, channel.id, slash=True)
    return {
        "token": standin.verification_token,
        "team_id": TEAM_ID,
        "team_domain": team_body()["domain"],
        "channel_id": channel.id,
        "channel_name": named(channel)["name"],
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url(standin, url),
        "trigger_id": workspace.new_trigger(user.id).id,
    }


def shortcut(standin: Standin, user: User, callback_id: str, message: Message | None) -> Json:
    workspace = standin.workspace
    body = common(standin, "shortcut" if message is None else "message_action", user)
    body |= {
        "callback_id": callback_id,
        "trigger_id": workspace.new_trigger(user.id).id,
        "action_ts": workspace.new_ts(),
    }
    if message is not None:
        held = on_message(standin, user, message)
        body |= {
            "message": held["message"],
            "message_ts": message.ts,
            "channel": held["channel"],
            "response_url": held["response_url"],
        }
    return body


def event(standin: Standin, inner: Json, *, shared: bool = False) -> Json:
    """The envelope of the Events API around one event."""
    return {
        "token": standin.verification_token,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": {"event_ts": standin.workspace.new_ts(), **inner},
        "type": "event_callback",
        "event_id": f"Ev0{secrets.token_hex(4).upper()}",
        "event_time": int(standin.workspace.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{secrets.token_hex(8)}",
    }


def message_event(standin: Standin, message: Message, user: User, **more: Any) -> Json:
    channel = standin.workspace.channels[message.channel]
    kinds = {"im": "im", "public": "channel", "private": "group"}
    inner: Json = {
        **message_json(message, standin.workspace, standin.base_url),
        "user": user.id,
        "team": user.team_id,
        "user_team": user.team_id,
        "source_team": user.team_id,
        "client_msg_id": secrets.token_hex(8),
        "channel": message.channel,
        "channel_type": kinds[channel.kind],
        "event_ts": message.ts,
        **more,
    }
    if channel.is_ext_shared and message.files:
        # In a shared channel Slack may name files only; files.info tells the rest.
        inner["files"] = [{"id": one, "file_access": "check_file_info"} for one in message.files]
    return event(standin, inner, shared=channel.is_ext_shared)
