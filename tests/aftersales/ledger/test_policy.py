"""The rules of the books: what balances, what does not, and hashes that stand for every word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.aftersales.ledger import ACCOUNT_WORDS, ACCOUNTS, Posting, Unbalanced
from xinfu.aftersales.ledger.policy import FIRST, MOST, chained, check_posting, same
from xinfu.kit.errors import Invalid
from xinfu.kit.money import Money

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
BY = ("staff", "1", "小林")
REFUND = Posting(
    key="refund:1",
    kind="refund",
    lines=(("sales", Money(500)), ("refunds_due", Money(-500))),
    zh="退款",
    en="Refund",
    case_no="AS1",
    order_no="A1",
)


@given(st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.integers(-(10**6), 10**6), st.sampled_from(["CNY", "USD"])), max_size=8))
def test_exactly_what_adds_up_to_zero_in_each_currency_is_taken(lines: list[tuple[str, int, str]]) -> None:
    posting = replace(REFUND, lines=tuple((a, Money(m, c)) for a, m, c in lines))  # type: ignore[misc]
    fine = len(lines) >= 2 and all(m for _, m, _ in lines) and all(sum(m for _, m, c in lines if c == one) == 0 for one in ("CNY", "USD"))
    if fine:
        check_posting(posting)
    else:
        with pytest.raises(Unbalanced):
            check_posting(posting)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"lines": (("sales", Money(MOST + 1)), ("cash", Money(-MOST - 1)))}, Unbalanced),
        ({"lines": (("sales", Money(1.5)), ("cash", Money(-1.5)))}, Unbalanced),
        ({"lines": (("sales", Money(5, "USD")), ("cash", Money(-5)))}, Unbalanced),
        ({"lines": (("pocket", Money(5)), ("cash", Money(-5)))}, Invalid),
        ({"lines": (("sales", Money(5, "yuan")), ("cash", Money(-5, "yuan")))}, Invalid),
        ({"key": ""}, Invalid),
        ({"key": "退款"}, Invalid),
        ({"kind": "Refund!"}, Invalid),
        ({"case_no": "x" * 25}, Invalid),
        ({"order_no": "x" * 65}, Invalid),
    ],
)
def test_what_cannot_be_booked_is_refused(changed: dict, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_posting(replace(REFUND, **changed))


def test_words_may_differ_between_two_tries_but_money_and_references_may_not() -> None:
    assert same(REFUND, replace(REFUND, zh="退钱", en="Money back", lines=REFUND.lines[::-1]))
    for changed in (
        {"kind": "other"},
        {"case_no": "AS2"},
        {"order_no": "A2"},
        {"customer_id": "c"},
        {"lines": (("sales", Money(501)), ("refunds_due", Money(-501)))},
    ):
        assert not same(REFUND, replace(REFUND, **changed))


def test_each_word_of_an_entry_is_in_its_hash() -> None:
    hashes = {chained(FIRST, "s", 1, REFUND, BY, AT)}
    for changed in (
        {"key": "refund:2"}, {"kind": "other"}, {"lines": REFUND.lines[::-1]}, {"case_no": "AS2"}, {"order_no": "A2"}, {"customer_id": "c"}, {"zh": "x"}, {"en": "x"},
    ):  # fmt: skip
        hashes.add(chained(FIRST, "s", 1, replace(REFUND, **changed), BY, AT))
    hashes |= {chained("1" * 64, "s", 1, REFUND, BY, AT), chained(FIRST, "t", 1, REFUND, BY, AT), chained(FIRST, "s", 2, REFUND, BY, AT)}
    hashes |= {
        chained(FIRST, "s", 1, REFUND, ("staff", "1", "小王"), AT),
        chained(FIRST, "s", 1, REFUND, BY, AT + timedelta(microseconds=1)),
    }
    assert len(hashes) == 14


def test_every_account_has_a_name_in_both_languages() -> None:
    assert set(ACCOUNT_WORDS) == set(ACCOUNTS) and all(zh and en for zh, en in ACCOUNT_WORDS.values())
