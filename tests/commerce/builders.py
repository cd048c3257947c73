"""Orders, parcels and products for tests, readable at the place of use."""

from datetime import UTC, datetime, timedelta
from typing import Any

from xinfu.commerce import NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant
from xinfu.kit.auth import Actor
from xinfu.kit.ids import Id, new_id
from xinfu.kit.money import Money

SHOP, OTHER = new_id(), new_id()
NOON = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)


def someone(*permissions: str, shop: Id = SHOP) -> Actor:
    return Actor("staff", new_id(), "测试员", frozenset({shop}), frozenset(permissions))


def a_scan(hours: float, code: str = "arrived", place: str = "杭州", text: str = "到达转运中心") -> NewScan:
    return NewScan(NOON + timedelta(hours=hours), code, place, text)  # type: ignore[arg-type]


def a_parcel(tracking_no: str = "SF100", *scans: NewScan, promised_h: float | None = None) -> NewParcel:
    return NewParcel("顺丰", tracking_no, scans, None if promised_h is None else NOON + timedelta(hours=promised_h))


def an_order(no: str, customer_id: Id, status: str = "shipped", **given: Any) -> NewOrder:
    values: dict[str, Any] = {
        "placed_at": NOON,
        "paid_at": None if status == "unpaid" else NOON + timedelta(minutes=5),
        "lines": (NewLine("TEE-BK-M", "重磅短袖", 2, Money(8900), (("颜色", "黑"), ("尺码", "M")), "/img/tee.png"),),
        "freight": Money(600),
        "receiver": "林晓",
        "receiver_phone": "13800000001",
        "address": "浙江省杭州市西湖区云杉路 8 号 3 幢 501",
        "payments": (NewPayment(Money(18400), "alipay", NOON + timedelta(minutes=5)),),
        "parcels": (a_parcel("SF100", a_scan(5, "collected"), a_scan(9)),),
    }
    return NewOrder(no, customer_id, status, **(values | given))


def a_product(number: str = "P-1", **given: Any) -> NewProduct:
    values: dict[str, Any] = {
        "name": "重磅纯棉短袖",
        "category": "服饰",
        "brand": "素野",
        "summary": "不透不垮。",
        "attributes": {"material": "100% 棉", "washing": "30 度机洗"},
        "variants": (
            NewVariant("TEE-BK-M", (("颜色", "黑"), ("尺码", "M")), Money(8900), 10),
            NewVariant("TEE-BK-L", (("颜色", "黑"), ("尺码", "L")), Money(9900), 3),
        ),
    }
    return NewProduct(number, **(values | given))
