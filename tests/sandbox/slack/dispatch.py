"""What people do: press, choose, type, submit, close, command. Each becomes a payload, and its answer takes effect."""

from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.slack import inputs, payloads, replies
from tests.sandbox.slack.delivery import Outcome
from tests.sandbox.slack.inputs import Found
from tests.sandbox.slack.model import BOT_USER_ID, Channel, Json, Message, User, View
from tests.sandbox.slack.present import file_json
from tests.sandbox.slack.standin import Standin


class CannotError(Exception):
    """Slack's own screen would not let this person do that."""


@dataclass
class Result:
    """What the person sees of the outcome."""

    outcome: str
    seconds: float = 0.0
    answer: Json | None = None
    # The confirm dialog that still has to be answered.
    confirm: Json | None = None
    errors: dict[str, str] = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    warning: str = ""

    @property
    def acked(self) -> bool:
        return self.outcome == "acked"


def of(outcome: Outcome, **more: Any) -> Result:
    return Result(outcome.outcome, outcome.seconds, outcome.answer, **more)


# Who, where, on what.


def acting(standin: Standin, who: str) -> User:
    user = standin.workspace.find_user(who)
    if user is None:
        raise CannotError(f"nobody is called {who!r}")
    if user.deleted and not standin.rules.deactivated_may_act:
        raise CannotError(f"{user.handle} is deactivated and cannot do anything in Slack")
    return user


def room(standin: Standin, user: User, which: str) -> Channel:
    channel = standin.workspace.find_channel(which)
    if channel is None:
        raise CannotError(f"there is no channel {which!r}")
    if user.id not in channel.members:
        raise CannotError(f"{user.handle} is not in {channel.name}")
    return channel


def seen_message(standin: Standin, user: User, which: str, ts: str) -> Message:
    channel = room(standin, user, which)
    message = standin.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_to not in {"", user.id}:
        raise CannotError(f"{user.handle} sees no message {ts} in {channel.name}")
    return message


def open_view(standin: Standin, user: User, view_id: str = "") -> View:
    """The view on top of this person's modals, or their Home tab when `view_id` names it."""
    home = standin.workspace.home(user.id)
    if home is not None and view_id in {home.id, "home"}:
        return home
    top = standin.workspace.top_view(user.id)
    if top is None:
        raise CannotError(f"{user.handle} has no modal open")
    if view_id not in {"", top.id}:
        raise CannotError(f"the modal on top is {top.id}, not {view_id}")
    return top


Surface = Message | View


def surface_of(standin: Standin, user: User, where: Json) -> Surface:
    if where.get("ts"):
        return seen_message(standin, user, str(where.get("channel", "")), str(where["ts"]))
    return open_view(standin, user, str(where.get("view_id") or ""))


def blocks_of(surface: Surface) -> list[Json]:
    if isinstance(surface, View):
        return list(surface.body.get("blocks", []))
    return surface.blocks


def held_of(surface: Surface, user: User) -> dict[str, dict[str, Json]]:
    return surface.values if isinstance(surface, View) else surface.inputs.setdefault(user.id, {})


def touched(standin: Standin, surface: Surface) -> None:
    if isinstance(surface, Message):
        standin.workspace.touch(surface)
    else:
        standin.workspace.changed()


def located(surface: Surface, action_id: str, block_id: str) -> Found:
    try:
        return inputs.find(blocks_of(surface), action_id, block_id)
    except inputs.NoSuchElementError as missing:
        raise CannotError(str(missing)) from None


# Pressing and choosing.


@dataclass(frozen=True)
class Choice:
    """One use of one element. `confirm` answers its dialog: None leaves it open, False backs out."""

    action_id: str
    block_id: str = ""
    value: Any = None
    confirm: bool | None = None
    offered: list[Json] | None = None
    # Keep the value without telling the app, as while somebody is still typing.
    quiet: bool = False


