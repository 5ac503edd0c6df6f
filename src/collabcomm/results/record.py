"""Learners' own record files: read, checked, scored again, signed.

A record is JSON: ``format`` 1, ``kind`` "record", the course, an id, a name, and ``entries``, each
holding the SHA-256 of its own canonical JSON and that of the entry before it. So what is inside
cannot change without the rest showing it. That guards against damage and against editing one entry;
it is no proof of who answered, since whoever holds a file can make a whole new chain. A record that
a service made carries its Ed25519 signature (RFC 8032), and that is proof that it was not changed.
So only such a record may hold graded quizzes and questionnaires; an unsigned one holds practice.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from collabcomm.course.compiler import Compiler, Json
from collabcomm.course.models import Course
from collabcomm.engine import attempt as a
from collabcomm.errors import Invalid
from collabcomm.store import Store

FORMAT = 1
MAX_FILE = 4_000_000
# Names of imported attempts are made from it, so that importing twice gives the same.
NAMESPACE = UUID("5d1f9d0a-6a53-4c9b-9a35-0f2b6f0f6c11")
CLOCK = timedelta(days=1)
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]


class RecordRejected(Invalid):
    """A file that is not taken; the text says why."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Entry(_Model):
    """One finished activity; the fields after ``previous`` and ``hash`` are a service's."""

    n: int
    at: Annotated[str, StringConstraints(max_length=40)]
    kind: Literal["quiz", "scenario"]
    activity: Name
    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    responses: dict[str, Any] | None
    steps: list[Any] | None
    previous: Annotated[str, StringConstraints(max_length=64)]
    hash: Hash
    attempt: str | None = None
    started: str | None = None
    items: list[str] | None = None
    raw: float | None = None
    max: float | None = None
    passed: bool | None = None
    pass_mark: float | None = None


class Record(_Model):
    """A whole file."""

    format: int
    kind: Literal["record"]
    course: Name
    id: Annotated[str, StringConstraints(max_length=40)]
    name: Annotated[str, StringConstraints(max_length=200)] | None
    made: Annotated[str, StringConstraints(max_length=40)]
    entries: list[Entry] = Field(max_length=5000)
    lessons: list[Any] = Field(default_factory=list, max_length=500)
    reflections: list[Any] | None = None
    head: Annotated[str, StringConstraints(max_length=64)]
    key: Hash | None = None
    signature: str | None = None


class _Moment(BaseModel):
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
        new = {0: "nothing new", 1: "1 attempt"}.get(self.attempts, f"{self.attempts} attempts")
        return "\n".join([f"{self.file}: {new}", *(f"{self.file}: {w}" for w in self.warnings)])


# ------------------------------------------------------------------- chain and signature


def canonical(data: Any) -> bytes:
    """Return the bytes that are hashed and signed: keys sorted, no spaces, UTF-8."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def digest(entry: Mapping[str, Any]) -> str:
    """Return the hash that an entry must hold: that of all of it but the hash."""
    return hashlib.sha256(canonical({k: v for k, v in entry.items() if k != "hash"})).hexdigest()


def chained(entries: Iterable[Json], first: str) -> list[Json]:
    """Return entries with their numbers and hashes, the first one's ``previous`` given."""
    made: list[Json] = []
    for n, entry in enumerate(entries, 1):
        before = made[-1]["hash"] if made else first
        one = {**entry, "n": n, "previous": before}
        made.append({**one, "hash": digest(one)})
    return made


def signing_key(store: Store) -> Ed25519PrivateKey:
    """Return the service's key; it is made once and stays in its database."""

    def make() -> str:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes(s.Encoding.Raw, s.PrivateFormat.Raw, s.NoEncryption()).hex()

    return Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex(store.access.setting("signing-key", make))
    )


