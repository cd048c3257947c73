"""A pack written down is read back as the same pack; where its keys stand; what differs; what freight is made good."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aftersales.packs.shop import BODY, TEXT
from xinfu.aftersales.packs import DISPUTE_STEPS, FreightContract, Pack, read_pack
from xinfu.aftersales.packs.comparing import changes
from xinfu.aftersales.packs.errors import PackInvalid
from xinfu.aftersales.packs.places import places_of
from xinfu.aftersales.packs.reading import build_pack, parse
from xinfu.aftersales.packs.writing import toml_of, values_of, with_head
from xinfu.kit.money import Money

PACK = read_pack(TEXT)
CONTRACT = PACK.freight_contract
assert CONTRACT is not None


def problems(text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(PackInvalid) as refused:
        read_pack(text)
    return [(p.line, p.key) for p in refused.value.problems]


def test_a_pack_is_the_same_after_being_written_and_read() -> None:
    assert read_pack(toml_of(PACK)) == PACK == read_pack(json.dumps(values_of(PACK)))
    assert read_pack(with_head("# 说明\n" + BODY, PACK)) == PACK


@given(
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip),
    days=st.integers(7, 3650),
    minor=st.integers(0, 10**8),
    words=st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
)
def test_any_words_and_numbers_survive_being_written(name: str, days: int, minor: int, words: str) -> None:
    values = values_of(PACK)
    values["category"].append({"names": [name + "."], "clause": "shop.price", "price_days": days})
    values["compensation"]["cash_max"] = Money(minor).plain()
    values["clauses"]["shop.price"]["zh"] = words
    pack = build_pack(values)
    assert read_pack(toml_of(pack)) == pack and pack.compensation.cash_max == Money(minor)
    assert changes(pack, pack) == []


def test_each_fault_is_told_at_its_line() -> None:
    lines = TEXT.splitlines()
    for old, new, key in (
        ("deadline_days = 15", "deadline_days = 0", "early_refund.deadline_days"),
        ('limit = "1000.00"', 'limit = "10.00"', "early_refund.level[1].limit"),
        ('limit = "1000.00"', "limit = 10.5", "early_refund.level[1].limit"),
        ('limit = "1000.00"', 'limit = "-1"', "early_refund.level[1].limit"),
        ('limit = "1000.00"', 'limit = "1.001"', "early_refund.level[1].limit"),
        ('cash_max = "200.00"', 'cash_max = "NaN"', "compensation.cash_max"),
        ('zone = "rest"', 'zone = "far"', "freight_contract.zone[3].zone"),
        ("refund = 72", "refund = 169", "due.refund"),
        ("respond = 1", "respond = 1\nsmile = 2", "dispute.smile"),
        ('kinds = ["return", "exchange", "price_protection"]', 'kinds = ["robbery"]', "auto.kinds[0]"),
        ("repair_days = 90", "repair_days = 90\ncolour = 3", "quality.colour"),
    ):
        at = next(n for n, line in enumerate(lines, 1) if line.startswith(old)) + ("\n" in new)
        assert problems(TEXT.replace(old, new, 1)) == [(at, key)], old


def test_a_wrong_form_in_one_place_hides_no_fault_in_another() -> None:
    text = TEXT.replace('limit = "100.00"', "limit = 10.5", 1).replace("return_days = 15", "return_days = 2", 1)
    text = text.replace("respond = 1", "respond = 0\nsmile = 2", 1).replace('kinds = ["return"', 'kinds = ["robbery"', 1)
    assert {key for _, key in problems(text)} == {
        "early_refund.level[0].limit", "quality.return_days", "dispute.respond", "dispute.smile", "auto.kinds[0]",
    }  # fmt: skip


def test_a_table_that_is_missing_is_told_without_a_line_and_bad_toml_at_its_own() -> None:
    at = TEXT.splitlines().index("[no_reason]") + 1
    assert problems(TEXT.replace("[no_reason]", "[reasonless]", 1)) == [(None, "no_reason"), (at, "reasonless")]
    assert problems("id = 'x'\nversion = = 2\n") == [(2, "")]
    assert problems('{\n "id": "x",\n "id": "y"\n}') == [(None, "")]
    assert problems('{\n "id": NaN}') == [(None, "")]
    assert problems('{\n "id": "x",,\n}') == [(2, "")]


def test_keys_of_json_are_found_as_well() -> None:
    text = json.dumps(values_of(PACK), ensure_ascii=False, indent=1).replace('"days": 7,', '"days": -7,', 1)
    line = next(n for n, content in enumerate(text.splitlines(), 1) if '"days": -7' in content)
    assert problems(text) == [(line, "no_reason.days")]
    places = places_of('{"a": [{"b": 1},\n {"b": "x}, \\" y"}],\n "c": {"d": [1, 2]}}')
    assert [places[p] for p in (("a",), ("a", 0, "b"), ("a", 1, "b"), ("c", "d"))] == [1, 1, 2, 3]


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for given_text in (text, "{" + text, TEXT + text):
        try:
            read_pack(given_text)
        except PackInvalid as refused:
            assert refused.problems and refused.problem("en")["problems"]
        places_of(given_text)


def test_a_difference_names_categories_not_positions() -> None:
    first = values_of(PACK)
    first["category"].insert(0, {"names": ["乐器"], "clause": "shop.price", "exchange_days": 15})
    told = changes(PACK, build_pack(first))
    assert {c.key.split("]")[0] for c in told} == {"category[乐器"} and all(c.was is None for c in told)


@given(grams=st.integers(0, 10**6), claimed=st.integers(0, 10**6), address=st.sampled_from(["上海市", "新疆喀什", "四川成都", ""]))
def test_freight_is_made_good_as_claimed_but_never_above_the_contract(grams: int, claimed: int, address: str) -> None:
    assert CONTRACT is not None
    zone = CONTRACT.zone_of(address)
    steps = max(0, grams - zone.first_g + zone.step_g - 1) // zone.step_g if grams > zone.first_g else 0
    price = zone.first.minor + steps * zone.more.minor
    given_back = CONTRACT.cap(Money(claimed), grams, address)
    assert given_back.minor == min(claimed, price)
    assert CONTRACT.cap(Money(claimed), grams + 1, address).minor >= given_back.minor


def test_negative_weights_and_claims_and_other_currencies_are_refused() -> None:
    assert isinstance(CONTRACT, FreightContract)
    for call in (
        lambda: CONTRACT.cap(Money(-1), 10, ""),
        lambda: CONTRACT.cap(Money(1), -10, ""),
        lambda: CONTRACT.cap(Money(1, "USD"), 10, ""),
    ):
        with pytest.raises(ValueError, match=r"negative|mix"):
            call()


def test_quick_decisions_stay_within_kind_amount_trust_and_number() -> None:
    auto = PACK.auto
    assert auto.covers("return", Money(20000), "known", 2)
    for kind, amount, trust, before in (
        ("dispute", Money(1), "trusted", 0),
        ("return", Money(20001), "trusted", 0),
        ("return", Money(1), "new", 0),
        ("return", Money(1), "watched", 0),
        ("return", Money(1), "trusted", 3),
        ("return", Money(1, "USD"), "trusted", 0),
    ):
        assert not auto.covers(kind, amount, trust, before)  # type: ignore[arg-type]


def test_amounts_left_out_are_nothing_in_the_packs_own_currency() -> None:
    values = {k: v for k, v in values_of(PACK).items() if k not in ("compensation", "auto", "freight_contract", "early_refund")}
    pack: Pack = build_pack({**values, "currency": "USD", "lawful_floor": False})
    assert (pack.compensation.cash_max, pack.auto.limit) == (Money(0, "USD"), Money(0, "USD"))
    assert [pack.dispute.hours(step) for step in DISPUTE_STEPS] == [1, 1, 4, 4, 8, 24, 72]
    assert parse(TEXT)["id"] == "cn-default"
