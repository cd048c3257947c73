"""`python -m xinfu.understanding.train`: the model from the written sentences. Same sentences, same file.

scikit-learn is needed here only.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression, Ridge

from xinfu.understanding import sentences
from xinfu.understanding.features import BITS, hashes
from xinfu.understanding.heads import Heads
from xinfu.understanding.sentences import Written
from xinfu.understanding.taxonomy import EMOTIONS, INTENT_KEYS

_SEED = 20260101
_MOST_INTENT_ROWS = 38_000
_MOST_EMOTION_ROWS = 22_000
_PER_INTENT = 500
_PER_EMOTION = 3_000
_CALM = 2_500


@dataclass(frozen=True, slots=True)
class Example:
    """A training sentence, and the written line it came from (`source`): n-grams are kept when two lines share them."""

    text: str
    label: int
    intensity: float
    source: int


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


def grams_of(asked: Sequence[Example], felt: Sequence[Example]) -> Grams:
    """The n-grams most lines share, each kind of line with its own room, so that the many intents do not crowd out the feelings."""
    buckets = np.union1d(_most_shared(asked, _MOST_INTENT_ROWS)[0], _most_shared(felt, _MOST_EMOTION_ROWS)[0])
    every, lines = _most_shared([*asked, *felt], 1 << BITS)
    shared = lines[np.searchsorted(every, buckets)]
    rarity = np.log(len({example.source for example in (*asked, *felt)}) / shared) * 0.5 + 1
    table = np.full(1 << BITS, -1, dtype=np.int64)
    table[buckets] = np.arange(len(buckets))
    return Grams(buckets, rarity.astype(np.float32), table)


def _most_shared(examples: Sequence[Example], most: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The n-grams at least two written lines share, at most so many of them, in order of bucket; and by how many lines."""
    found, begins = hashes([example.text for example in examples])
    owner = np.repeat([example.source for example in examples], np.diff(np.append(begins, len(found))))
    pairs = (np.broadcast_to(owner[:, None], found.shape)[found > 0].astype(np.uint64) << np.uint64(BITS)) | found[found > 0]
    buckets, lines = np.unique(np.unique(pairs) & np.uint64((1 << BITS) - 1), return_counts=True)
    kept = np.flatnonzero(lines >= 2)
    if len(kept) > most:
        kept = np.sort(kept[np.argsort(-lines[kept], kind="stable")[:most]])
    return buckets[kept].astype(np.uint32), lines[kept]


def intent_examples(written: Sequence[Written], rng: random.Random, each: int = _PER_INTENT) -> list[Example]:
    """The same number of sentences for every intent, however many lines it has."""
    filling = sentences.slots()
    out = []
    for at, intent in enumerate(INTENT_KEYS):
        lines = [(number, line) for number, line in enumerate(written) if line.label == intent]
        for turn in range(each if lines else 0):
            number, line = lines[turn % len(lines)]
            text = sentences.expand(line.text, filling, rng)
            out.append(Example(text if rng.random() < 0.3 else sentences.noisy(text, rng), at, 0.0, number))
    return out


def _drawn(lines: Sequence[tuple[int, Written]], times: int, rng: random.Random) -> list[tuple[int, Written]]:
    """Lines that stand for many sentences are drawn more often than a sentence that stands alone."""
    return rng.choices(lines, [sentences.richness(line.text) for _, line in lines], k=times) if lines else []


def emotion_examples(felt: Sequence[Written], asked: Sequence[Written], rng: random.Random, offset: int) -> list[Example]:
    """Feelings alone and together with what is asked; plain questions are calm."""
    filling = sentences.slots()
    plain = [line for line in asked if line.label not in ("complaint", "thanks_bye", "dispute", "human_request", "chitchat", "unknown")]
    out = []
    for at, emotion in enumerate(EMOTIONS):
        lines = [(number, line) for number, line in enumerate(felt) if line.label == emotion]
        for number, line in _drawn(lines, _PER_EMOTION, rng):
            text = sentences.expand(line.text, filling, rng)
            if emotion != "calm" and line.intensity > 1 and rng.random() < 0.25:
                other = sentences.expand(rng.choice(plain).text, filling, rng)
                if other.isascii() == text.isascii():
                    text = f"{text}，{other}" if rng.random() < 0.5 else f"{other}，{text}"
            elif rng.random() < 0.5:
                text = sentences.noisy(text, rng)
            out.append(Example(text, at, float(line.intensity), offset + number))
    calm = EMOTIONS.index("calm")
    for _ in range(_CALM):
        line = rng.choice(plain)
        out.append(
            Example(sentences.noisy(sentences.expand(line.text, filling, rng), rng), calm, 0.0, offset + len(felt) + hash_of(line.text))
        )
    return out


