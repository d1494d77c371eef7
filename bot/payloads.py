"""What Slack sends, reduced to what we use. Who clicked and where is Slack's word; everything else is only a hint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interaction:
    """A click, a submission, a typed search or a command. `user_team` is the clicker's own workspace, wherever they clicked."""

    user: str
    user_team: str
    cause: str
    trigger_id: str = ""
    response_url: str = ""
    channel: str = ""
    thread_ts: str = ""
    view_id: str = ""
    view_hash: str = ""
    previous_view_id: str = ""
    view_kind: str = ""
    callback_id: str = ""
    memory: str = ""
    action_id: str = ""
    value: str = ""
    values: Json = field(default_factory=dict)

    @property
    def in_modal(self) -> bool:
        """Whether it happened in a modal."""
        return self.view_kind == "modal"

    @property
    def in_home(self) -> bool:
        """Whether it happened in the Home tab."""
        return self.view_kind == "home"


def interaction(body: Json) -> Interaction:
    """A `block_actions`, `view_submission`, `block_suggestion` or shortcut payload.

    The workspace of the clicker is in `user.team_id`; `team` is the workspace that installed us, even for a click that came
    from another company. Where it is missing it stays empty, and nobody is let in.
    """
    user, view = _part(body, "user"), _part(body, "view")
    container = _part(body, "container")
    action: Json = next(iter(body.get("actions") or ()), {})
    chosen = _part(action, "selected_option")
    moment = action.get("action_ts") or body.get("action_ts") or body.get("trigger_id") or ""
    state = _part(view, "state") or _part(body, "state")
    return Interaction(
        user=str(user.get("id") or ""),
        user_team=str(user.get("team_id") or ""),
        cause=f"slack {user.get('id')} {moment}",
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        channel=str(_part(body, "channel").get("id") or ""),
        thread_ts=str(container.get("thread_ts") or ""),
        view_id=str(view.get("id") or ""),
        view_hash=str(view.get("hash") or ""),
        previous_view_id=str(view.get("previous_view_id") or ""),
        view_kind=str(view.get("type") or ""),
        callback_id=str(view.get("callback_id") or body.get("callback_id") or ""),
        memory=str(view.get("private_metadata") or ""),
        action_id=str(action.get("action_id") or body.get("action_id") or ""),
        value=str(action.get("value") or chosen.get("value") or body.get("value") or ""),
        values=_part(state, "values"),
    )


def command(body: Json) -> Interaction:
    """A slash command. Commands are not shared between companies: their `team_id` is the typist's."""
    return Interaction(
        user=str(body.get("user_id") or ""),
        user_team=str(body.get("team_id") or ""),
        cause=f"slack {body.get('user_id')} {body.get('trigger_id')}",
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        channel=str(body.get("channel_id") or ""),
        value=str(body.get("text") or ""),
    )


def _part(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def typed(values: Json, block_id: str, action_id: str) -> str:
    """What was typed, picked or dated in an input; empty where nothing was."""
    held = _part(_part(values, block_id), action_id)
    option = _part(held, "selected_option")
    return str(held.get("value") or option.get("value") or held.get("selected_date") or "")


def handed_over(values: Json, block_id: str, action_id: str) -> list[tuple[str, str]]:
    """Id and name of every file that a file input holds."""
    held = _part(_part(values, block_id), action_id)
    return [(str(file.get("id") or ""), str(file.get("name") or "")) for file in held.get("files") or ()]


def picked(values: Json, block_id: str, action_id: str) -> list[str]:
    """The values of a choice of several."""
    held = _part(_part(values, block_id), action_id)
    return [str(option.get("value") or "") for option in held.get("selected_options") or ()]
