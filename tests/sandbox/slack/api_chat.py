"""chat.*, and the part of it that response URLs share."""

from tests.sandbox.slack import blocks as block_rules
from tests.sandbox.slack import limits, payloads
from tests.sandbox.slack.calls import Args, Call, SlackError, method
from tests.sandbox.slack.model import BOT_USER_ID, Channel, Json, Message
from tests.sandbox.slack.present import message_json
from tests.sandbox.slack.standin import Standin

TEXT_KEPT = 40_000


def content(standin: Standin, args: Args) -> tuple[str, list[Json] | None, list[Json] | None]:
    """Text, blocks and attachments of a message, checked; None where the argument was not sent."""
    text = args.text("text")[:TEXT_KEPT]
    blocks = args.parsed("blocks", "invalid_blocks_format")
    attachments = args.parsed("attachments", "invalid_attachments")
    if blocks is not None:
        if not isinstance(blocks, list):
            raise SlackError("invalid_blocks_format")
        check_blocks(standin, blocks)
        blocks = block_rules.with_block_ids(blocks, standin.workspace.new_id)
    if attachments is not None and not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    return text, blocks, attachments


def check_blocks(standin: Standin, blocks: list[Json]) -> None:
    if not standin.rules.validate_blocks:
        return
    problems = block_rules.message_problems(blocks, standin.rules)
    too_long = [problem for problem in problems if problem.code == "too_long"]
    if problems and len(too_long) == len(problems):
        raise SlackError("msg_blocks_too_long", errors=[problem.message for problem in problems])
    if problems:
        raise SlackError(
            "invalid_blocks",
            errors=[f"{problem.message} [json-pointer:/blocks{problem.pointer}]" for problem in problems],
            response_metadata={"messages": [f"[ERROR] {one.message} [json-pointer:/blocks{one.pointer}]" for one in problems]},
        )


def check_something_to_say(standin: Standin, text: str, blocks: list[Json] | None, attachments: list[Json]) -> None:
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if standin.rules.require_fallback_text and not text.strip():
        # Stricter than Slack: blocks without text leave phones and screen readers with nothing.
        raise SlackError("no_text", detail="the stand-in wants fallback text beside blocks")


def target(call: Call) -> Channel:
    """Where to post: a conversation id, a channel name, or a person (their direct message)."""
    workspace = call.standin.workspace
    wanted = call.args.required("channel", "channel_not_found")
    channel = workspace.find_channel(wanted)
    if channel is None and wanted in workspace.users:
        channel = workspace.direct_channel(wanted)
    if channel is None:
        raise SlackError("channel_not_found")
    check_may_post(call.standin, channel)
    return channel


def check_may_post(standin: Standin, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    if standin.rules.check_membership and BOT_USER_ID not in channel.members:
        # A private channel without the app does not even exist for it.
        raise SlackError("channel_not_found" if channel.kind == "private" else "not_in_channel")
    person = standin.workspace.users.get(channel.user)
    if channel.kind == "im" and person is not None and person.deleted:
        raise SlackError("cannot_dm_bot" if person.is_bot else "user_disabled")


def metadata_of(args: Args) -> Json | None:
    metadata = args.parsed("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if not metadata.get("event_type"):
        raise SlackError("invalid_metadata_schema")
    return metadata


def check_thread(standin: Standin, channel: Channel, thread_ts: str) -> str:
    """The root of the thread; a reply to a reply goes to the root, as in Slack."""
    if not thread_ts:
        return ""
    parent = standin.workspace.message(channel.id, thread_ts)
    if parent is None or parent.ephemeral_to:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    standin, args = call.standin, call.args
    channel = target(call)
    text, blocks, attachments = content(standin, args)
    check_something_to_say(standin, text, blocks, attachments or [])
    limits.take_post(standin, channel.id)
    message = standin.workspace.store(
        Message(
            channel.id,
            standin.workspace.new_ts(),
            BOT_USER_ID,
            text,
            blocks or [],
            attachments or [],
            by_app=True,
            thread_ts=check_thread(standin, channel, args.text("thread_ts")),
            broadcast=args.flag("reply_broadcast"),
            metadata=metadata_of(args),
        )
    )
    if channel.kind == "im" and standin.rules.echo_own_messages:
        bot = standin.workspace.users[BOT_USER_ID]
        standin.delivery.event(payloads.message_event(standin, message, bot), "the app's own message comes back")
    body = message_json(message, standin.workspace, standin.base_url, include_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    standin, args = call.standin, call.args
    channel = target(call)
    user = call.user()
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks, attachments = content(standin, args)
    check_something_to_say(standin, text, blocks, attachments or [])
    message = standin.workspace.store(
        Message(
            channel.id,
            standin.workspace.new_ts(),
            BOT_USER_ID,
            text,
            blocks or [],
            attachments or [],
            by_app=True,
            thread_ts=check_thread(standin, channel, args.text("thread_ts")),
            ephemeral_to=user.id,
        )
    )
    return {"message_ts": message.ts}


def own_message(call: Call, forbidden: str) -> Message:
    """The app's own lasting message; an ephemeral one is not found, whatever its timestamp."""
    channel = call.standin.workspace.channels.get(call.args.required("channel", "channel_not_found"))
    if channel is None:
        raise SlackError("channel_not_found")
    message = call.standin.workspace.message(channel.id, call.args.required("ts", "message_not_found"))
    if message is None or message.ephemeral_to:
        raise SlackError("message_not_found")
    if not message.by_app:
        raise SlackError(forbidden)
    return message


def rewrite(message: Message, text: str, blocks: list[Json] | None, attachments: list[Json] | None, ts: str) -> None:
    """Text alone removes the blocks; new blocks hide the mark that says "edited"."""
    message.text = text
    message.blocks = blocks or []
    if attachments is not None:
        message.attachments = attachments
    message.edited = "" if blocks else ts
    message.warnings = {}
    kept = {str(block.get("block_id")) for block in message.blocks}
    for person, values in message.inputs.items():
        message.inputs[person] = {block_id: held for block_id, held in values.items() if block_id in kept}


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    standin, args = call.standin, call.args
    message = own_message(call, "cant_update_message")
    text, blocks, attachments = content(standin, args)
    if not args.has("text") and not args.has("blocks") and not args.has("attachments"):
        raise SlackError("no_text")
    check_something_to_say(standin, text, blocks, attachments or [])
    rewrite(message, text, blocks, attachments, standin.workspace.new_ts())
    metadata = metadata_of(args)
    if metadata is not None:
        message.metadata = metadata
    standin.workspace.touch(message)
    body = message_json(message, standin.workspace, standin.base_url)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    message = own_message(call, "cant_delete_message")
    del call.standin.workspace.messages[message.channel][message.ts]
    call.standin.workspace.changed()
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.args.required("message_ts", "message_not_found")
    if call.standin.workspace.message(channel.id, ts) is None:
        raise SlackError("message_not_found")
    link = f"{call.standin.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}
