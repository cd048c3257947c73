"""The plain records that imports and generated shops hand to customers.writing.bulk_write."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xinfu.kit.ids import Id
from xinfu.understanding.contracts import Language


@dataclass(frozen=True, slots=True)
class NewAddress:
    """One entry of a customer's address book."""

    receiver: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer of the shop system. `number` is the key; `extras` keeps what the source knows and we do not."""

    number: str
    name: str
    phone: str = ""
    email: str = ""
    vip: int = 0
    tags: tuple[str, ...] = ()
    language: Language = "zh"
    addresses: tuple[NewAddress, ...] = ()
    created_at: datetime | None = None
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a bulk write did. `ids` maps every number of the call to the customer's id."""

    created: int
    updated: int
    unchanged: int
    ids: dict[str, Id]
