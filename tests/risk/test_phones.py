"""One telephone is one telephone however it was typed; what a mask leaves visible is a hint, not a proof."""

import pytest

from xinfu.risk import Account, Kind, Order
from xinfu.risk.book import RiskBook

PLAIN = "16600012345"
WAYS = ("+8616600012345", "0086 166 0001 2345", "(+86)16600012345", "166-0001-2345", "166.0001.2345", "１６６０００１２３４５")


@pytest.mark.parametrize("typed", WAYS)
def test_a_number_typed_in_another_way_is_the_same(typed: str) -> None:
    book = RiskBook()
    book.add(Account("a", None, PLAIN))
    book.add(Account("b", None, ""))
    book.add(Order("o", "b", receiver_phone=typed))
    assert book.links.members("a") == {"a", "b"}


@pytest.mark.parametrize("other", [PLAIN, "166****2345", "+86 166****2345"])
def test_visible_digits_alone_join_nobody(other: str) -> None:
    book = RiskBook()
    book.add(Account("a", None, "166****2345"))
    book.add(Account("b", None, other))
    assert book.links.members("a") == {"a"}


def test_two_ways_of_masking_share_their_visible_digits() -> None:
    book = RiskBook()
    book.add(Account("a", None, "166****2345"))
    book.add(Account("b", None, "+86 166****2345"))
    assert [(held.kind, held.holders, held.joins) for held in book.links.held("a")] == [(Kind.MASKED_PHONE, 2, False)]


def test_a_landline_with_and_without_the_country_code_is_the_same() -> None:
    book = RiskBook()
    book.add(Account("a", None, "010-5550-0123"))
    book.add(Account("b", None, "+86 010 5550 0123"))
    assert book.links.members("a") == {"a", "b"}


def test_no_number_ties_nobody() -> None:
    book = RiskBook()
    for name, phone in (("a", ""), ("b", ""), ("c", "无"), ("d", "无"), ("e", "****"), ("f", "****")):
        book.add(Account(name, None, phone))
    assert all(book.links.members(name) == {name} for name in "abcdef")
