"""Where risk and the rest of the product meet: orders, parcels, payments and cases read as facts, and the risk desk as cases see it.

Neither side imports the other; only app.py knows this file. References of payments leave the tables as salted fingerprints.
"""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select

from xinfu.aftersales.contracts import Case, CaseChanged
from xinfu.aftersales.contracts import RiskWord as CaseWord
from xinfu.aftersales.lifecycle import LIVE
from xinfu.aftersales.model import CaseRow
from xinfu.commerce import OrderChanged
from xinfu.commerce.model import OrderLineRow, OrderRow, ParcelRow, ParcelScan, Payment, ProductRow
from xinfu.conversations.files import Files
from xinfu.conversations.model_files import FileRow
from xinfu.customers.model import Customer
from xinfu.identity import Shops
from xinfu.kit.auth import system_actor
from xinfu.kit.bus import Bus
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import NotFound
from xinfu.kit.ids import Id
from xinfu.risk import (
    Account,
    Arrival,
    Claim,
    Decision,
    Fact,
    Feed,
    Order,
    Payee,
    PhotoDesk,
    RiskDesk,
    Shipment,
    ShownCase,
    ShownPhoto,
)

CHUNK = 300
FREIGHT = "#freight"
"""Behind a case's number: what is asked back for its own courier, which is a claim of its own."""

KINDS = {"dispute": "complaint", "goodwill": "compensation", "reissue": "refund_only", "adverse_reaction": "refund_only"}
REASONS = {
    "no_reason": "不想要了", "size": "尺码不合适", "quality": "质量问题", "damaged": "破损", "wrong_item": "发错货", "missing": "少件",
    "not_as_described": "与描述不符", "not_received": "没有收到", "late": "送得太晚", "price_drop": "降价",
    "adverse_reaction": "用后不适", "unclear_spec": "规格没说清", "installation_fee": "安装费争议", "service": "服务问题", "other": "",
}  # fmt: skip
CONDITIONS = {
    "as_new": "完好", "opened": "拆封完好", "used": "有使用痕迹", "damaged": "破损", "incomplete": "缺件", "other_item": "与出库不符",
}  # fmt: skip
type Found = Row[*tuple[Any, ...]]
"""Columns by name. Whole objects of twenty thousand orders would cost three times as much to read."""

_ORDER = (
    OrderRow.id, OrderRow.no, OrderRow.customer_id, OrderRow.placed_at, OrderRow.receiver, OrderRow.receiver_phone, OrderRow.address,
    OrderRow.total_minor, OrderRow.extras,
)  # fmt: skip
_ACCOUNT = (Customer.id, Customer.phone, Customer.name, Customer.vip, Customer.extras)
_PAYMENT = (Payment.order_id, Payment.method, Payment.reference, Payment.extras)
_PARCEL = (ParcelRow.id, ParcelRow.order_id, ParcelRow.carrier)
_SCAN = (ParcelScan.parcel_id, ParcelScan.code, ParcelScan.at, ParcelScan.text)
_LINE = (OrderLineRow.order_id, OrderLineRow.sku, OrderLineRow.name, OrderLineRow.price_minor, OrderLineRow.extras, ProductRow.category)

_UNDECIDED = ("open", "approval", "withdrawn", "stuck")


