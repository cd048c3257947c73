"""The pure decisions of the knowledge base hold for every input."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.knowledge.errors import UnknownVariable, WindowReversed
from xinfu.knowledge.policy import VARIABLES, check_window, in_window, latin_forms, variables, visible_audiences

moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1)
bounds = st.none() | moments


@given(bounds, bounds, moments)
def test_a_window_that_passes_the_check_has_a_moment_inside_it(start: datetime | None, end: datetime | None, now: datetime) -> None:
    try:
        check_window(start, end)
    except WindowReversed:
        assert start is not None
        assert end is not None
        assert end <= start
        assert not in_window(start, end, now)
    else:
        inside = start or (min(now, end - timedelta(seconds=1)) if end else now)
        assert in_window(start, end, inside)


@given(st.lists(st.sampled_from(VARIABLES) | st.text(st.characters(exclude_characters="{}"), max_size=20)))
def test_known_variables_are_found_once_each_whatever_stands_around_them(parts: list[str]) -> None:
    assert variables("".join(parts)) == tuple(dict.fromkeys(p for p in parts if p in VARIABLES))


@given(st.text(max_size=60))
def test_braces_are_variables_or_a_refusal(body: str) -> None:
    try:
        found = variables(body)
    except UnknownVariable:
        assert "{" in body or "}" in body
    else:
        rest = body
        for variable in found:
            rest = rest.replace(variable, "")
        assert "{" not in rest
        assert "}" not in rest


@given(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=4))
def test_latin_forms_are_plain_lower_case_and_come_in_pairs(title: str, keywords: list[str]) -> None:
    initials, pinyin = latin_forms(title, keywords)
    assert len(initials.split()) == len(pinyin.split())
    assert all(len(i) <= len(p) for i, p in zip(initials.split(), pinyin.split(), strict=True))


@pytest.mark.parametrize(
    ("title", "initials", "pinyin"),
    [("退款", "tk", "tuikuan"), ("绿色 618", "ls618", "lvse618"), ("OK,好的!", "okhd", "okhaode"), ("!?", "", "")],
)
def test_latin_forms_of_titles_people_write(title: str, initials: str, pinyin: str) -> None:
    assert latin_forms(title, []) == (initials, pinyin)


def test_customers_never_see_what_is_for_staff() -> None:
    assert visible_audiences("customer") == ("customer",)
    assert set(visible_audiences("staff")) == {"customer", "staff"}


@pytest.mark.parametrize("body", ["您好{名字}", "{客户您好", "您好}", "{}", "{{客户}}"])
def test_a_variable_that_does_not_exist_is_refused(body: str) -> None:
    with pytest.raises(UnknownVariable):
        variables(body)
