"""Policy packs: what a shop owes after the sale, as versioned data. Read from the TOML files beside this module, checked when read."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError

from xinfu.aftersales.contracts import Disposition, Payer, Reason
from xinfu.aftersales.errors import PackInvalid, PackUnknown

type Days = Annotated[int, Field(ge=0, le=3650)]
type NoReason = Literal["allowed", "excluded", "needs_confirmation"]
type Fault = Literal["shop", "carrier", "customer", "no_reason", "exchange_no_reason"]

LAWFUL_NO_REASON_DAYS = 7
LAWFUL_RETURN_DAYS = 7
LAWFUL_THREE_GUARANTEES_EXCHANGE = 15


@dataclass(frozen=True, slots=True)
class Clause:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class NoReasonRule:
    days: Days
    exchange: bool
    clause: str


@dataclass(frozen=True, slots=True)
class QualityRule:
    return_days: Days
    exchange_days: Days
    repair_days: Days
    clause: str
    photo_reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceRule:
    days: Days
    compare: Literal["paid", "listed"]
    clause: str
    excluded_categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundOnlyRule:
    clause: str


@dataclass(frozen=True, slots=True)
class FreightRule:
    shop: Payer
    carrier: Payer
    customer: Payer
    no_reason: Payer
    exchange_no_reason: Payer
    clause_fault: str
    clause_no_reason: str


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What differs for products of these categories; None = as for all."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    clause: str
    no_reason: NoReason = "allowed"
    return_days: Days | None = None
    exchange_days: Days | None = None
    repair_days: Days | None = None
    three_guarantees: bool = False
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of one pack. `lawful_floor` False: not under Chinese consumer law, whose least windows are then not asked for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    zh: str
    en: str
    no_reason: NoReasonRule
    quality: QualityRule
    price_protection: PriceRule
    refund_only: RefundOnlyRule
    freight: FreightRule
    dispositions: dict[Reason, Disposition]
    clauses: dict[str, Clause]
    category: tuple[CategoryRule, ...] = ()
    lawful_floor: bool = field(default=True)

    def rules_for(self, category: str) -> "Rules":
        """What holds for a product of this category: the first category rule one of whose names is in it, over the pack's own."""
        own = next((rule for rule in self.category if any(name in category for name in rule.names)), None)
        if own is None:
            return Rules(
                "allowed", self.quality.return_days, self.quality.exchange_days, self.quality.repair_days, self.quality.clause, None
            )
        return Rules(
            own.no_reason,
            _or(own.return_days, self.quality.return_days),
            _or(own.exchange_days, self.quality.exchange_days),
            _or(own.repair_days, self.quality.repair_days),
            own.clause,
            own.disposition,
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one category."""

    no_reason: NoReason
    return_days: int
    exchange_days: int
    repair_days: int
    clause: str
    disposition: Disposition | None


_pack: TypeAdapter[Pack] = TypeAdapter(Pack)


def read_pack(text: str) -> Pack:
    """A pack from TOML. Raises PackInvalid, naming what is wrong."""
    try:
        pack = _pack.validate_python(tomllib.loads(text), extra="forbid")
    except tomllib.TOMLDecodeError as e:
        raise PackInvalid(why=str(e)) from e
    except ValidationError as e:
        raise PackInvalid(why="; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in e.errors()[:5])) from e
    _check(pack)
    return pack


class Packs:
    """All packs known, in every version."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs: dict[str, list[Pack]] = {}
        for pack in packs:
            versions = self._packs.setdefault(pack.id, [])
            if any(known.version == pack.version for known in versions):
                raise PackInvalid(why=f"{pack.id}: version {pack.version} twice")
            versions.append(pack)
        for versions in self._packs.values():
            versions.sort(key=lambda pack: (pack.effective_from, pack.version))

    @classmethod
    def shipped(cls) -> Self:
        """Those that come with the product."""
        folder = resources.files("xinfu.aftersales.packs")
        return cls(read_pack(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml"))

    def in_force(self, id_: str, at: datetime, zone: ZoneInfo) -> Pack:
        """The version that took effect last on the shop's calendar. Raises PackUnknown."""
        today = at.astimezone(zone).date()
        effective = [pack for pack in self._packs.get(id_, []) if pack.effective_from <= today]
        if not effective:
            raise PackUnknown(pack=id_)
        return effective[-1]

    def version(self, id_: str, version: int) -> Pack:
        """The very version something was judged by. Raises PackUnknown."""
        for pack in self._packs.get(id_, []):
            if pack.version == version:
                return pack
        raise PackUnknown(pack=f"{id_} {version}")


def _check(pack: Pack) -> None:
    """What the form alone does not say. Raises PackInvalid."""
    named = {
        pack.no_reason.clause, pack.quality.clause, pack.price_protection.clause, pack.refund_only.clause,
        pack.freight.clause_fault, pack.freight.clause_no_reason, *(rule.clause for rule in pack.category),
    }  # fmt: skip
    if missing := sorted(named - pack.clauses.keys()):
        raise PackInvalid(why=f"clauses: {', '.join(missing)}")
    names = [name for rule in pack.category for name in rule.names]
    if any(not name.strip() for name in names) or len(names) != len(set(names)):
        raise PackInvalid(why="category.names: empty or twice")
    if not pack.lawful_floor:
        return
    if pack.no_reason.days < LAWFUL_NO_REASON_DAYS:
        raise PackInvalid(why=f"no_reason.days: at least {LAWFUL_NO_REASON_DAYS}")
    if pack.freight.shop != "shop" or pack.freight.carrier != "shop":
        raise PackInvalid(why="freight: the seller bears what is not the customer's fault")
    for rules in [pack.rules_for(""), *(pack.rules_for(rule.names[0]) for rule in pack.category)]:
        if rules.return_days < LAWFUL_RETURN_DAYS or rules.exchange_days < LAWFUL_RETURN_DAYS:
            raise PackInvalid(why=f"quality: at least {LAWFUL_RETURN_DAYS} days")
    for rule in pack.category:
        if rule.three_guarantees and pack.rules_for(rule.names[0]).exchange_days < LAWFUL_THREE_GUARANTEES_EXCHANGE:
            raise PackInvalid(why=f"{rule.names[0]}: at least {LAWFUL_THREE_GUARANTEES_EXCHANGE} days for an exchange")


def _or(own: int | None, general: int) -> int:
    return general if own is None else own
