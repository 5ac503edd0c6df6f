"""HTTP: the book, joining a cohort, attempts scored here, results. It never starts a kernel."""

# No `from __future__ import annotations` here: FastAPI has to read the annotations of local names.

import asyncio
import contextlib
import hashlib
import logging
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from collabcomm import __version__
from collabcomm.course.compiler import Compiler, Json, draw, without_key
from collabcomm.course.models import Course
from collabcomm.engine import attempt as a
from collabcomm.errors import Closed, Conflict, Invalid, NotFound, Refused
from collabcomm.http import API, MAX_BODY, Guard, brief, problem
from collabcomm.results import export
from collabcomm.results import record as records
from collabcomm.room.service import rooms
from collabcomm.store import Store
from collabcomm.store.attempts import Refusal
from collabcomm.texts import did_you_mean

__all__ = ["API", "COOKIE", "MAX_BODY", "create_app", "from_environment"]

COOKIE = "collabcomm"
MONTHS_6 = 180 * 24 * 3600
# Wrong codes and tokens that one address may send. A room of learners shares an address, but
# hardly ever mistypes this often; codes are eight letters of 32, tokens 32 random bytes.
WRONG_CODES = 30
WRONG_TOKENS = 10
TOO_MANY = {
    "code": "Too many wrong codes came from here.",
    "token": "Too many wrong tokens came from here.",
    "device": "Too many devices came in from here.",
}
NOT_TAKEN: dict[Refusal, str] = {
    "other-content": "This response's id came with other content before.",
    "after-checking": "This answer was checked; it can no longer change.",
    "after-submission": "This attempt is submitted; its answers can no longer change.",
}
SWEEP_SECONDS = 3600
# A thread that comes back from a database server waits for whichever runs Python then. With few
# threads and short turns that wait is short, unlike with the usual 40 and 5 ms.
THREADS, SWITCH_SECONDS = 10, 0.0005
BEGUN = 20_000  # attempts that are held in memory, to spare each answer a look into the database
log = logging.getLogger("collabcomm.service")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JoinBody(_Body):
    """A code as a person types it, and a name if they like."""

    code: str = Field(max_length=40)
    name: str | None = Field(None, max_length=200)


class StartBody(_Body):
    """What the attempt is at; ``version`` is that of the content on the learner's page."""

    activity: str = Field(max_length=80)
    kind: Literal["quiz", "scenario"]
    version: str | None = Field(None, max_length=16)


class ResponseBody(_Body):
    """A response with the player's id for it and its place in the attempt's order.

    ``final`` asks for the feedback at once, where the cohort shows it: the answer then stays.
    """

    id: UUID
    seq: int = Field(ge=0, le=2**31 - 1)
    response: Any = None
    at: str = Field(max_length=40, pattern=r"^[0-9A-Za-z:.+ -]*$")
    final: bool = False


class SubmitBody(_Body):
    """The steps of a scenario; nothing for a quiz."""

    steps: list[dict[str, Any]] | None = Field(None, max_length=1000)


class CohortBody(_Body):
    """A new cohort; what is left out is open, unlimited, or as the quiz says."""

    name: str = Field(max_length=200)
    modules: list[str] = Field(default_factory=list, max_length=50)
    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    pass_mark: int | None = Field(None, ge=0, le=100)
    attempts: int | None = Field(None, ge=1, le=100)
    feedback: a.Feedback = "after-submission"
    names: a.Names = "optional"


