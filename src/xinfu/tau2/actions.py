"""The writing actions of the tau2 retail form, each through the service that does it: shown first, then done with the customer's yes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from xinfu import aftersales, commerce, customers
from xinfu.aftersales.errors import NotEligible
from xinfu.commerce.operations_errors import LineUnknown
from xinfu.customers.errors import CustomerNotFound
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Invalid, Refusal
from xinfu.kit.ids import Id

_MOST = 100
_ADDRESS = ("address1", "address2", "city", "state", "zip", "country")
"""In the order in which commerce reads them as one line, so that the same address is seen to be the same."""


@dataclass(frozen=True, slots=True)
class Yes:
    """The customer's explicit consent to one action. `words` is what they agreed by, `key` makes a repeated request act once."""

    words: str
    key: str
    by: Literal["customer", "staff"] | None = "customer"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one action went. Refused: `code` and `why`, and the codes of the rules that stand against it."""

    done: bool
    code: str = ""
    why: str = ""
    against: tuple[str, ...] = ()
    state: str = ""
    """The state of the case it opened, the status of the order after it, or ''."""


class Hand:
    """Does actions in one shop for one customer; another's orders are not found."""

    def __init__(
        self, operations: commerce.OrderOperations, cases: aftersales.Cases, people: customers.Customers, actor: Actor, shop_id: Id
    ) -> None:
        self._operations = operations
        self._cases = cases
        self._people = people
        self._actor = actor
        self._shop = shop_id
        self._do: dict[str, Callable[[Mapping[str, Any], Id, Yes], Awaitable[str]]] = {
            "cancel_pending_order": self._cancel,
            "modify_pending_order_address": self._address,
            "modify_pending_order_items": self._items,
            "modify_pending_order_payment": self._payment,
            "return_delivered_order_items": self._return,
            "exchange_delivered_order_items": self._exchange,
            "modify_user_address": self._own_address,
        }

    async def act(self, name: str, given: Mapping[str, Any], customer: str, yes: Yes) -> Outcome:
        """One action for the customer with this user id; a refusal is told, not raised."""
        try:
            checked = _checked(name, given)
            return Outcome(True, state=await self._do[name](checked, await self._customer(customer), yes))
        except Refusal as refusal:
            against = refusal.against if isinstance(refusal, _Against) else ()
            return Outcome(False, refusal.code, refusal.detail("en"), against)

    async def _customer(self, number: str) -> Id:
        found = (await self._people.accounts(self._shop, [number])).get(number)
        if found is None:
            raise CustomerNotFound
        return found[0]

    async def _cancel(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        return await self._operate(given["order_id"], "cancel", {"reason": given["reason"]}, customer, yes)

    async def _address(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        parts = {name: given[name] for name in _ADDRESS}
        return await self._operate(given["order_id"], "change_address", {"parts": parts}, customer, yes)

    async def _items(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        changes = [{"line": line, "to_sku": sku} for line, sku in await self._exchanged(given, customer)]
        return await self._operate(
            given["order_id"], "change_items", {"changes": changes, "method": given["payment_method_id"]}, customer, yes
        )

    async def _payment(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        return await self._operate(given["order_id"], "change_payment", {"method": given["payment_method_id"]}, customer, yes)

    async def _return(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        lines = await self._lines(given["order_id"], given["item_ids"], customer)
        return await self._ask("return", given, [{"line": line} for line in lines], customer, yes)

    async def _exchange(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        items = [{"line": line, "to_sku": sku} for line, sku in await self._exchanged(given, customer)]
        return await self._ask("exchange", given, items, customer, yes)

    async def _own_address(self, given: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        whose = await self._customer(given["user_id"])
        parts = {name: given[name] for name in _ADDRESS}
        shown = await self._people.preview_address(self._actor, self._shop, whose, parts, for_customer=customer)
        await self._people.change_address(
            self._actor, self._shop, whose, parts, token=shown.token, confirmed_by=yes.by, confirmation=yes.words, for_customer=customer
        )
        return ""

    # Through the services

    async def _operate(self, order_no: str, operation: commerce.Operation, inputs: Mapping[str, Any], customer: Id, yes: Yes) -> str:
        shown = await self._operations.preview(self._actor, self._shop, order_no, operation, inputs, for_customer=customer)
        done = await self._operations.perform(
            self._actor, self._shop, order_no, operation, inputs, token=shown.token, key=yes.key, confirmed_by=yes.by,
            confirmation=yes.words, for_customer=customer,
        )  # fmt: skip
        return done.status

    async def _ask(self, kind: str, given: Mapping[str, Any], items: Sequence[Mapping[str, Any]], customer: Id, yes: Yes) -> str:
        order_no, wish = given["order_id"], {"kind": kind, "reason": "no_reason", "items": items, "refund_to": given["payment_method_id"]}
        shown = await self._cases.preview(self._actor, self._shop, order_no, wish, for_customer=customer)
        if not shown.decision.allowed:
            raise _Against(tuple(line for line in shown.decision.lines if line.against))
        case = await self._cases.open(
            self._actor, self._shop, order_no, wish, token=shown.token, key=yes.key, confirmed_by=yes.by, confirmation=yes.words,
            for_customer=customer,
        )  # fmt: skip
        if case.state == "open" and case.verdict == "allowed":
            case = await self._cases.accept(self._actor, self._shop, case.number, version=case.version)
        return case.state

    async def _exchanged(self, given: Mapping[str, Any], customer: Id) -> list[tuple[int, str]]:
        """Lines with what each becomes. Raises Invalid when there are not as many new items as old ones."""
        if len(given["item_ids"]) != len(given["new_item_ids"]):
            raise Invalid(why="new_item_ids: as many as item_ids")
        lines = await self._lines(given["order_id"], given["item_ids"], customer)
        return list(zip(lines, given["new_item_ids"], strict=True))

    async def _lines(self, order_no: str, item_ids: Sequence[str], customer: Id) -> list[int]:
        """The order's lines with these items; the same item twice means two lines. Raises LineUnknown."""
        order = await self._operations.state(self._actor, self._shop, order_no, for_customer=customer)
        free = {line.position: line.sku for line in order.lines}
        found: list[int] = []
        for item in item_ids:
            line = next((position for position, sku in free.items() if sku == item), None)
            if line is None:
                raise LineUnknown(line=item)
            found.append(line)
            del free[line]
        return found


class _Against(NotEligible):
    """What the rules do not allow, with the codes of what stands against it."""

    def __init__(self, lines: Sequence[aftersales.Explanation]) -> None:
        super().__init__(why="".join(line.zh for line in lines), why_en=" ".join(line.en for line in lines))
        self.against = tuple(line.code for line in lines)


# What an action must name, and nothing else

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "cancel_pending_order": ("order_id", "reason"),
    "modify_pending_order_address": ("order_id", *_ADDRESS),
    "modify_pending_order_items": ("order_id", "item_ids", "new_item_ids", "payment_method_id"),
    "modify_pending_order_payment": ("order_id", "payment_method_id"),
    "return_delivered_order_items": ("order_id", "item_ids", "payment_method_id"),
    "exchange_delivered_order_items": ("order_id", "item_ids", "new_item_ids", "payment_method_id"),
    "modify_user_address": ("user_id", *_ADDRESS),
}
WRITING = frozenset(_FIELDS)


def _checked(name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises Invalid for an action of another name, or one that names more, less or other things."""
    if name not in _FIELDS:
        raise Invalid(why=f"action: {name[:60]}")
    if odd := set(given) ^ set(_FIELDS[name]):
        raise Invalid(why=", ".join(sorted(map(str, odd)))[:200])
    for field, value in given.items():
        texts = value if field.endswith("_ids") else [value]
        if not isinstance(texts, list) or not 1 <= len(texts) <= _MOST or not all(isinstance(text, str) for text in texts):
            raise Invalid(why=field)
    return given
