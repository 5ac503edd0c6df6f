"""Learners' own record files: honest ones, forged ones, and those of a service."""

from __future__ import annotations

import copy
import json
import zipfile
from pathlib import Path
from uuid import uuid4, uuid5

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from collabcomm.cli.main import main
from collabcomm.course.compiler import Compiler
from collabcomm.course.deliver import deliver
from collabcomm.course.loader import load
from collabcomm.engine.path import play
from collabcomm.engine.people import now
from collabcomm.engine.walk import best_response
from collabcomm.results.export import Options
from collabcomm.results.export.rows import named, table
from collabcomm.results.importer import Importer
from collabcomm.results.record import (
    MAX_FILE,
    NAMESPACE,
    chained,
    digest,
    of_service,
    public_pem,
    read,
    signed,
    signing_key,
    verify,
)
from collabcomm.service.app import create_app
from collabcomm.store import Store
from folders import SMALL

COURSE = load(SMALL).course
DELIVERY = deliver(COURSE)
COMPILER = Compiler(COURSE)
PRACTICE = COMPILER.quiz("types")
GRADED = COMPILER.quiz("bank")
QUESTIONNAIRE = COMPILER.quiz("form-a")
SCENARIO = COMPILER.scenario("doorstep")


def entry(data=PRACTICE, **changes):
    quiz = data["kind"] == "quiz"
    answers = {
        item["id"]: best_response(item) for item in data.get("items", ()) if item.get("weights")
    }
    return {
        "at": "2026-11-20T10:00:00.000Z",
        "kind": data["kind"],
        "activity": data["id"],
        "version": data["version"],
        "responses": answers if quiz else None,
        "steps": None if quiz else data["best"],
        **changes,
    }


def record(*entries, **changes):
    name = changes.pop("id", None) or str(uuid4())
    made = chained(entries or (entry(), entry(SCENARIO)), name)
    return {
        "format": 1,
        "kind": "record",
        "course": COURSE.info.id,
        "id": name,
        "name": "Mair Ellis",
        "made": "2026-11-20T10:05:00.000Z",
        "entries": made,
        "lessons": [],
        "reflections": None,
        "head": made[-1]["hash"],
        **changes,
    }


@pytest.fixture
def cohort(store):
    return store.cohorts.create("Spring", tuple(COURSE.modules), now())


@pytest.fixture
def desk(store, cohort, tmp_path):
    """Imports what is put in the folder; gives the outcome of each file."""
    folder = tmp_path / "records"
    folder.mkdir()

    def bring(**files):
        for name, data in files.items():
            path = folder / f"{name}.json"
            path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        found = list(Importer(store, COURSE, cohort).import_folder(folder))
        return {outcome.file.removesuffix(".json"): outcome for outcome in found}

    bring.folder = folder
    return bring


def rejected(outcome, words):
    assert words in (outcome.rejected or ""), outcome
    assert outcome.attempts == 0


def test_an_honest_record_is_scored_again_here(desk, store, cohort):
    assert desk(mair=record())["mair"].attempts == 2
    (quiz, scenario) = sorted(
        (x for _, x in store.results.attempts(cohort.code)), key=lambda x: x.kind
    )
    assert quiz.percent == 100
    assert quiz.scored_by == scenario.scored_by == "import"
    assert scenario.percent == 100
    assert [learner.name for learner in store.learners.of_cohort(cohort.code)] == ["Mair Ellis"]


def test_what_a_browser_claims_does_not_count(desk, store, cohort):
    wrong = dict.fromkeys(entry()["responses"], "nonsense")
    practice = entry(
        responses={k: v for k, v in wrong.items() if isinstance(entry()["responses"][k], str)}
    )
    assert desk(mair=record(practice))["mair"].attempts == 1
    assert [x.raw for _, x in store.results.attempts(cohort.code)] == [0]