class Desk:
    """What the addresses share: the course's recorded parts, the store, and who is asking."""

    def __init__(self, course: Course, store: Store) -> None:
        self.course, self.store = course, store
        compiler = Compiler(course)
        graded = (name for name, q in course.quizzes.items() if q.purpose != "practice")
        self.recorded: dict[str, dict[str, Json]] = {
            "quiz": {name: compiler.quiz(name) for name in graded},
            "scenario": {name: compiler.scenario(name) for name in course.scenarios},
        }
        self.contents: dict[str, Json] = {}
        self.begun: dict[str, a.Attempt] = {}
        for parts in self.recorded.values():
            for data in parts.values():
                store.contents.keep(data)
                self.contents[data["version"]] = data
        self.salt = store.access.setting("salt", a.new_secret)
        self.key = records.signing_key(store)

    # ------------------------------------------------------------------ who asks

    def learner(self, request: Request) -> a.Learner | None:
        """Return the learner whose browser asks, None where nobody has joined."""
        secret = request.cookies.get(COOKIE)
        return self.store.learners.of_session(secret) if secret else None

    def joined(self, request: Request) -> a.Learner:
        """Return the learner whose browser asks; refuse where nobody has joined."""
        one = self.learner(request)
        if one is None:
            raise HTTPException(401, "Join a cohort first.")
        return one

    def member(self, request: Request) -> tuple[a.Learner, a.Cohort]:
        """Return the learner whose browser asks, and their cohort, in one look."""
        secret = request.cookies.get(COOKIE)
        found = self.store.learners.member(secret) if secret else None
        if found is None:
            raise HTTPException(401, "Join a cohort first.")
        return found

    def begin(self, name: str, one: a.Learner) -> a.Attempt:
        """Return a learner's attempt as it was begun, which never changes, and hold it so."""
        if len(self.begun) >= BEGUN:
            self.begun.clear()
        return self.begun.setdefault(name, self.store.attempts.get(name, one.id))

    def role(self, request: Request) -> str:
        """Return the role of the token that is sent; refuse where there is none that holds."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise HTTPException(401, "Send a token: 'Authorization: Bearer ...'.")
        role = self.store.access.role_of(token.strip())
        if role is None:
            self.count_or_refuse(WRONG_TOKENS, request, "token")
            raise HTTPException(401, "This token is not known here.")
        return role

    def assessor(self, request: Request) -> str:
        """Return the role where it may read results."""
        role = self.role(request)
        if role not in a.ASSESSING:
            raise HTTPException(403, f"A {role}'s token may not read results.")
        return role

    def count_or_refuse(self, most: int, request: Request, what: str) -> None:
        """Count what an address did (see ``TOO_MANY``); refuse with 429 what is beyond ``most``.

        A code or token is looked up first and counted only where it is wrong. A training room is
        one address, so a right one works however often others mistyped theirs. A right guess
        beyond the limit would work too; what keeps guessers out is how many there are: 10^12 join
        codes, tokens beyond all guessing, and 5 * 10^8 room codes, where days of a thousand guesses
        a second find one, which shows what hangs on the wall and takes a vote. The warning tells
        the host of such a flood. Addresses are neither stored nor logged: the key is a salted
        hash that is forgotten after the window.
        """
        host = request.client.host if request.client else ""
        key = hashlib.sha256(f"{self.salt}:{what}:{host}".encode()).hexdigest()
        seconds = int(a.WINDOW.total_seconds())
        if self.store.access.events(key, a.now()) >= most:
            raise HTTPException(
                429,
                f"{TOO_MANY[what]} Wait {seconds // 60} minutes, then try again.",
                headers={"Retry-After": str(seconds)},
            )
        if self.store.access.add_event(key, a.now()) == most:
            log.warning("One address reached the limit of %d in %d s: %s", most, seconds, what)

    # ------------------------------------------------------------------- answers

    def check_open(self, cohort: a.Cohort, module: str | None = None) -> None:
        """Refuse where a cohort takes no work, or none for the module if one is given."""
        if cohort.is_closed(a.now()):
            raise Closed(f"The cohort '{cohort.name}' has closed. What you sent before is kept.")
        if not cohort.is_open(a.now()):
            begins = f"{cohort.opens:%d %B %Y, %H:%M} UTC"
            raise HTTPException(403, f"The cohort '{cohort.name}' opens on {begins}.")
        if module is not None and module not in cohort.modules:
            raise NotFound("Your cohort does not have this module.")

    def refuse(self, refusal: Refusal, request: Request) -> NoReturn:
        """Say why an answer is not taken."""
        _, cohort = self.member(request)
        if refusal == "after-closing":
            self.check_open(cohort)
        if refusal in NOT_TAKEN:
            raise Conflict(f"{NOT_TAKEN[refusal]} What you sent is kept for the assessor to see.")
        raise NotFound("There is no such attempt.")

    def me(self, one: a.Learner | None, cohort: a.Cohort | None = None) -> Json:
        """Return what a learner's page shows of them and their cohort, looked up if not given."""
        if one is None:
            return {"learner": None}
        cohort = cohort or self.store.cohorts.get(one.cohort)
        return {
            "learner": {"id": one.id, "name": one.name},
            "cohort": {**described(cohort), "closed": cohort.is_closed(a.now())},
        }

    def content_of(self, attempt: a.Attempt) -> Json:
        """Return the content of an attempt as it was begun; of a quiz the items drawn."""
        data = self.version(attempt.version)
        if attempt.kind == "quiz":
            by_id = {item["id"]: item for item in data["items"]}
            return {**data, "items": [by_id[i] for i in attempt.items if i in by_id]}
        return data

    def version(self, version: str) -> Json:
        """Return a compiled quiz or scenario by its version, as long as the store has it."""
        if version not in self.contents:
            data = self.store.contents.get(version)
            if data is None:
                raise NotFound("The content of this is no longer there.")
            self.contents[version] = data
        return self.contents[version]

    def pass_mark(self, data: Json, cohort: a.Cohort) -> float | None:
        """Return the pass mark of a graded quiz: the cohort's, else its own."""
        own: float | None = data["pass_mark"]
        return own if own is None or cohort.pass_mark is None else cohort.pass_mark

    def limit(self, quiz: Any, cohort: a.Cohort) -> int | None:
        """Return how many attempts a learner has at a quiz: the cohort's number, else its own."""
        own: int | None = quiz.attempts
        return cohort.attempts if quiz.purpose == "graded" and cohort.attempts else own

    def told(self, attempt: a.Attempt, cohort: a.Cohort) -> a.Told:
        """Return what a learner may be told of their attempt now."""
        content = self.version(attempt.version)
        return a.told(content, cohort, attempt.submitted is not None, a.now())

    def as_told(self, attempt: a.Attempt, cohort: a.Cohort) -> a.Attempt:
        """Return an attempt as its learner may see it: without its score where that is not told."""
        if self.told(attempt, cohort).score:
            return attempt
        return replace(attempt, raw=None, max=None, passed=None, pass_mark=None)

    def whole(self, attempt: a.Attempt, cohort: a.Cohort, new: bool = False) -> Json:
        """Return an attempt: its questions without the key, or its result once submitted."""
        data = self.content_of(attempt)
        sent = [] if new else self.store.attempts.responses(attempt.id)
        given = a.latest(sent)
        checked: list[Json] = []
        result = None
        if attempt.submitted:
            result = self.result(attempt, cohort, data, given)
        elif self.told(attempt, cohort).key:
            final = {r.item for r in sent if r.final}
            items = (item for item in data.get("items", ()) if item["id"] in final)
            checked = [a.item_result(item, given[item["id"]]) for item in items]
        return {
            **summary(self.as_told(attempt, cohort)),
            "quiz": without_key(data) if attempt.kind == "quiz" else None,
            "responses": given,
            "checked": checked,
            "result": result,
        }

    def result(
        self, attempt: a.Attempt, cohort: a.Cohort, data: Json, given: dict[str, Any]
    ) -> Json | None:
        """Return the result of a submitted attempt, as far as its learner may see it.

        ``raw``, ``max``, ``percent`` and ``passed`` are null where the score is not told, ``items``
        is empty where the key is not.
        """
        if attempt.kind == "scenario":
            return a.scenario_result(data, attempt.steps)
        told = self.told(attempt, cohort)
        result = {**a.quiz_result(data, given, attempt.pass_mark), "shown": told.key}
        if not told.key:
            result["items"] = []
        if not told.score:
            result.update(dict.fromkeys(("raw", "max", "percent", "passed", "pass_mark")))
        return result


