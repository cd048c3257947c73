"""After-sales: what customers ask for after they bought, judged by the shop's policy as data."""

from xinfu.aftersales.assembly import CaseServices, case_services
from xinfu.aftersales.case_endpoints import router as case_router
from xinfu.aftersales.chat import CaseChat
from xinfu.aftersales.contracts import Case, CaseChanged, CasePreview, Decision, Explanation, Facts, LineFacts, Wish, WishItem
from xinfu.aftersales.customer_endpoints import router as customer_router
from xinfu.aftersales.desk_contracts import Found, Terms
from xinfu.aftersales.endpoints import router
from xinfu.aftersales.order_rules import order_rules
from xinfu.aftersales.packs import Pack, Packs, read_pack
from xinfu.aftersales.photos import Photos
from xinfu.aftersales.policy import eligible
from xinfu.aftersales.service import Cases

__all__ = [
    "Case",
    "CaseChanged",
    "CaseChat",
    "CasePreview",
    "CaseServices",
    "Cases",
    "Decision",
    "Explanation",
    "Facts",
    "Found",
    "LineFacts",
    "Pack",
    "Packs",
    "Photos",
    "Terms",
    "Wish",
    "WishItem",
    "case_router",
    "case_services",
    "customer_router",
    "eligible",
    "order_rules",
    "read_pack",
    "router",
]
