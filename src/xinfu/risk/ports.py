"""What risk needs of the living product, and the word it gives back. app.py wires both; nothing here knows who is behind a port."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.risk.contracts import Action, Fact, Pattern, Reason


@dataclass(frozen=True, slots=True)
class RiskWord:
    """What is known of one case. A machine may approve by it; it never refuses.

    `known` False: nothing could be said in time, so the case goes on as if nobody had asked; `reasons` then tell that.
    """

    score: float
    action: Action
    pattern: Pattern | None
    reasons: tuple[Reason, ...]
    money_at_risk: Money
    evidence: tuple[str, ...]
    entity_id: Id
    known: bool = True


class FactSource(Protocol):
    """Reads what the other parts know as facts of one shop. Orders are named by their number, accounts by the customer's id."""

    async def shops(self) -> Sequence[Id]: ...

    def everything(self, shop_id: Id, since: datetime) -> AsyncIterator[Sequence[Fact]]:
        """All that happened since then, some at a time; claims and what became of them last, in the order of time."""
        ...

    async def order(self, shop_id: Id, no: str) -> Sequence[Fact]:
        """An order, who placed it, how it was paid, and its parcels. Nothing for an unknown one."""
        ...

    async def case(self, shop_id: Id, number: str) -> Sequence[Fact]:
        """A case with its order, and how it was decided."""
        ...

    async def unsettled(self, shop_id: Id, since: datetime) -> Sequence[str]:
        """Cases opened since then that are not over, the oldest first."""
        ...

    async def currency(self, shop_id: Id) -> str: ...


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    id: Id
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case and the photos its customer showed in it."""

    number: str
    order_no: str
    customer_id: Id
    photos: tuple[ShownPhoto, ...]


class PhotoSource(Protocol):
    """Photos of cases: which there are, their bytes, and links a member of staff can open."""

    async def shown(self, shop_id: Id, number: str) -> ShownCase | None: ...

    def numbers(self, shop_id: Id, since: datetime) -> AsyncIterator[Sequence[str]]:
        """Cases with photos, the oldest first, some at a time."""
        ...

    async def read(self, shop_id: Id, photo_id: Id) -> bytes | None:
        """None: it is gone."""
        ...

    async def links(self, shop_id: Id, photo_ids: Sequence[Id]) -> dict[Id, tuple[str, str]]:
        """Address and small picture of each; those that are gone are left out."""
        ...


@dataclass(frozen=True, slots=True)
class FindingChanged:
    """Announced after the commit when a finding was made or its state changed."""

    shop_id: Id
    finding_id: Id
    subject_kind: str
    subject: str
    customer_id: Id
    pattern: str
    state: str
