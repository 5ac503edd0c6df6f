"""A graded quiz, with the real service behind the browser's routes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.engine.people import now
from player_data import element
from player_steps import (
    BODY,
    KEY,
    browser_words_only,
    events,
    item_of,
    press,
    stored,
    t,
)
from routed_service import RoutedService


@pytest.fixture
def routed(tmp_path):
    """A factory of services behind a visitor's routes."""
    services = []

    def make(visitor):
        services.append(RoutedService(visitor, tmp_path))
        return services[-1]

    yield make
    for service in services:
        service.close()


@pytest.fixture
def service(routed, reader):
    return routed(reader)


@pytest.fixture
def tab(book, reader, service):
    """A page with the graded quiz."""
    return reader.open(book(element("course-quiz", service.quiz)))


def join(tab, service):
    tab.get_by_label(t("graded.code")).fill(service.cohort.code)
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("group")).to_have_count(2)


def option(tab, name):
    return tab.locator(f".cp-option input[value={name}]")


def status(tab):
    return tab.locator(".cp-status")


def hand_in(tab):
    press(tab, "graded.review")
    press(tab, "graded.submit")


def test_graded_quiz_without_service_says_so(book, reader, service):
    reader.context.unroute("**/host.json")
    tab = reader.open(book(element("course-quiz", service.quiz)))
    expect(tab.locator(BODY).get_by_text(t("graded.no_service"))).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)


def test_wrong_code_is_told_in_words(tab, reader):
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text(t("graded.no_code"))
    tab.get_by_label(t("graded.code")).fill("abcd-efgh")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_contain_text("There is no cohort with the code ABCD-EFGH.")
    expect(tab.get_by_label(t("graded.code"))).to_be_focused()
    browser_words_only(reader)


def test_cohort_that_needs_a_name_says_so_where_the_name_is_written(tab, reader, service):
    needy = service.store.cohorts.create("Winter", ("first",), now(), names="required")
    code = tab.get_by_label(t("graded.code"))
    name = tab.get_by_label(t("graded.name"), exact=True)
    expect(name).to_have_accessible_description(t("graded.name_note"))
    expect(name).not_to_have_attribute("required", "")
    code.fill(needy.code)
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_contain_text("This cohort asks for your name.")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_needed"))
    # Another code may lead to another cohort.
    code.fill(needy.code[:-1])
    expect(name).not_to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_note"))
    code.fill(needy.code)
    name.fill("Mair Ellis")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    browser_words_only(reader)


def test_answers_are_saved_as_they_are_given(tab, service):
    join(tab, service)
    expect(tab.get_by_role("button", name=t("check"))).to_have_count(0)
    option(tab, "ask").check()
    expect(status(tab)).to_have_text(t("graded.saved"))
    option(tab, "warn").check()
    option(tab, "see").check()
    expect(tab.locator(BODY).get_by_text(t("answered", n=2, of=2))).to_be_visible()
    expect(status(tab)).to_have_text(t("graded.saved"))
    saved = service.saved()
    assert [(answer["item"], answer["response"]) for answer in saved] == [
        ("single", "ask"),
        ("single", "warn"),
        ("multiple", ["see"]),
    ]
    numbers = [answer["seq"] for answer in saved]
    assert numbers == sorted(set(numbers))
    assert len({answer["id"] for answer in saved}) == 3
    tab.reload()
    press(tab, "graded.resume")
    expect(option(tab, "warn")).to_be_checked()
    expect(option(tab, "see")).to_be_checked()


def test_answers_wait_while_the_service_is_out_of_reach(tab, reader, service):
    join(tab, service)
    service.fail = "down"
    option(tab, "ask").check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    option(tab, "see").check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=2))
    hand_in(tab)
    expect(tab.get_by_role("alert")).to_have_text(t("graded.not_yet"))
    tab.reload()
    expect(option(tab, "ask")).to_be_checked()
    service.fail = None
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert {answer["item"] for answer in service.saved()} == {"single", "multiple"}
    browser_words_only(reader)


