"""Measures are counted right, and the model that comes along measures well enough on sentences it has never seen."""

from pathlib import Path

import pytest

from xinfu.understanding import Understanding
from xinfu.understanding.evaluate import classify_lines, evaluate_emotion, evaluate_intent

HELD_OUT = Path(__file__).parent / "emotion_heldout.tsv"


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load()


def test_every_line_becomes_a_plain_dictionary(understanding: Understanding) -> None:
    found = list(classify_lines(["转人工\n", "电话13800001234"], understanding))
    assert [row["text"] for row in found] == ["转人工", "电话13800001234"]
    assert found[0]["intent"] == "human_request"
    assert found[1]["entities"][0] == {"kind": "phone", "value": "13800001234", "start": 2, "end": 13}


def test_accuracy_precision_recall_and_confusions_are_counted(tmp_path: Path, understanding: Understanding) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_text("0\t转人工\tA\n1\t找真人客服\tA\n2\t谢谢\tA\n3\t你好\tB\n", "utf-8")
    names = tmp_path / "map.tsv"
    names.write_text("label\tintent\nA\thuman_request\nB\tgreeting\n", "utf-8")
    report = evaluate_intent(lines, names, understanding)
    assert (report.lines, report.accuracy) == (4, 0.75)
    assert report.confusions == (("human_request", "thanks_bye", 1),)
    by_label = {one.label: one for one in report.classes}
    assert (by_label["human_request"].precision, by_label["human_request"].recall) == (1.0, pytest.approx(2 / 3))
    assert report.macro_f1 == pytest.approx((0.8 + 1.0) / 2)
    assert report.as_dict()["classes"][0]["label"] == "greeting"


def test_a_label_without_an_intent_is_refused(tmp_path: Path, understanding: Understanding) -> None:
    lines, names = tmp_path / "lines.tsv", tmp_path / "map.tsv"
    lines.write_text("0\t你好\tZ\n", "utf-8")
    names.write_text("label\tintent\nA\tgreeting\n", "utf-8")
    with pytest.raises(ValueError, match="Z"):
        evaluate_intent(lines, names, understanding)
    names.write_text("label\tintent\nZ\tno_such_intent\n", "utf-8")
    with pytest.raises(ValueError, match="no_such_intent"):
        evaluate_intent(lines, names, understanding)


def test_an_empty_file_and_a_strange_emotion_are_refused(tmp_path: Path, understanding: Understanding) -> None:
    file = tmp_path / "felt.tsv"
    file.write_text("", "utf-8")
    with pytest.raises(ValueError, match="no lines"):
        evaluate_emotion(file, understanding)
    file.write_text("bored\t1\t哦\n", "utf-8")
    with pytest.raises(ValueError, match="bored"):
        evaluate_emotion(file, understanding)


def test_feelings_are_read_well_on_sentences_written_apart_from_the_training(understanding: Understanding) -> None:
    report = evaluate_emotion(HELD_OUT, understanding)
    assert report.lines >= 200
    assert report.accuracy >= 0.74
    assert report.macro_f1 >= 0.72
