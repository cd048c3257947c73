"""A small made-up shop in the published retail form, with an order in every state that matters."""

from copy import deepcopy
from typing import Any

type Json = dict[str, Any]

HOME = {"address1": "1 Example Lane", "address2": "", "city": "Sampleton", "country": "USA", "state": "XX", "zip": "00001"}
AWAY = {"address1": "9 Fiction Road", "address2": "Unit 4", "city": "Notaplace", "country": "USA", "state": "YY", "zip": "00009"}

_VARIANTS: dict[str, tuple[str, str, Json, float, bool]] = {
    # item: product, name, options, price, available
    "101": ("10", "Mug", {"color": "red", "size": "small"}, 19.9, True),
    "102": ("10", "Mug", {"color": "blue", "size": "small"}, 21.4, True),
    "103": ("10", "Mug", {"color": "green", "size": "large"}, 99.99, True),
    "104": ("10", "Mug", {"color": "white", "size": "large"}, 18.05, False),
    "105": ("10", "Mug", {"color": "black", "size": "small"}, 15.5, True),
    "106": ("10", "Mug", {"color": "grey", "size": "small"}, 19.9, True),
    "201": ("20", "Desk Lamp", {"shade": "paper"}, 64.0, True),
    "202": ("20", "Desk Lamp", {"shade": "glass"}, 70.01, True),
    "301": ("30", "Notebook", {"pages": "80"}, 4.2, True),
}

CARD, OTHER_CARD, PAYPAL, GIFT, SMALL_GIFT = "credit_card_1", "credit_card_2", "paypal_1", "gift_card_1", "gift_card_2"
BOS_CARD, BOS_GIFT = "credit_card_9", "gift_card_9"


def method(reference: str, balance: float | None = None) -> Json:
    source = reference.rpartition("_")[0]
    more = {"balance": balance} if balance is not None else {"brand": "visa", "last_four": "0000"} if source == "credit_card" else {}
    return {"source": source, "id": reference, **more}


def order(no: str, user: str, status: str, items: list[str], paid_by: str) -> Json:
    lines = [
        {"name": _VARIANTS[i][1], "product_id": _VARIANTS[i][0], "item_id": i, "price": _VARIANTS[i][3], "options": _VARIANTS[i][2]}
        for i in items
    ]
    total = round(sum(line["price"] for line in lines), 2)
    paid = [{"transaction_type": "payment", "amount": total, "payment_method_id": paid_by}]
    back = [{"transaction_type": "refund", "amount": total, "payment_method_id": paid_by}] if status == "cancelled" else []
    sent = [{"tracking_id": [f"90{no}"], "item_ids": items}] if status in ("processed", "delivered") else []
    return {
        "order_id": f"#W{no}", "user_id": user, "address": dict(HOME), "items": lines, "status": status, "fulfillments": sent,
        "payment_history": paid + back,
    }  # fmt: skip


def user(key: str, first: str, zip_: str, methods: list[Json], orders: list[str]) -> Json:
    return {
        "user_id": key, "name": {"first_name": first, "last_name": "Example"}, "address": {**HOME, "zip": zip_},
        "email": f"{first.lower()}@example.com", "payment_methods": {m["id"]: m for m in methods}, "orders": orders,
    }  # fmt: skip


def shop() -> Json:
    """Ann and Bo, three products, and Ann's orders from waiting to delivered."""
    ann = [
        order("100", "ann_1", "pending", ["101", "201"], CARD),
        order("101", "ann_1", "pending", ["101"], GIFT),
        order("102", "ann_1", "processed", ["101"], CARD),
        order("103", "ann_1", "delivered", ["101", "101", "201"], CARD),
        order("104", "ann_1", "cancelled", ["101"], CARD),
        order("105", "ann_1", "delivered", ["102", "301"], PAYPAL),
        order("106", "ann_1", "pending", ["101", "301"], PAYPAL),
        order("107", "ann_1", "pending", ["301"], CARD),
        order("108", "ann_1", "delivered", ["201", "301"], CARD),
        order("109", "ann_1", "delivered", ["101"], GIFT),
        order("110", "ann_1", "pending", ["201"], CARD),
        order("111", "ann_1", "delivered", ["101"], CARD),
    ]
    bo = [order("200", "bo_2", "pending", ["101"], BOS_CARD), order("201", "bo_2", "delivered", ["101"], BOS_CARD)]
    anns = [method(CARD), method(OTHER_CARD), method(PAYPAL), method(GIFT, 50.0), method(SMALL_GIFT, 0.75)]
    products: Json = {}
    for item, (product, name, options, price, available) in _VARIANTS.items():
        entry = products.setdefault(product, {"name": name, "product_id": product, "variants": {}})
        entry["variants"][item] = {"item_id": item, "options": options, "available": available, "price": price}
    return deepcopy(
        {
            "products": products,
            "users": {
                "ann_1": user("ann_1", "Ann", "00001", anns, [o["order_id"] for o in ann]),
                "bo_2": user("bo_2", "Bo", "00002", [method(BOS_CARD), method(BOS_GIFT, 5.0)], [o["order_id"] for o in bo]),
            },
            "orders": {o["order_id"]: o for o in (*ann, *bo)},
        }
    )
