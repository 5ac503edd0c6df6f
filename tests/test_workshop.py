"""The workshop in a real Voila: the group plays, Python sees it, idle kernels end."""

from __future__ import annotations

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.course.scenarios import TrainerNotes
from collabcomm.engine.path import play
from collabcomm.engine.walk import best_response
from collabcomm.testing import Voila
from collabcomm.texts import catalogue
from collabcomm.workshop import notes
from folders import REPO, SMALL
from player_steps import take

T = catalogue("player", "en")
TALLY = catalogue("workshop", "en")
COMPILER = Compiler(load(REPO).course)


@pytest.fixture(scope="module")
def voila(tmp_path_factory):
    server = Voila(tmp_path_factory.mktemp("voila"), REPO, idle=4)
    yield server
    server.stop()


@pytest.fixture
def workshop(voila, visitor):
    """Open the workshop; the console may say nothing above the level of debugging."""

    def open_it(**options):
        guest = visitor(**options)
        tab = guest.context.new_page()
        tab.on("console", lambda m: m.type != "debug" and guest.console.append(m.text))
        tab.on("pageerror", lambda error: guest.console.append(str(error)))
        tab.goto(f"{voila.url}/voila/render/human-behaviour.ipynb", timeout=60_000)
        tab.locator(".course-activity button").first.wait_for(timeout=60_000)
        return tab

    return open_it


def test_group_plays_the_scenario_and_python_counts_the_points(workshop):
    tab = workshop()
    story = tab.locator(".course-activity").first
    scenario = COMPILER.scenario("im-managing")
    story.get_by_role("button", name=T["player.begin"]).click()
    for step in scenario["best"]:
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            choice = next(c for c in node["choices"] if c["id"] == step["choice"])
            take(story, choice)
        elif node["kind"] == "item":
            story.locator(f"input[value='{step['response']}']").check()
            story.get_by_role("button", name=T["player.check"], exact=True).click()
        story.get_by_role("button", name=T["player.go_on"], exact=True).click()
    path = play(scenario, scenario["best"])
    points = TALLY["tally.scenario"].format(
        steps=path.used, raw=f"{path.raw:g}", max=f"{path.max:g}"
    )
    expect(tab.get_by_text(points)).to_be_visible()


def test_group_answers_a_question_and_python_scores_it(workshop):
    tab = workshop()
    quiz = COMPILER.quiz("ambivalence-and-change")
    place = next(n for n, i in enumerate(quiz["items"]) if i["type"] == "single-choice")
    item = quiz["items"][place]
    box = tab.locator(".course-activity").nth(1).locator(".cp-item").nth(place)
    box.locator(f"input[value='{best_response(item)}']").check()
    box.get_by_role("button", name=T["player.check"], exact=True).click()
    told = [item for item in quiz["items"] if item["type"] != "composition"]
    points = TALLY["tally.quiz"].format(answered=1, items=len(told), raw="1", max="5")
    expect(tab.get_by_text(points)).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_in_the_workshop(workshop, colours):
    tab = workshop(color_scheme=colours)
    expect(tab.locator("html")).to_have_attribute("lang", "en-GB")
    tab.locator("summary").last.click()
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_in_the_list_of_workshops(voila, visitor, colours):
    tab = visitor(color_scheme=colours).open(voila.url)
    expect(tab.get_by_role("link", name="Human behaviour")).to_be_visible()
    expect(tab.locator("html")).to_have_attribute("lang", "en-GB")
    assert Axe().run(tab).violations_count == 0


def test_kernels_end_when_their_page_is_gone(workshop, voila):
    tab = workshop()
    assert voila.kernels()
    tab.close()
    end = time.monotonic() + 40
    while voila.kernels():
        assert time.monotonic() < end, "kernels are still there"
        time.sleep(0.5)


def test_the_notes_are_rendered_and_no_text_of_theirs_is_markup(monkeypatch):
    course = load(SMALL).course
    story = course.scenarios["story"]
    told = TrainerNotes(minutes=5, prompts=["What *did* they fear & why?"])
    changed = story.model_copy(update={"title": "A & B", "trainer": told})
    course = course.model_copy(update={"scenarios": {"story": changed}})
    monkeypatch.setattr("collabcomm.workshop.compiler_around", lambda: Compiler(course))
    shown = notes("story").value
    assert "<p>What <em>did</em> they fear &amp; why?</p>" in shown
    assert "<h3>A &amp; B (5 min)</h3>" in shown