def hash_of(text: str) -> int:
    """A stable number for a line (Python's own hash changes from run to run)."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(text)) % 100_000


def fit(examples: Sequence[Example], felt: Sequence[Example], strength: float = 6.0) -> Heads:
    """Both linear models and the intensity over one shared set of n-grams."""
    grams = grams_of(examples, felt)
    intents = _logistic(grams.matrix([e.text for e in examples]), [e.label for e in examples], strength)
    moved = grams.matrix([e.text for e in felt])
    emotions = _logistic(moved, [e.label for e in felt], strength / 2)
    intensity = Ridge(alpha=1.0, solver="lsqr").fit(moved, np.array([e.intensity for e in felt]))
    weights = np.concatenate(
        [_full(intents, len(INTENT_KEYS)) * grams.rarity[:, None], _full(emotions, len(EMOTIONS)) * grams.rarity[:, None],
         intensity.coef_.reshape(-1, 1) * grams.rarity[:, None], (grams.rarity**2)[:, None]], axis=1,
    )  # fmt: skip
    bias = np.concatenate([_constant(intents, len(INTENT_KEYS)), _constant(emotions, len(EMOTIONS)), [float(intensity.intercept_)]])
    return Heads.of(grams.buckets, weights.astype(np.float32), bias.astype(np.float32), np.ones(2, dtype=np.float32))


def _logistic(matrix: csr_matrix, labels: Sequence[int], strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=70, tol=1e-3).fit(matrix, labels)


def _full(model: LogisticRegression, classes: int) -> npt.NDArray[np.float64]:
    """One column per class, also for classes without a sentence."""
    out = np.zeros((model.coef_.shape[1], classes))
    out[:, model.classes_] = model.coef_.T
    return out


def _constant(model: LogisticRegression, classes: int) -> npt.NDArray[np.float64]:
    out = np.full(classes, -20.0)
    out[model.classes_] = model.intercept_
    return out


def temperature(heads: Heads, held_out: Sequence[Example], head: str) -> float:
    """The one number by which to soften or sharpen, chosen on lines the model has not seen, so that 0.8 is right four times in five."""
    scores = heads.score([e.text for e in held_out])
    logits = np.log(np.maximum(scores.intent if head == "intent" else scores.emotion, 1e-12))
    labels = np.array([e.label for e in held_out])

    def loss(t: float) -> float:
        scaled = logits / t
        top = scaled.max(axis=1, keepdims=True)
        normal = scaled - top - np.log(np.exp(scaled - top).sum(axis=1, keepdims=True))
        return float(-normal[np.arange(len(labels)), labels].mean())

    return min((round(0.3 + 0.05 * step, 2) for step in range(60)), key=loss)


def _dice(turn: int = 0) -> random.Random:
    return random.Random(_SEED + turn)  # noqa: S311 - the same sentences every time is what is wanted


def train(target: Path) -> dict[str, float]:
    """Fit once without every sixth line to measure and calibrate, then on everything. Returns the measures on the lines left out."""
    asked, felt = sentences.intents(), sentences.emotions()
    seen = [line for at, line in enumerate(asked) if at % 6]
    unseen = [line for at, line in enumerate(asked) if not at % 6]
    felt_seen = [line for at, line in enumerate(felt) if at % 6]
    felt_unseen = [line for at, line in enumerate(felt) if not at % 6]
    trial = fit(intent_examples(seen, _dice()), emotion_examples(felt_seen, seen, _dice(), len(seen)))
    check = intent_examples(unseen, _dice(1), each=40)
    check_felt = [e for e in emotion_examples(felt_unseen, unseen, _dice(1), 0) if e.source < len(felt_unseen)]
    scores, moved = trial.score([e.text for e in check]), trial.score([e.text for e in check_felt])
    measures = {
        "intent_accuracy": float((scores.intent.argmax(axis=1) == [e.label for e in check]).mean()),
        "emotion_accuracy": float((moved.emotion.argmax(axis=1) == [e.label for e in check_felt]).mean()),
        "intent_temperature": temperature(trial, check, "intent"),
        "emotion_temperature": temperature(trial, check_felt, "emotion"),
    }
    whole = fit(intent_examples(asked, _dice()), emotion_examples(felt, asked, _dice(), len(asked)))
    temperatures = np.array([measures["intent_temperature"], measures["emotion_temperature"]], dtype=np.float32)
    Heads(whole.buckets, whole.weights, whole.bias, temperatures, whole.table).save(target)
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
