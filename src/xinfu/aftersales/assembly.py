"""Puts the services around cases together, in the one order that fits; app.py gives what they need."""

from dataclasses import dataclass

from xinfu.aftersales.appeals import Appeals
from xinfu.aftersales.authority import Authority
from xinfu.aftersales.care import CaseCare
from xinfu.aftersales.contracts import RiskView
from xinfu.aftersales.customer_page import CustomerCases
from xinfu.aftersales.desk import CaseDesk
from xinfu.aftersales.goods import GoodsDesk
from xinfu.aftersales.happenings import Happenings
from xinfu.aftersales.keeper import CaseKeeper, ShopIds
from xinfu.aftersales.photos import Photos
from xinfu.aftersales.service import Cases
from xinfu.aftersales.settlement import CarrierDesk, Settlement
from xinfu.aftersales.triage import Acting, Orders, Triage


@dataclass(frozen=True, slots=True)
class CaseServices:
    """Everything that works on cases."""

    cases: Cases
    happenings: Happenings
    desk: CaseDesk
    goods: GoodsDesk
    care: CaseCare
    appeals: Appeals
    triage: Triage
    keeper: CaseKeeper
    customers: CustomerCases

    def provided(self) -> tuple[object, ...]:
        """What endpoints ask for."""
        return self.cases, self.desk, self.goods, self.care, self.appeals, self.customers


def case_services(
    cases: Cases, authority: Authority, settlement: Settlement, photos: Photos, orders: Orders, acting: Acting, risk: RiskView | None,
    carrier: CarrierDesk, shops: ShopIds, secret: bytes,
) -> CaseServices:  # fmt: skip
    happenings = Happenings(cases.book, cases.life, settlement)
    desk = CaseDesk(cases, settlement, photos)
    goods = GoodsDesk(cases, desk, happenings, authority)
    care, appeals = CaseCare(cases, authority), Appeals(cases.book, cases.life)
    triage = Triage(cases, orders, acting, risk)
    keeper = CaseKeeper(cases, happenings, triage, carrier, shops)
    return CaseServices(
        cases, happenings, desk, goods, care, appeals, triage, keeper, CustomerCases(cases, desk, goods, care, appeals, secret)
    )
