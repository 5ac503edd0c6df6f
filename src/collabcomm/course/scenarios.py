"""What authors write of branching stories: `scenarios/<id>.yml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from collabcomm.course.items import Item
from collabcomm.engine.authoring import Id, Key, Minutes, Model, Text
from collabcomm.engine.types import Basis, ChoiceSupport

WHEN = (
    "Tests joined by `and` and `or`: a meter or `points` compared with a number, `visited NODE`, "
    "`chose NODE.CHOICE`, `answered NODE.OPTION`, `correct NODE`, with or without `not`."
)
ASSERTS = (
    "What the text says or implies has happened: `NODE`, `NODE.CHOICE`, or a condition. `check` "
    "proves that it is so on every way that shows the text."
)
When = Annotated[str, Field(description=WHEN)]
ChoiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$")]


class Person(Model):
    """Somebody in a scenario. Invented, always."""

    id: Id
    name: Text
    about: Text | None = None


class Meter(Model):
    """A quantity that choices move and conditions read, for example trust."""

    id: Id
    label: Text
    start: int
    min: int = 0
    max: int = 5
    words: list[Text] = Field(
        default_factory=list,
        description="The meter in words, from lowest to highest, spread evenly over its range.",
    )
    hidden: bool = Field(False, description="Not shown before the debrief.")

    @model_validator(mode="after")
    def _ordered(self) -> Meter:
        if not self.min <= self.start <= self.max or self.min == self.max:
            raise ValueError(
                f"a meter needs min <= start <= max and min < max, "
                f"this has {self.min}, {self.start}, {self.max}"
            )
        return self


class Part(Model):
    """A piece of a text, told where its condition holds."""

    when: When | None = None
    text: Text
    otherwise: Text | None = Field(None, description="Told where the condition does not hold.")
    asserts: list[Text] = Field(default_factory=list, description=ASSERTS)

    @model_validator(mode="after")
    def _conditional(self) -> Part:
        if self.otherwise and not self.when:
            raise ValueError("'otherwise' needs a 'when'; without one the text is always told")
        return self


def _parts(value: Any) -> Any:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list):
        return entries
    return [{"text": entry} if isinstance(entry, str) else entry for entry in entries]


Parts = Annotated[
    list[Part],
    Field(min_length=1),
    BeforeValidator(_parts, json_schema_input_type=Text | list[Text | Part]),
]


class Line(Model):
    """Something that a person of the cast says."""

    who: Id
    says: Text
    when: When | None = None


class Effect(Model):
    """How meters change; with a condition, where it holds."""

    when: When | None = None
    by: dict[Id, int] = Field(min_length=1)


def _effects(value: Any) -> Any:
    entries = [value] if isinstance(value, dict) and value else value
    if not isinstance(entries, list):
        return entries or []
    return [_effect(entry) if isinstance(entry, dict) else entry for entry in entries]


def _effect(entry: dict[Any, Any]) -> dict[Any, Any]:
    by = {key: value for key, value in entry.items() if key != "when"}
    return {"when": entry["when"], "by": by} if "when" in entry else {"by": by}


Effects = Annotated[
    list[Effect],
    BeforeValidator(_effects, json_schema_input_type=dict[Id, int] | list[dict[Id, int | str]]),
]
EFFECTS = "Change of each meter: `{trust: -1}`, or a list of such, each with or without a `when`."


class Goto(Model):
    """Where to go on; the first whose condition holds is taken, no condition always holds."""

    node: Id
    when: When | None = None


def _gotos(value: Any) -> Any:
    return [{"node": value}] if isinstance(value, str) else value


Gotos = Annotated[list[Goto], BeforeValidator(_gotos, json_schema_input_type=str | list[Goto])]


class Arguments(Model):
    """Why good practitioners differ about a choice."""

    for_: Text = Field(alias="for", description="The best case for it.")
    against: Text = Field(description="The best case against it.")


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Choice(Model):
    """One of the things a learner can do at a node."""

    id: Id
    text: Text = Field(description="What the learner does or says.")
    support: ChoiceSupport = Field(
        description="How well the evidence supports it; contested where good practitioners differ."
    )
    effects: Effects = Field(default_factory=list, description=EFFECTS)
    skills: dict[Id, Annotated[int, Field(ge=-2, le=2)]] = Field(
        default_factory=dict, description="What it trains, by the skills of course.yml."
    )
    repairs: Annotated[
        list[ChoiceName],
        BeforeValidator(_names, json_schema_input_type=ChoiceName | list[ChoiceName]),
    ] = Field(default_factory=list, description="Poorly supported choices that it makes good.")
    consequence: Parts = Field(description="What happens next, in the story. Shown first.")
    feedback: Parts = Field(
        description="What it did and what could be said instead, in 40 words at most."
    )
    reason: Parts | None = Field(None, description="The evidence or law. Folded away.")
    arguments: Arguments | None = Field(None, description="Where it is contested: both sides.")
    asserts: list[Text] = Field(default_factory=list, description=ASSERTS)
    basis: Basis
    claims: list[Id] = Field(default_factory=list)
    sources: list[Key] = Field(default_factory=list)
    goto: Gotos = Field(min_length=1)

    @model_validator(mode="after")
    def _argued(self) -> Choice:
        if (self.support == "contested") != (self.arguments is not None):
            raise ValueError(
                "a contested choice needs 'arguments' with 'for' and 'against', and only that one"
            )
        return self


class TrainerNotes(Model):
    """For the trainer alone; never in a learner's page."""

    minutes: Minutes
    prompts: Parts
    likely: Text | None = Field(None, description="What groups are likely to say.")
    care: Text | None = Field(None, description="What may be distressing, and what to do.")


