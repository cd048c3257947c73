"""Orders, parcels, payments and cases as they stand in the tables become facts, and nothing of a payment can be read back."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

from tests.risk.living import NOON, OTHER, SHOP
from xinfu.aftersales.model import CaseRow
from xinfu.commerce.model import OrderLineRow, OrderRow, ParcelRow, ParcelScan, Payment
from xinfu.conversations.files import Files
from xinfu.customers.model import Customer
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.ids import new_id
from xinfu.risk import Account, Arrival, Claim, Decision, Fact, Order, Payee, Shelf, Shipment, ShownPhoto
from xinfu.risk_facts import CasePhotos, ShopFacts


class OneShop:
    async def all(self) -> list[Any]:
        return [SimpleNamespace(id=SHOP, currency="CNY")]


def facts_of(database: Database) -> ShopFacts:
    return ShopFacts(database, OneShop(), Shelf(b"secret").name)  # type: ignore[arg-type]


async def write(database: Database, *, state: str = "open", work: dict[str, Any] | None = None) -> str:
    """An order that was refused at the door, and a case about it."""
    customer, order, parcel = new_id(), new_id(), new_id()
    async with database.unit() as unit:
        unit.add(Customer(id=customer, shop_id=SHOP, number="n1", name="王小明", phone="13800000001", created_at=NOON))
        unit.add(
            OrderRow(
                id=order, shop_id=SHOP, no="XF1", no_key="XF1", customer_id=customer, status="shipped", placed_at=NOON, pay_by=NOON,
                total_minor=31_900, freight_minor=0, currency="CNY", receiver="王", receiver_phone="13800000001", receiver_tail="0001",
                address="测试市阳光小区3栋2单元501", gift=False, note="", stamp=1, view=b"", extras={"floor": 7, "elevator": False}, digest="",
            )
        )  # fmt: skip
        await unit.flush()
        unit.add(
            OrderLineRow(
                shop_id=SHOP, order_id=order, position=0, sku="WATER-18", product_id="", name="桶装水", options=[], quantity=4,
                price_minor=7900, image="", extras={"serial": "SN12AB34CD", "weight_kg": 18.5},
            )
        )  # fmt: skip
        unit.add(
            Payment(
                shop_id=SHOP, order_id=order, position=0, kind="payment", method="微信", amount_minor=31_900, currency="CNY", at=NOON,
                reference="P998877", extras={"payer": "wallet-42"},
            )
        )  # fmt: skip
        unit.add(ParcelRow(id=parcel, shop_id=SHOP, order_id=order, position=0, carrier="顺丰", tracking_no="T1"))
        await unit.flush()
        unit.add(ParcelScan(parcel_id=parcel, position=0, shop_id=SHOP, at=NOON, code="returned", place="", text="客户拒收，退回"))
        unit.add(
            CaseRow(
                shop_id=SHOP, number="AS1", order_id=order, order_no="XF1", customer_id=customer, kind="dispute", state=state,
                reason="service", party="shop", words="索要误工费", remedy="", photos=[], pack="cn-default", pack_version=1, basis="",
                verdict="person", freight_payer="none", freight_minor=0, amount_minor=31_900, currency="CNY", disposition="none",
                explanation=[], key="k", token="t", confirmed_by="customer", confirmation="", opened_at=NOON + timedelta(days=3),
                opened_by_kind="customer", opened_by="王", decided_at=NOON + timedelta(days=4) if state != "open" else None, work=work or {},
            )
        )  # fmt: skip
    return customer


def one[F](facts: Sequence[Fact], kind: type[F]) -> F:
    (found,) = [fact for fact in facts if isinstance(fact, kind)]
    return found


async def test_a_case_is_read_with_its_order_parcel_and_payer(database: Database) -> None:
    customer = await write(database)
    facts = await facts_of(database).case(SHOP, "AS1")
    assert one(facts, Account).id == customer
    order = one(facts, Order)
    assert (order.id, order.paid, order.weight_kg, order.floor, order.elevator, order.serial_out) == (
        "XF1",
        319.0,
        18.5,
        7,
        False,
        "SN12AB34CD",
    )
    assert one(facts, Arrival).outcome == "refused" and not one(facts, Shipment).returning
    claim = one(facts, Claim)
    assert (claim.id, claim.kind, claim.amount) == ("AS1", "complaint", 319.0) and "误工费" in claim.reason
    assert not [fact for fact in facts if isinstance(fact, Decision)]
    payee = one(facts, Payee).payee_id
    assert "wallet" not in payee and "P998877" not in payee and len(payee) == 32


async def test_what_the_warehouse_found_and_how_it_was_decided_are_read(database: Database) -> None:
    work = {
        "parcel": {"carrier": "圆通", "claimed": 8800, "freight": 1200, "weight_g": 0},
        "inspection": {"condition": "as_new", "matches": False, "serial": "SN99XY77QW", "weight_g": 1100, "note": ""},
    }
    await write(database, state="declined", work=work)
    facts = await facts_of(database).case(SHOP, "AS1")
    claims = {c.id: c for c in facts if isinstance(c, Claim)}
    assert (claims["AS1"].serial_in, claims["AS1"].condition_in) == ("SN99XY77QW", "与出库不符")
    assert (claims["AS1#freight"].kind, claims["AS1#freight"].amount) == ("freight", 88.0)
    assert one(facts, Decision) == Decision("AS1", approved=False)
    back = next(f for f in facts if isinstance(f, Shipment) and f.returning)
    assert (back.freight_claimed, back.freight_contract, back.weight_kg) == (88.0, 12.0, 1.1)


async def test_another_shop_reads_nothing(database: Database) -> None:
    await write(database)
    source = facts_of(database)
    assert await source.case(OTHER, "AS1") == [] and await source.order(OTHER, "XF1") == []
    assert [f async for f in source.everything(OTHER, NOON - timedelta(days=1)) if f] == []


async def test_everything_comes_once_with_cases_after_their_orders(database: Database) -> None:
    await write(database, state="done")
    kinds = [type(f) async for facts in facts_of(database).everything(SHOP, NOON - timedelta(days=1)) for f in facts]
    assert kinds.count(Order) == kinds.count(Claim) == kinds.count(Decision) == 1
    assert kinds.index(Order) < kinds.index(Claim) < kinds.index(Decision)


async def test_photos_of_a_case_are_what_its_customer_showed_with_links_only_this_shop_has(database: Database, tmp_path: Path) -> None:
    files = Files(database, tmp_path, b"secret", FixedClock(NOON))
    picture = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(picture, "JPEG")

    async def stream() -> AsyncIterator[bytes]:
        yield picture.getvalue()

    stored = await files.store(SHOP, Actor("customer", new_id(), "王", frozenset({SHOP})), "a.jpg", stream())
    later = NOON + timedelta(days=4)
    customer = await write(database, work={"evidence": [{"photo": stored.id, "at": later.isoformat(), "by": "王", "words": ""}]})
    photos = CasePhotos(database, files)
    case = await photos.shown(SHOP, "AS1")
    assert case is not None
    assert (case.order_no, case.customer_id, case.photos) == ("XF1", customer, (ShownPhoto(stored.id, stored.sha256, later),))
    assert [n async for n in photos.numbers(SHOP, NOON)] == [["AS1"]]
    assert await photos.read(SHOP, stored.id) == await files.content(SHOP, stored.id)
    assert list(await photos.links(SHOP, [stored.id])) == [stored.id]
    assert await photos.shown(OTHER, "AS1") is None
    assert await photos.read(OTHER, stored.id) is None
    assert await photos.links(OTHER, [stored.id]) == {}
