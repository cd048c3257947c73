"""What the front desk remembers of a conversation between messages: small, JSON, stored with the conversation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from xinfu.kit.ids import Id
from xinfu.understanding.contracts import Language

# What we asked and wait to hear: which order, which product, shall a person come, … `act`: shall it be done as shown; `address`, `title`,
# `reason`, `words`: what an action still needs to be told; `body`: measures for a size.
type Asked = Literal[
    "", "order", "product", "person", "urge", "look", "contact", "act", "address", "title", "reason", "words", "body"
]  # fmt: skip

REMEMBERED_QUESTIONS = 8
REMEMBERED_STEPS = 6
REMEMBERED_VARIANTS = 24
REMEMBERED_TOPICS = 3
REMEMBERED_PHOTOS = 9


@dataclass(slots=True)
class Task:
    """One thing to be done for the customer, from the moment it is wanted. `token` is the preview's they were shown, '' before that."""

    op: str
    order: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    until: int = 0  # milliseconds since 1970; a yes after it is shown the preview again

    def dump(self) -> list[Any]:
        return [self.op, self.order, self.inputs, self.token, self.until]

    @classmethod
    def load(cls, stored: list[Any]) -> "Task":
        op, order, inputs, token, until = stored
        return cls(str(op), str(order), dict(inputs), str(token), int(until))


@dataclass(frozen=True, slots=True)
class Topic:
    """What was talked about before: to come back to."""

    intent: str
    order: str
    product: str


@dataclass(slots=True)
class Memory:
    """Mutable for the length of one turn. Keys of the stored form are short because it is written with every message."""

    order: str = ""  # number of the order being talked about
    product: str = ""  # id of the product being talked about
    attribute: str = ""  # what was asked about a product before we knew which
    gift: bool = False  # the order talked about may be a gift
    intent: str = ""  # what was last wanted
    asked: Asked = ""  # what we asked the customer and still wait to hear
    shown: list[str] = field(default_factory=list)  # order numbers offered to choose from, in that order
    unsure: int = 0  # times in a row we did not know
    angry: int = 0  # messages of clear anger so far
    sorry: bool = False  # the one apology has been made
    language: Language | None = None
    answered: dict[str, int] = field(default_factory=dict)  # question → times answered
    variants: dict[str, int] = field(default_factory=dict)  # phrase → variant used last
    tried: list[str] = field(default_factory=list)  # what we did for the customer, for the hand-over note
    promised: list[str] = field(default_factory=list)
    task: Task | None = None  # what is about to be done
    topics: list[Topic] = field(default_factory=list)  # earlier ones, oldest first
    body: dict[str, float] = field(default_factory=dict)  # measures told so far, see sizes
    photos: list[Id] = field(default_factory=list)  # files sent without being asked about yet
    case: str = ""  # number of the request handed in last: pictures sent now belong to it
    waiting: list[str] = field(default_factory=list)  # what was said already while waiting for a person

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "Memory":
        """The memory of the last turn. Anything unreadable (an older version's form) is forgotten, never an error."""
        memory = cls()
        try:
            for key, value in stored.items():
                name, form = _STORED[key]
                setattr(memory, name, form(value))
        except (TypeError, ValueError, KeyError):
            return cls()
        return memory

    def dump(self) -> dict[str, Any]:
        """The form to store; empty fields are left out."""
        out: dict[str, Any] = {}
        for key, name in _PLAIN:
            if value := getattr(self, name):
                out[key] = value
        if self.gift:
            out["g"] = 1
        if self.sorry:
            out["y"] = 1
        if self.task:
            out["w"] = self.task.dump()
        if self.topics:
            out["h"] = [[t.intent, t.order, t.product] for t in self.topics]
        return out

    def times_answered(self, question: str) -> int:
        return self.answered.get(question, 0)

    def answering(self, question: str) -> None:
        """Count an answer to `question`, forgetting the oldest questions."""
        times = self.answered.pop(question, 0)
        self.answered[question] = times + 1
        while len(self.answered) > REMEMBERED_QUESTIONS:
            del self.answered[next(iter(self.answered))]

    def did(self, step: str) -> None:
        """Remember something done for the customer, once."""
        if step not in self.tried:
            self.tried.append(step)
            del self.tried[:-REMEMBERED_STEPS]

    def leave(self, topic: Topic) -> None:
        """Put a topic aside to come back to; the newest telling of it counts."""
        self.topics = [t for t in self.topics if (t.order, t.product) != (topic.order, topic.product)][-REMEMBERED_TOPICS + 1 :]
        self.topics.append(topic)

    def photo(self, file_id: Id) -> None:
        if file_id not in self.photos:
            self.photos = [*self.photos, file_id][-REMEMBERED_PHOTOS:]

    def promise(self, words: str) -> None:
        if words not in self.promised:
            self.promised.append(words)


def _topics(stored: list[list[str]]) -> list[Topic]:
    return [Topic(*topic) for topic in stored]


# Key of the stored form → field, and how it is read. Only what is there is read: most memories are small.
_STORED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "o": ("order", str), "p": ("product", str), "b": ("attribute", str), "g": ("gift", bool), "i": ("intent", str), "k": ("asked", str),
    "s": ("shown", list), "u": ("unsure", int), "a": ("angry", int), "y": ("sorry", bool), "l": ("language", str), "q": ("answered", dict),
    "v": ("variants", dict), "t": ("tried", list), "m": ("promised", list), "z": ("body", dict), "f": ("photos", list),
    "c": ("case", str), "n": ("waiting", list), "w": ("task", Task.load), "h": ("topics", _topics),
}  # fmt: skip
_PLAIN = tuple((key, name) for key, (name, _) in _STORED.items() if key not in "gywh")
