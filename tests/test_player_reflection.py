"""A place to write that stays on the device."""

from __future__ import annotations

from playwright.sync_api import expect

from player_steps import (
    BODY,
    events,
    press,
    stored,
    t,
)


def test_reflection_stays_on_the_device(book, reader):
    tab = reader.open(
        book('<course-reflection name="r-1"><p>What would you do?</p></course-reflection>')
    )
    seen = events(tab)
    expect(tab.locator(BODY).get_by_text("What would you do?")).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("private"))).to_be_visible()
    tab.get_by_label(t("your_words")).fill("Listen.")
    expect(tab.locator(BODY).get_by_text(t("reflection.saved"))).to_be_visible()
    tab.reload()
    expect(tab.get_by_label(t("your_words"))).to_have_value("Listen.")
    assert seen is not None
    press(tab, "reflection.delete")
    expect(tab.get_by_label(t("your_words"))).to_have_value("")
    assert stored(tab, "reflection:r-1")["text"] == ""
    press(tab, "reflection.undo")
    expect(tab.get_by_label(t("your_words"))).to_have_value("Listen.")


def test_last_words_are_kept_when_the_page_closes_at_once(book, reader):
    tab = reader.open(book('<course-reflection name="r-1"><p>And you?</p></course-reflection>'))
    tab.get_by_label(t("your_words")).fill("In a hurry")
    tab.reload()
    expect(tab.get_by_label(t("your_words"))).to_have_value("In a hurry")
