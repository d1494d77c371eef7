"""files.*: the two-step upload, and what the download needs."""

import mimetypes

from tests.sandbox.slack.api_chat import check_may_post, check_thread
from tests.sandbox.slack.calls import Call, SlackError, method
from tests.sandbox.slack.model import BOT_USER_ID, File, Json, Message
from tests.sandbox.slack.present import file_json
from tests.sandbox.slack.standin import Standin


class UploadRefusedError(ValueError):
    """The bytes do not fit the ticket."""


def new_file(standin: Standin, name: str, user: str, content: bytes = b"") -> File:
    workspace = standin.workspace
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(workspace.new_id("F"), name, user, content, mimetype=kind, created=int(workspace.now()))
    file.length = len(content)
    workspace.files[file.id] = file
    return file


def receive(standin: Standin, ticket: str, content: bytes) -> None:
    """The bytes of an announced file; a ticket works once and for the announced length only."""
    workspace = standin.workspace
    with workspace.lock:
        file = workspace.files.get(workspace.upload_tickets.get(ticket, ""))
        if file is None:
            raise UploadRefusedError("unknown upload URL")
        if len(content) != file.length:
            raise UploadRefusedError(f"announced {file.length} bytes, got {len(content)}")
        del workspace.upload_tickets[ticket]
        file.content = content
        file.uploaded = True
        workspace.changed()


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(call: Call) -> Json:
    standin = call.standin
    length = call.args.number("length", 0)
    name = call.args.required("filename")
    if length <= 0:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] length must be positive"]})
    file = new_file(standin, name, BOT_USER_ID)
    file.length = length
    file.alt_txt = call.args.text("alt_txt")
    ticket = standin.workspace.new_hash().replace(".", "") + file.id
    standin.workspace.upload_tickets[ticket] = file.id
    return {"upload_url": f"{standin.base_url}/upload/v1/{ticket}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(call: Call) -> Json:
    standin, args = call.standin, call.args
    workspace = standin.workspace
    listed = args.parsed("files")
    if not isinstance(listed, list) or not listed:
        raise SlackError("invalid_arguments")
    files = []
    for entry in listed:
        file = workspace.files.get(str(entry.get("id", "")))
        if file is None or not file.uploaded:
            raise SlackError("file_not_found")
        file.title = str(entry.get("title") or file.name)
        files.append(file)
    share(call, files)
    for file in files:
        file.complete = True
    return {"files": [file_json(file, standin.base_url) for file in files]}


def share(call: Call, files: list[File]) -> None:
    """Post the files where the call says; without a channel they stay private to the app."""
    standin, args = call.standin, call.args
    wanted = args.text("channel_id") or args.text("channels")
    for channel_id in [one for one in wanted.split(",") if one]:
        channel = standin.workspace.channels.get(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        check_may_post(standin, channel)
        standin.workspace.store(
            Message(
                channel.id,
                standin.workspace.new_ts(),
                BOT_USER_ID,
                args.text("initial_comment"),
                by_app=True,
                thread_ts=check_thread(standin, channel, args.text("thread_ts")),
                files=[file.id for file in files],
            )
        )
        for file in files:
            file.channels.append(channel.id)


def may_read(standin: Standin, file: File) -> bool:
    """The app reads what it uploaded, what was given to it in a form, and what was shared where it is."""
    rooms = [standin.workspace.channels[one] for one in file.channels if one in standin.workspace.channels]
    return file.given_to_app or file.user == BOT_USER_ID or any(BOT_USER_ID in room.members for room in rooms)


@method("files.info", "files:read")
def files_info(call: Call) -> Json:
    file = call.standin.workspace.files.get(call.args.required("file", "file_not_found"))
    if file is None or (call.standin.rules.check_membership and not may_read(call.standin, file)):
        raise SlackError("file_not_found")
    return {"file": file_json(file, call.standin.base_url)}
