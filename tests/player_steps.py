"""What a person does with the activities on a page, and what the tests look at."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from collabcomm.texts import catalogue, text_of
from player_data import QUIZ, STORY, element

T = catalogue("player", "en")
LIVE = ".cp-live"
BODY = ".cp-body"
KEY = "collabcomm:demo-course:"


def t(key, **values):
    return T[f"player.{key}"].format(**values)


def quiz_of(*items):
    return {**QUIZ, "items": list(items)}


def stored(tab, name):
    return json.loads(tab.evaluate("key => localStorage.getItem(key)", KEY + name) or "null")


def store(tab, name, value):
    tab.evaluate(
        "([key, value]) => localStorage.setItem(key, value)", [KEY + name, json.dumps(value)]
    )


def events(tab):
    """Note the events of the page from now on."""
    tab.evaluate(
        """window.seen = [];
           document.addEventListener('course-event', event => window.seen.push(event.detail))"""
    )
    return lambda: tab.evaluate("window.seen")


def press(tab, key, **values):
    tab.get_by_role("button", name=t(key, **values), exact=True).first.click()


def item_of(tab, number):
    return tab.locator(".cp-item").nth(number)


def answer_all(tab):
    """Answer the whole demo quiz, all right but the multiple response."""
    item_of(tab, 0).get_by_role("radio").first.check()
    item_of(tab, 1).get_by_role("checkbox").first.check()
    item_of(tab, 2).get_by_role("radio").nth(1).check()
    tab.get_by_label("Anger").select_option("the air")
    tab.get_by_label("Fear").select_option("the safety")
    for _ in range(2):
        tab.get_by_role("button", name=t("move.up", step="the first")).click()
    tab.get_by_label(t("your_answer")).fill("open question")
    for _ in range(6):
        press(tab, "check")
    item_of(tab, 6).get_by_role("radio").nth(1).check()
    item_of(tab, 8).get_by_role("textbox").fill("I came at ten.")
    press(tab, "composition.compare")


def begin(book, reader, story=STORY):
    tab = reader.open(book(element("course-scenario", story)))
    press(tab, "begin")
    return tab


def choose(tab, name):
    tab.get_by_role("button", name=f"I {name}.").click()


def take(place, choice):
    """Make a choice of a compiled story, wherever its seed has put it."""
    place.get_by_role("button", name=text_of(choice["text"]), exact=True).click()


def to_the_good_ending(tab):
    choose(tab, "ask")
    press(tab, "go_on")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    press(tab, "go_on")
    press(tab, "go_on")


def to_the_poor_ending(tab):
    for name in ("warn", "leave"):
        choose(tab, name)
        press(tab, "go_on")


def browser_words_only(visitor):
    """Drop the browser's own lines about requests that failed; no script can keep them away."""
    assert [line for line in visitor.console if not line.startswith("Failed to load")] == []
    visitor.console.clear()
