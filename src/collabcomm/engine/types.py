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
SUPPORT_POINTS = {"well": 2, "partly": 1, "poorly": 0}
MAX_SUPPORT = max(SUPPORT_POINTS.values())

Basis = Literal["summary", "theory", "law", "judgement"]
Support = Literal["well", "partly", "poorly"]
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
    """A quantity that choices move; ``words`` spread evenly from lowest to highest."""

    id: str
    label: str
    start: int
    min: int
    max: int
    words: list[str]


class Line(TypedDict):
    """Something said; ``who`` is a person's id, ``says`` inline HTML."""

    who: str
    says: str


class Comparison(TypedDict):
    """Holds where the meter compares so with the value."""

    meter: str
    op: Literal[">=", "<=", ">", "<", "==", "!="]
    value: int


# "is" is no name in Python: whether the node has to be visited, or must not be.
Visit = TypedDict("Visit", {"visited": str, "is": bool})
Visit.__doc__ = "Holds where the node was visited, or was not."

Test = Comparison | Visit


def is_visit(test: Test) -> TypeIs[Visit]:
    """Tell the two kinds of test apart."""
    return "visited" in test


class Goto(TypedDict):
    """A way on, taken where all tests hold; the first that holds is taken."""

    node: str
    when: list[Test]


class Choice(TypedDict):
    """A way to act. ``text`` is inline HTML, ``consequence`` and ``feedback`` HTML."""

    id: str
    text: str
    support: Support
    points: int
    effects: Meters
    consequence: str
    feedback: str
    basis: Basis
    evidence: list[Evidence]
    goto: list[Goto]


class NodeBase(TypedDict):
    """What all nodes have: ``scene`` is HTML."""

    title: str | None
    scene: str
    lines: list[Line]


class Decision(NodeBase):
    """A node with choices; ``ask`` is inline HTML."""

    kind: Literal["decision"]
    ask: str
    choices: list[Choice]


class ItemNode(NodeBase):
    """A node with an item."""

    kind: Literal["item"]
    item: Item
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
    debrief: str


Node = Decision | ItemNode | Passage | Ending


class Step(TypedDict):
    """A step at a node: with a choice, with a response to its item, or alone on a passage."""

    node: str
    choice: NotRequired[str]
    response: NotRequired[Given]


class Scenario(TypedDict):
    """A branching story. ``summary``, ``role`` and ``content_note`` are HTML.

    ``best`` are the steps of a best-supported path. ``strings`` as in a quiz.
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
    start: str
    nodes: dict[str, Node]
    best: list[Step]
    strings: NotRequired[dict[str, str]]


Content = Quiz | Scenario