def create_app(site: Path, course: Course, store: Store) -> FastAPI:
    """Return the service over a built book, a course that ``check`` found sound, and a store."""
    desk = Desk(course, store)

    @contextlib.asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        sys.setswitchinterval(SWITCH_SECONDS)
        sweep = asyncio.create_task(_sweep(store))
        yield
        sweep.cancel()

    app = FastAPI(
        title="Collaborative Communication",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=running,
    )
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(Guard)
    _handlers(app)
    lang = course.info.language
    room_routes = rooms(store, desk.version, desk.count_or_refuse, WRONG_CODES, lang)
    for router in (_general(desk), _learners(desk), _results(desk), room_routes):
        app.include_router(router)

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


def from_environment() -> FastAPI:
    """Return the service that the environment describes; each worker process calls it.

    ``COLLABCOMM_SITE`` is the built book, ``COLLABCOMM_COURSE`` the course folder,
    ``COLLABCOMM_DATABASE_URL`` the database.
    """
    from collabcomm.course.loader import load

    course = load(Path(os.environ["COLLABCOMM_COURSE"])).course
    store = Store(os.environ["COLLABCOMM_DATABASE_URL"])
    return create_app(Path(os.environ["COLLABCOMM_SITE"]), course, store)


async def _sweep(store: Store) -> None:
    """Erase what has been kept long enough, once an hour."""
    while True:
        try:
            count = await run_in_threadpool(store.learners.erase_due, a.now())
            if count:
                log.info("erased %s learners whose time to be kept is over", count)
        except Refused as error:
            log.warning("could not erase what is due: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)


def described(cohort: a.Cohort) -> Json:
    """Return a cohort as learners' and assessors' pages need it."""
    return {
        "code": cohort.code,
        "name": cohort.name,
        "modules": list(cohort.modules),
        "opens": cohort.opens.isoformat() if cohort.opens else None,
        "closes": cohort.closes.isoformat() if cohort.closes else None,
        "pass_mark": cohort.pass_mark,
        "attempts": cohort.attempts,
        "feedback": cohort.feedback,
        "names": cohort.names,
    }


def summary(attempt: a.Attempt) -> Json:
    """Return an attempt without its content."""
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
        "pass_mark": attempt.pass_mark,
    }


