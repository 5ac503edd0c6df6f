"""The player in Chromium: its arithmetic by the shared tables, and what a person meets."""

from __future__ import annotations

import copy
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.player.join import graded_script, player_script
from collabcomm.texts import catalogue
from conftest import METERS, PLAY, PLAYER, SCORING
from player_data import (
    JUDGEMENT,
    LIKERT,
    MATCHING,
    MULTIPLE,
    PALETTE,
    QUIZ,
    REFLECTION,
    SEQUENCING,
    SHORT,
    SINGLE,
    STORY,
    element,
    page,
)

T = catalogue("player")
LIVE = ".cp-live"
BODY = ".cp-body"
KEY = "collabcomm:demo-course:"


def t(key, **values):
    return T[f"player.{key}"].format(**values)


@pytest.fixture
def book(site):
    """A site with the player; `book(*elements)` returns the address of a page with them."""
    site.files |= {
        "/player.js": player_script(),
        "/graded.js": graded_script(),
        "/player.css": PLAYER / "player.css",
        "/palette.css": PALETTE,
        "/host.json": '{"service": null}',
    }

    def make(*elements):
        site.files["/modules/m/page.html"] = page(dict(T), *elements)
        return f"{site.url}/modules/m/page.html"

    return make


@pytest.fixture
def reader(visitor):
    return visitor()


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


# ------------------------------------------------------------------ the shared tables


@pytest.fixture
def pure(book, reader):
    """Call functions of the module: ``pure(["score", item, response], ...)``."""
    tab = reader.open(book())
    return lambda *calls: tab.evaluate(
        """async calls => {
             const module = await import('/player.js');
             return calls.map(([name, ...given]) => module[name](...given)) }""",
        [list(call) for call in calls],
    )


def test_responses_earn_what_they_earn_in_python(pure):
    items, cases = SCORING["items"], SCORING["score"]
    given = [(items[case["item"]], case["response"]) for case in cases]
    marks = pure(*(("score", *one) for one in given))
    assert marks == [{"raw": case["raw"], "max": case["max"]} for case in cases]
    assert pure(*(("isValid", *one) for one in given)) == [case["valid"] for case in cases]
    points = pure(*(("itemPoints", *one) for one in given))
    assert [p["raw"] for p, case in zip(points, cases, strict=True) if "points" in case] == [
        case["points"] for case in cases if "points" in case
    ]


def test_short_texts_are_normalised_as_in_python(pure):
    found = pure(*(("normalise", text) for text, _ in SCORING["normalise"]))
    assert found == [expected for _, expected in SCORING["normalise"]]


def test_steps_lead_where_they_lead_in_python(pure):
    cases = PLAY["play"]
    paths = pure(*(("play", PLAY["scenarios"][case["scenario"]], case["steps"]) for case in cases))
    keys = ("nodes", "meters", "choices", "raw", "max", "ending", "used")
    assert [{k: path[k] for k in keys} for path in paths] == [
        {k: c[k] for k in keys} for c in cases
    ]
    assert [path["at"] for path in paths] == [case["nodes"][-1] for case in cases]


def test_quiz_adds_up_and_pass_mark_forgives_a_rounding_error(pure):
    responses = {"single": "ask", "multiple": ["see"], "likert": "often"}
    quiz = quiz_of(SINGLE, MULTIPLE, LIKERT)
    assert pure(["scoreQuiz", quiz, responses]) == [{"raw": 1.5, "max": 2}]
    assert pure(
        ["passed", {"raw": sum([0.1] * 8), "max": 1}, 80],
        ["passed", {"raw": 7.9, "max": 10}, 80],
        ["passed", {"raw": 0, "max": 0}, 1],
    ) == [True, False, False]


def test_best_order_is_read_from_the_weights(pure):
    assert pure(["bestOrder", SEQUENCING]) == [["first", "second", "third"]]


