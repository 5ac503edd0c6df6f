"""Learners' own record files: made, chained, signed, read and verified. docs/engine/record.md.

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
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from collabcomm.engine.attempt import Attempt, Response, latest
from collabcomm.engine.path import play, skills_of
from collabcomm.engine.people import Learner
from collabcomm.engine.types import Content
from collabcomm.errors import Invalid
from collabcomm.store import Store

Json = dict[str, Any]

FORMAT = 1
MAX_FILE = 4_000_000
# Ids of a service's records are made from it, and those of imported attempts, so that importing
# twice gives the same.
NAMESPACE = UUID("5d1f9d0a-6a53-4c9b-9a35-0f2b6f0f6c11")
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]


class RecordRejected(Invalid):
    """A file that is not taken; the text says why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Entry(_Strict):
    """One finished activity; the fields after ``previous`` and ``hash`` are a service's."""

    n: int
    at: Annotated[str, StringConstraints(max_length=40)]
    kind: Literal["quiz", "scenario"]
    activity: Id
    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    responses: dict[str, Any] | None
    steps: list[Any] | None
    skills: dict[Id, Annotated[list[int], Field(min_length=2, max_length=2)]] | None = None
    previous: Annotated[str, StringConstraints(max_length=64)]
    hash: Hash
    attempt: str | None = None
    started: str | None = None
    items: list[str] | None = None
    raw: float | None = None
    max: float | None = None
    passed: bool | None = None
    pass_mark: float | None = None


class Record(_Strict):
    """A whole file."""

    format: int
    kind: Literal["record"]
    course: Id
    id: Annotated[str, StringConstraints(max_length=40)]
    name: Annotated[str, StringConstraints(max_length=200)] | None
    made: Annotated[str, StringConstraints(max_length=40)]
    entries: list[Entry] = Field(max_length=5000)
    lessons: list[Any] = Field(default_factory=list, max_length=500)
    reflections: list[Any] | None = None
    head: Annotated[str, StringConstraints(max_length=64)]
    key: Hash | None = None
    signature: str | None = None


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
        placed = {**entry, "n": n, "previous": before}
        made.append({**placed, "hash": digest(placed)})
    return made


def signing_key(store: Store) -> Ed25519PrivateKey:
    """Return the service's key; it is made once and stays in its database."""

    def make() -> str:
        key = Ed25519PrivateKey.generate()
        return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()

    return Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex(store.access.setting("signing-key", make))
    )


def public_pem(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key as PEM."""
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_key(text: bytes) -> Ed25519PublicKey:
    """Return a public key from PEM; raise RecordRejected where it is none."""
    try:
        key = load_pem_public_key(text)
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


def record_id_of(learner_id: str) -> str:
    """Return the id of the record that a service makes for a learner."""
    return str(uuid5(NAMESPACE, learner_id))


def of_service(
    course_id: str,
    learner: Learner,
    work: Sequence[tuple[Attempt, list[Response], Content | None]],
    now: datetime,
) -> Json:
    """Return the unsigned record of what a learner handed in to a service.

    With each attempt comes the content that it was taken on, as far as it is known.
    """
    record_id = record_id_of(learner.id)
    entries = chained((_entry(*handed) for handed in work), record_id)
    return {
        "format": FORMAT,
        "kind": "record",
        "course": course_id,
        "id": record_id,
        "name": learner.name,
        "made": now.isoformat(),
        "entries": entries,
        "lessons": [],
        "reflections": None,
        "head": entries[-1]["hash"] if entries else record_id,
    }


def _entry(attempt: Attempt, given: list[Response], content: Content | None) -> Json:
    assert attempt.submitted is not None
    quiz = attempt.kind == "quiz"
    return {
        "at": attempt.submitted.isoformat(),
        "kind": attempt.kind,
        "activity": attempt.activity,
        "version": attempt.version,
        "responses": latest(given) if quiz else None,
        "steps": None if quiz else list(attempt.steps),
        **_skills(attempt, content),
        "attempt": attempt.id,
        "started": attempt.started.isoformat(),
        "items": list(attempt.items) if quiz else None,
        "raw": attempt.raw,
        "max": attempt.max,
        "passed": attempt.passed,
        "pass_mark": attempt.pass_mark,
    }


def _skills(attempt: Attempt, content: Content | None) -> Json:
    """Return what a scenario trained, of how much, by skill; nothing where it names no skills."""
    if content is None or content["kind"] != "scenario" or not content.get("skills"):
        return {}
    totals = skills_of(content, play(content, attempt.steps))
    return {"skills": {skill: list(values) for skill, values in totals.items()}}


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