def test_answers_that_waited_are_sent_on_the_next_visit(tab, reader, service):
    join(tab, service)
    service.fail = 503
    option(tab, "ask").check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    service.fail = None
    tab.reload()
    press(tab, "graded.resume")
    expect(option(tab, "ask")).to_be_checked()
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert [answer["response"] for answer in service.saved()] == ["ask"]
    browser_words_only(reader)


def test_refused_answer_is_told_in_words_and_kept(tab, reader, service):
    join(tab, service)
    service.store.cohorts.close(service.cohort.code, now(), None)
    option(tab, "ask").check()
    expect(status(tab)).to_contain_text("The cohort 'Autumn' has closed.")
    (kept,) = stored(tab, "quiz:graded")["learners"].values()
    assert kept["queue"]["single"]["response"] == "ask"
    browser_words_only(reader)


def test_attempt_newer_than_the_player_is_not_shown(tab, service):
    service.format = 2
    tab.get_by_label(t("graded.code")).fill(service.cohort.code)
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("alert")).to_have_text(t("newer"))
    expect(tab.get_by_role("radio")).to_have_count(0)


def test_review_lists_what_is_open_and_asks_before_it_sends(tab, service):
    seen = events(tab)
    join(tab, service)
    option(tab, "ask").check()
    press(tab, "graded.review")
    dialog = tab.get_by_role("alertdialog", name=t("graded.sure"))
    expect(dialog).to_be_focused()
    expect(dialog).to_contain_text(t("graded.unanswered"))
    press(tab, "question", n=2, of=2)
    expect(tab.get_by_role("checkbox").first).to_be_focused()
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    assert service.handed_in() == []
    hand_in(tab)
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    for text in (t("graded.not_passed"), t("graded.percent", n=50)):
        expect(tab.locator(BODY).get_by_text(text, exact=True)).to_be_visible()
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    assert seen()[-1]["type"] == "finish"
    assert seen()[-1]["score"] == {"raw": 1, "max": 2}
    press(tab, "graded.overview")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("graded.left", n=2))).to_be_visible()
    press(tab, "graded.look")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()


def test_result_names_the_answer_and_blames_nobody_for_what_was_left_out(tab, service):
    join(tab, service)
    option(tab, "warn").check()
    option(tab, "see").check()
    hand_in(tab)
    single, multiple = item_of(tab, 0), item_of(tab, 1)
    expect(single.locator(".cp-outcome")).to_contain_text(t("option.picked.poorly"))
    expect(single.locator(".cp-option.cp-well")).to_contain_text(t("option.left.only"))
    told = [t("option.picked.well"), t("option.left.well")]
    for text in told:
        expect(multiple.locator(".cp-option.cp-well").filter(has_text=text)).to_have_count(1)
    expect(multiple.locator(".cp-poorly")).to_have_count(0)


def test_learner_who_leaves_leaves_nothing_on_the_device(tab, service):
    join(tab, service)
    tab.reload()
    press(tab, "graded.leave")
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert stored(tab, "quiz:graded")["learners"] == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graded_quiz_is_accessible(book, visitor, routed, scheme):
    learner = visitor(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    service = routed(learner)
    tab = learner.open(book(element("course-quiz", service.quiz)))
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    join(tab, service)
    press(tab, "graded.review")
    assert Axe().run(tab).violations_count == 0
    press(tab, "graded.submit")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 320


def test_finished_story_is_handed_to_the_service(book, reader, service):
    service.join()
    tab = reader.open(book(element("course-scenario", service.story)))
    press(tab, "begin")
    service.fail = "down"
    tab.get_by_role("button", name="Tell her.").click()
    press(tab, "go_on")
    expect(tab.get_by_role("heading", name="Rain")).to_be_visible()
    service.fail = None
    tab.reload()
    expect(tab.get_by_role("heading", name="Rain")).to_be_visible()
    tab.wait_for_function(
        "key => JSON.parse(localStorage.getItem(key)).unsent.length === 0",
        arg=f"{KEY}scenario:story",
    )
    assert service.handed_in() == [{"steps": [{"node": "door", "choice": "tell"}]}]
    browser_words_only(reader)