def public_pem(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key as PEM."""
    public = key.public_key()
    return public.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()


def read_key(text: bytes) -> Ed25519PublicKey:
    """Return a public key from PEM; raise RecordRejected where it is none."""
    try:
        key = s.load_pem_public_key(text)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise RecordRejected("this is no Ed25519 public key in PEM form; get it from /api/key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the name by which a record tells its key: the SHA-256 of its raw bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def signed(record: Json, key: Ed25519PrivateKey) -> Json:
    """Return a record with the name of the key and the signature over all the rest."""
    named = {**record, "key": fingerprint(key.public_key())}
    signature = base64.b64encode(key.sign(canonical(named))).decode()
    return {**named, "signature": signature}


def of_service(
    course: str,
    learner: a.Learner,
    work: Sequence[tuple[a.Attempt, list[a.Response]]],
    now: datetime,
) -> Json:
    """Return the unsigned record of what a learner handed in to a service."""
    name = str(uuid5(NAMESPACE, learner.id))
    entries = chained((_entry(attempt, given) for attempt, given in work), name)
    return {
        "format": FORMAT,
        "kind": "record",
        "course": course,
        "id": name,
        "name": learner.name,
        "made": now.isoformat(),
        "entries": entries,
        "lessons": [],
        "reflections": None,
        "head": entries[-1]["hash"] if entries else name,
    }


def _entry(attempt: a.Attempt, given: list[a.Response]) -> Json:
    assert attempt.submitted is not None
    quiz = attempt.kind == "quiz"
    return {
        "at": attempt.submitted.isoformat(),
        "kind": attempt.kind,
        "activity": attempt.activity,
        "version": attempt.version,
        "responses": a.latest(given) if quiz else None,
        "steps": None if quiz else list(attempt.steps),
        "attempt": attempt.id,
        "started": attempt.started.isoformat(),
        "items": list(attempt.items) if quiz else None,
        "raw": attempt.raw,
        "max": attempt.max,
        "passed": attempt.passed,
        "pass_mark": attempt.pass_mark,
    }


# ----------------------------------------------------------------------------- reading


def read(path: Path) -> tuple[Json, str]:
    """Return a file's record, its chain checked, and the hash of the file.

    Raises
    ------
    RecordRejected
        With the reason: too large, not JSON, cut short, no record, a newer format, a broken chain.
    """
    if path.suffix.lower() != ".json":
        raise RecordRejected("not a record file; records end in .json (unpack archives first)")
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE + 1)
    except OSError as error:
        raise RecordRejected(f"cannot be read: {error.strerror}") from None
    if len(text) > MAX_FILE:
        raise RecordRejected(f"larger than {MAX_FILE // 1_000_000} MB, which no record is")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordRejected("not whole JSON: cut short, damaged, or not a record") from None
    if not isinstance(data, dict) or data.get("kind") != "record":
        raise RecordRejected("JSON, but not a record")
    if isinstance(data.get("format"), int) and data["format"] > FORMAT:
        raise RecordRejected("made by a newer version of the course; update this program")
    try:
        Record.model_validate(data)
    except (ValidationError, RecursionError) as error:
        where = ""
        if isinstance(error, ValidationError):
            where = ": " + " › ".join(map(str, error.errors()[0]["loc"]))
        raise RecordRejected(f"not a record as the course writes it{where}") from None
    _check_chain(data)
    return data, hashlib.sha256(text).hexdigest()


def _check_chain(record: Json) -> None:
    before = record["id"]
    for n, entry in enumerate(record["entries"], 1):
        if entry["n"] != n or entry["previous"] != before:
            raise RecordRejected(
                f"entry {n} does not follow the one before: one is missing or moved"
            )
        if digest(entry) != entry["hash"]:
            raise RecordRejected(f"entry {n} was changed after it was written")
        before = entry["hash"]
    if record["head"] != before:
        raise RecordRejected("entries are missing at the end")


def verify(record: Json, keys: Sequence[Ed25519PublicKey]) -> bool:
    """Tell whether a record is signed by one of the keys; False where it is not signed at all.

    Raises
    ------
    RecordRejected
        Where it is signed by an unknown key, was changed after it was signed, or has a service's
        marks but no signature.
    """
    if record.get("signature") is None:
        of_attempts = any(entry.get("attempt") for entry in record["entries"])
        if record.get("key") is not None or of_attempts or _is_services(record["id"]):
            raise RecordRejected("a service's record, but its signature was taken away")
        return False
    key = next((k for k in keys if fingerprint(k) == record.get("key")), None)
    if key is None:
        short = str(record.get("key"))[:16]
        raise RecordRejected(
            f"signed with a key that is not known here ({short}…); give that service's with --key"
        )
    try:
        signature = base64.b64decode(record["signature"], validate=True)
        key.verify(signature, canonical({k: v for k, v in record.items() if k != "signature"}))
    except (ValueError, InvalidSignature):
        raise RecordRejected("changed after it was signed") from None
    return True


def _is_services(record_id: str) -> bool:
    """Tell whether a record's id is made from a learner's, as a service's; a browser's is random.

    So nobody can write a file that lands on a learner of a service.
    """
    try:
        return UUID(record_id).version == 5
    except ValueError:
        return False


# ----------------------------------------------------------------------------- import


class Importer:
    """Imports records into a cohort: scores again what browsers recorded, merges what is there."""

    def __init__(
        self, store: Store, course: Course, cohort: a.Cohort, keys: Sequence[Ed25519PublicKey] = ()
    ) -> None:
        self.store, self.course, self.cohort = store, course, cohort
        self.keys = [signing_key(store).public_key(), *keys]
        compiler = Compiler(course)
        current = [compiler.quiz(name) for name in course.quizzes]
        current += [compiler.scenario(name) for name in course.scenarios]
        self.contents: dict[str, Json | None] = {data["version"]: data for data in current}
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
        record, name = read(path)
        if record["course"] != self.course.info.id:
            raise RecordRejected(f"a record of another course ('{record['course']}')")
        by_service = verify(record, self.keys)
        learner = self._learner(record)
        warnings: list[str] = []
        work = []
        for entry in record["entries"]:
            one = self._attempt(record, entry, learner, by_service, warnings)
            if one is not None:
                work.append(one)
        hashes = [entry["hash"] for entry in record["entries"]]
        added = self.store.records.add(learner, (name, record["id"], hashes), work, a.now())
        return Outcome(path.name, added, warnings=warnings)

    def _learner(self, record: Json) -> a.Learner:
        """Return whose record it is: a new learner, or the one of an earlier import."""
        hashes = [entry["hash"] for entry in record["entries"]]
        name = a.clean_name(record["name"])
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
        for one in self.store.learners.of_cohort(self.cohort.code):
            if str(uuid5(NAMESPACE, one.id)) == record["id"]:
                return one  # the record of somebody who worked with this service itself
        return a.Learner(a.new_learner_id(), self.cohort.code, name)

    def _attempt(
        self, record: Json, entry: Json, learner: a.Learner, by_service: bool, warnings: list[str]
    ) -> tuple[a.Attempt, list[a.Response]] | None:
        n, activity = entry["n"], entry["activity"]
        at = _moment(entry["at"], n)
        if at > a.now() + CLOCK:
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
        attempt = a.Attempt(
            id=_attempt_id(record, entry, by_service),
            learner=learner.id,
            activity=activity,
            kind=entry["kind"],
            version=entry["version"],
            started=_moment(entry["started"], n) if by_service else at,
            items=tuple(entry["items"] or ()) if by_service else tuple(_asked(data)),
            submitted=at,
            pass_mark=entry.get("pass_mark") if by_service else data.get("pass_mark"),
            scored_by="service" if by_service else "import",
        )
        return self._scored(attempt, data, entry, by_service)

    def _is_practice(self, data: Json) -> bool:
        """Tell whether browsers record an activity: a scenario, or practice then and now."""
        if data["kind"] == "scenario":
            return True
        now = self.course.quizzes.get(data["id"])
        return data["purpose"] == "practice" and (now is None or now.purpose == "practice")

    def _scored(
        self, attempt: a.Attempt, data: Json, entry: Json, by_service: bool
    ) -> tuple[a.Attempt, list[a.Response]]:
        """Return the attempt with the score that its answers earn here, and the answers."""
        given: list[a.Response] = []
        steps: list[Json] = []
        n = entry["n"]
        if attempt.kind == "quiz":
            items = {item["id"]: item for item in data["items"]}
            asked = [items[name] for name in attempt.items if name in items]
            responses = entry["responses"] or {}
            for seq, (name, response) in enumerate(responses.items()):
                if name not in items or not a.fits(items[name], response):
                    raise RecordRejected(
                        f"entry {n} answers what '{attempt.activity}' does not ask"
                    )
                one = str(uuid5(NAMESPACE, f"{attempt.id}:{name}"))
                given.append(
                    a.Response(one, attempt.id, name, seq, response, entry["at"][:40], a.now())
                )
            result: Json | None = a.quiz_result(
                {**data, "items": asked}, responses, attempt.pass_mark
            )
        else:
            steps = a.clean_steps(data, entry["steps"] or []) or []
            result = a.scenario_result(data, steps)
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

    def _content(self, version: str) -> Json | None:
        if version not in self.contents:
            self.contents[version] = self.store.contents.get(version)
        return self.contents[version]


def _asked(data: Json) -> list[str]:
    """Return the items of a practice quiz that a record can hold: reflections never leave."""
    return [item["id"] for item in data.get("items", ()) if item["type"] != "reflection"]


def _attempt_id(record: Json, entry: Json, by_service: bool) -> str:
    if by_service and entry.get("attempt"):
        return str(entry["attempt"])
    return str(uuid5(NAMESPACE, f"{record['id']}:{entry['hash']}"))


def _moment(text: str, n: int) -> datetime:
    try:
        return _Moment.model_validate({"at": text}).at
    except ValidationError:
        raise RecordRejected(f"entry {n} has no readable time") from None
