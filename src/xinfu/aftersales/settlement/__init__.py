"""Settlement: money, parcels and rewards that leave the house, durable and once. Ports for the systems outside, simulators to stand in."""

from xinfu.aftersales.settlement.contracts import Difference, ParcelMoved, Task, TaskDone, TaskEnded, TaskKind, TaskState
from xinfu.aftersales.settlement.endpoints import router
from xinfu.aftersales.settlement.policy import Pace
from xinfu.aftersales.settlement.ports import (
    Answer,
    Booking,
    CarrierDesk,
    Outside,
    PaymentGateway,
    Reward,
    Rewards,
    Scan,
    Shipment,
    StatementLine,
    Unreachable,
)
from xinfu.aftersales.settlement.service import Settlement
from xinfu.aftersales.settlement.simulators import Simulated, simulated

__all__ = [
    "Answer",
    "Booking",
    "CarrierDesk",
    "Difference",
    "Outside",
    "Pace",
    "ParcelMoved",
    "PaymentGateway",
    "Reward",
    "Rewards",
    "Scan",
    "Settlement",
    "Shipment",
    "Simulated",
    "StatementLine",
    "Task",
    "TaskDone",
    "TaskEnded",
    "TaskKind",
    "TaskState",
    "Unreachable",
    "router",
    "simulated",
]
