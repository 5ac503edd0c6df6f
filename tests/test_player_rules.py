"""What a story tells by what has happened, the order of its choices, its debrief, its chairs."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from collabcomm.engine.order import choices_in_order
from player_data import STORY, element
from player_rules import RULES
from player_steps import (
    BODY,
    KEY,
    LIVE,
    begin,
    browser_words_only,
    choose,
    events,
    press,
    store,
    stored,
    t,
    to_the_good_ending,
    to_the_poor_ending,
)

STATE = "scenario:rules"
DECISIONS = ".cp-decisions > li"


def start(book, reader):
    return begin(book, reader, RULES)


def answer(tab, option="Ask it"):
    tab.get_by_role("radio", name=option).check()
    press(tab, "check")
    press(tab, "go_on")


def to_the_end(tab, first, last="stay", option="Ask it"):
    choose(tab, first)
    press(tab, "go_on")
    answer(tab, option)
    choose(tab, last)
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name=t("debrief"))).to_be_visible()


def shown(tab):
    return tab.locator(".cp-choice").all_inner_texts()


def ordered(story, node, seed):
    return [f"I {c['id']}." for c in choices_in_order(node, story["nodes"][node], seed)]


def seat(tab, name):
    tab.get_by_role("button", name=t("play_as", name=name)).click()


# The order of choices.


def test_choices_stand_in_the_order_of_the_plays_seed_and_keep_it_over_a_reload(book, reader):
    tab = start(book, reader)
    expect(tab.locator(".cp-choice")).to_have_count(3)
    seed = stored(tab, STATE)["seed"]
    assert shown(tab) == ordered(RULES, "kitchen", seed)
    tab.reload()
    press(tab, "begin")
    expect(tab.locator(".cp-choice")).to_have_count(3)
    assert shown(tab) == ordered(RULES, "kitchen", seed)
    choose(tab, "ask")
    tab.reload()
    press(tab, "step_back")
    assert shown(tab) == ordered(RULES, "kitchen", seed)
    assert stored(tab, STATE)["seed"] == seed


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_every_seed_gives_an_order_of_its_own(book, reader, seed):
    tab = reader.open(book(element("course-scenario", RULES)))
    store(tab, STATE, {"version": RULES["version"], "steps": [], "seed": seed})
    tab.reload()
    press(tab, "begin")
    expect(tab.locator(".cp-choice")).to_have_count(3)
    assert shown(tab) == ordered(RULES, "kitchen", seed)


def test_pinned_choices_stand_as_they_were_written(book, reader):
    tab = start(book, reader)
    choose(tab, "ask")
    press(tab, "go_on")
    answer(tab)
    assert shown(tab) == ["I stay.", "I go."]


def test_play_again_has_a_seed_of_its_own(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "ask")
    seed = stored(tab, STATE)["seed"]
    press(tab, "play_again")
    press(tab, "begin")
    again = stored(tab, STATE)
    assert again["seed"] != seed
    assert again["steps"] == []


def test_a_state_from_before_seeds_is_given_one_and_goes_on(book, reader):
    tab = reader.open(book(element("course-scenario", STORY)))
    steps = [{"node": "door", "choice": "warn"}]
    store(tab, "scenario:story", {"version": STORY["version"], "steps": steps, "after": False})
    tab.reload()
    expect(tab.get_by_role("button", name="I leave.")).to_be_visible()
    seed = stored(tab, "scenario:story")["seed"]
    assert len(seed) == 36
    assert shown(tab) == ordered(STORY, "hall", seed)
    tab.reload()
    expect(tab.get_by_role("button", name="I leave.")).to_be_visible()
    assert stored(tab, "scenario:story")["seed"] == seed


# What is told.


def test_scene_lines_and_question_follow_what_was_chosen(book, reader):
    tab = start(book, reader)
    choose(tab, "promise")
    press(tab, "go_on")
    answer(tab)
    for text in ("She has your own words.", "You promised.", "And now?"):
        expect(tab.locator(BODY).get_by_text(text)).to_be_visible()
    for text in ("You were straight.", "What next?"):
        expect(tab.locator(BODY).get_by_text(text)).to_have_count(0)
    for _ in range(2):
        press(tab, "step_back")
    choose(tab, "ask")
    press(tab, "go_on")
    answer(tab)
    for text in ("You were straight.", "What next?"):
        expect(tab.locator(BODY).get_by_text(text)).to_be_visible()
    expect(tab.locator(".cp-scene")).to_have_count(0)


@pytest.mark.parametrize(
    ("first", "told"), [("promise", "She looks away."), ("ask", "She puts the kettle on.")]
)
def test_consequence_reads_the_meters_that_the_choice_has_moved(book, reader, first, told):
    tab = start(book, reader)
    choose(tab, first)
    press(tab, "go_on")
    answer(tab)
    choose(tab, "stay")
    expect(tab.locator(BODY).get_by_text(f"You stay. {told}".split(". ")[1])).to_be_visible()
    others = {"She looks away.", "She puts the kettle on."} - {told}
    expect(tab.locator(BODY).get_by_text(others.pop())).to_have_count(0)


@pytest.mark.parametrize(
    ("first", "told"), [("promise", "A promise was made."), ("tell", "No promise.")]
)
def test_debrief_asserts_only_what_happened(book, reader, first, told):
    tab = start(book, reader)
    to_the_end(tab, first, "go")
    expect(tab.locator(".cp-ending").get_by_text(told)).to_be_visible()


def test_what_an_item_moved_is_told_with_its_verdict(book, reader):
    tab = start(book, reader)
    choose(tab, "ask")
    press(tab, "go_on")
    expect(tab.locator(".cp-meters")).to_have_text("Trust: 3 of 4")
    tab.get_by_role("radio", name="Ask it").check()
    press(tab, "check")
    down = t("meter_down", meter="Trust: 2 of 4")
    expect(tab.locator(BODY).get_by_text(down)).to_be_visible()
    expect(tab.locator(".cp-meters")).to_have_text("Trust: 2 of 4")
    expect(tab.locator(LIVE)).to_contain_text(down)
    press(tab, "show_feedback")
    expect(tab.locator(BODY).get_by_text(down)).to_have_count(1)
    tab.reload()
    expect(tab.locator(BODY).get_by_text(down)).to_be_visible()


def test_reason_is_folded_away_below_the_feedback(book, reader):
    tab = start(book, reader)
    choose(tab, "ask")
    reason = tab.locator(BODY).get_by_text("Asking leaves it with her.")
    expect(tab.locator(BODY).get_by_text("Reasons for ask.")).to_be_visible()
    expect(reason).to_be_hidden()
    expect(tab.get_by_role("link", name="Brehm 1966")).to_be_hidden()
    tab.get_by_text(t("why")).click()
    expect(reason).to_be_visible()
    expect(tab.get_by_role("link", name="Brehm 1966")).to_be_visible()


def test_contested_choice_has_its_own_word_and_a_case_for_each_side(book, reader):
    tab = start(book, reader)
    choose(tab, "tell")
    outcome = tab.locator(".cp-outcome")
    expect(outcome.get_by_text(t("support.contested"))).to_be_visible()
    expect(outcome).to_contain_text(f"{t('for')} She knows at once.")
    expect(outcome).to_contain_text(f"{t('against')} She may stop.")
    expect(tab.locator(LIVE)).to_have_text(t("support.contested"))


# Hidden meters.


def test_hidden_meter_is_shown_in_the_debrief_only(book, reader):
    tab = start(book, reader)
    choose(tab, "promise")
    body = tab.locator(BODY)
    expect(body.get_by_text(t("meter_up", meter="Trust: 3 of 4"))).to_be_visible()
    expect(body).not_to_contain_text("Safety")
    expect(tab.locator(LIVE)).not_to_contain_text("Safety")
    press(tab, "go_on")
    tab.get_by_role("radio", name="Ask it").check()
    press(tab, "check")
    expect(body).not_to_contain_text("Safety")
    press(tab, "go_on")
    choose(tab, "stay")
    press(tab, "go_on")
    expect(tab.locator(".cp-ending")).not_to_contain_text("Safety")
    expect(tab.get_by_role("heading", name=t("hidden"))).to_be_visible()
    expect(tab.locator(".cp-meters").last).to_have_text("Safety: 3 of 4")
    first = tab.locator(DECISIONS).first
    expect(first).to_contain_text(t("meter_down", meter="Safety: 1 of 4"))


# The debrief.


def test_debrief_has_an_entry_a_decision_with_what_could_have_been_said(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "promise", "go")
    entries = tab.locator(DECISIONS)
    expect(entries).to_have_count(3)
    expect(entries.locator("summary strong")).to_have_text(["The kitchen", "The door"])
    promise = entries.first
    for text in (
        f"{t('you_chose')} I promise.",
        t("support.poorly"),
        "You promise, and she nods.",
        t("could"),
        "I ask.",
        "Reasons for ask.",
        "I tell.",
        f"{t('for')} She knows at once.",
    ):
        expect(promise).to_contain_text(text)
    expect(promise).not_to_contain_text("Reasons for tell.")
    expect(promise.get_by_text("Asking leaves it with her.")).to_be_hidden()
    expect(entries.nth(1)).to_contain_text(t("points", n=1, of=1))
    # The first that could have been better is open; the others wait for whoever wants them.
    expect(promise.get_by_text(t("could"))).to_be_visible()
    door = entries.nth(2)
    expect(door.get_by_text(t("could"))).to_be_hidden()
    door.locator("summary").first.press("Enter")
    expect(door.get_by_text("I stay.")).to_be_visible()
    expect(door).to_contain_text("Reasons for stay.")


def test_contested_choice_is_among_the_best_and_keeps_its_arguments_in_the_debrief(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "tell")
    expect(tab.get_by_text(t("all_best"))).to_be_visible()
    entry = tab.locator(DECISIONS).first
    expect(entry).to_contain_text(t("support.contested"))
    expect(entry).to_contain_text(f"{t('against')} She may stop.")
    expect(entry).not_to_contain_text(t("could"))
    expect(entry.get_by_text(t("did"))).to_be_hidden()


def test_skills_are_added_up_in_words_below_nothing_too(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "promise")
    skills = tab.locator(".cp-skills li")
    expect(skills).to_have_text(["Listening: 1 of 2", "Candour: −1 of 1"])
    widths = skills.locator(".cp-bar span").evaluate_all("all => all.map(bar => bar.style.width)")
    assert widths == ["50%", "0%"]


def test_story_without_skills_hidden_meters_and_chairs_has_no_headings_for_them(book, reader):
    tab = begin(book, reader)
    to_the_poor_ending(tab)
    for key in ("skills", "hidden", "chairs"):
        expect(tab.get_by_role("heading", name=t(key))).to_have_count(0)
    expect(tab.locator(DECISIONS)).to_have_count(2)
    expect(tab.locator(DECISIONS).first).to_contain_text("Reasons for ask.")


def test_story_that_begins_at_its_ending_has_nothing_to_look_back_on(book, reader):
    tab = begin(book, reader, STORY | {"start": "open"})
    expect(tab.get_by_role("heading", name="She opens up")).to_be_focused()
    expect(tab.get_by_role("heading", name=t("your_choices"))).to_have_count(0)


# Chairs.


def test_the_same_story_is_played_from_another_chair_and_hears_what_was_said(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "promise")
    steps = stored(tab, STATE)["steps"]
    seat(tab, "Leanne")
    expect(tab.get_by_role("heading", name=t("play_as", name="Leanne"))).to_be_focused()
    expect(tab.locator(".cp-card")).to_contain_text("You are Leanne.")
    tab.reload()
    press(tab, "begin")
    expect(tab.get_by_role("heading", name="What she heard")).to_be_focused()
    expect(tab.locator(BODY).get_by_text(t("scene", n=1))).to_be_visible()
    expect(tab.locator(BODY).get_by_text("They promised you.")).to_be_visible()
    expect(tab.locator(".cp-sofar")).to_have_count(0)
    tab.reload()
    choose(tab, "hide")
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name="Her evening")).to_be_focused()
    entries = tab.locator(DECISIONS)
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("Reasons for speak.")
    expect(tab.locator(".cp-score")).to_have_count(0)
    kept = stored(tab, STATE)["steps"]
    assert kept == [*steps, {"node": "leanne-hears"}, {"node": "leanne-hears", "choice": "hide"}]
    press(tab, "story_ending")
    expect(tab.get_by_role("heading", name="It breaks")).to_be_focused()
    assert stored(tab, STATE)["steps"] == steps


def test_another_chair_begins_at_the_storys_ending_again(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "ask")
    steps = stored(tab, STATE)["steps"]
    seat(tab, "Leanne")
    press(tab, "begin")
    choose(tab, "speak")
    press(tab, "go_on")
    expect(tab.get_by_role("button", name=t("play_as", name="Leanne"))).to_have_count(0)
    seat(tab, "Marc")
    press(tab, "begin")
    expect(tab.get_by_role("heading", name="Behind the wall")).to_be_focused()
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name="His evening")).to_be_focused()
    expect(tab.locator(DECISIONS)).to_have_count(0)
    assert stored(tab, STATE)["steps"] == [*steps, {"node": "marc-waits"}, {"node": "marc-waits"}]
    tab.reload()
    expect(tab.get_by_role("heading", name="His evening")).to_be_visible()


def test_step_back_from_a_chair_leads_to_the_storys_ending(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "ask")
    seat(tab, "Leanne")
    press(tab, "step_back")
    expect(tab.get_by_role("heading", name="It holds")).to_be_focused()
    assert stored(tab, STATE)["finished"] is True


def test_nodes_of_chairs_are_not_on_the_map(book, reader):
    tab = start(book, reader)
    to_the_end(tab, "ask")
    expect(tab.locator(".cp-spot")).to_have_count(5)


# What is told of a play, and kept of it.


def test_a_play_finishes_once_with_the_storys_own_steps(book, reader):
    tab = start(book, reader)
    seen = events(tab)
    to_the_end(tab, "promise")
    seat(tab, "Leanne")
    press(tab, "begin")
    choose(tab, "hide")
    press(tab, "go_on")
    press(tab, "story_ending")
    press(tab, "step_back")
    choose(tab, "go")
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name="It breaks")).to_be_visible()
    (finish,) = [event for event in seen() if event["type"] == "finish"]
    assert [step["node"] for step in finish["state"]["steps"]] == ["kitchen", "form", "door"]
    assert finish["score"] == {"raw": 3, "max": 5}
    press(tab, "play_again")
    press(tab, "begin")
    to_the_end(tab, "ask")
    finished = [event["state"]["seed"] for event in seen() if event["type"] == "finish"]
    assert len(set(finished)) == 2


def test_an_attempt_has_the_plays_seed_for_its_id(book, reader, site):
    site.files["/host.json"] = '{"service": "api"}'
    tab = start(book, reader)
    asked = []

    def serve(route):
        request = route.request
        asked.append((request.method, request.url.rpartition("/api/")[2], request.post_data))
        route.fulfill(json={"learner": {"id": "1", "name": None}})

    tab.route("**/api/**", serve)
    with tab.expect_response("**/submit"):
        to_the_end(tab, "promise")
    seed = stored(tab, STATE)["seed"]
    seat(tab, "Leanne")
    put, post = (call for call in asked if call[0] != "GET")
    assert put[:2] == ("PUT", f"attempts/{seed}")
    assert post[:2] == ("POST", f"attempts/{seed}/submit")
    assert [step["node"] for step in json.loads(post[2])["steps"]] == ["kitchen", "form", "door"]
    assert stored(tab, STATE)["unsent"] == []


def test_a_story_that_cannot_be_loaded_says_so_and_loads_later(book, reader, site):
    story = site.files.pop("/story.js")
    tab = reader.open(book(element("course-scenario", RULES)))
    press(tab, "begin")
    expect(tab.locator(".cp-notice")).to_contain_text(t("not_loaded"))
    expect(tab.locator(".cp-notice")).to_be_focused()
    site.files["/story.js"] = story
    press(tab, "retry")
    press(tab, "begin")
    expect(tab.get_by_role("heading", name="The kitchen", exact=True)).to_be_focused()
    browser_words_only(reader)


def test_page_loads_what_plays_a_story_when_it_begins(book, reader):
    asked = []
    tab = reader.context.new_page()
    tab.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    tab.goto(book(element("course-scenario", STORY)))
    expect(tab.get_by_role("button", name=t("begin"))).to_be_visible()
    assert "story.js" not in asked
    press(tab, "begin")
    to_the_good_ending(tab)
    assert asked.count("story.js") == 1
    assert tab.evaluate("key => key in localStorage", f"{KEY}scenario:story")
