"""`python -m xinfu.understanding.train`: the model from the written sentences. Same sentences, same file.

One linear classifier (squared hinge, one class against the others) per head of the taxonomy over one shared set of n-grams; the margins
become probabilities by one temperature per head, and the chance told of an intent by a monotone curve besides, all found on lines the
model has not seen. scikit-learn is needed here only.
"""

import argparse
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

from xinfu.understanding import sentences
from xinfu.understanding.features import BITS, hashes
from xinfu.understanding.heads import Floats, Heads
from xinfu.understanding.sentences import Written
from xinfu.understanding.taxonomy import HEADS

_SEED = 20260101
_HELD_OUT = 6  # every so many-th written line measures and calibrates
_ROOM = {"intent": 44_000, "emotion": 60_000, "demand": 12_000, "manner": 12_000, "danger": 28_000}  # n-grams each head may bring
_EACH = {"intent": 500, "emotion": 2_000, "demand": 700, "manner": 1_000, "danger": 1_600}  # sentences drawn per class
_CALM_QUESTIONS = {"emotion": 1_000, "manner": 4_000, "danger": 20_000}  # plain questions added to the class that is nothing special
_PLAIN_CLASS = {"emotion": "calm", "manner": "clean", "danger": "none"}
_BARE = 6  # how often each opening and ending stands alone among the plain: what says nothing must not lean to anything
_STRENGTH = {"intent": 1.0, "emotion": 0.4, "demand": 0.5, "manner": 0.5, "danger": 2.0}
_FELT_WITH_QUESTION = 0.5
_NOT_PLAIN = frozenset(("complaint", "thanks_bye", "dispute", "human_request", "chitchat", "unknown"))
_NOT_CIVIL = frozenset(("complaint", "dispute"))  # may hold harsh words; everything else is safe and clean

type Lines = Mapping[str, Sequence[Written]]
type Examples = dict[str, list["Example"]]


@dataclass(frozen=True, slots=True)
class Example:
    """A training sentence, and the written line it came from (`source`): n-grams are kept when two lines share them."""

    text: str
    label: int
    intensity: float
    source: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams kept, their weight by rarity, and their row by bucket."""

    buckets: npt.NDArray[np.uint32]
    rarity: npt.NDArray[np.float32]
    table: npt.NDArray[np.int64]

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """What `Heads.score` computes, as a sparse matrix: counts times rarity, each text at length one."""
        found, begins = hashes(texts)
        owner = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(found))))
        columns = self.table[found]
        columns[found == 0] = -1
        known = columns >= 0
        at = np.broadcast_to(owner[:, None], found.shape)[known]
        matrix = csr_matrix((self.rarity[columns[known]], (at, columns[known])), shape=(len(texts), len(self.buckets)), dtype=np.float32)
        # The length is summed per occurrence, as the model does it, not per distinct n-gram.
        squares = np.bincount(at, weights=self.rarity[columns[known]] ** 2, minlength=len(texts))
        return csr_matrix(matrix.multiply((1 / np.sqrt(np.maximum(squares, 1e-6)))[:, None]))


def grams_of(examples: Examples) -> Grams:
    """The n-grams most lines share, each head with its own room, so that the many intents do not crowd out the rest."""
    buckets = np.unique(np.concatenate([_most_shared(some, _ROOM[head])[0] for head, some in examples.items()]))
    whole = [example for some in examples.values() for example in some]
    every, lines = _most_shared(whole, 1 << BITS)
    shared = lines[np.searchsorted(every, buckets)]
    rarity = np.log(len({example.source for example in whole}) / shared) * 0.5 + 1
    table = np.full(1 << BITS, -1, dtype=np.int64)
    table[buckets] = np.arange(len(buckets))
    return Grams(buckets, rarity.astype(np.float32), table)


def _most_shared(examples: Sequence[Example], most: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The n-grams at least two written lines share, at most so many of them, in order of bucket; and by how many lines."""
    found, begins = hashes([example.text for example in examples])
    number = {source: at for at, source in enumerate(dict.fromkeys(example.source for example in examples))}
    owner = np.repeat([number[example.source] for example in examples], np.diff(np.append(begins, len(found))))
    pairs = (np.broadcast_to(owner[:, None], found.shape)[found > 0].astype(np.uint64) << np.uint64(BITS)) | found[found > 0]
    buckets, lines = np.unique(np.unique(pairs) & np.uint64((1 << BITS) - 1), return_counts=True)
    kept = np.flatnonzero(lines >= 2)
    if len(kept) > most:
        kept = np.sort(kept[np.argsort(-lines[kept], kind="stable")[:most]])
    return buckets[kept].astype(np.uint32), lines[kept]


