"""The trained model: one row of weights per known n-gram, one column per answer; loaded from and saved to one compact file."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinfu.understanding.features import BITS, hashes
from xinfu.understanding.taxonomy import HEADS

type Floats = npt.NDArray[np.float32]

_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same weights make the same file, whatever the day
_COLUMNS = sum(map(len, HEADS.values())) + 2  # the classes of every head, the intensity, the length
_AS_IT_IS = np.array([[0, 1], [0, 1]], dtype=np.float32)
DEFAULT = files("xinfu.understanding") / "models" / "default.npz"


@dataclass(frozen=True, slots=True)
class Scores:
    """Per text: the probabilities of every head's classes, and the intensity as a number around 0..3."""

    of: dict[str, Floats]
    intensity: Floats


@dataclass(frozen=True, slots=True)
class Heads:
    """Known n-grams (`buckets`), their weights (last column: the square of the rarity, for the length of the text) and the constants."""

    buckets: npt.NDArray[np.uint32]
    weights: Floats
    bias: Floats
    temperatures: Floats
    table: npt.NDArray[np.int32]
    surety: Floats = field(default_factory=lambda: _AS_IT_IS)  # how likely the likeliest intent looks, and how often it is right

    @classmethod
    def of(cls, buckets: npt.NDArray[np.uint32], weights: Floats, bias: Floats, temperatures: Floats) -> "Heads":
        if weights.shape != (len(buckets), _COLUMNS):
            raise ValueError("the weights do not fit this version's classes")
        table = np.zeros(1 << BITS, dtype=np.int32)
        table[buckets] = np.arange(1, len(buckets) + 1, dtype=np.int32)
        # Row 0 is "nothing known": added once per text, so that a text without any known n-gram still has a row to add up.
        rows = np.concatenate([np.zeros((1, _COLUMNS), dtype=np.float32), weights.astype(np.float32)])
        return cls(buckets, rows, bias.astype(np.float32), temperatures.astype(np.float32), table)

    @classmethod
    def load(cls, path: Traversable | Path = DEFAULT) -> "Heads":
        """Raises ValueError for a model that answers other questions than this version asks."""
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            if list(stored["classes"]) != _classes():
                raise ValueError("the model was trained for other classes; train it again")
            weights = stored["weights"].astype(np.float32) * stored["scale"]
            model = cls.of(np.cumsum(stored["steps"], dtype=np.uint32), weights, stored["bias"], stored["temperatures"])
            return model.tempered(model.temperatures, stored.get("surety", _AS_IT_IS))

    def tempered(self, temperatures: Floats, surety: Floats | None = None) -> "Heads":
        """The same model with other temperatures, one per head, and with another `surety`."""
        return replace(self, temperatures=temperatures, surety=self.surety if surety is None else surety)

    def sure(self, chances: Floats) -> Floats:
        """How often the likeliest intent is right that looks this likely."""
        return np.asarray(np.interp(chances, self.surety[0], self.surety[1]), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Weights as signed bytes with one scale per column: a quarter of the size at no measurable loss."""
        weights = self.weights[1:]
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
        arrays = {
            "classes": np.array(_classes()),
            "steps": np.diff(self.buckets, prepend=np.uint32(0)).astype(np.uint32),
            "weights": np.rint(weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "bias": self.bias,
            "temperatures": self.temperatures,
            "surety": self.surety,
        }
        with zipfile.ZipFile(path, "w") as target:
            for name, array in arrays.items():
                content = io.BytesIO()
                np.save(content, array, allow_pickle=False)
                entry = zipfile.ZipInfo(f"{name}.npy", _OLDEST_ZIP_DATE)
                target.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, 9)

    def rows(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Row numbers of the known n-grams of all texts, one text after the other, and where each begins. The first of each text is 0."""
        found, begins = hashes(texts)
        rows = self.table[found]
        rows[found == 0] = 0
        known = rows > 0
        known[begins, 0] = True  # an edge has no n-gram of one character: its place holds row 0
        counts = known.sum(axis=1).cumsum()
        starts = np.zeros(len(begins), dtype=np.int64)
        starts[1:] = counts[begins[1:] - 1]
        return rows[known], starts

    def score(self, texts: Sequence[str]) -> Scores:
        rows, starts = self.rows(texts)
        sums = np.add.reduceat(self.weights.take(rows, axis=0, mode="clip"), starts, axis=0)
        length = np.sqrt(np.maximum(sums[:, -1:], 1e-6))
        values = sums[:, :-1] / length + self.bias
        found, begin = {}, 0
        for (head, classes), temperature in zip(HEADS.items(), self.temperatures, strict=True):
            found[head] = _softmax(values[:, begin : begin + len(classes)] / temperature)
            begin += len(classes)
        return Scores(found, values[:, -1].astype(np.float32))


def _classes() -> list[str]:
    return [f"{head}:{key}" for head, classes in HEADS.items() for key in classes]


def _softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)
