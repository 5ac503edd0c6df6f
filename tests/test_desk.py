"""The assessor's desk: closed without a token, complete with one, plain for everybody."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver_quiz
from collabcomm.course.draw import draw as drawn_items
from collabcomm.course.loader import load
from collabcomm.desk import Desk
from collabcomm.desk.parts import draw
from collabcomm.desk.views import (
    before_after,
    distribution,
    finished,
    form_pairs,
    look_first,
    story,
)
from collabcomm.desk.widget import teller
from collabcomm.engine import people
from collabcomm.engine.attempt import Attempt, Response, quiz_result, scenario_result
from collabcomm.engine.path import play
from collabcomm.engine.types import Content
from collabcomm.engine.walk import best_response
from collabcomm.errors import NotFound
from collabcomm.results.gather import analyse_activity, changes
from collabcomm.store import Store
from collabcomm.testing import Voila
from collabcomm.texts import catalogue
from folders import REPO, SMALL

T = catalogue("desk", "en")
TELL = teller("en")
COURSE = load(SMALL).course
COMPILER = Compiler(COURSE)
NASTY = "<img src=x onerror=alert(1)>"


class Group:
    """Invented learners who know their subject more or less, and what they handed in."""

    def __init__(self, store: Store, count: int) -> None:
        self.store, self.random = store, random.Random(7)
        self.bank = COMPILER.quiz("bank")
        self.story = COMPILER.scenario("doorstep")
        self.forms = [COMPILER.quiz(f"form-{form}") for form in "ab"]
        contents: list[Content] = [self.bank, self.story, *self.forms]
        for content in contents:
            store.contents.keep(content)
        self.cohort = store.cohorts.create("Spring", ("visiting",), people.now())
        for n in range(count):
            self.add(f"{NASTY} {n}", self.random.uniform(0.4, 0.99))

    def add(self, name: str, ability: float) -> None:
        learner = people.Learner(people.new_learner_id(), self.cohort.code, name)
        moment = people.now() - timedelta(days=3)
        names = drawn_items(deliver_quiz(COMPILER, "bank"), str(uuid4()))
        work = [self.quiz(learner, self.bank, names, ability, moment), self.play(learner, ability)]
        for days, (form, known) in enumerate(zip(self.forms, (0.5, 0.9), strict=True)):
            every = [item["id"] for item in form["items"]]
            later = moment + timedelta(days=days)
            work.append(self.quiz(learner, form, every, ability * known, later))
        self.store.records.add(learner, (str(uuid4()), learner.id, []), work, people.now())

    def quiz(self, learner, data, names, ability, moment):
        items = {item["id"]: item for item in data["items"]}
        given = {name: self.answer(items[name], ability) for name in names}
        asked = {**data, "items": [items[name] for name in names]}
        result = quiz_result(asked, given, data["pass_mark"])
        attempt = Attempt(
            id=str(uuid4()),
            learner=learner.id,
            activity=data["id"],
            kind="quiz",
            version=data["version"],
            started=moment,
            items=tuple(names),
            submitted=moment + timedelta(minutes=9),
            raw=result["raw"],
            max=result["max"],
            passed=result["passed"],
            pass_mark=data["pass_mark"],
        )
        return attempt, [
            Response(str(uuid4()), attempt.id, name, n, value, "", moment)
            for n, (name, value) in enumerate(given.items())
        ]

    def answer(self, item, ability):
        if item["type"] == "likert":
            return item["options"][round(ability * (len(item["options"]) - 1))]["id"]
        if self.random.random() < ability:
            return best_response(item)
        simple = item["type"] in ("single-choice", "judgement")
        return self.random.choice(item["options"])["id"] if simple else None

    def play(self, learner, ability):
        steps = []
        while (node := self.story["nodes"][at := play(self.story, steps).at])["kind"] != "ending":
            step = {"node": at}
            if node["kind"] == "decision":
                step["choice"] = self.random.choice(node["choices"])["id"]
            elif node["kind"] == "item":
                step["response"] = best_response(node["item"])
            steps.append(step)
        result = scenario_result(self.story, steps)
        attempt = Attempt(
            str(uuid4()), learner.id, "doorstep", "scenario", self.story["version"], people.now()
        )
        return replace(
            attempt,
            submitted=people.now(),
            raw=result["raw"],
            max=result["max"],
            steps=tuple(steps),
        ), []


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'results.sqlite3'}")
    yield Group(store, 40)
    store.close()


@pytest.fixture(scope="module")
def voila(tmp_path_factory, group):
    """Voila with the desk's notebook, beside the small course."""
    root = shutil.copytree(SMALL, tmp_path_factory.mktemp("course") / "course")
    shutil.copy(REPO / "quizzes/results.ipynb", root / "quizzes")
    server = Voila(
        tmp_path_factory.mktemp("voila"), root, database=str(group.store.database.engine.url)
    )
    yield server
    server.stop()


