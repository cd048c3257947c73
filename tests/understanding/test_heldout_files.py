"""The sets we measure with are themselves sound: known labels, nothing said twice, enough of each, nobody's real data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from xinfu.understanding import EMOTIONS, INTENT_KEYS, Danger, EntityKind

FOLDER = Path(__file__).parent

# file: labels with the least number of lines each, and the least number in all
SETS: dict[str, tuple[dict[str, int], int]] = {
    "emotion_heldout.tsv": (dict.fromkeys(EMOTIONS, 15), 200),
    "emotion_heldout2.tsv": (
        {"anger": 90, "anxiety": 80, "worry": 70, "loss": 70, "confusion": 70, "happiness": 70, "calm": 170},
        620,
    ),
    "danger_heldout.tsv": (dict.fromkeys(get_args(Danger.__value__), 40) | {"none": 400}, 640),
    "demand_heldout.tsv": (
        dict.fromkeys(("information", "action", "refund", "compensation", "apology", "fairness", "none"), 40),
        330,
    ),
    "abuse_heldout.tsv": (dict.fromkeys(("abuse", "heated", "clean"), 90), 270),
    "stage_heldout.tsv": (dict.fromkeys(("pre", "mid", "after"), 40), 120),
    "context_heldout.tsv": (dict.fromkeys(INTENT_KEYS, 0), 80),
    "intent_heldout.tsv": (dict.fromkeys(INTENT_KEYS, 5), 330),
}
COLUMNS = {"emotion_heldout.tsv": 3, "emotion_heldout2.tsv": 3, "context_heldout.tsv": 3}
KINDS = get_args(EntityKind.__value__)
FORMS = {
    "order_no": r"[A-Z0-9-]{5,}",
    "phone": r"[0-9*]{11,12}",
    "amount": r"\d+\.\d\d",
    "date": r"\d{4}-\d\d-\d\d",
    "tracking_no": r"[A-Z0-9]{8,}",
    "sku": r"[A-Z0-9-]{3,}",
    "size": r"[A-Z0-9./]+|[加大中小均]{1,2}[码号]",
    "height_cm": r"\d{2,3}",
    "weight_kg": r"\d{1,3}(\.\d+)?",
    "address": r".{8,}",
    "quantity": r"[1-9]\d*",
    "email": r"[a-z0-9._]+@example\.(com|net|org)",
}


def rows_of(name: str) -> list[list[str]]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def entities_of() -> Iterator[tuple[str, list[list[str]]]]:
    for text, named in rows_of("entities_heldout.tsv"):
        yield text, json.loads(named)


@pytest.mark.parametrize("name", SETS)
def test_every_line_has_its_columns_and_a_known_label(name: str) -> None:
    rows = rows_of(name)
    assert [row for row in rows if len(row) != COLUMNS.get(name, 2)] == []
    assert {row[0] for row in rows} <= set(SETS[name][0])
    assert [row for row in rows if any(cell != cell.strip() or not cell for cell in row)] == []


@pytest.mark.parametrize("name", [*SETS, "entities_heldout.tsv"])
def test_nothing_is_said_twice_in_one_file(name: str) -> None:
    if name == "entities_heldout.tsv":
        said = Counter(text for text, _ in entities_of())
    else:
        # a follow-up is the same only after the same words of the agent
        said = Counter("\t".join(row[1:]) if name.startswith("context") else row[-1] for row in rows_of(name))
    assert [text for text, times in said.items() if times > 1] == []


@pytest.mark.parametrize("name", SETS)
def test_each_label_has_enough_lines_to_measure_by(name: str) -> None:
    least, in_all = SETS[name]
    rows = rows_of(name)
    counted = Counter(row[0] for row in rows)
    assert {label: counted[label] for label, wanted in least.items() if counted[label] < wanted} == {}
    assert len(rows) >= in_all


def test_the_two_emotion_sets_share_no_line() -> None:
    first, second = ({row[-1] for row in rows_of(name)} for name in ("emotion_heldout.tsv", "emotion_heldout2.tsv"))
    assert first & second == set()


@pytest.mark.parametrize("name", ["emotion_heldout.tsv", "emotion_heldout2.tsv"])
def test_calm_has_no_intensity_and_every_other_emotion_has_one(name: str) -> None:
    assert [row for row in rows_of(name) if row[1] not in ({"0"} if row[0] == "calm" else {"1", "2", "3"})] == []


def test_there_are_many_dangers_and_many_harmless_lines_with_the_words_of_one() -> None:
    dangers = [row[1] for row in rows_of("danger_heldout.tsv") if row[0] != "none"]
    assert len(dangers) >= 240
    harmless = " ".join(row[1] for row in rows_of("danger_heldout.tsv") if row[0] == "none")
    assert len(re.findall("死|杀|刀|炸|过敏|烫|毒|绳|打我|摔|伤|kill|dying|allergy", harmless)) >= 80


def test_named_things_are_of_known_kinds_and_in_their_normal_form() -> None:
    wrong = [
        (text, kind, value)
        for text, named in entities_of()
        for kind, value in named
        if kind not in KINDS or not re.fullmatch(FORMS[kind], value)
    ]
    assert wrong == []
    for _, named in entities_of():
        for kind, value in named:
            if kind == "date":
                assert abs((date.fromisoformat(value) - date(2026, 3, 10)).days) <= 366
            if kind == "height_cm":
                assert 50 <= int(value) <= 220
            if kind == "weight_kg":
                assert 30 <= float(value) <= 150


def test_every_kind_is_named_often_enough_and_many_numbers_are_none() -> None:
    counted = Counter(kind for _, named in entities_of() for kind, _ in named)
    assert {kind for kind in KINDS if counted[kind] < 5} == set()
    lists = [named for _, named in entities_of()]
    assert len(lists) >= 160
    assert sum(not named for named in lists) >= 40


@pytest.mark.parametrize("name", [*SETS, "entities_heldout.tsv"])
def test_nobodys_real_phone_or_mailbox_stands_in_a_file(name: str) -> None:
    written = (FOLDER / name).read_text("utf-8")
    phones = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.sub(r"(?<=\d)[ -](?=\d)", "", written))
    assert [phone for phone in phones if "0000" not in phone] == []
    assert [host for host in re.findall(r"@([A-Za-z.]+)", written) if not host.lower().startswith("example.")] == []
