"""The moments of a scenario in the order of a pack: by steps from the start, endings last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from markupsafe import Markup

from collabcomm.course.items import Item
from collabcomm.course.notes import trainer_notes
from collabcomm.course.scenarios import Choice
from collabcomm.course.words import ConditionWords
from collabcomm.engine.graph import distances, onward, own_nodes
from collabcomm.engine.order import choices_in_order
from collabcomm.engine.path import play
from collabcomm.engine.types import Decision, Telling
from collabcomm.pack.teller import Teller

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # by which a group names choices and answers


class Moments:
    """A scenario's nodes with their numbers, where each leads, and the best-supported path."""

    def __init__(self, teller: Teller, scenario_id: str) -> None:
        self.teller, self.t = teller, teller.text
        self.model = teller.course.scenarios[scenario_id]
        self.data = teller.compiler.scenario(scenario_id)
        self.told = trainer_notes(teller.compiler, scenario_id)
        self.nodes: Mapping[str, Any] = self.data["nodes"]
        self.onward = onward(self.data)
        self.distance = distances(self.onward, self.data["start"])
        order = list(self.nodes)
        ends = {key: node["kind"] == "ending" for key, node in self.nodes.items()}
        self.order = sorted(order, key=lambda k: (ends[k], self.distance[k], order.index(k)))
        own = own_nodes(self.data)
        self.story = [key for key in self.order if key in own]  # without the chairs
        own = own_nodes(self.data)
        self.story = [key for key in self.order if key in own]  # without the chairs
        self.number = {key: n for n, key in enumerate(self.order, 1)}
        self.best = play(self.data, self.data["best"])
        self.words = ConditionWords(self.data, self.to)

    def title(self, node_id: str) -> str:
        """Return what a moment is called."""
        node = self.nodes[node_id]
        own = node["ending"]["title"] if node["kind"] == "ending" else node["title"]
        return str(own or self.t("card.scene", n=self.number[node_id]))

    def to(self, node_id: str) -> str:
        """Return a moment's number and title."""
        return self.t("map.to", number=self.number[node_id], title=self.title(node_id))

    def notes(self, node_id: str) -> dict[str, Any]:
        """Return the trainer's notes at a moment, those for the whole under "", to be drawn."""
        notes = self.told.get(node_id)
        return {
            "minutes": notes["minutes"] if notes else None,
            "prompts": [self.text([prompt]) for prompt in notes["prompts"]] if notes else [],
            "likely": Markup(notes["likely"]) if notes and notes["likely"] else None,
            "care": Markup(notes["care"]) if notes and notes["care"] else None,
        }

    def text(self, text: Telling) -> Markup:
        """Return a text as HTML, the conditions of its pieces in words before them."""
        said = Markup("<i class='when'>{}</i> {}")
        return Markup(" ").join(
            said.format(when, Markup(html)) if when else Markup(html)
            for when, html in self.words.told(text)
        )

    def choices(self, node_id: str) -> list[Mapping[str, Any]]:
        """Return the choices of a moment in the order of a room, none where there are none."""
        node = self.nodes[node_id]
        if node["kind"] != "decision":
            return []
        return [*choices_in_order(node_id, cast("Decision", node), self.data["id"])]

    def among(self, node_ids: Iterable[str]) -> list[str]:
        """Return some moments by their numbers."""
        return sorted(node_ids, key=self.number.__getitem__)

    def grounds(self) -> list[Choice | Item]:
        """Return all that names evidence, in the order of the cards."""
        nodes = [self.model.nodes[key] for key in self.order]
        return [x for node in nodes for x in (*node.choices, *([node.item] if node.item else ()))]
