"""How a course reads: reading ease and long sentences by page, terms that the glossary lacks.

A report for authors, never a failure: a long sentence may be the right one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from collabcomm.course.loader import Loaded
from collabcomm.course.models import Course
from collabcomm.course.yaml import YamlPath

LONG_SENTENCE = 25  # words; longer ones are hard to take in at once (GOV.UK style guide)
RUN = 8  # so many words in a row as in another text are called copied

# Directives whose content is text; a picture's is its caption, a glossary's its definitions.
_PROSE = (
    *("dialogue", "wording", "reflection", "key-points", "picture", "glossary", "note", "tip"),
    *("dissection", "transcript", "chairs", "myth", "case", "timeline", "tool"),
)
_TEXTS = {
    *("title", "summary", "intro", "stem", "text", "feedback", "explanation", "role", "about"),
    *("content_note", "scene", "says", "ask", "consequence", "debrief", "likely", "care"),
    *("prompts", "statement", "prerequisites", "tagline"),
}
_ROLE = re.compile(r"\s*\{(?:claim|source|law|judgement)\}`[^`]*`")
_LINKED = re.compile(r"\{[a-z]+\}`([^`<]*?)\s*(?:<[^>]*>)?`|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])")
_ABBREVIATION = re.compile(r"(?<![A-Z] )\b[A-Z][A-Z]+s?\b(?! [A-Z][A-Z])")  # no shouting
_INTRODUCED = re.compile(r"(?<!\*)\*([a-z][a-z -]{2,40}?)\*(?!\*)")
_KNOWN = {"OK", "UK", "TV", "NHS", "GP", "GPs", "IT", "AM", "PM"}


@dataclass
class PageWording:
    """How one file reads. ``ease`` is Flesch's reading ease: 60 and more is plain English."""

    file: str
    words: int
    sentence: float
    ease: float
    long: list[tuple[int, int, str]] = field(default_factory=list)


def passages(loaded: Loaded) -> Iterator[tuple[str, int, str]]:
    """Yield every text that a learner or trainer reads: file, line, text without roles."""
    for name in loaded.course.pages:
        file = f"{name}.md"
        for line, text in _markdown((loaded.root / file).read_text("utf-8")):
            yield file, line, text
    for file, source in loaded.sources.items():
        for path, text in _leaves(source.data, ()):
            yield file, source.line(path), _plain(text)


def wording(loaded: Loaded) -> list[PageWording]:
    """Return how each file of a course reads, hardest first."""
    with warnings.catch_warnings():  # it still uses pkg_resources, which says so on import
        warnings.simplefilter("ignore")
        import textstat

    textstat.set_lang("en_GB")
    files: dict[str, list[tuple[int, str]]] = {}
    for file, line, text in passages(loaded):
        for sentence in _SENTENCE.split(text):
            if re.search(r"[A-Za-z]", sentence):
                files.setdefault(file, []).append((line, sentence.strip()))
    pages = []
    for file, sentences in files.items():
        counts = [len(sentence.split()) for _, sentence in sentences]
        whole = " ".join(s if s[-1] in ".!?" else f"{s}." for _, s in sentences)
        ease = textstat.flesch_reading_ease(whole)
        long = [
            (line, n, sentence)
            for (line, sentence), n in zip(sentences, counts, strict=True)
            if n > LONG_SENTENCE
        ]
        pages.append(PageWording(file, sum(counts), sum(counts) / len(counts), ease, long))
    return sorted(pages, key=lambda page: page.ease)


def missing_terms(loaded: Loaded) -> dict[str, list[str]]:
    """Return terms that the glossary lacks, each with the places where it stands.

    Terms are abbreviations, and words that a lesson introduces in *emphasis*. Guides are left out:
    their abbreviations are those of computing.
    """
    course = loaded.course
    known = _glossary_words(course)
    found: dict[str, list[str]] = {}
    for file, line, text in passages(loaded):
        if file.startswith("book/guide-") or file == "book/evidence.yml":
            continue
        terms = {m[0] for m in _ABBREVIATION.finditer(text)} - _KNOWN
        if file.startswith("modules/") and file.endswith(".md"):
            terms |= {m[1] for m in _INTRODUCED.finditer(text)}
        for term in sorted(terms):
            if term.lower() not in known and term.lower().removesuffix("s") not in known:
                found.setdefault(term, []).append(f"{file}:{line}")
    return found


