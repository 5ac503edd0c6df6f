"""Records brought into a cohort: checked, scored again, merged with what came before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ValidationError

from collabcomm.course.compiler import Compiler
from collabcomm.course.models import Course
from collabcomm.engine.attempt import (
    Attempt,
    Response,
    clean_steps,
    fits,
    quiz_result,
    scenario_result,
)
from collabcomm.engine.items import type_of
from collabcomm.engine.people import Cohort, Learner, clean_name, new_learner_id, now
from collabcomm.engine.types import Content, Quiz, Result, Step
from collabcomm.results.record import (
    NAMESPACE,
    Json,
    RecordRejected,
    read,
    record_id_of,
    signing_key,
    verify,
)
from collabcomm.store import Store
from collabcomm.texts import counted

CLOCK = timedelta(days=1)
"""How far a learner's clock may be ahead before it is said."""


class _Time(BaseModel):
    at: AwareDatetime


@dataclass(frozen=True)
class Outcome:
    """What became of a file: how many attempts it brought, or why it was rejected."""

    file: str
    attempts: int = 0
    rejected: str | None = None
    warnings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if self.rejected:
            return f"{self.file}: rejected: {self.rejected}"
        new = counted(self.attempts, "attempt") if self.attempts else "nothing new"
        return "\n".join([f"{self.file}: {new}", *(f"{self.file}: {w}" for w in self.warnings)])


