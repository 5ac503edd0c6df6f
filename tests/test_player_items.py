"""Every type of item in a quiz for practice, as a person meets it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from player_data import (
    COMPOSITION,
    JUDGEMENT,
    LIKERT,
    MATCHING,
    MULTIPLE,
    REFLECTION,
    SEQUENCING,
    SHORT,
    SINGLE,
    element,
)
from player_steps import (
    BODY,
    LIVE,
    events,
    item_of,
    press,
    quiz_of,
    store,
    stored,
    t,
)


def test_arrow_keys_choose_and_never_submit(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    seen = events(tab)
    tab.get_by_role("radio").first.focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowDown"):
        tab.keyboard.press(key)
    expect(tab.get_by_role("radio").nth(1)).to_be_checked()
    expect(tab.locator(".cp-feedback")).to_have_count(0)
    assert {e["type"] for e in seen()} == {"response"}


def test_check_with_nothing_chosen_says_what_to_do(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    press(tab, "check")
    expect(tab.locator(".cp-message")).to_have_text(t("nothing.single-choice"))
    expect(tab.locator(LIVE)).to_have_text(t("nothing.single-choice"))
    tab.get_by_role("radio").first.check()
    expect(tab.locator(".cp-message")).to_have_text("")


def test_feedback_of_the_option_chosen_stands_where_check_was(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    tab.get_by_role("radio").nth(1).check()
    press(tab, "check")
    outcome = tab.get_by_role("group", name=t("option.picked.poorly"))
    expect(outcome).to_contain_text(f"{t('option.picked.poorly')} It presses.")
    expect(tab.locator(".cp-option.cp-poorly .cp-icon")).to_be_visible()
    expect(tab.get_by_role("radio").nth(1)).to_have_accessible_description(re.compile("It presses"))
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_have_count(0)
    expect(tab.locator(LIVE)).to_have_text(f"{t('option.picked.poorly')} It presses.")
    expect(outcome).to_be_focused()
    expect(tab.locator(BODY).get_by_text(t("basis.theory"))).to_be_visible()
    link = tab.get_by_role("link", name="Brehm 1966")
    expect(link).to_have_attribute("href", "../../book/references.html#ref-brehm1966")
    expect(tab.get_by_role("link", name="Motivation and choice")).to_be_visible()


def test_answer_is_shown_on_request_only(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE))))
    tab.get_by_role("radio").nth(1).check()
    press(tab, "check")
    press(tab, "show_answer")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("option.left.only"))).to_be_visible()


def looks(tab, text):
    """The colour of a verdict in an option and the colour and icon of a mistake beside it."""
    verdict = tab.locator(".cp-option .cp-verdict").filter(has_text=text).first
    card = verdict.locator("xpath=../..")
    return (
        verdict.evaluate("node => getComputedStyle(node).color"),
        card.evaluate("node => getComputedStyle(node).borderTopColor"),
        verdict.locator("path").get_attribute("d"),
    )


def test_what_was_rightly_left_out_does_not_look_like_a_mistake(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(MULTIPLE))))
    for name in ("see", "tell"):
        tab.locator(f"input[value={name}]").check()
    press(tab, "check")
    wrong = looks(tab, t("option.picked.poorly"))
    press(tab, "retry")
    tab.locator("input[value=see]").check()
    press(tab, "check")
    press(tab, "show_answer")
    tab.mouse.move(0, 0)
    left = looks(tab, t("option.left.poorly"))
    missed = looks(tab, t("option.left.well"))
    # An option that can no longer be chosen does not answer the mouse either.
    tab.locator(".cp-option").last.hover()
    assert looks(tab, t("option.left.poorly")) == left
    assert not set(wrong) & set(left)
    assert not set(missed) & set(left)


def test_option_of_a_judgement_not_chosen_is_judged_in_words_not_in_colour(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(JUDGEMENT))))
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    press(tab, "show_answer")
    poorly, well = looks(tab, t("support.poorly")), looks(tab, t("support.well"))
    reading = tab.locator(".cp-option .cp-feedback > div").first
    ink = reading.evaluate("node => getComputedStyle(node).color")
    assert poorly[0] == ink != well[0]
    assert poorly[1] != well[1]


def test_try_again_clears_that_item_only_and_takes_the_focus_there(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SINGLE, JUDGEMENT))))
    tab.get_by_role("radio").nth(1).check()
    press(tab, "check")
    tab.get_by_role("radio").nth(2).check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text(t("quiz_done"))).to_be_visible()
    item_of(tab, 1).get_by_role("button", name=t("retry")).click()
    expect(tab.locator(BODY).get_by_text(t("quiz_done"))).to_have_count(0)
    expect(item_of(tab, 1).get_by_role("radio").first).to_be_focused()
    expect(item_of(tab, 1).locator("input:checked")).to_have_count(0)
    expect(item_of(tab, 0).locator("input:checked")).to_have_count(1)
    expect(tab.locator(BODY).get_by_text(t("answered", n=1, of=2))).to_be_visible()


def test_ticked_box_has_a_tick(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(MULTIPLE))))
    box = tab.get_by_role("checkbox").first
    turn = "node => getComputedStyle(node, '::before').rotate"
    assert box.evaluate(turn) == "none"
    box.check()
    assert box.evaluate(turn) == "45deg"


def test_missed_keys_are_counted_but_not_named(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(MULTIPLE))))
    tab.get_by_role("checkbox").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text(t("outcome.partly"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("more_to_pick"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text("Yes, see.")).to_be_visible()
    expect(tab.locator(BODY).get_by_text("Yes, hear.")).to_have_count(0)
    assert t("more_to_pick") in tab.locator(LIVE).text_content()


def test_judgement_names_how_well_it_is_supported(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(JUDGEMENT))))
    seen = events(tab)
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text(t("support.partly"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("basis.judgement"))).to_be_visible()
    assert next(e for e in seen() if e["type"] == "check")["score"] == {"raw": 0.5, "max": 1}


def test_matching_has_a_select_for_each_prompt(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(MATCHING))))
    tab.get_by_label("Anger").select_option("the air")
    press(tab, "check")
    expect(tab.locator(".cp-message")).to_have_text(t("nothing.matching"))
    tab.get_by_label("Fear").select_option("the tea")
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("Anger needs air.")).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("outcome.partly"))).to_be_visible()
    expect(tab.locator(".cp-pair").nth(1)).to_contain_text(t("pair.poorly"))
    expect(tab.locator(BODY).get_by_text(t("belongs"))).to_have_count(0)
    press(tab, "show_answer")
    expect(tab.locator(".cp-pair").nth(1)).to_contain_text(f"{t('belongs')} the safety")


def test_steps_are_put_in_order_with_buttons_that_keep_the_focus(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SEQUENCING))))
    up = tab.get_by_role("button", name=t("move.up", step="the first"))
    up.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(LIVE)).to_have_text(t("moved", step="the first", n=2, of=3))
    expect(up).to_be_focused()
    tab.keyboard.press("Enter")
    expect(up).to_have_attribute("aria-disabled", "true")
    expect(up).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator(".cp-steps li > span:first-child")).to_have_text(
        ["the first", "the second", "the third"]
    )
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text(t("outcome.well"))).to_be_visible()


def test_short_text_is_checked_with_enter_and_answers_the_wording(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(SHORT))))
    tab.get_by_label(t("your_answer")).fill("Open-question!")
    tab.keyboard.press("Enter")
    expect(tab.locator(BODY).get_by_text("It invites.")).to_be_visible()
    expect(tab.locator(BODY).get_by_text("It begins with what or how.")).to_be_visible()
    press(tab, "retry")
    tab.get_by_label(t("your_answer")).fill("closed")
    tab.keyboard.press("Enter")
    expect(tab.locator(BODY).get_by_text(t("outcome.poorly"))).to_be_visible()
    press(tab, "show_answer")
    expect(tab.locator(".cp-outcome li")).to_have_text(["open question"])


def test_self_rating_has_no_verdict_and_no_button(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(LIKERT, SINGLE))))
    item_of(tab, 0).get_by_role("radio").first.check()
    tab.keyboard.press("ArrowDown")
    expect(item_of(tab, 0).get_by_role("radio").nth(1)).to_be_focused()
    expect(item_of(tab, 0).get_by_role("button")).to_have_count(0)
    expect(item_of(tab, 0).locator(".cp-verdict")).to_have_count(0)
    expect(tab.locator(BODY).get_by_text(t("answered", n=1, of=2))).to_be_visible()


def test_reflection_is_kept_and_is_in_no_event(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(REFLECTION, SINGLE))))
    seen = events(tab)
    tab.get_by_label(t("your_words")).fill("My secret")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    assert "My secret" not in json.dumps(seen())
    assert seen()[-1]["type"] == "finish"
    tab.reload()
    expect(tab.get_by_label(t("your_words"))).to_have_value("My secret")
    press(tab, "restart")
    expect(tab.get_by_label(t("your_words"))).to_have_value("My secret")


def test_composition_opens_its_model_when_something_is_written(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(COMPOSITION, SINGLE))))
    seen = events(tab)
    compare = tab.get_by_role("button", name=t("composition.compare"))
    words = tab.get_by_label(t("your_words"))
    expect(compare).to_be_disabled()
    expect(words).to_have_accessible_description(t("composition.count", n=0, of=40))
    words.fill("My secret\nnote")
    expect(tab.get_by_text(t("composition.count", n=3, of=40))).to_be_visible()
    expect(tab.get_by_text("I came at ten.")).to_be_hidden()
    words.focus()
    tab.keyboard.press("Tab")
    expect(compare).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("I came at ten.")).to_be_visible()
    expect(tab.get_by_text(t("composition.self"))).to_be_visible()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    expect(tab.get_by_role("checkbox", name="the when")).to_be_checked()
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    assert "My secret" not in json.dumps(seen())
    assert "note" not in json.dumps([event["state"] for event in seen()])
    assert [event["type"] for event in seen()] == ["response", "check", "finish"]


def test_composition_is_kept_deleted_and_brought_back(book, reader):
    tab = reader.open(book(element("course-quiz", quiz_of(COMPOSITION, SINGLE))))
    words = tab.get_by_label(t("your_words"))
    words.fill("My note")
    press(tab, "composition.compare")
    tab.get_by_role("checkbox", name="the next").check()
    tab.reload()
    expect(words).to_have_value("My note")
    expect(tab.get_by_role("checkbox", name="the next")).to_be_checked()
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    press(tab, "restart")
    expect(words).to_have_value("My note")
    expect(tab.get_by_text("I came at ten.")).to_be_hidden()
    assert stored(tab, "quiz:demo")["responses"] == {"note": ["My note", "next"]}
    press(tab, "reflection.delete")
    expect(words).to_have_value("")
    expect(words).to_be_focused()
    assert stored(tab, "quiz:demo")["responses"] == {"note": [""]}
    press(tab, "reflection.undo")
    expect(words).to_have_value("My note")
    press(tab, "composition.compare")
    expect(tab.get_by_role("checkbox", name="the next")).to_be_checked()


@pytest.mark.parametrize("kept", ["My note", [5, "when"], {"0": "x"}, [["x"]], [], None])
def test_composition_that_was_kept_broken_is_an_empty_one(book, reader, kept):
    tab = reader.open(book(element("course-quiz", quiz_of(COMPOSITION, SINGLE))))
    state = {"version": "x", "responses": {"note": kept}, "checked": {"note": True}}
    store(tab, "quiz:demo", state)
    tab.reload()
    expect(tab.get_by_label(t("your_words"))).to_have_value("")
    expect(tab.get_by_text("I came at ten.")).to_be_hidden()
