"""HTTP: the book, joining a cohort, attempts scored here, exports. It never starts a kernel."""

# No `from __future__ import annotations` here: FastAPI has to read the annotations of local names.

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collabcomm import __version__
from collabcomm import attempt as a
from collabcomm.compiler import Compiler, Json, draw, without_key
from collabcomm.course import Course
from collabcomm.export import csv
from collabcomm.store import Closed, Conflict, NotFound, Store, StoreError

API = "/api"
COOKIE = "collabcomm"
MAX_BODY = 64_000
MONTHS_6 = 180 * 24 * 3600
_STATUS = {NotFound: 404, Conflict: 409, Closed: 410}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JoinBody(_Body):
    """A code as a person types it, and a name if they like."""

    code: str = Field(max_length=40)
    name: str | None = Field(None, max_length=200)


class StartBody(_Body):
    """What the attempt is at; ``version`` is that of the content on the learner's page."""

    activity: str = Field(max_length=80)
    kind: str = Field(pattern="^(quiz|scenario)$")
    version: str | None = Field(None, max_length=16)


class ResponseBody(_Body):
    """A response with the player's id for it and its place in the attempt's order."""

    id: UUID
    seq: int = Field(ge=0, le=2**31 - 1)
    response: Any = None
    at: str = Field(max_length=40)


class SubmitBody(_Body):
    """The steps of a scenario; nothing for a quiz."""

    steps: list[dict[str, Any]] | None = Field(None, max_length=1000)