def test_meter_words_spread_as_in_python(pure):
    for case in METERS:
        low, high = case["meter"]["min"], case["meter"]["max"]
        calls = (["meterWord", case["meter"], value] for value in range(low, high + 1))
        assert pure(*calls) == case["shown"], case["name"]


def test_module_loads_from_a_blob_and_exports_a_widget(book, reader):
    tab = reader.open(book())
    source = player_script()
    assert re.findall(r"^import |import\.meta", source, flags=re.M) == []
    exports = "import('/player.js').then(m => [...Object.keys(m), typeof m.default.render])"
    assert {"mountQuiz", "mountScenario", "mountReflection", "function"} <= set(
        tab.evaluate(exports)
    )


def test_every_text_is_in_the_catalogue_and_used():
    source = player_script() + graded_script()
    names = {key.removeprefix("player.") for key in T}
    assert set(re.findall(r'(?:\bt|button|warn|press)\(\s*"([\w.-]+)"', source)) <= names
    families = tuple(f"{k}." for k in re.findall(r"`([\w.-]+)\.\$", source))
    literal = set(re.findall(r'"([\w.-]+)"', source))
    left = {n for n in names if n.removesuffix("_note") not in literal and n not in literal}
    assert [n for n in left if not n.startswith(families)] == []


# ------------------------------------------------------------------ quiz


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
    left = looks(tab, t("option.left.poorly"))
    missed = looks(tab, t("option.left.well"))
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


def answer_all(tab):
    """Answer the whole demo quiz: all right but the multiple response."""
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
    assert stored(tab, "quiz:demo")["responses"] == {}


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


# ------------------------------------------------------------------ what comes into view


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


# ------------------------------------------------------------------ scenario


def begin(book, reader, story=STORY):
    tab = reader.open(book(element("course-scenario", story)))
    press(tab, "begin")
    return tab


def choose(tab, name):
    tab.get_by_role("button", name=f"I {name}.").click()


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


def to_the_good_ending(tab):
    choose(tab, "ask")
    press(tab, "go_on")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    press(tab, "go_on")
    press(tab, "go_on")


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
    for text in (t("ending.good"), "What helped.", t("path_points", n=3, of=3), t("same_path")):
        expect(tab.locator(BODY).get_by_text(text)).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("best_path"), exact=True)).to_have_count(0)
    finish = [e for e in seen() if e["type"] == "finish"]
    assert [e["score"] for e in finish] == [{"raw": 3, "max": 3}]
    assert finish[0]["state"]["finished"] is True


def to_the_poor_ending(tab):
    for name in ("warn", "leave"):
        choose(tab, name)
        press(tab, "go_on")


def test_ending_shows_both_paths_and_a_map(book, reader):
    tab = begin(book, reader)
    to_the_poor_ending(tab)
    columns = tab.locator(".cp-columns > div")
    expect(columns).to_have_count(2)
    expect(columns.first).to_contain_text("I warn.")
    expect(columns.first).to_contain_text(t("support.poorly"))
    expect(columns.first).to_contain_text(f"{t('better')} I ask.")
    expect(columns.nth(1)).to_contain_text("She opens up")
    label = t("map_label", n=3, of=6)
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
    tab = reader.open(book(element("course-scenario", STORY)))
    keys = ["Tab", "Enter", "Tab", "Enter"]  # begin, the first choice
    keys += ["Tab", "Tab", "Enter"]  # past the source, go on
    for key in keys:
        tab.keyboard.press(key)
    expect(tab.get_by_role("heading", name="The kitchen")).to_be_focused()
    for key in ("Tab", "Space", "Tab", "Enter"):
        tab.keyboard.press(key)
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()


def test_story_without_meters_and_titles_works(book, reader):
    bare = copy.deepcopy(STORY)
    bare["meters"] = []
    for one in bare["nodes"].values():
        one["title"] = None
        for option in one.get("choices", []):
            option["effects"] = {}
            option["goto"] = option["goto"][-1:]
    tab = begin(book, reader, bare)
    to_the_poor_ending(tab)
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    expect(tab.locator(".cp-meters")).to_have_count(0)


