"""The control API: everything a person, a test or another process can do to the stand-in, as named verbs.

`POST /sandbox/do/<verb>` with a JSON object; the answer is a JSON object with `ok`.
"""

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.sandbox.slack import dispatch, inputs, occurrences, payloads, screen, signed_http
from tests.sandbox.slack.api_files import new_file
from tests.sandbox.slack.dispatch import CannotError, Choice, Result, Surface
from tests.sandbox.slack.model import Json, User
from tests.sandbox.slack.rules import Fault
from tests.sandbox.slack.standin import RefusedToStartError, Standin

Verb = Callable[[Standin, Json], Json]
VERBS: dict[str, Verb] = {}


def verb(function: Verb) -> Verb:
    VERBS[function.__name__] = function
    return function


def perform(standin: Standin, name: str, body: Json) -> Json:
    found = VERBS.get(name)
    if found is None:
        raise CannotError(f"unknown verb {name!r}; known: {', '.join(sorted(VERBS))}")
    try:
        return {"ok": True, **found(standin, body)}
    except (KeyError, TypeError, ValueError, RefusedToStartError) as wrong:
        raise CannotError(f"{name}: {type(wrong).__name__} {wrong}") from wrong


def shown(result: Result) -> Json:
    return {**asdict(result), "acked": result.acked}


def who(standin: Standin, body: Json) -> User:
    return dispatch.acting(standin, str(body["user"]))


def where(standin: Standin, body: Json) -> tuple[User, Surface]:
    user = who(standin, body)
    return user, dispatch.surface_of(standin, user, body)


def choice(body: Json, **more: Any) -> Choice:
    return Choice(
        str(body["action_id"]),
        str(body.get("block_id") or ""),
        more.get("value", body.get("value")),
        body.get("confirm"),
        more.get("offered"),
    )


def taken(found: inputs.Found, surface: Surface, user: User) -> list[Json]:
    """The options that an external select holds now."""
    held = dispatch.held_of(surface, user).get(found.block_id, {}).get(found.action_id)
    state = inputs.state_of(found.element, held)
    several = state.get("selected_options")
    return list(several) if several is not None else [one for one in [state.get("selected_option")] if one]


# What people do.


@verb
def act(standin: Standin, body: Json) -> Json:
    user, surface = where(standin, body)
    # What was suggested and taken earlier may be kept or dropped; anything else needs `choose_suggestion`.
    found = dispatch.located(surface, str(body["action_id"]), str(body.get("block_id") or ""))
    offered = taken(found, surface, user) if found.kind in inputs.EXTERNAL_TYPES else None
    return shown(dispatch.act(standin, user, surface, choice(body, offered=offered)))


@verb
def suggest(standin: Standin, body: Json) -> Json:
    user, surface = where(standin, body)
    return shown(dispatch.suggest(standin, user, surface, choice(body), str(body.get("query", ""))))


@verb
def choose_suggestion(standin: Standin, body: Json) -> Json:
    """Type `query`, then take the offered options named by value or label in `picks`."""
    user, surface = where(standin, body)
    offered = dispatch.suggest(standin, user, surface, choice(body), str(body.get("query", "")))
    if not offered.acked:
        return shown(offered)
    picks = list(body["picks"])
    found = dispatch.located(surface, str(body["action_id"]), str(body.get("block_id") or ""))
    options = list(offered.options)
    if found.kind.startswith("multi_"):
        kept = taken(found, surface, user)
        options = [*kept, *options]
        value: Any = [*(one["value"] for one in kept), *picks]
    else:
        value = picks[0]
    return shown(dispatch.act(standin, user, surface, choice(body, value=value, offered=options)))


@verb
def fill(standin: Standin, body: Json) -> Json:
    """Put values into the top modal; keys are block_ids or action_ids. `quiet` keeps the app from hearing of it."""
    user = who(standin, body)
    view = dispatch.open_view(standin, user, str(body.get("view_id") or ""))
    for name, value in dict(body["values"]).items():
        found = screen.named_input(dispatch.blocks_of(view), str(name))
        wanted = Choice(found.action_id, found.block_id, value, quiet=bool(body.get("quiet", False)))
        result = dispatch.act(standin, user, view, wanted)
        if result.outcome not in {"kept", "acked"}:
            return shown(result)
    return {"outcome": "kept"}


@verb
def submit(standin: Standin, body: Json) -> Json:
    if body.get("values"):
        fill(standin, body)
    return shown(dispatch.submit(standin, who(standin, body), str(body.get("view_id") or "")))


@verb
def close(standin: Standin, body: Json) -> Json:
    return shown(dispatch.close(standin, who(standin, body), every=bool(body.get("every", False))))


@verb
def slash(standin: Standin, body: Json) -> Json:
    return shown(dispatch.slash(standin, who(standin, body), str(body["channel"]), str(body["line"])))


@verb
def shortcut(standin: Standin, body: Json) -> Json:
    return shown(dispatch.shortcut(standin, who(standin, body), str(body["callback_id"]), body))


@verb
def open_home(standin: Standin, body: Json) -> Json:
    return {"delivery": dispatch.open_home(standin, who(standin, body), str(body.get("tab", "home")))}


@verb
def say(standin: Standin, body: Json) -> Json:
    user = who(standin, body)
    files = [str(one) for one in body.get("files") or []]
    thread = str(body.get("thread_ts") or "")
    message = dispatch.say(standin, user, str(body.get("channel") or ""), str(body["text"]), thread_ts=thread, files=files)
    for file_id in files:
        occurrences.file_shared(standin, user, file_id, message.channel)
    return {"channel": message.channel, "ts": message.ts}


