"""Measures are counted right, and the model that comes along measures well enough on sentences it has never seen."""

from datetime import date
from pathlib import Path

import pytest

from xinfu.understanding import Understanding
from xinfu.understanding.evaluate import (
    Guess,
    Line,
    calibration_error,
    classify_lines,
    compared,
    evaluate,
    evaluate_entities,
    evaluate_intent,
)

HERE = Path(__file__).parent
WRITTEN_ON = date(2026, 3, 10)


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load()


def test_every_line_becomes_a_plain_dictionary(understanding: Understanding) -> None:
    found = list(classify_lines(["转人工\n", "电话13800001234"], understanding))
    assert [row["text"] for row in found] == ["转人工", "电话13800001234"]
    assert found[0]["intent"] == "human_request"
    assert list(found[0]) == [
        *("text", "intent", "top", "stage", "emotion", "intensity", "demand", "abuse", "danger", "entities", "language"),
    ]
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


def test_labels_may_stand_before_the_message_and_the_agents_words_between(tmp_path: Path, understanding: Understanding) -> None:
    file = tmp_path / "lines.tsv"
    file.write_text("# a remark\nhuman_request\t转人工\nthanks_bye\t谢谢\n", "utf-8")
    assert evaluate_intent(file, None, understanding).accuracy == 1.0
    file.write_text("human_request\t您好\t转人工\n", "utf-8")
    assert evaluate_intent(file, None, understanding, context=True).accuracy == 1.0


def test_the_calibration_error_is_how_far_chances_and_truth_lie_apart() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([1.0, 0.95], [False, False]) == pytest.approx(0.975)
    assert calibration_error([0.9, 0.1], [True, True]) == pytest.approx((0.1 + 0.9) / 2)


def test_anger_at_a_fault_counts_as_no_abuse_and_is_named_where_it_was_taken_for_it() -> None:
    lines = [Line("abuse", "a"), Line("heated", "b"), Line("clean", "c"), Line("heated", "d")]
    report = compared("abuse", lines, [Guess(("abuse",)), Guess(("none",)), Guess(("none",)), Guess(("abuse",))])
    assert [(one.label, one.precision, one.recall) for one in report.classes] == [
        ("abuse", 0.5, 1.0),
        ("none", 1.0, pytest.approx(2 / 3)),
    ]
    assert report.confusions == (("heated", "abuse", 1),)


def test_a_danger_taken_for_another_is_still_seen() -> None:
    lines = [Line("threat", "a"), Line("violence", "b"), Line("none", "c"), Line("injury", "d")]
    report = compared("danger", lines, [Guess(("violence",)), Guess(("violence",)), Guess(("threat",)), Guess(("none",))])
    assert report.together is not None
    assert (report.together.recall, report.together.precision) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert report.accuracy == 0.25


def test_named_things_count_when_kind_and_value_are_right(tmp_path: Path) -> None:
    file = tmp_path / "named.tsv"
    file.write_text('# a remark\n要两件\t[["quantity", "2"]]\n明天要三箱\t[["quantity", "4"]]\n你好\t[]\n买两台\t[]\n', "utf-8")
    report = evaluate_entities(file, WRITTEN_ON)
    assert (report.lines, report.whole_lines, report.empty_lines, report.false_alarms) == (4, 2, 2, 1)
    assert report.precision == pytest.approx(1 / 4)
    assert report.recall == pytest.approx(1 / 2)
    assert [(one.label, one.lines) for one in report.kinds] == [("date", 0), ("quantity", 2)]
    file.write_text('哦\t[["colour", "red"]]\n', "utf-8")
    with pytest.raises(ValueError, match="colour"):
        evaluate_entities(file, WRITTEN_ON)


def test_an_empty_file_and_a_strange_emotion_are_refused(tmp_path: Path, understanding: Understanding) -> None:
    file = tmp_path / "felt.tsv"
    file.write_text("", "utf-8")
    with pytest.raises(ValueError, match="no lines"):
        evaluate("emotion", file, understanding)
    file.write_text("bored\t1\t哦\n", "utf-8")
    with pytest.raises(ValueError, match="bored"):
        evaluate("emotion", file, understanding)


def test_feelings_are_read_well_on_sentences_written_apart_from_the_training(understanding: Understanding) -> None:
    report = evaluate("emotion", HERE / "emotion_heldout.tsv", understanding)
    assert report.lines >= 200
    assert report.accuracy >= 0.74
    assert report.macro_f1 >= 0.72


@pytest.mark.parametrize(("question", "least"), [("demand", 0.9), ("abuse", 0.9), ("stage", 0.84)])
def test_what_is_wanted_how_it_is_said_and_when_are_read_well(question: str, least: float, understanding: Understanding) -> None:
    report = evaluate(question, HERE / f"{question}_heldout.tsv", understanding)
    assert report.macro_f1 >= least


def test_nearly_every_danger_is_seen(understanding: Understanding) -> None:
    together = evaluate("danger", HERE / "danger_heldout.tsv", understanding).together
    assert together is not None
    assert together.recall >= 0.94
    assert together.precision >= 0.85


def test_nearly_everything_named_is_found_and_little_else() -> None:
    report = evaluate_entities(HERE / "entities_heldout.tsv", WRITTEN_ON)
    assert report.precision >= 0.97
    assert report.recall >= 0.97
    assert report.false_alarms == 0
