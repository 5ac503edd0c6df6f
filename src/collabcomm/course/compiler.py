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
from pathlib import Path
from typing import Any, cast

from collabcomm.course.conditions import parse_when
from collabcomm.course.items import Item as AuthoredItem
from collabcomm.course.loader import load
from collabcomm.course.markup import block, inline, plain
from collabcomm.course.models import Course
from collabcomm.course.places import (
    REFERENCES,
    address,
    claim_address,
    folder_around,
    lesson_page,
    reference_address,
)
from collabcomm.course.scenarios import Choice, Effect, Goto, Node, Part
from collabcomm.engine.replay import best_way
from collabcomm.engine.types import FORMAT, SUPPORT_POINTS, Item, Piece, Quiz, Scenario
from collabcomm.engine.walk import TooManyStates
from collabcomm.texts import catalogue

Json = dict[str, Any]
Translate = Callable[[str], str]

_SECRET = ("weights", "replies", "explanation", "basis", "evidence", "read")


def version_of(data: Any) -> str:
    """Return the version of some content: 16 hex digits of the SHA-256 of its canonical JSON."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def without_key(quiz: Quiz) -> Quiz:
    """Return a compiled quiz with nothing in it that tells which answers are right."""
    return {**quiz, "items": [_without_key(item) for item in quiz["items"]]}


def _without_key(item: Item) -> Item:
    bare: Json = {key: value for key, value in item.items() if key not in _SECRET}
    for part in ("options", "prompts"):
        if part in bare:
            bare[part] = [{"id": o["id"], "text": o["text"]} for o in bare[part]]
    return cast(Item, bare)


def compiler_around() -> Compiler:
    """Return the compiler of the course around a notebook, or of the one that is served.

    Each course is read once a process.
    """
    return _compiler_of(folder_around())


@cache
def _compiler_of(folder: Path) -> Compiler:
    return Compiler(load(folder).course)


class Compiler:
    """Compiles the parts of one course. Give it a course that ``check`` found sound."""

    def __init__(self, course: Course, translate: Translate = str) -> None:
        self.course = course
        self.translate = translate
        self.lang = course.info.language

    def quiz(self, quiz_id: str) -> Quiz:
        """Return a whole quiz, its key included: player JSON of kind ``quiz``."""
        quiz = self.course.quizzes[quiz_id]
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

    def page_quiz(self, quiz_id: str) -> Quiz:
        """Return what a page may hold of a quiz: all of a practice quiz, of others no item."""
        full = self.quiz(quiz_id)
        quiz = self.course.quizzes[quiz_id]
        if quiz.purpose == "practice":
            return full
        count = quiz.draw.items if quiz.draw else len(quiz.items)
        return {**full, "attempts": quiz.attempts, "draw": count, "items": []}

    def item(self, item: AuthoredItem, lesson_id: str | None = None) -> Item:
        """Return a compiled item, its key included, for the lesson that it stands in."""
        answers = item.compiled(self)
        data: Json = {
            "id": item.id,
            "type": item.type,
            "stem": block(self.translate(item.stem)),
            "points": item.points,
            **answers,
            "explanation": self.block(item.explanation),
            **self._evidence(item.basis, item.claims, item.sources),
            "read": self._read(item.outcome, lesson_id),
        }
        data["max"] = item.most(answers["weights"])
        return cast(Item, data)

    def _read(self, outcome: str | None, lesson_id: str | None) -> Json | None:
        for module in self.course.modules.values():
            for lesson in module.lessons:
                if outcome in lesson.outcomes and lesson.id != lesson_id:
                    page = lesson_page(module.id, lesson.id)
                    return {"title": self._plain(lesson.title), "href": address(page)}
        return None

    def scenario(self, scenario_id: str) -> Scenario:
        """Return a scenario with its best-supported path: player JSON of kind ``scenario``.

        Raises
        ------
        ValueError
            Where a condition is none.
        """
        body = self.unwalked(scenario_id)
        try:
            best = best_way(body)
        except TooManyStates:
            best = None
        whole: Json = {**body, "best": best.steps if best else []}
        return cast(Scenario, self._versioned("scenario", whole))

    def unwalked(self, scenario_id: str) -> Scenario:
        """Return a scenario without its best-supported path, for who walks it anyway."""
        scenario = self.course.scenarios[scenario_id]
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
                    **({"hidden": True} if m.hidden else {}),
                }
                for m in scenario.meters
            ],
            "start": scenario.start,
            "nodes": {key: self._node(node) for key, node in scenario.nodes.items()},
        }
        named = {s for node in scenario.nodes.values() for c in node.choices for s in c.skills}
        if named:
            body["skills"] = [
                {"id": skill.id, "label": self._plain(skill.label)}
                for skill in self.course.info.skills
                if skill.id in named
            ]
        if scenario.chairs:
            body["chairs"] = [
                {"who": chair.who, "start": chair.start, "role": self.block(chair.role)}
                for chair in scenario.chairs
            ]
        return cast(Scenario, body)

    def _node(self, node: Node) -> Json:
        data: Json = {
            "kind": node.kind,
            "title": self._plain(node.title) if node.title else None,
            "scene": self._telling(node.scene),
            "lines": [
                {"who": x.who, "says": self.inline(x.says)}
                | ({"when": parse_when(x.when)} if x.when else {})
                for x in node.lines
            ],
        }
        if node.ending and node.debrief:
            data["ending"] = {"title": self._plain(node.ending.title), "kind": node.ending.kind}
            data["debrief"] = self._telling(node.debrief)
        elif node.choices and node.ask:
            data["ask"] = self._telling(node.ask, self.inline)
            data["choices"] = [self._choice(choice) for choice in node.choices]
            if node.pinned:
                data["pinned"] = True
        else:
            if node.item:
                data["item"] = self.item(node.item)
                if node.effects:
                    data |= _effects(node.effects)
            data["goto"] = _gotos(node.goto or [])
        return data

    def _choice(self, choice: Choice) -> Json:
        data: Json = {
            "id": choice.id,
            "text": self.inline(choice.text),
            "support": choice.support,
            "points": SUPPORT_POINTS[choice.support],
            **_effects(choice.effects),
            "consequence": self._telling(choice.consequence),
            "feedback": self._telling(choice.feedback),
            **self._evidence(choice.basis, choice.claims, choice.sources),
            "goto": _gotos(choice.goto),
        }
        if choice.reason:
            data["reason"] = self._telling(choice.reason)
        if choice.arguments:
            both = {"for": choice.arguments.for_, "against": choice.arguments.against}
            data["arguments"] = {key: self.inline(text) for key, text in both.items()}
        data |= {"skills": choice.skills} if choice.skills else {}
        data |= {"repairs": choice.repairs} if choice.repairs else {}
        return data

    def _telling(self, parts: list[Part], render: Translate = block) -> Any:
        """Return a text as HTML, or as pieces where some of it has conditions."""
        if not any(part.when for part in parts):
            return " ".join(render(self.translate(part.text)) for part in parts)
        return self.pieces(parts, render)

    def pieces(self, parts: list[Part], render: Translate = block) -> list[Piece]:
        """Return the parts of a text as HTML, each with its condition."""
        return [self._piece(part, render) for part in parts]

    def _piece(self, part: Part, render: Translate) -> Piece:
        piece: Piece = {
            "when": parse_when(part.when) if part.when else [],
            "html": render(self.translate(part.text)),
        }
        if part.otherwise:
            piece["otherwise"] = render(self.translate(part.otherwise))
        return piece

    def _evidence(self, basis: str | None, claims: list[str], sources: list[str]) -> Json:
        return {
            "basis": basis,
            "evidence": [
                *(
                    {
                        "label": self._plain(self.course.claims[claim_id].summary_gloss),
                        "href": self.claim_href(claim_id),
                        "kind": "claim",
                    }
                    for claim_id in claims
                ),
                *(
                    {
                        "label": self._label(key, basis),
                        "href": reference_address(key),
                        "kind": "source",
                    }
                    for key in sources
                ),
            ],
        }

    def _label(self, key: str, basis: str | None) -> str:
        """Return what a reference is called; law that was not itself read is said to be so."""
        reference = self.course.references[key]
        if basis != "law" or not reference.mark:
            return reference.label
        mark = catalogue("book", self.lang)[f"book.evidence.{reference.mark}"]
        return f"{reference.label} ({mark})"

    def claim_href(self, claim_id: str) -> str:
        """Return where in the book a claim is presented, from the site's root."""
        # `check` fails where no chapter presents a claim.
        home = self.course.claim_homes.get(claim_id, REFERENCES)
        return claim_address(home, claim_id)

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


def _effects(effects: list[Effect]) -> Json:
    """Return effects as player JSON: the plain ones added up, those with conditions beside."""
    plainly: dict[str, int] = {}
    for effect in effects:
        if not effect.when:
            for meter, by in effect.by.items():
                plainly[meter] = plainly.get(meter, 0) + by
    also = [{"when": parse_when(x.when), "by": dict(x.by)} for x in effects if x.when]
    return {"effects": plainly, **({"also": also} if also else {})}


def _gotos(gotos: list[Goto]) -> list[Json]:
    return [
        {"node": goto.node, "when": parse_when(goto.when) if goto.when else []} for goto in gotos
    ]


def _initials(name: str) -> str:
    words = [word for word in re.split(r"[\s.]+", name) if word[:1].isalpha()]
    return "".join(word[0] for word in dict.fromkeys([*words[:1], *words[1:][-1:]])).upper() or "?"
