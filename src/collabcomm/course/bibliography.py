"""The references of a course: a BibTeX file whose notes say how sure the project is of each."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pybtex.database import BibliographyData, Person
from pybtex.database.input.bibtex import Parser as BibtexParser
from pybtex.exceptions import PybtexError
from pybtex.scanner import PybtexSyntaxError

from collabcomm.course.models import Confidence, Reference
from collabcomm.course.problems import Problem
from collabcomm.course.yaml import read_text
from collabcomm.engine.authoring import DAY_PATTERN, KEY_PATTERN, MAX_KEY


def read_references(root: Path, file: str, problems: list[Problem]) -> dict[str, Reference]:
    """Return the entries of a BibTeX file; ``note`` must say how sure the project is of each."""
    text = read_text(root, file, problems)
    if text is None:
        return {}
    try:
        data: BibliographyData = BibtexParser().parse_string(text)
    except PybtexError as error:
        line = error.lineno if isinstance(error, PybtexSyntaxError) else 0
        problems.append(Problem(file, line or 0, "", f"not valid BibTeX: {error}"))
        return {}
    result: dict[str, Reference] = {}
    for key, entry in data.entries.items():
        reference = _reference(key, entry)
        if isinstance(reference, Reference):
            result[key] = reference
        else:
            problems.append(Problem(file, _line_of(key, text), f"entry '{key}'", reference))
    return result


def _reference(key: str, entry: Any) -> Reference | str:
    """Return an entry as a reference, or what is wrong with it."""
    if len(key) > MAX_KEY or not re.fullmatch(KEY_PATTERN, key):
        return _better_key(key)
    fields = entry.fields
    note = re.match(r"confidence: ([a-z-]+)(.*)", _plain_tex(fields.get("note", "")))
    known: tuple[Confidence, ...] = get_args(Confidence)
    confidence = next((each for each in known if note and each == note[1]), None)
    if not note or not confidence:
        return f"note must begin with 'confidence: ' and one of {', '.join(known)}"
    url = fields.get("url") or (f"https://doi.org/{fields['doi']}" if "doi" in fields else None)
    seen = _plain_tex(fields.get("urldate", ""))
    if seen and _day(seen) is None:
        return f"urldate '{seen}' is no day; write it as 2026-11-24"
    if seen and not url:
        return f"urldate says that it was seen on {seen}, and not where. Add its url"
    people = entry.persons.get("author", entry.persons.get("editor", []))
    authors = _plain_tex(fields.get("shortauthor", "")) or _join([_surname(p) for p in people])
    number = f"reference {int(key[3:])}" if key[3:].isdigit() else key
    year = fields.get("year", "n.d.")
    return Reference(
        key=key,
        authors=authors or number,
        year="" if year == "n.d." else year,
        title=_plain_tex(fields.get("title", "")),
        where=_where(entry),
        url=url,
        confidence=confidence,
        note=note[2].lstrip("; "),
        shorttitle=_plain_tex(fields.get("shorttitle", "")),
        section=_plain_tex(fields.get("section", "")),
        seen=_day(seen),
        via=_plain_tex(fields.get("via", "")),
        unseen=_plain_tex(fields.get("unseen", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(DAY_PATTERN, text) else None
    except ValueError:
        return None


def _line_of(key: str, text: str) -> int:
    start = re.search(rf"@\w+\s*[{{(]\s*{re.escape(key)}\s*,", text)
    return text.count("\n", 0, start.start()) + 1 if start else 0


def _better_key(key: str) -> str:
    better = re.sub(r"[^a-z0-9]", "", key.lower()).lstrip("0123456789")[:MAX_KEY]
    step = f"Write '{better}', and cite it so" if better else "Begin with a letter: 'smith2020'"
    return f"a key has small letters and digits, {MAX_KEY} at most. {step}"


def _plain_tex(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "").replace("--", "–")).strip()


def _surname(person: Person) -> str:
    return _plain_tex(" ".join([*person.prelast_names, *person.last_names]) or str(person))


def _join(names: list[str]) -> str:
    if len(names) > 3:
        return f"{names[0]} and others"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _where(entry: Any) -> str:
    fields = ("journal", "booktitle", "publisher", "institution", "howpublished")
    parts = [_plain_tex(entry.fields[f]) for f in fields if f in entry.fields]
    if "volume" in entry.fields:
        number = f"({entry.fields['number']})" if "number" in entry.fields else ""
        parts.append(f"{entry.fields['volume']}{number}")
    if "pages" in entry.fields:
        parts.append(_plain_tex(entry.fields["pages"]))
    return ", ".join(parts)
