"""A graded quiz, with the real service behind the browser's routes."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from player_data import MULTIPLE, QUIZ, SINGLE, element
from player_steps import (
    BODY,
    KEY,
    begin,
    browser_words_only,
    events,
    item_of,
    press,
    stored,
    t,
    to_the_poor_ending,
)

GRADED = {
    **QUIZ,
    "id": "final",
    "purpose": "graded",
    "pass_mark": 80,
    "attempts": 3,
    "draw": 2,
    "items": [],
}
SECRET = ("weights", "feedback", "explanation", "basis", "evidence", "read", "replies", "support")


def bare(item):
    options = [{"id": o["id"], "text": o["text"]} for o in item["options"]]
    return {**{k: v for k, v in item.items() if k not in SECRET}, "options": options}


class Service:
    """The service's answers, by its contract, from memory. ``fail`` makes it break."""

    items = (SINGLE, MULTIPLE)
    format = 1

    def __init__(self, visitor):
        self.visitor = visitor
        self.learner = None
        self.attempts = {}
        self.saved = []
        self.asked = []
        self.fail = None
        self.refusal = None
        visitor.context.route("**/host.json", lambda r: self.answer(r, 200, {"service": "api"}))
        visitor.context.route("**/api/**", self.api)

    def answer(self, route, status, body):
        if self.fail == "down":
            route.abort()
        elif self.fail:
            route.fulfill(status=self.fail, json={})
        else:
            route.fulfill(status=status, json=body)

    def whole(self, attempt):
        items = [bare(i) for i in self.items]
        out = {**attempt, "quiz": {**GRADED, "format": self.format, "items": items}}
        if attempt["status"] == "submitted":
            out["result"] = self.result(attempt)
        return out

    def result(self, attempt):
        items = [
            {**i, "response": attempt["responses"].get(i["id"]), "score": {"raw": 1, "max": 1}}
            for i in self.items
        ]
        return {
            "raw": 1.5,
            "max": 2,
            "percent": 75.0,
            "passed": False,
            "pass_mark": 80,
            "scored_by": "service",
            "items": items,
        }

    def api(self, route):
        request = route.request
        path = request.url.split("/api/")[1].split("?")[0].split("/")
        body = json.loads(request.post_data or "{}")
        self.asked.append((request.method, "/".join(path[:1] + path[2:]), body))
        me = {"learner": self.learner, "cohort": {"code": "ABCD-EFGH", "name": "Autumn"}}
        if path == ["me"]:
            return self.answer(route, 200, me)
        if path == ["join"]:
            if body["code"] == "NAME-NAME" and not body["name"]:
                return self.answer(route, 422, {"detail": "This cohort asks for your name."})
            if body["code"] not in ("ABCD-EFGH", "NAME-NAME"):
                return self.answer(route, 404, {"detail": "There is no cohort with this code."})
            self.learner = {"id": "l1", "name": body["name"]}
            return self.answer(route, 200, {**me, "learner": self.learner})
        if path == ["leave"]:
            self.learner = None
            return self.answer(route, 200, {"learner": None})
        if path == ["attempts"]:
            out = {"attempts": list(self.attempts.values()), "left": 3 - len(self.attempts)}
            return self.answer(route, 200, out)
        if self.fail:
            return self.answer(route, 500, {})
        attempt = self.attempts.get(path[1])
        if len(path) == 2 and attempt is None:
            attempt = {
                "id": path[1],
                "activity": body["activity"],
                "status": "open",
                "submitted": None,
                "passed": None,
                "percent": None,
                "responses": {},
                "result": None,
            }
            self.attempts[path[1]] = attempt
        if len(path) == 4:
            if self.refusal:
                return self.answer(route, *self.refusal)
            self.saved.append((path[3], body))
            attempt["responses"][path[3]] = body["response"]
            return self.answer(route, 200, {"saved": True})
        if path[-1] == "submit":
            attempt |= {
                "status": "submitted",
                "submitted": "2026-11-23T10:00:00+00:00",
                "passed": False,
                "percent": 75.0,
            }
        return self.answer(route, 200, self.whole(attempt))


@pytest.fixture
def service(reader):
    return Service(reader)


def join(tab):
    tab.get_by_label(t("graded.code")).fill("ABCD-EFGH")
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("group")).to_have_count(2)


def status(tab):
    return tab.locator(".cp-status")


def test_graded_quiz_without_service_says_so(book, reader):
    tab = reader.open(book(element("course-quiz", GRADED)))
    expect(tab.locator(BODY).get_by_text(t("graded.no_service"))).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)


