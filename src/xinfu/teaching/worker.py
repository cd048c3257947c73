"""`python -m xinfu.teaching.worker FOLDER`: one training in a process of its own, at the lowest priority, so that the centre stays quick.

FOLDER holds job.json and lines.jsonl and gets model.npz and figures.json. Progress goes to standard output, one JSON object a line.
"""

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(folder: Path) -> int:
    _step_back()
    # Only now: these load numpy and scikit-learn, which read the number of threads when they are imported.
    from xinfu.kit.clock import SystemClock
    from xinfu.teaching import fitting, measuring
    from xinfu.understanding import Understanding
    from xinfu.understanding.heads import DEFAULT, Heads

    begun = time.monotonic()
    job = json.loads((folder / "job.json").read_text("utf-8"))
    lines = read_lines(folder / "lines.jsonl")
    present = Heads.load(folder / "present.npz" if job["present"] else DEFAULT)
    learnt = [line for line in lines if line.part == "train"]
    held = [line for line in lines if line.part == "held"]
    model = fitting.fit(learnt, _built_in(job), present, _tell)
    _tell("saving", 0.9)
    model.save(folder / "model.npz")
    _tell("comparing", 0.92)
    clock = SystemClock()
    # The candidate is measured as it will be used: from its file.
    candidate = Understanding(Heads.load(folder / "model.npz"), clock)
    figures = measuring.compare(Understanding(present, clock), candidate, held, job["resamples"])
    figures |= {"train": len(learnt), "held": len(held), "seconds": round(time.monotonic() - begun, 1)}
    (folder / "figures.json").write_text(json.dumps(figures), "utf-8")
    _tell("done", 1.0)
    return 0


def write_job(folder: Path, lines: Any, present: bytes | None, sentences: Path | None, resamples: int) -> None:
    """What `main` reads. `sentences`: a JSON file {written: {head: [[label, intensity, text]]}, each: {head: n}}."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lines.jsonl").open("w", encoding="utf-8") as target:
        target.writelines(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
    if present is not None:
        (folder / "present.npz").write_bytes(present)
    job = {"present": present is not None, "sentences": str(sentences) if sentences else None, "resamples": resamples}
    (folder / "job.json").write_text(json.dumps(job), "utf-8")


def read_lines(file: Path) -> list[Any]:
    from xinfu.teaching.contracts import Labels, Line

    with file.open(encoding="utf-8") as rows:
        found = [json.loads(row) for row in rows]
    return [Line(row["text"], row["before"], Labels(**row["labels"]), row["part"]) for row in found]


def _built_in(job: dict[str, Any]) -> Any:
    from xinfu.teaching.fitting import BuiltIn
    from xinfu.understanding.sentences import Written

    if not job["sentences"]:
        return BuiltIn.packaged()
    given = json.loads(Path(job["sentences"]).read_text("utf-8"))
    return BuiltIn({head: [Written(*row) for row in rows] for head, rows in given["written"].items()}, given["each"])


def _step_back() -> None:
    for name in THREADS:
        os.environ[name] = "1"
    if hasattr(os, "nice"):
        os.nice(19)


def _tell(step: str, share: float) -> None:
    sys.stdout.write(json.dumps({"step": step, "share": share}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
