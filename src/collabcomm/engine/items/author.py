"""The author's side of an item: what all types share, and what options are held to."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from pydantic import Field

from collabcomm.engine.authoring import Id, Key, Level, Model, Text
from collabcomm.engine.types import Basis, Support, Weights
from collabcomm.texts import did_you_mean

# A key stands out when it is so many times as long as the longest other option, and by so many
# characters.
LENGTH_RATIO = 1.4
LENGTH_CHARS = 25
CATCH_ALL = re.compile(
    r"\b(all|none|both|any) of the above\b|^\W*(all|none|both|any) of (these|them)\W*$",
    re.IGNORECASE,
)
Fault = tuple[tuple[str | int, ...], str]  # where in the item, and what is wrong there


class Render(Protocol):
    """Turns an author's text into what player JSON holds."""

    def translate(self, text: str) -> str:
        """Return a text in the language of the build, as it was written."""

    def inline(self, text: str) -> str:
        """Return Markdown as HTML without a paragraph around it."""

    def block(self, text: str | None) -> str | None:
        """Return Markdown as HTML, None for None."""


@dataclass(frozen=True)
class Told:
    """A line of what an author tells of an answer, in Markdown.

    ``answer`` is what belongs to ``text`` (of a pair), ``place`` its place in the right order,
    ``verdict`` a key of the player's texts. ``also`` marks a further wording of the same answer.
    """

    text: str
    feedback: str = ""
    answer: str | None = None
    place: int | None = None
    verdict: str | None = None
    also: bool = False

    @property
    def pair(self) -> list[str]:
        """The text, and what belongs to it."""
        return [text for text in (self.text, self.answer) if text]


@dataclass(frozen=True)
class Compared:
    """What learners hold their own text to: a model and points, in Markdown.

    ``lines`` are those that the text takes on paper.
    """

    lines: int
    model: str
    points: list[str]


class AuthoredItem(Model):
    """What all items have.

    What is written in a ``private`` one stays on the learner's device. ``practice_only``: nothing
    of it may stand where a service or a story would have to hold it.
    """

    scored: ClassVar[bool] = True
    private: ClassVar[bool] = False
    practice_only: ClassVar[bool] = False
    if TYPE_CHECKING:
        type: str  # every type declares its own, as a Literal

    id: Id
    outcome: Id | None = Field(None, description="The outcome of the module that it assesses.")
    level: Level | None = Field(None, description="Level of thinking (Anderson and Krathwohl).")
    basis: Basis | None = Field(
        None, description="What the key rests on. A judgement is never shown as evidence."
    )
    claims: list[Id] = Field(default_factory=list, description="Claims of book/evidence.yml.")
    sources: list[Key] = Field(default_factory=list, description="Keys of book/references.bib.")
    stem: Text
    points: Annotated[int, Field(ge=1, le=100)] = 1
    explanation: Text | None = Field(
        None, description="Shown after the answer, whatever it was; needed where options have none."
    )

    @abstractmethod
    def compiled(self, render: Render) -> dict[str, Any]:
        """Return what player JSON has of this type alone: its parts, and ``weights``."""

    def most(self, weights: Weights) -> float:
        """Return the most that a response can earn by these weights."""
        return sum(weight for weight in weights.values() if weight > 0)

    @abstractmethod
    def offered(self) -> list[list[str]]:
        """Return the lists that a learner sees under the stem, in Markdown, as shown."""

    @abstractmethod
    def told(self) -> list[Told]:
        """Return the key and the feedback to it, line by line."""

    def compared(self) -> Compared | None:
        """Return what learners compare their own text with; None where they write none."""
        return None

    def faults(self, misconceptions: Collection[str] | None) -> Iterator[Fault]:
        """Yield what is wrong though every field is well formed.

        ``misconceptions`` are those of the module; None where the item belongs to none.
        """
        if self.basis is None and self.scored:
            yield (), "'basis' is missing; it says what the key rests on"
        if CATCH_ALL.search(self.stem):
            yield ("stem",), "'all of the above' and its like tests guessing. Ask one thing"


NO_FEEDBACK: Fault = ((), "feedback is missing; say in 'explanation' why the answer is right")


class Option(Model):
    """An answer that an item offers. Its key is the option that is right."""

    id: Id
    text: Text
    feedback: Text | None = Field(
        None, description="What is right or wrong about this choice, why, and by which source."
    )
    misconception: Id | None = Field(
        None, description="The module's misconception that this option tempts with."
    )

    def compiled(self, render: Render) -> dict[str, Any]:
        """Return the option as player JSON holds it, its feedback included."""
        return {
            "id": self.id,
            "text": render.inline(self.text),
            "feedback": render.block(self.feedback),
        }


class KeyedOption(Option):
    """An option that is right or wrong."""

    correct: bool = Field(False, description="Whether this option belongs to the key.")


class RatedOption(Option):
    """An option of a judgement item, rated by how well the evidence supports it."""

    support: Support


def keyed(options: Collection[KeyedOption]) -> list[Told]:
    """Return what is told of options that are right or wrong."""
    return [
        Told(
            option.text,
            option.feedback or "",
            verdict=f"option.picked.{'well' if option.correct else 'poorly'}",
        )
        for option in options
    ]


def option_faults(
    options: Collection[Option], misconceptions: Collection[str] | None
) -> Iterator[Fault]:
    """Yield what is wrong with options."""
    for number, option in enumerate(options):
        here = ("options", number)
        if not option.feedback:
            yield (
                here,
                "feedback is missing; say what is right or wrong about this choice, and why",
            )
        named = option.misconception
        if named and misconceptions is not None and named not in misconceptions:
            yield (
                (*here, "misconception"),
                f"no misconception '{named}'.{did_you_mean(named, misconceptions)}",
            )
        if CATCH_ALL.search(option.text):
            yield (
                (*here, "text"),
                f"'{option.text}' tests guessing. Offer a real option instead",
            )


def length_faults(options: Collection[Option], key: Option) -> Iterator[Fault]:
    """Yield whether the only right option stands out by its length."""
    own, rest = len(key.text), max(len(option.text) for option in options if option is not key)
    if own > LENGTH_RATIO * rest and own - rest > LENGTH_CHARS:
        yield (
            (),
            f"the key stands out by its length ({own} characters, the longest other "
            f"option {rest}). Shorten it, or fill out the others",
        )