class EndingCard(Model):
    """How a scenario closes."""

    title: Text
    kind: Literal["good", "mixed", "poor"]


class Node(Model):
    """A moment of a scenario: a decision, a quiz item, a passage, or an ending."""

    title: Text | None = None
    scene: Parts
    lines: list[Line] = Field(default_factory=list)
    ask: Parts | None = Field(None, description="The question that the choices answer.")
    choices: list[Choice] = Field(default_factory=list)
    pinned: bool = Field(False, description="Choices keep the order in which they are written.")
    item: Item | None = None
    effects: Effects = Field(default_factory=list, description=f"Of an item's answer. {EFFECTS}")
    goto: Gotos | None = Field(None, description="Where a passage or an item leads on to.")
    ending: EndingCard | None = None
    debrief: Parts | None = Field(None, description="Shown at an ending: evidence and its limits.")
    asserts: list[Text] = Field(default_factory=list, description=ASSERTS)
    trainer: TrainerNotes | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Node:
        if self.ending:
            if self.choices or self.item or self.goto:
                raise ValueError("an ending leads nowhere: it has no choices, item or goto")
            if not self.debrief:
                raise ValueError("an ending needs a debrief")
        elif self.debrief:
            raise ValueError("only an ending has a debrief")
        elif self.choices:
            if self.item or self.goto:
                raise ValueError("a node has choices, or an item with a goto, not both")
            if not self.ask:
                raise ValueError("a node with choices needs `ask`, the question they answer")
        elif not self.goto:
            raise ValueError("dead end: a node needs choices, a goto or an ending")
        if self.effects and not self.item:
            raise ValueError("only the effects of an item stand here; those of a choice in it")
        return self

    @property
    def kind(self) -> Literal["ending", "decision", "item", "passage"]:
        """What the player does at this node."""
        if self.ending:
            return "ending"
        return "decision" if self.choices else "item" if self.item else "passage"


class Chair(Model):
    """Another person's chair, from which the story can be played after an ending."""

    who: Id
    start: Id = Field(description="Its first node; only from a chair are its nodes reached.")
    role: Text = Field(description="Who the learner is now.")


class Scenario(Model):
    """A branching story: `scenarios/<id>.yml`."""

    id: Id
    title: Text
    module: Id
    minutes: Minutes
    summary: Text = Field(description="What it is about, in a sentence or two.")
    role: Text = Field(description="Who the learner is in it.")
    content_note: Text | None = Field(None, description="What may be hard to read.")
    outcomes: list[Id] = Field(default_factory=list)
    cast: list[Person] = Field(min_length=1)
    meters: list[Meter] = Field(default_factory=list)
    start: Id
    chairs: list[Chair] = Field(default_factory=list)
    nodes: dict[Id, Node] = Field(min_length=2)
    trainer: TrainerNotes | None = Field(None, description="How to run the whole of it.")
