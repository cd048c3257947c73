"""Other ways to read the same messages, trained on the same written sentences: a plain baseline, SnowNLP, other model families.

For benchmarks/understanding.py only. scikit-learn is a development dependency; SnowNLP is used where it happens to be installed.
"""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from xinfu.understanding import train
from xinfu.understanding.evaluate import Guess, Line, Report, compared
from xinfu.understanding.taxonomy import HEADS

_SEED = 20260101
_BATCH = 32
_TIMED = 20  # batches
NEGATIVE = frozenset(("anger", "anxiety", "worry", "loss"))

type Sentences = Sequence[train.Example]


class Trained(NamedTuple):
    """A model that scores texts, one column per class; what fitting cost in seconds of CPU, and how many numbers it holds."""

    score: Callable[[Sequence[str]], np.ndarray]
    fit_s: float
    numbers: int


@dataclass(frozen=True)
class Polarity:
    """Negative or not: how a reader does on one set."""

    accuracy: float
    precision: float
    recall: float
    f1: float


def guesses(trained: Trained, head: str, lines: Sequence[Line], *, chances: bool) -> list[Guess]:
    classes, found = HEADS[head], []
    for some in batched([line.text for line in lines], 256):
        for row in trained.score(some):
            best = np.argsort(-row, kind="stable")[:3]
            found.append(Guess(tuple(classes[at] for at in best), float(row[best[0]]) if chances else None))
    return found


def us_per_message(trained: Trained, texts: Sequence[str]) -> float:
    """Median over batches of 32, processor time of this thread."""
    taken = []
    for some in list(batched(texts, _BATCH))[: _TIMED + 1]:
        begun = time.thread_time_ns()
        trained.score(some)
        taken.append((time.thread_time_ns() - begun) / len(some) / 1000)
    return float(np.median(taken[1:]))


# --- the plain baseline


def baseline(head: str, sentences: Sentences) -> Trained:
    """Character TF-IDF of one to three characters and logistic regression, as anybody would set them up."""
    features = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
    begun = time.process_time()
    matrix = features.fit_transform([one.text for one in sentences])
    model = LogisticRegression(C=10, max_iter=80, tol=1e-3).fit(matrix, [one.label for one in sentences])
    width = len(HEADS[head])
    return Trained(
        lambda texts: _wide(model.predict_proba(features.transform(texts)), model.classes_, width),
        time.process_time() - begun,
        model.coef_.size,
    )


def _wide(scores: np.ndarray, classes: np.ndarray, width: int) -> np.ndarray:
    """A column for every class of the head, also for one without a sentence."""
    whole = np.full((len(scores), width), -1e9)
    whole[:, classes] = scores
    return whole


# --- SnowNLP


def snownlp() -> Callable[[str], float] | None:
    """The chance that a text is positive, by SnowNLP; None where it is not installed."""
    try:
        from snownlp import SnowNLP
    except ImportError:
        return None
    return lambda text: float(SnowNLP(text).sentiments)


def polarity(truth: Sequence[bool], said: Sequence[bool]) -> Polarity:
    right = sum(a and b for a, b in zip(truth, said, strict=True))
    precision, recall = right / max(1, sum(said)), right / max(1, sum(truth))
    return Polarity(
        accuracy=sum(a == b for a, b in zip(truth, said, strict=True)) / len(truth),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if right else 0.0,
    )


def snownlp_polarity(lines: Sequence[Line], positive: Callable[[str], float]) -> dict[str, Any]:
    """At its own border of one half, and at the border that would have been best on this very set; with its cost."""
    begun = time.thread_time_ns()
    chances = [positive(line.text) for line in lines]
    cost = (time.thread_time_ns() - begun) / len(lines) / 1000
    truth = [line.label in NEGATIVE for line in lines]
    best = max(
        (polarity(truth, [chance < border for chance in chances]) for border in (*sorted(set(chances)), 1.1)), key=lambda one: one.accuracy
    )
    return {"half": polarity(truth, [chance < 0.5 for chance in chances]), "best": best, "us": cost}


# --- other families on our n-grams


def families(sentences: Sentences) -> Iterator[tuple[str, Trained]]:
    """One after the other, each trained on the sentences of the intents with the n-grams of the model."""
    grams = train.grams_of({"intent": list(sentences)})
    matrix, labels = grams.matrix([one.text for one in sentences]), np.array([one.label for one in sentences])
    for name, fit in _FAMILIES.items():
        begun = time.process_time()
        decide, numbers = fit(matrix, labels)
        yield name, Trained(lambda texts, decide=decide: decide(grams.matrix(texts)), time.process_time() - begun, numbers)
    yield "small neural network (128) on hashed n-grams", _network(sentences, labels)


type Decide = Callable[[csr_matrix], np.ndarray]


def _svm(matrix: csr_matrix, labels: np.ndarray) -> tuple[Decide, int]:
    model = LinearSVC(C=1.0, random_state=_SEED).fit(matrix, labels)
    return model.decision_function, model.coef_.size


def _logistic(matrix: csr_matrix, labels: np.ndarray) -> tuple[Decide, int]:
    model = LogisticRegression(C=10, max_iter=80, tol=1e-3).fit(matrix, labels)
    return model.decision_function, model.coef_.size


def _bayes(matrix: csr_matrix, labels: np.ndarray) -> tuple[Decide, int]:
    model = MultinomialNB(alpha=0.1).fit(matrix, labels)
    return model.predict_joint_log_proba, model.feature_log_prob_.size


def _bayes_svm(matrix: csr_matrix, labels: np.ndarray) -> tuple[Decide, int]:
    """Each class against the rest on n-grams weighted by their log-count ratio."""
    binary = (matrix > 0).astype(np.float64)
    weights, constants = [], []
    for label in range(labels.max() + 1):
        mine = labels == label
        p, q = 1 + np.asarray(binary[mine].sum(axis=0)).ravel(), 1 + np.asarray(binary[~mine].sum(axis=0)).ravel()
        ratio = np.log((p / p.sum()) / (q / q.sum()))
        model = LinearSVC(C=0.1, random_state=_SEED).fit(binary.multiply(ratio).tocsr(), mine)
        weights.append(model.coef_[0] * ratio)
        constants.append(model.intercept_[0])
    columns = np.array(weights).T
    return lambda rows: (rows > 0).astype(np.float64) @ columns + np.array(constants), columns.size


_FAMILIES: Mapping[str, Callable[[csr_matrix, np.ndarray], tuple[Decide, int]]] = {
    "linear SVM (in use)": _svm,
    "logistic regression": _logistic,
    "multinomial naive Bayes": _bayes,
    "NB-SVM (log-count ratios)": _bayes_svm,
}


def _network(sentences: Sentences, labels: np.ndarray) -> Trained:
    features = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=1 << 15, alternate_sign=False, dtype=np.float32)
    begun = time.process_time()
    model = MLPClassifier((128,), alpha=1e-5, batch_size=256, max_iter=6, random_state=_SEED, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a few rounds are meant: more of them learn the sentences by heart
        model.fit(features.transform([one.text for one in sentences]), labels)
    return Trained(
        lambda texts: model.predict_proba(features.transform(texts)),
        time.process_time() - begun,
        sum(layer.size for layer in model.coefs_),
    )


def measured(trained: Trained, head: str, sets: Mapping[str, Sequence[Line]], *, chances: bool = False) -> dict[str, Report]:
    question = {"manner": "abuse"}.get(head, head)
    return {name: compared(question, lines, guesses(trained, head, lines, chances=chances)) for name, lines in sets.items()}
