"""Two models on the same held-out messages: figures with 95 % intervals, what changed per label, and a verdict. Pure computation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xinfu.teaching.contracts import HEADS, Head, Line, Verdict
from xinfu.understanding import Reading, Understanding

type Numbers = npt.NDArray[np.float64]

LEAST_TO_JUDGE = 30  # held-out lines of a head below which nothing is claimed
RESAMPLES = 1000
_BINS = 15
_BATCH = 256
_MOST_CONFUSIONS = 40
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Guess:
    """What a model made of a line, and how sure it was; `sure` None where a head gives no probability."""

    label: str
    sure: float | None


def guess_of(reading: Reading, head: Head) -> Guess:
    """The reading's answer for one head."""
    match head:
        case "intent":
            return Guess(reading.intent, reading.intent_p)
        case "emotion":
            return Guess(reading.emotion, reading.emotion_p)
        case "demand":
            return Guess(reading.demand, reading.demand_p)
        case "abuse":
            return Guess("yes" if reading.abuse else "no", None)
        case "danger":
            return Guess(reading.danger or "none", None)


def read_all(model: Understanding, lines: Sequence[Line]) -> list[Reading]:
    readings: list[Reading] = []
    for start in range(0, len(lines), _BATCH):
        some = lines[start : start + _BATCH]
        readings += model.read([line.text for line in some], [line.before or None for line in some])
    return readings


def compare(present: Understanding, candidate: Understanding, lines: Sequence[Line], resamples: int = RESAMPLES) -> dict[str, Any]:
    """Figures for every head that held-out lines speak of, and the verdict over all of them."""
    before, after = read_all(present, lines), read_all(candidate, lines)
    heads: dict[str, Any] = {}
    for head in HEADS:
        rows = [
            (label, guess_of(was, head), guess_of(now, head))
            for line, was, now in zip(lines, before, after, strict=True)
            if (label := line.labels.of(head)) is not None
        ]
        if rows:
            heads[head] = _head([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], resamples)
    return {"heads": heads, "verdict": overall([one["verdict"] for one in heads.values()])}


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """Worse if anything is worse; better if something is and nothing is worse."""
    for verdict in ("worse", "better", "unclear"):
        if verdict in verdicts:
            return verdict
    return "too_few"


def judge(lines: int, f1: Sequence[float], accuracy: Sequence[float]) -> Verdict:
    """From the intervals (low, middle, high) of what the candidate has more than the present model."""
    if lines < LEAST_TO_JUDGE:
        return "too_few"
    if f1[2] < 0 or accuracy[2] < 0:
        return "worse"
    return "better" if f1[0] > 0 or accuracy[0] > 0 else "unclear"


def _head(labels: Sequence[str], old: Sequence[Guess], new: Sequence[Guess], resamples: int) -> dict[str, Any]:
    triples = Counter(zip(labels, (g.label for g in old), (g.label for g in new), strict=True))
    names = sorted({name for triple in triples for name in triple})
    at = {name: i for i, name in enumerate(names)}
    codes = np.array([[at[name] for name in triple] for triple in triples])
    counts = np.array(list(triples.values()), dtype=np.float64)
    # Drawing lines anew with replacement is drawing how often each kind of outcome occurs.
    drawn = np.random.default_rng(_SEED).multinomial(len(labels), counts / counts.sum(), size=resamples).astype(np.float64)
    weights = np.vstack([counts, drawn])
    was, now = (_scores(weights, codes[:, 0], codes[:, side], len(names)) for side in (1, 2))
    difference = {"macro_f1": _interval(now[0] - was[0]), "accuracy": _interval(now[1] - was[1])}
    return {
        "lines": len(labels),
        "present": _model_figures(was, labels, old),
        "candidate": _model_figures(now, labels, new),
        "difference": difference,
        "verdict": judge(len(labels), difference["macro_f1"], difference["accuracy"]),
        "classes": _classes(names, labels, was[2][0], now[2][0]),
        "confusions": _confusions(triples),
    }


def _scores(weights: Numbers, labels: npt.NDArray[np.int64], guesses: npt.NDArray[np.int64], size: int) -> tuple[Numbers, Numbers, Numbers]:
    """Per row of weights: macro F1 over the labels that occur, accuracy, and F1 of every label."""
    ones = np.eye(size)
    actual, given = weights @ ones[labels], weights @ ones[guesses]
    right = weights @ (ones[labels] * (labels == guesses)[:, None])
    f1 = 2 * right / np.maximum(actual + given, 1e-9)
    macro = (f1 * (actual > 0)).sum(axis=1) / np.maximum((actual > 0).sum(axis=1), 1)
    return macro, right.sum(axis=1) / weights.sum(axis=1), f1


def _interval(values: Numbers) -> list[float]:
    """Low end, the figure itself (the first value), high end."""
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return [round(float(v), 4) for v in (low, values[0], high)]


def _model_figures(scores: tuple[Numbers, Numbers, Numbers], labels: Sequence[str], guesses: Sequence[Guess]) -> dict[str, Any]:
    return {"macro_f1": _interval(scores[0]), "accuracy": _interval(scores[1]), "ece": calibration_error(labels, guesses)}


def calibration_error(labels: Sequence[str], guesses: Sequence[Guess]) -> float | None:
    """How far, on average, sureness is from being right (expected calibration error, 15 bins); None without probabilities."""
    sure = np.array([g.sure for g in guesses if g.sure is not None], dtype=np.float64)
    if len(sure) != len(guesses) or not len(sure):
        return None
    right = np.array([label == g.label for label, g in zip(labels, guesses, strict=True)], dtype=np.float64)
    bins = np.minimum((sure * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.bincount(bins, weights=right - sure, minlength=_BINS)
    return round(float(np.abs(gaps).sum() / len(sure)), 4)


def _classes(names: Sequence[str], labels: Sequence[str], was: Numbers, now: Numbers) -> list[dict[str, Any]]:
    """Every label that occurs, the most changed first."""
    lines = Counter(labels)
    rows = [
        {"label": name, "lines": lines[name], "present": round(float(was[i]), 4), "candidate": round(float(now[i]), 4)}
        for i, name in enumerate(names)
        if lines[name]
    ]
    return sorted(rows, key=lambda row: (-abs(row["candidate"] - row["present"]), row["label"]))


def _confusions(triples: Counter[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """What is taken for what, by either model, most frequent with the candidate first."""
    was: Counter[tuple[str, str]] = Counter()
    now: Counter[tuple[str, str]] = Counter()
    for (label, old, new), count in triples.items():
        was[(label, old)] += count
        now[(label, new)] += count
    pairs = {pair for pair in (*was, *now) if pair[0] != pair[1]}
    ranked = sorted(pairs, key=lambda pair: (-now[pair], -was[pair], pair))[:_MOST_CONFUSIONS]
    return [{"label": label, "read_as": guess, "present": was[(label, guess)], "candidate": now[(label, guess)]} for label, guess in ranked]
