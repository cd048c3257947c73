"""Takes tasks to the services that people use too: shows what would happen, does it once after a yes, and says what they refuse."""

from collections.abc import Sequence
from typing import Any, cast

from xinfu.aftersales.contracts import Case
from xinfu.commerce.contracts import Order
from xinfu.commerce.operations_contracts import Operation
from xinfu.identity.contracts import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.errors import Forbidden, NotFound, Refusal
from xinfu.kit.text import clip
from xinfu.reception.dialogue import Task
from xinfu.reception.policy import Decision, Turn
from xinfu.reception.ports import Acting, CaseActs, Catalogue, Evidence, OrderActs
from xinfu.reception.tasks import ON_ORDER, VALID_MS, Outcome, request_wish, variant_named

_UNSAID = frozenset({"gift", "becomes_gift", "label_again"})  # warnings meant for staff
_OUTDATED = frozenset({"order_outdated", "case_outdated"})
_WITHDRAWABLE = frozenset({"open", "approval", "awaiting_goods"})
_OVER = frozenset({"done", "declined", "withdrawn"})
_WORDS = 500
_AS_CUSTOMER = frozenset({Permission.AFTERSALES_READ, Permission.AFTERSALES_REQUEST})


class Clerk:
    """Speaks for one customer at a time, as the AI, with what the AI's role may do. Everything here is awaited outside the batch."""

    def __init__(
        self, acting: Acting, orders: OrderActs, requests: CaseActs, products: Catalogue, clock: Clock, evidence: Evidence | None = None
    ) -> None:
        self._acting = acting
        self._orders = orders
        self._cases = requests
        self._products = products
        self._clock = clock
        self._evidence = evidence

    async def serve(self, turn: Turn, decision: Decision) -> Decision:
        """The decision with what came of it: shown, done, refused, or another one where the AI may not do it."""
        actor = await self._acting.ai(turn.shop_id)
        try:
            if decision.act == "requests":
                return await self._look(actor, turn, decision)
            if decision.act == "evidence":
                return await self._add_photos(actor, turn, decision)
            if decision.act == "perform":
                return await self._perform(actor, turn, decision)
            return await self._show(actor, turn, decision)
        except (Forbidden, NotFound):
            return Decision("action", "person_needed", order=decision.order)
        except Refusal as refusal:
            decision.act, decision.asks = "refused", "person"
            decision.outcome = Outcome(refused=refusal.detail("en" if turn.english else "zh-CN"))
            return decision

    async def _show(self, actor: Actor, turn: Turn, decision: Decision) -> Decision:
        task = decision.task
        assert task is not None
        if task.op == "withdraw":
            return await self._show_withdrawing(actor, turn, decision, task)
        task.token, task.until = "", self._clock.ms() + VALID_MS
        if task.op in ON_ORDER:
            order_shown = await self._orders.preview(
                actor, turn.shop_id, task.order, cast("Operation", task.op), task.inputs, for_customer=turn.customer_id
            )
            task.token = order_shown.token
            warnings = [w for w in order_shown.warnings if w.code not in _UNSAID]
            decision.outcome = Outcome(_said(turn, (*order_shown.lines, *warnings)))
            return decision
        assert decision.order is not None
        if task.op == "exchange" and (choices := await self._variants(turn, decision.order, task)) is not None:
            decision.act, decision.asks, decision.options = "variant_ask", "words", choices
            return decision
        wish = request_wish(task, decision.order, self._words(turn), str(task.inputs.get("to_sku", "")))
        shown = await self._cases.preview(actor, turn.shop_id, task.order, wish, for_customer=turn.customer_id)
        judged = shown.decision
        if judged.verdict == "refused":
            against = [line for line in judged.lines if line.against] or list(judged.lines)
            decision.act, decision.asks = "refused", "person"
            decision.outcome = Outcome(refused=(" " if turn.english else "").join(_said(turn, against)))
            return decision
        task.token = shown.token
        task.inputs["words"] = wish["words"]
        lines = _said(turn, judged.lines)
        decision.outcome = Outcome(lines, by_person=judged.verdict == "person")
        decision.amount = judged.total if judged.total else None
        return decision

    async def _perform(self, actor: Actor, turn: Turn, decision: Decision) -> Decision:
        """Do exactly what was shown. The key makes the same yes, heard twice, one deed."""
        task = decision.task
        assert task is not None
        key = f"{turn.wish.incoming.conversation.id}:{task.token[:32]}"
        confirmation = clip(f"{turn.wish.incoming.message.seq}: {turn.wish.text}", 200)
        try:
            if task.op == "withdraw":
                request = await self._cases.withdraw(actor, turn.shop_id, task.token, for_customer=turn.customer_id)
                decision.outcome = Outcome(number=request.number)
            elif task.op in ON_ORDER:
                done = await self._orders.perform(
                    actor, turn.shop_id, task.order, cast("Operation", task.op), task.inputs,
                    token=task.token, key=key, confirmed_by="customer", confirmation=confirmation, for_customer=turn.customer_id,
                )  # fmt: skip
                decision.outcome = Outcome(_said(turn, done.lines))
            else:
                assert decision.order is not None
                wish = request_wish(task, decision.order, str(task.inputs.get("words", "")), str(task.inputs.get("to_sku", "")))
                request = await self._cases.open(
                    actor, turn.shop_id, task.order, wish,
                    token=task.token, key=key, confirmed_by="customer", confirmation=confirmation, for_customer=turn.customer_id,
                )  # fmt: skip
                decision.outcome = Outcome(number=request.number, by_person=request.verdict == "person")
        except Refusal as refusal:
            if refusal.code not in _OUTDATED:
                raise
            decision.act, decision.asks = "preview", "act"
            shown = await self._show(actor, turn, decision)
            if shown.outcome and shown.act == "preview":
                shown.outcome = Outcome(shown.outcome.lines, by_person=shown.outcome.by_person, again=True)
            return shown
        return decision

    async def _variants(self, turn: Turn, order: Order, task: Task) -> tuple[str, ...] | None:
        """Set what it is exchanged for where that is told, or say what there is to choose from.

        A thing that came broken or wrong is sent the same again.
        """
        if "to_sku" in task.inputs and not turn.wish.fills and not turn.wish.corrects:
            return None
        line = order.lines[task.inputs.get("line", 0)]
        product = await self._products.get(turn.shop_id, line.product_id) if line.product_id else None
        if product is None:
            return None
        sku = variant_named(turn.wish.text, product, line.sku)
        if sku:
            task.inputs["to_sku"] = sku
            task.inputs.setdefault("line", 0)
            return None
        if task.inputs.get("reason") in ("damaged", "wrong_item", "quality", "missing"):
            return None
        others = [v for v in product.variants if v.sku != line.sku and v.stock > 0]
        return tuple(" ".join(value for _, value in v.options) or v.sku for v in others[:8]) or None

    async def _show_withdrawing(self, actor: Actor, turn: Turn, decision: Decision, task: Task) -> Decision:
        requests = await self._cases.of_customer(actor, turn.shop_id, turn.customer_id)
        open_ = [r for r in requests if r.state in _WITHDRAWABLE and not r.repaid]
        fitting = [r for r in open_ if r.order_no == task.order] or open_
        if not fitting:
            decision.act, decision.asks = "no_request", "person"
            return decision
        task.token, task.until = fitting[0].number, self._clock.ms() + VALID_MS
        task.order = fitting[0].order_no
        decision.requests = (fitting[0],)
        decision.outcome = Outcome(number=fitting[0].number)
        return decision

    async def _look(self, actor: Actor, turn: Turn, decision: Decision) -> Decision:
        """How the customer's requests stand; without any, what would have been done otherwise."""
        found: Sequence[Case] = await self._cases.of_customer(actor, turn.shop_id, turn.customer_id, 10)
        if turn.named:
            found = [r for r in found if r.order_no == turn.named.no]
        if not found:
            otherwise = decision.otherwise
            assert otherwise is not None
            return await self._show(actor, turn, otherwise) if otherwise.act == "preview" else otherwise
        alive = [r for r in found if r.state not in _OVER] or list(found)
        decision.requests = tuple(alive[:3])
        return decision

    async def _add_photos(self, actor: Actor, turn: Turn, decision: Decision) -> Decision:
        """Pictures sent after a request was handed in, put to it in the customer's own name; one that is over takes none."""
        task, otherwise = decision.task, decision.otherwise
        assert task is not None and otherwise is not None
        if self._evidence is None:
            return otherwise
        who = turn.wish.incoming.conversation
        customer = Actor("customer", who.customer_id, who.name, frozenset({turn.shop_id}), actor.permissions & _AS_CUSTOMER)
        try:
            case = await self._evidence.add_photos(
                customer, turn.shop_id, task.inputs["number"], task.inputs["photos"], self._words(turn), for_customer=turn.customer_id
            )
        except Refusal:
            return otherwise
        decision.requests, decision.task = (case,), None
        return decision

    @staticmethod
    def _words(turn: Turn) -> str:
        return clip(turn.wish.text, _WORDS)


def _said(turn: Turn, lines: Sequence[Any]) -> tuple[str, ...]:
    """Sentences of services, in the customer's language."""
    return tuple(line.en if turn.english else line.zh for line in lines)
