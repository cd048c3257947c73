"""How well photos are found again, on made-up photos (photo_scenes.py) and, if given, on a folder of real ones.

    python benchmarks/risk_photos.py --seeds 101 102 103 --json
    python benchmarks/risk_photos.py --real FOLDER

Thresholds were set on seeds 1–5, and what keeps tables apart on 201–202 as well; figures are to be reported on others. Positives: 13
edits and some combined, and a new view of the same damage on the same table. Negatives: other goods on the same table, in the same or
another light, from the same or another place. Shown apart and counted neither way: the same goods with other damage, and the same broken
thing on another table. Times are those of one core at work.
"""

import argparse
import itertools
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from photo_scenes import COMBINED, EDITS, Shot, another_view, edited, jpeg, photo

from xinfu.risk import photos_eye as eye
from xinfu.risk.photos_print import Looked

FOUND = 0.5
ALL = [*EDITS, *("+".join(names) for names in COMBINED)]


def shot(seed: int, number: int) -> Shot:
    key = seed * 1000 + number
    return Shot(table=key * 3, goods=key * 7, damage=key, light=key, place=key)


def look(one: Shot) -> Looked:
    return eye.look(jpeg(photo(one)))


def score(new: Looked, old: Looked) -> float:
    found = eye.compare(new, "", old.print)
    return found.score if found else 0.0


def recall(seeds: list[int], scenes: int) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = {}
    for seed, number in itertools.product(seeds, range(scenes)):
        one, key = shot(seed, number), seed * 1000 + number
        picture = photo(one)
        old = eye.look(jpeg(picture))
        for name in ALL:
            scores.setdefault(name, []).append(score(eye.look(jpeg(edited(picture, name, key), 80)), old))
        scores.setdefault("new view", []).append(score(look(another_view(one, key)), old))
    return scores


def negatives(seeds: list[int], tables: int, each: int) -> dict[str, list[float]]:
    """All pairs of different goods on one table; every third photo from another place, every second in another light."""
    scores: list[float] = []
    for seed, number in itertools.product(seeds, range(tables)):
        first = shot(seed + 50, number)
        photos = []
        for i in range(each):
            goods = replace(first, goods=first.goods + i, damage=first.damage + 77 * i, place=first.place + i, camera=i)
            photos.append(look(replace(goods, light=first.light + i // 2, tilt=0.08 if i % 3 == 2 else 0.0)))
        scores += [score(b, a) for a, b in itertools.combinations(photos, 2)]
    return {"other goods, same table": scores}


def shown_apart(seeds: list[int], scenes: int) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = {}
    for seed, number in itertools.product(seeds, range(scenes)):
        one, key = shot(seed, number), seed * 1000 + number
        old = look(one)
        again = replace(one, camera=3, light=key + 9, place=key + 1)
        others = {
            "same goods, other damage, other table": replace(again, table=one.table + 1, damage=key + 500),
            "same goods, other damage, same table": replace(again, damage=key + 500),
            "same damage, moved on its table": again,
            "same damage, other table": replace(again, table=one.table + 1),
        }
        for name, other in others.items():
            scores.setdefault(name, []).append(score(look(other), old))
    return scores


def speed(seed: int, pool: int) -> dict[str, float]:
    """One case against so many earlier photos of its kind, half of them on the same table; a look; a million hashes."""
    first = shot(seed, 0)
    earlier = []
    looks = []
    for i in range(pool):
        data = jpeg(photo(replace(first, table=first.table + (i % 2) * (i + 1), goods=i, damage=i, place=i, camera=i, light=i)))
        began = time.thread_time()
        earlier.append((f"p{i}", eye.look(data).print))
        looks.append(time.thread_time() - began)
    cases = []
    for i in range(20):
        data = jpeg(photo(replace(first, goods=500 + i, damage=900 + i, place=300 + i, camera=i)))
        began = time.thread_time()
        eye.match(eye.look(data), earlier)
        cases.append(time.thread_time() - began)
    hashes = np.random.default_rng(1).integers(0, 256, (1_000_000, 32), dtype=np.uint8)
    began = time.thread_time()
    eye.hash_distances(earlier[0][1], hashes)
    million = time.thread_time() - began
    return {
        "look_p50_ms": round(float(np.percentile(looks, 50)) * 1000, 1),
        "look_p95_ms": round(float(np.percentile(looks, 95)) * 1000, 1),
        "candidates": pool,
        "case_p50_ms": round(float(np.percentile(cases, 50)) * 1000),
        "case_p95_ms": round(float(np.percentile(cases, 95)) * 1000),
        "million_hashes_8_turns_ms": round(million * 1000),
        "print_bytes": len(earlier[0][1].pack()),
    }


def real(folder: Path, seed: int) -> dict[str, object]:
    """Edits of each picture in a folder, and pairs of pictures that are not edits of each other (by the first part of their names)."""
    files = sorted(f for f in folder.iterdir() if f.suffix in (".jpg", ".png"))
    looked = {f: eye.look(f.read_bytes()) for f in files}
    same, other = [], []
    for a, b in itertools.combinations(files, 2):
        kin = a.name.split("__")[0] == b.name.split("__")[0] == "bridge-mods"
        (same if kin else other).append((score(looked[b], looked[a]), a.name, b.name))
    made: dict[str, list[float]] = {}
    for f in files:
        if f.name.startswith("bridge-mods") and "orig" not in f.name:
            continue
        picture = eye.cv2.imread(str(f), eye.cv2.IMREAD_COLOR)
        for name in ALL:
            made.setdefault(name, []).append(score(eye.look(jpeg(edited(picture, name, seed), 80)), looked[f]))
    return {
        "given_edits": {"pairs": len(same), "found": sum(s >= FOUND for s, *_ in same), "missed": [p[1:] for p in same if p[0] < FOUND]},
        "unrelated": {"pairs": len(other), "found": [p for p in other if p[0] >= FOUND]},
        "made_edits": {name: f"{sum(s >= FOUND for s in scores)}/{len(scores)}" for name, scores in made.items()},
    }


def shares(scores: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {"pairs": len(s), "found": sum(x >= FOUND for x in s), "share": round(sum(x >= FOUND for x in s) / len(s), 4)}
        for name, s in scores.items()
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seeds", type=int, nargs="+", default=[101])
    p.add_argument("--scenes", type=int, default=20)
    p.add_argument("--tables", type=int, default=10)
    p.add_argument("--each", type=int, default=10)
    p.add_argument("--pool", type=int, default=120)
    p.add_argument("--only", choices=("recall", "negatives", "apart", "speed"))
    p.add_argument("--real", type=Path)
    p.add_argument("--json", action="store_true")
    k = p.parse_args()
    if k.real:
        figures: dict[str, object] = real(k.real, k.seeds[0])
    else:
        figures = {}
        if k.only in (None, "recall"):
            found = recall(k.seeds, k.scenes)
            figures["positives"] = shares(found)
            single = [s for name in EDITS for s in found[name]]
            figures["recall_over_13_edits"] = round(sum(s >= FOUND for s in single) / len(single), 4)
        if k.only in (None, "negatives"):
            figures["negatives"] = shares(negatives(k.seeds, k.tables, k.each))
        if k.only in (None, "apart"):
            figures["apart"] = shares(shown_apart(k.seeds, k.scenes))
        if k.only in (None, "speed"):
            figures["speed"] = dict(speed(k.seeds[0], k.pool))
    print(json.dumps(figures, ensure_ascii=False, indent=None if k.json else 1))


if __name__ == "__main__":
    main()
