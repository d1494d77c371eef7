"""views.*: triggers, the stack of modals, hashes, and one Home tab for each person."""

from tests.sandbox.slack import blocks as block_rules
from tests.sandbox.slack.calls import Call, SlackError, method
from tests.sandbox.slack.model import Json, Trigger, View
from tests.sandbox.slack.present import view_json
from tests.sandbox.slack.standin import Standin


def checked_view(standin: Standin, view: object, surface: block_rules.Surface | None) -> Json:
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    if block_rules.too_large(view):
        raise SlackError("view_too_large")
    problems = block_rules.view_problems(view, standin.rules, surface) if standin.rules.validate_blocks else []
    if problems:
        messages = [f"[ERROR] {one.message} [json-pointer:/view{one.pointer}]" for one in problems]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    blocks = block_rules.with_block_ids(view.get("blocks", []), standin.workspace.new_id)
    return {**view, "blocks": blocks}


def view_argument(call: Call, surface: block_rules.Surface | None) -> Json:
    view = checked_view(call.standin, call.args.parsed("view"), surface)
    external_id = view.get("external_id")
    other = call.standin.workspace.view_by_external_id(external_id) if external_id else None
    if other is not None and not names(call, other):
        raise SlackError("duplicate_external_id")
    return view


def names(call: Call, view: View) -> bool:
    """Whether this call is about that very view."""
    if call.args.text("view_id") == view.id or call.args.text("external_id") == view.body.get("external_id"):
        return True
    return view.kind == "home" and call.args.text("user_id") == view.user


def take_trigger(call: Call) -> Trigger:
    workspace, rules = call.standin.workspace, call.standin.rules
    trigger = workspace.triggers.get(call.args.required("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used and rules.trigger_single_use:
        raise SlackError("exchanged_trigger_id")
    if workspace.now() - trigger.issued > rules.trigger_seconds:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def add_view(standin: Standin, user_id: str, body: Json, previous: View | None) -> View:
    workspace = standin.workspace
    view_id = workspace.new_id("V")
    view = View(
        view_id,
        user_id,
        body,
        workspace.new_hash(),
        previous.root_view_id if previous else view_id,
        previous.id if previous else "",
    )
    workspace.views[view_id] = view
    if view.kind == "modal":
        below = workspace.stacks.get(user_id, []) if previous else []
        for left in workspace.stacks.get(user_id, []):
            if left not in below:
                workspace.views.pop(left, None)
        workspace.stacks[user_id] = [*below, view_id]
    workspace.changed()
    return view


def replace_body(standin: Standin, view: View, body: Json) -> None:
    """New content; what was typed stays where block_id and action_id stay."""
    kept = {str(block.get("block_id")) for block in body["blocks"]}
    view.values = {block_id: held for block_id, held in view.values.items() if block_id in kept}
    view.body = {**body, "external_id": body.get("external_id", view.body.get("external_id", ""))}
    view.hash = standin.workspace.new_hash()
    view.errors = {}
    view.warning = ""
    view.warnings = {}
    standin.workspace.changed()


def check_hash(call: Call, view: View) -> None:
    given = call.args.text("hash")
    if given and given != view.hash and call.standin.rules.check_view_hash:
        raise SlackError("hash_conflict")


def push_onto(standin: Standin, user_id: str, body: Json) -> View:
    stack = standin.workspace.stack(user_id)
    if len(stack) >= standin.rules.modal_depth:
        raise SlackError("push_limit_reached")
    return add_view(standin, user_id, body, stack[-1] if stack else None)


@method("views.open")
def open_view(call: Call) -> Json:
    body = view_argument(call, "modal")
    trigger = take_trigger(call)
    return {"view": view_json(add_view(call.standin, trigger.user, body, None), call.standin.workspace)}


@method("views.push")
def push_view(call: Call) -> Json:
    body = view_argument(call, "modal")
    trigger = take_trigger(call)
    if not trigger.view_id or not call.standin.workspace.stack(trigger.user):
        raise SlackError("invalid_trigger_id", detail="views.push wants the trigger of an interaction in a modal")
    return {"view": view_json(push_onto(call.standin, trigger.user, body), call.standin.workspace)}


@method("views.update")
def update_view(call: Call) -> Json:
    workspace, args = call.standin.workspace, call.args
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments")
    view = workspace.views.get(view_id) if view_id else workspace.view_by_external_id(external_id)
    if view is None:
        raise SlackError("not_found")
    body = view_argument(call, "home" if view.kind == "home" else "modal")
    check_hash(call, view)
    replace_body(call.standin, view, body)
    return {"view": view_json(view, workspace)}


@method("views.publish")
def publish_view(call: Call) -> Json:
    workspace = call.standin.workspace
    user = workspace.users.get(call.args.required("user_id"))
    if user is None or user.deleted:
        raise SlackError("invalid_arguments")
    body = view_argument(call, "home")
    view = workspace.home(user.id)
    if view is not None:
        check_hash(call, view)
        replace_body(call.standin, view, body)
    else:
        view = add_view(call.standin, user.id, body, None)
        workspace.homes[user.id] = view.id
    return {"view": view_json(view, workspace)}