class ShopFacts:
    """A risk.FactSource over the embedded shop's tables. `fingerprint` turns a payment's reference into something nobody can read back."""

    def __init__(self, database: Database, shops: Shops, fingerprint: Callable[[Id, str, str], str]) -> None:
        self._database = database
        self._shops = shops
        self._fingerprint = fingerprint
        self._currencies: dict[Id, str] = {}

    async def shops(self) -> Sequence[Id]:
        return [shop.id for shop in await self._shops.all()]

    async def currency(self, shop_id: Id) -> str:
        if shop_id not in self._currencies:
            self._currencies = {shop.id: shop.currency for shop in await self._shops.all()}
        return self._currencies.get(shop_id, "CNY")

    async def everything(self, shop_id: Id, since: datetime) -> AsyncIterator[Sequence[Fact]]:
        place: tuple[datetime, Id] | None = None
        while True:
            async with self._database.read() as unit:
                query = select(*_ORDER).where(OrderRow.shop_id == shop_id, OrderRow.placed_at >= since)
                if place is not None:
                    query = query.where(or_(OrderRow.placed_at > place[0], and_(OrderRow.placed_at == place[0], OrderRow.id > place[1])))
                rows = (await unit.execute(query.order_by(OrderRow.placed_at, OrderRow.id).limit(CHUNK))).all()
                facts = await self._orders(unit, shop_id, rows)
            if not rows:
                break
            place = (rows[-1].placed_at, rows[-1].id)
            yield facts
        async with self._database.read() as unit:
            cases = (await unit.scalars(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.opened_at >= since))).all()
            told = [await self._case(unit, row) for row in cases]
        # A case is read as of its opening and as of its decision, so that nothing is known before its time.
        timed: list[tuple[datetime, int, Fact]] = []
        for row, facts in zip(cases, told, strict=True):
            for fact in facts:
                late = isinstance(fact, Decision) and row.decided_at is not None
                timed.append((row.decided_at if late and row.decided_at else row.opened_at, isinstance(fact, Claim), fact))
        yield [fact for _, _, fact in sorted(timed, key=lambda t: t[:2])]

    async def order(self, shop_id: Id, no: str) -> Sequence[Fact]:
        async with self._database.read() as unit:
            rows = (await unit.execute(select(*_ORDER).where(OrderRow.shop_id == shop_id, OrderRow.no == no))).all()
            return await self._orders(unit, shop_id, rows)

    async def case(self, shop_id: Id, number: str) -> Sequence[Fact]:
        async with self._database.read() as unit:
            row = await unit.scalar(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.number == number))
            if row is None:
                return []
            orders = (await unit.execute(select(*_ORDER).where(OrderRow.shop_id == shop_id, OrderRow.id == row.order_id))).all()
            return [*await self._orders(unit, shop_id, orders), *await self._case(unit, row)]

    async def unsettled(self, shop_id: Id, since: datetime) -> Sequence[str]:
        query = select(CaseRow.number).where(CaseRow.shop_id == shop_id, CaseRow.state.in_(list(LIVE)), CaseRow.opened_at >= since)
        async with self._database.read() as unit:
            return (await unit.scalars(query.order_by(CaseRow.opened_at, CaseRow.id))).all()

    async def photos(self, shop_id: Id, ids: Sequence[str]) -> tuple[str, ...]:
        async with self._database.read() as unit:
            return await _photo_hashes(unit, shop_id, ids)

    async def _orders(self, unit: Unit, shop_id: Id, rows: Sequence[Found]) -> list[Fact]:
        """Accounts first, then orders, payments and parcels."""
        ids = [row.id for row in rows]
        if not ids:
            return []
        customers = {c.id: c for c in await unit.execute(
            select(*_ACCOUNT).where(Customer.shop_id == shop_id, Customer.id.in_({row.customer_id for row in rows}))
        )}  # fmt: skip
        lines = await _first_lines(unit, shop_id, ids)
        parcels, scans = await _parcels(unit, shop_id, ids)
        paid = await unit.execute(select(*_PAYMENT).where(Payment.shop_id == shop_id, Payment.order_id.in_(ids), Payment.kind == "payment"))
        by_order = defaultdict(list)
        for payment in paid:
            by_order[payment.order_id].append(payment)
        facts: list[Fact] = [_account(c) for c in customers.values()]
        for row in rows:
            facts.append(_order(row, lines.get(row.id)))
            for payment in by_order[row.id]:
                if payee := _payer(payment):
                    facts.append(Payee(row.customer_id, self._fingerprint(shop_id, "payee", payee)))
            for parcel in parcels[row.id]:
                facts.extend(_shipped(row, parcel, scans[parcel.id]))
        return facts

    async def _case(self, unit: Unit, row: CaseRow) -> list[Fact]:
        parcel, inspection = row.work.get("parcel") or {}, row.work.get("inspection") or {}
        photos = await _photo_hashes(unit, row.shop_id, [*row.photos, *(e["photo"] for e in row.work.get("evidence") or ())])
        facts: list[Fact] = []
        if parcel:
            grams = inspection.get("weight_g") or parcel.get("weight_g") or 0
            facts.append(
                Shipment(
                    f"{row.number}/back", row.order_no, True, carrier=str(parcel.get("carrier", "")), weight_kg=grams / 1000 or None,
                    freight_claimed=_yuan(parcel.get("claimed", 0)), freight_contract=_yuan(parcel.get("freight", 0)),
                )
            )  # fmt: skip
        facts.append(_claim(row, inspection, photos))
        if parcel.get("claimed"):
            asked = _yuan(parcel["claimed"])
            id_ = f"{row.number}{FREIGHT}"
            facts.append(Claim(id_, row.order_no, row.customer_id, row.opened_at, "freight", "自己寄的运费", amount=asked))
        if row.decided_at is not None and row.state not in _UNDECIDED:
            facts.append(Decision(row.number, row.state != "declined"))
        return facts


