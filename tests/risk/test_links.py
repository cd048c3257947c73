"""Entities: what joins accounts, what never does, and that the order of facts changes nothing."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from xinfu.risk.contracts import Kind, Pattern
from xinfu.risk.links import LinkBook
from xinfu.risk.policy import KINDS as ALL_KINDS
from xinfu.risk.policy import LINK_RULES, unites_suspects, unites_suspects_many
from xinfu.risk.rebuild import entities

accounts = st.integers(0, 14).map(lambda n: f"a{n:02d}")
facts = st.lists(
    st.one_of(
        st.tuples(st.just("value"), accounts, st.sampled_from([Kind.DEVICE, Kind.PAYEE, Kind.ADDRESS, Kind.IP]), st.sampled_from("xyz")),
        st.tuples(st.just("sign"), accounts, st.frozensets(st.sampled_from([Pattern.SWAP, Pattern.HARASSMENT])), st.none()),
    ),
    max_size=60,
)


def fill(rows) -> LinkBook:
    book = LinkBook()
    for what, account, one, two in rows:
        if what == "value":
            book.add(account, one, two)
        else:
            book.suspect(account, one)
    return book


def partition(book: LinkBook) -> set[frozenset[str]]:
    return {frozenset(members) for members in book.entities()}


def last_sign_only(rows):
    """A later sign replaces an earlier one, so only the last of each account is a fact."""
    last = {row[1]: i for i, row in enumerate(rows) if row[0] == "sign"}
    return [row for i, row in enumerate(rows) if row[0] == "value" or last[row[1]] == i]


@settings(max_examples=50, deadline=None)
@given(facts, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(rows, shuffler):
    rows = last_sign_only(rows)
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert partition(fill(rows)) == partition(fill(shuffled))


@settings(max_examples=50, deadline=None)
@given(facts)
def test_a_rebuild_from_columns_finds_the_same_entities(rows):
    book = fill(rows)
    labels = entities(book.columns())
    names = sorted({row[1] for row in rows})
    groups: dict[int, set[str]] = {}
    for name, label in zip(names, labels.tolist(), strict=True):
        groups.setdefault(label, set()).add(name)
    assert {frozenset(g) for g in groups.values()} == partition(book)


@settings(max_examples=50, deadline=None)
@given(facts)
def test_signs_that_are_taken_back_leave_no_trace(rows):
    values = [row for row in rows if row[0] == "value"]
    book = fill(rows)
    for account in {row[1] for row in rows}:
        book.suspect(account, frozenset())
    named = {a for members in partition(book) for a in members}
    plain = fill(values)
    for account in named:
        plain.suspect(account, frozenset())
    assert {m for m in partition(book) if len(m) > 1} == {m for m in partition(plain) if len(m) > 1}


def test_a_value_that_becomes_a_hub_takes_its_joins_back():
    book = LinkBook()
    few = LINK_RULES[Kind.DEVICE].few
    for i in range(few):
        book.add(f"a{i}", Kind.DEVICE, "library computer")
    assert len(book.members("a0")) == few
    book.add("one more", Kind.DEVICE, "library computer")
    assert book.members("a0") == {"a0"}
    assert book.members("one more") == {"one more"}


@settings(max_examples=40, deadline=None)
@given(st.integers(20, 200), st.sampled_from([Kind.ADDRESS, Kind.BUILDING, Kind.IP, Kind.STATION, Kind.DEVICE]), st.integers(0, 2))
def test_one_or_two_offenders_in_a_hub_join_nobody(size, kind, offenders):
    book = LinkBook()
    for i in range(size):
        book.add(f"a{i}", kind, "dormitory")
    for i in range(offenders):
        book.suspect(f"a{i}", frozenset({Pattern.SWAP}))
    assert all(len(members) == 1 for members in book.entities())


def test_in_a_hub_only_those_who_show_the_same_pattern_are_joined():
    book = LinkBook()
    for i in range(20):
        book.add(f"a{i:02d}", Kind.ADDRESS, "block 3")
    for i in range(8):
        book.suspect(f"a{i:02d}", frozenset({Pattern.SWAP}))
    book.suspect("a19", frozenset({Pattern.HARASSMENT}))
    assert book.members("a00") == {f"a{i:02d}" for i in range(8)}
    assert book.members("a19") == {"a19"}


@given(st.sampled_from(ALL_KINDS), st.integers(1, 500), st.integers(0, 500))
def test_the_rule_for_columns_is_the_rule_for_one_value(kind, holders, suspects):
    suspects = min(suspects, holders)
    many = unites_suspects_many(np.array([ALL_KINDS.index(kind)], dtype=np.int8), np.array([holders]), np.array([suspects]))
    assert bool(many[0]) == unites_suspects(kind, holders, suspects)


def test_long_chains_are_followed_to_their_end():
    book = LinkBook()
    order = list(range(300))
    random.Random(5).shuffle(order)
    for i in order:
        book.add(f"a{i:03d}", Kind.DEVICE, f"d{i}")
        book.add(f"a{i + 1:03d}", Kind.DEVICE, f"d{i}")
    assert len(book.members("a000")) == 301
    assert set(entities(book.columns()).tolist()) == {0}
