"""What reading a message costs: `python benchmarks/understanding.py [--json]`. Medians over many rounds, entities included.

Processor time of the reading thread, so that a busy machine does not change the figures.
"""

import argparse
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from xinfu.understanding import Understanding, sentences

_ROUNDS = 300


def messages(count: int) -> list[str]:
    """Sentences as customers type them, made from the training lines: about half of what arrives names something or runs on."""
    rng = random.Random(7)
    filling, lines = sentences.slots(), sentences.intents()
    return [sentences.noisy(sentences.expand(rng.choice(lines).text, filling, rng), rng) for _ in range(count)]


def median_us(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.thread_time_ns()
        work()
        taken.append(time.thread_time_ns() - begun)
    return statistics.median(taken) / 1000


def measure() -> dict[str, float]:
    begun = time.perf_counter_ns()
    understanding = Understanding.load()
    load_ms = (time.perf_counter_ns() - begun) / 1e6
    texts = messages(32 * 40)
    batches = [texts[at : at + 32] for at in range(0, len(texts), 32)]
    understanding.read(batches[0])
    turn = iter(range(10**9))
    in_batch = median_us(lambda: understanding.read(batches[next(turn) % len(batches)]), _ROUNDS) / 32
    alone = median_us(lambda: understanding.read([texts[next(turn) % len(texts)]]), _ROUNDS * 3)
    return {
        "load_ms": round(load_ms, 1),
        "us_per_message_in_batches_of_32": round(in_batch, 1),
        "us_alone": round(alone, 1),
        "characters_per_message": round(sum(map(len, texts)) / len(texts), 1),
        "process_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    figures = measure()
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:34} {value:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