# ------------------------------------------------------------------ reflection


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


# ------------------------------------------------------------------ with a service

GRADED = {
    **QUIZ,
    "id": "final",
    "purpose": "graded",
    "pass_mark": 80,
    "attempts": 3,
    "draw": 2,
    "items": [],
}
SECRET = ("weights", "feedback", "explanation", "basis", "evidence", "read", "replies", "support")


def bare(item):
    options = [{"id": o["id"], "text": o["text"]} for o in item["options"]]
    return {**{k: v for k, v in item.items() if k not in SECRET}, "options": options}


class Service:
    """The service's answers, by its contract, from memory. ``fail`` makes it break."""

    items = (SINGLE, MULTIPLE)
    format = 1

    def __init__(self, visitor):
        self.visitor = visitor
        self.learner = None
        self.attempts = {}
        self.saved = []
        self.asked = []
        self.fail = None
        self.refusal = None
        visitor.context.route("**/host.json", lambda r: self.answer(r, 200, {"service": "api"}))
        visitor.context.route("**/api/**", self.api)

    def answer(self, route, status, body):
        if self.fail == "down":
            route.abort()
        elif self.fail:
            route.fulfill(status=self.fail, json={})
        else:
            route.fulfill(status=status, json=body)

    def whole(self, attempt):
        items = [bare(i) for i in self.items]
        out = {**attempt, "quiz": {**GRADED, "format": self.format, "items": items}}
        if attempt["status"] == "submitted":
            out["result"] = self.result(attempt)
        return out

    def result(self, attempt):
        items = [
            {**i, "response": attempt["responses"].get(i["id"]), "score": {"raw": 1, "max": 1}}
            for i in self.items
        ]
        return {
            "raw": 1.5,
            "max": 2,
            "percent": 75.0,
            "passed": False,
            "pass_mark": 80,
            "scored_by": "service",
            "items": items,
        }

    def api(self, route):
        request = route.request
        path = request.url.split("/api/")[1].split("?")[0].split("/")
        body = json.loads(request.post_data or "{}")
        self.asked.append((request.method, "/".join(path[:1] + path[2:]), body))
        me = {"learner": self.learner, "cohort": {"code": "ABCD-EFGH", "name": "Autumn"}}
        if path == ["me"]:
            return self.answer(route, 200, me)
        if path == ["join"]:
            if body["code"] == "NAME-NAME" and not body["name"]:
                return self.answer(route, 422, {"detail": "This cohort asks for your name."})
            if body["code"] not in ("ABCD-EFGH", "NAME-NAME"):
                return self.answer(route, 404, {"detail": "There is no cohort with this code."})
            self.learner = {"id": "l1", "name": body["name"]}
            return self.answer(route, 200, {**me, "learner": self.learner})
        if path == ["leave"]:
            self.learner = None
            return self.answer(route, 200, {"learner": None})
        if path == ["attempts"]:
            out = {"attempts": list(self.attempts.values()), "left": 3 - len(self.attempts)}
            return self.answer(route, 200, out)
        if self.fail:
            return self.answer(route, 500, {})
        attempt = self.attempts.get(path[1])
        if len(path) == 2 and attempt is None:
            attempt = {
                "id": path[1],
                "activity": body["activity"],
                "status": "open",
                "submitted": None,
                "passed": None,
                "percent": None,
                "responses": {},
                "result": None,
            }
            self.attempts[path[1]] = attempt
        if len(path) == 4:
            if self.refusal:
                return self.answer(route, *self.refusal)
            self.saved.append((path[3], body))
            attempt["responses"][path[3]] = body["response"]
            return self.answer(route, 200, {"saved": True})
        if path[-1] == "submit":
            attempt |= {
                "status": "submitted",
                "submitted": "2026-11-23T10:00:00+00:00",
                "passed": False,
                "percent": 75.0,
            }
        return self.answer(route, 200, self.whole(attempt))


