"""The service, put together: the book, joining a cohort, attempts scored here, rooms, results.

It never starts a kernel.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from collabcomm import __version__
from collabcomm.course.deliver import Delivery
from collabcomm.engine.people import now
from collabcomm.errors import NotFound, Refused
from collabcomm.http import API, Guard, problem
from collabcomm.results import record as records
from collabcomm.room import service as room
from collabcomm.room.rooms import Rooms
from collabcomm.room.watcher import Watchers
from collabcomm.service import attempts, cohorts, general, learners
from collabcomm.service.contents import Contents
from collabcomm.store import Store
from collabcomm.store.limits import Limits

SWEEP_SECONDS = 3600
# A thread that comes back from a database server waits for whichever runs Python then; with few
# threads that wait is short, unlike with the usual 40.
THREADS = 10
log = logging.getLogger("collabcomm.service")


def create_app(site: Path, delivery: Delivery, store: Store) -> FastAPI:
    """Return the service over a built book, a compiled course and a store.

    What handlers share is in ``app.state``: ``store``, ``contents``, ``limits``, ``begun``
    (attempts held in memory), ``key`` (which signs records) and ``watchers`` (of the rooms).
    """
    app = FastAPI(
        title="Collaborative Communication",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_running,
        exception_handlers={
            Refused: _refused,
            RequestValidationError: _malformed,
            StarletteHTTPException: _failed,
        },
    )
    contents = Contents(delivery, store)
    app.state.store, app.state.contents = store, contents
    app.state.limits, app.state.begun = Limits(store), {}
    app.state.key = records.signing_key(store)
    app.state.watchers = Watchers(Rooms(store.database), contents.scenario, delivery["lang"])
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(Guard)
    for part in (general, learners, attempts, cohorts, room):
        app.include_router(part.router)
    app.add_api_route(
        f"{API}/{{rest:path}}",
        _unknown,
        methods=["GET", "POST", "PUT", "DELETE", "PATCH"],
        include_in_schema=False,
    )
    app.mount("/", StaticFiles(directory=site, html=True))
    return app


@contextlib.asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    sweep = asyncio.create_task(_sweep(app.state.store))
    yield
    sweep.cancel()


async def _sweep(store: Store) -> None:
    """Erase what has been kept long enough, once an hour."""
    while True:
        try:
            count = await run_in_threadpool(store.learners.erase_due, now())
            if count:
                log.info("erased %s learners whose time to be kept is over", count)
        except Refused as error:
            log.warning("could not erase what is due: %s", error)
        await asyncio.sleep(SWEEP_SECONDS)


def _unknown(rest: str) -> None:
    """Answer an address that the service does not have."""
    raise NotFound("There is no such address.")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    again = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    if error.status == 503:
        log.error("%s", error)
        lost = "The results cannot be reached at the moment. Nothing that was saved is lost."
        return problem(503, lost, again)
    return problem(error.status, str(error), again)


async def _malformed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = [".".join(str(p) for p in e["loc"][1:]) or "body" for e in error.errors()]
    return problem(422, f"Not what is expected here: {', '.join(places)}.")


async def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))
