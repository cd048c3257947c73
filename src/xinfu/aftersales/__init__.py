"""After-sales: what customers ask for after they bought, judged by the shop's policy as data."""

from xinfu.aftersales.contracts import Case, CaseChanged, CasePreview, Decision, Explanation, Facts, LineFacts, Wish, WishItem
from xinfu.aftersales.desk_contracts import Found, Terms
from xinfu.aftersales.endpoints import router
from xinfu.aftersales.happenings import Happenings
from xinfu.aftersales.order_rules import order_rules
from xinfu.aftersales.packs import Pack, Packs, read_pack
from xinfu.aftersales.policy import eligible
from xinfu.aftersales.service import Cases

__all__ = [
    "Case",
    "CaseChanged",
    "CasePreview",
    "Cases",
    "Decision",
    "Explanation",
    "Facts",
    "Found",
    "Happenings",
    "LineFacts",
    "Pack",
    "Packs",
    "Terms",
    "Wish",
    "WishItem",
    "eligible",
    "order_rules",
    "read_pack",
    "router",
]
