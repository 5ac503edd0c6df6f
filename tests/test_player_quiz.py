"""A quiz for practice: from the readable version to its score, and what is kept of it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from player_data import (
    MULTIPLE,
    QUIZ,
    SINGLE,
    STORY,
    element,
)
from player_steps import (
    BODY,
    answer_all,
    events,
    item_of,
    press,
    quiz_of,
    store,
    stored,
    t,
)


def test_script_replaces_the_readable_version(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    expect(tab.get_by_role("heading", name="A few questions", level=2)).to_be_visible()
    expect(tab.get_by_role("group", name="What about single?")).to_be_visible()
    expect(tab.locator(BODY).get_by_text("Fallback")).to_have_count(0)
    expect(tab.locator("legend em")).to_have_count(0)
    expect(tab.locator(".cp-option em").first).to_have_text("Ask")


def test_title_is_not_shown_twice(book, reader):
    tab = reader.open(book(element("course-quiz", {**QUIZ, "title": "A page"})))
    heading = tab.get_by_role("heading", name="A page", level=2)
    assert heading.bounding_box()["width"] <= 1


def test_readable_version_stays_where_the_data_is_broken(book, reader):
    broken = '<course-quiz><p>Fallback</p><script type="application/json">{</script></course-quiz>'
    tab = reader.open(book(broken))
    expect(tab.get_by_text("Fallback")).to_be_visible()


@pytest.mark.parametrize(("tag", "data"), [("quiz", QUIZ), ("scenario", STORY)])
def test_activity_newer_than_the_player_says_so_above_its_readable_version(book, reader, tag, data):
    tab = reader.open(book(element(f"course-{tag}", {**data, "format": 2})))
    expect(tab.locator(".cp-notice")).to_have_text(t("newer"))
    expect(tab.get_by_text("Fallback")).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)
    tab.evaluate("tag => document.body.append(document.querySelector(tag))", f"course-{tag}")
    expect(tab.locator(".cp-notice")).to_have_count(1)
    assert Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa"]}).violations_count == 0


def test_finished_quiz_has_a_score_and_can_be_started_again(book, reader):
    tab = reader.open(book(element("course-quiz", QUIZ)))
    seen = events(tab)
    answer_all(tab)
    expect(tab.locator(BODY).get_by_text(t("points", n="5.5", of=6))).to_be_visible()
    expect(tab.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", t("answered", n=7, of=7)
    )
    finish = [e for e in seen() if e["type"] == "finish"]
    assert [e["score"] for e in finish] == [{"raw": 5.5, "max": 6}]
    assert (finish[0]["kind"], finish[0]["id"], finish[0]["version"]) == (
        "quiz",
        "demo",
        QUIZ["version"],
    )
    press(tab, "restart")
    expect(tab.locator(BODY).get_by_text(t("answered", n=0, of=7))).to_be_visible()
    expect(item_of(tab, 0).get_by_role("radio").first).to_be_focused()
    # The learner's own words stay.
    assert stored(tab, "quiz:demo")["responses"] == {"note": ["I came at ten."]}


def test_reload_brings_back_answers_and_feedback(book, reader):
    tab = reader.open(book(element("course-quiz", QUIZ)))
    answer_all(tab)
    press(tab, "show_answer")
    before = tab.locator(".cp-body").inner_text()
    tab.reload()
    expect(tab.locator(BODY).get_by_text(t("quiz_done"))).to_be_visible()
    assert tab.locator(".cp-body").inner_text() == before
    expect(tab.locator(".cp-notice")).to_have_count(0)
    assert tab.evaluate("document.activeElement === document.body")


def test_state_of_another_version_is_kept_as_far_as_it_fits(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE, MULTIPLE))))
    responses = {"single": "ask", "multiple": ["gone"], "left": "x"}
    store(
        tab,
        "quiz:demo",
        {"version": "old", "responses": responses, "checked": {"single": True, "multiple": True}},
    )
    tab.reload()
    expect(tab.locator(".cp-notice")).to_have_text(t("quiz_changed"))
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("answered", n=1, of=2))).to_be_visible()
    tab.reload()
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(".cp-notice")).to_have_count(0)


@pytest.mark.parametrize(
    "state",
    [
        1,
        "text",
        [],
        {"responses": []},
        {"responses": {"single": {"a": 1}, "multiple": "see", "short": 5, "sequencing": ["first"]}},
        {"version": QUIZ["version"], "responses": None, "checked": "all", "shown": 3},
        {"version": QUIZ["version"], "checked": {"single": True}, "finished": True},
        {"steps": {"length": 3}},
        {"version": STORY["version"], "steps": [None, 4, {"node": "shut"}], "after": True},
        {
            "steps": [{"node": "door", "choice": "constructor"}],
            "finished": True,
            "unsent": [None, {}],
        },
    ],
)
def test_forged_state_is_ignored(book, reader, state):
    url = book(element("course-quiz", QUIZ), element("course-scenario", STORY))
    tab = reader.open(url)
    for name in ("quiz:demo", "scenario:story"):
        store(tab, name, state)
    tab.reload()
    expect(tab.locator(BODY).get_by_text(t("answered", n=0, of=7))).to_be_visible()
    expect(tab.get_by_role("button", name=t("begin"))).to_be_visible()


def test_page_works_where_nothing_can_be_stored(book, reader):
    reader.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})"
    )
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    tab.get_by_role("radio").first.check()
    expect(tab.locator(".cp-notice")).to_have_text(t("not_kept"))
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(".cp-notice")).to_have_count(1)


def test_an_element_moved_in_the_page_keeps_its_state(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    tab.evaluate("document.querySelector('main').append(document.querySelector('course-quiz'))")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_have_count(1)


def test_quiz_is_answered_with_the_keyboard_alone(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE, MULTIPLE))))
    for key in ("Tab", "Space", "Tab", "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    for _ in range(9):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.value") == "see":
            break
    for key in ("Space", "Tab", "Space", "Tab", "Tab", "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator(BODY).get_by_text(t("points", n=2, of=2))).to_be_visible()
