"""Soft ties: several weak ones put a ring together; one does not; trusted ones and other rings' do not."""

from xinfu.risk import soft
from xinfu.risk.contracts import Kind, Pattern
from xinfu.risk.links import LinkBook
from xinfu.risk.policy import KINDS

SWAP, PRESS = frozenset({Pattern.SWAP}), frozenset({Pattern.HARASSMENT})


def groups(book: LinkBook, *seeds: str) -> set[frozenset[str]]:
    return {frozenset(g) for g in soft.joined(book, seeds) if len(g) > 1}


def two(signs_of_b=SWAP, kinds=((Kind.ADDRESS, "door"), (Kind.IP, "net"))) -> LinkBook:
    book = LinkBook()
    for name, signs in (("a", SWAP), ("b", signs_of_b), ("c", frozenset())):
        book.add(name, Kind.DEVICE, f"own {name}")
        for kind, value in kinds:
            book.add(name, kind, value)
        book.suspect(name, signs)
    return book


def test_two_weak_ties_join_what_one_does_not():
    assert groups(two(), "a", "b") == {frozenset("abc")}
    assert groups(two(kinds=((Kind.BATCH, "numbers"),)), "a", "b") == set()


def test_courier_building_and_hour_join_nobody_without_something_firmer():
    chance = ((Kind.STATION, "s/c"), (Kind.STATION, "t/d"), (Kind.BUILDING, "house"), (Kind.TIMING, "hour"), (Kind.TIMING, "hour 2"))
    assert groups(two(kinds=chance), "a", "b") == set()


def test_two_rings_with_other_patterns_stay_two():
    book = LinkBook()
    for name, signs in (("a", SWAP), ("b", PRESS)):
        book.add(name, Kind.IP, "net")
        book.add(name, Kind.BATCH, "numbers")
        book.suspect(name, signs)
    assert groups(book, "a", "b") == set()


def test_people_without_a_sign_are_not_looked_at_and_trusted_values_join_nobody():
    book = two()
    assert groups(book) == set()
    book.trust(Kind.ADDRESS, "door")
    book.trust(Kind.IP, "net")
    assert groups(book, "a", "b") == set()


def test_a_claim_sees_the_entities_its_account_is_firmly_tied_to():
    assert soft.near(two(), "c") == [{"a", "b"}] or {frozenset(g) for g in soft.near(two(), "c")} == {frozenset("a"), frozenset("b")}
    assert soft.near(two(kinds=((Kind.STATION, "s/c"),)), "c") == []


def test_the_more_hold_a_value_the_less_it_says():
    for kind in KINDS:
        worths = [soft.tie(kind, holders) for holders in range(2, 60)]
        assert worths == sorted(worths, reverse=True)
        assert worths[-1] == 0.0
        assert soft.owned(kind, 10, 1) == 0.0
