"""After-sales cases of the demo shop: some in every state, made through the services people use. Run after the shop is filled."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinfu import aftersales, commerce
from xinfu.aftersales import Case, CaseServices, Found, Terms
from xinfu.aftersales.authority import Authority
from xinfu.aftersales.ledger import Ledger
from xinfu.aftersales.packs.service import PackDesk
from xinfu.aftersales.settlement import Settlement, simulated
from xinfu.demo.populate import DemoServices
from xinfu.demo.sagas import RING
from xinfu.identity import Authenticator, Permission, Roles, Shops, console_actor
from xinfu.identity.policy import SEEDED_ROLES
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.durable import Durable
from xinfu.kit.errors import NotFound, Refusal
from xinfu.kit.ids import Id, new_id

_PAGE = 100
_OWN = frozenset({Permission.AFTERSALES_READ, Permission.AFTERSALES_REQUEST})
_TRIES = 60


class _NoPhotos:
    """The demo's cases come without pictures."""

    async def get(self, shop_id: Id, file_id: Id) -> Any:
        raise NotFound

    def reference(self, stored: Any) -> dict[str, Any]:
        raise NotFound


@dataclass(frozen=True, slots=True)
class _People:
    lead: Actor
    other_lead: Actor


type _Next = Callable[["_Shop", Case], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Shop:
    id: Id
    services: CaseServices
    people: _People


async def populate_cases(services: DemoServices, shop_id: Id, folder: Path) -> int:
    """How many cases there are now; a shop that has some is left alone."""
    shop = _Shop(shop_id, _services(services, folder), await _people(services, shop_id))
    actor = console_actor([shop_id])
    if (await shop.services.cases.search(actor, shop_id, None, None, None, 1)).items:
        return 0
    async with _remembering(services):
        return await _populate(shop, services, actor)


@contextlib.asynccontextmanager
async def _remembering(services: DemoServices) -> AsyncIterator[None]:
    """What the rules say of each wish is kept, as in a running centre, for whoever asks what other rules would have said."""
    database, clock = services.database, services.clock
    authenticator = Authenticator(database, clock)
    PackDesk(database, clock, services.settings, Shops(database, clock, services.settings, authenticator), aftersales.Packs.shipped())
    bus = database.bus
    if bus is None:
        raise ValueError("the demo's database needs a bus")
    await bus.start()
    try:
        yield
        await bus.drain()
    finally:
        await bus.stop()


async def _populate(shop: _Shop, services: DemoServices, actor: Actor) -> int:
    orders = _delivered(services, actor, shop.id)
    made = 0
    for wish, following in _STORIES:
        if (case := await _opened(shop, orders, wish)) is None:
            continue
        made += 1
        if following is not None:
            with contextlib.suppress(Refusal):  # an order of today may not allow it: then the case stays as it was opened
                await following(shop, case)
    return made + await _of_the_ring(shop, services, actor)


async def _of_the_ring(shop: _Shop, services: DemoServices, actor: Actor) -> int:
    """Every set the ring bought arrived broken, they say; the earlier ones were believed."""
    book = commerce.Orders(services.database, services.clock)
    pages = [await book.search(actor, shop.id, one.name, None, None, "zh-CN", _PAGE) for one in RING]
    orders = sorted((order for page in pages for order in page.items), key=lambda order: order.placed_at)
    made = 0
    for n, order in enumerate(orders):
        customer = Actor("customer", order.customer_id, order.receiver, frozenset({shop.id}), _OWN)
        words = ("壶嘴磕碎了", "收到就碎了两只杯子", "盖子摔裂了，没法用")[n % 3]
        case = await _asked(shop, order.no, customer, _wish("refund_only", "damaged", words, party="carrier"))
        made += case is not None
        if case is not None and n < len(orders) - 2:
            await _accept(shop, case)
    return made


def _services(services: DemoServices, folder: Path) -> CaseServices:
    """Cases as app.py has them, with what leaves the house left for the running centre to carry out."""
    database, clock, settings = services.database, services.clock, services.settings
    shop_system, bus, ledger = commerce.EmbeddedShop(), Bus(), Ledger(database)
    outside = simulated(folder / "outside.db", clock)
    authority = Authority(database, clock, settings)

    async def shops() -> list[Id]:
        return []

    settlement = Settlement(database, clock, bus, shops, shop_system, ledger, outside.outside, Durable(folder / "durable.db"))
    operations = commerce.OrderOperations(database, clock, settings, shop_system)
    cases = aftersales.Cases(database, clock, settings, shop_system, aftersales.Packs.shipped(), authority, settlement, operations)
    roles = Roles(database, clock, Authenticator(database, clock))
    return aftersales.case_services(
        cases, authority, settlement, _NoPhotos(), commerce.Orders(database, clock), roles, None, outside.carrier, shops, b"demo"
    )


async def _people(services: DemoServices, shop_id: Id) -> _People:
    staff = {view.login: view for view in await services.staff.of_shop(console_actor([shop_id]), shop_id)}

    def person(login: str) -> Actor:
        view = staff[login]
        return Actor("staff", view.id, view.name, frozenset({shop_id}), SEEDED_ROLES["lead"], "lead")

    return _People(person("lead1"), person("lead2"))


async def _delivered(services: DemoServices, actor: Actor, shop_id: Id) -> AsyncIterator[tuple[str, Actor]]:
    """Numbers of orders that arrived, newest first, and whose they are."""
    book, cursor = commerce.Orders(services.database, services.clock), None
    while True:
        page = await book.search(actor, shop_id, "", "delivered", cursor, "zh-CN", _PAGE)
        for order in page.items:
            yield order.no, Actor("customer", order.customer_id, order.receiver, frozenset({shop_id}), _OWN)
        if (cursor := page.next) is None:
            return


async def _opened(shop: _Shop, orders: AsyncIterator[tuple[str, Actor]], wish: dict[str, Any]) -> Case | None:
    """The wish about the next order that it can be asked about."""
    tries = 0
    async for no, customer in orders:
        tries += 1
        if case := await _asked(shop, no, customer, wish):
            return case
        if tries >= _TRIES:
            break
    return None


async def _asked(shop: _Shop, no: str, customer: Actor, wish: dict[str, Any]) -> Case | None:
    """None where the rules or the order do not allow it."""
    try:
        shown = await shop.services.cases.preview(customer, shop.id, no, wish, for_customer=customer.id)
        if not shown.decision.allowed:
            return None
        return await shop.services.cases.open(
            customer, shop.id, no, wish, token=shown.token, key=new_id(), confirmed_by="customer", confirmation="demo",
            for_customer=customer.id,
        )  # fmt: skip
    except Refusal:
        return None


async def _accept(shop: _Shop, case: Case) -> Case:
    if case.state != "open":
        return case
    return await shop.services.cases.accept(shop.people.lead, shop.id, case.number, version=case.version)


async def _decline(shop: _Shop, case: Case) -> Case:
    note = "商品吊牌已剪，影响再次销售"
    return await shop.services.cases.decline(shop.people.lead, shop.id, case.number, version=case.version, note=note)


async def _appeal(shop: _Shop, case: Case) -> None:
    declined = await _decline(shop, case)
    customer = Actor("customer", case.customer_id, case.opened_by, frozenset({shop.id}), _OWN)
    words = "吊牌还在，只是线松了，照片可以补"
    await shop.services.appeals.open(customer, shop.id, declined.number, words, for_customer=case.customer_id)


async def _withdraw(shop: _Shop, case: Case) -> None:
    await shop.services.cases.withdraw(console_actor([shop.id]), shop.id, case.number)


async def _sent(shop: _Shop, case: Case) -> Case:
    accepted = await _accept(shop, case)
    tracking = f"DEMO{case.number.replace('-', '')}"
    return await shop.services.goods.sent(shop.people.lead, shop.id, accepted.number, "顺丰", tracking, claimed="15")


async def _received(shop: _Shop, case: Case) -> Case:
    sent = await _sent(shop, case)
    return await shop.services.goods.arrived(shop.people.lead, shop.id, sent.number, version=sent.version)


async def _inspected(shop: _Shop, case: Case) -> None:
    back = await _received(shop, case)
    found = Found(condition="opened", matches=True, disposition="restock", note="完好")
    await shop.services.goods.inspect(shop.people.lead, shop.id, back.number, version=back.version, found=found)


async def _differs(shop: _Shop, case: Case) -> None:
    back = await _received(shop, case)
    found = Found(condition="other_item", matches=False, disposition="none", serial="SN-0000-X", note="序列号和发出的不一样")
    await shop.services.goods.inspect(shop.people.lead, shop.id, back.number, version=back.version, found=found)


async def _cash(shop: _Shop, case: Case) -> None:
    terms = Terms(what="cash", amount="88.00")
    await shop.services.cases.accept(shop.people.lead, shop.id, case.number, version=case.version, terms=terms)


async def _points(shop: _Shop, case: Case) -> None:
    terms = Terms(what="points", amount="500")
    await shop.services.cases.accept(shop.people.lead, shop.id, case.number, version=case.version, terms=terms)


async def _cared_for(shop: _Shop, case: Case) -> None:
    accepted = await _accept(shop, case)
    for n, step in enumerate(accepted.work.checklist[:3]):
        newest = await shop.services.cases.get(shop.people.lead, shop.id, case.number)
        words = ("已电话联系", "听客户讲完，没有打断", "登记了经过和诉求")[n]
        await shop.services.care.check(shop.people.lead, shop.id, case.number, version=newest.version, step=step.key, said_to=words)


async def _noted(shop: _Shop, case: Case) -> None:
    lead = shop.people.lead
    noted = await shop.services.desk.note(lead, shop.id, case.number, "客户说周末才有空寄，先不催")
    await shop.services.desk.assign(lead, shop.id, case.number, version=noted.version, staff_id=lead.id)


def _wish(kind: str, reason: str, words: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "reason": reason, "words": words, **more}


_STORIES: tuple[tuple[dict[str, Any], _Next | None], ...] = (
    (_wish("return", "no_reason", "尺寸和想的不一样，想退"), None),
    (_wish("return", "no_reason", "家里已经有了，退一件"), None),
    (_wish("return", "quality", "用了两次就开线了", party="shop"), None),
    (_wish("return", "not_as_described", "颜色和图片差很多", party="shop"), _noted),
    (_wish("exchange", "damaged", "收到就有裂痕", party="carrier"), None),
    (_wish("refund_only", "damaged", "杯子碎了一个，不想折腾寄回", party="carrier"), None),
    (_wish("reissue", "missing", "少发了一件", party="shop"), None),
    (_wish("compensation", "late", "说好三天到，等了八天"), None),
    (_wish("dispute", "installation_fee", "说免费安装，师傅上门要收费", party="shop"), None),
    (_wish("compensation", "service", "客服答应回电，没有回"), _cash),
    (_wish("return", "no_reason", "不想要了"), _accept),
    (_wish("exchange", "quality", "拉链坏了，换一件", party="shop"), _accept),
    (_wish("return", "wrong_item", "发错颜色了", party="shop"), _sent),
    (_wish("return", "quality", "屏幕有亮点", party="shop"), _received),
    (_wish("repair", "quality", "开机没反应", party="shop"), _received),
    (_wish("return", "no_reason", "买重了"), _inspected),
    (_wish("return", "quality", "表面有划痕", party="shop"), _inspected),
    (_wish("return", "quality", "说是坏的", party="shop"), _differs),
    (_wish("refund_only", "quality", "味道不对，不敢用", party="shop"), _accept),
    (_wish("compensation", "late", "晚到两天"), _points),
    (_wish("reissue", "wrong_item", "配件装错了", party="shop"), _accept),
    (_wish("dispute", "service", "前一位说可以退，后一位又说不行", party="shop"), _cared_for),
    (_wish("adverse_reaction", "adverse_reaction", "用了之后脸有点红", party="shop"), _cared_for),
    (_wish("return", "quality", "穿过一次就不想要了", party="shop"), _decline),
    (_wish("return", "quality", "吊牌剪了，领口有线头", party="shop"), _appeal),
    (_wish("return", "quality", "先申请着，再看看", party="shop"), _withdraw),
)
