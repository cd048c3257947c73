"""Stand-ins for the services that change orders and open requests: they show, do once per key, refuse, and remember what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.reception.desk import NOW, SHOP, Books, Desk
from xinfu.aftersales.contracts import Case, CaseEvent, CasePreview, Decision, Explanation, LineAmount, Work
from xinfu.commerce.contracts import Order
from xinfu.commerce.errors import OrderNotFound
from xinfu.commerce.operations_contracts import Done, MoneyEffect, Preview, Sentence
from xinfu.commerce.operations_errors import AlreadyDispatched, InvoiceExists, OrderOutdated, UrgedLately
from xinfu.conversations.contracts import Reply
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.reception import Clerk

ZERO = Money(0)


class Acting:
    def __init__(self, *without: str) -> None:
        self.without = without

    async def ai(self, shop_id: Id) -> Actor:
        return Actor("ai", "ai", "AI", frozenset({shop_id}), frozenset(p for p in SEEDED_ROLES["ai"] if p not in self.without))


@dataclass(frozen=True)
class Deed:
    operation: str
    order: str
    inputs: dict[str, Any]
    key: str


class OrderDesk:
    """Cancels, changes, urges and invoices orders of `books`; `version` makes every earlier preview out of date."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.done: list[Deed] = []
        self.previews = 0
        self.version = 0

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, operation: Any, inputs: Mapping[str, Any], *, for_customer: Id | None = None
    ) -> Preview:
        self.previews += 1
        order = self._judge(actor, shop_id, order_no, operation, for_customer)
        return self._preview(order, operation, dict(inputs))

    async def perform(
        self, actor: Actor, shop_id: Id, order_no: str, operation: Any, inputs: Mapping[str, Any], *, token: str, key: str,
        confirmed_by: Any = None, confirmation: str = "", for_customer: Id | None = None,
    ) -> Done:  # fmt: skip
        assert confirmed_by == "customer" and confirmation
        repeated = any(d.key == key for d in self.done)
        order = self._judge(actor, shop_id, order_no, operation, for_customer) if not repeated else self._own(order_no, for_customer)
        shown = self._preview(order, operation, dict(inputs))
        if shown.token != token:
            raise OrderOutdated
        if not repeated:
            self.done.append(Deed(operation, order_no, dict(inputs), key))
        return Done(
            "d", operation, order.id, order.no, order.customer_id, order.status, "v", NOW, shown.lines, shown.money, None, "", repeated
        )

    def _own(self, order_no: str, for_customer: Id | None) -> Order:
        order = next((o for o in self.books.orders if o.no == order_no and o.customer_id == for_customer), None)
        if order is None:
            raise OrderNotFound
        return order

    def _judge(self, actor: Actor, shop_id: Id, order_no: str, operation: str, for_customer: Id | None) -> Order:
        needs = {"cancel": "orders.cancel", "urge_parcel": "orders.urge", "invoice": "orders.invoice"}.get(operation, "orders.modify")
        actor.require(needs, shop_id)
        order = self._own(order_no, for_customer)
        if operation in ("cancel", "change_address", "change_note") and order.status not in ("unpaid", "paid", "packed"):
            raise AlreadyDispatched
        if operation == "invoice" and any(d.operation == "invoice" and d.order == order_no for d in self.done):
            raise InvoiceExists
        if operation == "urge_parcel" and any(d.operation == "urge_parcel" for d in self.done):
            raise UrgedLately(until="3月11日 10:00")
        return order

    def _preview(self, order: Order, operation: Any, inputs: dict[str, Any]) -> Preview:
        lines = {
            "cancel": Sentence("cancel", f"订单取消，退款 {order.total}，原路退回。", f"Cancelled; {order.total} goes back."),
            "change_address": Sentence(
                "a", f"改寄到：{inputs.get('address', '原地址')}", f"It goes to: {inputs.get('address', 'as before')}"
            ),
            "change_note": Sentence("n", f"备注改为：{inputs.get('note')}", f"The note becomes: {inputs.get('note')}"),
            "urge_parcel": Sentence(
                "u", "催中远快运尽快派送，3月11日 10:00前答复。", "The carrier is asked to hurry and answers by Mar 11, 10:00."
            ),
            "invoice": Sentence(
                "i", f"按 {order.total} 开电子发票，抬头：{inputs.get('title')}", f"An invoice for {order.total}: {inputs.get('title')}"
            ),
        }
        token = f"{operation}-{order.no}-{sorted(inputs.items())}-{self.version}"
        gift = (Sentence("gift", "收件人可能不是买家", "The receiver is perhaps not the buyer"),) if order.gift else ()
        return Preview(
            operation, order.id, order.no, order.customer_id, order.status, "v", token, (lines[operation],),
            MoneyEffect(order.total, ZERO, order.total), gift, NOW + timedelta(hours=24),
        )  # fmt: skip


