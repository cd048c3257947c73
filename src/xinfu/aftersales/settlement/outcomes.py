"""How a task ended, recorded once: the row, the order's refund, the books, the case, the audit entry, in one transaction."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.settlement import postings, repository
from xinfu.aftersales.settlement.contracts import ParcelMoved, TaskDone, TaskEnded, TaskState
from xinfu.aftersales.settlement.model import WALLET, TaskRow
from xinfu.aftersales.settlement.ports import Answer, Booking
from xinfu.aftersales.settlement.views import booking_of, kept, task_of
from xinfu.commerce import OrderConnector, Wallet
from xinfu.kit import audit
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Refusal
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

type OnDone = Callable[[Unit, TaskDone], Awaitable[None]]
type OnScan = Callable[[Unit, ParcelMoved], Awaitable[None]]

_WATCH = timedelta(days=30)


class Outcomes:
    """Records how tasks end. Called any number of times for one task, it does so once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        shop_system: OrderConnector,
        ledger: Ledger,
        wallet: Wallet,
        hooks: list[OnDone],
        crash: Callable[[str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._shop = shop_system
        self._ledger = ledger
        self._wallet = wallet
        self._hooks = hooks
        self._crash = crash

    async def record(self, shop_id: Id, task_id: Id, attempt: int, answer: Answer | Booking) -> None:
        """What the other side decided: done or refused."""
        async with self._database.unit() as unit:
            held = await repository.held(unit, shop_id, task_id)
            if held is None or held[0].state != "waiting" or held[0].attempt != attempt:
                return
            row, together = held
            row.tries += 1
            if row.payload.get(WALLET) and isinstance(answer, Answer):
                answer = await self._on_card(unit, row)
            if isinstance(answer, Booking):
                row.answer, row.reference = kept(answer), clean(answer.tracking_no)[:120]
            else:
                row.reference = clean(answer.reference)[:120]
            state: TaskState = "done" if answer.outcome == "done" else "failed"
            await self.end(unit, row, together, state, clean(answer.words)[:500], system_actor(shop_id), self._clock.now())
            self._crash(f"{row.kind}.recording")
        self._crash(f"{row.kind}.recorded")

    async def _on_card(self, unit: Unit, row: TaskRow) -> Answer:
        """Put on, or taken off, the customer's gift card in the unit that records it: so it happens once, with everything else or not."""
        amount = Money(row.amount_minor or 0, row.currency)
        try:
            await self._wallet.move(unit, row.shop_id, row.customer_id, row.method, amount if row.kind == "refund" else -amount)
        except Refusal as e:
            return Answer("refused", "", f"{e.detail()} / {e.detail('en')}")
        except (LookupError, ValueError):
            return Answer("refused", "", "没有这张礼品卡，或币种不同 / no such gift card, or of another currency")
        return Answer("done", row.id)

    async def tried(self, shop_id: Id, task_id: Id, words: str) -> None:
        """A call went unanswered, or the other side has not decided yet."""
        async with self._database.unit() as unit:
            held = await repository.held(unit, shop_id, task_id)
            if held is not None and held[0].state == "waiting":
                held[0].tries, held[0].words = held[0].tries + 1, clean(words)[:500]

    async def end(
        self, unit: Unit, row: TaskRow, together: Sequence[TaskRow], state: TaskState, words: str, actor: Actor, at: datetime
    ) -> None:
        """Write the end of a task held in this unit, together with all of its case and kind."""
        row.state, row.words, row.settled_at = state, words, at
        booking = booking_of(row.answer)
        if state == "done" and booking and booking.tracking_no:
            row.watched_until = at + _WATCH
        await unit.flush()
        states = Counter(each.state for each in together) if row.case_no else Counter[str]()
        task = task_of(row)
        # Cases first, then the order and the books: the order in which whoever works on a case takes hold of them too.
        for hook in self._hooks:
            await hook(unit, TaskDone(task, states["waiting"], states["failed"], at))
        if state == "done":
            await self._done(unit, row, actor, at)
        elif state == "dropped":
            await self._dropped(unit, row, actor, at)
        audit.record(
            unit, actor, at, f"settlement.{row.kind}.{state}", row.shop_id, "task", row.id,
            order=row.order_no, case=row.case_no, reference=row.reference, words=words,
        )  # fmt: skip
        unit.announce(TaskEnded(row.shop_id, task.kind, row.case_no, row.order_no, row.customer_id, state))

    async def _done(self, unit: Unit, row: TaskRow, actor: Actor, at: datetime) -> None:
        if row.kind == "refund":
            await self._shop.settle(unit, row.shop_id, row.subject, "done", at, method=row.method)
            await self._ledger.post(unit, row.shop_id, postings.paid(row), actor, at)
        elif row.kind in ("clawback", "charge"):
            await self._ledger.post(unit, row.shop_id, postings.collected(row), actor, at)
        elif row.kind == "grant":
            if row.amount_minor:
                await self._ledger.post(unit, row.shop_id, postings.granted(row), actor, at)
        else:
            booking = booking_of(row.answer)
            if booking and booking.freight and row.payload["at_our_cost"]:
                await self._ledger.post(unit, row.shop_id, postings.freight(row, booking.freight), actor, at)

    async def _dropped(self, unit: Unit, row: TaskRow, actor: Actor, at: datetime) -> None:
        if row.kind == "refund":
            await self._shop.settle(unit, row.shop_id, row.subject, "void", at)
            await self._ledger.post(unit, row.shop_id, postings.not_paid(row), actor, at)
        elif row.kind in ("clawback", "charge"):
            await self._ledger.post(unit, row.shop_id, postings.written_off(row), actor, at)
