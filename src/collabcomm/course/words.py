"""Conditions of a compiled scenario in words, for whoever reads it and does not play it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from collabcomm.engine.items import type_of
from collabcomm.engine.types import (
    Pick,
    Piece,
    Scenario,
    Telling,
    Test,
    is_either,
    is_pick,
    is_right,
    is_visit,
)
from collabcomm.texts import catalogue, text_of


class ConditionWords:
    """Says conditions of one scenario; ``title`` returns what a node is called."""

    def __init__(self, scenario: Scenario, title: Callable[[str], str]) -> None:
        self.scenario, self.title = scenario, title
        self.texts = catalogue("story", scenario["lang"])
        self.labels = {meter["id"]: meter["label"] for meter in scenario["meters"]}
        self.labels["points"] = self.texts["when.points"]

    def of(self, when: Sequence[Test]) -> str:
        """Return a condition in words; empty where it always holds."""
        return self.texts["when.and"].join(map(self._test, when))

    def told(self, text: Telling) -> list[tuple[str, str]]:
        """Return the pieces of a text as HTML, each after its condition in words, if any."""
        if isinstance(text, str):
            return [("", text)]
        pieces: list[tuple[str, str]] = []
        for piece in text:
            pieces.append((self.lead(piece["when"]), piece["html"]))
            if "otherwise" in piece:
                pieces.append((self.texts["otherwise"], piece["otherwise"]))
        return pieces

    def prompts(self, prompts: Sequence[Piece]) -> list[str]:
        """Return prompts as HTML, each after its condition in words, if any."""
        said = ((escape(self.lead(prompt["when"])), prompt["html"]) for prompt in prompts)
        return [f"<i>{when}</i> {text}" if when else text for when, text in said]

    def lead(self, when: Sequence[Test]) -> str:
        """Return what stands before a text with a condition; empty where it always holds."""
        return self.texts["if"].format(when=self.of(when)) if when else ""

    def _test(self, test: Test) -> str:
        if is_either(test):
            return self.texts["when.or"].join(map(self.of, test["either"]))
        if is_visit(test):
            return self._said("visited", test["is"], node=self.title(test["visited"]))
        if is_right(test):
            return self._said("right", test["is"], node=self.title(test["right"]))
        if is_pick(test):
            return self._picked(test)
        key = f"when.{test['op']}"
        return self.texts[key].format(meter=self.labels[test["meter"]], value=test["value"])

    def _picked(self, test: Pick) -> str:
        node_id, _, key = test["picked"].partition(".")
        node = self.scenario["nodes"][node_id]
        texts: dict[str, str] = {}
        if node["kind"] == "decision":
            texts = {choice["id"]: choice["text"] for choice in node["choices"]}
        elif node["kind"] == "item":
            parts = type_of(node["item"]).parts(node["item"])
            texts = {part["id"]: part["text"] for part in parts}
        kind = "chose" if node["kind"] == "decision" else "answered"
        choice = text_of(texts.get(key, key)).strip('“”"')
        return self._said(kind, test["is"], choice=choice, node=self.title(node_id))

    def _said(self, kind: str, expected: bool, **values: str) -> str:
        return self.texts[f"when.{'' if expected else 'not_'}{kind}"].format(**values)