class RequestDesk:
    """Takes returns and the like; a wish in `refuses` is refused by its reason."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.opened: list[tuple[str, dict[str, Any], str]] = []
        self.requests: list[Case] = []
        self.withdrawn: list[str] = []
        self.refuses: set[str] = set()

    def _decision(self, order: Order, wish: Mapping[str, Any]) -> Decision:
        verdict: Any = "refused" if wish["reason"] in self.refuses else "person" if wish["reason"] == "damaged" else "allowed"
        told = Explanation("w", "c", "签收次日起 7 天内，到3月16日为止。", "7 days from the day after delivery, up to Mar 16.", False)
        if verdict == "refused":
            told = replace(told, zh="7 天的期限已于3月1日结束。", en="The 7 days ended on Mar 1.", against=True)
        total = order.total if wish["kind"] in ("return", "refund_only") else Money(1000) if wish["kind"] == "price_protection" else ZERO
        return Decision(verdict, wish["kind"], "no_reason", (told,), "customer", (), ZERO, total, "restock", None, "cn-default", 1)

    async def preview(
        self, actor: Actor, shop_id: Id, order_no: str, wish: Mapping[str, Any], *, for_customer: Id | None = None
    ) -> CasePreview:
        actor.require("aftersales.request", shop_id)
        order = next((o for o in self.books.orders if o.no == order_no and o.customer_id == for_customer), None)
        if order is None:
            raise OrderNotFound
        return CasePreview(order.no, order.customer_id, self._decision(order, wish), (), f"{order.no}-{sorted(map(str, wish.items()))}")

    async def open(
        self, actor: Actor, shop_id: Id, order_no: str, wish: Mapping[str, Any], *, token: str, key: str,
        confirmed_by: Any = None, confirmation: str = "", for_customer: Id | None = None,
    ) -> Case:  # fmt: skip
        shown = await self.preview(actor, shop_id, order_no, wish, for_customer=for_customer)
        assert shown.token == token and confirmed_by == "customer"
        if not any(k == key for _, _, k in self.opened):
            self.opened.append((order_no, dict(wish), key))
        return a_request(order_no, wish["kind"], customer=for_customer or "", verdict=shown.decision.verdict)

    async def withdraw(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> Case:
        actor.require("aftersales.request", shop_id)
        found = next(r for r in self.requests if r.number == number and r.customer_id == for_customer)
        self.withdrawn.append(number)
        return found

    async def of_customer(self, actor: Actor, shop_id: Id, customer_id: Id, limit: int = 30) -> list[Case]:
        if not actor.may("aftersales.read", shop_id):
            raise Forbidden(permission="aftersales.read")
        return [r for r in self.requests if r.customer_id == customer_id][:limit]


def a_request(order_no: str, kind: Any = "return", state: Any = "open", customer: Id = "", verdict: Any = "allowed") -> Case:
    step = CaseEvent(NOW, "opened", "已提交退货申请", "Asked for: return", "ai", "AI", True)
    return Case(
        "r", "AS260310-0001", SHOP, order_no, customer, kind, state, "no_reason", "unknown", "", "", (), verdict, "no_reason", "customer",
        "restock", (LineAmount(0, "QL-T-M", "T恤", 1, Money(8900)),), ZERO, Money(8900), (), "cn-default", 1, NOW, "ai", "AI", None, "", None,
        1, (step,), ZERO, None, "", "", False, False, Work(),
    )  # fmt: skip


class PlainReader:
    """Reads clauses by the words given to it; anything else is not understood."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, texts: Any, before: Any = None, shops: Any = None) -> list[Any]:
        from tests.reception.desk import a_reading

        self.read_texts += texts
        words = {
            "到哪": "logistics_tracking", "where": "logistics_tracking", "运费": "delivery_fee", "shipping": "delivery_fee",
            "发票": "invoice", "退货": "after_sales_policy", "取消": "order_cancel", "人工": "human_request",
        }  # fmt: skip
        return [a_reading(next((i for w, i in words.items() if w in t.lower()), "unknown")) for t in texts]


class ActingDesk(Desk):
    """A desk that may act: `acts` and `requests` tell what was done."""

    def __init__(self, *orders: Order, without: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(*orders, **more)
        self.acts, self.requests, self.reader = OrderDesk(self.books), RequestDesk(self.books), PlainReader()
        self.noted: list[tuple[str, str]] = []
        reception = self.reception
        reception._clerk = Clerk(Acting(*without), self.acts, self.requests, reception._products, self.clock)
        reception._reader = self.reader
        reception._gaps = self

    def note(self, shop_id: Id, question: str, intent: str, conversation_id: Id) -> None:
        self.noted.append((question, intent))

    async def say(self, text: str, intent: str, **more: Any) -> Reply:
        return await super().say(text, intent, **more)

    @property
    def deeds(self) -> list[str]:
        return (
            [d.operation for d in self.acts.done]
            + [w["kind"] for _, w, _ in self.requests.opened]
            + ["withdraw"] * len(self.requests.withdrawn)
        )
