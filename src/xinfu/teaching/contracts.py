"""What can be labelled on a message, and what a labelled message is. The labels are those of `understanding`."""

from dataclasses import dataclass
from typing import Literal

from xinfu.understanding import taxonomy

type Head = Literal["intent", "emotion", "demand", "abuse", "danger"]
type Part = Literal["train", "held"]
type Source = Literal["file", "page", "correction"]
type Verdict = Literal["better", "unclear", "worse", "too_few"]

HEADS: tuple[Head, ...] = ("intent", "emotion", "demand", "abuse", "danger")
LABELS: dict[Head, tuple[str, ...]] = {
    "intent": taxonomy.HEADS["intent"],
    "emotion": taxonomy.HEADS["emotion"],
    "demand": taxonomy.HEADS["demand"],
    "abuse": ("no", "yes"),
    "danger": taxonomy.HEADS["danger"],
}
BUILT_IN = "builtin"  # stands for the model that comes with Xinfu wherever a version is named


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person says the message means; None: nothing said about it."""

    intent: str | None = None
    emotion: str | None = None
    demand: str | None = None
    abuse: str | None = None
    danger: str | None = None

    def of(self, head: Head) -> str | None:
        value: str | None = getattr(self, head)
        return value

    def given(self) -> dict[Head, str]:
        return {head: value for head in HEADS if (value := self.of(head)) is not None}


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled message as training sees it. `before`: what the shop's side had said, "" for nothing."""

    text: str
    before: str
    labels: Labels
    part: Part
