"""One learner's whole way, from the join code to the row that the assessor exports."""

from __future__ import annotations

import csv
import re
from html import unescape

from playwright.sync_api import expect

from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.walk import best_response
from collabcomm.testing import run_command
from collabcomm.texts import catalogue
from folders import REPO
from player_steps import take

T = catalogue("player", "en")
COMPILER = Compiler(load(REPO).course)
LESSON = "modules/human-behaviour/motivation-and-choice.html"


def button(tab, key, **values):
    return tab.get_by_role("button", name=T[f"player.{key}"].format(**values), exact=True)


def give(box, item, response):
    """Answer one item as a person does."""
    if item["type"] in ("single-choice", "judgement"):
        box.locator(f"input[value='{response}']").check()
    elif item["type"] == "multiple-response":
        for key in response:
            box.locator(f"input[value='{key}']").check()
    elif item["type"] == "matching":
        for prompt, select in zip(item["prompts"], box.locator("select").all(), strict=True):
            select.select_option(response[prompt["id"]])
    elif item["type"] == "sequencing":
        order = [step["id"] for step in item["steps"]]
        for place, step in enumerate(response):
            while order.index(step) > place:
                at = order.index(step)
                box.locator("ol > li").nth(at).get_by_role("button").first.click()
                order[at - 1], order[at] = order[at], order[at - 1]
    else:
        box.locator("input[type=text], textarea").fill(response)


def read_and_answer(learner, address):
    """Read the lesson, answer a question, reload: the answer and its feedback are still there."""
    tab = learner.open(address)
    quiz = COMPILER.quiz("motivation-and-choice")
    place = next(n for n, i in enumerate(quiz["items"]) if i["type"] == "single-choice")
    item = quiz["items"][place]
    box = tab.locator("course-quiz .cp-item").nth(place)
    give(box, item, best_response(item))
    box.get_by_role("button", name=T["player.check"], exact=True).click()
    expect(box.locator(".cp-feedback").first).to_be_visible()
    tab.reload()
    expect(
        tab.locator("course-quiz .cp-item").nth(place).locator(".cp-feedback").first
    ).to_be_visible()
    tab.get_by_role("button", name=catalogue("book", "en")["book.lesson.mark_done"]).click()
    return tab


def join(tab, code):
    tab.get_by_label(T["player.graded.code"]).fill(code.lower())
    tab.get_by_label(T["player.graded.name"]).fill("Mair Ellis")
    button(tab, "graded.join_button").click()
    button(tab, "graded.start").click()


def answer(tab, places):
    """Answer some of the questions that were drawn, each known by its text."""
    boxes = tab.locator(".cp-item")
    expect(boxes).to_have_count(12)
    bank = COMPILER.quiz("human-behaviour")
    by_stem = {re.sub(r"<[^>]+>|\s", "", i["stem"]): i for i in bank["items"]}
    for n in places:
        text = re.sub(r"\s", "", boxes.nth(n).locator("legend").inner_text())
        item = next(i for stem, i in by_stem.items() if unescape(stem) in text)
        give(boxes.nth(n), item, best_response(item))


def play_best_path(story):
    """Play a scenario by its best path, step by step."""
    scenario = COMPILER.scenario("im-managing")
    button(story, "begin").click()
    for step in scenario["best"]:
        node = scenario["nodes"][step["node"]]
        if node["kind"] == "decision":
            choice = next(c for c in node["choices"] if c["id"] == step["choice"])
            take(story, choice)
        elif node["kind"] == "item":
            give(story.locator(".cp-item"), node["item"], step["response"])
            button(story, "check").click()
        if step is not scenario["best"][-1]:
            button(story, "go_on").click()
    with story.expect_response(lambda response: response.url.endswith("/submit")) as recorded:
        button(story, "go_on").click()
    assert recorded.value.status == 200
    expect(story.get_by_role("heading", name=T["player.your_choices"])).to_be_visible()


def exported(code, database, output):
    """The cohort's rows as an assessor exports them, by kind."""
    words = ("--cohort", code, "--output", str(output), "--database", database)
    done = run_command("results", "export", *words)
    assert done.returncode == 0, done.stderr
    with output.open(newline="") as file:
        return {row["kind"]: row for row in csv.DictReader(file)}


