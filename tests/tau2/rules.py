"""The retail form's published rules once more, on its plain JSON and without a line of the product: what a state becomes by an action.

An action that the rules do not allow leaves the state as it is and returns False.
"""

from collections import Counter
from copy import deepcopy
from decimal import Decimal
from typing import Any

type Json = dict[str, Any]
ADDRESS = ("address1", "address2", "city", "state", "country", "zip")


class Rules:
    """A shop's state, changed in place."""

    def __init__(self, state: Json) -> None:
        self.state = deepcopy(state)

    def act(self, name: str, given: Json) -> bool:
        before = deepcopy(self.state)
        try:
            getattr(self, name)(**given)
        except (AssertionError, KeyError):
            self.state = before
            return False
        return True

    def cancel_pending_order(self, order_id: str, reason: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "pending"
        assert reason in ("no longer needed", "ordered by mistake")
        paid = [p for p in order["payment_history"] if p["transaction_type"] == "payment"]
        back = Counter({p["payment_method_id"]: Decimal(0) for p in paid})
        for p in order["payment_history"]:
            back[p["payment_method_id"]] += money(p["amount"]) * (1 if p["transaction_type"] == "payment" else -1)
        for reference, amount in back.items():
            if amount:
                self._book(order, "refund", amount, reference)
        order["status"], order["cancel_reason"] = "cancelled", reason

    def modify_pending_order_address(self, order_id: str, **address: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "pending"
        order["address"] = {name: address[name] for name in ADDRESS}

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "pending"
        [first] = order["payment_history"] if len(order["payment_history"]) == 1 else [None]
        assert first is not None and first["payment_method_id"] != payment_method_id
        self._covered(order, payment_method_id, money(first["amount"]))
        self._book(order, "payment", money(first["amount"]), payment_method_id)
        self._book(order, "refund", money(first["amount"]), first["payment_method_id"])

    def modify_pending_order_items(self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "pending"
        pairs = self._pairs(order, item_ids, new_item_ids)
        difference = sum((money(new["price"]) - money(old["price"]) for old, new in pairs), Decimal(0))
        self._covered(order, payment_method_id, difference)
        if difference:
            self._book(order, "payment" if difference > 0 else "refund", abs(difference), payment_method_id)
        for old, new in pairs:
            old.update({"item_id": new["item_id"], "price": new["price"], "options": new["options"]})
        order["status"] = "pending (item modified)"

    def return_delivered_order_items(self, order_id: str, item_ids: list[str], payment_method_id: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "delivered"
        self._found(order, item_ids)
        method = self._method(order, payment_method_id)
        assert method["source"] == "gift_card" or payment_method_id == order["payment_history"][0]["payment_method_id"]
        order |= {"status": "return requested", "return_items": sorted(item_ids), "return_payment_method_id": payment_method_id}

    def exchange_delivered_order_items(self, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str) -> None:
        order = self.state["orders"][order_id]
        assert order["status"] == "delivered"
        pairs = self._pairs(order, item_ids, new_item_ids)
        difference = sum((money(new["price"]) - money(old["price"]) for old, new in pairs), Decimal(0))
        self._covered(order, payment_method_id, difference)
        order |= {
            "status": "exchange requested",
            "exchange_items": sorted(item_ids),
            "exchange_new_items": sorted(new_item_ids),
            "exchange_payment_method_id": payment_method_id,
            "exchange_price_difference": float(difference),
        }

    def modify_user_address(self, user_id: str, **address: str) -> None:
        self.state["users"][user_id]["address"] = {name: address[name] for name in ADDRESS}

    def _found(self, order: Json, item_ids: list[str]) -> list[Json]:
        free, found = list(order["items"]), []
        for item_id in item_ids:
            item = next((i for i in free if i["item_id"] == item_id), None)
            assert item is not None
            free = [i for i in free if i is not item]
            found.append(item)
        assert found
        return found

    def _pairs(self, order: Json, item_ids: list[str], new_item_ids: list[str]) -> list[tuple[Json, Json]]:
        assert len(item_ids) == len(new_item_ids)
        pairs = []
        for item, new_id in zip(self._found(order, item_ids), new_item_ids, strict=True):
            variant = self.state["products"][item["product_id"]]["variants"][new_id]
            assert variant["available"] and new_id != item["item_id"]
            pairs.append((item, variant))
        return pairs

    def _method(self, order: Json, reference: str) -> Json:
        found: Json = self.state["users"][order["user_id"]]["payment_methods"][reference]
        return found

    def _covered(self, order: Json, reference: str, amount: Decimal) -> None:
        method = self._method(order, reference)
        assert "balance" not in method or money(method["balance"]) >= amount

    def _book(self, order: Json, kind: str, amount: Decimal, reference: str) -> None:
        order["payment_history"].append({"transaction_type": kind, "amount": float(amount), "payment_method_id": reference})
        method = self._method(order, reference)
        if "balance" in method:
            method["balance"] = float(money(method["balance"]) + (amount if kind == "refund" else -amount))


def money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
