"""Record files of earlier versions hold, and what is written is what is read and imported."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from collabcomm.cli.main import main
from collabcomm.course.compiler import Compiler
from collabcomm.course.loader import load
from collabcomm.engine.people import now
from collabcomm.engine.scoring import score_quiz
from collabcomm.results.importer import Importer
from collabcomm.results.record import (
    RecordRejected,
    canonical,
    chained,
    read,
    read_key,
    verify,
)
from collabcomm.store import Store

HERE = Path(__file__).parent
OLD = HERE / "cases/records"  # made and signed by version 0.1.0, of learners who never were
COURSE = load(HERE / "content/course").course
QUIZ = next(
    Compiler(COURSE).quiz(quiz_id)
    for quiz_id, quiz in COURSE.quizzes.items()
    if quiz.purpose == "practice"
)
quick = settings(max_examples=25, deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize("name", ["named", "nameless"])
def test_a_record_of_an_earlier_version_verifies(name):
    record, _ = read(OLD / f"{name}.json")
    assert verify(record, [read_key((OLD / "key.pem").read_bytes())])


def test_the_command_says_so_of_records_of_an_earlier_version():
    files = [str(OLD / f"{name}.json") for name in ("named", "nameless")]
    done = CliRunner().invoke(main, ["results", "verify", *files, "--key", str(OLD / "key.pem")])
    assert (done.exit_code, done.output.splitlines()) == (
        0,
        [
            "named.json: 7 entries: signed by the service: made by it and not changed since",
            "nameless.json: 9 entries: signed by the service: made by it and not changed since",
        ],
    )


def test_a_changed_record_of_an_earlier_version_does_not(tmp_path):
    record = json.loads((OLD / "nameless.json").read_bytes())
    record["made"] = record["made"].replace("2026", "2025")
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(record))
    with pytest.raises(RecordRejected, match="changed after it was signed"):
        verify(read(path)[0], [read_key((OLD / "key.pem").read_bytes())])


def test_whole_marks_are_hashed_with_their_tail():
    """RFC 8785 writes 7.0 as 7: by its rule no older record of a service would hold."""
    assert canonical({"b": 7.0, "a": "ŵ"}) == '{"a":"ŵ","b":7.0}'.encode()


def record_of(entries, uuid):
    record_id = str(uuid)
    made = chained(entries, record_id)
    return {
        "format": 1,
        "kind": "record",
        "course": COURSE.info.id,
        "id": record_id,
        "name": None,
        "made": "2026-11-20T10:05:00.000Z",
        "entries": made,
        "lessons": [],
        "reflections": None,
        "head": made[-1]["hash"] if made else record_id,
    }


def entry_of(responses):
    return {
        "at": "2026-11-20T10:00:00.000Z",
        "kind": "quiz",
        "activity": QUIZ["id"],
        "version": QUIZ["version"],
        "responses": responses,
        "steps": None,
    }


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("records") / "record.json"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
random_ids = st.uuids(version=4)


@quick
@given(st.lists(st.dictionaries(st.text(max_size=8), json_values, max_size=3)), random_ids)
def test_what_is_written_is_what_is_read(file, answers, uuid):
    record = record_of(map(entry_of, answers), uuid)
    file.write_text(json.dumps(record))
    assert read(file)[0] == record
    assert not verify(record, [])


@quick
@given(
    st.lists(st.dictionaries(st.text(max_size=8), json_values), min_size=1, max_size=4),
    random_ids,
    st.data(),
)
def test_one_changed_answer_breaks_the_chain(file, answers, uuid, data):
    record = record_of(map(entry_of, answers), uuid)
    place = data.draw(st.integers(0, len(answers) - 1))
    changed = copy.deepcopy(record)
    changed["entries"][place]["responses"]["another key"] = data.draw(json_values)
    file.write_text(json.dumps(changed))
    with pytest.raises(RecordRejected, match=f"entry {place + 1} was changed"):
        read(file)


@pytest.fixture(scope="module")
def importer(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'results.sqlite3'}")
    cohort = store.cohorts.create("Spring", tuple(COURSE.modules), now())
    yield Importer(store, COURSE, cohort)
    store.close()


@quick
@given(st.lists(st.sampled_from(["ask", "tell", None]), min_size=1, max_size=4, unique=True))
def test_what_is_written_is_imported_with_the_score_that_it_earns(file, importer, answers):
    record_id = uuid4()  # not drawn: the same twice would be the same record
    answered = [{"ask-or-tell": answer} for answer in answers]
    file.write_text(json.dumps(record_of(map(entry_of, answered), record_id)))
    assert importer.import_file(file).attempts == len(answers)
    assert importer.import_file(file).attempts == 0
    ((learner, _),) = importer.store.records.imports_of(str(record_id))
    kept = [attempt.raw for attempt, _ in importer.store.attempts.work_of(learner.id)]
    assert sorted(kept) == sorted(score_quiz(QUIZ, responses).raw for responses in answered)
