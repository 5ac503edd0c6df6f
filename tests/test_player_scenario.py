"""A story, from the card before it to the map of its paths."""

from __future__ import annotations

import copy

from playwright.sync_api import expect

from player_data import STORY, element
from player_steps import (
    BODY,
    LIVE,
    begin,
    choose,
    events,
    press,
    store,
    stored,
    t,
    to_the_good_ending,
    to_the_poor_ending,
)


def test_opening_card_says_who_and_how_long(book, reader):
    tab = reader.open(book(element("course-scenario", STORY)))
    card = tab.locator(".cp-card")
    for text in (t("minutes", n=5), "You are the visitor.", "A fall.", "Glenys Pugh", "79"):
        expect(card).to_contain_text(text)
    press(tab, "begin")
    expect(tab.get_by_role("heading", name="The door", level=3)).to_be_focused()
    expect(tab.locator(".cp-bubble")).to_have_text("Glenys PughI'm managing, thank you.")


def test_choice_shows_consequence_then_verdict(book, reader):
    tab = begin(book, reader)
    expect(tab.get_by_role("group", name="What do you say?").get_by_role("button")).to_have_count(3)
    choose(tab, "warn")
    expect(tab.locator(".cp-mine")).to_have_text(f"{t('you')}I warn.")
    text = tab.locator(".cp-card").inner_text()
    assert text.index("she nods") < text.index(t("support.poorly")) < text.index("Reasons for warn")
    down = t("meter_down", meter=t("meter", label="Trust", word="none", n=1, of=4))
    expect(tab.locator(BODY).get_by_text(down)).to_be_visible()
    expect(tab.locator(LIVE)).to_have_text(f"{t('support.poorly')}. {down}")
    expect(tab.get_by_role("heading", name=t("what_happens"))).to_be_focused()
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name=t("scene", n=2))).to_be_focused()
    expect(tab.locator(LIVE)).to_have_text("")


def test_meter_is_told_in_words(book, reader):
    tab = begin(book, reader)
    expect(tab.locator(".cp-meters")).to_have_text("Trust: some (2 of 4)")


def test_story_so_far_is_folded_away(book, reader):
    tab = begin(book, reader)
    expect(tab.locator(".cp-sofar")).to_have_count(0)
    choose(tab, "warn")
    press(tab, "go_on")
    tab.locator(BODY).get_by_text(t("so_far")).click()
    expect(tab.locator(".cp-sofar li")).to_have_text([f"The door{t('you_chose')} I warn."])


def test_step_back_returns_to_the_choice(book, reader):
    tab = begin(book, reader)
    expect(tab.get_by_role("button", name=t("step_back"))).to_have_count(0)
    choose(tab, "warn")
    press(tab, "step_back")
    expect(tab.get_by_role("heading", name="The door", level=3)).to_be_focused()
    expect(tab.locator(LIVE)).to_have_text(t("stepped_back"))
    choose(tab, "ask")
    press(tab, "go_on")
    assert stored(tab, "scenario:story")["steps"] == [{"node": "door", "choice": "ask"}]


def test_reload_resumes_where_the_consequence_is_on_the_screen(book, reader):
    tab = begin(book, reader)
    choose(tab, "warn")
    tab.reload()
    expect(tab.locator(BODY).get_by_text("You warn, and she nods.")).to_be_visible()
    press(tab, "go_on")
    tab.reload()
    expect(tab.get_by_role("heading", name=t("scene", n=2))).to_be_visible()
    expect(tab.locator(".cp-meters")).to_contain_text("(1 of 4)")


def test_story_loops_to_its_start(book, reader):
    tab = begin(book, reader)
    for name in ("warn", "return", "wait"):
        choose(tab, name)
        press(tab, "go_on")
    expect(tab.locator(BODY).get_by_text(t("scene", n=4))).to_be_visible()
    assert len(stored(tab, "scenario:story")["steps"]) == 3


