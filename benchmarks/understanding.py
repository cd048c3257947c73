"""How well messages are read and what it costs, on sentences the training never saw.

    python benchmarks/understanding.py                        # the cost alone; --json for programs
    python benchmarks/understanding.py --report docs/understanding.md \\
        --jddc dev_select.txt --map jddc_dev_map.tsv          # the whole report; without the two options JDDC is left out
    … --families                        # and trains the other families again (minutes)

With JDDC the messages are also said to the front desk of a demo shop, made for it and thrown away (benchmarks/reception_share.py).
The JDDC file is tab-separated (id, message, label), the map has a header and then their label and our intent. Cost is processor time
of the reading thread, so that a busy machine changes the figures less.
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xinfu.kit.text import fold
from xinfu.understanding import Understanding, sentences
from xinfu.understanding.evaluate import (
    QUESTIONS,
    Line,
    Report,
    calibration_error,
    evaluate_entities,
    head_guesses,
    intent_lines,
    labelled,
    measured,
)
from xinfu.understanding.heads import Heads
from xinfu.understanding.taxonomy import HEADS

_ROUNDS = 300
_TESTS = Path(__file__).parent.parent / "tests" / "understanding"
_TRIED = Path(__file__).parent / "understanding_families.json"
_WRITTEN_ON = date(2026, 3, 10)  # the day the set of named things speaks of
_BARE = re.compile(r"[\W_]+")
OWN = {
    "intent, own set": ("intent", "intent_heldout.tsv"),
    "emotion, first set": ("emotion", "emotion_heldout.tsv"),
    "emotion, second set": ("emotion", "emotion_heldout2.tsv"),
    "demand": ("demand", "demand_heldout.tsv"),
    "abuse": ("abuse", "abuse_heldout.tsv"),
    "danger": ("danger", "danger_heldout.tsv"),
    "stage": ("stage", "stage_heldout.tsv"),
}
JDDC = "intent, JDDC"


def messages(count: int) -> list[str]:
    """Sentences as customers type them, made from the training lines: about half of what arrives names something or runs on."""
    rng = random.Random(7)
    filling, lines = sentences.slots(), sentences.lines_of("intent")
    return [sentences.noisy(sentences.expand(rng.choice(lines).text, filling, rng), rng) for _ in range(count)]


def median_us(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.thread_time_ns()
        work()
        taken.append(time.thread_time_ns() - begun)
    return statistics.median(taken) / 1000


def empty_loop_s() -> float:
    """Ten million turns of nothing: how fast this machine was meanwhile."""
    begun = time.thread_time()
    for _ in range(10_000_000):
        pass
    return time.thread_time() - begun


def cost() -> dict[str, float]:
    before_mb = _memory_mb("VmRSS")
    begun = time.perf_counter_ns()
    understanding = Understanding.load()
    load_ms = (time.perf_counter_ns() - begun) / 1e6
    texts = messages(32 * 40)
    batches = [texts[at : at + 32] for at in range(0, len(texts), 32)]
    understanding.read(batches[0])
    holds_mb = _memory_mb("VmRSS") - before_mb
    turn = iter(range(10**9))
    in_batch = median_us(lambda: understanding.read(batches[next(turn) % len(batches)]), _ROUNDS) / 32
    alone = median_us(lambda: understanding.read([texts[next(turn) % len(texts)]]), _ROUNDS * 3)
    return {
        "load_ms": round(load_ms, 1),
        "us_per_message_in_batches_of_32": round(in_batch, 1),
        "us_alone": round(alone, 1),
        "characters_per_message": round(sum(map(len, texts)) / len(texts), 1),
        "model_holds_mb": round(holds_mb, 1),
        "process_peak_mb": round(_memory_mb("VmHWM"), 1),
        "empty_loop_s": round(empty_loop_s(), 2),
    }


def _memory_mb(what: str) -> float:
    """Of this process alone, which the operating system's own peak figure is not when a large process starts a small one."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) / 1024
    return 0.0


