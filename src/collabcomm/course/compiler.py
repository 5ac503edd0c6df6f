"""A Course becomes player JSON: versioned, Markdown rendered and cleaned, the key left out.

The player JSON is described by ``engine/types.py``; ``engine/`` and ``player/parts/`` know
nothing else. All text of a course passes one translate function on its way.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import cache
from html import unescape
from typing import Any, cast

import nh3
from markdown_it import MarkdownIt

from collabcomm.course import models as c
from collabcomm.course.loader import load
from collabcomm.course.places import folder_around
from collabcomm.engine.replay import TooManyStates, replay
from collabcomm.engine.types import FORMAT, SUPPORT_POINTS, Item, Quiz, Scenario, TrainerNotes

Json = dict[str, Any]
Translate = Callable[[str], str]

# Straight quotes become typographic ones, as Sphinx makes them of the same text.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable("smartquotes")
_TAGS = {"p", "em", "strong", "ul", "ol", "li", "blockquote", "br", "a", "code"}
_WHEN = re.compile(
    r"^(?:(?P<no>not\s+)?visited\s+(?P<node>[a-z][a-z0-9-]*)"
    r"|(?P<meter>[a-z][a-z0-9-]*)\s*(?P<op>>=|<=|==|!=|>|<)\s*(?P<value>-?\d+))$"
)
_SECRET = ("weights", "replies", "explanation", "basis", "evidence", "read")


def block(text: str) -> str:
    """Return Markdown as clean block HTML."""
    return _clean(_MARKDOWN.render(text))


def inline(text: str) -> str:
    """Return Markdown as clean HTML without a paragraph around it."""
    return _clean(_MARKDOWN.renderInline(text))


def plain(text: str) -> str:
    """Return a line of Markdown as plain text."""
    return unescape(nh3.clean(_MARKDOWN.renderInline(text), tags=set())).strip()


def _clean(html: str) -> str:
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}
    ).strip()


def version_of(data: Any) -> str:
    """Return the version of some content: 16 hex digits of the SHA-256 of its canonical JSON."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def parse_when(text: str) -> list[Json]:
    """Return a condition as data: ``[{"meter", "op", "value"} | {"visited", "is"}]``.

    Raises
    ------
    ValueError
        Where the text is no condition.
    """
    tests: list[Json] = []
    for part in re.split(r"\s+and\s+", text.strip()):
        match = _WHEN.match(part.strip())
        if not match:
            raise ValueError(
                f"'{part.strip()}' is no condition; write 'trust >= 3' or 'not visited some-node', "
                "several joined by 'and'"
            )
        if match["node"]:
            tests.append({"visited": match["node"], "is": not match["no"]})
        else:
            tests.append({"meter": match["meter"], "op": match["op"], "value": int(match["value"])})
    return tests


def without_key(quiz: Quiz) -> Quiz:
    """Return a compiled quiz with nothing in it that tells which answers are right."""
    return {**quiz, "items": [_without_key(item) for item in quiz["items"]]}


def _without_key(item: Item) -> Item:
    bare: Json = {key: value for key, value in item.items() if key not in _SECRET}
    for part in ("options", "prompts"):
        if part in bare:
            bare[part] = [{"id": o["id"], "text": o["text"]} for o in bare[part]]
    return cast(Item, bare)


@cache
def compiler_around() -> Compiler:
    """Return the compiler of the course around a notebook, or of the one that is served."""
    return Compiler(load(folder_around()).course)