def test_item_in_a_story_is_checked_before_it_goes_on(book, reader):
    tab = begin(book, reader)
    choose(tab, "ask")
    press(tab, "go_on")
    expect(tab.get_by_role("button", name=t("go_on"))).to_have_count(0)
    press(tab, "check")
    expect(tab.locator(LIVE)).to_have_text(t("nothing.single-choice"))
    tab.get_by_role("radio").nth(1).check()
    press(tab, "check")
    expect(tab.get_by_role("button", name=t("retry"))).to_have_count(0)
    tab.reload()
    expect(tab.locator(BODY).get_by_text("It presses.")).to_be_visible()
    press(tab, "step_back")
    expect(tab.get_by_role("radio").first).to_be_enabled()


def test_best_path_ends_with_its_praise(book, reader):
    tab = begin(book, reader)
    seen = events(tab)
    to_the_good_ending(tab)
    expect(tab.get_by_role("heading", name="She opens up")).to_be_focused()
    for text in (t("ending.good"), "What helped.", t("path_points", n=3, of=3), t("all_best")):
        expect(tab.locator(BODY).get_by_text(text)).to_be_visible()
    expect(tab.get_by_text(t("could"))).to_have_count(0)
    finish = [e for e in seen() if e["type"] == "finish"]
    assert [e["score"] for e in finish] == [{"raw": 3, "max": 3}]
    assert finish[0]["state"]["finished"] is True


def test_ending_has_a_map_folded_away(book, reader):
    tab = begin(book, reader)
    to_the_poor_ending(tab)
    label = t("map_label", n=3, of=6)
    expect(tab.get_by_role("img", name=label)).to_be_hidden()
    tab.get_by_role("heading", name=t("map")).click()
    expect(tab.get_by_role("img", name=label)).to_be_visible()
    expect(tab.locator(".cp-spot")).to_have_count(6)
    expect(tab.locator(".cp-spot.cp-on")).to_have_count(3)
    expect(tab.locator(".cp-edge.cp-on")).to_have_count(2)
    expect(tab.locator(".cp-way li")).to_have_count(3)


def test_finished_story_reloads_to_its_ending_and_steps_back_from_it(book, reader):
    tab = begin(book, reader)
    to_the_poor_ending(tab)
    tab.reload()
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    press(tab, "step_back")
    expect(tab.get_by_role("button", name="I leave.")).to_be_visible()


def test_play_again_keeps_nothing(book, reader):
    tab = begin(book, reader)
    to_the_poor_ending(tab)
    press(tab, "play_again")
    expect(tab.get_by_role("button", name=t("begin"))).to_be_visible()
    assert stored(tab, "scenario:story")["steps"] == []


def test_story_of_another_version_resumes_at_the_last_place_that_fits(book, reader):
    tab = reader.open(book(element("course-scenario", STORY)))
    steps = [{"node": "door", "choice": "warn"}, {"node": "hall", "choice": "gone"}]
    store(tab, "scenario:story", {"version": "old", "steps": steps, "finished": True})
    tab.reload()
    expect(tab.locator(".cp-notices")).to_have_text(t("scenario_changed"))
    expect(tab.get_by_role("button", name="I leave.")).to_be_visible()


def test_story_is_played_with_the_keyboard_alone(book, reader):
    story = copy.deepcopy(STORY)
    story["nodes"]["door"]["pinned"] = True
    tab = reader.open(book(element("course-scenario", story)))
    for key in ("Tab", "Enter"):
        tab.keyboard.press(key)
    expect(tab.get_by_role("heading", name="The door", level=3)).to_be_focused()
    for key in ("Tab", "Enter", "Tab", "Tab", "Enter"):  # the first choice, past the source, go on
        tab.keyboard.press(key)
    expect(tab.get_by_role("heading", name="The kitchen")).to_be_focused()
    for key in ("Tab", "Space", "Tab", "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()


def test_story_without_meters_and_titles_works(book, reader):
    bare = copy.deepcopy(STORY)
    bare["meters"] = []
    for node in bare["nodes"].values():
        node["title"] = None
        for option in node.get("choices", []):
            option["effects"] = {}
            option["goto"] = option["goto"][-1:]
    tab = begin(book, reader, bare)
    to_the_poor_ending(tab)
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    expect(tab.locator(".cp-meters")).to_have_count(0)