def cost_in_processes_of_their_own() -> dict[str, float]:
    """Of three runs the one least disturbed by others on the machine."""
    runs = [
        dict(json.loads(subprocess.run([sys.executable, __file__, "--json"], capture_output=True, text=True, check=True).stdout))
        for _ in range(5)
    ]
    return min(runs, key=lambda run: run["us_per_message_in_batches_of_32"])


def held_out(jddc: Path | None, label_map: Path | None) -> dict[str, tuple[str, list[Line]]]:
    """Every set by its name: what it asks, and its lines."""
    sets = {JDDC: ("intent", intent_lines(jddc, label_map))} if jddc else {}
    for name, (question, file) in OWN.items():
        lines = intent_lines(_TESTS / file) if question == "intent" else labelled(question, _TESTS / file)
        sets[name] = (question, lines)
    return sets


def bare(text: str) -> str:
    """What two messages have in common when only case, width, punctuation and spaces tell them apart."""
    return _BARE.sub("", fold(text)) or text


def trained_on(examples: Mapping[str, Sequence[Any]]) -> set[str]:
    """Everything the model was shown, as sentences and as written lines."""
    return {bare(example.text) for some in examples.values() for example in some} | {
        bare(line.text) for head in HEADS for line in sentences.lines_of(head)
    }


def head_error(question: str, lines: Sequence[Line]) -> float | None:
    """The calibration error of the model alone, before rules and thresholds decide."""
    head = QUESTIONS[question].head
    if head is None:
        return None
    said = head_guesses(head, [line.text for line in lines], Heads.load())
    return calibration_error([one.p or 0.0 for one in said], [one.ranked[0] == line.label for one, line in zip(said, lines, strict=True)])


def alarms(understanding: Understanding, texts: Sequence[str]) -> dict[str, int]:
    """How many everyday messages are taken for a danger or for abuse: nearly every one is a false alarm."""
    read = [reading for at in range(0, len(texts), 32) for reading in understanding.read(texts[at : at + 32])]
    return {"messages": len(read), "danger": sum(one.danger is not None for one in read), "abuse": sum(one.abuse for one in read)}


def follow_ups(understanding: Understanding) -> dict[str, Report]:
    lines = intent_lines(_TESTS / "context_heldout.tsv", context=True)
    return {
        "the message alone": measured("intent", [line._replace(before=None) for line in lines], understanding),
        "with what was said before": measured("intent", lines, understanding),
    }


def report(jddc: Path | None, label_map: Path | None) -> dict[str, Any]:
    """Everything the report says, as figures. What takes long is read from where it was kept when it was last taken."""
    import understanding_others as others

    from xinfu.understanding import train

    understanding = Understanding.load()
    sets = held_out(jddc, label_map)
    examples = train.examples_of({head: sentences.lines_of(head) for head in HEADS})
    seen = trained_on(examples)
    found: dict[str, Any] = {
        "lines_written": {head: len(sentences.lines_of(head)) for head in HEADS},
        "sentences": {head: len(some) for head, some in examples.items()},
        "ours": {},
    }
    for name, (question, lines) in sets.items():
        unseen = [line for line in lines if bare(line.text) not in seen]
        found["ours"][name] = {
            "question": question,
            "report": measured(question, lines, understanding),
            "duplicates": len(lines) - len(unseen),
            "unseen": measured(question, unseen, understanding),
            "head_ece": head_error(question, lines),
        }
    if JDDC in sets:
        found["alarms"] = alarms(understanding, [line.text for line in sets[JDDC][1]])
    found["entities"] = evaluate_entities(_TESTS / "entities_heldout.tsv", _WRITTEN_ON)
    found["follow_ups"] = follow_ups(understanding)
    found["baseline"] = baselines(others, examples, sets)
    found["polarity"] = polarity(others, understanding, sets)
    found["families"] = json.loads(_TRIED.read_text("utf-8")) if _TRIED.exists() else None
    found["desk"] = desk([line.text for line in sets[JDDC][1]]) if JDDC in sets else None
    found["cost"] = cost_in_processes_of_their_own()
    return found


