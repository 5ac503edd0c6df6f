"""Fixtures that several test files share."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from collabcomm.engine.people import Cohort, now
from collabcomm.player.join import page_scripts
from collabcomm.service.app import create_app
from collabcomm.store import Store
from collabcomm.testing import PostgresServer, Service, find_browser, run_command
from folders import REPO, SMALL, as_book
from player_data import PALETTE, page
from player_steps import T
from service_steps import DELIVERY

HERE = Path(__file__).parent
PLAYER = HERE.parent / "src/collabcomm/player"
SCORING = json.loads((HERE / "cases/scoring.json").read_text("utf-8"))
PLAY = json.loads((HERE / "cases/play.json").read_text("utf-8"))
METERS = json.loads((HERE / "cases/meters.json").read_text("utf-8"))
RULES = json.loads((HERE / "cases/rules.json").read_text("utf-8"))

# What the service sends: nothing inline, nothing from elsewhere.
CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Where there is none the tests fail; they are not skipped."""
    found = find_browser()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"] if root else []
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server. Where there is none the tests fail; they are not skipped."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: of both kinds in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'results.sqlite3'}"
    return request.getfixturevalue("postgres").fresh()


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store, on SQLite and on PostgreSQL in turn."""
    opened = Store(database)
    yield opened
    opened.close()


class Site:
    """A few files on a local port, with the content security policy of the service."""

    def __init__(self) -> None:
        self.files: dict[str, str | Path] = {"/favicon.ico": ""}
        files = self.files

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                held = files.get(path)
                body = held.read_bytes() if isinstance(held, Path) else (held or "").encode()
                self.send_response(404 if held is None else 200)
                kind = TYPES.get(Path(path).suffix, "text/plain")
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", CSP)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.close()


class Visitor:
    """Somebody with a browser. Whatever pages say on the console or ask of other hosts is noted."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(reduced_motion="reduce", **options)
        self.context.set_default_timeout(5000)
        self.console: list[str] = []
        self.outside: list[str] = []
        self.context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", self._refuse)

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort()

    def open(self, url: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.goto(url)
        return page


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """A factory of visitors; afterwards nothing may stand on a console or have gone elsewhere."""
    visitors: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, **options))
        return visitors[-1]

    yield make
    for guest in visitors:
        guest.context.close()
    assert [guest.console for guest in visitors] == [[] for _ in visitors]
    assert [guest.outside for guest in visitors] == [[] for _ in visitors]


@pytest.fixture
def book(site: Site) -> Callable[..., str]:
    """A site with the player; `book(*elements)` returns the address of a page with them."""
    site.files |= {
        **{f"/{name}": script for name, script in page_scripts().items()},
        "/player.css": PLAYER / "player.css",
        "/palette.css": PALETTE,
        "/host.json": '{"service": null}',
    }

    def make(*elements: str) -> str:
        site.files["/modules/m/page.html"] = page(dict(T), *elements)
        return f"{site.url}/modules/m/page.html"

    return make


@pytest.fixture
def reader(visitor: Callable[..., Visitor]) -> Visitor:
    """Somebody with a browser of the usual size."""
    return visitor()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of this repository, built strictly as ``make build`` does."""
    output = tmp_path_factory.mktemp("book")
    done = run_command("build", "--course", str(REPO), "--output", str(output))
    assert done.returncode == 0, done.stdout + done.stderr
    return output / "_build" / "html"


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course as a book, its references and a module's page among the pages."""
    root = tmp_path_factory.mktemp("small")
    course = as_book(Path(shutil.copytree(SMALL, root / "course")))
    done = run_command("build", "--output", str(root), cwd=course)
    assert done.returncode == 0, done.stderr
    return root / "_build/html"


@pytest.fixture
def service(built: Path, tmp_path: Path) -> Iterator[Service]:
    """The real service over the built book, with a database of its own."""
    process = Service(built, REPO, f"sqlite:///{tmp_path / 'results.sqlite3'}")
    yield process
    process.stop()


@pytest.fixture
def app(store: Store, tmp_path: Path) -> FastAPI:
    """The service over the small course, and a book of one page."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<!DOCTYPE html><title>Home</title>")
    return create_app(site, DELIVERY, store)


@pytest.fixture
def cohort(store: Store) -> Cohort:
    """A cohort with the module of the small course."""
    return store.cohorts.create("Spring", ("visiting",), now(), None)


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """Somebody who has not joined."""
    return TestClient(app)


@pytest.fixture
def learner(app: FastAPI, cohort: Cohort) -> TestClient:
    """Somebody who has joined the cohort."""
    client = TestClient(app)
    assert client.post("/api/join", json={"code": cohort.code, "name": "Mair"}).status_code == 200
    return client
