"""What the front desk remembers of a conversation between messages: small, JSON, stored with the conversation."""

from dataclasses import dataclass, field
from typing import Any, Literal

from xinfu.understanding.contracts import Language

type Asked = Literal["", "order", "product", "person", "urge", "look", "contact"]

REMEMBERED_QUESTIONS = 8
REMEMBERED_STEPS = 6
REMEMBERED_VARIANTS = 10


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

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "Memory":
        """The memory of the last turn. Anything unreadable (an older version's form) is forgotten, never an error."""
        if not stored:
            return cls()
        try:
            return cls(
                order=str(stored.get("o", "")),
                product=str(stored.get("p", "")),
                attribute=str(stored.get("b", "")),
                gift=bool(stored.get("g")),
                intent=str(stored.get("i", "")),
                asked=stored.get("k", ""),
                shown=list(stored.get("s", ())),
                unsure=int(stored.get("u", 0)),
                angry=int(stored.get("a", 0)),
                sorry=bool(stored.get("y")),
                language=stored.get("l"),
                answered=dict(stored.get("q", ())),
                variants=dict(stored.get("v", ())),
                tried=list(stored.get("t", ())),
                promised=list(stored.get("m", ())),
            )
        except (TypeError, ValueError):
            return cls()

    def dump(self) -> dict[str, Any]:
        """The form to store; empty fields are left out."""
        pairs = (
            ("o", self.order),
            ("p", self.product),
            ("b", self.attribute),
            ("g", int(self.gift)),
            ("i", self.intent),
            ("k", self.asked),
            ("s", self.shown),
            ("u", self.unsure),
            ("a", self.angry),
            ("y", int(self.sorry)),
            ("l", self.language),
            ("q", self.answered),
            ("v", self.variants),
            ("t", self.tried),
            ("m", self.promised),
        )
        return {key: value for key, value in pairs if value}

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

    def promise(self, words: str) -> None:
        if words not in self.promised:
            self.promised.append(words)