def test_importing_again_adds_nothing_and_a_longer_record_adds_what_is_new(desk, store, cohort):
    first = record(entry())
    longer = record(entry(), entry(SCENARIO), id=first["id"])
    assert longer["entries"][0] == first["entries"][0]
    assert desk(a=first)["a"].attempts == 1
    outcomes = desk(a=first, b=longer, c=first)
    assert [outcomes[name].attempts for name in "abc"] == [0, 1, 0]
    assert len(store.learners.of_cohort(cohort.code)) == 1


def test_wrong_clocks_are_told_and_lose_nothing(desk, store, cohort):
    outcome = desk(
        mair=record(entry(at="2099-01-01T00:00:00Z"), entry(SCENARIO, at="1970-01-01T00:00:00Z"))
    )
    assert outcome["mair"].attempts == 2
    assert "a clock was wrong" in outcome["mair"].warnings[0]


def test_an_unknown_version_is_left_out_and_told(desk):
    outcome = desk(mair=record(entry(version="0" * 16), entry(SCENARIO)))["mair"]
    assert outcome.attempts == 1
    assert "does not have; left out" in outcome.warnings[0]


def test_a_version_that_was_imported_once_stays_scorable(store, cohort, tmp_path):
    """The course may be edited between two imports."""
    Importer(store, COURSE, cohort)
    quiz = COURSE.quizzes["types"]
    edited = quiz.model_copy(update={"title": "Edited"})
    course = COURSE.model_copy(update={"quizzes": {**COURSE.quizzes, quiz.id: edited}})
    path = tmp_path / "late.json"
    path.write_text(json.dumps(record(entry())))
    assert Importer(store, course, cohort).import_file(path).attempts == 1


def test_a_play_of_a_story_from_before_conditions_on_choices_counts_and_exports(
    desk, store, cohort
):
    """What the compiler made before decision 11: plain texts, no skills, no seed."""
    old = json.loads((Path(__file__).parent / "cases/scenario-before-0011.json").read_text("utf-8"))
    store.contents.keep(old)
    outcome = desk(mair=record(entry(old)))["mair"]
    assert (outcome.rejected, outcome.attempts, outcome.warnings) == (None, 1, [])
    whole, *_ = table(store, cohort, "attempts", Options())
    told = named("attempts", whole)
    best = play(old, old["best"])
    assert (told["raw"], told["max"], told["ending"]) == (best.raw, best.max, best.ending)
    assert told["skills"] == "{}"
    steps = [named("choices", row) for row in table(store, cohort, "choices", Options())]
    assert [step["next"] for step in steps] == best.nodes[1:]
    assert json.loads(steps[-1]["meters"]) == best.meters[-1]
    assert {step["support"] for step in steps} <= {"well", "partly", "poorly", None}
    (learner,) = store.learners.of_cohort(cohort.code)
    work = [(*handed, old) for handed in store.attempts.work_of(learner.id)]
    made = of_service(COURSE.info.id, learner, work, now())
    assert "skills" not in made["entries"][0]


@pytest.mark.parametrize("data", [GRADED, QUESTIONNAIRE], ids=["graded", "questionnaire"])
def test_an_unsigned_entry_of_a_graded_quiz_or_questionnaire_is_left_out_and_told(
    desk, store, cohort, data
):
    outcome = desk(mair=record(entry(), entry(data), entry(SCENARIO)))["mair"]
    assert (outcome.rejected, outcome.attempts) == (None, 2)
    (told,) = outcome.warnings
    assert told.startswith(f"entry 2 ({data['id']}) is not practice")
    assert data["id"] not in {
        attempt.activity for _, attempt in store.results.attempts(cohort.code)
    }


def test_a_practice_quiz_that_became_graded_takes_no_unsigned_entry(store, cohort, tmp_path):
    Importer(store, COURSE, cohort)
    quiz = COURSE.quizzes["types"]
    graded = quiz.model_copy(update={"purpose": "graded", "pass_mark": 60})
    course = COURSE.model_copy(update={"quizzes": {**COURSE.quizzes, quiz.id: graded}})
    path = tmp_path / "late.json"
    path.write_text(json.dumps(record(entry())))
    outcome = Importer(store, course, cohort).import_file(path)
    assert outcome.attempts == 0
    assert "is not practice" in outcome.warnings[0]


