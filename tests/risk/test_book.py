"""The watcher: what one claim shows alone, what a history adds, and that nobody is condemned for where they live."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from xinfu.risk import (
    Account,
    Action,
    Arrival,
    Claim,
    Contact,
    Decision,
    Device,
    Order,
    Pattern,
    RiskBook,
    Shipment,
)
from xinfu.risk.policy import FOUND, action, history_score

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def order(book: RiskBook, number: int, account: str = "a", **more) -> str:
    name = f"o{number}"
    book.add(Order(name, account, NOON + timedelta(days=number), **more))
    return name


def claim(book: RiskBook, number: int, of: str, account: str = "a", **more):
    return book.score(Claim(f"k{number}", of, account, NOON + timedelta(days=number + 5), **more))


def test_another_serial_number_is_found_at_the_first_time_and_goes_to_a_person():
    book = RiskBook()
    risk = claim(book, 1, order(book, 1, serial_out="SN12AB34CD"), kind="return", serial_in="SN99XY77QW")
    assert (risk.pattern, risk.action) == (Pattern.SWAP, Action.REVIEW)
    assert risk.score >= 0.9
    finding = risk.findings[0]
    assert finding.hard
    assert "k1" in finding.evidence
    assert "SN99XY77QW" in finding.reasons[0].zh and "SN99XY77QW" in finding.reasons[0].en


def test_a_misread_serial_number_is_let_through():
    book = RiskBook()
    risk = claim(book, 1, order(book, 1, serial_out="SN12AB34CD"), kind="return", serial_in="SN12A?34CD", condition_in="完好")
    assert risk.action is Action.APPROVE


def test_a_photo_of_an_earlier_claim_is_found_and_named():
    book = RiskBook()
    first, second = order(book, 1, fragile=True), order(book, 2, "b", fragile=True)
    assert claim(book, 1, first, kind="refund_only", reason="破损", photos=("p1",)).score < FOUND
    risk = claim(book, 2, second, "b", kind="refund_only", reason="破损", photos=("p1",), amount=30.0)
    assert risk.pattern is Pattern.FRAGILE_CLAIMS
    assert risk.score >= 0.9
    assert risk.findings[0].money_at_risk == 30.0
    assert "k1" in risk.findings[0].evidence


def test_the_third_dear_freight_bill_is_found_the_first_is_not():
    book = RiskBook()
    scores = []
    for i in range(3):
        of = order(book, i)
        book.add(Shipment(f"b{i}", of, returning=True, freight_contract=10.0))
        scores.append(claim(book, i, of, kind="freight", reason="自己寄的运费", amount=32.0).score)
    assert scores[0] < FOUND <= scores[2]
    assert scores == sorted(scores)


def test_used_goods_sent_back_again_and_again_are_found():
    book = RiskBook()
    risks = [
        claim(book, i, order(book, i, category="显卡", unit_price=3000.0), kind="return", reason="不想要了", condition_in="通电超百小时")
        for i in range(3)
    ]
    assert risks[0].score < FOUND
    assert risks[2].pattern is Pattern.USE_AND_RETURN and risks[2].score >= FOUND


def test_heavy_goods_refused_at_the_door_again_and_again_are_found():
    book = RiskBook()
    for i in range(3):
        of = order(book, i, weight_kg=40.0, floor=6, elevator=False)
        book.add(Shipment(f"b{i}", of, returning=False))
        book.add(Arrival(f"b{i}", of, returning=False, outcome="refused", at=NOON + timedelta(days=i + 2)))
    account(book)
    assert only(book).patterns == (Pattern.ORDER_AND_REFUSE,)


def test_long_calls_after_a_refusal_are_found_and_a_single_long_call_is_not():
    book = RiskBook()
    account(book)
    claim(book, 1, order(book, 1), kind="compensation", reason="误工费精神损失费")
    book.add(Decision("k1", approved=False))
    book.add(Contact("c0", "a", NOON + timedelta(days=8), "phone", 3600, "k1"))
    assert only(book).score < FOUND
    book.add(Contact("c1", "a", NOON + timedelta(days=9), "phone", 3600, "k1"))
    book.add(Contact("c2", "a", NOON + timedelta(days=10), "phone", 3600, "k1"))
    assert Pattern.HARASSMENT in only(book).patterns
    assert only(book).score >= FOUND


def test_complaints_found_to_be_right_weigh_nothing():
    book = RiskBook()
    account(book)
    for i in range(3):
        claim(book, i, order(book, i), kind="complaint", about="S1", reason="送错货")
    assert only(book).score >= FOUND
    for i in range(3):
        book.add(Decision(f"k{i}", approved=True))
    assert only(book).score == 0


@settings(max_examples=12, deadline=None)
@given(st.integers(2, 60), st.booleans())
def test_those_who_share_a_hub_or_a_home_with_an_offender_are_not_condemned(others, same_device):
    book = RiskBook()
    for i in range(others + 1):
        name = f"a{i}"
        book.add(Account(name, NOON))
        book.add(Device(name, "shared" if same_device else f"d{i}", "10.0.0.1"))
        book.add(Order(f"honest{i}", name, NOON, address="云溪市南浦区松风路88号云栖大学3号宿舍楼501室"))
    for i in range(4):
        claim(book, i, order(book, i, "a0", serial_out="SN12AB34CD"), "a0", kind="return", serial_in="SN99XY77QW")
    risks = {r.account_id: r for r in book.accounts()}
    assert risks["a0"].score >= FOUND
    assert all(r.score < FOUND for name, r in risks.items() if name != "a0")
    assert not [link for link in book.ring_links(list(risks.values())) if link.score >= FOUND]


def test_a_ring_is_found_by_what_its_accounts_share_though_each_did_it_once():
    book = RiskBook()
    risks = []
    for i in range(6):
        book.add(Account(f"a{i}", NOON))
        book.add(Device(f"a{i}", "phone farm 1"))
        of = order(book, i, f"a{i}", category="显卡", unit_price=3000.0)
        risks.append(claim(book, i, of, f"a{i}", kind="return", condition_in="通电超百小时"))
    assert risks[0].score < FOUND <= risks[5].score
    assert "6" in risks[5].findings[0].reasons[-1].zh
    found = book.accounts()
    assert all(r.score >= FOUND and r.entity_id == "a0" for r in found)
    assert len(book.ring_links(found)) == 15


@given(st.sampled_from(Pattern), st.integers(0, 40), st.integers(0, 200))
def test_scores_rise_with_signs_and_fall_with_honest_orders(pattern, signs, chances):
    now = history_score(pattern, signs, chances)
    assert 0 <= now <= 1
    assert history_score(pattern, signs + 1, chances) >= now
    assert history_score(pattern, signs, chances + 1) <= now + 1e-12


@given(st.sampled_from(Pattern), st.integers(0, 500))
def test_one_sign_alone_is_never_a_finding(pattern, chances):
    assert history_score(pattern, 1, chances) < FOUND


@given(st.floats(0, 1), st.booleans())
def test_the_machine_approves_asks_or_calls_a_person_and_never_refuses(score, hard):
    assert action(score, hard=hard) in (Action.APPROVE, Action.EVIDENCE, Action.REVIEW)
    assert {a.value for a in Action} == {"approve", "evidence", "review"}


def account(book: RiskBook) -> None:
    book.add(Account("a", NOON))


def only(book: RiskBook):
    (risk,) = book.accounts()
    return risk
