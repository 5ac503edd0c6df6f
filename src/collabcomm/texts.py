"""Interface texts of all surfaces, and small things said of words and numbers."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from html import unescape
from importlib import resources
from typing import Any

# What stands between words as a space does; every other tag stands inside a sentence.
_BREAK = re.compile(r"</?(?:p|ul|ol|li|blockquote|br)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def catalogue(name: str, lang: str) -> Mapping[str, str]:
    """Return the interface texts ``locale/<name>.<lang>.yml``, English where there are none.

    Keys are joined by dots: ``home: {begin: ...}`` of the file is ``home.begin``. A list is one
    text, a line an entry.
    """
    return read_catalogue(name, lang.split("-")[0])


@cache
def read_catalogue(name: str, lang: str) -> Mapping[str, str]:
    """Return the texts of a file as ``catalogue`` does; each file is read once."""
    import yaml  # the command line is light to import

    folder = resources.files("collabcomm") / "locale"
    file = folder / f"{name}.{lang}.yml"
    if not file.is_file():
        file = folder / f"{name}.en.yml"
    return _flat(yaml.safe_load(file.read_text("utf-8")))


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            texts.update(_flat(value, f"{prefix}{key}."))
        elif isinstance(value, list):
            texts[f"{prefix}{key}"] = "\n".join(map(str, value))
        else:
            texts[f"{prefix}{key}"] = str(value)
    return texts


def counted(number: int, what: str) -> str:
    """Return a number with its English noun, in the plural where it has to be."""
    plural = f"{what}s"
    if what.endswith("z"):
        plural = f"{what}zes"
    elif what.endswith("y") and what[-2] not in "aeiou":
        plural = f"{what[:-1]}ies"
    return f"{number:,} {what if number == 1 else plural}"


def day_words(day: date, lang: str = "en") -> str:
    """Return a day as a sentence says it: 31 May 2027."""
    texts = catalogue("book", lang)
    month = texts["book.months"].split()[day.month - 1]
    return texts["book.day"].format(day=day.day, month=month, year=day.year)


def did_you_mean(word: object, known: Iterable[object]) -> str:
    """Return `` Did you mean 'x'?`` for the nearest of the known words, else an empty string."""
    near = difflib.get_close_matches(str(word), [str(k) for k in known], 1, 0.6)
    return f" Did you mean '{near[0]}'?" if near else ""


def text_of(html: str | None) -> str:
    """Return compiled HTML, which is clean already, as one line of text."""
    return " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", html or ""))).split())


def script_json(data: object) -> str:
    """Return data as JSON that may stand in a script tag: no text of it can end the tag."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
