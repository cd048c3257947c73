"""After-sales: what customers ask for after they bought, judged by the shop's policy as data."""

from xinfu.aftersales.contracts import Case, CaseChanged, CasePreview, Decision, Explanation, Facts, LineFacts, Wish, WishItem
from xinfu.aftersales.endpoints import router
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
    "LineFacts",
    "Pack",
    "Packs",
    "Wish",
    "WishItem",
    "eligible",
    "order_rules",
    "read_pack",
    "router",
]
