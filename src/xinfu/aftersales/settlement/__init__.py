"""Settlement: money, parcels and rewards that leave the house, durable and once. Ports for the systems outside, simulators to stand in."""

from xinfu.aftersales.settlement.contracts import Difference, ParcelMoved, Task, TaskDone, TaskEnded, TaskKind, TaskState
from xinfu.aftersales.settlement.ports import (
    Answer,
    Booking,
    CarrierDesk,
    PaymentGateway,
    Reward,
    Rewards,
    Scan,
    Shipment,
    StatementLine,
    Unreachable,
)

__all__ = [
    "Answer",
    "Booking",
    "CarrierDesk",
    "Difference",
    "ParcelMoved",
    "PaymentGateway",
    "Reward",
    "Rewards",
    "Scan",
    "Shipment",
    "StatementLine",
    "Task",
    "TaskDone",
    "TaskEnded",
    "TaskKind",
    "TaskState",
    "Unreachable",
]