@verb
def upload(standin: Standin, body: Json) -> Json:
    """Give a person a file on Slack: `content` is base64."""
    content = base64.b64decode(str(body["content"]), validate=True)
    with standin.workspace.lock:
        file = new_file(standin, str(body["name"]), who(standin, body).id, content)
        file.uploaded = file.complete = True
        standin.workspace.changed()
    return {"file": file.id}


@verb
def reload(standin: Standin, body: Json) -> Json:
    """A person reloads Slack: ephemeral messages are gone."""
    return {"vanished": screen.reload(standin, who(standin, body))}


# What happens to the workspace.


@verb
def set_user(standin: Standin, body: Json) -> Json:
    return {"user": occurrences.set_user(standin, body)}


@verb
def set_channel(standin: Standin, body: Json) -> Json:
    return {"channel": occurrences.set_channel(standin, body)}


@verb
def set_group(standin: Standin, body: Json) -> Json:
    return {"group": occurrences.set_group(standin, body)}


@verb
def join(standin: Standin, body: Json) -> Json:
    occurrences.join(standin, str(body["user"]), str(body["channel"]))
    return {}


@verb
def leave(standin: Standin, body: Json) -> Json:
    occurrences.leave(standin, str(body["user"]), str(body["channel"]))
    return {}


@verb
def event(standin: Standin, body: Json) -> Json:
    """Any event, as it stands."""
    return {"delivery": occurrences.raw_event(standin, dict(body["event"]), shared=bool(body.get("shared", False)))}


# Rules, faults, transport, time.


@verb
def rules(standin: Standin, body: Json) -> Json:
    standin.rules = standin.rules.changed(**body)
    standin.workspace.changed()
    return {"rules": asdict(standin.rules)}


@verb
def scopes(standin: Standin, body: Json) -> Json:
    standin.scopes |= set(body.get("add", []))
    standin.scopes -= set(body.get("remove", []))
    return {"scopes": sorted(standin.scopes)}


@verb
def plan(standin: Standin, body: Json) -> Json:
    standin.paid_plan = bool(body["paid"])
    return {}


@verb
def fault(standin: Standin, body: Json) -> Json:
    standin.faults.add(Fault(**body))
    return {}


@verb
def clear_faults(standin: Standin, _body: Json) -> Json:
    standin.faults.clear()
    return {}


@verb
def sockets(standin: Standin, body: Json) -> Json:
    """`refresh` (asks the app to reconnect), `warning`, `link_disabled`, `cut`, or `count`."""
    what = str(body.get("what", "count"))
    if what == "cut":
        return {"affected": standin.sockets.cut()}
    if what in {"warning", "link_disabled"}:
        return {"affected": standin.sockets.refresh(what)}
    if what == "refresh":
        return {"affected": standin.sockets.refresh("refresh_requested")}
    wanted, seconds = int(body.get("at_least", 0)), float(body.get("seconds", 0))
    return {
        "reached": standin.sockets.wait_for_count(wanted, seconds),
        "open": standin.sockets.count(),
        "opened": standin.sockets.opened,
    }


@verb
def new_trigger(standin: Standin, body: Json) -> Json:
    return {"trigger_id": standin.workspace.new_trigger(who(standin, body).id).id}


@verb
def new_response_url(standin: Standin, body: Json) -> Json:
    user = who(standin, body)
    channel = dispatch.room(standin, user, str(body["channel"]))
    token = standin.workspace.new_response_url(user.id, channel.id, str(body.get("ts") or ""))
    return {"response_url": payloads.response_url(standin, token)}


@verb
def request_url(standin: Standin, body: Json) -> Json:
    """Deliver to this address by signed HTTP from now on; empty goes back to Socket Mode."""
    standin.set_request_url(str(body.get("url", "")))
    verified = signed_http.verify_url(standin) if standin.request_url and body.get("verify", True) else None
    return {"verified": verified}


@verb
def advance(standin: Standin, body: Json) -> Json:
    """Let the workspace's clock jump: triggers and response URLs grow old."""
    standin.workspace.clock_offset += float(body["seconds"])
    return {"now": standin.workspace.now()}


@verb
def redeliver(standin: Standin, body: Json) -> Json:
    """Send an event again: the one with this id, or the newest."""
    events = [one for one in standin.workspace.deliveries if one.kind == "events_api"]
    wanted = str(body.get("delivery") or "")
    found = [one for one in events if wanted in {"", one.id, one.payload["event_id"]}]
    if not found:
        raise CannotError("there is no such event")
    outcome = standin.delivery.redeliver(found[-1])
    return {"outcome": outcome.outcome, "acked": outcome.acked, "attempt": found[-1].attempt}


# Looking.


@verb
def messages(standin: Standin, body: Json) -> Json:
    return {"messages": screen.messages(standin, body)}


@verb
def view(standin: Standin, body: Json) -> Json:
    return {"view": screen.top_view(standin, who(standin, body))}


@verb
def home(standin: Standin, body: Json) -> Json:
    return {"view": screen.home(standin, who(standin, body))}


@verb
def calls(standin: Standin, body: Json) -> Json:
    wanted = str(body.get("method") or "")
    with standin.workspace.lock:
        return {"calls": [asdict(one) for one in standin.workspace.calls if wanted in {"", one.method}]}


@verb
def deliveries(standin: Standin, body: Json) -> Json:
    kind = str(body.get("kind") or "")
    with standin.workspace.lock:
        return {"deliveries": [asdict(one) for one in standin.workspace.deliveries if kind in {"", one.kind}]}
