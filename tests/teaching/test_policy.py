"""Parts, keys and weights, and what the figures say, as properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.teaching import measuring, policy
from xinfu.teaching.contracts import Labels
from xinfu.teaching.measuring import Guess

TEXTS = st.text(alphabet="开发票吗呢12３ABｃ！？ ,。", min_size=1, max_size=12)


@given(st.lists(TEXTS, unique_by=policy.group_key, min_size=1, max_size=60))
def test_a_fifth_is_held_out_however_chance_falls(texts: list[str]) -> None:
    held = 0
    for total, text in enumerate(texts):
        held += policy.part_of(policy.group_key(text), held, total) == "held"
        assert abs(held - (total + 1) / policy.HELD_ONE_IN) <= 2


@given(TEXTS)
def test_width_case_digits_and_punctuation_make_no_other_message(text: str) -> None:
    wide = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).replace("1", "7")
    assert policy.group_key(text.upper()) == policy.group_key(f" {text.lower()} ")
    if any(c.isalnum() for c in text):
        assert policy.group_key(wide + "？！") == policy.group_key(text)


@given(st.integers(0, 200_000))
def test_own_lines_count_at_least_once_and_never_crowd_out(lines: int) -> None:
    assert 1 <= policy.times(lines) <= 8
    assert policy.times(lines) >= policy.times(lines + 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.floats(0, 1)), min_size=1, max_size=50))
def test_figures_stay_within_their_bounds(rows: list[tuple[str, str, float]]) -> None:
    error = measuring.calibration_error([label for label, _, _ in rows], [Guess(guess, sure) for _, guess, sure in rows])
    assert error is not None
    assert 0 <= error <= 1


def test_a_model_that_is_always_right_and_sure_has_no_calibration_error() -> None:
    assert measuring.calibration_error(["a", "b"], [Guess("a", 1.0), Guess("b", 1.0)]) == 0
    assert measuring.calibration_error(["a", "b"], [Guess("b", 1.0), Guess("a", 1.0)]) == 1
    assert measuring.calibration_error(["a"], [Guess("a", None)]) is None


@pytest.mark.parametrize(
    ("lines", "f1", "accuracy", "verdict"),
    [
        (200, (0.01, 0.05, 0.09), (-0.01, 0.02, 0.05), "better"),
        (200, (-0.02, 0.01, 0.04), (-0.01, 0.02, 0.05), "unclear"),
        (200, (0.01, 0.05, 0.09), (-0.09, -0.05, -0.01), "worse"),
        (200, (-0.09, -0.05, -0.01), (-0.01, 0.0, 0.05), "worse"),
        (29, (0.01, 0.05, 0.09), (0.01, 0.02, 0.05), "too_few"),
    ],
)
def test_verdicts_need_the_whole_interval(lines: int, f1: tuple[float, ...], accuracy: tuple[float, ...], verdict: str) -> None:
    assert measuring.judge(lines, f1, accuracy) == verdict


def test_one_worse_head_makes_the_whole_worse() -> None:
    assert measuring.overall(["better", "worse", "unclear"]) == "worse"
    assert measuring.overall(["unclear", "better", "too_few"]) == "better"
    assert measuring.overall(["too_few", "unclear"]) == "unclear"
    assert measuring.overall([]) == "too_few"


@given(st.sampled_from(["invoice", None]), st.sampled_from(["anger", None]), st.sampled_from(["coupon", None]))
def test_merging_keeps_what_is_not_spoken_of(intent: str | None, emotion: str | None, newer: str | None) -> None:
    merged = policy.merged(Labels(intent=intent, emotion=emotion), Labels(intent=newer))
    assert merged == Labels(intent=newer or intent, emotion=emotion)
