"""The HTTP face: Web API, Socket Mode, response URLs, files, the control API and the page."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.sandbox.slack import (
    api_chat,
    api_conversations,
    api_files,
    api_people,
    api_views,
    calls,
    control,
    persist,
    replies,
    screen,
)
from tests.sandbox.slack.connection import NoAnswer
from tests.sandbox.slack.dispatch import CannotError
from tests.sandbox.slack.limits import RateLimitedError, take_call
from tests.sandbox.slack.model import Json
from tests.sandbox.slack.rules import Fault
from tests.sandbox.slack.standin import Config, Standin

PAGE = Path(__file__).parent / "page"
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "[::1]"}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MOST_PEOPLE = 200
REGISTERED = (api_chat, api_conversations, api_files, api_people, api_views)


class LoopbackOnly:
    """Refuse other names than this machine's (DNS rebinding) and requests that another site's page sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
            host = headers.get("host", "")
            name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
            origin = headers.get("origin", "")
            if name not in LOOPBACK_NAMES or origin not in {"", f"http://{host}"}:
                if scope["type"] == "http":
                    await PlainTextResponse("this stand-in answers on loopback only", 403)(scope, receive, send)
                else:
                    await send({"type": "websocket.close", "code": 1008})
                return
        await self.app(scope, receive, send)


