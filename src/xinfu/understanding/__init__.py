"""What customers mean: intent, emotion, danger and the things they name. Pure computation, no storage, no network."""

from xinfu.understanding.contracts import Danger, Emotion, Entity, EntityKind, Language, Reading, Stage
from xinfu.understanding.reader import Understanding
from xinfu.understanding.taxonomy import EMOTIONS, INTENT_KEYS, INTENTS, STAGE_OF, Intent

__all__ = [
    "EMOTIONS",
    "INTENTS",
    "INTENT_KEYS",
    "STAGE_OF",
    "Danger",
    "Emotion",
    "Entity",
    "EntityKind",
    "Intent",
    "Language",
    "Reading",
    "Stage",
    "Understanding",
]
