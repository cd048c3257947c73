"""What may be done to an order and what it does to the money, over any order: never more back than came in, nothing done twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.commerce import operations_errors as no
from xinfu.commerce.contracts import Parcel, Scan
from xinfu.commerce.operations_contracts import (
    AskInvoice,
    Cancel,
    ChangeAddress,
    ChangeInvoice,
    ChangeItems,
    ChangeNote,
    ChangePayment,
    Hold,
    Inputs,
    Intercept,
    InvoiceState,
    ItemChange,
    Line,
    OrderState,
    PaymentLine,
    Reissue,
    ReissueItem,
    Release,
    Review,
    UrgeParcel,
    UrgePayment,
    VariantState,
    inputs_of,
)
from xinfu.commerce.operations_policy import PERMISSION, Surroundings, judge, refund_parts, token_of
from xinfu.kit.errors import Invalid, Refusal
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
BLACK_L = VariantState("TEE-BK-L", "p1", "短袖", (("尺码", "L"),), Money(9900), 3)
CHEAP = VariantState("TEE-BK-S", "p1", "短袖", (("尺码", "S"),), Money(100), 99)
MUG = VariantState("MUG", "p2", "杯", (), Money(100), 99)
DOLLARS = VariantState("TEE-US", "p1", "短袖", (), Money(100, "USD"), 99)
AROUND = Surroundings(NOON, ZONE, {v.sku: v for v in (BLACK_L, CHEAP, MUG, DOLLARS)})


def an_order(status: str = "paid", **given: Any) -> OrderState:
    values: dict[str, Any] = {
        "payments": () if status == "unpaid" else (PaymentLine("payment", "alipay", Money(18400)),),
        "parcels": (),
    }
    order = OrderState(
        id=new_id(), no="A1", shop_id=new_id(), customer_id=new_id(), version="0.1", status=status,  # type: ignore[arg-type]
        placed_at=NOON - timedelta(hours=3), pay_by=NOON + timedelta(hours=21), paid_at=None, completed_at=None,
        total=Money(18400), freight=Money(600), lines=(Line(0, "TEE-BK-M", "p1", "短袖", (("尺码", "M"),), 2, Money(8900)),),
        receiver="林晓", receiver_phone="13800000001", address="浙江省杭州市西湖区云杉路 8 号", gift=False, note="", **values,
    )  # fmt: skip
    return replace(order, **given)


def scanned(*codes: str) -> tuple[Parcel, ...]:
    return (Parcel("顺丰", "SF1", tuple(Scan(NOON + timedelta(hours=n), c, "", "") for n, c in enumerate(codes)), None),)  # type: ignore[arg-type]


def swap(sku: str, line: int = 0) -> ChangeItems:
    return ChangeItems(changes=(ItemChange(line=line, to_sku=sku),))


EVERY: list[Inputs] = [
    Review(), Hold(), Release(), Intercept(), Cancel(), ChangeAddress(address="别处"), ChangeNote(note="轻放"), swap("TEE-BK-L"), ChangePayment(method="wechat"),
    UrgePayment(), UrgeParcel(), Reissue(items=(ReissueItem(line=0),)), AskInvoice(title="某某公司"), ChangeInvoice(title="某某公司"),
]  # fmt: skip
IN_HOUSE = [Review(), Hold(), Cancel(), ChangeAddress(address="别处"), ChangeNote(note="轻放"), swap("TEE-BK-L")]


def test_every_operation_has_its_permission() -> None:
    assert {asked.operation for asked in EVERY} == set(PERMISSION)


@pytest.mark.parametrize("asked", IN_HOUSE, ids=lambda a: a.operation)
@pytest.mark.parametrize("status", ["shipped", "out_for_delivery", "delivered", "completed"])
def test_what_left_the_house_does_not_change(asked: Inputs, status: str) -> None:
    with pytest.raises(no.AlreadyDispatched):
        judge(an_order(status), asked, AROUND)


def test_a_scan_counts_as_left_even_when_the_status_lags() -> None:
    with pytest.raises(no.AlreadyDispatched):
        judge(an_order("packed", parcels=scanned("collected")), Cancel(), AROUND)


@pytest.mark.parametrize("asked", EVERY, ids=lambda a: a.operation)
def test_nothing_is_done_to_a_cancelled_order(asked: Inputs) -> None:
    with pytest.raises((no.OrderCancelled, no.InvoiceMissing)):
        judge(an_order("cancelled"), asked, AROUND)


@pytest.mark.parametrize(
    ("order", "asked", "refusal"),
    [
        (an_order("unpaid"), Review(), no.NotPaidYet),
        (an_order(reviewed_at=NOON), Review(), no.AlreadyReviewed),
        (an_order(held_at=NOON), Review(), no.OrderHeld),
        (an_order(held_at=NOON), Hold(), no.OrderHeld),
        (an_order(), Release(), no.NotHeld),
        (an_order(), Intercept(), no.NotDispatchedYet),
        (an_order("delivered"), Intercept(), no.NotOnTheWay),
        (an_order("shipped", intercept_at=NOON), Intercept(), no.AlreadyIntercepting),
        (an_order(), ChangeAddress(), no.NothingChanges),
        (an_order(), ChangeNote(note=""), no.NothingChanges),
        (an_order("packed"), swap("TEE-BK-L"), no.AlreadyPacked),
        (an_order(), swap("NONE"), no.VariantUnknown),
        (an_order(), swap("MUG"), no.OtherProduct),
        (an_order(), swap("TEE-US"), no.CurrencyDiffers),
        (an_order(), swap("TEE-BK-L", line=7), no.LineUnknown),
        (an_order(lines=(replace(an_order().lines[0], quantity=4),)), swap("TEE-BK-L"), no.OutOfStock),
        (an_order(), ChangePayment(method="wechat"), no.PaidAlready),
        (an_order("unpaid", pay_method="wechat"), ChangePayment(method="wechat"), no.NothingChanges),
        (an_order("unpaid", pay_by=NOON), UrgePayment(), no.PaymentTimeOver),
        (an_order(), UrgePayment(), no.PaidAlready),
        (an_order("unpaid"), UrgeParcel(), no.NotPaidYet),
        (an_order("delivered"), UrgeParcel(), no.NotOnTheWay),
        (an_order(), Reissue(items=(ReissueItem(line=0),)), no.NotDispatchedYet),
        (an_order("delivered"), Reissue(items=(ReissueItem(line=0, quantity=3),)), no.MoreThanBought),
        (an_order("unpaid"), AskInvoice(title="某某"), no.NotPaidYet),
        (an_order(invoice=InvoiceState("某某", "", None)), AskInvoice(title="某某"), no.InvoiceExists),
        (an_order(), ChangeInvoice(title="某某"), no.InvoiceMissing),
        (an_order(payments=(PaymentLine("payment", "", Money(5)), PaymentLine("refund", "", Money(5)))), AskInvoice(title="某某"), no.NothingToInvoice),
        (an_order("returned"), Cancel(), no.OrderReturned),
    ],
)  # fmt: skip
def test_each_obstacle_has_its_own_refusal(order: OrderState, asked: Inputs, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        judge(order, asked, AROUND)


def test_a_cancelled_paid_order_gives_back_all_that_is_left_the_way_it_came() -> None:
    paid = (
        PaymentLine("payment", "card", Money(400)),
        PaymentLine("payment", "alipay", Money(18000)),
        PaymentLine("refund", "card", Money(100), "refunding"),
    )
    plan = judge(an_order(payments=paid), Cancel(reason="不想要了"), AROUND)
    assert plan.money.refund == Money(18300) and [(p.method, p.amount.minor) for p in plan.money.parts] == [
        ("card", 300),
        ("alipay", 18000),
    ]
    assert plan.changes.status == "cancelled" and "¥183.00" in plan.lines[1].zh


def test_an_unpaid_order_is_cancelled_without_money() -> None:
    plan = judge(an_order("unpaid"), Cancel(), AROUND)
    assert not plan.money.refund and plan.money.parts == ()


def test_a_dearer_variant_is_charged_and_a_cheaper_one_given_back() -> None:
    dearer = judge(an_order(), swap("tee-bk-l"), AROUND).money
    assert (dearer.charge, dearer.refund, dearer.total) == (Money(2000), Money(0), Money(20400))
    cheaper = judge(an_order(), swap("TEE-BK-S"), AROUND).money
    assert (cheaper.charge, cheaper.refund, cheaper.total) == (Money(0), Money(17600), Money(800))
    unpaid = judge(an_order("unpaid"), swap("TEE-BK-L"), AROUND).money
    assert (unpaid.charge, unpaid.refund, unpaid.total) == (Money(0), Money(0), Money(20400))


def test_with_a_coupon_no_more_goes_back_than_came_in() -> None:
    order = an_order(total=Money(500), payments=(PaymentLine("payment", "alipay", Money(500)),))
    money = judge(order, swap("TEE-BK-S"), AROUND).money
    assert (money.refund, money.total) == (Money(500), Money(0))


def test_a_difference_not_yet_paid_shrinks_before_money_goes_back() -> None:
    order = an_order(total=Money(20400), payments=(*an_order().payments, PaymentLine("payment", "", Money(2000), "due")))
    money = judge(replace(order, lines=(replace(order.lines[0], sku="TEE-BK-L", price=Money(9900)),)), swap("TEE-BK-S"), AROUND).money
    assert money.refund == Money(17600) and money.total == Money(800)


def test_another_phone_makes_a_present_and_a_present_says_so() -> None:
    plan = judge(an_order(), ChangeAddress(phone="13800000099"), AROUND)
    assert plan.changes.gift and "becomes_gift" in [w.code for w in plan.warnings]
    present = judge(an_order(gift=True), ChangeNote(note="轻放"), AROUND)
    assert [w.code for w in present.warnings] == ["gift"]


def test_what_is_said_about_an_address_is_masked() -> None:
    plan = judge(an_order(), ChangeAddress(receiver="周小舟", phone="13800000099", address="浙江省杭州市余杭区柳岸路 99 号 2 幢"), AROUND)
    said = plan.lines[0].zh + plan.history.zh
    assert "柳岸" not in said and "13800000099" not in said and "小舟" not in said


@pytest.mark.parametrize(("hour", "allowed"), [(7, False), (8, True), (20, True), (21, False), (2, False)])
def test_nobody_is_reminded_to_pay_at_night(hour: int, allowed: bool) -> None:
    now = datetime(2026, 3, 10, hour, 0, tzinfo=ZONE).astimezone(UTC)
    around, order = replace(AROUND, now=now), an_order("unpaid", pay_by=now + timedelta(hours=1))
    if allowed:
        assert judge(order, UrgePayment(), around).lines[0].code == "urge_payment"
    else:
        with pytest.raises(no.QuietHours):
            judge(order, UrgePayment(), around)


def test_a_buyer_is_reminded_once_a_day() -> None:
    day = replace(AROUND, payment_urged_at=NOON - timedelta(hours=24))
    assert judge(an_order("unpaid"), UrgePayment(), day).answer_by is None
    with pytest.raises(no.UrgedLately):
        judge(an_order("unpaid"), UrgePayment(), replace(day, payment_urged_at=NOON - timedelta(hours=24) + timedelta(seconds=1)))


def test_a_parcel_is_urged_with_an_answer_time_and_not_again_before_it() -> None:
    plan = judge(an_order("shipped", parcels=scanned("collected")), UrgeParcel(), AROUND)
    assert plan.answer_by == NOON + timedelta(hours=24) and plan.lines[0].code == "urge_carrier" and "3月11日 12:00" in plan.lines[0].zh
    assert judge(an_order(), UrgeParcel(), AROUND).lines[0].code == "urge_warehouse"
    with pytest.raises(no.UrgedLately) as refused:
        judge(an_order("shipped"), UrgeParcel(), replace(AROUND, parcel_answer_by=NOON + timedelta(hours=1)))
    assert "3月10日 13:00" in refused.value.detail("zh-CN") and "Mar 10, 13:00" in refused.value.detail("en")


def test_an_issued_invoice_is_taken_back_and_issued_again() -> None:
    plan = judge(an_order(invoice=InvoiceState("旧", "FP-1", NOON)), ChangeInvoice(title="新公司", tax_no="91000000000000000X"), AROUND)
    assert plan.lines[-1].code == "issued_again" and plan.changes.invoice and plan.changes.invoice.amount == Money(18400)


def test_a_token_stands_for_one_version_one_wish_and_one_sum() -> None:
    order = an_order()
    plan = judge(order, Cancel(), AROUND)
    token = token_of(order, Cancel(), plan.money)
    assert token == token_of(order, Cancel(), plan.money)
    others = [
        token_of(replace(order, version="1.1"), Cancel(), plan.money),
        token_of(order, Cancel(reason="x"), plan.money),
        token_of(order, Cancel(), replace(plan.money, refund=Money(1))),
    ]
    assert token not in others and len(set(others)) == 3


@pytest.mark.parametrize(
    ("operation", "given_inputs"),
    [
        ("cancel", {"reason": 5}),
        ("cancel", {"amount": "100"}),
        ("fly", {}),
        ("change_items", {"changes": []}),
        ("change_items", {"changes": [{"line": -1, "to_sku": "X"}]}),
        ("change_items", {"changes": [{"line": 0.5, "to_sku": "X"}]}),
        ("reissue", {"items": [{"line": 0, "quantity": 0}]}),
        ("reissue", {"items": [{"line": 0, "quantity": 10**9}]}),
        ("change_address", {"phone": "none"}),
        ("change_address", {"address": " \x00 "}),
        ("invoice", {"title": "某", "tax_no": "12"}),
        ("invoice", {"title": "某", "email": "nowhere"}),
        ("invoice", {"title": ""}),
    ],
)
def test_odd_inputs_are_refused_at_the_door(operation: str, given_inputs: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        inputs_of(operation, given_inputs)


amounts = st.integers(0, 10**9)
payment_lines = st.builds(
    PaymentLine,
    st.sampled_from(["payment", "refund"]),
    st.sampled_from(["alipay", "card", ""]),
    amounts.map(Money),
    st.sampled_from(["done", "due", "refunding", "void"]),
)


@given(st.lists(payment_lines, max_size=8), st.integers(0, 10**9))
def test_the_parts_of_a_refund_add_up_and_no_way_gets_more_than_it_gave(payments: list[PaymentLine], share: int) -> None:
    order = an_order(payments=tuple(payments))
    amount = Money(share % (order.refundable.minor + 1) if order.refundable.minor > 0 else 0)
    parts = refund_parts(order, amount)
    assert sum(p.amount.minor for p in parts) == amount.minor and all(p.amount.minor > 0 for p in parts)
    for part in parts:
        came = sum(p.amount.minor for p in payments if p.kind == "payment" and p.state == "done" and p.method == part.method)
        assert part.amount.minor <= came


@given(
    st.lists(payment_lines, max_size=6),
    st.integers(0, 10**6),
    st.sampled_from(["unpaid", "paid"]),
    st.integers(0, 10**6),
    st.integers(1, 9),
)
def test_no_operation_gives_back_more_than_came_in(payments: list[PaymentLine], total: int, status: str, price: int, quantity: int) -> None:
    line = replace(an_order().lines[0], quantity=quantity, price=Money(price))
    order = an_order(status, payments=tuple(payments), total=Money(total), lines=(line,))
    for asked in (Cancel(), swap("TEE-BK-S")):
        money = judge(order, asked, AROUND).money
        assert 0 <= money.refund.minor <= max(0, order.refundable.minor)
        assert money.refund.minor == sum(p.amount.minor for p in money.parts)
        assert money.charge.minor >= 0 and money.total.minor >= 0
        assert not (money.refund and money.charge)
