"""Packs as the API takes and tells them."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from xinfu.aftersales.contracts import Explanation
from xinfu.aftersales.packs.again import Differs, Side, directions
from xinfu.aftersales.packs.comparing import Change
from xinfu.aftersales.packs.contracts import Checked, Draft, PacksView, SavedPack
from xinfu.aftersales.packs.looking import Look
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.reading import MAX_CHARACTERS
from xinfu.aftersales.packs.writing import values_of
from xinfu.kit.clock import to_ms
from xinfu.kit.i18n import Locale, said

_ID = r"^[a-z0-9][a-z0-9-]{1,39}$"


class DraftIn(BaseModel):
    """Either `text` (TOML or JSON) or the `values` of the form."""

    pack: str = Field(pattern=_ID)
    effective_from: date
    text: str = Field("", max_length=MAX_CHARACTERS)
    values: dict[str, Any] | None = None

    def draft(self) -> Draft:
        return Draft(self.pack, self.effective_from, self.text, self.values)


class PublishIn(DraftIn):
    """`token` and `newest` from the check. `adopt`: the shop goes by it from its day on."""

    token: str = Field(max_length=32)
    newest: int = Field(ge=0, le=1_000_000)
    note: str = Field("", max_length=200)
    adopt: bool = True


class RevertIn(BaseModel):
    effective_from: date
    newest: int = Field(ge=0, le=1_000_000)


class ChooseIn(BaseModel):
    pack: str = Field(pattern=_ID)
    effective_from: date | None = None


class SavedPackOut(BaseModel):
    """`state`: in_force, coming, past, withdrawn or idle (of a pack the shop does not go by)."""

    pack: str
    version: int
    name: str
    effective_from: date
    state: str
    shipped: bool
    note: str
    author: str
    saved_at: int | None


class PacksOut(BaseModel):
    today: date
    in_force: SavedPackOut
    next: SavedPackOut | None
    versions: list[SavedPackOut]


class PackTextOut(BaseModel):
    """`text` is TOML without id, version and date, which the house sets."""

    pack: str
    version: int
    effective_from: date
    text: str
    values: dict[str, Any]


class ProblemOut(BaseModel):
    line: int | None
    key: str
    text: str


class ChangeOut(BaseModel):
    key: str
    was: str | None
    now: str | None


class CheckedOut(BaseModel):
    """`token` '' when something is wrong. `against`: the pack and version in force on that day, which `changes` compare with."""

    problems: list[ProblemOut]
    text: str
    values: dict[str, Any] | None
    changes: list[ChangeOut]
    against: str
    token: str
    newest: int


class SideOut(BaseModel):
    verdict: str
    amount: str
    freight_payer: str
    why: list[str]


class DiffersOut(BaseModel):
    order_no: str
    case_number: str
    kind: str
    was: SideOut
    now: SideOut


class DirectionOut(BaseModel):
    was: str
    now: str
    count: int


class KindOut(BaseModel):
    kind: str
    was: dict[str, int]
    now: dict[str, int]


class LookOut(BaseModel):
    """`total` judged so far `done`. Amounts are of the pack's currency; `left_out`: older ones beyond the bound."""

    id: str
    finished: bool
    failed: bool
    days: int
    total: int
    done: int
    left_out: int
    lost: int
    judged: int
    changed: int
    freight_changed: int
    verdicts_was: dict[str, int]
    verdicts_now: dict[str, int]
    directions: list[DirectionOut]
    kinds: list[KindOut]
    currency: str
    amount_was: str
    amount_now: str
    differing: list[DiffersOut]


def saved_out(saved: SavedPack, locale: Locale) -> SavedPackOut:
    return SavedPackOut(
        pack=saved.pack, version=saved.version, name=said(saved.zh, saved.en, locale), effective_from=saved.effective_from,
        state=saved.state, shipped=saved.shipped, note=saved.note, author=saved.author,
        saved_at=to_ms(saved.saved_at) if saved.saved_at else None,
    )  # fmt: skip


def packs_out(view: PacksView, locale: Locale) -> PacksOut:
    return PacksOut(
        today=view.today, in_force=saved_out(view.in_force, locale), next=saved_out(view.next, locale) if view.next else None,
        versions=[saved_out(v, locale) for v in view.versions],
    )  # fmt: skip


def text_out(pack: Pack, text: str) -> PackTextOut:
    return PackTextOut(pack=pack.id, version=pack.version, effective_from=pack.effective_from, text=text, values=values_of(pack))


def change_out(change: Change) -> ChangeOut:
    return ChangeOut(key=change.key, was=change.was, now=change.now)


def checked_out(checked: Checked, locale: Locale) -> CheckedOut:
    chinese = locale == "zh-CN"
    return CheckedOut(
        problems=[ProblemOut(line=p.line, key=p.key, text=p.zh if chinese else p.en) for p in checked.problems],
        text=checked.text, values=values_of(checked.pack) if checked.pack else None, changes=[change_out(c) for c in checked.changes],
        against=checked.against, token=checked.token, newest=checked.newest,
    )  # fmt: skip


def look_out(look: Look, days: int, locale: Locale) -> LookOut:
    tally, currency = look.tally, look.pack.currency
    was: dict[str, int] = {}
    now: dict[str, int] = {}
    for (a, b), n in tally.verdicts.items():
        was[a], now[b] = was.get(a, 0) + n, now.get(b, 0) + n
    return LookOut(
        id=look.id, finished=look.finished, failed=look.failed, days=days, total=look.total, done=look.done, left_out=look.left_out,
        lost=tally.lost, judged=tally.judged, changed=len(tally.differing), freight_changed=tally.payers, verdicts_was=was,
        verdicts_now=now, directions=[DirectionOut(was=a, now=b, count=n) for a, b, n in directions(tally)], kinds=_kinds(look),
        currency=currency, amount_was=_plain(tally.was_minor), amount_now=_plain(tally.now_minor),
        differing=[_differs(d, locale) for d in tally.shown()] if look.finished else [],
    )  # fmt: skip


def _kinds(look: Look) -> list[KindOut]:
    found: dict[str, KindOut] = {}
    for (kind, was, now), n in look.tally.kinds.items():
        out = found.setdefault(kind, KindOut(kind=kind, was={}, now={}))
        out.was[was] = out.was.get(was, 0) + n
        out.now[now] = out.now.get(now, 0) + n
    return sorted(found.values(), key=lambda k: -sum(k.was.values()))


def _differs(d: Differs, locale: Locale) -> DiffersOut:
    return DiffersOut(
        order_no=d.order_no, case_number=d.case_number, kind=d.kind, was=_side(d.was, locale), now=_side(d.now, locale)
    )  # fmt: skip


def _side(side: Side, locale: Locale) -> SideOut:
    return SideOut(
        verdict=side.verdict, amount=_plain(side.minor), freight_payer=side.payer, why=[_words(line, locale) for line in side.why]
    )  # fmt: skip


def _words(line: Explanation, locale: Locale) -> str:
    return said(line.zh, line.en, locale)


def _plain(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