def test_learner_joins_reads_plays_submits_and_is_in_the_export(service, visitor, tmp_path):
    database = service.store.database.engine.url.render_as_string()
    made = run_command(
        *("cohort", "create", "Spring", "--module", "human-behaviour"),
        *("--course", str(REPO), "--database", database),
    )
    code = made.stdout.strip()
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", code), made.stderr
    learner = visitor(viewport={"width": 390, "height": 844})
    tab = read_and_answer(learner, f"{service.url}/{LESSON}")

    # Join and begin the graded quiz; nothing that came over the wire tells the key.
    sent = []
    tab.on("response", lambda r: sent.append(r.text()) if "/api/attempts/" in r.url else None)
    tab.goto(f"{service.url}/modules/human-behaviour/quiz.html")
    join(tab, code)
    answer(tab, range(4))
    expect(tab.get_by_text(T["player.graded.saved"], exact=True)).to_be_visible()
    for text in sent:
        assert not re.search(r'"(weights|feedback|explanation|support|replies)"', text)

    # Pull the plug: come back later on the same device, and go on where it stood.
    tab.close()
    tab = learner.open(f"{service.url}/modules/human-behaviour/quiz.html")
    button(tab, "graded.resume").click()
    answer(tab, range(4, 12))

    story = learner.open(f"{service.url}/scenarios/im-managing.html")
    play_best_path(story)
    story.close()

    tab.bring_to_front()
    button(tab, "graded.review").click()
    button(tab, "graded.submit").click()
    expect(tab.get_by_text(T["player.graded.percent"].format(n=100)).first).to_be_visible()

    rows = exported(code, database, tmp_path / "results.csv")
    graded = rows["quiz"]
    assert [graded[key] for key in ("name", "status", "passed", "raw", "max", "percent")] == [
        *("Mair Ellis", "submitted", "yes", "12", "12", "100"),
    ]
    assert (rows["scenario"]["activity"], rows["scenario"]["percent"]) == ("im-managing", "100")


def test_a_cohort_with_pseudonyms_sees_feedback_at_once_and_takes_a_signed_record(
    service, visitor, tmp_path
):
    database = service.store.database.engine.url.render_as_string()
    made = run_command(
        *("cohort", "create", "Spring", "--module", "human-behaviour", "--pass-mark", "50"),
        *("--feedback", "at-once", "--names", "pseudonyms", "--site", service.url),
        *("--course", str(REPO), "--database", database),
    )
    code, link = made.stdout.split()
    tab = visitor(viewport={"width": 390, "height": 844}, accept_downloads=True).open(link)

    # The link fills in the code; the name is not kept, a pseudonym is made.
    expect(tab.get_by_label(T["player.graded.code"])).to_have_value(code)
    tab.get_by_label(T["player.graded.name"]).fill("Mair Ellis")
    button(tab, "graded.join_button").click()
    expect(tab.get_by_text(T["player.graded.pseudonym"])).to_be_visible()
    expect(tab.get_by_text(T["player.graded.pass_mark"].format(n=50))).to_be_visible()
    (learner,) = service.store.learners.of_cohort(code)
    assert re.fullmatch(r"[A-Z][a-z]+ \d{4}", learner.name)
    button(tab, "graded.start").click()

    # An unanswered question says so; a checked answer shows its feedback and stays.
    boxes = tab.locator(".cp-items > div")
    expect(boxes).to_have_count(12)
    bank = {item["id"]: item for item in COMPILER.quiz("human-behaviour")["items"]}
    (attempt,) = service.store.attempts.of_learner(learner.id, "human-behaviour", "quiz")
    place = next(n for n, i in enumerate(attempt.items) if bank[i]["type"] == "single-choice")
    item, box = bank[attempt.items[place]], boxes.nth(place)
    button(box, "check").click()
    expect(box.get_by_role("alert")).to_have_text(T["player.nothing.single-choice"])
    give(box.locator(".cp-item"), item, best_response(item))
    button(box, "check").click()
    expect(box.locator(".cp-feedback").first).to_be_visible()
    expect(box.locator("input").first).to_be_disabled()
    tab.reload()
    button(tab, "graded.resume").click()
    expect(boxes.nth(place).locator(".cp-feedback").first).to_be_visible()
    expect(boxes.nth(place).locator("input").first).to_be_disabled()

    # Hand in, and take the record away: it is verified without the service.
    button(tab, "graded.review").click()
    button(tab, "graded.submit").click()
    expect(tab.get_by_text(T["player.graded.not_passed"]).first).to_be_visible()
    button(tab, "graded.overview").click()
    with tab.expect_download() as download:
        tab.get_by_role("link", name=T["player.graded.record"]).click()
    record, key = tmp_path / "record.json", tmp_path / "key.pem"
    download.value.save_as(record)
    key.write_text(run_command("results", "key", "--database", database).stdout)
    verified = run_command("results", "verify", str(record), "--key", str(key))
    assert "signed by the service" in verified.stdout, verified.stderr