class Compiler:
    """Compiles the parts of one course. Give it a course that ``check`` found sound."""

    def __init__(self, course: c.Course, translate: Translate = str) -> None:
        self.course = course
        self.translate = translate
        self.lang = course.info.language

    # ------------------------------------------------------------------ quizzes

    def quiz(self, name: str) -> Quiz:
        """Return a whole quiz, its key included: player JSON of kind ``quiz``."""
        quiz = self.course.quizzes[name]
        body: Json = {
            "id": quiz.id,
            "lang": self.lang,
            "title": self._plain(quiz.title),
            "purpose": quiz.purpose,
            "intro": self.block(quiz.intro),
            "pass_mark": quiz.pass_mark,
            "items": [self.item(item, quiz.lesson) for item in quiz.items],
        }
        return cast(Quiz, self._versioned("quiz", body))

    def page_quiz(self, name: str) -> Quiz:
        """Return what a page may hold of a quiz: all of a practice quiz, of others no item."""
        full = self.quiz(name)
        quiz = self.course.quizzes[name]
        if quiz.purpose == "practice":
            return full
        count = quiz.draw.items if quiz.draw else len(quiz.items)
        return {**full, "attempts": quiz.attempts, "draw": count, "items": []}

    def item(self, item: c.Item, lesson: str | None = None) -> Item:
        """Return a compiled item, its key included; ``lesson`` is the lesson it stands in."""
        answers = item.compiled(self)
        data: Json = {
            "id": item.id,
            "type": item.type,
            "stem": block(self.translate(item.stem)),
            "points": item.points,
            **answers,
            "explanation": self.block(item.explanation),
            **self._evidence(item.basis, item.claims, item.sources),
            "read": self._read(item.outcome, lesson),
        }
        data["max"] = item.most(answers["weights"])
        return cast(Item, data)

    def _read(self, outcome: str | None, lesson: str | None) -> Json | None:
        for module in self.course.modules.values():
            for one in module.lessons:
                if outcome in one.outcomes and one.id != lesson:
                    return {
                        "title": self._plain(one.title),
                        "href": f"modules/{module.id}/{one.id}.html",
                    }
        return None

    # ---------------------------------------------------------------- scenarios

    def scenario(self, name: str) -> Scenario:
        """Return a scenario with its best-supported path: player JSON of kind ``scenario``.

        Raises
        ------
        ValueError
            Where a condition is none.
        """
        scenario = self.course.scenarios[name]
        body: Json = {
            "id": scenario.id,
            "lang": self.lang,
            "title": self._plain(scenario.title),
            "summary": self.block(scenario.summary),
            "role": self.block(scenario.role),
            "minutes": scenario.minutes,
            "content_note": self.block(scenario.content_note),
            "cast": [
                {
                    "id": person.id,
                    "name": self._plain(person.name),
                    "about": self._plain(person.about) if person.about else None,
                    "initials": _initials(person.name),
                }
                for person in scenario.cast
            ],
            "meters": [
                {
                    "id": m.id,
                    "label": self._plain(m.label),
                    "start": m.start,
                    "min": m.min,
                    "max": m.max,
                    "words": [self._plain(w) for w in m.words],
                }
                for m in scenario.meters
            ],
            "start": scenario.start,
            "nodes": {key: self._node(node) for key, node in scenario.nodes.items()},
        }
        try:
            best = replay(cast(Scenario, body)).best
        except TooManyStates:
            best = None
        return cast(
            Scenario, self._versioned("scenario", {**body, "best": best.steps if best else []})
        )

    def notes(self, scenario_id: str) -> dict[str, TrainerNotes]:
        """Return the trainer's notes of a scenario by node, those for the whole under "".

        They go to trainers alone: no player JSON holds them.
        """
        scenario = self.course.scenarios[scenario_id]
        parts = {"": scenario.trainer, **{key: n.trainer for key, n in scenario.nodes.items()}}
        return {
            key: {
                "minutes": notes.minutes,
                "prompts": [block(self.translate(prompt)) for prompt in notes.prompts],
                "likely": self.block(notes.likely),
                "care": self.block(notes.care),
            }
            for key, notes in parts.items()
            if notes
        }

    def _node(self, node: c.Node) -> Json:
        data: Json = {
            "kind": node.kind,
            "title": self._plain(node.title) if node.title else None,
            "scene": block(self.translate(node.scene)),
            "lines": [{"who": x.who, "says": self.inline(x.says)} for x in node.lines],
        }
        if node.ending and node.debrief:
            data["ending"] = {"title": self._plain(node.ending.title), "kind": node.ending.kind}
            data["debrief"] = block(self.translate(node.debrief))
        elif node.choices and node.ask:
            data["ask"] = self.inline(node.ask)
            data["choices"] = [self._choice(choice) for choice in node.choices]
        else:
            if node.item:
                data["item"] = self.item(node.item)
            data["goto"] = _gotos(node.goto or [])
        return data

    def _choice(self, choice: c.Choice) -> Json:
        return {
            "id": choice.id,
            "text": self.inline(choice.text),
            "support": choice.support,
            "points": SUPPORT_POINTS[choice.support],
            "effects": dict(choice.effects),
            "consequence": block(self.translate(choice.consequence)),
            "feedback": block(self.translate(choice.feedback)),
            **self._evidence(choice.basis, choice.claims, choice.sources),
            "goto": _gotos(choice.goto),
        }

    # -------------------------------------------------------------------- parts

    def _evidence(self, basis: str | None, claims: list[str], sources: list[str]) -> Json:
        return {
            "basis": basis,
            "evidence": [
                *(
                    {
                        "label": self._plain(self.course.claims[k].summary_gloss),
                        "href": self.claim_href(k),
                        "kind": "claim",
                    }
                    for k in claims
                ),
                *(
                    {
                        "label": self.course.references[k].label,
                        "href": f"book/references.html#ref-{k}",
                        "kind": "source",
                    }
                    for k in sources
                ),
            ],
        }

    def claim_href(self, claim: str) -> str:
        """Return where in the book a claim is presented, from the site's root."""
        # `check` fails where no chapter presents a claim.
        home = self.course.claim_homes.get(claim, "book/references")
        return f"{home}.html#claim-{claim}"

    def block(self, text: str | None) -> str | None:
        """Return Markdown as HTML, None for None."""
        return block(self.translate(text)) if text else None

    def _plain(self, text: str) -> str:
        return plain(self.translate(text))

    def inline(self, text: str) -> str:
        """Return a line of Markdown as HTML."""
        return inline(self.translate(text))

    def _versioned(self, kind: str, body: Json) -> Json:
        return {"format": FORMAT, "kind": kind, "version": version_of(body), **body}


def _gotos(gotos: list[c.Goto]) -> list[Json]:
    return [
        {"node": goto.node, "when": parse_when(goto.when) if goto.when else []} for goto in gotos
    ]


def _initials(name: str) -> str:
    words = [word for word in re.split(r"[\s.]+", name) if word[:1].isalpha()]
    return "".join(word[0] for word in dict.fromkeys([*words[:1], *words[1:][-1:]])).upper() or "?"
