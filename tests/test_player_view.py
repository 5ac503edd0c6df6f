"""What is said of an answer is in view, wherever Check stood on the screen."""

from __future__ import annotations

import copy

import pytest
from playwright.sync_api import expect

from player_data import (
    JUDGEMENT,
    MATCHING,
    MULTIPLE,
    SEQUENCING,
    SHORT,
    SINGLE,
    STORY,
    element,
)
from player_steps import (
    BODY,
    LIVE,
    press,
    quiz_of,
    t,
)

WORDS = "It says what was seen, and leaves the rest to the person. "
WHY = f"<p>The reason. {WORDS * 3}</p>"


def at_length(item):
    """The item as long as items of lessons are, with a reason wherever the author may give one."""
    out = copy.deepcopy(item)
    single = item["type"] in ("single-choice", "judgement")
    for part in out.get("options", []):
        part["text"] = f"{part['id'].title()}. {WORDS}{WORDS}"
        part["feedback"] = WHY if single else f"<p>{WORDS}</p>"
    for part in (*out.get("steps", []), *out.get("prompts", [])):
        part["text"] += f" {WORDS}"
    if not single:
        out["explanation"] = WHY
    return out | {"stem": f"<p>{WORDS * 3}</p>", "basis": "theory", "evidence": SINGLE["evidence"]}


CLOSED = {
    "single-choice": (SINGLE, "option.picked.poorly"),
    "judgement": (JUDGEMENT, "support.partly"),
    "multiple-response": (MULTIPLE, "outcome.partly"),
    "matching": (MATCHING, "outcome.poorly"),
    "sequencing": (SEQUENCING, "outcome.partly"),
    "short-text": (SHORT, "outcome.poorly"),
}
SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}
HEIGHTS = (35, 50, 65, 80, 95)


def fill_in(tab, kind):
    """Answer the one item of the page; single choice wrongly, the others not wholly right."""
    if kind == "single-choice":
        tab.get_by_role("radio").last.check()
    elif kind in ("judgement", "multiple-response"):
        tab.locator(".cp-option input").first.check()
    elif kind == "matching":
        for select in tab.get_by_role("combobox").all():
            select.select_option("the tea")
    elif kind == "short-text":
        tab.get_by_label(t("your_answer")).fill("closed")


def check_at(tab, height):
    """Press Check with the mouse where it stands at so many per cent of the window's height."""
    button = tab.get_by_role("button", name=t("check"), exact=True)
    button.evaluate(
        """(node, share) => {
             const { top, height } = node.getBoundingClientRect();
             window.scrollBy(0, top + height / 2 - window.innerHeight * share) }""",
        height / 100,
    )
    box = button.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def in_view(part):
    expect(part).to_have_count(1)
    return part.evaluate(
        """node => { const { top, bottom } = node.getBoundingClientRect();
                     return top >= 0 && bottom <= window.innerHeight }"""
    )


ROOM = f"<p>{WORDS}</p>" * 40


def hidden_at(tab, kind, word, again, reason="The reason."):
    """At which heights of Check the verdict or its reason is not in view; ``again`` starts anew."""
    hidden = []
    for height in HEIGHTS:
        fill_in(tab, kind)
        check_at(tab, height)
        verdict = tab.locator(".cp-verdict").get_by_text(t(word), exact=True)
        parts = [verdict, *([tab.locator(".cp-outcome").get_by_text(reason)] if reason else [])]
        if not all(in_view(part) for part in parts):
            hidden.append(height)
        press(tab, again)
    return hidden


@pytest.mark.parametrize("kind", CLOSED)
@pytest.mark.parametrize("screen", SCREENS)
def test_verdict_and_its_reason_are_in_view_wherever_check_stood(book, visitor, screen, kind):
    width, height = SCREENS[screen]
    reader = visitor(viewport={"width": width, "height": height})
    item, word = CLOSED[kind]
    quiz = element("course-quiz", quiz_of(at_length(item)))
    tab = reader.open(book(ROOM, quiz, ROOM))
    assert hidden_at(tab, kind, word, "retry") == []


@pytest.mark.parametrize("screen", SCREENS)
def test_verdict_in_a_story_is_in_view_wherever_check_stood(book, visitor, screen):
    width, height = SCREENS[screen]
    reader = visitor(viewport={"width": width, "height": height})
    story = copy.deepcopy(STORY) | {"start": "kitchen"}
    story["nodes"]["kitchen"]["item"] = at_length(SINGLE)
    tab = reader.open(book(ROOM, element("course-scenario", story), ROOM))
    press(tab, "begin")
    again = "step_back"
    assert hidden_at(tab, "single-choice", "option.picked.poorly", again) == []


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("single-choice", "option.left.only"),
        ("judgement", "support.well"),
        ("multiple-response", "option.left.well"),
        ("matching", "belongs"),
        ("sequencing", "answer.sequencing"),
        ("short-text", "answer.short-text"),
    ],
)
def test_answer_is_in_view_when_it_is_shown(book, visitor, kind, word):
    reader = visitor(viewport={"width": 390, "height": 844})
    item = at_length(CLOSED[kind][0])
    for part in item.get("options", []):
        part["feedback"] *= 3
    tab = reader.open(book(ROOM, element("course-quiz", quiz_of(item)), ROOM))
    fill_in(tab, kind)
    check_at(tab, 80)
    press(tab, "show_answer")
    expect(tab.locator(LIVE)).to_have_text(t("answer_shown"))
    assert in_view(tab.locator(BODY).get_by_text(t(word)).first)


@pytest.mark.parametrize("kind", ["single-choice", "short-text"])
def test_verdict_taller_than_the_screen_shows_its_top(book, visitor, kind):
    reader = visitor(viewport={"width": 390, "height": 844})
    item, word = CLOSED[kind]
    quiz = quiz_of({**at_length(item), "explanation": f"<p>{WORDS * 60}</p>"})
    tab = reader.open(book(ROOM, element("course-quiz", quiz), ROOM))
    assert hidden_at(tab, kind, word, "retry", reason=None) == []
    fill_in(tab, kind)
    press(tab, "check")
    assert tab.locator(".cp-outcome").bounding_box()["height"] > 844