def desk(texts: Sequence[str]) -> dict[str, Any]:
    """What the front desk of a demo shop, made for this, does with each message."""
    import reception_share

    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "-c", "from xinfu.cli import app; app()", "init", "--demo", "--data", made]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return asyncio.run(reception_share.play(Path(made), texts)).as_json()


def baselines(others: Any, examples: Mapping[str, Sequence[Any]], sets: Mapping[str, tuple[str, list[Line]]]) -> dict[str, Any]:
    """The plain baseline on every set a head answers."""
    found: dict[str, Any] = {}
    for head in HEADS:
        mine = {name: lines for name, (question, lines) in sets.items() if QUESTIONS[question].head == head}
        model = others.baseline(head, examples[head])
        us = others.us_per_message(model, messages(32 * 22))
        for name, one in others.measured(model, head, mine, chances=True).items():
            found[name] = {"report": one, "us": us, "fit_s": model.fit_s}
    return found


def polarity(others: Any, understanding: Understanding, sets: Mapping[str, tuple[str, list[Line]]]) -> dict[str, Any]:
    """Negative or not, by us and by SnowNLP where it is installed."""
    positive = others.snownlp()
    found: dict[str, Any] = {}
    for name, (question, lines) in sets.items():
        if question == "emotion":
            read = [
                reading for at in range(0, len(lines), 32) for reading in understanding.read([line.text for line in lines[at : at + 32]])
            ]
            truth = [line.label in others.NEGATIVE for line in lines]
            ours = others.polarity(truth, [reading.emotion in others.NEGATIVE for reading in read])
            found[name] = {"ours": ours} | (others.snownlp_polarity(lines, positive) if positive else {})
    return found


def tried(jddc: Path | None, label_map: Path | None) -> dict[str, Any]:
    """The other families, one at a time, on the sentences of the intents."""
    import understanding_others as others

    from xinfu.understanding import train

    sets = held_out(jddc, label_map)
    examples = train.examples_of({head: sentences.lines_of(head) for head in HEADS})
    mine = {name: lines for name, (question, lines) in sets.items() if question == "intent"}
    texts, rows = messages(32 * 22), []
    for name, model in others.families(examples["intent"]):
        reports = others.measured(model, "intent", mine)
        rows.append(
            {
                "name": name,
                "sets": {key: {"accuracy": one.accuracy, "macro_f1": one.macro_f1} for key, one in reports.items()},
                "us": others.us_per_message(model, texts),
                "fit_s": model.fit_s,
                "numbers": model.numbers,
            }
        )
        print(name, {key: round(one.accuracy, 4) for key, one in reports.items()}, f"{model.fit_s:.0f} s", file=sys.stderr)
    return {"sentences": len(examples["intent"]), "rows": rows}


def keep(where: Path, figures: Mapping[str, Any]) -> None:
    where.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the cost as JSON")
    parser.add_argument("--report", type=Path, help="write the whole report here")
    parser.add_argument("--jddc", type=Path, help="JDDC development messages: id, message, label")
    parser.add_argument("--map", type=Path, help="their labels as our intents")
    parser.add_argument("--families", action="store_true", help="train the other families again")
    options = parser.parse_args(arguments)
    if (options.jddc is None) != (options.map is None):
        parser.error("--jddc and --map go together")
    if options.report:
        import understanding_report

        if options.families:
            keep(_TRIED, tried(options.jddc, options.map))
        figures = report(options.jddc, options.map)
        options.report.write_text(understanding_report.written(figures), "utf-8")
        return 0
    figures = cost()
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:34} {value:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
