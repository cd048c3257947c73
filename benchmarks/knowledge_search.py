"""How fast and how well the knowledge base is searched: python benchmarks/knowledge_search.py [--entries 0 10000 100000] [--show] [--json].

Asks knowledge_questions.tsv over the demo shop's articles: alone (0), and hidden among made-up entries (every product with every matter).
The wordings of xinfu.knowledge.wording were settled with the first file at hand; knowledge_questions_unseen.tsv was written afterwards
and changed nothing, so its recall is the one to believe. Recall says how often the right article is first, among the first three, among
the first five; times are of one search call, milliseconds.
"""

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from xinfu.demo import content as demo_content
from xinfu.kit.search import BigramIndex, Entry
from xinfu.knowledge.shelf import SINGLES, WEIGHTS
from xinfu.knowledge.wording import sought

SHOP = "5" * 32
PLACES = ("杭州", "成都", "沈阳", "长沙", "西安", "厦门", "合肥", "昆明", "济南", "兰州")
MAKES = ("青松", "远帆", "晨露", "白塔", "石桥", "南风", "云栖", "竹里", "星野", "归雁")
GOODS = ("显卡", "处理器", "手机", "连衣裙", "衬衫", "面霜", "精油", "奶瓶", "婴儿车", "空调", "洗衣机", "玻璃杯", "矿泉水", "键盘", "耳机")
MATTERS = {
    "材质说明": "主要材料经过检验,表面处理均匀,长期使用不易变形。",
    "尺寸怎么选": "请对照尺码表测量后选择,介于两档之间建议选大一档。",
    "清洁与保养": "用软布轻拭,避免暴晒和高温,久置不用请擦干收好。",
    "适用人群": "适合大多数人使用,敏感者请先小范围试用。",
    "使用方法": "按说明书步骤操作,首次使用前请检查配件是否齐全。",
    "保修期限": "自签收之日起按国家三包规定保修,人为损坏除外。",
    "颜色差异": "受光线和屏幕影响,实物与图片可能略有差别。",
    "包装清单": "内含主体一件、说明书一份、合格证一张。",
}
QUESTIONS = Path(__file__).with_name("knowledge_questions.tsv")


UNSEEN = Path(__file__).with_name("knowledge_questions_unseen.tsv")


def asked(file: Path) -> list[tuple[str, str]]:
    """(question, title of the article that answers it)."""
    lines = file.read_text("utf-8").splitlines()
    return [(question, title) for question, title in (line.split("\t") for line in lines if line and not line.startswith("#"))]


def articles() -> list[Entry]:
    """The demo shop's, keyed by title."""
    return [
        Entry(a.title, SHOP, {"title": a.title, "keywords": "\n".join(a.keywords), "body": a.body}, {"audience": a.audience})
        for a in demo_content.articles()
    ]


def entries(count: int) -> list[Entry]:
    """The demo shop's articles and as many product entries as it takes, in a fixed order."""
    chosen = articles()
    dice = random.Random(7)
    matters = list(MATTERS.items())
    while len(chosen) < count:
        n = len(chosen)
        make, goods, (matter, words) = dice.choice(MAKES), dice.choice(GOODS), dice.choice(matters)
        body = f"{make}{goods}第{n}款:{words}{dice.choice(PLACES)}仓发出。"
        texts = {"title": f"{make}{goods}{n}{matter}", "keywords": "", "body": body}
        chosen.append(Entry(f"product-{n}", SHOP, texts, {"audience": "customer"}))
    return chosen


def measure(count: int, folder: Path, rounds: int, show: bool) -> dict[str, float | int]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    all_of_them = entries(count)
    index = BigramIndex(folder, WEIGHTS, ("audience",), SINGLES)
    began = time.perf_counter()
    index.rebuild(all_of_them)
    built = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    questions, unseen = asked(QUESTIONS), asked(UNSEEN)
    places: list[int] = []
    times: list[float] = []
    for turn in range(rounds):
        for question, right in [*questions, *unseen]:
            start = time.perf_counter()
            found = index.search(SHOP, sought(question), 5, facets={"audience": ("customer",)})
            times.append((time.perf_counter() - start) * 1000)
            if turn == 0:
                keys = [one.key for one in found]
                places.append(keys.index(right) + 1 if right in keys else 99)
                if show and keys[:1] != [right]:
                    print(f"{places[-1]:>3}  {question}  →  {keys[:2]}, not {right}", file=sys.stderr)
    start = time.perf_counter()
    index.upsert([all_of_them[0]])
    index.commit()
    saved = (time.perf_counter() - start) * 1000
    cuts = statistics.quantiles(times, n=100)
    return {
        "entries": len(all_of_them),
        "build_s": round(built, 2),
        "grown_mb": round((after - before) / 1024, 1),
        "searches": len(times),
        "p50_ms": round(cuts[49], 3),
        "p95_ms": round(cuts[94], 3),
        "p99_ms": round(cuts[98], 3),
        "save_ms": round(saved, 1),
        "questions": len(questions),
        **_recalls("recall", places[: len(questions)]),
        "unseen": len(unseen),
        **_recalls("unseen", places[len(questions) :]),
    }


def _recalls(name: str, places: list[int]) -> dict[str, float]:
    return {f"{name}_{n}": round(sum(place <= n for place in places) / len(places), 3) for n in (1, 3, 5)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, nargs="+", default=[0, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--show", action="store_true", help="print the questions whose article is not first")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    for count in options.entries:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(count, Path(folder) / "index", options.rounds, options.show))
    if options.json:
        json.dump(results, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return
    for result in results:
        print("  ".join(f"{name} {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
