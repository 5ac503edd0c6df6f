"""What the engine has to know of a type of item."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

from collabcomm.engine.items.author import AuthoredItem
from collabcomm.engine.types import Given, ItemBase, Option, Part, Weights
from collabcomm.texts import text_of

MAX_TEXT = 2000
MAX_LIST = 50
T = TypeVar("T", bound=ItemBase)


@dataclass(frozen=True)
class Row:
    """A row of what learners gave. Rows of a ``group`` share a key; ``right`` belongs to it."""

    group: str
    key: str
    text: str
    right: bool


class ItemType(ABC, Generic[T]):
    """A type of item: its arithmetic, its words, its place in other formats.

    ``authored`` is the author's model, ``compiled`` what player JSON holds. ``votable``: a room can
    vote on its parts. ``one_guess`` is False where nobody knows how many parts a guesser picks, so
    that ``chance`` is no estimate of what learners earn by guessing. ``xapi`` is the interaction
    type, None for what no statement tells.

    A response comes from anywhere and may have any shape: only ``fits`` judges its shape, all
    others take from it what they know. Ids that the item does not have are not known.
    """

    authored: ClassVar[type[AuthoredItem]]
    compiled: ClassVar[type]
    xapi: ClassVar[str | None]
    votable: ClassVar[bool] = False
    one_guess: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """What the type is called in files and in player JSON."""
        return str(get_args(self.authored.model_fields["type"].annotation)[0])

    @property
    def scored(self) -> bool:
        """Whether items of this type can earn marks."""
        return self.authored.scored

    @property
    def private(self) -> bool:
        """Whether a response is the learner's own words, which stay on the device."""
        return self.authored.private

    @abstractmethod
    def parts(self, item: T) -> Sequence[Part | Option]:
        """Return what a response names: options, answers, steps; often nothing."""

    @abstractmethod
    def picks(self, item: T, response: object) -> list[str]:
        """Return the keys that a response picks, each once, in the order given."""

    def is_complete(self, item: T, response: object) -> bool:
        """Tell whether a response is complete enough to be checked."""
        return bool(self.picks(item, response))

    @abstractmethod
    def fits(self, response: object) -> bool:
        """Tell whether a response has this type's shape, and a size that every store can hold."""

    def best(self, item: T) -> Given:
        """Return a response that earns full marks; None where none is scored."""
        weights = weights_of(item)
        return max(right, key=lambda key: weights[key]) if (right := keys_of(item)) else None

    def passing(self, item: T) -> Given:
        """Return a response by which a story goes on: the best, or any where none is scored."""
        return self.best(item)

    def tries(self, item: T) -> list[Given]:
        """Return responses that stand for all that a story could read, the passing one first."""
        return [self.passing(item)]

    def chance(self, item: T) -> float:
        """Return what an answer at random earns on average, as a fraction of ``max``."""
        return 0.0

    def guesses(self, item: T, values: Sequence[float]) -> list[Given]:
        """Return the responses of a guesser who likes parts the better the higher their value.

        ``values`` are of ``parts``, in their order. Of several responses each is as likely.
        """
        return []

    @abstractmethod
    def rows(self, item: T, picked: Sequence[str]) -> Iterator[Row]:
        """Yield the rows of an analysis; ``picked`` are the keys that learners picked, the most
        common first.
        """

    @abstractmethod
    def spoken(self, item: T, response: object) -> str:
        """Return a response in words; empty where there is none."""

    def from_token(self, token: str) -> Given:
        """Return the response that a word of a command line means."""
        return token

    def to_token(self, response: Given) -> str:
        """Return the word of a command line for a response."""
        return response if isinstance(response, str) else ""

    @abstractmethod
    def interaction(self, item: T) -> dict[str, Sequence[Part | Option]]:
        """Return the parts of an xAPI interaction by the names of their lists."""

    def spelt(self, item: T, response: object) -> str:
        """Return a response in xAPI's spelling."""
        return str(response)

    def correct(self, item: T) -> list[str]:
        """Return xAPI's patterns of what earns full marks; none where nothing is scored."""
        best = self.best(item)
        return [] if best is None else [self.spelt(item, best)]


class OneOption(ItemType[T]):
    """A type whose response names one of its options."""

    xapi = "choice"
    votable = True

    def parts(self, item: T) -> Sequence[Option]:
        return cast("Sequence[Option]", cast("Mapping[str, Any]", item)["options"])

    def picks(self, item: T, response: object) -> list[str]:
        known = ids(self.parts(item))
        return [response] if isinstance(response, str) and response in known else []

    def fits(self, response: object) -> bool:
        return is_short(response)

    def tries(self, item: T) -> list[Given]:
        first = self.passing(item)
        return [first, *(part["id"] for part in self.parts(item) if part["id"] != first)]

    def chance(self, item: T) -> float:
        if not item["max"]:
            return 0.0
        weights = weights_of(item)
        earned = [min(max(weights.get(o["id"], 0), 0), item["max"]) for o in self.parts(item)]
        return float(sum(earned) / len(earned) / item["max"])

    def guesses(self, item: T, values: Sequence[float]) -> list[Given]:
        return list(preferred(self.parts(item), values))

    def is_right(self, weight: float, best: float) -> bool:
        """Tell whether an option of this weight belongs to the key."""
        return weight > 0 and weight == best

    def rows(self, item: T, picked: Sequence[str]) -> Iterator[Row]:
        weights = weights_of(item)
        best = max(weights.values(), default=0)
        for option in self.parts(item):
            right = self.is_right(weights.get(option["id"], 0), best)
            yield Row("", option["id"], text_of(option["text"]), right)

    def spoken(self, item: T, response: object) -> str:
        return labels(self.parts(item)).get(response, "") if isinstance(response, str) else ""

    def interaction(self, item: T) -> dict[str, Sequence[Part | Option]]:
        return {"choices": self.parts(item)}


def weights_of(item: ItemBase) -> Weights:
    """Return an item's weights; none where its key is not here."""
    return item.get("weights") or {}


def keys_of(item: ItemBase) -> list[str]:
    """Return what earns marks."""
    return [key for key, weight in weights_of(item).items() if weight > 0]


def ids(parts: Iterable[Part | Option]) -> set[str]:
    """Return the ids of some parts."""
    return {part["id"] for part in parts}


def labels(parts: Iterable[Part | Option]) -> dict[str, str]:
    """Return the texts of some parts, plain, by id."""
    return {part["id"]: text_of(part["text"]) for part in parts}


def preferred(parts: Sequence[Part | Option], values: Sequence[float]) -> list[str]:
    """Return the ids of the parts of the highest value."""
    highest = max(values, default=0.0)
    return [part["id"] for part, v in zip(parts, values, strict=True) if v == highest]


def is_short(value: object) -> bool:
    """Tell whether a value is a text that every database and file can hold."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def is_short_list(value: object) -> bool:
    """Tell whether a value is a list of not too many such texts."""
    return isinstance(value, list) and len(value) <= MAX_LIST and all(map(is_short, value))
