"""What happens to cases from outside: parcels move, money arrives, something fails, a deadline passes; in the unit that records it."""

from dataclasses import replace
from datetime import datetime, timedelta

from xinfu.aftersales import lifecycle, repository
from xinfu.aftersales.casebook import Casebook
from xinfu.aftersales.contracts import Reasoned, ReturnParcel, Work
from xinfu.aftersales.life import Life, standing_of
from xinfu.aftersales.lifecycle import WITH_GOODS, Step
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.packs import EarlyRefundRule
from xinfu.aftersales.settlement import ParcelMoved, Scan, Settlement, Task, TaskDone
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

_STATE_OF = {"refund": "refunding", "send": "sending", "grant": "granting", "book": "awaiting_goods"}


class Happenings:
    """Moves cases on what settlement reports. Hooks run in settlement's unit: the case and the outcome stand or fall together."""

    def __init__(self, book: Casebook, life: Life, settlement: Settlement) -> None:
        self._book = book
        self._life = life
        settlement.on_done.append(self.done)
        settlement.on_scan.append(self.moved)

    async def done(self, unit: Unit, event: TaskDone) -> None:
        """A refund, parcel or grant of a case ended."""
        task = event.task
        if not task.case_no or (found := await self._held(unit, task.shop_id, task.case_no)) is None:
            return None
        row, order = found
        if task.state == "failed":
            return await self._failed(unit, row, order, task)
        if task.state == "dropped":
            return self._dropped(row, task)
        if task.kind == "book" and task.booking:
            return await self._booked(unit, row, task)
        if task.kind in ("refund", "send", "grant") and not event.left and not event.failed:
            await self._succeeded(unit, row, order, task)
        return None

    async def moved(self, unit: Unit, event: ParcelMoved) -> None:
        """The carrier scanned a parcel of ours."""
        task = event.task
        if task.kind != "book" or (found := await self._held(unit, task.shop_id, task.case_no)) is None:
            return
        row, order = found
        parcel = work_of(row).parcel
        if parcel and parcel.by == "shop":
            await self.scanned(unit, row, order, event.scan)

    async def scanned(self, unit: Unit, row: CaseRow, order: OrderState, scan: Scan) -> None:
        """The first scan sets the parcel on its way, and may bring the money early; the last one brings it home."""
        if row.kind not in WITH_GOODS or row.state not in ("awaiting_goods", "returning", "stuck"):
            return
        if row.state == "awaiting_goods":
            await self.first_scan(unit, row, order, scan.at)
        if scan.code == "delivered" and lifecycle.may("house", standing_of(row), "arrived"):
            await self.arrive(unit, system_actor(row.shop_id), row, order, scan.at)

    async def first_scan(self, unit: Unit, row: CaseRow, order: OrderState, at: datetime) -> None:
        work = work_of(row)
        early = early_amount(row, work, self._book.pack_of(row).early_refund) if row.kind == "return" else 0
        parcel = work.parcel or ReturnParcel("", "")
        deadline = at + timedelta(days=self._book.pack_of(row).early_refund.deadline_days)
        keep_work(row, replace(work, parcel=replace(parcel, first_scan_at=at), early=early, clawback_by=deadline if early else None))
        told = "快递已揽收，正在退回", "The carrier has it; it is on its way back"
        if early:
            amount = Money(early, row.currency)
            told = f"{told[0]}；已先行退款 {amount}", f"{told[1]}; {amount} is refunded already"
        await self._life.take(unit, system_actor(row.shop_id), row, order, "scanned", told, early=early)

    async def arrive(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, at: datetime) -> None:
        work = work_of(row)
        parcel = work.parcel or ReturnParcel("", "")
        keep_work(row, replace(work, parcel=replace(parcel, arrived_at=at), clawback_by=None))
        await self._life.take(unit, actor, row, order, "arrived", ("退回的包裹已收到，正在验货", "The parcel came back and is inspected"))

    async def lost(self, unit: Unit, row: CaseRow, order: OrderState, now: datetime) -> None:
        """Paid early, and the parcel never came: a person looks at it, and the money is asked back."""
        work = work_of(row)
        parcel = work.parcel or ReturnParcel("", "")
        why = Reasoned("退货逾期没有收到", "The return did not arrive in time")
        keep_work(row, replace(work, parcel=replace(parcel, lost_at=now), clawback_by=None, stuck=why))
        told = "退货逾期没有收到，正在核实", "The return has not arrived in time; it is looked into"
        await self._life.take(unit, system_actor(row.shop_id), row, order, "lost", told)

    # Inside

    async def _succeeded(self, unit: Unit, row: CaseRow, order: OrderState, task: Task) -> None:
        work = work_of(row)
        if row.state == "stuck" and work.was == _STATE_OF[task.kind]:
            row.state = work.was  # it went through after all
            keep_work(row, replace(work, was="", stuck=None))
        taken: Step = "paid" if task.kind == "refund" else "sent" if task.kind == "send" else "granted"
        if row.state not in lifecycle.FROM[taken]:
            return
        await self._life.take(unit, system_actor(row.shop_id), row, order, taken, _arrived(task, row))

    async def _booked(self, unit: Unit, row: CaseRow, task: Task) -> None:
        """The label is there: the customer is told where the parcel goes by."""
        work, booking = work_of(row), task.booking
        assert booking is not None
        if work.parcel is not None and work.parcel.by == "customer":
            return  # they were faster and sent it by themselves
        freight = booking.freight.minor if booking.freight else 0
        keep_work(row, replace(work, parcel=ReturnParcel(booking.carrier, booking.tracking_no, freight=freight)))
        row.return_tracking = booking.tracking_no[:64]
        told = f"已预约取件，运单号 {booking.tracking_no}", f"Pick-up is booked, tracking number {booking.tracking_no}"
        await self._book.tell(unit, system_actor(row.shop_id), row, self._book.clock.now(), "booked", *told)

    async def _failed(self, unit: Unit, row: CaseRow, order: OrderState, task: Task) -> None:
        if row.state in lifecycle.OVER or row.state == "stuck" or task.kind in ("clawback", "charge"):
            await self._book.tell(
                unit, system_actor(row.shop_id), row, self._book.clock.now(), f"{task.kind}_failed",
                f"没办成：{task.words}", f"It did not go through: {task.words}", public=False,
            )  # fmt: skip
            return
        keep_work(row, replace(work_of(row), stuck=Reasoned(f"{task.zh}没办成：{task.words}", f"{task.en} failed: {task.words}")))
        told = "处理遇到问题，已转人工跟进", "Something did not go through; a person looks after it"
        await self._life.take(unit, system_actor(row.shop_id), row, order, "failed", told)

    def _dropped(self, row: CaseRow, task: Task) -> None:
        """A person decided that it will not be done: money held for it is free again."""
        if task.kind == "refund" and task.amount:
            row.repaid_minor = max(0, row.repaid_minor - task.amount.minor)

    async def _held(self, unit: Unit, shop_id: Id, number: str) -> tuple[CaseRow, OrderState] | None:
        seen = await repository.by_number(unit, shop_id, number)
        if seen is None or (order := await self._book.shop.locked(unit, shop_id, seen.order_no)) is None:
            return None
        row = await repository.by_number(unit, shop_id, number)
        return (row, order) if row is not None else None


def early_amount(row: CaseRow, work: Work, rule: EarlyRefundRule) -> int:
    """What is refunded on the first scan, by trust: nothing while anything speaks against it."""
    if row.risk_action in ("review", "evidence") or work.trust is None or (level := rule.of(work.trust.level)) is None:
        return 0
    if level.limit.currency != row.currency:
        return 0
    return max(0, min(row.amount_minor * level.percent // 100, level.limit.minor, row.amount_minor - row.repaid_minor))


def _arrived(task: Task, row: CaseRow) -> tuple[str, str]:
    if task.kind == "refund" and row.kind == "exchange":
        return f"差价 {task.amount} 已退回", f"The difference of {task.amount} was refunded"
    if task.kind == "refund":
        if row.state != "refunding":
            return "先行退款已到账", "The early refund has arrived"
        return f"退款 {Money(row.repaid_minor, row.currency)} 已退回", f"{Money(row.repaid_minor, row.currency)} was refunded"
    if task.kind == "send":
        no = task.booking.tracking_no if task.booking else ""
        return f"已寄出，运单号 {no}", f"Sent, tracking number {no}"
    return "已发放到您的账户", "Granted to your account"