def shared_runs(loaded: Loaded, text: str, length: int = RUN) -> Iterator[tuple[str, int, str]]:
    """Yield where the course has ``length`` words in a row that also stand in a text.

    Case and punctuation do not count. Runs that overlap are one: file, line, words.
    """
    runs = set(runs_of(text, length))
    for file, line, passage in passages(loaded):
        here = _bare(passage)
        end = 0
        for i in range(len(here) - length + 1):
            if i >= end and tuple(here[i : i + length]) in runs:
                end = i + length
                while end < len(here) and tuple(here[end - length + 1 : end + 1]) in runs:
                    end += 1
                yield file, line, " ".join(here[i:end])


def runs_of(text: str, length: int = RUN) -> Iterator[tuple[str, ...]]:
    """Yield every run of ``length`` words of a text, without case and punctuation."""
    words = _bare(text)
    for i in range(len(words) - length + 1):
        yield tuple(words[i : i + length])


def _bare(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", ""))


def report(loaded: Loaded) -> Iterator[str]:
    """Yield the lines of the report that ``check --wording`` prints."""
    pages = wording(loaded)
    yield f"{'Reads hardest first':<58}{'words':>7}{'a sentence':>12}{'ease':>6}{'long':>6}"
    for page in pages:
        yield (
            f"  {page.file:<56}{page.words:>7}{page.sentence:>12.1f}{page.ease:>6.0f}"
            f"{len(page.long) or '':>6}"
        )
    yield ""
    yield f"Sentences of more than {LONG_SENTENCE} words:"
    for page in pages:
        for line, n, sentence in page.long:
            yield f"  {page.file}:{line}: {n} words: {' '.join(sentence.split()[:8])} ..."
    yield ""
    yield "Terms that the glossary lacks:"
    for term, places in sorted(missing_terms(loaded).items()):
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield f"  {term}: {places[0]}{more}"


def _glossary_words(course: Course) -> set[str]:
    return course.terms | {part for term in course.terms for part in re.split(r" and |[()]", term)}


def _plain(text: str) -> str:
    text = _LINKED.sub(lambda m: m[1] or m[2] or "", _ROLE.sub("", text))
    return " ".join(text.replace("**", "").replace("`", "").split())


def _markdown(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines and texts of a page: paragraphs, lists, tables and prose directives."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        line = token.map[0] + 1 if token.map else 1
        if token.type == "inline":
            yield line, _plain(token.content)
        elif token.type == "fence" and token.info[1:].partition("}")[0] in _PROSE:
            yield from _directive(line, token.content)


def _directive(line: int, content: str) -> Iterator[tuple[int, str]]:
    """Yield the entries of a directive: a line and the indented ones after it."""
    start, entry = 0, ""
    for number, row in enumerate(content.splitlines(), line + 1):
        option = re.match(r":[a-z]+: *", row)
        if not row.startswith((" ", "\t")) or not row.strip():
            if entry:
                yield start, _plain(entry)
            start, entry = number, ""
        words = row[option.end() :] if option else re.sub(r"^(- |[A-Z][\w .]{0,30}: )", "", row)
        entry = f"{entry} {words.strip()}".strip()
    if entry:
        yield start, _plain(entry)


def _leaves(here: object, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(here, dict):
        for key, value in here.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(here, list):
        for i, value in enumerate(here):
            yield from _leaves(value, (*path, i))
    elif isinstance(here, str) and any(
        step in _TEXTS for step in path[-2:] if isinstance(step, str)
    ):
        yield path, here