def act(standin: Standin, user: User, surface: Surface, choice: Choice) -> Result:
    """Use an element; sends block_actions where Slack would."""
    with standin.workspace.lock:
        found = located(surface, choice.action_id, choice.block_id)
        dialog = found.element.get("confirm")
        if dialog and choice.confirm is None:
            return Result("needs_confirmation", confirm=dialog)
        if dialog and choice.confirm is False:
            return Result("cancelled")
        held = chosen(standin, user, surface, found, choice)
        if choice.quiet or (found.is_input and not found.block.get("dispatch_action", False)):
            touched(standin, surface)
            return Result("kept")
        try:
            action = inputs.action_json(found, held, choice.value, standin.workspace.new_ts())
        except inputs.NoSuchElementError as missing:
            raise CannotError(str(missing)) from None
        payload = payloads.block_actions(standin, user, surface, action)
        surface.warnings.pop(choice.action_id, None)
        touched(standin, surface)
    outcome = standin.delivery.interact("interactive", payload, f"{user.handle} {found.kind} {choice.action_id}")
    if not outcome.acked:
        mark(standin, surface, choice.action_id, outcome)
    return of(outcome, warning="" if outcome.acked else replies.WARNING)


def mark(standin: Standin, surface: Surface, action_id: str, outcome: Outcome) -> None:
    """The warning sign beside an element whose app did not answer in time."""
    with standin.workspace.lock:
        surface.warnings[action_id] = f"{replies.WARNING} ({outcome.outcome})"
        touched(standin, surface)


def chosen(standin: Standin, user: User, surface: Surface, found: Found, choice: Choice) -> Json | None:
    if found.kind not in inputs.STATE_KEYS:
        return None
    value = choice.value
    if found.kind == "file_input":
        files = [standin.workspace.files.get(str(one)) for one in value or []]
        value = [file_json(file, standin.base_url) for file in files if file is not None]
    try:
        state = inputs.chosen_state(found, value, choice.offered)
    except inputs.NoSuchElementError as missing:
        raise CannotError(str(missing)) from None
    held_of(surface, user).setdefault(found.block_id, {})[found.action_id] = state
    return state


def suggest(standin: Standin, user: User, surface: Surface, choice: Choice, query: str) -> Result:
    """Ask the app for the options of an external select."""
    with standin.workspace.lock:
        found = located(surface, choice.action_id, choice.block_id)
        if found.kind not in inputs.EXTERNAL_TYPES:
            raise CannotError(f"{choice.action_id!r} does not ask the app for options")
        if len(query) < int(found.element.get("min_query_length", 3)):
            return Result("query_too_short")
        payload = payloads.block_suggestion(standin, user, surface, found, query)
    summary = f"{user.handle} types {query!r} in {choice.action_id}"
    outcome = standin.delivery.interact("interactive", payload, summary, wants_answer=True)
    if not outcome.acked:
        return of(outcome, warning=replies.WARNING)
    options, problem = replies.offered_options(outcome.answer)
    return of(outcome, options=options, warning=problem)


# Modals.


def submit(standin: Standin, user: User, view_id: str = "") -> Result:
    """Press the submit button of the modal on top, after the checks that Slack's form makes itself."""
    with standin.workspace.lock:
        view = open_view(standin, user, view_id)
        if view.kind != "modal" or not view.body.get("submit"):
            raise CannotError("this view has no submit button")
        view.errors = inputs.client_errors(blocks_of(view), view.values)
        view.warning = ""
        standin.workspace.changed()
        if view.errors:
            return Result("refused_by_form", errors=dict(view.errors))
        hand_over(standin, view)
        payload = payloads.view_submission(standin, user, view)
    summary = f"{user.handle} submits {view.body.get('callback_id', '')}"
    outcome = standin.delivery.interact("interactive", payload, summary, wants_answer=True)
    with standin.workspace.lock:
        if outcome.acked:
            replies.apply_submission_answer(standin, user, view, outcome.answer)
        else:
            view.warning = f"{replies.TROUBLE} ({outcome.outcome})"
        standin.workspace.changed()
    return of(outcome, errors=dict(view.errors), warning=view.warning)


def hand_over(standin: Standin, view: View) -> None:
    """Files in a form that is sent may be read by the app, which sees nobody's other private files."""
    for held in view.values.values():
        for state in held.values():
            for one in state.get("files") or []:
                standin.workspace.files[one["id"]].given_to_app = True