def examples_of(written: Lines, turn: int = 0, each: Mapping[str, int] = _EACH) -> Examples:
    """Sentences for every head: as many of each class, plain questions besides, feelings also together with what is asked."""
    rng = random.Random(_SEED + turn)  # noqa: S311 - the same sentences every time is what is wanted
    plain = [line for line in written["intent"] if line.label not in _NOT_PLAIN]
    civil = [line for line in written["intent"] if line.label not in _NOT_CIVIL]
    filling = sentences.slots()

    def one(line: Written) -> str:
        return sentences.expand(line.text, filling, rng)

    out: Examples = {}
    for head, classes in HEADS.items():
        some: list[Example] = []
        for at, key in enumerate(classes):
            for line in _drawn([line for line in written[head] if line.label == key], each[head], rng):
                text = one(line)
                if head == "emotion" and line.intensity > 1 and rng.random() < _FELT_WITH_QUESTION:
                    text = _with_question(text, one(rng.choice(plain)), rng)
                elif rng.random() < 0.6:
                    text = sentences.noisy(text, rng)
                some.append(Example(text, at, float(line.intensity), line.text))
        for line in rng.choices(plain if head == "emotion" else civil, k=_CALM_QUESTIONS.get(head, 0) * each[head] // _EACH[head]):
            some.append(Example(sentences.noisy(one(line), rng), classes.index(_PLAIN_CLASS[head]), 0.0, line.text))
        if head in _PLAIN_CLASS:
            some += [Example(text, classes.index(_PLAIN_CLASS[head]), 0.0, text) for text in sentences.bare() for _ in range(_BARE)]
        out[head] = some
    return out


def _with_question(felt: str, asked: str, rng: random.Random) -> str:
    if asked.isascii() != felt.isascii():
        return felt
    return f"{felt}，{asked}" if rng.random() < 0.5 else f"{asked}，{felt}"


def _drawn(lines: Sequence[Written], times: int, rng: random.Random) -> list[Written]:
    """Every line once, then lines that stand for many sentences more often than a sentence that stands alone."""
    if not lines:
        return []
    more = rng.choices(lines, [sentences.richness(line.text) for line in lines], k=max(0, times - len(lines)))
    return [*(lines if len(lines) <= times else rng.sample(lines, times)), *more]


def fit(examples: Examples) -> Heads:
    """All heads and the intensity over one shared set of n-grams, with temperatures of one."""
    grams = grams_of(examples)
    weights, bias = [], []
    for head, classes in HEADS.items():
        coefficients, constants = _classifier(grams, examples[head], len(classes), _STRENGTH[head])
        weights.append(coefficients)
        bias.append(constants)
    felt = examples["emotion"]
    intensity = Ridge(alpha=1.0, solver="lsqr").fit(grams.matrix([e.text for e in felt]), np.array([e.intensity for e in felt]))
    columns = [*weights, intensity.coef_.reshape(-1, 1)]
    scaled = np.concatenate([np.concatenate(columns, axis=1) * grams.rarity[:, None], (grams.rarity**2)[:, None]], axis=1)
    constants = np.concatenate([*bias, [float(intensity.intercept_)]])
    return Heads.of(grams.buckets, scaled.astype(np.float32), constants.astype(np.float32), np.ones(len(HEADS), dtype=np.float32))


def _classifier(grams: Grams, examples: Sequence[Example], classes: int, strength: float) -> tuple[npt.NDArray[np.float64], Floats]:
    """Coefficients (n-grams by classes) and constants; a class without a sentence is never the answer."""
    model = LinearSVC(C=strength, random_state=_SEED)
    model.fit(grams.matrix([e.text for e in examples]), [e.label for e in examples], sample_weight=[e.weight for e in examples])
    coefficients, constants = np.zeros((len(grams.buckets), classes)), np.full(classes, -20.0)
    coefficients[:, model.classes_], constants[model.classes_] = model.coef_.T, model.intercept_
    return coefficients, constants.astype(np.float32)


def temperature(chances: Floats, labels: Sequence[int]) -> float:
    """The number by which to divide the margins behind `chances` so that 0.8 is right four times in five (least log loss)."""
    margins = np.log(np.maximum(chances, 1e-12))
    truth = np.array(labels)

    def loss(t: float) -> float:
        scaled = margins / t
        top = scaled.max(axis=1, keepdims=True)
        normal = scaled - top - np.log(np.exp(scaled - top).sum(axis=1, keepdims=True))
        return float(-normal[np.arange(len(truth)), truth].mean())

    return min((round(0.04 * 1.06**step, 4) for step in range(60)), key=loss)


def surety(chances: Floats, labels: Sequence[int]) -> Floats:
    """How often the likeliest class is right by how likely it looks: one temperature cannot bend the upper end where sixty classes meet.

    Half of it: the trial has not seen these lines nor any like some of them, so it does worse than the model made of all lines.
    """
    looks = chances.max(axis=1)
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(looks, chances.argmax(axis=1) == np.array(labels))
    return np.array([fitted.X_thresholds_, (fitted.X_thresholds_ + fitted.y_thresholds_) / 2], dtype=np.float32)


def calibrated(heads: Heads, held_out: Examples) -> tuple[Heads, dict[str, float]]:
    """The model with its temperatures and its surety about intents, and its accuracy per head on the held-out examples."""
    warmth, measures = [], {}
    for head in HEADS:
        labels = [e.label for e in held_out[head]]
        chances = heads.score([e.text for e in held_out[head]]).of[head]
        warmth.append(temperature(chances, labels))
        measures[f"{head}_accuracy"] = float((chances.argmax(axis=1) == labels).mean())
        measures[f"{head}_temperature"] = warmth[-1]
    warm = heads.tempered(np.array(warmth, dtype=np.float32))
    asked = [*held_out["intent"], *as_written(held_out["intent"])]
    sure = surety(warm.score([e.text for e in asked]).of["intent"], [e.label for e in asked])
    return warm.tempered(warm.temperatures, sure), measures


def split(written: Lines) -> tuple[Lines, Lines]:
    """Every sixth line apart, the same ones every time."""
    seen = {head: [line for at, line in enumerate(lines) if at % _HELD_OUT] for head, lines in written.items()}
    unseen = {head: [line for at, line in enumerate(lines) if not at % _HELD_OUT] for head, lines in written.items()}
    return seen, unseen


def once_each(written: Lines) -> Examples:
    """Every written line as one sentence, as somebody types it: what a model is measured and calibrated on."""
    most = {head: max(len(list(group)) for _, group in groupby(sorted(line.label for line in lines))) for head, lines in written.items()}
    every = examples_of(written, 1, most)
    return {head: _first_of_each(some) for head, some in every.items()}


def as_written(examples: Sequence[Example]) -> list[Example]:
    """The same lines without the slips of typing, so that a curve with many corners rests on careful customers, too."""
    rng, filling = random.Random(_SEED), sentences.slots()  # noqa: S311
    return [replace(example, text=sentences.expand(example.source, filling, rng)) for example in examples]


def _first_of_each(examples: Sequence[Example]) -> list[Example]:
    return list({example.source: example for example in reversed(examples)}.values())


def train(target: Path, tell: Callable[[str], None] = lambda _: None) -> dict[str, float]:
    """Fit once without every sixth line to measure and calibrate, then on everything. Returns the measures on the lines left out."""
    written = {head: sentences.lines_of(head) for head in HEADS}
    seen, unseen = split(written)
    tell("trial")
    trial, measures = calibrated(fit(examples_of(seen)), once_each(unseen))
    tell("whole")
    whole = fit(examples_of(written)).tempered(trial.temperatures, trial.surety)
    whole.save(target)
    return measures | {"rows": len(whole.buckets), "bytes": target.stat().st_size}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "models" / "default.npz")
    options = parser.parse_args(arguments)
    for name, value in train(options.out).items():
        sys.stdout.write(f"{name}\t{value:.4g}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
