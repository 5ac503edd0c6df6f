"""The learner's own record on a static site: kept, shown, downloaded, printed, imported."""

from __future__ import annotations

import hashlib
import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.items import type_of
from collabcomm.engine.people import now
from collabcomm.engine.walk import best_response
from collabcomm.results.importer import Importer
from collabcomm.results.record import canonical
from collabcomm.store import Store
from collabcomm.texts import catalogue
from folders import REPO
from player_steps import take
from test_journey import button, give

T = catalogue("book", "en")
COURSE = load(REPO).course
COMPILER = Compiler(COURSE)
RECORD = "book/my-record.html"
LESSON = "modules/human-behaviour/motivation-and-choice.html"
TEXTS = ["", "a", "abc", "Llanfair ŵŷâ 🌊 “quoted”", "x" * 55, "x" * 56, "x" * 64, "y" * 10_000]


@pytest.fixture(scope="module")
def static(built):
    """The built book as any web server serves it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def reader(visitor):
    """A visitor whose console may say that a static site names no service."""

    def make(**options):
        guest = visitor(accept_downloads=True, **options)
        return guest

    return make


def finish_quiz(tab, url):
    tab.goto(f"{url}/{LESSON}")
    quiz = COMPILER.quiz("motivation-and-choice")
    boxes = tab.locator("course-quiz .cp-item")
    for n, item in enumerate(quiz["items"]):
        if type_of(item).private:
            boxes.nth(n).locator("textarea").fill("Only for me")
            continue
        give(boxes.nth(n), item, best_response(item))
        button(boxes.nth(n), "check").click()
    return quiz


def download(tab, own=False):
    if own:
        tab.get_by_label(T["book.record.own"]).check()
    with tab.expect_download() as got:
        tab.get_by_role("button", name=T["book.record.download"]).click()
    return got.value


def test_hashes_are_those_of_python(static, reader):
    tab = reader().open(f"{static}/{RECORD}")
    code = "async (texts) => texts.map((await import('/_static/record.js')).sha256)"
    found = tab.evaluate(code, TEXTS)
    assert found == [hashlib.sha256(text.encode()).hexdigest() for text in TEXTS]
    data = {"ŵ": [1, True, None, {"b": "ŷ", "a": '</script>\n\u2028"'}], "a": {}}
    assert (
        tab.evaluate("async (d) => (await import('/_static/record.js')).canonical(d)", data)
        == canonical(data).decode()
    )


def test_what_is_finished_is_kept_downloaded_and_scored_again(static, reader, tmp_path):
    guest = reader(viewport={"width": 320, "height": 700})
    tab = guest.open(f"{static}/{RECORD}")
    expect(tab.get_by_text(T["book.record.empty"].strip())).to_be_visible()
    quiz = finish_quiz(tab, static)
    tab.goto(f"{static}/scenarios/im-managing.html")
    scenario = COMPILER.scenario("im-managing")
    button(tab, "begin").click()
    for step in scenario["best"]:
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            choice = next(c for c in node["choices"] if c["id"] == step["choice"])
            take(tab, choice)
        elif node["kind"] == "item":
            give(tab.locator(".cp-item"), node["item"], step["response"])
            button(tab, "check").click()
        button(tab, "go_on").click()
    expect(
        tab.get_by_role("heading", name=catalogue("player", "en")["player.your_choices"])
    ).to_be_visible()
    tab.goto(f"{static}/{LESSON}")  # coming back finishes nothing again
    tab.goto(f"{static}/{RECORD}")
    expect(tab.locator("#course-record tbody tr")).to_have_count(3)  # and the lesson is done
    expect(tab.get_by_role("rowheader", name="I’m managing, thank you")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [v["id"] for v in found.response["violations"]] == []

    tab.get_by_label(T["book.record.name"]).fill("Mair Ellis")
    got = download(tab)
    assert got.suggested_filename.startswith(f"record-{COURSE.info.id}-20")
    got.save_as(tmp_path / "mair.json")
    data = json.loads((tmp_path / "mair.json").read_text("utf-8"))
    assert (data["name"], data["reflections"], len(data["entries"])) == ("Mair Ellis", None, 2)
    assert data["lessons"][0]["lesson"] == "motivation-and-choice"
    assert "Only for me" not in json.dumps(data)
    store = Store(f"sqlite:///{tmp_path / 'results.sqlite3'}")
    cohort = store.cohorts.create("Spring", tuple(COURSE.modules), now())
    (outcome,) = Importer(store, COURSE, cohort).import_folder(tmp_path / "mair.json")
    assert (outcome.rejected, outcome.warnings, outcome.attempts) == (None, [], 2)
    assert {x.activity: x.percent for _, x in store.results.attempts(cohort.code)} == {
        quiz["id"]: 100.0,
        "im-managing": 100.0,
    }
    store.close()

    # Printed: the record without what surrounds it.
    tab.emulate_media(media="print")
    expect(tab.locator(".site-header")).to_be_hidden()
    expect(tab.get_by_role("button", name=T["book.record.download"])).to_be_hidden()
    expect(tab.locator(".record-who")).to_have_text("Mair Ellis")
    expect(tab.locator(".record-who")).to_be_visible()


def test_reflections_go_in_only_if_asked(static, reader):
    names = (n for n, p in COURSE.pages.items() if any(m.kind == "reflection" for m in p.mentions))
    lesson = next(name for name in names if name.startswith("modules/"))
    tab = reader().open(f"{static}/{lesson}.html")
    tab.get_by_role("button", name=T["book.lesson.mark_done"]).click()
    words = tab.locator("course-reflection textarea").first
    words.fill("My own thought")
    words.blur()
    tab.goto(f"{static}/{RECORD}")
    assert "My own thought" not in download(tab).path().read_text("utf-8")
    assert "My own thought" in download(tab, own=True).path().read_text("utf-8")


def test_the_page_says_without_javascript_what_it_is(static, visitor):
    tab = visitor(java_script_enabled=False).open(f"{static}/{RECORD}")
    expect(tab.get_by_text(T["book.record.no_script"])).to_be_visible()


def test_two_tabs_do_not_lose_each_others_entries(static, reader):
    guest = reader()
    tabs = [guest.open(f"{static}/{RECORD}") for _ in range(2)]
    code = """async (n) => { for (let i = 0; i < 5; i += 1) {
      const state = {responses: {a: `${n}:${i}`}};
      const detail = {type: 'finish', kind: 'quiz', id: 'q', version: '0'.repeat(16), state};
      document.dispatchEvent(new CustomEvent('course-event', {detail}));
      await new Promise((go) => setTimeout(go, 30)); }
      await (await import('/_static/record.js')).take(); }"""
    for n, tab in enumerate(tabs):
        tab.evaluate(f"(n) => {{ window.doing = ({code})(n) }}", n)
    for tab in tabs:
        tab.evaluate("window.doing")
    data = tabs[0].evaluate("async () => (await import('/_static/record.js')).make(null, false)")
    assert [entry["n"] for entry in data["entries"]] == list(range(1, 11))
    before = data["id"]
    for entry in data["entries"]:
        bare = {k: v for k, v in entry.items() if k != "hash"}
        assert entry["previous"] == before
        assert entry["hash"] == hashlib.sha256(canonical(bare)).hexdigest()
        before = entry["hash"]