class CasePhotos:
    """A risk.PhotoSource over cases and uploaded files: what customers showed, not what the warehouse took."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._files = files

    async def shown(self, shop_id: Id, number: str) -> ShownCase | None:
        async with self._database.read() as unit:
            row = await unit.scalar(select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.number == number))
            if row is None:
                return None
            times = dict.fromkeys(row.photos, row.opened_at)
            for one in row.work.get("evidence") or ():
                times.setdefault(str(one["photo"]), datetime.fromisoformat(one["at"]))
            query = select(FileRow.id, FileRow.sha256).where(FileRow.shop_id == shop_id, FileRow.id.in_(list(times)))
            shas = {file.id: file.sha256 for file in await unit.execute(query)}
        photos = tuple(ShownPhoto(id_, shas[id_], at) for id_, at in times.items() if id_ in shas)
        return ShownCase(row.number, row.order_no, row.customer_id, photos)

    async def numbers(self, shop_id: Id, since: datetime) -> AsyncIterator[Sequence[str]]:
        place: tuple[datetime, Id] | None = None
        while True:
            query = select(CaseRow.opened_at, CaseRow.id, CaseRow.number, CaseRow.photos, CaseRow.work)
            query = query.where(CaseRow.shop_id == shop_id, CaseRow.opened_at >= since)
            if place is not None:
                query = query.where(or_(CaseRow.opened_at > place[0], and_(CaseRow.opened_at == place[0], CaseRow.id > place[1])))
            async with self._database.read() as unit:
                rows = (await unit.execute(query.order_by(CaseRow.opened_at, CaseRow.id).limit(CHUNK))).all()
            if not rows:
                break
            place = (rows[-1].opened_at, rows[-1].id)
            yield [row.number for row in rows if row.photos or row.work.get("evidence")]

    async def read(self, shop_id: Id, photo_id: Id) -> bytes | None:
        try:
            return await self._files.content(shop_id, photo_id)
        except NotFound:
            return None

    async def links(self, shop_id: Id, photo_ids: Sequence[Id]) -> dict[Id, tuple[str, str]]:
        found: dict[Id, tuple[str, str]] = {}
        for id_ in photo_ids:
            with contextlib.suppress(NotFound):
                file = self._files.reference(await self._files.get(shop_id, id_))["file"]
                found[id_] = (str(file["url"]), str(file.get("thumb", file["url"])))
        return found


class CaseView:
    """What after-sales asks of risk (aftersales.contracts.RiskView). None: nothing can be said, and the case simply goes on."""

    def __init__(self, desk: RiskDesk, facts: ShopFacts) -> None:
        self._desk = desk
        self._facts = facts

    async def look(self, shop_id: Id, case: Case) -> CaseWord | None:
        inspection = case.work.inspection
        found = {"condition": inspection.condition, "note": inspection.note, "serial": inspection.serial} if inspection else {}
        if inspection:
            found["matches"] = "1" if inspection.matches else ""
        photos = await self._facts.photos(shop_id, [*case.photos, *(e.photo for e in case.work.evidence)])
        word = await self._desk.look(shop_id, _claim(case, found, photos))
        if not word.known:
            return None
        reasons = tuple((r.zh, r.en) for r in word.reasons)
        return CaseWord(word.score, word.action.value, word.pattern or "", reasons, word.money_at_risk.minor, word.entity_id)


def connect(bus: Bus, feed: Feed, desk: RiskDesk, photos: PhotoDesk) -> None:
    """Let the feed hear of orders and cases, findings of appeals, and photos be looked at when they come."""

    async def order_changed(changed: OrderChanged) -> None:
        feed.order_changed(changed.shop_id, changed.order_no)

    async def case_changed(changed: CaseChanged) -> None:
        feed.case_changed(changed.shop_id, changed.number)
        if changed.code in ("opened", "evidence"):
            photos.case_changed(changed.shop_id, changed.number)
        if changed.code == "appealed":
            await desk.appeal_of_case(system_actor(changed.shop_id), changed.shop_id, changed.number, changed.zh)

    bus.subscribe(OrderChanged, order_changed)
    bus.subscribe(CaseChanged, case_changed)


# rows as facts


async def _first_lines(unit: Unit, shop_id: Id, ids: Sequence[Id]) -> dict[Id, Found]:
    """The dearest line of each order, with its category: what a claim is mostly about."""
    query = select(*_LINE).outerjoin(ProductRow, and_(ProductRow.id == OrderLineRow.product_id, ProductRow.shop_id == OrderLineRow.shop_id))
    query = query.where(OrderLineRow.shop_id == shop_id, OrderLineRow.order_id.in_(ids))
    found: dict[Id, Found] = {}
    for line in await unit.execute(query.order_by(OrderLineRow.order_id, OrderLineRow.price_minor.desc(), OrderLineRow.position)):
        found.setdefault(line.order_id, line)
    return found


async def _parcels(unit: Unit, shop_id: Id, ids: Sequence[Id]) -> tuple[dict[Id, list[Found]], dict[Id, list[Found]]]:
    parcels: dict[Id, list[Found]] = defaultdict(list)
    for parcel in await unit.execute(select(*_PARCEL).where(ParcelRow.shop_id == shop_id, ParcelRow.order_id.in_(ids))):
        parcels[parcel.order_id].append(parcel)
    scans: dict[Id, list[Found]] = defaultdict(list)
    wanted = [p.id for found in parcels.values() for p in found]
    ended = ("delivered", "returned")
    query = select(*_SCAN).where(ParcelScan.shop_id == shop_id, ParcelScan.parcel_id.in_(wanted), ParcelScan.code.in_(ended))
    for scan in await unit.execute(query.order_by(ParcelScan.parcel_id, ParcelScan.position)):
        scans[scan.parcel_id].append(scan)
    return parcels, scans


async def _photo_hashes(unit: Unit, shop_id: Id, ids: Iterable[str]) -> tuple[str, ...]:
    """Photos by what is in them: the same picture sent twice is the same photo."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return ()
    query = select(FileRow.id, FileRow.sha256).where(FileRow.shop_id == shop_id, FileRow.id.in_(wanted))
    known = {row.id: row.sha256[:32] for row in await unit.execute(query)}
    return tuple(known.get(id_, id_) for id_ in wanted)


