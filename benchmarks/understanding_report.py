"""The report on understanding as Markdown, from the figures of benchmarks/understanding.py. Labels and figures only, no message."""

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from xinfu.understanding.evaluate import ClassReport, EntityReport, Report

_CONFUSIONS = 12
_WEAKEST = 12
_JDDC = "intent, JDDC"
_FIRST, _SECOND = "emotion, first set", "emotion, second set"

type Cell = str | int | float
type Figures = Mapping[str, Any]


def written(figures: Figures) -> str:
    parts: list[Callable[[Figures], str]] = [
        _opening, _goals, _intent, _emotion, _others, _entities, _context, _calibration, _compared, _desk, _families, _cost,
    ]  # fmt: skip
    return "\n\n".join(part(figures) for part in parts) + "\n"


def prose(text: str) -> str:
    """One paragraph, its lines of a width that reads well in the source."""
    return textwrap.fill(" ".join(text.split()), 150, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _of(figures: Figures, name: str) -> Report | None:
    return figures["ours"][name]["report"] if name in figures["ours"] else None


def _opening(figures: Figures) -> str:
    written_lines, sentences = figures["lines_written"], figures["sentences"]
    sets = table(
        ("set", "lines", "also among the training sentences", "accuracy", "without those", "macro-F1", "without those"),
        [
            (
                name,
                f"{one['report'].lines:,}",
                one["duplicates"],
                _three(one["report"].accuracy),
                _three(one["unseen"].accuracy),
                _three(one["report"].macro_f1),
                _three(one["unseen"].macro_f1),
            )
            for name, one in figures["ours"].items()
        ],
    )
    lines = ", ".join(f"{head} {n:,}" for head, n in written_lines.items())
    stand_for = ", ".join(f"{head} {n:,}" for head, n in sentences.items())
    what = prose(
        """`--jddc` is the file of 2,094 real JDDC development messages (id, message, label), `--map` says which of our intents each
        of their labels is; neither is part of this project, and no message of theirs is trained on or quoted. All other sets are
        in `tests/understanding/*_heldout*.tsv`, written apart from the training sentences. One set at a time: `xinfu eval
        intent|emotion|demand|abuse|danger|stage|entities FILE [--json]`."""
    )
    trained = prose(
        f"""The model is trained on {sum(written_lines.values()):,} lines written for this project ({lines}), from which
        {sum(sentences.values()):,} sentences with alternatives, slots and typing noise are drawn ({stand_for})."""
    )
    shared = prose(
        """A held-out message counts as shared when it equals any training sentence or written line of any question once case, width,
        punctuation and spaces are taken away: mostly greetings, yes and no, and the plainest questions."""
    )
    return f"""# How well messages are understood

Written by one command, which reads every set with the model that comes with Xinfu:

    python benchmarks/understanding.py --report docs/understanding.md --jddc dev_select.txt --map jddc_dev_map.tsv

{what}

{trained}

## The sets, and what they share with the training

{shared}

{sets}"""


def _goals(figures: Figures) -> str:
    rows: list[tuple[Cell, ...]] = []

    def row(what: str, goal: float, value: float | None, *, most: bool = False) -> None:
        if value is not None:
            met = value <= goal if most else value >= goal
            rows.append(
                (what, f"{'≤' if most else '≥'} {goal:g}", f"{value:.3f}" if value < 10 else f"{value:.0f}", "yes" if met else "**no**")
            )

    if jddc := _of(figures, _JDDC):
        row("JDDC accuracy", 0.75, jddc.accuracy)
        row("JDDC macro-F1", 0.70, jddc.macro_f1)
    for name in (_FIRST, _SECOND):
        felt = _of(figures, name)
        assert felt is not None
        row(f"{name}: macro-F1", 0.75, felt.macro_f1)
        row(f"{name}: anger recall", 0.90, next(one.recall for one in felt.classes if one.label == "anger"))
    danger = _of(figures, "danger")
    assert danger is not None
    assert danger.together is not None
    row("danger recall, any kind", 0.98, danger.together.recall)
    row("danger precision, any kind", 0.90, danger.together.precision)
    row("entities: precision", 0.95, figures["entities"].precision)
    row("entities: recall", 0.95, figures["entities"].recall)
    for name, one in figures["ours"].items():
        row(f"{name}: calibration error", 0.05, one["report"].ece, most=True)
    cost = figures["cost"]
    row("µs a message in batches of 32", 100, cost["us_per_message_in_batches_of_32"], most=True)
    row("µs a message alone", 1000, cost["us_alone"], most=True)
    row("loading, ms", 1000, cost["load_ms"], most=True)
    row("memory, MB", 150, cost["process_peak_mb"], most=True)
    return "## Against the goals\n\n" + table(("", "goal", "measured", "met"), rows)


def _head_line(one: Report) -> str:
    top3 = f" · among the first three {one.top3:.3f}" if one.top3 > one.accuracy else ""
    return f"{one.lines:,} lines · accuracy {one.accuracy:.3f}{top3} · macro-F1 {one.macro_f1:.3f} · calibration error {_three(one.ece)}"


def _classes(some: Iterable[ClassReport]) -> str:
    return table(
        ("label", "lines", "precision", "recall", "F1"),
        [(one.label, one.lines, f"{one.precision:.2f}", f"{one.recall:.2f}", f"{one.f1:.2f}") for one in some],
    )


def _confusions(one: Report, most: int = _CONFUSIONS) -> str:
    if not one.confusions:
        return "Nothing was confused."
    return table(("is", "read as", "times"), one.confusions[:most])


def _intent(figures: Figures) -> str:
    parts = ["## Intent"]
    for name in (_JDDC, "intent, own set"):
        one = _of(figures, name)
        if one is None:
            parts.append(f"### {name}\n\nNot measured in this run: `--jddc` and `--map` were not given.")
            continue
        weakest = sorted(one.classes, key=lambda c: (c.f1, c.label))[:_WEAKEST]
        parts.append(
            f"### {name}\n\n{_head_line(one)}\n\nThe weakest of {len(one.classes)} classes:\n\n{_classes(weakest)}"
            f"\n\nMost frequent confusions:\n\n{_confusions(one)}"
        )
    return "\n\n".join(parts)


def _emotion(figures: Figures) -> str:
    why = """Anger already counts from a low chance: answering an angry customer as if nothing were the matter costs more than soothing a
        calm one."""
    parts = ["## Emotion\n\n" + prose(why)]
    for name in (_FIRST, _SECOND):
        one = _of(figures, name)
        assert one is not None
        parts.append(f"### {name}\n\n{_head_line(one)}\n\n{_classes(one.classes)}\n\n{_square(one)}")
    return "\n\n".join(parts)


def _square(one: Report) -> str:
    """The whole confusion table: rows are the truth, columns what was read."""
    labels = [c.label for c in one.classes]
    wrong = {(label, guess): times for label, guess, times in one.confusions}
    right = {c.label: round(c.recall * c.lines) for c in one.classes}
    return table(
        ("is \\ read as", *labels),
        [(label, *(right[label] if label == guess else wrong.get((label, guess), 0) for guess in labels)) for label in labels],
    )


def _others(figures: Figures) -> str:
    parts = []
    for name, note in {
        "demand": "What the customer wants done.",
        "abuse": "Abuse of a person; `heated` is anger at a fault and `clean` is neither, both are no abuse.",
        "danger": "Danger to life or person, by rules and model together. `not none` is whether any danger was seen, whatever kind it was "
        "taken for; most of the harmless lines are worded to mislead.",
        "stage": "Before, during or after the purchase.",
    }.items():
        one = _of(figures, name)
        assert one is not None
        classes = [one.together, *one.classes] if one.together else one.classes
        parts.append(f"## {name.capitalize()}\n\n{prose(note)}\n\n{_head_line(one)}\n\n{_classes(classes)}\n\n{_confusions(one)}")
    if found := figures.get("alarms"):
        told = f"""Of the {found["messages"]:,} JDDC messages, everyday service questions, {found["danger"]} are taken for a danger and
            {found["abuse"]} for abuse; nearly all of these are false alarms."""
        parts.append("## Alarms in everyday messages\n\n" + prose(told))
    return "\n\n".join(parts)


def _entities(figures: Figures) -> str:
    one: EntityReport = figures["entities"]
    how = prose(
        f"""{one.lines} lines, {one.whole_lines} wholly right · precision {one.precision:.3f} · recall {one.recall:.3f} · something
        found in {one.false_alarms} of {one.empty_lines} lines that name nothing. A thing counts when kind and normalised value
        are right. When this set was first read, precision was 0.962 and recall 0.932, with 3 false alarms; the rules were then
        mended for each kind of fault found (masked phones, carriers before a number, hundreds of 块, sizes in a choice, bare
        weights, measures of furniture), so today's figures on this set are those of rules that know it, and the first are the
        fairer guess for messages not yet seen."""
    )
    return f"## Named things\n\n{how}\n\n{_classes(one.kinds)}"


def _context(figures: Figures) -> str:
    rows = [(name, one.lines, _three(one.accuracy), _three(one.top3), _three(one.macro_f1)) for name, one in figures["follow_ups"].items()]
    known = figures["follow_ups"]["with what was said before"]
    return f"""## Follow-ups

Short answers and questions whose intent shows only with what the shop said before (`xinfu eval intent FILE --context`).

{table(("read", "lines", "accuracy", "among the first three", "macro-F1"), rows)}

Most frequent confusions with what was said before:

{_confusions(known, 10)}"""


def _calibration(figures: Figures) -> str:
    rows = [
        (name, _three(one["report"].ece) if one["question"] in ("intent", "emotion", "demand") else "–", _three(one["head_ece"]))
        for name, one in figures["ours"].items()
        if one["head_ece"] is not None
    ]
    what = prose(
        """Expected calibration error over ten bins of equal width. The chance told is that of the reading, after rules and
        thresholds; the model's own is that of the head before them. Abuse and danger are decided by rules and thresholds and tell
        no chance; a stage has none."""
    )
    tried = prose(
        """One temperature per head, by least log loss on every sixth written line. For an intent the chance told besides goes half-way
        to an isotonic curve through the same lines: all the way suits JDDC better and the own set worse, because those lines are harder
        for the trial model, which has seen none of them, than messages are for the model made of all. What did not help: a
        temperature that rises with the share of unknown n-grams, mixing a little of every class into the chances, weighing classes
        alike, isotonic curves for the other heads, and leaving out runs of 24 lines instead of every sixth (better on abuse and the second
        emotion set, worse on demand and the first). The two emotion sets pull a temperature in opposite directions."""
    )
    return f"## Calibration\n\n{what}\n\n{tried}\n\n" + table(("set", "chance told", "model's own"), rows)


def _compared(figures: Figures) -> str:
    rows = []
    for name, one in figures["baseline"].items():
        ours, plain = figures["ours"][name]["report"], one["report"]
        rows.append(
            (
                name,
                _three(ours.accuracy),
                _three(plain.accuracy),
                _three(ours.macro_f1),
                _three(plain.macro_f1),
                _three(plain.ece),
                f"{one['us']:.0f}",
            )
        )
    danger, plain_danger = figures["ours"]["danger"]["report"].together, figures["baseline"]["danger"]["report"].together
    cost = figures["cost"]["us_per_message_in_batches_of_32"]
    head = ("set", "accuracy", "plain", "macro-F1", "plain", "plain: calibration error", "plain: µs a message")
    what = prose(
        f"""`plain` is character TF-IDF (one to three characters) with logistic regression, trained on the same sentences in the same
        run, one model for each question. Its cost is for one question in batches of 32; all questions, rules and entities
        together cost Xinfu {cost:.0f} µs."""
    )
    seen = prose(
        f"""Of all dangers Xinfu sees {danger.recall:.3f} at a precision of {danger.precision:.3f}; plain sees
        {plain_danger.recall:.3f} at {plain_danger.precision:.3f}."""
    )
    ahead = [name for name, one in figures["baseline"].items() if one["report"].macro_f1 > figures["ours"][name]["report"].macro_f1]
    told = f"By macro-F1 plain is ahead on: {', '.join(ahead)}." if ahead else "By macro-F1 plain is ahead on none of the sets."
    return f"""## Compared with a plain baseline

{what}

{table(head, rows)}

{told} {seen}

## Compared with SnowNLP: negative or not

Anger, anxiety, worry and loss are negative, the other emotions are not.

{_polarity(figures["polarity"])}"""


def _polarity(figures: Mapping[str, Any]) -> str:
    rows: list[Sequence[Cell]] = []
    for name, one in figures.items():
        readers = {"Xinfu": one["ours"]}
        if "half" in one:
            readers |= {"SnowNLP, border 0.5": one["half"], "SnowNLP, best border for this set": one["best"]}
        rows += [(name, who, _three(p.accuracy), _three(p.precision), _three(p.recall), _three(p.f1)) for who, p in readers.items()]
    said = table(("set", "reader", "accuracy", "precision", "recall", "F1 of negative"), rows)
    first = next(iter(figures.values()))
    if "us" not in first:
        return said + "\n\nSnowNLP was not installed in this run (`pip install snownlp`)."
    return said + f"\n\nSnowNLP took {first['us']:.0f} µs a message."


_KINDS = {
    "answered": "answered from facts, or socially",
    "acted": "acted on",
    "shown": "shown what would be done, waiting for a yes",
    "asked_back": "asked back",
    "no_answer": "said that it does not know",
    "handed_over": "handed over to people",
}


def _desk(figures: Figures) -> str:
    found = figures["desk"]
    if not found:
        return "## At the front desk\n\nNot measured yet: run with `--jddc` and `--map`."
    total = sum(found["kinds"].values())
    what = prose(
        f"""The {found["messages"]:,} JDDC messages, each the first thing a customer of a demo shop who has orders says to its built-in
        policy, without the conversation it once stood in. Taken in this run by `benchmarks/reception_share.py`: understanding, look-ups,
        decisions and previews are the real ones; nothing is stored and nothing is done without a yes, so nothing counts as acted on."""
    )
    rows = [(_KINDS[kind], f"{count:,}", f"{count / total:.1%}") for kind, count in found["kinds"].items()]
    reasons = sorted(found["hand_over_reasons"].items(), key=lambda one: (-one[1], one[0]))
    why = table(("why people took over", "messages"), [(name, count) for name, count in reasons if count])
    return f"## At the front desk\n\n{what}\n\n{table(('', 'answers', 'share'), rows)}\n\n{why}"


def _families(figures: Figures) -> str:
    found = figures["families"]
    body = "Not measured yet: run with `--families`."
    if found:
        sets = list(found["rows"][0]["sets"])
        head = [
            "family",
            *(f"{name}: {what}" for name in sets for what in ("accuracy", "macro-F1")),
            "µs a message",
            "fit, s of CPU",
            "numbers held",
        ]
        body = table(
            head,
            [
                (
                    row["name"],
                    *(_three(row["sets"][name][what]) for name in sets for what in ("accuracy", "macro_f1")),
                    f"{row['us']:.0f}",
                    f"{row['fit_s']:.0f}",
                    f"{row['numbers'] / 1e6:.1f} M",
                )
                for row in found["rows"]
            ],
        )
    what = prose(
        f"""Other families on the same {found["sentences"] if found else 0:,} sentences of the intents, the model alone: no rules, no
        chances, scored through scikit-learn in batches of 32 (the model in use is scored by its own code and costs less). Taken
        with `--families`, one after the other; the table is kept in `benchmarks/understanding_families.json` until it is taken
        again."""
    )
    notes = prose(
        """What did not help: naive Bayes is far behind, and log-count ratios (NB-SVM) gain nothing on either set. Logistic
        regression on our n-grams is as good on the short own set and behind the SVM on real messages. The small network does as
        well on real messages, is clearly behind on the own set, and its answers cannot be traced to n-grams. The SVM stays: no
        family is better on both sets, and its weights fit in one byte each."""
    )
    return f"## What was tried\n\n{what}\n\n{body}\n\n{notes if found else ''}".rstrip()


def _cost(figures: Figures) -> str:
    cost = figures["cost"]
    how = prose(
        f"""One core, processor time of the reading thread, medians, entities and rules included; messages of
        {cost["characters_per_message"]} characters on average. Of five runs, each in a process of its own, the one least
        disturbed by others on the machine; ten million turns of an empty loop took {cost["empty_loop_s"]} s meanwhile."""
    )
    return f"## Cost\n\n{how}\n\n" + table(("", "measured"), [(name.replace("_", " "), value) for name, value in cost.items()])