class Watchers:
    """Open pages that want to hear of every change; thread-safe from the workspace's side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[int]]] = []

    def tell(self, revision: int) -> None:
        with self._lock:
            queues = list(self._queues)
        for loop, queue in queues:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, revision)

    async def stream(self, standin: Standin) -> AsyncIterator[str]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        entry = (asyncio.get_running_loop(), queue)
        with self._lock:
            self._queues.append(entry)
        try:
            yield f"data: {standin.workspace.revision}\n\n"
            while True:
                revision = await queue.get()
                while not queue.empty():
                    revision = queue.get_nowait()
                if revision < 0:
                    return
                yield f"data: {revision}\n\n"
        finally:
            with self._lock:
                self._queues.remove(entry)


async def read_arguments(request: Request) -> tuple[Json, str]:
    """Arguments from the query, a JSON body or a form; and the token from wherever it was put."""
    values: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "multipart/form-data":
        form = await request.form()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    else:
        body = (await request.body()).decode("utf-8", "replace")
        if kind == "application/json" and body:
            try:
                parsed = json.loads(body)
            except ValueError:
                raise calls.SlackError("invalid_json") from None
            if not isinstance(parsed, dict):
                raise calls.SlackError("json_not_object")
            values |= parsed
        elif body:
            values |= dict(parse_qsl(body, keep_blank_values=True))
    header = request.headers.get("authorization", "")
    token = header.removeprefix("Bearer ").strip() if header else str(values.get("token", ""))
    return values, token


def rate_limited(retry_after: int) -> JSONResponse:
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(retry_after)})


def fault_answer(fault: Fault) -> Response | None:
    """The answer of a fault that keeps the call from being performed."""
    if fault.kind == "rate_limit":
        return rate_limited(fault.retry_after)
    if fault.kind == "error":
        return JSONResponse({"ok": False, "error": fault.code})
    if fault.kind == "status":
        return PlainTextResponse("upstream trouble", fault.status)
    return None


def note_fault(standin: Standin, name: str, values: Json, fault: Fault) -> None:
    shown = {key: value for key, value in values.items() if key != "token"}
    calls.record(standin, name, shown, {"ok": False, "error": f"fault:{fault.kind}"})


async def answer_call(standin: Standin, name: str, request: Request) -> Response | None:
    """One Web API call; None means that the connection is to die without an answer."""
    try:
        values, token = await read_arguments(request)
    except calls.SlackError as refusal:
        return JSONResponse(refusal.answer())
    fault = standin.faults.take(name)
    if fault is not None:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault.kind != "drop_response":
            note_fault(standin, name, values, fault)
            return fault_answer(fault)
    try:
        take_call(standin, name)
        answer = await run_in_threadpool(calls.perform, standin, name, values, token)
    except RateLimitedError as limited:
        return rate_limited(limited.retry_after)
    if fault is not None and fault.kind == "drop_response":
        return None
    return JSONResponse(answer, headers={"X-OAuth-Scopes": ",".join(sorted(standin.scopes))})


def add_slack_routes(app: FastAPI, standin: Standin) -> None:
    """The addresses that Slack has."""

    @app.api_route("/api/{name}", methods=["GET", "POST"])
    async def api(name: str, request: Request) -> Response:
        answer = await answer_call(standin, name, request)
        return NoAnswer() if answer is None else answer

    @app.websocket("/link/")
    async def link(socket: WebSocket) -> None:
        await standin.sockets.serve(socket)

    @app.post("/respond/{token}")
    async def respond(token: str, request: Request) -> Response:
        values, _ = await read_arguments(request)
        try:
            await run_in_threadpool(replies.respond, standin, token, values)
        except calls.SlackError as refusal:
            gone = refusal.code in {"invalid_url", "expired_url", "used_url"}
            return JSONResponse(refusal.answer(), 404 if gone else 200)
        return PlainTextResponse("ok")

    @app.post("/upload/v1/{ticket}")
    async def upload(ticket: str, request: Request) -> Response:
        content = await upload_bytes(request)
        try:
            await run_in_threadpool(api_files.receive, standin, ticket, content)
        except api_files.UploadRefusedError as refusal:
            return PlainTextResponse(str(refusal), 400)
        return PlainTextResponse(f"OK - {len(content)}")

    add_download_routes(app, standin)


def add_download_routes(app: FastAPI, standin: Standin) -> None:
    """Where files are read from."""

    @app.get("/files-pri/{name}/{rest:path}")
    async def download(name: str, rest: str, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        ours = token == standin.config.bot_token
        if ours and "files:read" not in standin.scopes:
            # A token without the scope is led to the sign-in page, which answers with status 200.
            return RedirectResponse("/sign-in", 302)
        file = standin.workspace.files.get(name.partition("-")[2])
        known = file is not None and (not standin.rules.check_membership or api_files.may_read(standin, file))
        if file is None or not known or not ours or rest.removeprefix("download/") != file.name:
            return sign_in()
        fault = standin.faults.take("files.download")
        if fault is not None:
            return fault_answer(fault) or NoAnswer()
        return Response(file.content, media_type=file.mimetype)

    @app.get("/sign-in")
    def sign_in() -> Response:
        """What people see who may not see a file: a page, with status 200. A careless client stores it as the document."""
        return HTMLResponse("<!DOCTYPE html><title>Sign in | stand-in</title><p>Sign in to see this file.")


async def upload_bytes(request: Request) -> bytes:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        parts = [value for value in form.values() if not isinstance(value, str)]
        return await parts[0].read() if parts else b""
    return await request.body()


def add_control_routes(app: FastAPI, standin: Standin, watchers: Watchers) -> None:
    """The addresses that only the stand-in has: the page and the control API."""

    # A person waits until the app answers, and the app may ask us something first: people have threads of their own.
    people = CapacityLimiter(MOST_PEOPLE)

    @app.post("/sandbox/do/{verb}")
    async def do(verb: str, request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return JSONResponse({"ok": False, "error": "the body is not JSON"}, 400)
        try:
            return JSONResponse(await to_thread.run_sync(partial(control.perform, standin, verb, body), limiter=people))
        except CannotError as refusal:
            return JSONResponse({"ok": False, "error": str(refusal)}, 409)

    @app.get("/sandbox/snapshot")
    def snapshot(user: str = "") -> Response:
        return JSONResponse(screen.snapshot(standin, user))

    @app.get("/sandbox/traffic")
    def traffic() -> Response:
        return JSONResponse(screen.traffic(standin))

    @app.get("/sandbox/file/{file_id}")
    def file(file_id: str) -> Response:
        found = standin.workspace.files.get(file_id)
        if found is None:
            return PlainTextResponse("no such file", 404)
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return Response(found.content, media_type=found.mimetype, headers=headers)

    @app.get("/sandbox/changes")
    async def changes() -> Response:
        return StreamingResponse(watchers.stream(standin), media_type="text/event-stream")

    @app.get("/")
    def index() -> Response:
        headers = {"Content-Security-Policy": CONTENT_POLICY, "Cache-Control": "no-store"}
        return FileResponse(PAGE / "index.html", headers=headers)

    app.mount("/page", StaticFiles(directory=PAGE), name="page")


def create_app(config: Config | None = None, standin: Standin | None = None) -> FastAPI:
    """The whole server; `app.state.standin` is the stand-in behind it."""
    standin = standin or Standin(config)
    watchers = Watchers()
    saver = persist.Saver(standin) if standin.config.state_file else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        watchers.tell(-1)
        await run_in_threadpool(standin.close)
        if saver is not None:
            await run_in_threadpool(saver.close)

    app = FastAPI(title="A stand-in for Slack", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.standin = standin
    app.state.watchers = watchers
    app.add_middleware(LoopbackOnly)
    standin.workspace.on_change(watchers.tell)
    add_slack_routes(app, standin)
    add_control_routes(app, standin, watchers)
    return app
