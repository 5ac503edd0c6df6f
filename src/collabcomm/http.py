"""What stands before every request: size, origin, headers, a log without persons, its thread."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar, cast

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api"
MAX_BODY = 64_000
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("collabcomm.access")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a refusal as problem+json (RFC 9457)."""
    title = HTTPStatus(status).phrase
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status,
        headers=headers,
        media_type="application/problem+json",
    )


def visitor(request: Request) -> str:
    """Return the address that a request comes from; it is neither stored nor logged as it is."""
    return request.client.host if request.client else ""


def brief(handler: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Run a handler that asks the store for a few rows, and does little else, where it is quickest.

    A database in this process (SQLite) is asked right here: its few statements take less time than
    handing them to a thread and back, where both wait for each other's turn at Python. A database
    server is waited for in a thread. The handler has a parameter ``request``, through which the
    store is found.
    """

    @wraps(handler)
    async def handle(*args: P.args, **kwargs: P.kwargs) -> T:
        request = cast(Request, kwargs["request"])
        if request.app.state.store.in_process:
            return handler(*args, **kwargs)
        return await run_in_threadpool(handler, *args, **kwargs)

    return handle


class Guard:
    """Refuse bodies over ``MAX_BODY`` bytes and requests from other sites; set the headers; log.

    A line of the log is JSON: time, method, the route (not the address, which may name a learner's
    attempt), status, milliseconds. Neither addresses nor names, codes or answers are in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; anything but HTTP passes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _set_headers(scope["path"], MutableHeaders(scope=message))
            await send(message)

        try:
            await self._pass(scope, receive, answer)
        finally:
            if log.isEnabledFor(logging.INFO):
                _write(scope, status, time.perf_counter() - begun)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (origin := headers.get("origin")) and not _same_host(headers, origin):
            await problem(403, "This request comes from another site.")(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                refusal = problem(413, f"Too large; {MAX_BODY // 1000} kB at most.")
                await refusal(scope, receive, send)
                return
            if not message.get("more_body"):
                break
        sent = False

        async def once() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, once, send)


def _same_host(headers: Headers, origin: str) -> bool:
    return re.sub(r"^https?://", "", origin) == headers.get("host", "")


def _set_headers(path: str, headers: MutableHeaders) -> None:
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if path.startswith(API):
        headers["Cache-Control"] = "no-store"
    elif path.endswith((".woff2", ".svg")):
        headers.setdefault("Cache-Control", "public, max-age=604800")
    else:
        headers.setdefault("Cache-Control", "no-cache")


def _write(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": scope["method"],
        "route": getattr(route, "path", None) or "page",
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    log.info(json.dumps(line))
