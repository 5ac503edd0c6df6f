"""What comes back on the home page: missed questions, a task, a calendar file; off, and cleared."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.book.directive import Book
from collabcomm.book.returns import returns_json
from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.walk import best_response
from collabcomm.texts import catalogue
from folders import REPO, SMALL
from test_journey import button, give

T = {
    key.removeprefix("book.returns."): text
    for key, text in catalogue("book", "en").items()
    if key.startswith("book.returns.")
}
COURSE = load(REPO).course
COMPILER = Compiler(COURSE)
HOME, LESSON_ID = "book/index.html", "motivation-and-choice"
LESSON = f"modules/human-behaviour/{LESSON_ID}.html"
QUIZ = COMPILER.quiz(LESSON_ID)
NUMBER, ITEM = next((n, i) for n, i in enumerate(QUIZ["items"]) if i["type"] == "single-choice")
WRONG = next(o["id"] for o in ITEM["options"] if not ITEM["weights"].get(o["id"]))
KEY = f"collabcomm:{COURSE.info.id}:"
MISSED = f"{KEY}missed:{LESSON_ID}:{ITEM['id']}"
TASKS = [module for module in COURSE.modules.values() if module.task]
# Two days before the clocks change in Wales.
BEGIN = datetime(2026, 3, 27, 20, 0, tzinfo=UTC)


class Learner:
    """Somebody with a browser in Wales, on a day so many days after the first."""

    def __init__(self, url, guest):
        self.url = url
        self.guest = guest
        self.tab = guest.open(f"{url}/{LESSON}")
        self.day(0)

    def day(self, days):
        self.guest.context.clock.set_fixed_time(BEGIN + timedelta(days=days))

    def see(self, page=HOME):
        self.tab.goto(f"{self.url}/{page}")
        self.tab.wait_for_load_state("networkidle")
        return self.tab

    @property
    def box(self):
        return self.tab.locator("course-quiz .cp-item").nth(NUMBER)

    def answer(self, response):
        give(self.box, ITEM, response)
        button(self.box, "check").click()

    def press(self, key):
        self.tab.get_by_role("button", name=T[key], exact=True).click()

    def kept(self, key):
        return json.loads(self.tab.evaluate("key => localStorage.getItem(key)", key) or "null")

    def keep(self, **values):
        self.tab.evaluate(
            "values => Object.entries(values).forEach(([k, v]) => localStorage.setItem(k, v))",
            {f"{KEY}{key}": value for key, value in values.items()},
        )


@pytest.fixture
def learner(service, visitor):
    return Learner(service.url, visitor(timezone_id="Europe/London", accept_downloads=True))


def test_first_visit_shows_and_loads_nothing_of_it(learner):
    asked = []
    learner.tab.on("request", lambda request: asked.append(request.url))
    learner.see()
    expect(learner.tab.locator("#returns")).to_be_empty()
    assert [url for url in asked if "returns" in url] == []


def test_missed_question_comes_back_after_2_14_and_60_days_and_is_done(learner):
    tab = learner.tab
    learner.answer(WRONG)
    link = tab.locator("#returns").get_by_role("link", name=re.compile(r"\S"))
    for days in (2, 14, 60):
        learner.day(days - 1)
        learner.see()
        expect(tab.get_by_text(T["next"].format(n=1, when=T["tomorrow"]))).to_be_visible()
        learner.day(days)
        learner.see()
        expect(tab.get_by_role("heading", name=T["missed_1"])).to_be_visible()
        assert link.first.inner_text() in re.sub("<[^>]+>", "", ITEM["stem"])
        link.first.click()
        tab.wait_for_url(f"**/{LESSON}")
        expect(learner.box).to_be_focused()
        expect(learner.box.get_by_role("radio").first).to_be_enabled()
        expect(learner.box.get_by_role("radio", checked=True)).to_have_count(0)
        learner.answer(best_response(ITEM))
    assert learner.kept(MISSED) is None
    learner.day(500)
    learner.see()
    expect(tab.locator("#returns")).to_be_empty()


def test_three_at_a_time_and_what_is_missed_again_begins_anew(learner):
    others = [i for i in QUIZ["items"] if i["max"] and i is not ITEM][:3]
    at = int(BEGIN.timestamp() * 1000)
    old = json.dumps({"at": at - 9 * 86_400_000, "step": 1})
    learner.keep(**{f"missed:{LESSON_ID}:{i['id']}": old for i in others})
    learner.answer(WRONG)
    learner.day(30)
    learner.see()
    expect(learner.tab.get_by_role("heading", name=T["missed_3"])).to_be_visible()
    expect(learner.tab.locator("#returns li")).to_have_count(3)
    expect(learner.tab.get_by_text(T["more"].format(n=1))).to_be_visible()
    learner.see(f"{LESSON}#{LESSON_ID}.{ITEM['id']}")
    learner.answer(WRONG)
    assert learner.kept(MISSED) == {"at": at + 30 * 86_400_000, "step": 0}
    learner.tab.reload()
    expect(learner.box.locator(".cp-verdict").first).to_be_visible()


def test_task_is_asked_again_until_it_is_done(service, visitor):
    module = TASKS[0]
    learner = Learner(service.url, visitor(timezone_id="Europe/London"))
    learner.see(f"modules/{module.id}/{module.lessons[0].id}.html")
    learner.tab.locator("#lesson-done").click()
    heading = learner.tab.get_by_role("heading", name=module.task.ask)
    learner.see()
    expect(heading).to_have_count(0)
    for days in (2, 14):
        learner.day(days)
        learner.see()
        expect(heading).to_be_visible()
        learner.press("not_yet")
        expect(heading).to_have_count(0)
        expect(learner.tab.get_by_text(T["task_not_yet"])).to_be_visible()
        expect(learner.tab.get_by_role("heading", name=T["title"])).to_be_focused()
    learner.day(60)
    learner.see()
    learner.press("yes")
    assert learner.kept(f"{KEY}task:{module.id}") == {"done": True}
    learner.day(500)
    learner.see()
    expect(learner.tab.locator("#returns")).to_be_empty()


def test_calendar_file_has_three_days_and_not_what_was_missed(learner):
    learner.answer(WRONG)
    learner.see()
    learner.tab.get_by_text(T["how"]).click()
    with learner.tab.expect_download() as got:
        learner.press("calendar")
    assert got.value.suggested_filename == "collabcomm.ics"
    raw = got.value.path().read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    text = raw.decode().replace("\r\n ", "")
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", text) == ["20260329", "20260410", "20260526"]
    assert re.findall(r"DTSTAMP:(\w+)", text) == ["20260327T200000Z"] * 3
    assert re.findall("URL:(.*)\r", text) == [f"{learner.url}/{HOME}"] * 3
    assert len(set(re.findall(r"UID:(.*)", text))) == 3
    assert LESSON_ID not in text
    assert ITEM["id"] not in text


def test_it_can_be_switched_off_and_cleared(learner):
    learner.answer(WRONG)
    learner.day(2)
    learner.see()
    learner.tab.get_by_text(T["how"]).click()
    learner.press("off")
    expect(learner.tab.get_by_text(T["is_off"])).to_be_visible()
    expect(learner.tab.locator("#returns li")).to_have_count(0)
    learner.see(LESSON)
    button(learner.box, "retry").click()
    learner.answer(WRONG)
    learner.see()
    assert learner.kept(MISSED)["at"] == int(BEGIN.timestamp() * 1000)
    learner.tab.get_by_text(T["how"]).click()
    learner.press("on")
    expect(learner.tab.locator("#returns li")).to_have_count(1)
    learner.tab.get_by_text(T["how"]).click()
    learner.press("clear")
    expect(learner.tab.get_by_text(T["said_clear"])).to_be_visible()
    assert learner.kept(MISSED) is None
    learner.see()
    expect(learner.tab.get_by_text(T["nothing"])).to_have_count(0)


def test_broken_and_foreign_entries_are_passed_over(learner):
    quiz, item = f"missed:{LESSON_ID}", ITEM["id"]
    good = json.dumps({"at": 0, "step": 0})
    learner.keep(
        **{
            f"{quiz}:{item}": "{",
            f"{quiz}:gone": good,
            f"{quiz}:constructor": good,
            "missed:constructor:name": good,
            "missed:x": good,
            "missed:": good,
            f"{quiz}:{item}:more": "null",
            "task:human-behaviour": '"x"',
            "lesson:x": "[]",
            f"lesson:{LESSON_ID}": '{"done": true, "at": {}}',
            "returns": "[1]",
        }
    )
    learner.see()
    expect(learner.tab.locator("#returns")).to_be_empty()
    learner.keep(**{f"{quiz}:{item}": json.dumps({"at": 4e15, "step": 0})})
    learner.see()
    expect(learner.tab.locator("#returns li")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_what_comes_back_is_for_everybody(service, visitor, colours, width):
    guest = visitor(color_scheme=colours, viewport={"width": width, "height": 800})
    learner = Learner(service.url, guest)
    learner.answer(WRONG)
    learner.keep(**{f"lesson:{TASKS[0].lessons[0].id}": '{"done": true, "at": "2026-03-01"}'})
    learner.day(3)
    learner.see()
    learner.tab.get_by_text(T["how"]).click()
    found = Axe().run(learner.tab)
    assert found.violations_count == 0, found.generate_report()
    assert learner.tab.evaluate("document.documentElement.scrollWidth") <= width


def test_index_holds_scored_practice_questions_that_stand_on_a_page():
    loaded = load(SMALL)
    index = json.loads(returns_json(Book(loaded.course, Compiler(loaded.course), SMALL)))
    assert set(index["quizzes"]) <= {"practice", "types"}
    for quiz_id, quiz in index["quizzes"].items():
        scored = [item.id for item in loaded.course.quizzes[quiz_id].items if item.scored]
        assert list(quiz["items"]) == scored
    assert index["tasks"] == {
        "visiting": {
            "href": "modules/visiting/index.html",
            "lessons": ["at-the-door", "afterwards"],
            "text": "Ring <em>one</em> agency that visits too.",
            "ask": "Did you ring them?",
        }
    }
