"""Who may grant how much: limits as data, the ruling on each ask, approvals by others, and the record of every use."""

from xinfu.aftersales.authority.contracts import (
    ACTIONS,
    Action,
    Approval,
    ApprovalAsked,
    ApprovalDecided,
    ApprovalState,
    Ask,
    Limit,
    Person,
    Reason,
    Rules,
    Ruling,
)
from xinfu.aftersales.authority.endpoints import router
from xinfu.aftersales.authority.errors import BeyondAuthority, NotGrantable
from xinfu.aftersales.authority.policy import Who, decide, default_rules
from xinfu.aftersales.authority.service import Authority
from xinfu.aftersales.authority.service_limits import Limits, LimitsView

__all__ = [
    "ACTIONS",
    "Action",
    "Approval",
    "ApprovalAsked",
    "ApprovalDecided",
    "ApprovalState",
    "Ask",
    "Authority",
    "BeyondAuthority",
    "Limit",
    "Limits",
    "LimitsView",
    "NotGrantable",
    "Person",
    "Reason",
    "Rules",
    "Ruling",
    "Who",
    "decide",
    "default_rules",
    "router",
]
