"""Profiles are masked; whole values cost a reason that is recorded; edits are audited and guarded."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from xinfu.customers import CustomerImports, Customers, NewAddress, NewCustomer, bulk_write
from xinfu.customers.errors import CustomerNotFound, NoteEmpty, ReasonMissing, TagsTooMany
from xinfu.customers.model import Customer, CustomerNote
from xinfu.customers.policy import mask_address, mask_email, mask_name, mask_phone
from xinfu.identity import Authenticator, Permission, Settings, Shops, console_actor
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid, NotFound
from xinfu.kit.ids import Id, new_id

SHOP, OTHER = new_id(), new_id()
P = Permission


def someone(*permissions: str, shop: Id = SHOP) -> Actor:
    return Actor("staff", new_id(), "测试员", frozenset({shop}), frozenset(permissions))


AGENT = someone(P.CUSTOMERS_READ, P.CUSTOMERS_EDIT)
SPECIALIST = someone(P.CUSTOMERS_READ, P.CUSTOMERS_EDIT, P.CUSTOMERS_UNMASK)
LOOKER = someone(P.CUSTOMERS_READ)
LIN = NewCustomer(
    "C-1", "林晓棠", "138 0000 1234", "lin@example.com", 2, ("老客",),
    addresses=(NewAddress("林晓棠", "13800001234", "浙江省杭州市西湖区云杉路 8 号"),),
)  # fmt: skip


async def add(database: Database, clock: FixedClock, *new: NewCustomer, shop: Id = SHOP) -> dict[str, Id]:
    async with database.unit() as unit:
        return (await bulk_write(unit, shop, new, clock.now())).ids


async def audits(database: Database) -> list[tuple[str, dict[str, Any]]]:
    async with database.read() as unit:
        return [(a.action, a.detail) for a in await unit.scalars(select(AuditEntry).order_by(AuditEntry.id))]


async def test_a_profile_is_masked_for_everyone(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN))["C-1"]
    customers = Customers(database, clock)
    seen = await customers.profile(AGENT, SHOP, id_)
    assert (seen.name, seen.phone, seen.email, seen.may_unmask) == ("林晓棠", "138****1234", "l***@example.com", False)
    assert seen.addresses[0].model_dump() == {"receiver": "林**", "phone": "138****1234", "address": "浙江省杭州市西湖区****"}
    assert (await customers.profile(LOOKER, SHOP, id_)).name == "林**"
    special = await customers.profile(SPECIALIST, SHOP, id_)
    assert special.may_unmask and special.phone == "138****1234"


async def test_a_whole_value_costs_a_reason_that_is_recorded(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN))["C-1"]
    customers = Customers(database, clock)
    with pytest.raises(ReasonMissing):
        await customers.unmask(SPECIALIST, SHOP, id_, "phone", " ")
    assert await audits(database) == []
    assert await customers.unmask(SPECIALIST, SHOP, id_, "phone", "快递要联系客户") == "13800001234"
    assert await audits(database) == [("customer.unmasked", {"field": "phone", "reason": "快递要联系客户"})]


async def test_without_the_permission_nothing_is_shown_or_changed(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN))["C-1"]
    customers = Customers(database, clock)
    nobody = someone(P.ORDERS_READ)
    with pytest.raises(Forbidden):
        await customers.profile(nobody, SHOP, id_)
    with pytest.raises(Forbidden):
        await customers.search(nobody, SHOP, "", None)
    with pytest.raises(Forbidden):
        await customers.unmask(AGENT, SHOP, id_, "phone", "想看看")
    with pytest.raises(Forbidden):
        await customers.edit(LOOKER, SHOP, id_, tags=["x"], vip=5, note="x")
    seen = await customers.profile(AGENT, SHOP, id_)
    assert (seen.tags, seen.vip, seen.notes) == (["老客"], 2, []) and await audits(database) == []


async def test_another_shops_customer_does_not_exist(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN, shop=OTHER))["C-1"]
    customers = Customers(database, clock)
    for customer_id in (id_, "no-id\x00"):
        with pytest.raises(CustomerNotFound):
            await customers.profile(AGENT, SHOP, customer_id)
        with pytest.raises(CustomerNotFound):
            await customers.unmask(SPECIALIST, SHOP, customer_id, "phone", "想看看")
    with pytest.raises(NotFound):
        await customers.profile(AGENT, OTHER, id_)
    assert await customers.brief(SHOP, id_) is None and await customers.accounts(SHOP, ["C-1"]) == {}


async def test_tags_vip_and_notes_are_edited_and_audited(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN))["C-1"]
    customers = Customers(database, clock)
    await customers.edit(AGENT, SHOP, id_, tags=[" 爱喝茶 ", "爱喝茶", ""], vip=4, note="喜欢下午联系")
    seen = await customers.edit(AGENT, SHOP, id_, note="<b>第二条</b>")
    assert (seen.tags, seen.vip) == (["爱喝茶"], 4)
    assert [n.text for n in seen.notes] == ["<b>第二条</b>", "喜欢下午联系"]
    assert [action for action, _ in await audits(database)] == ["customer.edited"] * 2
    with pytest.raises(TagsTooMany):
        await customers.edit(AGENT, SHOP, id_, tags=[str(n) for n in range(31)])
    with pytest.raises(NoteEmpty):
        await customers.edit(AGENT, SHOP, id_, vip=1, note=" \u200b ")
    assert (await customers.profile(AGENT, SHOP, id_)).vip == 4


async def test_customers_are_found_by_name_number_and_phone(database: Database, clock: FixedClock) -> None:
    await add(database, clock, LIN, NewCustomer("C-2", "周100%舟", "13900005678"), NewCustomer("C-3", "Ann Example"))
    customers = Customers(database, clock)
    for text, number in {"晓棠": "C-1", "1234": "C-1", "+86 139 0000 5678": "C-2", "C-3": "C-3", "ann": "C-3", "100%": "C-2"}.items():
        assert [c.number for c in (await customers.search(AGENT, SHOP, text, None)).items] == [number], text
    assert [c.number for c in (await customers.search(AGENT, SHOP, "%", None)).items] == ["C-2"]


async def test_the_list_goes_on_page_by_page(database: Database, clock: FixedClock) -> None:
    await add(database, clock, *(NewCustomer(f"N-{n}", f"客户{n}") for n in range(5)))
    customers = Customers(database, clock)
    seen: list[str | None] = []
    cursor = None
    while True:
        page = await customers.search(AGENT, SHOP, "", cursor, limit=2)
        seen += [c.number for c in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [f"N-{n}" for n in (4, 3, 2, 1, 0)]
    with pytest.raises(Invalid):
        await customers.search(AGENT, SHOP, "", "garbage")


async def test_customers_come_in_from_a_file_and_again_change_nothing(database: Database, clock: FixedClock) -> None:
    settings = Settings(database, clock)
    await Shops(database, clock, settings, Authenticator(database, clock)).create(console_actor([SHOP]), "test", "测试店", shop_id=SHOP)
    imports = CustomerImports(database, clock, settings)
    importer = someone(P.ORDERS_IMPORT, P.CUSTOMERS_READ)
    csv = "客户号,姓名,手机,等级,标签,语言,注册时间,地址\nC-1,林晓,13800000001,3,老客;爱茶,,2025-01-02 08:00,杭州市某路\nC-2,Ann,,,,en,,\n"
    with pytest.raises(Forbidden):
        await imports.customers(AGENT, SHOP, csv.encode())
    first = await imports.customers(importer, SHOP, csv.encode())
    again = await imports.customers(importer, SHOP, csv.encode())
    assert (first.created, first.problems, again.unchanged, again.created) == (2, (), 2, 0)
    bad = await imports.customers(importer, SHOP, json.dumps([{"number": "C-3", "name": "王", "vip": 9, "language": "fr"}]).encode())
    assert not bad.stored and {p.field for p in bad.problems} == {"vip", "language"}
    found = await Customers(database, clock).accounts(SHOP, ["C-1", "C-2", "C-3"])
    assert sorted(found) == ["C-1", "C-2"] and found["C-1"][1] == "13800000001"


async def test_a_changed_import_updates_by_number_and_keeps_the_notes(database: Database, clock: FixedClock) -> None:
    id_ = (await add(database, clock, LIN))["C-1"]
    customers = Customers(database, clock)
    await customers.edit(AGENT, SHOP, id_, note="老朋友")
    assert (await add(database, clock, NewCustomer("C-1", "林晓棠", vip=5))) == {"C-1": id_}
    seen = await customers.profile(AGENT, SHOP, id_)
    assert (seen.vip, len(seen.notes)) == (5, 1)
    async with database.read() as unit:
        assert await unit.scalar(select(func.count()).select_from(Customer)) == 1
        assert await unit.scalar(select(func.count()).select_from(CustomerNote)) == 1


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800001234", "138****1234"),
        ("+86 138-0000-1234", "138****1234"),
        ("8000-0123", "****0123"),
        ("12345", "****"),
        ("", ""),
        ("x", "****"),
    ],
)
def test_a_phone_shows_its_ends_only(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text("0123456789", min_size=1, max_size=20))
def test_at_least_four_digits_of_a_phone_stay_hidden(phone: str) -> None:
    masked = mask_phone(phone)
    shown = sum(c.isdigit() for c in masked)
    assert len(phone) - shown >= min(4, len(phone))


@given(st.text(min_size=2, max_size=12).filter(lambda t: len(t.strip()) > 1))
def test_a_masked_name_is_never_the_name(name: str) -> None:
    assert mask_name(name) != name and "*" in mask_name(name)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("广东省深圳市南山区某街 1 号", "广东省深圳市南山区****"),
        ("上海市某某路 1 号", "上海市****"),
        ("1 Example Lane, Suite 2, Sampleton, XX, 00000, USA", "****, Sampleton, XX, USA"),
        ("云杉路八号楼", "****"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_region_only(address: str, masked: str) -> None:
    assert mask_address(address) == masked


def test_an_email_keeps_its_first_letter_and_domain() -> None:
    assert [mask_email(e) for e in ("lin@example.com", "", "nothing")] == ["l***@example.com", "", "****"]