@pytest.fixture
def desk(voila, visitor):
    def open_it(**options):
        guest = visitor(accept_downloads=True, **options)
        tab = guest.context.new_page()
        tab.on(
            "console",
            lambda m: "[DOM]" in m.text or m.type == "debug" or guest.console.append(m.text),
        )
        tab.on("pageerror", lambda error: guest.console.append(str(error)))
        tab.goto(f"{voila.url}/voila/render/assessors-desk.ipynb", timeout=60_000)
        tab.get_by_label(T["sign_in.label"]).wait_for(timeout=60_000)
        return tab

    return open_it


def sign_in(tab, token):
    tab.get_by_label(T["sign_in.label"]).fill(token)
    tab.get_by_role("button", name=T["sign_in.button"]).click()


def test_nothing_shows_without_an_assessors_token(desk, group):
    tab = desk()
    sign_in(tab, "forged")
    expect(tab.get_by_role("alert")).to_have_text(T["sign_in.wrong"])
    sign_in(tab, group.store.access.create_token("trainer", "Tom", people.now()))
    expect(tab.get_by_role("alert")).to_have_text(T["sign_in.wrong"])
    assert group.cohort.code not in tab.content()


def test_an_assessor_sees_who_finished_what_to_look_at_and_takes_the_files(desk, group):
    tab = desk(viewport={"width": 1280, "height": 900})
    sign_in(tab, group.store.access.create_token("assessor", "Ann", people.now()))
    expect(tab.get_by_role("heading", name=T["finished.title"])).to_be_visible()
    sentence = T["finished.sentence"].format(joined=40, done=40)
    expect(tab.get_by_text(sentence)).to_be_visible()
    for key in ("distribution", "reliability", "look", "items", "guessing", "options", "change"):
        expect(tab.get_by_role("heading", name=T[f"{key}.title"], exact=True)).to_be_visible()
    assert NASTY in tab.locator("table.desk").first.text_content()  # text, not an element
    expect(tab.get_by_text("Effect size").first).to_be_visible()
    results = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert [v["id"] for v in results.response["violations"]] == []
    tab.get_by_label(T["choose.item"]).select_option(index=3)
    expect(tab.get_by_text(f"({T['options.key']})").first).to_be_visible()

    tab.get_by_label(T["choose.format"]).select_option("xlsx")
    tab.get_by_role("button", name=T["download.button"]).click()
    with tab.expect_download() as download:
        tab.get_by_role("link", name=f"{group.cohort.code}-results.xlsx").click()
    assert download.value.path().read_bytes()[:2] == b"PK"

    tab.get_by_label(T["choose.activity"]).select_option("doorstep")
    picture = tab.get_by_role("img")
    expect(picture).to_be_visible()
    assert re.search(r"→ .*: \d+", picture.get_attribute("aria-label"))
    results = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert [v["id"] for v in results.response["violations"]] == []


def test_the_desk_says_what_is_wrong_with_its_database(tmp_path):
    desk = Desk(f"sqlite:///{tmp_path / 'nowhere' / 'r.sqlite3'}")
    desk.sign_in.token.value = "x"
    desk.sign_in.enter.click()
    assert "cannot be read" in desk.sign_in.message.value


def test_an_empty_database_and_an_empty_cohort_are_no_error(tmp_path):
    url = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    store = Store(url)
    token = store.access.create_token("admin", "Ann", people.now())
    desk = Desk(url)
    desk.sign_in.token.value = token
    desk.sign_in.enter.click()
    assert T["none"].split("{")[0][:30] in desk.results.children[0].value
    store.cohorts.create("Empty", ("visiting",), people.now())
    other = Desk(url)
    other.sign_in.token.value = token
    other.sign_in.enter.click()
    assert T["nothing"] in other.results.message.value
    for opened in (store, desk.results.store, other.results.store):
        opened.close()


def test_wrong_tokens_are_counted_over_all_desks(tmp_path):
    url = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    store = Store(url)
    for _ in range(11):
        desk = Desk(url)
        desk.sign_in.token.value = "guess"
        desk.sign_in.enter.click()
    assert T["sign_in.often"] in desk.sign_in.message.value
    store.close()


def test_others_wrong_tokens_keep_nobody_out(tmp_path):
    url = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    store = Store(url)
    store.cohorts.create("Spring", ("visiting",), people.now())
    token = store.access.create_token("assessor", "Ann", people.now())
    for typed in (*["guess"] * 11, token):
        desk = Desk(url)
        desk.sign_in.token.value = typed
        desk.sign_in.enter.click()
    assert desk.results is not None
    for opened in (store, desk.results.store):
        opened.close()


def test_a_sign_in_that_fails_leaves_no_connection_open(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'r.sqlite3'}"
    opened, closed = [], []

    class Watched(Store):
        def __init__(self, address):
            super().__init__(address)
            opened.append(self)

        def close(self):
            super().close()
            closed.append(self)

    monkeypatch.setattr("collabcomm.desk.widget.Store", Watched)
    store = Store(url)
    trainer = store.access.create_token("trainer", "Tom", people.now())
    assessor = store.access.create_token("assessor", "Ann", people.now())
    for typed in (assessor, trainer, *["guess"] * 10):
        desk = Desk(url)
        desk.sign_in.token.value = typed
        desk.sign_in.enter.click()
    assert T["sign_in.often"] in desk.sign_in.message.value
    admitted, *refused = opened
    assert len(refused) == 11
    assert closed == refused
    for left in (store, admitted):
        left.close()


