"""Policy packs: what a shop owes and promises after the sale, as versioned data of the owner. Pure; storing them is service.py's."""

from xinfu.aftersales.packs.pack import (
    DISPUTE_STEPS,
    TRUST,
    AutoRule,
    CategoryRule,
    CompensationRule,
    DisputeStep,
    DueRule,
    EarlyLevel,
    EarlyRefundRule,
    FreightContract,
    Pack,
    RequestRule,
    Rules,
    TrustRule,
)
from xinfu.aftersales.packs.reading import PackProblem, read_pack
from xinfu.aftersales.packs.shelf import DEFAULT_PACK, Choice, Packs

__all__ = [
    "DEFAULT_PACK",
    "DISPUTE_STEPS",
    "TRUST",
    "AutoRule",
    "CategoryRule",
    "Choice",
    "CompensationRule",
    "DisputeStep",
    "DueRule",
    "EarlyLevel",
    "EarlyRefundRule",
    "FreightContract",
    "Pack",
    "PackProblem",
    "Packs",
    "RequestRule",
    "Rules",
    "TrustRule",
    "read_pack",
]
