"""The contract: player JSON and results, as all parts speak them; the room's are in ``room.py``.

``schema/player.json`` and the JavaScript types in ``player/types.d.ts`` are made from these classes
(``collabcomm schema``). Texts are HTML, rendered and cleaned by the compiler, where a field says
so; every other text is plain. ``docs/engine/`` tells the same on a page a format.

Ids are an author's (kebab-case); an *option* belongs to an item, a *choice* leads from a node to a
node; a *response* is what a learner gave.
"""

from __future__ import annotations

from typing import Literal, NotRequired

# Pydantic needs this TypedDict before Python 3.12.
from typing_extensions import TypedDict, TypeIs

FORMAT = 1
# Where good practitioners differ, nobody loses points.
SUPPORT_POINTS = {"well": 2, "contested": 2, "partly": 1, "poorly": 0}
MAX_SUPPORT = max(SUPPORT_POINTS.values())

Basis = Literal["summary", "theory", "law", "judgement"]
Support = Literal["well", "partly", "poorly"]
ChoiceSupport = Literal["well", "partly", "poorly", "contested"]
EndingKind = Literal["good", "mixed", "poor"]
Purpose = Literal["practice", "graded", "questionnaire"]

Weights = dict[str, float]
Meters = dict[str, int]
# What a learner gave, by item type: the id of an option (single-choice, judgement, likert), a list
# of ids (multiple-response; sequencing: all steps in order), ids of answers by prompt (matching),
# a text (short-text, reflection), or a text and the ids of points (composition). None clears it.
Given = str | list[str] | dict[str, str] | None


class Marks(TypedDict):
    """Marks earned, of how many."""

    raw: float
    max: float


class Evidence(TypedDict):
    """A link to what a text rests on; ``href`` leads from the site's root."""

    label: str
    href: str
    kind: Literal["claim", "source"]


class Link(TypedDict):
    """A page to read; ``href`` leads from the site's root."""

    title: str
    href: str


class Part(TypedDict):
    """A step, an answer, or a point of a scale. ``text`` is inline HTML."""

    id: str
    text: str


class Option(TypedDict):
    """An option. ``text`` is inline HTML, ``feedback`` HTML; it is absent where the key is."""

    id: str
    text: str
    feedback: NotRequired[str | None]
    support: NotRequired[Support]


class Prompt(TypedDict):
    """The left side of a matching item. ``text`` is inline HTML, ``feedback`` HTML."""

    id: str
    text: str
    feedback: NotRequired[str | None]


class ItemBase(TypedDict):
    """What all items have. ``stem`` and ``explanation`` are HTML.

    ``max`` is the most that ``weights`` can give, 0 for what is never scored; ``points`` is what
    the item counts in its quiz. A key that stays at the service takes ``weights``, ``replies``,
    ``explanation``, ``basis``, ``evidence``, ``read`` and all feedback with it. ``response`` and
    ``score`` stand in a result only.
    """

    id: str
    stem: str
    points: int
    max: float
    weights: NotRequired[Weights]
    explanation: NotRequired[str | None]
    basis: NotRequired[Basis | None]
    evidence: NotRequired[list[Evidence]]
    read: NotRequired[Link | None]
    response: NotRequired[Given]
    score: NotRequired[Marks]


class Item(ItemBase):
    """An item of any type; what else it has stands in the type's own file in ``engine/items/``."""

    type: str


class Quiz(TypedDict):
    """A quiz. ``intro`` is HTML, ``pass_mark`` percent.

    On a page a graded quiz or questionnaire has no ``items``, but ``attempts`` (None: no limit) and
    ``draw``, how many items an attempt gets. ``strings`` are interface texts, where no page around
    the quiz holds them.
    """

    format: Literal[1]
    kind: Literal["quiz"]
    version: str
    id: str
    lang: str
    title: str
    purpose: Purpose
    intro: str | None
    pass_mark: float | None
    items: list[Item]
    attempts: NotRequired[int | None]
    draw: NotRequired[int]
    strings: NotRequired[dict[str, str]]


class Result(Marks):
    """The official result of an attempt: marks, percent, and each item with key and response.

    ``passed`` is None where nothing can be passed; ``ending`` is a scenario's.
    """

    percent: float
    passed: bool | None
    pass_mark: float | None
    scored_by: Literal["service", "import"]
    items: list[Item]
    ending: NotRequired[str]


class Person(TypedDict):
    """Somebody in a scenario."""

    id: str
    name: str
    about: str | None
    initials: str


class Meter(TypedDict):
    """A quantity that choices move; ``words`` spread evenly from lowest to highest.

    A ``hidden`` one is shown in the debrief only.
    """

    id: str
    label: str
    start: int
    min: int
    max: int
    words: list[str]
    hidden: NotRequired[bool]


class Skill(TypedDict):
    """Something that choices train; declared once a course."""

    id: str
    label: str


class Comparison(TypedDict):
    """Holds where the meter compares so with the value; ``points`` are those earned so far."""

    meter: str
    op: Literal[">=", "<=", ">", "<", "==", "!="]
    value: int


