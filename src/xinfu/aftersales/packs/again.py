"""What another pack would have said to what was judged before: verdicts, money, and who changes which way. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from xinfu.aftersales.contracts import Decision, Explanation, Kind, Payer, Verdict
from xinfu.aftersales.packs.pack import Pack
from xinfu.aftersales.packs.past import PastWish
from xinfu.aftersales.policy import eligible
from xinfu.kit.errors import Refusal

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Side:
    """What one pack says. `minor`: what goes back, in minor units."""

    verdict: Verdict
    minor: int
    payer: Payer
    why: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class Differs:
    """One that another pack judges differently. `case_number` '' = it was refused and no case came of it."""

    order_no: str
    case_number: str
    kind: Kind
    currency: str
    was: Side
    now: Side

    @property
    def more(self) -> int:
        return self.now.minor - self.was.minor


@dataclass(slots=True)
class Tally:
    """Sums over all, and the ones that differ most. `lost`: could not be judged again."""

    judged: int = 0
    lost: int = 0
    verdicts: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    kinds: Counter[tuple[Kind, Verdict, Verdict]] = field(default_factory=Counter)
    was_minor: int = 0
    now_minor: int = 0
    payers: int = 0
    """How many change in who pays the freight."""
    differing: list[Differs] = field(default_factory=list)

    def add(self, found: Differs | None) -> None:
        if found is None:
            self.lost += 1
            return
        was, now = found.was, found.now
        self.judged += 1
        self.verdicts[was.verdict, now.verdict] += 1
        self.kinds[found.kind, was.verdict, now.verdict] += 1
        self.was_minor += was.minor
        self.now_minor += now.minor
        self.payers += was.payer != now.payer
        if (was.verdict, was.minor, was.payer) != (now.verdict, now.minor, now.payer):
            self.differing.append(found)

    def shown(self) -> list[Differs]:
        """Changed verdicts first, then by the money at stake."""
        return sorted(self.differing, key=lambda d: (d.was.verdict == d.now.verdict, -abs(d.more)))[:MOST_SHOWN]


def judged_again(past: PastWish, before: Pack, draft: Pack) -> Differs | None:
    """Both packs' words on the same facts; None when one of them cannot say (the wish does not fit any more, another currency)."""
    try:
        was, now = eligible(past.wish, past.facts, before), eligible(past.wish, past.facts, draft)
    except (Refusal, ValueError, KeyError):
        return None
    return Differs(past.order_no, past.case_number, past.wish.kind, past.facts.total.currency, _side(was), _side(now))


def _side(decision: Decision) -> Side:
    return Side(decision.verdict, decision.total.minor, decision.freight_payer, decision.lines)


def directions(tally: Tally) -> Iterable[tuple[Verdict, Verdict, int]]:
    """Changed verdicts only, most first."""
    return ((was, now, n) for (was, now), n in tally.verdicts.most_common() if was != now)
