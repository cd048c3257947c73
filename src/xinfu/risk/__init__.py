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
    Shipment,
)
from xinfu.risk.photos import SamePhotos

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
    "Finding",
    "Kind",
    "Link",
    "Order",
    "Pattern",
    "Payee",
    "PhotoMatch",
    "Photos",
    "Reason",
    "RiskBook",
    "SamePhotos",
    "Shipment",
    "risk_app",
]