# "is" is no name in Python: whether it has to be so, or must not be.
Visit = TypedDict("Visit", {"visited": str, "is": bool})
Visit.__doc__ = "Holds where the node was visited, or was not."
Pick = TypedDict("Pick", {"picked": str, "is": bool})
Pick.__doc__ = "Holds where a choice was made or an option was answered: ``node.choice``."
Right = TypedDict("Right", {"right": str, "is": bool})
Right.__doc__ = "Holds where the item of a node earned full marks, or did not."

Simple = Comparison | Visit | Pick | Right


class Either(TypedDict):
    """Holds where all tests of at least one list hold."""

    either: list[list[Simple]]


Test = Comparison | Visit | Pick | Right | Either


def is_visit(test: Test) -> TypeIs[Visit]:
    """Tell the kinds of test apart, as the three below do."""
    return "visited" in test


def is_pick(test: Test) -> TypeIs[Pick]:
    """Tell whether it reads what was picked."""
    return "picked" in test


def is_right(test: Test) -> TypeIs[Right]:
    """Tell whether it reads what was answered right."""
    return "right" in test


def is_either(test: Test) -> TypeIs[Either]:
    """Tell whether it is made of several."""
    return "either" in test


class Piece(TypedDict):
    """A paragraph or more of a text, told where all tests hold; else ``otherwise``. Both HTML."""

    when: list[Test]
    html: str
    otherwise: NotRequired[str]


# HTML, or pieces of it that depend on what happened.
Telling = str | list[Piece]


class Line(TypedDict):
    """Something said; ``who`` is a person's id, ``says`` inline HTML."""

    who: str
    says: str
    when: NotRequired[list[Test]]


class Goto(TypedDict):
    """A way on, taken where all tests hold; the first that holds is taken."""

    node: str
    when: list[Test]


class Effect(TypedDict):
    """How meters change where all tests hold."""

    when: list[Test]
    by: Meters


Arguments = TypedDict("Arguments", {"for": str, "against": str})
Arguments.__doc__ = "The best case for a contested choice, and the best against it. Inline HTML."


class Choice(TypedDict):
    """A way to act. ``text`` is inline HTML; ``consequence``, ``feedback`` and ``reason`` HTML.

    ``feedback`` says what it did and what else could be said, ``reason`` by what evidence or law.
    ``also`` are effects with conditions, beside the plain ones. ``repairs`` names poorly supported
    choices (``node.choice``) that this one makes good.
    """

    id: str
    text: str
    support: ChoiceSupport
    points: int
    effects: Meters
    also: NotRequired[list[Effect]]
    skills: NotRequired[Meters]
    repairs: NotRequired[list[str]]
    consequence: Telling
    feedback: Telling
    reason: NotRequired[Telling]
    arguments: NotRequired[Arguments]
    basis: Basis
    evidence: list[Evidence]
    goto: list[Goto]


class NodeBase(TypedDict):
    """What all nodes have: ``scene`` is HTML."""

    title: str | None
    scene: Telling
    lines: list[Line]


class Decision(NodeBase):
    """A node with choices; ``ask`` is inline HTML. ``pinned`` choices keep the author's order."""

    kind: Literal["decision"]
    ask: Telling
    choices: list[Choice]
    pinned: NotRequired[bool]


class ItemNode(NodeBase):
    """A node with an item, whose answer may move meters."""

    kind: Literal["item"]
    item: Item
    effects: NotRequired[Meters]
    also: NotRequired[list[Effect]]
    goto: list[Goto]


class Passage(NodeBase):
    """A node that is only read."""

    kind: Literal["passage"]
    goto: list[Goto]


class EndingCard(TypedDict):
    """How a scenario closes."""

    title: str
    kind: EndingKind


class Ending(NodeBase):
    """A node that leads nowhere; ``debrief`` is HTML."""

    kind: Literal["ending"]
    ending: EndingCard
    debrief: Telling


Node = Decision | ItemNode | Passage | Ending


class Chair(TypedDict):
    """Another person's chair, from which the same story can be played after an ending.

    ``who`` is a person's id, ``start`` the node where it begins, ``role`` HTML.
    """

    who: str
    start: str
    role: str


class Step(TypedDict):
    """A step at a node: with a choice, with a response to its item, or alone on a passage."""

    node: str
    choice: NotRequired[str]
    response: NotRequired[Given]


class Scenario(TypedDict):
    """A branching story. ``summary``, ``role`` and ``content_note`` are HTML.

    ``best`` are the steps of a best-supported path. ``skills`` are those that its choices name.
    ``strings`` as in a quiz.
    """

    format: Literal[1]
    kind: Literal["scenario"]
    version: str
    id: str
    lang: str
    title: str
    summary: str
    role: str
    minutes: int
    content_note: str | None
    cast: list[Person]
    meters: list[Meter]
    skills: NotRequired[list[Skill]]
    chairs: NotRequired[list[Chair]]
    start: str
    nodes: dict[str, Node]
    best: list[Step]
    strings: NotRequired[dict[str, str]]


Content = Quiz | Scenario