def changed(how):
    data = record()
    how(data)
    return data


def rehashed(data):
    data["entries"] = chained(
        [
            {k: v for k, v in e.items() if k not in ("n", "previous", "hash")}
            for e in data["entries"]
        ],
        data["id"],
    )
    data["head"] = data["entries"][-1]["hash"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not whole JSON"),
        (json.dumps(record()).encode()[:-20], "not whole JSON"),
        (b"\x80\x81", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b'{"kind": "record", "n": ' + b"9" * 6000 + b"}", "not whole JSON"),
        ([1], "not a record"),
        ({"kind": "record", "format": 2}, "newer version"),
        ({"kind": "record", "format": 1}, "not a record as the course writes it"),
        (b" " * (MAX_FILE + 1), "larger than"),
        (record(course="another-course"), "another course"),
        (changed(lambda d: d["entries"][0]["responses"].update(x="y")), "entry 1 was changed"),
        (changed(lambda d: d["entries"].pop(0)), "entry 1 does not follow"),
        (changed(lambda d: d["entries"].pop()), "missing at the end"),
        (changed(lambda d: d.update(id=str(uuid4()))), "does not follow"),
        (changed(lambda d: d["entries"].reverse()), "does not follow"),
        (changed(lambda d: d["entries"][0].update(score=100)), "entries › 0 › score"),
        (record(entry(at="yesterday")), "no readable time"),
        (record(entry(responses={"invented": "a"})), "does not ask"),
        (record(entry(responses={PRACTICE["items"][0]["id"]: {"a": [1]}})), "does not ask"),
        (record(entry(SCENARIO, steps=SCENARIO["best"][:-1])), "reach no ending"),
        (record(entry(SCENARIO, steps=[{"node": ["x"]}, 7])), "reach no ending"),
        (record(entry(SCENARIO, steps=None)), "reach no ending"),
        (record(entry(raw=12.0, max=12.0, attempt=str(uuid4()))), "signature was taken away"),
        (record(key="0" * 64, signature="AAAA"), "key that is not known"),
        (record(name="M" * 201), "name"),
    ],
)
def test_a_bad_file_is_named_with_its_reason_and_nothing_of_it_is_taken(
    desk, store, cohort, data, words
):
    good = desk(bad=data, good=record())
    rejected(good["bad"], words)
    assert good["good"].attempts == 2
    assert len(store.learners.of_cohort(cohort.code)) == 1