def _account(row: Found) -> Account:
    """When somebody registered is known only if the shop system said so: an import makes thousands within a minute."""
    registered = row.extras.get("registered_at")
    try:
        at = datetime.fromisoformat(registered) if isinstance(registered, str) else None
    except ValueError:
        at = None
    return Account(row.id, at if at and at.tzinfo else None, row.phone, row.name, row.vip)


def _order(row: Found, first: Found | None) -> Order:
    extras = first.extras if first is not None else {}
    return Order(
        id=row.no,
        account_id=row.customer_id,
        placed_at=row.placed_at,
        receiver=row.receiver,
        receiver_phone=row.receiver_phone,
        address=row.address,
        sku=first.sku if first is not None else "",
        category=f"{first.category or ''} {first.name}".strip() if first is not None else "",
        paid=row.total_minor / 100,
        unit_price=first.price_minor / 100 if first is not None else None,
        weight_kg=_number(extras.get("weight_kg")),
        floor=int(floor) if (floor := _number(row.extras.get("floor"))) is not None else None,
        elevator=elevator if isinstance(elevator := row.extras.get("elevator"), bool) else None,
        serial_out=str(extras.get("serial", ""))[:80],
    )


def _payer(payment: Found) -> str:
    """Whose wallet or card it was, where the shop system says so; else the payment's own number, which nobody shares."""
    payer = payment.extras.get("payer")
    return f"{payment.method}:{payer if isinstance(payer, str) and payer else payment.reference}" if payer or payment.reference else ""


def _shipped(row: Found, parcel: Found, scans: Sequence[Found]) -> list[Fact]:
    facts: list[Fact] = [Shipment(parcel.id, row.no, False, carrier=parcel.carrier)]
    if scans:
        last = scans[-1]
        refused = last.code == "returned" and ("拒" in last.text or "refus" in last.text.lower())
        outcome = "refused" if refused else "delivered" if last.code == "delivered" else "returned"
        facts.append(Arrival(parcel.id, row.no, False, outcome, last.at))
    return facts


def _claim(case: CaseRow | Case, inspection: dict[str, Any], photos: tuple[str, ...]) -> Claim:
    amount = case.amount_minor if isinstance(case, CaseRow) else case.total.minor
    condition = CONDITIONS.get(str(inspection.get("condition", "")), "")
    if inspection and not inspection.get("matches", True):
        condition = CONDITIONS["other_item"]
    return Claim(
        id=case.number,
        order_id=case.order_no,
        account_id=case.customer_id,
        opened_at=case.opened_at,
        kind=KINDS.get(case.kind, case.kind),
        reason=f"{REASONS.get(case.reason, '')} {case.words}".strip(),
        amount=amount / 100,
        photos=photos,
        serial_in=str(inspection.get("serial") or "")[:80],
        condition_in=f"{condition} {inspection.get('note') or ''}".strip(),
    )


def _yuan(minor: Any) -> float | None:
    return minor / 100 if isinstance(minor, int) and minor else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
