"""Matching: each prompt belongs to one answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from collabcomm.engine import types
from collabcomm.engine.authoring import Id, Model, Text
from collabcomm.engine.items.author import NO_FEEDBACK, AuthoredItem, Fault, Render, Told
from collabcomm.engine.items.base import (
    MAX_LIST,
    ItemType,
    Row,
    ids,
    is_short,
    keys_of,
    labels,
    preferred,
    weights_of,
)
from collabcomm.engine.order import shuffled
from collabcomm.engine.types import Given, ItemBase, Option, Part
from collabcomm.texts import did_you_mean, text_of


class Prompt(Model):
    """The left side of a matching item, with the id of the answer that belongs to it."""

    id: Id
    text: Text
    answer: Id
    feedback: Text | None = None


class Answer(Model):
    """The right side of a matching item."""

    id: Id
    text: Text


class Matching(AuthoredItem):
    """Each prompt belongs to one answer; answers may be left over or used twice."""

    type: Literal["matching"]
    prompts: list[Prompt] = Field(min_length=2, max_length=8)
    answers: list[Answer] = Field(min_length=2, max_length=10)

    def compiled(self, render: Render) -> dict[str, Any]:
        answers = {answer.id: render.inline(answer.text) for answer in self.answers}
        return {
            "prompts": [
                {
                    "id": prompt.id,
                    "text": render.inline(prompt.text),
                    "feedback": render.block(prompt.feedback),
                }
                for prompt in self.prompts
            ],
            "answers": [{"id": key, "text": answers[key]} for key in self._as_shown()],
            "weights": {f"{prompt.id}:{prompt.answer}": 1 for prompt in self.prompts},
        }

    def _as_shown(self) -> list[str]:
        return shuffled([answer.id for answer in self.answers], self.id)

    def offered(self) -> list[list[str]]:
        texts = {answer.id: answer.text for answer in self.answers}
        return [
            [prompt.text for prompt in self.prompts],
            [texts[answer_id] for answer_id in self._as_shown()],
        ]

    def told(self) -> list[Told]:
        answers = {answer.id: answer.text for answer in self.answers}
        return [Told(p.text, p.feedback or "", answer=answers[p.answer]) for p in self.prompts]

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        yield from super().faults(misconceptions)
        known = [answer.id for answer in self.answers]
        for number, prompt in enumerate(self.prompts):
            if prompt.answer not in known:
                near = did_you_mean(prompt.answer, known)
                yield ("prompts", number, "answer"), f"no answer '{prompt.answer}'.{near}"
        if not self.explanation and not all(prompt.feedback for prompt in self.prompts):
            yield NO_FEEDBACK


class MatchingItem(ItemBase):
    """Pairs; the keys of its weights are ``prompt:answer``."""

    type: Literal["matching"]
    prompts: list[types.Prompt]
    answers: list[Part]


class MatchingType(ItemType[MatchingItem]):
    """A response gives ids of answers by the ids of prompts; its keys are the pairs."""

    authored = Matching
    compiled = MatchingItem
    xapi = "matching"

    def parts(self, item: MatchingItem) -> Sequence[Part]:
        return item["answers"]

    def picks(self, item: MatchingItem, response: object) -> list[str]:
        if not isinstance(response, Mapping):
            return []
        known = ids(item["answers"])
        given = ((prompt["id"], response.get(prompt["id"])) for prompt in item["prompts"])
        return [f"{prompt}:{a}" for prompt, a in given if isinstance(a, str) and a in known]

    def is_complete(self, item: MatchingItem, response: object) -> bool:
        return len(self.picks(item, response)) == len(item["prompts"])

    def fits(self, response: object) -> bool:
        return (
            isinstance(response, dict)
            and len(response) <= MAX_LIST
            and all(is_short(key) and is_short(value) for key, value in response.items())
        )

    def best(self, item: MatchingItem) -> Given:
        return dict(key.split(":", 1) for key in keys_of(item)) or None

    def tries(self, item: MatchingItem) -> list[Given]:
        prompts = [prompt["id"] for prompt in item["prompts"]]
        return [self.best(item), *(dict.fromkeys(prompts, a["id"]) for a in item["answers"])]

    def chance(self, item: MatchingItem) -> float:
        # Every prompt gets any of the answers, each as likely. No weight is negative, so that the
        # expected sum of those of all pairs over the number of answers is exact.
        if not item["max"]:
            return 0.0
        weights = weights_of(item)
        pairs = (f"{p['id']}:{a['id']}" for p in item["prompts"] for a in item["answers"])
        return float(sum(weights.get(x, 0) for x in pairs) / len(item["answers"]) / item["max"])

    def guesses(self, item: MatchingItem, values: Sequence[float]) -> list[Given]:
        liked = preferred(item["answers"], values)
        return [{prompt["id"]: answer for prompt in item["prompts"]} for answer in liked]

    def rows(self, item: MatchingItem, picked: Sequence[str]) -> Iterator[Row]:
        right, known = set(keys_of(item)), set(picked)
        for prompt in item["prompts"]:
            for answer in item["answers"]:
                key = f"{prompt['id']}:{answer['id']}"
                if key in right or key in known:
                    text = f"{text_of(prompt['text'])} → {text_of(answer['text'])}"
                    yield Row(prompt["id"], key, text, key in right)

    def spoken(self, item: MatchingItem, response: object) -> str:
        if not isinstance(response, Mapping):
            return ""
        prompts, answers = labels(item["prompts"]), labels(item["answers"])
        pairs = ((prompts.get(key), answers.get(value)) for key, value in response.items())
        return "; ".join(f"{prompt} → {answer}" for prompt, answer in pairs if prompt and answer)

    def from_token(self, token: str) -> Given:
        return dict(part.split(":", 1) for part in token.split("+") if ":" in part)

    def to_token(self, response: Given) -> str:
        pairs = response.items() if isinstance(response, dict) else ()
        return "+".join(f"{prompt}:{answer}" for prompt, answer in pairs)

    def interaction(self, item: MatchingItem) -> dict[str, Sequence[Part | Option]]:
        return {"source": item["prompts"], "target": item["answers"]}

    def spelt(self, item: MatchingItem, response: object) -> str:
        pairs = response if isinstance(response, Mapping) else {}
        return "[,]".join(f"{key}[.]{value}" for key, value in pairs.items())


TYPE = MatchingType()