def close(standin: Standin, user: User, *, every: bool = False) -> Result:
    """The close button of the top modal, or the cross that clears them all."""
    with standin.workspace.lock:
        stack = standin.workspace.stack(user.id)
        if not stack:
            raise CannotError(f"{user.handle} has no modal open")
        clears = every or bool(stack[-1].body.get("clear_on_close", False))
        closing = stack[::-1] if clears else [stack[-1]]
        told = [
            payloads.view_closed(standin, user, view, is_cleared=every)
            for view in closing
            if view.body.get("notify_on_close", False)
        ]
        replies.drop_views(standin, user, closing)
    outcomes = [standin.delivery.interact("interactive", one, f"{user.handle} closes a modal") for one in told]
    return of(outcomes[-1]) if outcomes else Result("closed")


# Commands, shortcuts, Home, words.


def slash(standin: Standin, user: User, which: str, line: str) -> Result:
    """Type a slash command; what the app answers in its acknowledgement is shown at once."""
    if user.is_external:
        raise CannotError("slash commands are not shared with other workspaces")
    channel = room(standin, user, which)
    command, _, text = line.strip().partition(" ")
    payload = payloads.slash(standin, user, channel, command, text.strip())
    outcome = standin.delivery.interact("slash_commands", payload, f"{user.handle} {line.strip()}", wants_answer=True)
    warning = ""
    if not outcome.acked:
        warning = f"{command} failed with the error “{replies.slash_error(outcome.outcome)}”"
        replies.show_notice(standin, user, channel, warning)
    elif outcome.answer:
        warning = replies.show_answer(standin, user, channel, outcome.answer)
    return of(outcome, warning=warning)


def shortcut(standin: Standin, user: User, callback_id: str, where: Json) -> Result:
    """A global shortcut, or a message shortcut when `where` names a message."""
    declared = standin.config.shortcuts
    if declared is not None and callback_id not in declared:
        raise CannotError(f"the app has no shortcut {callback_id!r}")
    message = None
    if where.get("ts"):
        message = seen_message(standin, user, str(where.get("channel", "")), str(where["ts"]))
        if message.ephemeral_to:
            raise CannotError("an ephemeral message has no shortcuts")
    payload = payloads.shortcut(standin, user, callback_id, message)
    return of(standin.delivery.interact("interactive", payload, f"{user.handle} shortcut {callback_id}"))


def open_home(standin: Standin, user: User, tab: str = "home") -> str:
    """Look at the app's Home tab (or its messages); answers with the id of the event's delivery."""
    workspace = standin.workspace
    inner: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct_channel(user.id).id,
        "tab": tab,
    }
    view = workspace.home(user.id)
    if view is not None:
        inner["view"] = payloads.in_view(standin, view)["view"]
    record = standin.delivery.event(payloads.event(standin, inner), f"{user.handle} opens {tab}")
    return record.id


def say(standin: Standin, user: User, which: str, text: str, *, thread_ts: str = "", files: list[str]) -> Message:
    """Write a message; the app hears of it in a direct message or when it is mentioned."""
    workspace = standin.workspace
    channel = workspace.direct_channel(user.id) if which in {"", "app"} else room(standin, user, which)
    if channel.kind == "im" and not standin.config.takes_messages:
        raise CannotError("sending messages to this app has been turned off")
    with workspace.lock:
        for file_id in files:
            if file_id not in workspace.files:
                raise CannotError(f"there is no file {file_id!r}")
            workspace.files[file_id].channels.append(channel.id)
        message = workspace.store(
            Message(channel.id, workspace.new_ts(), user.id, text, thread_ts=thread_ts, files=list(files))
        )
    subtype = {"subtype": "file_share"} if files else {}
    if channel.kind == "im" and "im:history" in standin.scopes:
        payload = payloads.message_event(standin, message, user, type="message", **subtype)
        standin.delivery.event(payload, f"{user.handle} writes to the app")
    elif f"<@{BOT_USER_ID}>" in text and BOT_USER_ID in channel.members and "app_mentions:read" in standin.scopes:
        payload = payloads.message_event(standin, message, user, type="app_mention")
        standin.delivery.event(payload, f"{user.handle} mentions the app")
    return message
