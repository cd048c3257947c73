"""After-sales: what customers ask for after they bought, judged by the shop's policy as data."""

from xinfu.aftersales.contracts import Decision, Explanation, Facts, LineFacts, Request, RequestChanged, RequestPreview, Wish, WishItem
from xinfu.aftersales.endpoints import router
from xinfu.aftersales.packs import Pack, Packs, read_pack
from xinfu.aftersales.policy import eligible
from xinfu.aftersales.service import Requests

__all__ = [
    "Decision",
    "Explanation",
    "Facts",
    "LineFacts",
    "Pack",
    "Packs",
    "Request",
    "RequestChanged",
    "RequestPreview",
    "Requests",
    "Wish",
    "WishItem",
    "eligible",
    "read_pack",
    "router",
]
