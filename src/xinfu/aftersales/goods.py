"""Goods that come back: the parcel a customer sends, its arrival, its inspection, repair; what freight is made good."""

from dataclasses import replace

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.authority import Ask, Authority
from xinfu.aftersales.casebook import said
from xinfu.aftersales.contracts import Case, Grant, Inspection, Reasoned, ReturnParcel
from xinfu.aftersales.deciding import lower
from xinfu.aftersales.desk import CaseDesk, role_of
from xinfu.aftersales.desk_contracts import Found
from xinfu.aftersales.grants import LARGEST, amount_of
from xinfu.aftersales.happenings import Happenings
from xinfu.aftersales.life import case_key, standing_of
from xinfu.aftersales.lifecycle import WITH_GOODS, Step
from xinfu.aftersales.model import CaseRow
from xinfu.aftersales.packs import Pack
from xinfu.aftersales.service import Cases
from xinfu.aftersales.views import keep_work, work_of
from xinfu.commerce import OrderState
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.database import Unit
from xinfu.kit.errors import Conflict, Invalid
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

_WEIGHT = 1_000_000


class GoodsDesk:
    """Steps of a case around its goods."""

    def __init__(self, cases: Cases, desk: CaseDesk, happenings: Happenings, authority: Authority) -> None:
        self._cases = cases
        self._book = cases.book
        self._desk = desk
        self._happenings = happenings
        self._authority = authority

    async def sent(
        self, actor: Actor, shop_id: Id, number: str, carrier: str, tracking_no: str, *, claimed: str = "", weight_g: int = 0,
        version: int | None = None, for_customer: Id | None = None,
    ) -> Case:  # fmt: skip
        """The customer sent it by themselves; what they claim for freight is made good as far as the contract goes.

        Raises CaseNotFound, Conflict, StateForbids, Invalid, AmountInvalid, ParcelTaken.
        """
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        by, no = clean(carrier)[:40], clean(tracking_no).upper().replace(" ", "")[:64]
        if not by or not (no.isascii() and no.isalnum() and 6 <= len(no) <= 40) or not 0 <= weight_g <= _WEIGHT:
            raise Invalid(why="carrier, tracking_no, weight_g")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version, for_customer)
            if row.state != "awaiting_goods":
                raise lifecycle.forbids(row.state)  # type: ignore[arg-type]
            taken = await repository.by_tracking(unit, shop_id, no)
            if taken is not None and taken.id != row.id:
                raise errors.ParcelTaken
            work = work_of(row)
            if work.parcel and (work.parcel.by, work.parcel.tracking_no) == ("customer", no):
                return await self._book.view(unit, row, repeated=True)
            asked = amount_of(claimed, row.currency).minor if clean(claimed) else 0
            freight = freight_allowed(row.freight_payer, asked, weight_g or None, order.address, row.currency, self._book.pack_of(row))
            keep_work(row, replace(work, parcel=ReturnParcel(by, no, "customer", asked, freight, weight_g)))
            row.return_tracking = no
            told = f"已寄回，{by} {no}", f"Sent back with {by}, {no}"
            await self._book.tell(unit, actor, row, self._book.clock.now(), "sent_back", *told)
            return await self._book.view(unit, row)

    async def arrived(self, actor: Actor, shop_id: Id, number: str, *, version: int) -> Case:
        """The parcel is in the house. Raises CaseNotFound, Conflict, StateForbids."""
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number)
            if row.state == "received" and row.version != version:
                return await self._book.view(unit, row, repeated=True)
            _fresh(row, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "arrived")
            await self._happenings.arrive(unit, actor, row, order, self._book.clock.now())
            return await self._book.view(unit, row)

    async def inspect(self, actor: Actor, shop_id: Id, number: str, *, version: int, found: Found) -> Case:
        """What came back. As it should be: on with the case. Otherwise a note says what differs; with an amount, that much goes back and
        the case goes on; without one a lead looks at it.

        Raises CaseNotFound, Conflict, StateForbids, Invalid, AmountInvalid, AmountTooHigh, PhotoUnknown, BeyondAuthority.
        """
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        _check_found(found)
        if found.photos:
            await self._desk.check_photos(shop_id, found.photos)
        now = self._book.clock.now()
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), "inspected")
            inspection = Inspection(
                found.condition, found.matches, found.disposition, clean(found.serial)[:80], found.weight_g, clean(found.note)[:500],
                tuple(found.photos), now, actor.name,
            )  # fmt: skip
            keep_work(row, replace(work_of(row), inspection=inspection))
            row.disposition = found.disposition
            if clean(found.amount):
                await self._lower(unit, row, found.amount)
            elif not found.matches:
                return await self._differs(unit, actor, row, order, found)
            await self._make_good(unit, actor, row, order)
            told = said("验货完成", "Inspected", found.note)
            await self._cases.life.take(unit, actor, row, order, "inspected", told)
            return await self._book.view(unit, row)

    async def reject(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        """Inspected and refused, by a person, with a reason; the goods go back to the customer. Raises as inspect."""
        return await self._noted(
            actor,
            shop_id,
            number,
            version,
            note,
            "rejected",
            ("验货后未同意，商品会寄回给您", "Refused after inspection; the goods are sent back to you"),
        )

    async def repaired(self, actor: Actor, shop_id: Id, number: str, *, version: int, note: str) -> Case:
        return await self._noted(actor, shop_id, number, version, note, "repaired", ("已修好，正在寄回", "Repaired and on its way back"))

    # Inside

    async def _noted(self, actor: Actor, shop_id: Id, number: str, version: int, note: str, taken: Step, told: tuple[str, str]) -> Case:
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        if not clean(note):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            row, order = await self._book.hold(unit, actor, shop_id, number, version)
            lifecycle.check(role_of(actor, shop_id), standing_of(row), taken)
            if taken == "rejected":
                row.decided_at, row.decided_by, row.decided_by_id = self._book.clock.now(), actor.name, actor.id
            await self._cases.life.take(unit, actor, row, order, taken, said(*told, note))
            return await self._book.view(unit, row)

    async def _lower(self, unit: Unit, row: CaseRow, text: str) -> None:
        """Raises AmountInvalid, AmountTooHigh."""
        amount = amount_of(text, row.currency, least=0)
        if amount.minor > row.amount_minor:
            raise errors.AmountTooHigh(most=str(Money(row.amount_minor, row.currency)))
        if amount.minor < row.repaid_minor:
            paid = Money(row.repaid_minor, row.currency)
            raise errors.AmountInvalid(why=f"已经先退了 {paid}", why_en=f"{paid} was refunded early")
        lower(row, (await repository.lines(unit, row.shop_id, [row.id]))[row.id], amount.minor)

    async def _differs(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState, found: Found) -> Case:
        why = Reasoned(f"退回的和发出的不一致：{clean(found.note)}", f"What came back is not what was sent: {clean(found.note)}")
        keep_work(row, replace(work_of(row), stuck=why))
        await self._cases.life.take(
            unit, actor, row, order, "failed", ("正在核实退回的商品", "What came back is looked into"), code="differs"
        )
        return await self._book.view(unit, row)

    async def _make_good(self, unit: Unit, actor: Actor, row: CaseRow, order: OrderState) -> None:
        """Freight the customer paid is made good with a coupon, within authority: the order's own money pays for goods only."""
        work = work_of(row)
        if not work.parcel or work.parcel.by != "customer" or not work.parcel.freight or row.kind not in WITH_GOODS:
            return
        ask = Ask(
            action="freight", amount=Money(work.parcel.freight, row.currency), customer_id=row.customer_id, order_no=order.no,
            case_no=row.number, order_paid=order.paid, by_policy=True,
        )  # fmt: skip
        await self._authority.use(unit, actor, row.shop_id, ask, key=case_key(row.number, row.version, "freight"))
        keep_work(row, replace(work, grant=Grant("coupon", work.parcel.freight)))


def freight_allowed(payer: str, claimed: int, grams: int | None, address: str, currency: str, pack: Pack) -> int:
    """What of a freight claim is made good, in minor units: by who pays, never above the contract price for weight and zone."""
    if claimed <= 0 or claimed > LARGEST or payer not in ("shop", "half") or pack.freight_contract is None or pack.currency != currency:
        return 0
    allowed = pack.freight_contract.cap(Money(claimed, currency), grams, address)
    return (allowed.half_up() if payer == "half" else allowed).minor


def _fresh(row: CaseRow, version: int) -> None:
    if row.version != version:
        raise Conflict


def _check_found(found: Found) -> None:
    """Raises Invalid."""
    if not 0 <= found.weight_g <= _WEIGHT or len(found.photos) > 9:
        raise Invalid(why="weight_g, photos")
    if not found.matches and not clean(found.note):
        raise Invalid(why="note")
