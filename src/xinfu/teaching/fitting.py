"""The built-in sentences and a shop's own lines made into one model. All that this folder knows of how models are trained is here.

`understanding.train` does the work; scikit-learn is needed in this module only, and only in the training process.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xinfu.teaching import policy
from xinfu.teaching.contracts import Labels, Line
from xinfu.understanding import sentences, train
from xinfu.understanding.heads import Heads
from xinfu.understanding.sentences import Written
from xinfu.understanding.taxonomy import HEADS
from xinfu.understanding.train import Example, Examples

type Progress = Callable[[str, float], None]

_SEED = 20260101
_KEPT_BACK = 6  # every sixth of the shop's lines calibrates the trial


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """The written sentences by head, and how many are drawn of each class (None: as many as the built-in model has)."""

    written: Mapping[str, Sequence[Written]]
    each: Mapping[str, int] | None = None

    @classmethod
    def packaged(cls) -> "BuiltIn":
        return cls({head: sentences.lines_of(head) for head in HEADS})

    def examples(self, written: Mapping[str, Sequence[Written]]) -> Examples:
        return train.examples_of(written) if self.each is None else train.examples_of(written, each=self.each)


def fit(lines: Sequence[Line], built_in: BuiltIn, present: Heads, progress: Progress) -> Heads:
    """A model from both. `lines` are those to learn from; `present` tells how strong the feelings in them are."""
    progress("drawing", 0.02)
    strength = present.score([line.text for line in lines]).intensity.clip(0, 3).tolist() if lines else []
    pairs = list(zip(lines, strength, strict=True))
    often = policy.times(len(lines))
    seen, unseen = train.split(built_in.written)
    progress("trial", 0.08)
    kept = [pair for at, pair in enumerate(pairs) if at % _KEPT_BACK]
    trial = train.fit(_joined(built_in.examples(seen), _own(kept, often)))
    progress("calibrating", 0.45)
    left = [pair for at, pair in enumerate(pairs) if not at % _KEPT_BACK]
    trial, _ = train.calibrated(trial, _joined(train.once_each(unseen), _own(left, 1)))
    progress("fitting", 0.5)
    return train.fit(_joined(built_in.examples(built_in.written), _own(pairs, often))).tempered(trial.temperatures, trial.surety)


def labelled_as(labels: Labels) -> dict[str, str]:
    """A line's labels as the classes of the model. Words that are no abuse are heated when they are angry."""
    found = {head: value for head in ("intent", "emotion", "demand", "danger") if (value := labels.of(head)) is not None}
    if labels.abuse is not None:
        found["manner"] = "abuse" if labels.abuse == "yes" else "heated" if labels.emotion == "anger" else "clean"
    return found


def _own(lines: Sequence[tuple[Line, float]], often: int) -> Examples:
    """Each line once as written and, when it counts more than once, also as somebody in a hurry types it."""
    rng = random.Random(_SEED)  # noqa: S311 - the same lines make the same model
    own: Examples = {head: [] for head in HEADS}
    for line, strength in lines:
        texts = [line.text] if often == 1 else [line.text, sentences.noisy(line.text, rng)]
        for head, label in labelled_as(line.labels).items():
            felt = strength if head == "emotion" and label != "calm" else 0.0
            own[head] += [Example(text, HEADS[head].index(label), felt, line.text, often / len(texts)) for text in texts]
    return own


def _joined(one: Examples, other: Examples) -> Examples:
    return {head: [*one[head], *other[head]] for head in HEADS}