def test_wrong_code_is_told_in_words(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text(t("graded.no_code"))
    tab.get_by_label(t("graded.code")).fill("nope")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text("There is no cohort with this code.")
    expect(tab.get_by_label(t("graded.code"))).to_be_focused()
    browser_words_only(reader)


def test_cohort_that_needs_a_name_says_so_where_the_name_is_written(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    name = tab.get_by_label(t("graded.name"), exact=True)
    expect(name).to_have_accessible_description(t("graded.name_note"))
    expect(name).not_to_have_attribute("required", "")
    tab.get_by_label(t("graded.code")).fill("NAME-NAME")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text("This cohort asks for your name.")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_needed"))
    # Another code may lead to another cohort.
    tab.get_by_label(t("graded.code")).fill("NAME-NAM")
    expect(name).not_to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_note"))
    tab.get_by_label(t("graded.code")).fill("NAME-NAME")
    name.fill("Mair Ellis")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    browser_words_only(reader)


def test_answers_are_saved_as_they_are_given(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    expect(tab.get_by_role("button", name=t("check"))).to_have_count(0)
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.saved"))
    tab.get_by_role("radio").nth(1).check()
    tab.get_by_role("checkbox").first.check()
    expect(tab.locator(BODY).get_by_text(t("answered", n=2, of=2))).to_be_visible()
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert [(i, b["response"]) for i, b in service.saved] == [
        ("single", "ask"),
        ("single", "warn"),
        ("multiple", ["see"]),
    ]
    numbers = [b["seq"] for _, b in service.saved]
    assert numbers == sorted(set(numbers))
    assert len({b["id"] for _, b in service.saved}) == 3
    tab.reload()
    press(tab, "graded.resume")
    expect(tab.get_by_role("radio").nth(1)).to_be_checked()
    expect(tab.get_by_role("checkbox").first).to_be_checked()


def test_answers_wait_while_the_service_is_out_of_reach(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.fail = "down"
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    tab.get_by_role("checkbox").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=2))
    press(tab, "graded.review")
    press(tab, "graded.submit")
    expect(tab.get_by_role("alert")).to_have_text(t("graded.not_yet"))
    tab.reload()
    expect(tab.get_by_role("radio").first).to_be_checked()
    service.fail = None
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert {i for i, _ in service.saved} == {"single", "multiple"}
    browser_words_only(reader)


def test_answers_that_waited_are_sent_on_the_next_visit(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.fail = 503
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    service.fail = None
    tab.reload()
    press(tab, "graded.resume")
    expect(tab.get_by_role("radio").first).to_be_checked()
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert [b["response"] for _, b in service.saved] == ["ask"]
    browser_words_only(reader)


def test_refused_answer_is_told_in_words_and_kept(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.refusal = (410, {"detail": "The cohort has closed."})
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.held", detail="The cohort has closed."))
    kept = stored(tab, "quiz:final")["learners"]["l1"]
    assert kept["queue"]["single"]["response"] == "ask"
    browser_words_only(reader)


def test_attempt_newer_than_the_player_is_not_shown(book, reader, service):
    service.format = 2
    tab = reader.open(book(element("course-quiz", GRADED)))
    tab.get_by_label(t("graded.code")).fill("ABCD-EFGH")
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("alert")).to_have_text(t("newer"))
    expect(tab.get_by_role("radio")).to_have_count(0)


def test_review_lists_what_is_open_and_asks_before_it_sends(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    seen = events(tab)
    join(tab)
    tab.get_by_role("radio").first.check()
    press(tab, "graded.review")
    dialog = tab.get_by_role("alertdialog", name=t("graded.sure"))
    expect(dialog).to_be_focused()
    expect(dialog).to_contain_text(t("graded.unanswered"))
    press(tab, "question", n=2, of=2)
    expect(tab.get_by_role("checkbox").first).to_be_focused()
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    assert not any(path == "attempts/submit" for _, path, _ in service.asked)
    press(tab, "graded.review")
    press(tab, "graded.submit")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    for text in (t("graded.not_passed"), t("graded.percent", n=75)):
        expect(tab.locator(BODY).get_by_text(text, exact=True)).to_be_visible()
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    assert seen()[-1]["type"] == "finish"
    assert seen()[-1]["score"] == {"raw": 1.5, "max": 2}
    press(tab, "graded.overview")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("graded.left", n=2))).to_be_visible()
    press(tab, "graded.look")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()


def test_result_names_the_answer_and_blames_nobody_for_what_was_left_out(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    tab.locator("input[value=warn]").check()
    tab.locator("input[value=see]").check()
    press(tab, "graded.review")
    press(tab, "graded.submit")
    single, multiple = item_of(tab, 0), item_of(tab, 1)
    expect(single.locator(".cp-outcome")).to_contain_text(t("option.picked.poorly"))
    expect(single.locator(".cp-option.cp-well")).to_contain_text(t("option.left.only"))
    expect(multiple.locator(".cp-option.cp-well")).to_contain_text(
        [t("option.picked.well"), t("option.left.well")]
    )
    expect(multiple.locator(".cp-poorly")).to_have_count(0)


def test_leaving_waits_for_what_is_not_sent(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    tab.reload()
    press(tab, "graded.leave")
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert stored(tab, "quiz:final")["learners"] == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graded_quiz_is_accessible(book, visitor, scheme):
    one = visitor(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    Service(one)
    tab = one.open(book(element("course-quiz", GRADED)))
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    join(tab)
    press(tab, "graded.review")
    assert Axe().run(tab).violations_count == 0
    press(tab, "graded.submit")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 320


def test_finished_story_is_handed_to_the_service(book, reader, service):
    service.learner = {"id": "l1", "name": None}
    tab = begin(book, reader)
    service.fail = "down"
    to_the_poor_ending(tab)
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    tab.wait_for_timeout(100)
    service.fail = None
    tab.reload()
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    tab.wait_for_function(
        "key => JSON.parse(localStorage.getItem(key)).unsent.length === 0",
        arg=f"{KEY}scenario:story",
    )
    sent = [body for _, path, body in service.asked if path == "attempts/submit"]
    assert sent == [
        {"steps": [{"node": "door", "choice": "warn"}, {"node": "hall", "choice": "leave"}]}
    ]
    browser_words_only(reader)
