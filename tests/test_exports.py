"""Every export, read back as its reader would."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import get_args
from uuid import uuid4

import openpyxl
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from collabcomm.cli.main import main
from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.attempt import Attempt, Response
from collabcomm.engine.items import type_of
from collabcomm.engine.people import Cohort, Learner, now
from collabcomm.engine.walk import best_response
from collabcomm.results.export import FORMATS, ExportError, Options, Shape, export, file_name
from collabcomm.results.export.moodle import duration
from collabcomm.results.export.rows import COLUMNS, safe
from collabcomm.results.export.xapi import interaction
from collabcomm.results.export.xlsx import export as workbook
from collabcomm.service.app import create_app
from collabcomm.store import Store
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
BANK = COMPILER.quiz("bank")
SCENARIO = COMPILER.scenario("doorstep")
NASTY = '=HYPERLINK("http://evil.example","Mair")'


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cohort with a passed attempt, an open one, a played scenario, a late answer."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "site").mkdir()
    store = Store(f"sqlite:///{folder / 'results.sqlite3'}")
    cohort = store.cohorts.create("Spring", ("visiting",), now())
    app = create_app(folder / "site", DELIVERY, store)
    first, second = TestClient(app), TestClient(app)
    for client, name in ((first, NASTY), (second, "Mair Ellis")):
        client.post("/api/join", json={"code": cohort.code, "name": name})
    name = quiz(first, lambda item: best_response(item))
    late = {"id": str(uuid4()), "seq": 9, "response": None, "at": "2026-11-23"}
    item = first.get(f"/api/attempts/{name}").json()["quiz"]["items"][0]["id"]
    assert first.put(f"/api/attempts/{name}/responses/{item}", json=late).status_code == 409
    quiz(second, lambda item: None, submit=False)
    play = str(uuid4())
    second.put(f"/api/attempts/{play}", json={"activity": "doorstep", "kind": "scenario"})
    second.post(f"/api/attempts/{play}/submit", json={"steps": SCENARIO["best"]})
    yield store, cohort, app
    store.close()


def quiz(client, answer, submit=True):
    name = str(uuid4())
    begun = client.put(f"/api/attempts/{name}", json={"activity": "bank", "kind": "quiz"}).json()
    bank = {item["id"]: item for item in BANK["items"]}
    for n, item in enumerate(begun["quiz"]["items"]):
        given = answer(bank[item["id"]])
        body = {"id": str(uuid4()), "seq": n, "response": given, "at": "2026-11-23"}
        done = client.put(f"/api/attempts/{name}/responses/{item['id']}", json=body)
        assert done.status_code == 200
    if submit:
        client.post(f"/api/attempts/{name}/submit", json={})
    return name


def text(filled, shape="csv", **options):
    store, cohort, _ = filled
    return b"".join(export(store, cohort, shape, Options(**options))).decode()


def table(filled, rows, **options):
    return list(csv.DictReader(io.StringIO(text(filled, rows=rows, **options))))


def test_attempts_have_a_row_each(filled):
    rows = table(filled, "attempts")
    assert list(rows[0]) == list(COLUMNS["attempts"])
    seen = {(r["kind"], r["status"], r["percent"], r["passed"], r["ending"]) for r in rows}
    ending = SCENARIO["nodes"] and next(r["ending"] for r in rows if r["kind"] == "scenario")
    assert SCENARIO["nodes"][ending]["kind"] == "ending"
    assert seen == {
        ("quiz", "submitted", "100", "yes", ""),
        ("quiz", "open", "", "", ""),
        ("scenario", "submitted", "100", "", ending),
    }
    assert {r["kept_apart"] for r in rows} == {"0", "1"}


def test_responses_choices_and_conflicts_have_a_row_each(filled):
    responses = table(filled, "responses")
    assert len(responses) == 12
    assert sum(float(r["raw"] or 0) for r in responses) == 6
    choices = table(filled, "choices")
    assert len(choices) == len(SCENARIO["best"])
    assert {r["support"] for r in choices if r["choice"]} == {"well"}
    assert sum(float(r["raw"]) for r in choices) == sum(float(r["max"]) for r in choices)
    (conflict,) = table(filled, "conflicts")
    assert conflict["reason"] == "after-submission"


def test_an_activity_and_a_byte_order_mark_can_be_asked_for(filled):
    assert {r["kind"] for r in table(filled, "attempts", activity="doorstep")} == {"scenario"}
    assert text(filled, bom=True).startswith("\ufeffcohort,")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("-", "-"),
        ("Mair", "Mair"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell, shown):
    assert safe(cell) == shown


def test_a_name_cannot_become_a_formula_anywhere(filled, tmp_path):
    assert f"'{NASTY}" in {r["name"] for r in table(filled, "attempts")}
    store, cohort, _ = filled
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"".join(export(store, cohort, "xlsx", Options())))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["attempts", "responses", "choices", "conflicts", "columns"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # "f" is a formula
    assert NASTY in {cell.value for cell in cells}
    header = [cell.value for cell in book["attempts"][1]]
    assert header == list(COLUMNS["attempts"])
    assert book["responses"].max_row == 13


def test_a_table_too_long_for_a_sheet_goes_on_on_the_next(filled, tmp_path):
    store, cohort, _ = filled
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"".join(workbook(store, cohort, "xlsx", Options(), most=5)))
    book = openpyxl.load_workbook(path)
    parts = [name for name in book.sheetnames if name.startswith("responses")]
    assert parts == ["responses", "responses 2", "responses 3"]
    assert sum(book[name].max_row - 1 for name in parts) == 12


def test_json_nests_what_belongs_together(filled):
    data = json.loads(text(filled, "json"))
    assert data["cohort"]["feedback"] == "after-submission"
    assert [len(x["responses"]) for x in data["attempts"]].count(6) == 2
    assert sum(len(x["choices"]) for x in data["attempts"]) == len(SCENARIO["best"])
    assert data["conflicts"][0]["reason"] == "after-submission"


UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
PARTS = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "matching": {"source", "target"},
    "likert": {"scale"},
    "fill-in": set(),
}


def valid(statement):
    """Hold a statement to the rules of xAPI 1.0.3 that apply to what we write."""
    assert set(statement) <= {"id", "actor", "verb", "object", "result", "context", "timestamp"}
    assert re.match(UUID, statement["id"])
    account = statement["actor"]["account"]
    assert set(account) == {"homePage", "name"}
    assert account["homePage"].startswith("http")
    assert statement["verb"]["id"].startswith("http://adlnet.gov/expapi/verbs/")
    assert re.match(UUID, statement["context"]["registration"])
    assert statement["object"]["id"].startswith("http")
    assert statement["timestamp"].endswith("+00:00")
    score = statement.get("result", {}).get("score")
    if score:
        assert -1 <= score["scaled"] <= 1
        assert score["min"] <= score["raw"] <= score["max"]
    if "duration" in statement.get("result", {}):
        assert re.match(r"^PT\d+\.\d\dS$", statement["result"]["duration"])
    definition = statement["object"]["definition"]
    if kind := definition.get("interactionType"):
        lists = {"choices", "scale", "source", "target", "steps"} & set(definition)
        assert lists == PARTS[kind]
        for name in lists:
            ids = [part["id"] for part in definition[name]]
            assert len(ids) == len(set(ids))
            assert all(re.match(r"^[a-z0-9-]+$", part_id) for part_id in ids)
        responses = [statement["result"]["response"]] if "result" in statement else []
        for pattern in [*definition.get("correctResponsesPattern", ()), *responses]:
            fits(kind, definition, pattern)


def fits(kind, definition, pattern):
    names = {part["id"] for part in definition.get("choices", ()) or definition.get("scale", ())}
    if kind in ("choice", "sequencing", "likert"):
        assert set(pattern.split("[,]")) <= names
    elif kind == "matching":
        source = {part["id"] for part in definition["source"]}
        target = {part["id"] for part in definition["target"]}
        pairs = [pair.split("[.]") for pair in pattern.split("[,]")]
        assert {a for a, _ in pairs} <= source
        assert {b for _, b in pairs} <= target
    else:
        assert re.sub(r"^\{case_matters=false\}", "", pattern)


def test_xapi_statements_follow_the_interaction_types(filled):
    statements = json.loads(text(filled, "xapi", site="https://training.example/"))
    for statement in statements:
        valid(statement)
    verbs = [statement["verb"]["id"].rsplit("/", 1)[1] for statement in statements]
    assert {verb: verbs.count(verb) for verb in set(verbs)} == {
        "initialized": 3,
        "answered": 6 + sum("choice" in step or "response" in step for step in SCENARIO["best"]),
        "passed": 1,
        "completed": 1,
    }
    assert len({statement["id"] for statement in statements}) == len(statements)
    assert json.loads(text(filled, "xapi", site="https://training.example/")) == statements
    assert NASTY not in json.dumps(statements)


@pytest.mark.parametrize(
    "item",
    [i for name in COURSE.quizzes for i in COMPILER.quiz(name)["items"] if not type_of(i).private],
    ids=lambda item: item["id"],
)
def test_every_item_of_the_course_has_a_valid_interaction(item):
    definition = interaction(item, "en-GB")
    for pattern in type_of(item).correct(item):
        fits(definition["interactionType"], definition, pattern)
    if definition["interactionType"] != "likert":
        patterns = "\n".join(type_of(item).correct(item))
        assert type_of(item).spelt(item, best_response(item)) in patterns


def test_moodle_grades_have_moodles_columns(filled):
    rows = list(csv.reader(io.StringIO(text(filled, "moodle-grades"))))
    assert rows[0] == [
        *("Last name", "First name", "Email address", "Status", "Started", "Completed"),
        *("Duration", "Grade/6.00", *(f"Q. {n} /1.00" for n in range(1, 7))),
    ]
    done, going = sorted(rows[1:], key=lambda row: row[3])
    assert done[3] == "Finished"
    assert re.match(r"^\d{1,2} [A-Z][a-z]+ \d{4}  \d{1,2}:\d\d [AP]M$", done[4])
    assert done[7:] == ["6.00", *["1.00"] * 6]
    assert going[:4] == ["Ellis", "Mair", "", "In progress"]
    assert going[5:] == ["-", "-", "-", *["-"] * 6]


def test_moodle_responses_are_in_words(filled):
    rows = list(csv.DictReader(io.StringIO(text(filled, "moodle-responses"))))
    done = next(row for row in rows if row["Status"] == "Finished")
    for n in range(1, 7):
        assert done[f"Response {n}"].strip("'") not in ("", "-")
        assert done[f"Right answer {n}"] not in ("", "-")


def test_a_moodle_report_is_about_one_quiz(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'r.sqlite3'}")
    cohort = store.cohorts.create("Spring", tuple(COURSE.modules), now())
    with pytest.raises(ExportError, match="none yet"):
        export(store, cohort, "moodle-grades", Options())
    store.close()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (1, "1 sec"),
        (59, "59 secs"),
        (60, "1 min"),
        (200, "3 mins 20 secs"),
        (3600, "1 hour"),
        (3661, "1 hour 1 min"),
        (90_061, "1 day 1 hour"),
        (86_401, "1 day"),
    ],
)
def test_durations_are_in_moodles_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    "shape", ["csv", "xlsx", "json", "xapi", "moodle-grades", "moodle-responses"]
)
def test_the_same_comes_over_http_and_from_the_command_line(filled, shape, tmp_path):
    store, cohort, app = filled
    token = store.access.create_token("assessor", "A", now())
    address = f"/api/cohorts/{cohort.code}/results?format={shape}"
    answer = TestClient(app, base_url="http://127.0.0.1:8000").get(
        address, headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    assert cohort.code in answer.headers["content-disposition"]
    path = tmp_path / "out"
    words = ["results", "export", "--cohort", cohort.code, "--format", shape, "--output", str(path)]
    done = CliRunner().invoke(main, [*words, "--database", str(store.database.engine.url)])
    assert done.exit_code == 0, done.output
    assert "3 attempts written" in done.output
    assert path.stat().st_mode & 0o077 == 0
    if shape != "xlsx":  # a workbook holds the time it was made
        assert path.read_bytes() == answer.content


def test_what_cannot_be_exported_is_said(filled):
    store, cohort, app = filled
    token = store.access.create_token("assessor", "A", now())
    client = TestClient(app, headers={"authorization": f"Bearer {token}"})
    address = f"/api/cohorts/{cohort.code}/results"
    assert client.get(f"{address}?format=pdf").status_code == 422
    assert client.get(f"{address}?rows=everything").status_code == 422
    answer = client.get(f"{address}?format=moodle-grades&activity=nothing")
    assert answer.status_code == 422
    assert "bank" in answer.json()["detail"]


def test_a_long_export_holds_little_in_memory(tmp_path):
    """What is fetched of the database at once does not grow with the cohort."""
    import tracemalloc

    store = Store(f"sqlite:///{tmp_path / 'r.sqlite3'}")
    store.contents.keep(BANK)
    sizes = []
    for count in (50, 400):
        cohort = store.cohorts.create(f"Of {count}", ("visiting",), now())
        fill(store, cohort, count)
        pieces = export(store, cohort, "csv", Options(rows="responses"))
        next(pieces)
        tracemalloc.start()
        total = sum(len(piece) for piece in pieces)
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total > count * 12 * 50
    assert sizes[1] < 3 * sizes[0]
    store.close()


def fill(store, cohort, count):
    items = tuple(item["id"] for item in BANK["items"][:12])
    for n in range(count):
        learner = Learner(f"{cohort.code}-{n}", cohort.code, None)
        attempt = Attempt(
            id=str(uuid4()),
            learner=learner.id,
            activity="bank",
            kind="quiz",
            version=BANK["version"],
            started=now(),
            items=items,
            submitted=now() + timedelta(minutes=5),
            raw=6,
            max=12,
            passed=False,
        )
        given = [Response(str(uuid4()), attempt.id, name, 1, "x", "", now()) for name in items]
        store.records.add(learner, (str(uuid4()), learner.id, []), [(attempt, given)], now())


def test_every_format_stands_in_the_one_table():
    assert get_args(Shape) == tuple(FORMATS)
    cohort = Cohort("KFQT-73MW", "Spring", (), now())
    assert [
        file_name(cohort, shape, "responses").removeprefix("KFQT-73MW-") for shape in FORMATS
    ] == [
        "responses.csv",
        "results.xlsx",
        "results.json",
        "xapi.json",
        "moodle-grades.csv",
        "moodle-responses.csv",
    ]