# ------------------------------------------------------------------------ addresses


def _general(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/host.json")
    async def host() -> Json:
        """Tell the player that there is a service, and where."""
        return {"service": API.lstrip("/")}

    @router.get(f"{API}/health")
    def health() -> Json:
        """Tell that the service answers and its database does."""
        desk.store.ping()
        return {"status": "ok"}

    @router.get(f"{API}/key", response_class=PlainTextResponse)
    def key() -> str:
        """Return the public key (Ed25519, PEM) that this service's records are checked with."""
        return records.public_pem(desk.key)

    @router.get("/join/{code}", include_in_schema=False)
    def join_link(code: str, request: Request) -> RedirectResponse:
        """Lead a join link to the first graded quiz of the cohort, with the code filled in."""
        try:
            cohort = desk.store.cohorts.get(a.clean_code(code))
        except NotFound:
            desk.count_or_refuse(WRONG_CODES, request, "code")
            raise
        modules = desk.course.modules
        module = next((m for m in cohort.modules if m in modules and modules[m].quiz), None)
        page = f"/modules/{module}/quiz.html" if module else "/"
        return RedirectResponse(f"{page}#join={cohort.code}", 303)

    return router


def _learners(desk: Desk) -> APIRouter:
    # Whole attempts are sent as they are: FastAPI's own walk over them takes longer than the rest.
    router = APIRouter(prefix=API)
    store = desk.store
    handles = brief(store.in_process)

    @router.get("/me")
    @handles
    def get_me(request: Request) -> Json:
        """Return the learner of this browser and their cohort; nobody is no error."""
        return desk.me(desk.learner(request))

    @router.get("/me/record")
    def record(request: Request) -> Json:
        """Return the learner's own record of what they handed in here, signed by the service."""
        one = desk.joined(request)
        cohort = store.cohorts.get(one.cohort)
        work = [
            (desk.as_told(attempt, cohort), given)
            for attempt, given in store.attempts.work_of(one.id)
            if attempt.submitted is not None
        ]
        made = records.of_service(desk.course.info.id, one, work, a.now())
        return records.signed(made, desk.key)

    @router.post("/join")
    @handles
    def join(body: JoinBody, request: Request, response: Response) -> Json:
        """Join a cohort by its code."""
        one, code = desk.learner(request), a.clean_code(body.code)
        if one is not None and one.cohort == code:
            return desk.me(one)
        try:
            new, cohort, secret = store.learners.join(code, a.clean_name(body.name), a.now())
        except NotFound:
            desk.count_or_refuse(WRONG_CODES, request, "code")
            raise
        response.set_cookie(
            COOKIE,
            secret,
            max_age=MONTHS_6,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return desk.me(new, cohort)

    @router.post("/leave")
    @handles
    def leave(request: Request, response: Response) -> Json:
        """End the session of this browser. What was sent stays with the cohort."""
        if secret := request.cookies.get(COOKIE):
            store.learners.leave(secret)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return desk.me(None)

    @router.get("/attempts")
    @handles
    def attempts(
        request: Request,
        activity: Annotated[str, Query(max_length=80, pattern="^[a-z0-9-]+$")],
        kind: Literal["quiz", "scenario"] = "quiz",
    ) -> Json:
        """Return the learner's attempts at an activity, and how many are left."""
        one, cohort = desk.member(request)
        mine = store.attempts.of_learner(one.id, activity, kind)
        quiz = desk.course.quizzes.get(activity) if kind == "quiz" else None
        limit = desk.limit(quiz, cohort) if quiz else None
        left = max(limit - len(mine), 0) if limit is not None else None
        return {"attempts": [summary(desk.as_told(x, cohort)) for x in mine], "left": left}

    @router.put("/attempts/{name}")
    @handles
    def start(name: UUID, body: StartBody, request: Request) -> JSONResponse:
        """Start an attempt under an id that the player made; the same again returns the same."""
        one, cohort = desk.member(request)
        data = desk.recorded[body.kind].get(body.activity)
        if data is None:
            raise NotFound(f"There is no {body.kind} '{body.activity}' to attempt.")
        quiz = desk.course.quizzes[body.activity] if body.kind == "quiz" else None
        module = quiz.module if quiz else desk.course.scenarios[body.activity].module
        fresh = a.Attempt(
            id=str(name),
            learner=one.id,
            activity=body.activity,
            kind=body.kind,
            version=data["version"],
            started=a.now(),
            items=tuple(draw(quiz, str(name))) if quiz else (),
        )
        limit = desk.limit(quiz, cohort) if quiz else None
        attempt, new = store.attempts.start(fresh, limit, lambda: desk.check_open(cohort, module))
        return JSONResponse(desk.whole(attempt, cohort, new), 201 if new else 200)

    @router.get("/attempts/{name}")
    @handles
    def get_attempt(name: UUID, request: Request) -> JSONResponse:
        """Return an attempt: its questions without the key, or its result once submitted."""
        one, cohort = desk.member(request)
        return JSONResponse(desk.whole(store.attempts.get(str(name), one.id), cohort))

    @router.put("/attempts/{name}/responses/{item}")
    @handles
    def respond(name: UUID, item: str, body: ResponseBody, request: Request) -> Json:
        """Keep a response; acknowledged means that it is on disk."""
        attempt = desk.begun.get(str(name)) or desk.begin(str(name), desk.joined(request))
        found = next(
            (i for i in desk.content_of(attempt).get("items", ()) if i["id"] == item), None
        )
        if found is None:
            raise NotFound("This attempt has no such item.")
        if not a.fits(found, body.response):
            raise Invalid(f"A response to a {found['type']} item has another shape.")
        response = a.Response(
            str(body.id), attempt.id, item, body.seq, body.response, body.at, a.now()
        )
        final = (
            body.final and "weights" in found and desk.told(attempt, desk.member(request)[1]).key
        )
        secret = request.cookies.get(COOKIE, "")
        refusal = store.attempts.keep(secret, replace(response, final=final))
        if refusal is not None:
            desk.refuse(refusal, request)
        return {"saved": True, "checked": a.item_result(found, body.response) if final else None}

    @router.post("/attempts/{name}/submit")
    @handles
    def submit(name: UUID, request: Request, body: Annotated[SubmitBody, Body()]) -> JSONResponse:
        """Close an attempt and score it here; again returns the same result."""
        one, cohort = desk.member(request)
        attempt = store.attempts.get(str(name), one.id)
        if attempt.submitted is None:
            desk.check_open(cohort)
        data = desk.content_of(attempt)
        steps: list[Json] = []
        played: Json | None = None
        if attempt.kind == "scenario" and attempt.submitted is None:
            steps = a.clean_steps(data, body.steps or []) or []
            played = a.scenario_result(data, steps)
            if played is None:
                raise Invalid("These steps do not lead to an ending of the scenario.")
        mark = desk.pass_mark(data, cohort) if attempt.kind == "quiz" else None

        def score(responses: list[a.Response]) -> a.Attempt:
            result = played or a.quiz_result(data, a.latest(responses), mark)
            return replace(
                attempt,
                submitted=a.now(),
                raw=result["raw"],
                max=result["max"],
                passed=result["passed"],
                pass_mark=mark,
                steps=tuple(steps),
            )

        return JSONResponse(desk.whole(store.attempts.submit(attempt, score), cohort))

    return router


def _results(desk: Desk) -> APIRouter:
    router = APIRouter(prefix=f"{API}/cohorts")
    store = desk.store
    Role = Annotated[str, Depends(desk.role)]

    @router.get("")
    def cohorts(role: Role) -> Json:
        """List the cohorts to anybody with a token."""
        return {"cohorts": [described(one) for one in store.cohorts.all()]}

    @router.post("", status_code=201)
    def create(role: Role, body: CohortBody) -> Json:
        """Make a cohort, with an assessor's or admin's token."""
        if role not in a.ASSESSING:
            raise HTTPException(403, f"A {role}'s token may not make cohorts.")
        return described(store.cohorts.create(**new_cohort(desk.course, **body.model_dump())))

    @router.get("/{code}/results", dependencies=[Depends(desk.assessor)])
    def results(
        code: Annotated[str, "The cohort's code."],
        request: Request,
        shape: Annotated[export.Shape, Query(alias="format")] = "csv",
        rows: export.Rows = "attempts",
        activity: Annotated[str | None, Query(max_length=80, pattern="^[a-z0-9-]+$")] = None,
        bom: bool = False,
    ) -> StreamingResponse:
        """Stream a cohort's results to an assessor's or admin's token."""
        cohort = store.cohorts.get(a.clean_code(code))
        options = export.Options(rows, activity, bom, site=str(request.base_url))
        name = export.file_name(cohort, shape, rows)
        return StreamingResponse(
            export.export(store, cohort, shape, options),
            media_type=export.FORMATS[shape].media,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return router


def new_cohort(
    course: Course,
    name: str,
    modules: list[str],
    opens: datetime | None = None,
    closes: datetime | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Return the checked fields of a new cohort, as ``Store.create_cohort`` takes them.

    Raises ``Invalid`` with the reason: no name, an unknown module, dates that cannot be.
    """
    label = a.clean_name(name)
    if label is None:
        raise Invalid("A cohort needs a name.")
    for module in modules:
        if module not in course.modules:
            raise Invalid(f"no module '{module}'.{did_you_mean(module, course.modules)}")
    moment = a.now()
    if closes is not None and closes <= moment:
        raise Invalid(f"{closes:%Y-%m-%d %H:%M} has passed; a cohort closes in the future.")
    if opens is not None and closes is not None and closes <= opens:
        raise Invalid("A cohort closes after it opens.")
    return {
        "name": label,
        "modules": tuple(modules) or tuple(course.modules),
        "created": moment,
        "opens": opens,
        "closes": closes,
        **settings,
    }


def _handlers(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    def refused(_request: Request, error: Refused) -> Response:
        if error.status == 503:
            log.error("%s", error)
            again = "The results cannot be reached at the moment. Nothing that was saved is lost."
            return problem(503, again, {"Retry-After": "5"})
        return problem(error.status, str(error))

    @app.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> Response:
        places = [".".join(str(p) for p in e["loc"][1:]) or "body" for e in error.errors()]
        return problem(422, f"Not what is expected here: {', '.join(places)}.")

    @app.exception_handler(StarletteHTTPException)
    def failed(request: Request, error: StarletteHTTPException) -> Response:
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))
