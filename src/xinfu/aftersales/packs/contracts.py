"""Packs as other folders see their storing: what is announced, and what a shop's owner is shown. Values only."""

from dataclasses import dataclass
from datetime import date, datetime

from xinfu.aftersales.contracts import Decision, Facts, Wish
from xinfu.aftersales.packs.comparing import Change
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.reading import PackProblem
from xinfu.kit.ids import Id


@dataclass(frozen=True, slots=True)
class PacksChanged:
    """Announced after the commit when a shop's packs or its choice changed."""

    shop_id: Id


@dataclass(frozen=True, slots=True)
class WishJudged:
    """Announced when a wish was judged in earnest: a case was opened (`case_number`), or it was refused ('')."""

    shop_id: Id
    order_no: str
    case_number: str
    wish: Wish
    facts: Facts
    decision: Decision


@dataclass(frozen=True, slots=True)
class Draft:
    """What an owner is about to publish: TOML or JSON text, or the values of the form. `pack` is the id it gets."""

    pack: str
    effective_from: date
    text: str = ""
    values: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class SavedPack:
    """One version. `state` in_force: the shop goes by it today; coming: it takes effect later; past; withdrawn; idle: of a pack the shop
    does not go by. `shipped`: it came with the product."""

    pack: str
    version: int
    zh: str
    en: str
    effective_from: date
    state: str
    shipped: bool
    note: str = ""
    author: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PacksView:
    """What the shop goes by, what comes, and every version it has, newest first."""

    today: date
    in_force: SavedPack
    next: SavedPack | None
    versions: tuple[SavedPack, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft looked over: what is wrong, or what it is and changes. `token` stands for exactly this draft; '' when something is wrong."""

    problems: tuple[PackProblem, ...]
    pack: Pack | None
    text: str
    changes: tuple[Change, ...]
    against: str
    token: str
    newest: int
    """The newest version stored of this pack; publishing names it as seen."""