class Importer:
    """Imports records into a cohort: scores again what browsers recorded, merges what is there."""

    def __init__(
        self, store: Store, course: Course, cohort: Cohort, keys: Sequence[Ed25519PublicKey] = ()
    ) -> None:
        self.store, self.course, self.cohort = store, course, cohort
        self.keys = [signing_key(store).public_key(), *keys]
        compiler = Compiler(course)
        current: list[Content] = [compiler.quiz(quiz_id) for quiz_id in course.quizzes]
        current += [compiler.scenario(scenario_id) for scenario_id in course.scenarios]
        self.contents: dict[str, Content | None] = {data["version"]: data for data in current}
        for data in current:  # so that a later edit of the course leaves this version scorable
            store.contents.keep(data)

    def import_folder(self, folder: Path) -> Iterator[Outcome]:
        """Import every file of a folder, or the one file, in the order of their names."""
        paths = (
            [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
        )
        for path in paths:
            shown = path.name if path == folder else str(path.relative_to(folder))
            try:
                yield replace(self.import_file(path), file=shown)
            except RecordRejected as error:
                yield Outcome(shown, rejected=str(error))

    def import_file(self, path: Path) -> Outcome:
        """Import one file, or raise RecordRejected with nothing of it taken."""
        record, file_hash = read(path)
        if record["course"] != self.course.info.id:
            raise RecordRejected(f"a record of another course ('{record['course']}')")
        by_service = verify(record, self.keys)
        learner = self._learner(record)
        warnings: list[str] = []
        work = []
        for entry in record["entries"]:
            taken = self._attempt(record, entry, learner, by_service, warnings)
            if taken is not None:
                work.append(taken)
        hashes = [entry["hash"] for entry in record["entries"]]
        added = self.store.records.add(learner, (file_hash, record["id"], hashes), work, now())
        return Outcome(path.name, added, warnings=warnings)

    def _learner(self, record: Json) -> Learner:
        """Return whose record it is: a new learner, or the one of an earlier import."""
        hashes = [entry["hash"] for entry in record["entries"]]
        name = clean_name(record["name"])
        before = self.store.records.imports_of(record["id"])
        for learner, known in before:
            if learner.cohort != self.cohort.code:
                raise RecordRejected(f"imported before, into the cohort {learner.cohort}")
            if learner.name is not None and learner.name != name:
                raise RecordRejected(f"the same record came before under the name '{learner.name}'")
            shared = min(len(known), len(hashes))
            if known[:shared] != hashes[:shared]:
                n = next(i for i in range(shared) if known[i] != hashes[i]) + 1
                raise RecordRejected(f"differs from the record imported before, from entry {n} on")
        if before:
            return before[0][0]
        for member in self.store.learners.of_cohort(self.cohort.code):
            if record_id_of(member.id) == record["id"]:
                return member  # the record of somebody who worked with this service itself
        return Learner(new_learner_id(), self.cohort.code, name)

    def _attempt(
        self, record: Json, entry: Json, learner: Learner, by_service: bool, warnings: list[str]
    ) -> tuple[Attempt, list[Response]] | None:
        n, activity = entry["n"], entry["activity"]
        at = _time(entry["at"], n)
        if at > now() + CLOCK:
            warnings.append(f"entry {n} ({activity}) is dated {at:%Y-%m-%d}: a clock was wrong")
        data = self._content(entry["version"])
        if data is None or data["id"] != activity or data["kind"] != entry["kind"]:
            warnings.append(
                f"entry {n} ({activity}) was taken on a version of it ({entry['version']}) that "
                "this course does not have; left out. Import it with the course of that time"
            )
            return None
        if not by_service and not self._is_practice(data):
            warnings.append(
                f"entry {n} ({activity}) is not practice, and the file carries no service's "
                "signature; left out. Graded quizzes and questionnaires count where a service "
                "took them"
            )
            return None
        own_mark = data["pass_mark"] if data["kind"] == "quiz" else None
        attempt = Attempt(
            id=_attempt_id(record, entry, by_service),
            learner=learner.id,
            activity=activity,
            kind=entry["kind"],
            version=entry["version"],
            started=_time(entry["started"], n) if by_service else at,
            items=tuple(entry["items"] or ()) if by_service else tuple(_asked(data)),
            submitted=at,
            pass_mark=entry.get("pass_mark") if by_service else own_mark,
            scored_by="service" if by_service else "import",
        )
        return self._scored(attempt, data, entry, by_service)

    def _is_practice(self, data: Content) -> bool:
        """Tell whether browsers record an activity: a scenario, or practice then and now."""
        if data["kind"] == "scenario":
            return True
        quiz = self.course.quizzes.get(data["id"])
        return data["purpose"] == "practice" and (quiz is None or quiz.purpose == "practice")

    def _scored(
        self, attempt: Attempt, data: Content, entry: Json, by_service: bool
    ) -> tuple[Attempt, list[Response]]:
        """Return the attempt with the score that its answers earn here, and the answers."""
        given: list[Response] = []
        steps: list[Step] = []
        n = entry["n"]
        if data["kind"] == "quiz":
            items = {item["id"]: item for item in data["items"]}
            asked = [items[item_id] for item_id in attempt.items if item_id in items]
            responses = entry["responses"] or {}
            for seq, (item_id, response) in enumerate(responses.items()):
                if item_id not in items or not fits(items[item_id], response):
                    raise RecordRejected(
                        f"entry {n} answers what '{attempt.activity}' does not ask"
                    )
                response_id = str(uuid5(NAMESPACE, f"{attempt.id}:{item_id}"))
                given.append(
                    Response(
                        response_id, attempt.id, item_id, seq, response, entry["at"][:40], now()
                    )
                )
            drawn: Quiz = {**data, "items": asked}
            result: Result | None = quiz_result(drawn, responses, attempt.pass_mark)
        else:
            steps = clean_steps(data, entry["steps"] or []) or []
            result = scenario_result(data, steps)
        if result is None:
            raise RecordRejected(f"entry {n}: its steps reach no ending of '{attempt.activity}'")
        # A learner is told no score of a questionnaire, so only older records hold one.
        claimed = entry.get("raw") if by_service else None
        if claimed is not None and (result["raw"], result["max"]) != (claimed, entry.get("max")):
            raise RecordRejected(f"entry {n} scores {result['raw']:g} here, not {claimed:g}")
        scored = replace(
            attempt,
            raw=result["raw"],
            max=result["max"],
            passed=result["passed"],
            steps=tuple(steps),
        )
        return scored, given

    def _content(self, version: str) -> Content | None:
        if version not in self.contents:
            self.contents[version] = self.store.contents.get(version)
        return self.contents[version]


def _asked(data: Content) -> list[str]:
    """Return the items of a practice quiz that a record can hold: own words never leave."""
    items = data["items"] if data["kind"] == "quiz" else []
    return [item["id"] for item in items if not type_of(item).private]


def _attempt_id(record: Json, entry: Json, by_service: bool) -> str:
    if by_service and entry.get("attempt"):
        return str(entry["attempt"])
    return str(uuid5(NAMESPACE, f"{record['id']}:{entry['hash']}"))


def _time(text: str, n: int) -> datetime:
    try:
        return _Time.model_validate({"at": text}).at
    except ValidationError:
        raise RecordRejected(f"entry {n} has no readable time") from None
