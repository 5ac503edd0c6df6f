"""The activities are usable for everybody, in every state, width and colour scheme."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from player_data import QUIZ, STORY, element
from player_rules import RULES
from player_steps import answer_all, choose, press, t, to_the_poor_ending

STATES = {
    "fresh": lambda tab: press(tab, "begin"),
    "answered": lambda tab: (
        answer_all(tab),
        press(tab, "show_answer"),
        press(tab, "begin"),
        choose(tab, "warn"),
    ),
    "finished": lambda tab: (press(tab, "begin"), to_the_poor_ending(tab)),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_page_is_accessible(book, visitor, width, scheme, state):
    guest = visitor(viewport={"width": width, "height": 800}, color_scheme=scheme)
    reflection = '<course-reflection name="r-1"><p>And you?</p></course-reflection>'
    tab = guest.open(
        book(element("course-quiz", QUIZ), element("course-scenario", STORY), reflection)
    )
    STATES[state](tab)
    assert_accessible(tab, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_looking_back_on_a_story_is_accessible_and_so_are_its_chairs(book, visitor, width, scheme):
    guest = visitor(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = guest.open(book(element("course-scenario", RULES)))
    press(tab, "begin")
    choose(tab, "tell")
    tab.get_by_text("Brehm 1966").wait_for()
    assert_accessible(tab, width)
    press(tab, "step_back")
    choose(tab, "promise")
    press(tab, "go_on")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    press(tab, "go_on")
    choose(tab, "go")
    press(tab, "go_on")
    tab.get_by_role("button", name=t("play_as", name="Marc")).wait_for()
    assert_accessible(tab, width)
    tab.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert_accessible(tab, width)
    tab.get_by_role("button", name=t("play_as", name="Marc")).click()
    assert_accessible(tab, width)


def assert_accessible(tab, width):
    """No rule of axe is broken, nothing is wider than the page, and no control is too small."""
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    small = tab.evaluate(
        """[...document.querySelectorAll('button, input, select, a, summary')].filter(e => {
             const box = (e.closest('label') || e).getBoundingClientRect();
             return box.width && Math.min(box.width, box.height) < 24 }).map(e => e.outerHTML)"""
    )
    assert small == []