def test_archives_and_other_files_are_named(desk):
    with zipfile.ZipFile(desk.folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("record.json", b"0" * 50_000_000)
    (desk.folder / "notes.txt").write_text("x")
    outcomes = desk()
    assert {name: "unpack archives" in outcome.rejected for name, outcome in outcomes.items()} == {
        "bomb.zip": True,
        "notes.txt": True,
    }


def test_two_stories_under_one_journal_are_not_both_believed(desk):
    first = record(entry(), entry(SCENARIO))
    fork = record(entry(at="2026-11-21T10:00:00Z"), entry(SCENARIO), id=first["id"])
    outcomes = desk(a=first, b=fork)
    assert outcomes["a"].attempts == 2
    rejected(outcomes["b"], "differs from the record imported before, from entry 1 on")


def test_a_record_replayed_under_another_name_or_cohort_is_refused(desk, store):
    first = record()
    desk(a=first)
    rejected(desk(b={**first, "name": "Somebody Else"})["b"], "under the name 'Mair Ellis'")
    other = store.cohorts.create("Autumn", tuple(COURSE.modules), now())
    (again,) = Importer(store, COURSE, other).import_folder(desk.folder / "a.json")
    rejected(again, "imported before, into the cohort")


def test_names_are_data_and_nothing_else(desk, store, cohort):
    name = "'); DROP TABLE learners; --"
    assert desk(a=record(name=name))["a"].attempts == 2
    assert [learner.name for learner in store.learners.of_cohort(cohort.code)] == [name]


@pytest.fixture
def signed_record(store, cohort, tmp_path):
    """What a learner who handed in a quiz and a scenario downloads from the service."""
    site = tmp_path / "site"
    site.mkdir()
    client = TestClient(create_app(site, DELIVERY, store))
    client.post("/api/join", json={"code": cohort.code, "name": "Mair Ellis"})
    for data in (GRADED, SCENARIO):
        name = str(uuid4())
        body = {"activity": data["id"], "kind": data["kind"]}
        begun = client.put(f"/api/attempts/{name}", json=body).json()
        bank = {item["id"]: item for item in data.get("items", ())}
        for n, item in enumerate((begun["quiz"] or {"items": []})["items"]):
            given = {"id": str(uuid4()), "seq": n, "response": best_response(bank[item["id"]])}
            address = f"/api/attempts/{name}/responses/{item['id']}"
            assert client.put(address, json={**given, "at": "x"}).status_code == 200
        steps = {"steps": data["best"]} if data["kind"] == "scenario" else {}
        assert client.post(f"/api/attempts/{name}/submit", json=steps).json()["percent"] == 100
    return client.get("/api/me/record")


def test_a_services_record_is_verified_offline(signed_record, store, tmp_path):
    path, key = tmp_path / "mair.json", tmp_path / "key.pem"
    path.write_bytes(signed_record.content)
    key.write_text(public_pem(signing_key(store)))
    done = CliRunner().invoke(main, ["results", "verify", str(path), "--key", str(key)])
    assert done.output == (
        "mair.json: 2 entries: signed by the service: made by it and not changed since\n"
    )
    done = CliRunner().invoke(main, ["results", "verify", str(path)])
    assert done.exit_code == 1
    assert "key that is not known here" in done.output


@pytest.mark.parametrize(
    "how",
    [
        lambda d: d.update(name="Somebody Else"),
        lambda d: d["entries"][1].update(raw=0.0),
        lambda d: d["entries"][0]["responses"].clear() or rehashed(d),
        lambda d: d["entries"].pop() and d.update(head=d["entries"][-1]["hash"]),
        lambda d: d.update(signature=d["signature"][:-8] + "AAAAAA=="),
    ],
)
def test_a_services_record_shows_every_change(signed_record, store, tmp_path, how):
    data = signed_record.json()
    how(data)
    path, key = tmp_path / "mair.json", tmp_path / "key.pem"
    path.write_text(json.dumps(data))
    key.write_text(public_pem(signing_key(store)))
    done = CliRunner().invoke(main, ["results", "verify", str(path), "--key", str(key)])
    assert done.exit_code == 1
    assert "does not hold" in done.output


def test_somebody_elses_signature_is_not_believed(signed_record, store, tmp_path):
    data = {k: v for k, v in signed_record.json().items() if k not in ("key", "signature")}
    forged = signed(data, Ed25519PrivateKey.generate())
    path, key = tmp_path / "mair.json", tmp_path / "key.pem"
    path.write_text(json.dumps({**forged, "key": signed_record.json()["key"]}))
    key.write_text(public_pem(signing_key(store)))
    done = CliRunner().invoke(main, ["results", "verify", str(path), "--key", str(key)])
    assert "changed after it was signed" in done.output


def test_another_place_takes_a_signed_record_as_the_services(signed_record, store, tmp_path):
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    cohort = other.cohorts.create("Elsewhere", tuple(COURSE.modules), now())
    path = tmp_path / "mair.json"
    path.write_bytes(signed_record.content)
    (outcome,) = Importer(other, COURSE, cohort).import_folder(path)
    rejected(outcome, "key that is not known here")
    keys = [signing_key(store).public_key()]
    (outcome,) = Importer(other, COURSE, cohort, keys).import_folder(path)
    assert (outcome.attempts, outcome.warnings, outcome.rejected) == (2, [], None)
    mine = {x.id: x for _, x in other.results.attempts(cohort.code)}
    theirs = {x.id: x for _, x in store.results.attempts(next(iter(store.cohorts.all())).code)}
    for name, attempt in mine.items():
        assert (attempt.raw, attempt.max, attempt.passed, attempt.items) == (
            theirs[name].raw,
            theirs[name].max,
            theirs[name].passed,
            theirs[name].items,
        )
        assert attempt.scored_by == "service"
    other.close()


def test_the_services_own_record_adds_nothing_to_its_own_cohort(signed_record, store, cohort, desk):
    outcome = desk(mair=signed_record.content)["mair"]
    assert (outcome.attempts, outcome.rejected) == (0, None)
    assert len(store.learners.of_cohort(cohort.code)) == 1


@pytest.mark.parametrize("old", [False, True], ids=["without its score", "as older versions did"])
def test_a_questionnaire_in_a_signed_record_is_verified_and_scored_where_it_is_imported(
    store, cohort, tmp_path, old
):
    site = tmp_path / "site"
    site.mkdir()
    client = TestClient(create_app(site, DELIVERY, store))
    client.post("/api/join", json={"code": cohort.code, "name": "Mair Ellis"})
    name = str(uuid4())
    client.put(f"/api/attempts/{name}", json={"activity": QUESTIONNAIRE["id"], "kind": "quiz"})
    client.post(f"/api/attempts/{name}/submit", json={})
    data = client.get("/api/me/record").json()
    assert (data["entries"][0]["raw"], data["entries"][0]["max"]) == (None, None)
    key = signing_key(store)
    if old:
        (learner,) = store.learners.of_cohort(cohort.code)
        work = [(*handed, None) for handed in store.attempts.work_of(learner.id)]
        data = signed(of_service(COURSE.info.id, learner, work, now()), key)
        assert (data["entries"][0]["raw"], data["entries"][0]["max"]) == (0, 4)
    path = tmp_path / "mair.json"
    path.write_text(json.dumps(data))
    assert verify(read(path)[0], [key.public_key()])
    other = Store(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    there = other.cohorts.create("Elsewhere", tuple(COURSE.modules), now())
    (outcome,) = Importer(other, COURSE, there, [key.public_key()]).import_folder(path)
    assert (outcome.attempts, outcome.warnings, outcome.rejected) == (1, [], None)
    assert [
        (attempt.raw, attempt.max, attempt.scored_by)
        for _, attempt in other.results.attempts(there.code)
    ] == [(0, 4, "service")]
    other.close()


def test_no_file_written_by_hand_lands_on_a_learner_of_the_service(
    signed_record, store, cohort, desk
):
    (learner,) = store.learners.of_cohort(cohort.code)
    mine = str(uuid5(NAMESPACE, learner.id))
    assert signed_record.json()["id"] == mine
    outcome = desk(forged=record(entry(), id=mine, name="Mair Ellis"))["forged"]
    rejected(outcome, "signature was taken away")
    assert len(list(store.results.attempts(cohort.code))) == 2


def test_the_import_command_says_what_became_of_each_file(store, cohort, tmp_path):
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    (folder / "good.json").write_text(json.dumps(record()))
    broken = record()
    broken["entries"][1]["steps"] = []
    (folder / "deeper" / "bad.json").write_text(json.dumps(broken))
    words = ["results", "import", str(folder), "--cohort", cohort.code, "--course", str(SMALL)]
    address = str(store.database.engine.url)
    done = CliRunner().invoke(main, [*words, "--database", address])
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "deeper/bad.json: rejected: entry 2 was changed after it was written",
        "good.json: 2 attempts",
        "2 files read, 2 attempts added to 'Spring', 1 file rejected.",
    ]


def test_hashes_ignore_the_order_of_keys_and_see_every_value():
    written = entry(n=1, previous="x")
    assert digest(written) == digest(dict(reversed(written.items())))
    other = copy.deepcopy(written)
    other["responses"]["ŵ"] = "ŷ"
    assert digest(written) != digest(other)
