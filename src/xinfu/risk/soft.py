"""Soft ties: what no single shared value proves, several do together. Rings hide by sharing each thing among a few only.

Looked for around accounts that show signs of abuse, never among people nobody has anything against.
"""

from collections import defaultdict
from collections.abc import Iterable

from xinfu.risk.contracts import Kind, Pattern
from xinfu.risk.links import LinkBook

JOINED = 1.0
"""So much together is as good as one strong tie."""

_WEIGHT: dict[Kind, tuple[float, int]] = {
    Kind.DEVICE: (0.9, 40),
    Kind.PAYEE: (0.9, 40),
    Kind.PHONE: (0.9, 30),
    Kind.MASKED_PHONE: (0.4, 12),
    Kind.PHOTO: (1.0, 40),
    Kind.ADDRESS: (0.7, 30),
    Kind.IP: (0.6, 30),
    Kind.BATCH: (0.6, 30),
    Kind.BUILDING: (0.3, 20),
    Kind.STATION: (0.3, 25),
    Kind.TIMING: (0.25, 12),
}
"""How much one shared value of a kind is worth between two holders, and with how many holders it is worth nothing."""

LIMITS = {kind: 2 * most for kind, (_, most) in _WEIGHT.items()}
ROUNDS = 4
MANY_GROUPS = 15

_LARGE = 8

_OWNED = 0.6
"""A value with such a share of its holders in one ring is the ring's own."""


_ALONE_NOTHING = frozenset({Kind.MASKED_PHONE, Kind.BUILDING, Kind.STATION, Kind.TIMING})
_AT_MOST = 0.3
"""Things strangers share by chance: each kind counts once, and only beside something firmer."""


class _Worth(dict[Kind, float]):
    """What is shared, by kind."""

    def add(self, kind: Kind, worth: float) -> None:
        self[kind] = self.get(kind, 0.0) + worth

    def total(self) -> float:
        firm = sum(w for kind, w in self.items() if kind not in _ALONE_NOTHING)
        return firm + sum(min(w, _AT_MOST) for kind, w in self.items() if kind in _ALONE_NOTHING) if firm > 0 else 0.0


def tie(kind: Kind, holders: int) -> float:
    """Worth of a value: the fewer hold it, the more it says."""
    worth, most = _WEIGHT[kind]
    return worth * (1 - (holders - 2) / most) if 2 <= holders < most else 0.0


def owned(kind: Kind, holders: int, inside: int) -> float:
    """Worth of a value of which two or more of one ring are most of the holders."""
    worth, most = _WEIGHT[kind]
    if inside < 2 or inside < _OWNED * holders or holders >= 2 * most:
        return 0.0
    return 1.6 * worth


def near(links: LinkBook, account: str) -> list[set[str]]:
    """Other entities that this account's own values tie it to firmly. For one claim, in a fraction of a millisecond."""
    mine = links.members(account)
    own = links.suspected(account)
    worth: dict[int, _Worth] = defaultdict(_Worth)
    for kind, holders in links.few_shared(account, LIMITS):
        inside: dict[int, list[str]] = defaultdict(list)
        for other in holders:
            if other not in mine:
                inside[links.number(other)].append(other)
        for number, others in inside.items():
            guilty = [o for o in others if (signs := links.suspected(o)) and (not own or own & signs)]
            if guilty:
                worth[number].add(kind, max(tie(kind, len(holders)), owned(kind, len(holders), len(guilty))))
    return [links.numbered(number) for number, shared in worth.items() if shared.total() >= JOINED]


def joined(links: LinkBook, seeds: Iterable[str]) -> list[set[str]]:
    """The entities of these accounts (who show signs), each with what soft ties add to it; repeated while it adds."""
    groups = _Groups(links)
    for account in seeds:
        groups.of(account)
    for _ in range(ROUNDS):
        pairs = _pairs(links, groups)
        firm = sorted((-worth, pair) for pair, shared in pairs.items() if (worth := shared.total()) >= groups.demanded(*pair))
        if not sum(groups.merge(one, two) for _, (one, two) in firm):
            break
    return groups.all()


def firmness(links: LinkBook, account: str, others: Iterable[str]) -> float:
    """How firmly all that an account shares with these others ties it to them."""
    wanted = set(others) - {account}
    worth = _Worth()
    for kind, holders in links.few_shared(account, LIMITS):
        if met := len(holders & wanted):
            worth.add(kind, max(tie(kind, len(holders)), owned(kind, len(holders), met)))
    return worth.total()


class _Groups:
    """Entities being put together, each by its smallest account, whatever the order of facts was."""

    def __init__(self, links: LinkBook) -> None:
        self._links = links
        self._members: dict[str, set[str]] = {}
        self._home: dict[str, str] = {}

    def of(self, account: str) -> str:
        if account not in self._home:
            members = set(self._links.members(account))
            name = min(members)
            self._members[name] = members
            self._home.update(dict.fromkeys(members, name))
        return self._home[account]

    def demanded(self, one: str, two: str) -> float:
        """Two large groups meet somewhere by chance: to be one, they must share more than one person and a group."""
        large = min(len(self._members[one]), len(self._members[two])) >= _LARGE
        return 1.5 * JOINED if large else JOINED

    def merge(self, one: str, two: str) -> bool:
        a, b = sorted((self._home[one], self._home[two]))
        if a == b or not self._alike(a, b):
            return False
        moved = self._members.pop(b)
        self._members[a] |= moved
        self._home.update(dict.fromkeys(moved, a))
        return True

    def _alike(self, a: str, b: str) -> bool:
        """Two rings that do different things stay two, whatever courier they share."""
        one, two = self._signs(a), self._signs(b)
        return not one or not two or bool(one & two)

    def _signs(self, name: str) -> frozenset[Pattern]:
        return frozenset[Pattern]().union(*(self._links.suspected(m) for m in self._members[name]))

    def all(self) -> list[set[str]]:
        return list(self._members.values())

    def known(self) -> list[str]:
        return list(self._home)


def _pairs(links: LinkBook, groups: _Groups) -> dict[tuple[str, str], _Worth]:
    """What groups share, each value once; of two groups at least one shows signs."""
    pairs: dict[tuple[str, str], _Worth] = defaultdict(_Worth)
    seen: set[int] = set()
    for account in groups.known():
        for kind, holders in links.few_shared(account, LIMITS):
            if id(holders) in seen:
                continue
            seen.add(id(holders))
            inside: dict[str, list[str]] = defaultdict(list)
            for holder in holders:
                inside[groups.of(holder)].append(holder)
            if 2 <= len(inside) <= MANY_GROUPS:
                _weigh(kind, inside, len(holders), links, pairs)
    return pairs


def _weigh(kind: Kind, inside: dict[str, list[str]], holders: int, links: LinkBook, pairs: dict[tuple[str, str], _Worth]) -> None:
    worth = tie(kind, holders)
    names = sorted(inside)
    guilty = {name: any(links.suspected(a) for a in inside[name]) for name in names}
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            if guilty[one] or guilty[two]:
                firm = max(owned(kind, holders, len(inside[name])) if guilty[name] else 0.0 for name in (one, two))
                pairs[one, two].add(kind, max(worth, firm))
