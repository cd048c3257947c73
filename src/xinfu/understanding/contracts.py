"""What a message was understood to say; the only part of this folder others build on."""

from dataclasses import dataclass
from typing import Literal

type Emotion = Literal["anger", "anxiety", "worry", "loss", "confusion", "happiness", "calm"]
type Stage = Literal["pre", "mid", "after", "any"]
type Language = Literal["zh", "en"]
type EntityKind = Literal[
    "order_no", "phone", "amount", "date", "tracking_no", "sku", "size", "height_cm", "weight_kg", "address", "quantity", "email"
]
type Demand = Literal["information", "action", "refund", "compensation", "apology", "fairness", "none"]
type Danger = Literal["self_harm", "threat", "injury", "allergy", "violence"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in the text: text[start:end] as written, `value` normalised (digits half-width, amounts as '199.00', dates ISO)."""

    kind: EntityKind
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, understood. Probabilities are in 0..1; `intensity` is 0 (calm) to 3 (strong)."""

    intent: str
    intent_p: float
    top: tuple[tuple[str, float], ...]
    stage: Stage
    emotion: Emotion
    emotion_p: float
    intensity: int
    abuse: bool
    danger: Danger | None
    entities: tuple[Entity, ...]
    language: Language
    demand: Demand = "none"
    demand_p: float = 0.0