def test_what_came_in_a_record_file_is_marked_and_counts_less_than_the_services(group):
    learner = people.Learner("l", group.cohort.code, "Mair")
    taken = Attempt(
        *("one", "l", "bank", "quiz", group.bank["version"], people.now()),
        submitted=people.now(),
        raw=2,
        max=12,
        passed=False,
    )
    brought = replace(taken, id="two", raw=12, passed=True, scored_by="import")

    def row(*attempts):
        work = [(learner, attempt) for attempt in attempts]
        return re.findall("<td>(.*?)</td>", draw(finished(TELL, [learner], work, {"bank": "Q"})))

    failed, passed = T["finished.failed"].format(n=16.7), T["finished.passed"].format(n=100.0)
    assert row(taken, brought) == row(brought, taken) == row(taken) == [failed]
    assert row(brought) == [f"{passed} ({T['finished.imported']})"]


def test_scores_on_the_edge_fall_into_one_band(group):
    shown = draw(distribution(TELL, [0, 9.9, 10, 79.9, 80, 100], 80))
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(\d+)</td>', shown)
    assert [int(n) for _, n in rows] == [2, 1, 0, 0, 0, 0, 0, 1, 1, 1]
    assert "pass mark 80" in rows[8][0]
    assert "2 of them (33 %)" in shown


def test_the_desk_speaks_of_each_version_apart(group):
    bank = group.bank
    (version,) = analyse_activity(group.store, group.cohort, "bank")
    assert version.content["version"] == bank["version"]
    shown = draw(look_first(TELL, version.content, version.analysis))
    assert "<ol>" in shown or T["look.none"] in shown
    with pytest.raises(NotFound, match="doorstep"):
        analyse_activity(group.store, group.cohort, "graded")


def test_the_flow_picture_holds_every_node_met_and_every_count(group):
    (version,) = analyse_activity(group.store, group.cohort, "doorstep")
    picture = draw(story(TELL, version.content, version.analysis))
    met = {node for start, end, _ in version.analysis.transitions for node in (start, end)}
    assert picture.count("<rect") == len(met)
    assert picture.count("<path") == len(version.analysis.transitions)
    assert sum(version.analysis.endings.values()) == 40


@pytest.fixture
def signed_in(group, monkeypatch):
    """The desk, open at the cohort, of a course with further questionnaires."""
    opened = []

    def open_it(**further):
        course = COURSE.model_copy(update={"quizzes": {**COURSE.quizzes, **further}})
        monkeypatch.setattr("collabcomm.desk.widget.compiler_around", lambda: Compiler(course))
        desk = Desk(str(group.store.database.engine.url))
        desk.sign_in.token.value = group.store.access.create_token("assessor", "Ann", people.now())
        desk.sign_in.enter.click()
        opened.append(desk.results.store)
        return desk.results

    yield open_it
    for store in opened:
        store.close()


def another(name, items=slice(None)):
    form = COURSE.quizzes["form-a"]
    return form.model_copy(update={"id": name, "title": name, "items": form.items[items]})


def test_a_further_questionnaire_does_not_hide_before_and_after(signed_in):
    results = signed_in(**{"about-the-day": another("about-the-day", slice(2))})
    assert "Effect size" in results.after.value
    assert results.forms.layout.display == "none"  # only two belong together


def test_of_three_forms_the_assessor_chooses_which_two_to_compare(signed_in):
    results = signed_in(**{"form-c": another("form-c")})
    assert results.forms.layout.display is None
    forms = [f"form-{form}" for form in "abc"]
    pairs = [value for _, value in results.forms.options]
    assert pairs == [(forms[0], forms[1]), (forms[0], forms[2]), (forms[1], forms[2])]
    assert "Effect size" in results.after.value
    results.forms.value = pairs[1]
    assert T["change.none"] in results.after.value
    results.forms.value = pairs[0]
    assert "Effect size" in results.after.value


def test_two_questionnaires_that_are_not_alike_are_compared_and_one_is_not():
    def course(*forms):
        return COURSE.model_copy(update={"quizzes": {form.id: form for form in forms}})

    assert form_pairs(course(another("x"), another("y", slice(2)))) == [("x", "y")]
    assert form_pairs(course(another("x"))) == []


def test_change_is_told_with_its_uncertainty(group):
    found = changes(group.store, group.cohort, ["form-a", "form-b"])
    assert found.situations.n == 40
    assert found.situations.difference > 0
    assert "large" in draw(before_after(TELL, found, 5))
    none = changes(group.store, group.store.cohorts.create("New", (), people.now()), ["x", "y"])
    assert T["change.none"] in draw(before_after(TELL, none, 5))
