"""What a customer does on their case page: only with their own cases, as themselves, with what every customer may."""

import hashlib
import hmac

from xinfu.aftersales.appeals import Appeals
from xinfu.aftersales.care import CaseCare
from xinfu.aftersales.contracts import Case, CasePreview, Wish
from xinfu.aftersales.desk import CaseDesk
from xinfu.aftersales.desk_contracts import Appeal
from xinfu.aftersales.errors import CaseNotFound
from xinfu.aftersales.goods import GoodsDesk
from xinfu.aftersales.service import Cases
from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.ids import Id, is_id

_OWN = frozenset({Permission.AFTERSALES_READ, Permission.AFTERSALES_REQUEST})


class CustomerCases:
    """The services of cases, spoken to by one customer. `secret` signs links for the receiver of a gift."""

    def __init__(self, cases: Cases, desk: CaseDesk, goods: GoodsDesk, care: CaseCare, appeals: Appeals, secret: bytes) -> None:
        self._cases = cases
        self._desk = desk
        self._goods = goods
        self._care = care
        self._appeals = appeals
        self._secret = secret

    async def all(self, who: Actor, shop_id: Id) -> list[Case]:
        return await self._cases.of_customer(_as_customer(who, shop_id), shop_id, who.id, 50)

    async def get(self, who: Actor, shop_id: Id, number: str) -> tuple[Case, Appeal | None]:
        """With its newest appeal. Raises CaseNotFound."""
        actor = _as_customer(who, shop_id)
        case = await self._cases.get(actor, shop_id, number, for_customer=who.id)
        return case, await self._appeal(actor, case)

    async def preview(self, who: Actor, shop_id: Id, order_no: str, wish: Wish) -> CasePreview:
        await self._check_photos(shop_id, wish)
        return await self._cases.preview(_as_customer(who, shop_id), shop_id, order_no, wish, for_customer=who.id)

    async def open(self, who: Actor, shop_id: Id, order_no: str, wish: Wish, token: str, key: str) -> Case:
        await self._check_photos(shop_id, wish)
        return await self._cases.open(
            _as_customer(who, shop_id), shop_id, order_no, wish, token=token, key=key, confirmed_by="customer", confirmation="page",
            for_customer=who.id,
        )  # fmt: skip

    async def withdraw(self, who: Actor, shop_id: Id, number: str) -> Case:
        return await self._cases.withdraw(_as_customer(who, shop_id), shop_id, number, for_customer=who.id)

    async def photos(self, who: Actor, shop_id: Id, number: str, photos: tuple[Id, ...], words: str) -> Case:
        return await self._desk.add_photos(_as_customer(who, shop_id), shop_id, number, photos, words, for_customer=who.id)

    async def parcel(self, who: Actor, shop_id: Id, number: str, carrier: str, tracking_no: str, claimed: str) -> Case:
        return await self._goods.sent(
            _as_customer(who, shop_id), shop_id, number, carrier, tracking_no, claimed=claimed, for_customer=who.id
        )

    async def appeal(self, who: Actor, shop_id: Id, number: str, words: str) -> Case:
        actor = _as_customer(who, shop_id)
        await self._appeals.open(actor, shop_id, number, words, for_customer=who.id)
        return await self._cases.get(actor, shop_id, number, for_customer=who.id)

    async def reopen(self, who: Actor, shop_id: Id, number: str, words: str) -> Case:
        return await self._care.reopen(_as_customer(who, shop_id), shop_id, number, note=words, for_customer=who.id)

    async def share(self, who: Actor, shop_id: Id, number: str) -> str:
        """A link's token for the receiver of a gift: it shows neither price nor buyer. Raises CaseNotFound."""
        case, _ = await self.get(who, shop_id, number)
        return f"{case.id}{shop_id}{self._signature(case.id, shop_id)}"

    async def shared(self, token: str) -> Case:
        """The case a token leads to. Raises CaseNotFound."""
        case_id, shop_id, signature = token[:32], token[32:64], token[64:]
        if not is_id(case_id) or not is_id(shop_id) or not hmac.compare_digest(signature, self._signature(case_id, shop_id)):
            raise CaseNotFound
        return await self._cases.by_id(shop_id, case_id)

    async def _appeal(self, actor: Actor, case: Case) -> Appeal | None:
        found = await self._appeals.of_case(actor, case.shop_id, case.number, for_customer=case.customer_id)
        return found[-1] if found else None

    async def _check_photos(self, shop_id: Id, wish: Wish) -> None:
        if wish.photos:
            await self._desk.check_photos(shop_id, wish.photos)

    def _signature(self, case_id: Id, shop_id: Id) -> str:
        return hmac.new(self._secret, f"case:{shop_id}:{case_id}".encode(), hashlib.sha256).hexdigest()[:32]


def _as_customer(who: Actor, shop_id: Id) -> Actor:
    return Actor("customer", who.id, who.name, frozenset({shop_id}), _OWN)
