"""conversations.* and reactions.add."""

from tests.sandbox.slack.calls import Call, SlackError, method
from tests.sandbox.slack.model import BOT_USER_ID, Channel, Json, Message
from tests.sandbox.slack.paging import page
from tests.sandbox.slack.present import channel_json, message_json

KINDS = {"public_channel": "public", "private_channel": "private", "im": "im"}
READ = ("channels:read", "groups:read", "im:read")
HISTORY = ("channels:history", "groups:history", "im:history")


def visible(channel: Channel) -> bool:
    return channel.kind == "public" or BOT_USER_ID in channel.members


def visible_channel(call: Call) -> Channel:
    channel = call.channel()
    if call.standin.rules.check_membership and not visible(channel):
        raise SlackError("channel_not_found")
    return channel


def readable_channel(call: Call) -> Channel:
    channel = visible_channel(call)
    if call.standin.rules.check_membership and BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


@method("conversations.list", *READ)
def conversations_list(call: Call) -> Json:
    wanted = {KINDS.get(kind.strip(), "") for kind in call.args.text("types", "public_channel").split(",")}
    if "" in wanted:
        wanted.discard("")
        if not wanted and call.args.text("types") != "mpim":
            raise SlackError("invalid_types")
    leave_out = call.args.flag("exclude_archived")
    found = [
        channel_json(channel)
        for channel in call.standin.workspace.channels.values()
        if channel.kind in wanted and visible(channel) and not (leave_out and channel.is_archived)
    ]
    channels, metadata = page(found, call.args, 100)
    return {"channels": channels, "response_metadata": metadata}


@method("conversations.info", *READ)
def conversations_info(call: Call) -> Json:
    channel = visible_channel(call)
    body = channel_json(channel)
    if not call.args.flag("include_num_members"):
        body.pop("num_members", None)
    return {"channel": body}


@method("conversations.members", *READ)
def conversations_members(call: Call) -> Json:
    members, metadata = page(list(visible_channel(call).members), call.args, 100)
    return {"members": members, "response_metadata": metadata}


@method("conversations.open", "im:write")
def conversations_open(call: Call) -> Json:
    workspace = call.standin.workspace
    if call.args.has("channel"):
        channel = call.channel()
    else:
        people = call.args.required("users", "users_list_not_supplied").split(",")
        if len(people) != 1:
            raise SlackError("not_enough_users", detail="the stand-in has no group direct messages")
        user = workspace.users.get(people[0].strip())
        if user is None:
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
        channel = workspace.direct_channel(user.id)
    body = channel_json(channel) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": body}


def shown(call: Call, messages: list[Message]) -> list[Json]:
    workspace, metadata = call.standin.workspace, call.args.flag("include_all_metadata")
    return [message_json(one, workspace, call.standin.base_url, include_metadata=metadata) for one in messages]


def within(call: Call, message: Message) -> bool:
    oldest, latest = call.args.text("oldest"), call.args.text("latest")
    inclusive = call.args.flag("inclusive")
    ts = float(message.ts)
    if oldest and (ts < float(oldest) or (ts == float(oldest) and not inclusive)):
        return False
    return not (latest and (ts > float(latest) or (ts == float(latest) and not inclusive)))


@method("conversations.history", *HISTORY)
def history(call: Call) -> Json:
    channel = readable_channel(call)
    held = [
        message
        for message in call.standin.workspace.messages.get(channel.id, {}).values()
        if not message.ephemeral_to and (not message.thread_ts or message.broadcast) and within(call, message)
    ]
    held.sort(key=lambda message: message.ts, reverse=True)
    messages, metadata = page(held, call.args, 100)
    return {
        "messages": shown(call, messages),
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": 0,
        "response_metadata": metadata,
    }


@method("conversations.replies", *HISTORY)
def replies(call: Call) -> Json:
    channel = readable_channel(call)
    ts = call.args.required("ts", "thread_not_found")
    root = call.standin.workspace.message(channel.id, ts)
    if root is None or root.ephemeral_to:
        raise SlackError("thread_not_found")
    thread = call.standin.workspace.thread(channel.id, root.thread_ts or ts)
    held = sorted((one for one in thread if not one.ephemeral_to and within(call, one)), key=lambda one: one.ts)
    messages, metadata = page(held, call.args, 100)
    return {
        "messages": shown(call, messages),
        "has_more": bool(metadata["next_cursor"]),
        "response_metadata": metadata,
    }


@method("reactions.add", "reactions:write")
def add_reaction(call: Call) -> Json:
    channel = readable_channel(call)
    message = call.standin.workspace.message(channel.id, call.args.required("timestamp", "no_item_specified"))
    if message is None:
        raise SlackError("message_not_found")
    people = message.reactions.setdefault(call.args.required("name", "invalid_name"), [])
    if BOT_USER_ID in people:
        raise SlackError("already_reacted")
    people.append(BOT_USER_ID)
    call.standin.workspace.touch(message)
    return {}