def create_app(site: Path, course: Course, store: Store) -> FastAPI:
    """Return the service over a built book, a course that ``check`` found sound, and a store."""
    compiler = Compiler(course)
    recorded = {
        name: compiler.quiz(name) for name, q in course.quizzes.items() if q.purpose != "practice"
    }
    scenarios = {name: compiler.scenario(name) for name in course.scenarios}
    for data in (*recorded.values(), *scenarios.values()):
        store.keep_content(data)

    app = FastAPI(
        title="Collaborative Communication",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(BodyLimit)

    @app.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        origin = request.headers.get("origin")
        if request.method not in ("GET", "HEAD") and origin and not _same_host(request, origin):
            response: Response = _problem(403, "This request comes from another site.")
        else:
            response = await go_on(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith(API):
            response.headers["Cache-Control"] = "no-store"
        elif request.url.path.endswith((".woff2", ".svg")):
            response.headers.setdefault("Cache-Control", "public, max-age=604800")
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    _handlers(app)

    def learner(request: Request) -> a.Learner | None:
        secret = request.cookies.get(COOKIE)
        return store.learner_of(secret) if secret else None

    def joined(one: Annotated[a.Learner | None, Depends(learner)]) -> a.Learner:
        if one is None:
            raise HTTPException(401, "Join a cohort first.")
        return one

    Maybe = Annotated[a.Learner | None, Depends(learner)]
    Joined = Annotated[a.Learner, Depends(joined)]

    def open_cohort(one: a.Learner, activity_module: str | None = None) -> a.Cohort:
        cohort = store.cohort(one.cohort)
        if cohort.is_closed(a.now()):
            raise Closed(f"The cohort '{cohort.name}' has closed. What you sent before is kept.")
        if activity_module is not None and activity_module not in cohort.modules:
            raise NotFound("Your cohort does not have this module.")
        return cohort

    def me(one: a.Learner | None) -> Json:
        if one is None:
            return {"learner": None}
        cohort = store.cohort(one.cohort)
        return {
            "learner": {"id": one.id, "name": one.name},
            "cohort": {
                "code": cohort.code,
                "name": cohort.name,
                "closes": cohort.closes.isoformat() if cohort.closes else None,
                "modules": list(cohort.modules),
            },
        }

    def content_of(attempt: a.Attempt) -> Json:
        current = (recorded if attempt.kind == "quiz" else scenarios).get(attempt.activity)
        data = store.content(attempt.version) or current
        if data is None:
            raise NotFound("The content of this attempt is no longer there.")
        if attempt.kind == "quiz":
            by_id = {item["id"]: item for item in data["items"]}
            return {**data, "items": [by_id[i] for i in attempt.items if i in by_id]}
        return data

    def summary(attempt: a.Attempt) -> Json:
        return {
            "id": attempt.id,
            "activity": attempt.activity,
            "kind": attempt.kind,
            "status": "submitted" if attempt.submitted else "open",
            "started": attempt.started.isoformat(),
            "submitted": attempt.submitted.isoformat() if attempt.submitted else None,
            "version": attempt.version,
            "raw": attempt.raw,
            "max": attempt.max,
            "percent": attempt.percent,
            "passed": attempt.passed,
        }

    def whole(attempt: a.Attempt) -> Json:
        data = content_of(attempt)
        given = a.latest(store.responses(attempt.id))
        quiz = result = None
        if attempt.kind == "quiz":
            quiz = without_key(data)
            result = a.quiz_result(data, given) if attempt.submitted else None
        elif attempt.submitted:
            result = a.scenario_result(data, attempt.steps)
        return {**summary(attempt), "quiz": quiz, "responses": given, "result": result}

    # ------------------------------------------------------------------- addresses

    @app.get("/host.json")
    def host() -> Json:
        """Tell the player that there is a service, and where."""
        return {"service": API.lstrip("/")}

    @app.get(f"{API}/health")
    def health() -> Json:
        """Tell that the service answers and its database does."""
        store.cohorts()
        return {"status": "ok"}

    @app.get(f"{API}/me")
    def get_me(one: Maybe) -> Json:
        """Return the learner of this browser and their cohort; nobody is no error."""
        return me(one)

    @app.post(f"{API}/join")
    def join(body: JoinBody, one: Maybe, request: Request, response: Response) -> Json:
        """Join a cohort by its code."""
        code = a.clean_code(body.code)
        if one is not None and one.cohort == code:
            return me(one)
        new, secret = store.join(code, a.clean_name(body.name), a.now())
        response.set_cookie(
            COOKIE,
            secret,
            max_age=MONTHS_6,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return me(new)

    @app.post(f"{API}/leave")
    def leave(request: Request, response: Response) -> Json:
        """End the session of this browser. What was sent stays with the cohort."""
        if secret := request.cookies.get(COOKIE):
            store.leave(secret)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return me(None)

    @app.get(f"{API}/attempts")
    def attempts(one: Joined, activity: str, kind: str = "quiz") -> Json:
        """Return the learner's attempts at an activity, and how many are left."""
        mine = store.attempts(one.id, activity, kind)
        quiz = course.quizzes.get(activity) if kind == "quiz" else None
        limit = quiz.attempts if quiz else None
        left = max(limit - len(mine), 0) if limit is not None else None
        return {"attempts": [summary(x) for x in mine], "left": left}

    @app.put(f"{API}/attempts/{{name}}")
    def start(name: UUID, body: StartBody, one: Joined, response: Response) -> Json:
        """Start an attempt under an id that the player made; the same again returns the same."""
        quiz = course.quizzes.get(body.activity) if body.activity in recorded else None
        scenario = course.scenarios.get(body.activity)
        part = quiz if body.kind == "quiz" else scenario
        if part is None:
            raise NotFound(f"There is no {body.kind} '{body.activity}' to attempt.")
        data = (recorded if body.kind == "quiz" else scenarios)[body.activity]
        try:
            store.attempt(str(name), one.id)
        except NotFound:
            open_cohort(one, part.module)
        fresh = a.Attempt(
            id=str(name),
            learner=one.id,
            activity=body.activity,
            kind=body.kind,
            version=data["version"],
            started=a.now(),
            items=tuple(draw(quiz, str(name))) if quiz and body.kind == "quiz" else (),
        )
        limit = quiz.attempts if quiz and body.kind == "quiz" else None
        attempt, new = store.start(fresh, limit)
        response.status_code = 201 if new else 200
        return whole(attempt)

    @app.get(f"{API}/attempts/{{name}}")
    def get_attempt(name: UUID, one: Joined) -> Json:
        """Return an attempt: its questions without the key, or its result once submitted."""
        return whole(store.attempt(str(name), one.id))

    @app.put(f"{API}/attempts/{{name}}/responses/{{item}}")
    def respond(name: UUID, item: str, body: ResponseBody, one: Joined) -> Json:
        """Keep a response; acknowledged means that it is on disk."""
        attempt = store.attempt(str(name), one.id)
        found = next((i for i in content_of(attempt).get("items", ()) if i["id"] == item), None)
        if found is None:
            raise NotFound("This attempt has no such item.")
        if not a.fits(found, body.response):
            raise HTTPException(422, f"A response to a {found['type']} item has another shape.")
        if attempt.submitted is None:
            open_cohort(one)
        store.respond(
            a.Response(str(body.id), attempt.id, item, body.seq, body.response, body.at, a.now())
        )
        return {"saved": True}

    @app.post(f"{API}/attempts/{{name}}/submit")
    def submit(name: UUID, one: Joined, body: Annotated[SubmitBody, Body()]) -> Json:
        """Close an attempt and score it here; again returns the same result."""
        attempt = store.attempt(str(name), one.id)
        if attempt.submitted is None:
            open_cohort(one)
        data = content_of(attempt)
        steps = body.steps or []
        played = a.scenario_result(data, steps) if attempt.kind == "scenario" else None
        if attempt.kind == "scenario" and attempt.submitted is None and played is None:
            raise HTTPException(422, "These steps do not lead to an ending of the scenario.")

        def score(responses: list[a.Response]) -> a.Attempt:
            result = played or a.quiz_result(data, a.latest(responses))
            return replace(
                attempt,
                submitted=a.now(),
                raw=result["raw"],
                max=result["max"],
                passed=result["passed"],
                steps=tuple(steps) if attempt.kind == "scenario" else (),
            )

        return whole(store.submit(attempt, score))

    @app.get(f"{API}/cohorts/{{code}}/results.csv")
    def results(code: str, request: Request, rows: str = "attempts") -> StreamingResponse:
        """Stream a cohort's results as CSV to an assessor's or admin's token."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        role = store.role_of(token.strip()) if kind.lower() == "bearer" and token else None
        if role is None:
            raise HTTPException(401, "Send a token: 'Authorization: Bearer ...'.")
        if role not in ("assessor", "admin"):
            raise HTTPException(403, f"A {role}'s token may not read results.")
        if rows not in ("attempts", "responses"):
            raise HTTPException(422, "rows is 'attempts' or 'responses'.")
        cohort = store.cohort(a.clean_code(code))
        lines: Iterator[str] = (csv.attempts if rows == "attempts" else csv.responses)(
            store, cohort
        )
        name = f"{cohort.code}-{rows}.csv"
        return StreamingResponse(
            lines,
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @app.api_route(
        f"{API}/{{rest:path}}",
        methods=["GET", "POST", "PUT", "DELETE", "PATCH"],
        include_in_schema=False,
    )
    def unknown(rest: str) -> None:
        """Answer an address that the service does not have."""
        raise NotFound("There is no such address.")

    app.mount("/", StaticFiles(directory=site, html=True))
    return app


def _same_host(request: Request, origin: str) -> bool:
    return re.sub(r"^https?://", "", origin) == request.headers.get("host", "")


def _problem(status: int, detail: str) -> JSONResponse:
    title = HTTPStatus(status).phrase
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status,
        media_type="application/problem+json",
    )


def _handlers(app: FastAPI) -> None:
    @app.exception_handler(StoreError)
    def refused(_request: Request, error: StoreError) -> Response:
        return _problem(_STATUS.get(type(error), 500), str(error))

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> Response:
        places = [".".join(str(p) for p in e["loc"][1:]) or "body" for e in error.errors()]
        return _problem(422, f"Not what is expected here: {', '.join(places)}.")

    @app.exception_handler(StarletteHTTPException)
    def failed(request: Request, error: StarletteHTTPException) -> Response:
        return _problem(error.status_code, str(error.detail))


class BodyLimit:
    """Refuse bodies over ``MAX_BODY`` bytes, also those that do not say how long they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read at most ``MAX_BODY`` bytes, then hand the body on in one piece."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > MAX_BODY:
                response = _problem(413, f"Too large; {MAX_BODY // 1000} kB at most.")
                await response(scope, receive, send)
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
