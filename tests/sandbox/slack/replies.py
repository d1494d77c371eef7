"""What an answer of the app does to the screen: submissions, slash commands, options, response URLs."""

from typing import Any

from tests.sandbox.slack.api_chat import check_something_to_say, content, rewrite
from tests.sandbox.slack.api_views import checked_view, push_onto, replace_body
from tests.sandbox.slack.calls import Args, SlackError
from tests.sandbox.slack.elements import GROUP, PLAIN_OPTION
from tests.sandbox.slack.model import BOT_USER_ID, Channel, Json, Message, User, View
from tests.sandbox.slack.schema import Problems, array
from tests.sandbox.slack.standin import Standin

WARNING = "This app did not respond in time"
TROUBLE = "We had some trouble connecting. Try again?"
OPTIONS = array(PLAIN_OPTION, 0, 100)
GROUPS = array(GROUP, 0, 100)


def offered_options(answer: Json | None) -> tuple[list[Json], str]:
    """The options of a block_suggestion answer, flat; or what is wrong with them."""
    body = answer or {}
    problems: Problems = []
    if "option_groups" in body:
        GROUPS("/option_groups", body["option_groups"], problems)
        options = [] if problems else [one for group in body["option_groups"] for one in group["options"]]
    else:
        options = body.get("options", [])
        OPTIONS("/options", options, problems)
    if problems:
        return [], f"{problems[0].pointer} {problems[0].message}"
    return options, ""


def drop_views(standin: Standin, user: User, views: list[View]) -> None:
    gone = {view.id for view in views}
    workspace = standin.workspace
    workspace.stacks[user.id] = [one for one in workspace.stacks.get(user.id, []) if one not in gone]
    for view_id in gone:
        workspace.views.pop(view_id, None)
    workspace.changed()


def apply_submission_answer(standin: Standin, user: User, view: View, answer: Json | None) -> None:
    """Close, update, push, clear, or show errors; a bad answer shows as trouble, as in Slack."""
    action = (answer or {}).get("response_action")
    try:
        if not answer:
            drop_views(standin, user, [view])
        elif action == "clear":
            drop_views(standin, user, standin.workspace.stack(user.id))
        elif action == "errors":
            show_errors(view, answer.get("errors"))
        elif action == "update":
            replace_body(standin, view, checked_view(standin, answer.get("view"), "modal"))
        elif action == "push":
            push_onto(standin, user.id, checked_view(standin, answer.get("view"), "modal"))
        else:
            view.warning = f"{TROUBLE} (unknown response_action {action!r})"
    except SlackError as refusal:
        view.warning = f"{TROUBLE} ({refusal.code}: {refusal.extra})"


def show_errors(view: View, errors: Any) -> None:
    """Messages beside inputs, by block_id; anything else has no place on the form."""
    known = {block.get("block_id") for block in view.body.get("blocks", []) if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= known:
        view.warning = f"{TROUBLE} (errors must name input blocks: {errors!r})"
        return
    view.errors = {str(block_id): str(message) for block_id, message in errors.items()}


def slash_error(outcome: str) -> str:
    return "operation_timeout" if outcome == "operation_timeout" else "dispatch_failed"


def show_notice(standin: Standin, user: User, channel: Channel, text: str) -> None:
    """A line that Slack itself shows to one person."""
    workspace = standin.workspace
    workspace.store(Message(channel.id, workspace.new_ts(), "USLACKBOT", text, ephemeral_to=user.id, notice=True))


def show_answer(standin: Standin, user: User, channel: Channel, answer: Json) -> str:
    """The message in the acknowledgement of a slash command; answers with what was wrong with it."""
    try:
        post(standin, user.id, channel.id, Args(answer))
    except SlackError as refusal:
        show_notice(standin, user, channel, f"The app's answer could not be shown: {refusal.code} {refusal.extra}")
        return refusal.code
    return ""


def post(standin: Standin, user_id: str, channel_id: str, args: Args, thread_ts: str = "") -> Message:
    """A message from a response URL or a slash command; ephemeral unless it says otherwise."""
    text, blocks, attachments = content(standin, args)
    check_something_to_say(standin, text, blocks, attachments or [])
    workspace = standin.workspace
    in_channel = args.text("response_type") == "in_channel"
    return workspace.store(
        Message(
            channel_id,
            workspace.new_ts(),
            BOT_USER_ID,
            text,
            blocks or [],
            attachments or [],
            by_app=True,
            thread_ts=args.text("thread_ts", thread_ts),
            ephemeral_to="" if in_channel else user_id,
        )
    )


def respond(standin: Standin, token: str, body: Json) -> None:
    """A post to a response URL: five of them, for half an hour."""
    workspace, rules = standin.workspace, standin.rules
    with workspace.lock:
        url = workspace.response_urls.get(token)
        if url is None:
            raise SlackError("invalid_url")
        if workspace.now() - url.issued > rules.response_url_seconds:
            raise SlackError("expired_url")
        if url.uses >= rules.response_url_uses:
            raise SlackError("used_url")
        url.uses += 1
        args = Args(body)
        source = workspace.message(url.channel, url.message_ts)
        if args.flag("delete_original"):
            if source is None:
                raise SlackError("message_not_found")
            del workspace.messages[url.channel][source.ts]
            workspace.changed()
        elif args.flag("replace_original") and source is not None:
            replace(standin, source, args)
        else:
            post(standin, url.user, url.channel, args)


def replace(standin: Standin, source: Message, args: Args) -> None:
    """New content for the message that was clicked; it stays ephemeral or stays in the channel."""
    text, blocks, attachments = content(standin, args)
    check_something_to_say(standin, text, blocks, attachments or [])
    rewrite(source, text, blocks, attachments, standin.workspace.new_ts())
    standin.workspace.touch(source)
