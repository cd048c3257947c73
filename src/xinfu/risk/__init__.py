"""Abuse of after-sales service: patterns over entities, rings without condemned hubs. It suggests; people decide."""

from xinfu.risk.book import RiskBook
from xinfu.risk.commands import risk_app
from xinfu.risk.contracts import (
    Account,
    AccountRisk,
    Action,
    Arrival,
    Claim,
    ClaimRisk,
    Contact,
    Decision,
    Device,
    Fact,
    Finding,
    Kind,
    Link,
    Order,
    Pattern,
    Payee,
    PhotoMatch,
    Photos,
    Reason,
    Scene,
    Shipment,
)
from xinfu.risk.endpoints import router
from xinfu.risk.feed import Feed
from xinfu.risk.findings import Findings
from xinfu.risk.guard import Guard
from xinfu.risk.photos import PhotoAlbum, PhotoMatcher, SamePhotos
from xinfu.risk.photos_desk import PhotoDesk
from xinfu.risk.photos_open import NotAPicture, PictureTooLarge
from xinfu.risk.photos_print import Print, Seen
from xinfu.risk.photos_worker import PhotosBusy, PhotoWorker
from xinfu.risk.ports import FactSource, FindingChanged, PhotoSource, RiskWord, ShownCase, ShownPhoto
from xinfu.risk.service import RiskDesk
from xinfu.risk.shelf import Shelf

__all__ = [
    "Account",
    "AccountRisk",
    "Action",
    "Arrival",
    "Claim",
    "ClaimRisk",
    "Contact",
    "Decision",
    "Device",
    "Fact",
    "FactSource",
    "Feed",
    "Finding",
    "FindingChanged",
    "Findings",
    "Guard",
    "Kind",
    "Link",
    "NotAPicture",
    "Order",
    "Pattern",
    "Payee",
    "PhotoAlbum",
    "PhotoDesk",
    "PhotoMatch",
    "PhotoMatcher",
    "PhotoSource",
    "PhotoWorker",
    "Photos",
    "PhotosBusy",
    "PictureTooLarge",
    "Print",
    "Reason",
    "RiskBook",
    "RiskDesk",
    "RiskWord",
    "SamePhotos",
    "Scene",
    "Seen",
    "Shelf",
    "Shipment",
    "ShownCase",
    "ShownPhoto",
    "risk_app",
    "router",
]