@pytest.fixture
def service(reader):
    return Service(reader)


def browser_words_only(visitor):
    """Drop the browser's own lines about requests that failed; no script can keep them away."""
    assert [line for line in visitor.console if not line.startswith("Failed to load")] == []
    visitor.console.clear()


def join(tab):
    tab.get_by_label(t("graded.code")).fill("ABCD-EFGH")
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("group")).to_have_count(2)


def status(tab):
    return tab.locator(".cp-status")


def test_graded_quiz_without_service_says_so(book, reader):
    tab = reader.open(book(element("course-quiz", GRADED)))
    expect(tab.locator(BODY).get_by_text(t("graded.no_service"))).to_be_visible()
    expect(tab.get_by_role("button")).to_have_count(0)


def test_wrong_code_is_told_in_words(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text(t("graded.no_code"))
    tab.get_by_label(t("graded.code")).fill("nope")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text("There is no cohort with this code.")
    expect(tab.get_by_label(t("graded.code"))).to_be_focused()
    browser_words_only(reader)


def test_cohort_that_needs_a_name_says_so_where_the_name_is_written(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    name = tab.get_by_label(t("graded.name"), exact=True)
    expect(name).to_have_accessible_description(t("graded.name_note"))
    expect(name).not_to_have_attribute("required", "")
    tab.get_by_label(t("graded.code")).fill("NAME-NAME")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("alert")).to_have_text("This cohort asks for your name.")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_needed"))
    # Another code may lead to another cohort.
    tab.get_by_label(t("graded.code")).fill("NAME-NAM")
    expect(name).not_to_have_attribute("required", "")
    expect(name).to_have_accessible_description(t("graded.name_note"))
    tab.get_by_label(t("graded.code")).fill("NAME-NAME")
    name.fill("Mair Ellis")
    press(tab, "graded.join_button")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    browser_words_only(reader)


def test_answers_are_saved_as_they_are_given(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    expect(tab.get_by_role("button", name=t("check"))).to_have_count(0)
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.saved"))
    tab.get_by_role("radio").nth(1).check()
    tab.get_by_role("checkbox").first.check()
    expect(tab.locator(BODY).get_by_text(t("answered", n=2, of=2))).to_be_visible()
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert [(i, b["response"]) for i, b in service.saved] == [
        ("single", "ask"),
        ("single", "warn"),
        ("multiple", ["see"]),
    ]
    numbers = [b["seq"] for _, b in service.saved]
    assert numbers == sorted(set(numbers))
    assert len({b["id"] for _, b in service.saved}) == 3
    tab.reload()
    press(tab, "graded.resume")
    expect(tab.get_by_role("radio").nth(1)).to_be_checked()
    expect(tab.get_by_role("checkbox").first).to_be_checked()


def test_answers_wait_while_the_service_is_out_of_reach(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.fail = "down"
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    tab.get_by_role("checkbox").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=2))
    press(tab, "graded.review")
    press(tab, "graded.submit")
    expect(tab.get_by_role("alert")).to_have_text(t("graded.not_yet"))
    tab.reload()
    expect(tab.get_by_role("radio").first).to_be_checked()
    service.fail = None
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert {i for i, _ in service.saved} == {"single", "multiple"}
    browser_words_only(reader)


def test_answers_that_waited_are_sent_on_the_next_visit(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.fail = 503
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.waiting", n=1))
    service.fail = None
    tab.reload()
    press(tab, "graded.resume")
    expect(tab.get_by_role("radio").first).to_be_checked()
    expect(status(tab)).to_have_text(t("graded.saved"))
    assert [b["response"] for _, b in service.saved] == ["ask"]
    browser_words_only(reader)


def test_refused_answer_is_told_in_words_and_kept(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    service.refusal = (410, {"detail": "The cohort has closed."})
    tab.get_by_role("radio").first.check()
    expect(status(tab)).to_have_text(t("graded.held", detail="The cohort has closed."))
    kept = stored(tab, "quiz:final")["learners"]["l1"]
    assert kept["queue"]["single"]["response"] == "ask"
    browser_words_only(reader)


def test_attempt_newer_than_the_player_is_not_shown(book, reader, service):
    service.format = 2
    tab = reader.open(book(element("course-quiz", GRADED)))
    tab.get_by_label(t("graded.code")).fill("ABCD-EFGH")
    press(tab, "graded.join_button")
    press(tab, "graded.start")
    expect(tab.get_by_role("alert")).to_have_text(t("newer"))
    expect(tab.get_by_role("radio")).to_have_count(0)


def test_review_lists_what_is_open_and_asks_before_it_sends(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    seen = events(tab)
    join(tab)
    tab.get_by_role("radio").first.check()
    press(tab, "graded.review")
    dialog = tab.get_by_role("alertdialog", name=t("graded.sure"))
    expect(dialog).to_be_focused()
    expect(dialog).to_contain_text(t("graded.unanswered"))
    press(tab, "question", n=2, of=2)
    expect(tab.get_by_role("checkbox").first).to_be_focused()
    dialog.press("Escape")
    expect(dialog).to_have_count(0)
    assert not any(path == "attempts/submit" for _, path, _ in service.asked)
    press(tab, "graded.review")
    press(tab, "graded.submit")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    for text in (t("graded.not_passed"), t("graded.percent", n=75)):
        expect(tab.locator(BODY).get_by_text(text, exact=True)).to_be_visible()
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    assert seen()[-1]["type"] == "finish"
    assert seen()[-1]["score"] == {"raw": 1.5, "max": 2}
    press(tab, "graded.overview")
    expect(tab.get_by_role("button", name=t("graded.start"))).to_be_visible()
    expect(tab.locator(BODY).get_by_text(t("graded.left", n=2))).to_be_visible()
    press(tab, "graded.look")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()


def test_result_names_the_answer_and_blames_nobody_for_what_was_left_out(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    tab.locator("input[value=warn]").check()
    tab.locator("input[value=see]").check()
    press(tab, "graded.review")
    press(tab, "graded.submit")
    single, multiple = item_of(tab, 0), item_of(tab, 1)
    expect(single.locator(".cp-outcome")).to_contain_text(t("option.picked.poorly"))
    expect(single.locator(".cp-option.cp-well")).to_contain_text(t("option.left.only"))
    expect(multiple.locator(".cp-option.cp-well")).to_contain_text(
        [t("option.picked.well"), t("option.left.well")]
    )
    expect(multiple.locator(".cp-poorly")).to_have_count(0)


def test_leaving_waits_for_what_is_not_sent(book, reader, service):
    tab = reader.open(book(element("course-quiz", GRADED)))
    join(tab)
    tab.reload()
    press(tab, "graded.leave")
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert stored(tab, "quiz:final")["learners"] == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_graded_quiz_is_accessible(book, visitor, scheme):
    one = visitor(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    Service(one)
    tab = one.open(book(element("course-quiz", GRADED)))
    expect(tab.get_by_label(t("graded.code"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    join(tab)
    press(tab, "graded.review")
    assert Axe().run(tab).violations_count == 0
    press(tab, "graded.submit")
    expect(tab.get_by_role("heading", name=t("graded.result"))).to_be_visible()
    assert Axe().run(tab).violations_count == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 320


def test_finished_story_is_handed_to_the_service(book, reader, service):
    service.learner = {"id": "l1", "name": None}
    tab = begin(book, reader)
    service.fail = "down"
    to_the_poor_ending(tab)
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    tab.wait_for_timeout(100)
    service.fail = None
    tab.reload()
    expect(tab.get_by_role("heading", name="The door shuts")).to_be_visible()
    tab.wait_for_function(
        "key => JSON.parse(localStorage.getItem(key)).unsent.length === 0",
        arg=f"{KEY}scenario:story",
    )
    sent = [body for _, path, body in service.asked if path == "attempts/submit"]
    assert sent == [
        {"steps": [{"node": "door", "choice": "warn"}, {"node": "hall", "choice": "leave"}]}
    ]
    browser_words_only(reader)


# ------------------------------------------------------------------ as a widget

MODEL = """
async ([data, state]) => {
  const values = {data, state}, handlers = {};
  window.sent = [];
  window.model = {
    get: name => values[name],
    set(name, value) { values[name] = value; (handlers[`change:${name}`] || []).forEach(f => f()) },
    save_changes() {}, send: content => window.sent.push(content),
    on: (name, f) => (handlers[name] = handlers[name] || []).push(f), off() {},
  };
  const source = await (await fetch('/player.js')).text();
  const url = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  const el = document.createElement('div');
  document.querySelector('main').append(el);
  const module = await import(url);
  module.default.render({model: window.model, el});
}
"""


@pytest.fixture
def cell(book, site, reader):
    """A page whose security policy allows modules from a blob, as a notebook's does."""
    url = book()
    reader.context.route(
        "**/page.html",
        lambda r: r.fulfill(body=site.files["/modules/m/page.html"], content_type="text/html"),
    )
    return reader.open(url)


def test_widget_keeps_its_state_in_the_model(cell):
    tab = cell
    data = {**quiz_of(SINGLE, REFLECTION), "strings": dict(T)}
    tab.evaluate(MODEL, [data, {}])
    tab.get_by_label(t("your_words")).fill("My secret")
    tab.get_by_role("radio").first.check()
    press(tab, "check")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_be_visible()
    expect(tab.locator(BODY).get_by_role("link")).to_have_count(0)
    state = tab.evaluate("window.model.get('state')")
    assert state["checked"] == {"single": True}
    assert state["responses"] == {"single": "ask"}
    assert [m["event"]["type"] for m in tab.evaluate("window.sent")] == [
        "response",
        "check",
        "finish",
    ]
    assert tab.evaluate("localStorage.length") == 0
    tab.evaluate("window.model.set('state', {})")
    expect(tab.locator(BODY).get_by_text("It leaves the choice.")).to_have_count(0)


@pytest.mark.parametrize("data", [QUIZ, STORY])
def test_widget_says_that_its_activity_is_newer_and_plays_the_next_that_is_not(cell, data):
    old = {**data, "strings": dict(T)}
    cell.evaluate(MODEL, [old, {}])
    expect(cell.locator(".cp-title")).to_be_visible()
    cell.evaluate("data => window.model.set('data', data)", {**old, "format": 2})
    expect(cell.locator(".cp-notice")).to_have_text(t("newer"))
    expect(cell.locator(".cp-title")).to_have_count(0)
    cell.evaluate("data => window.model.set('data', data)", old)
    expect(cell.locator(".cp-title")).to_be_visible()
    expect(cell.get_by_text(t("newer"))).to_have_count(0)


# ------------------------------------------------------------------ for everybody


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
    one = visitor(viewport={"width": width, "height": 800}, color_scheme=scheme)
    reflection = '<course-reflection name="r-1"><p>And you?</p></course-reflection>'
    tab = one.open(
        book(element("course-quiz", QUIZ), element("course-scenario", STORY), reflection)
    )
    STATES[state](tab)
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    small = tab.evaluate(
        """[...document.querySelectorAll('button, input, select, a, summary')].filter(e => {
             const box = (e.closest('label') || e).getBoundingClientRect();
             return box.width && Math.min(box.width, box.height) < 24 }).map(e => e.outerHTML)"""
    )
    assert small == []
