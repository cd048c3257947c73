"""Who belongs together: entities of accounts, kept up fact by fact. The result depends on the facts only, never on their order.

Joining is a union; a value that grows into a public place (a hub) takes its joins back, by rebuilding the one entity it touched.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from xinfu.risk.contracts import Kind, Pattern
from xinfu.risk.policy import KINDS, PATTERNS, STRONG, unites_all, unites_suspects
from xinfu.risk.rebuild import Columns

type Value = tuple[Kind, str]


@dataclass(slots=True)
class _Shared:
    """One value, who holds it, who of them is suspected of what, and whom it joins now (None: all holders).

    `trusted`: people know why it is shared (a home, an office), so it joins nobody.
    """

    kind: Kind
    holders: set[str] = field(default_factory=set)
    suspects: dict[Pattern, set[str]] = field(default_factory=dict)
    joins: frozenset[Pattern | None] = frozenset()
    trusted: bool = False

    def rule(self) -> frozenset[Pattern | None]:
        count = len(self.holders)
        if self.trusted:
            return frozenset()
        if unites_all(self.kind, count):
            return frozenset((None,))
        return frozenset(p for p, who in self.suspects.items() if unites_suspects(self.kind, count, len(who)))

    def group(self, pattern: Pattern | None) -> set[str]:
        return self.holders if pattern is None else self.suspects[pattern]


@dataclass(frozen=True, slots=True)
class Held:
    """A value an account has, as a person is shown it: how many have it, and whether it joins this account to any of them."""

    kind: Kind
    value: str
    holders: int
    joins: bool
    trusted: bool


class LinkBook:
    """Accounts, the values they share and the entities that follow."""

    def __init__(self) -> None:
        self._values: dict[Value, _Shared] = {}
        self._held: dict[str, set[Value]] = {}
        self._suspected: dict[str, frozenset[Pattern]] = {}
        self._entity: dict[str, int] = {}
        self._members: dict[int, set[str]] = {}
        self._next = 0

    def add(self, account: str, kind: Kind, value: str) -> None:
        """One new fact: this account has this value."""
        key = (kind, value)
        held = self._known(account)
        if key in held:
            return
        held.add(key)
        shared = self._values.setdefault(key, _Shared(kind))
        shared.holders.add(account)
        for pattern in self._suspected.get(account, ()):
            shared.suspects.setdefault(pattern, set()).add(account)
        self._settle([(shared, account)])

    def suspect(self, account: str, patterns: frozenset[Pattern]) -> None:
        """The patterns this account itself has shown a sign of; replaces what was said before."""
        held = self._known(account)
        before = self._suspected.get(account, frozenset())
        if patterns == before:
            return
        self._suspected[account] = patterns
        touched = []
        for key in held:
            shared = self._values[key]
            for pattern in patterns - before:
                shared.suspects.setdefault(pattern, set()).add(account)
            for pattern in before - patterns:
                shared.suspects[pattern].discard(account)
            touched.append((shared, account))
        self._settle(touched, shrunk=bool(before - patterns))

    def trust(self, kind: Kind, value: str, *, trusted: bool = True) -> None:
        """People know why this value is shared: from now on it joins nobody. Taken back by `trusted=False`."""
        shared = self._values.setdefault((kind, value), _Shared(kind))
        if shared.trusted != trusted:
            shared.trusted = trusted
            self._settle([(shared, account) for account in shared.holders])

    def held(self, account: str) -> list[Held]:
        """What an account has in common with others."""
        found = []
        for kind, value in sorted(self._held.get(account, ())):
            shared = self._values[kind, value]
            if len(shared.holders) > 1:
                joins = any(account in shared.group(p) for p in shared.joins)
                found.append(Held(kind, value, len(shared.holders), joins, shared.trusted))
        return found

    def members(self, account: str) -> frozenset[str] | set[str]:
        """The whole entity of an account, itself included."""
        entity = self._entity.get(account)
        return self._members[entity] if entity is not None else frozenset((account,))

    def entities(self) -> Iterator[set[str]]:
        return iter(self._members.values())

    def entity_id(self, account: str) -> str:
        """The same for all members whatever the order of facts: the smallest of their ids."""
        return min(self.members(account))

    def number(self, account: str) -> int:
        """Of the entity the account is in just now; changes as facts come."""
        return self._entity[account]

    def numbered(self, number: int) -> set[str]:
        return self._members[number]

    def suspected(self, account: str) -> frozenset[Pattern]:
        """The patterns this account itself shows signs of."""
        return self._suspected.get(account, frozenset())

    def few_shared(self, account: str, most: Mapping[Kind, int]) -> Iterator[tuple[Kind, set[str]]]:
        """The account's values that several have, but less than so many of its kind."""
        for key in self._held.get(account, ()):
            shared = self._values[key]
            if 2 <= len(shared.holders) < most[shared.kind] and not shared.trusted:
                yield shared.kind, shared.holders

    def ties(self, account: str, others: Iterable[str]) -> tuple[int, int]:
        """How many values tie this account to these others, and how many of them it reaches by strong ones.

        A weak value counts if it is no public place: these others are half of its holders.
        """
        wanted = set(others) - {account}
        reached: set[str] = set()
        count = 0
        for key in self._held.get(account, ()):
            shared = self._values[key]
            if key[0] in STRONG:
                met = {other for p in shared.joins if account in shared.group(p) for other in shared.group(p) & wanted}
                count += bool(met)
                reached |= met
            else:
                count += 2 * len(shared.holders & wanted) >= len(shared.holders)
        return count, len(reached)

    def shared(self, account: str, others: Iterable[str]) -> list[Value]:
        """What joins this account to any of these others, for the reasons a person reads."""
        wanted = set(others) - {account}
        return sorted(
            key
            for key in self._held.get(account, ())
            if any(account in self._values[key].group(p) and self._values[key].group(p) & wanted for p in self._values[key].joins)
        )

    def columns(self) -> Columns:
        """The same facts as columns, for `rebuild.entities`; accounts in sorted order."""
        number = {account: i for i, account in enumerate(sorted(self._held))}
        pairs = [(number[a], v) for v, shared in enumerate(self._values.values()) if not shared.trusted for a in shared.holders]
        suspects = [(number[a], PATTERNS.index(p)) for a, patterns in self._suspected.items() for p in patterns]
        facts = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        signs = np.array(suspects, dtype=np.int64).reshape(-1, 2)
        kinds = np.array([KINDS.index(shared.kind) for shared in self._values.values()], dtype=np.int8)
        return Columns(len(number), facts[:, 0], facts[:, 1], kinds, signs[:, 0], signs[:, 1])

    def _known(self, account: str) -> set[Value]:
        if account not in self._held:
            self._held[account] = set()
            self._found({account})
        return self._held[account]

    def _settle(self, touched: list[tuple[_Shared, str]], *, shrunk: bool = False) -> None:
        """Bring entities in line with the rules of the touched values."""
        split: set[str] = set()
        for shared, account in touched:
            before, after = shared.joins, shared.rule()
            shared.joins = after
            if before - after or (shrunk and before):
                split |= shared.holders
            for pattern in after:
                group = shared.group(pattern)
                if pattern in before:
                    # All others are joined already; only the account that came is new.
                    other = next((a for a in group if a != account), account)
                    self._join((account, other) if account in group else ())
                else:
                    self._join(group)
        if split or shrunk:
            self._rebuild(split | {account for _, account in touched})

    def _join(self, accounts: Iterable[str]) -> None:
        ids = {self._entity[a] for a in accounts}
        if len(ids) < 2:
            return
        target = max(ids, key=lambda i: (len(self._members[i]), i))
        for other in ids - {target}:
            moved = self._members.pop(other)
            self._members[target] |= moved
            for account in moved:
                self._entity[account] = target

    def _rebuild(self, accounts: set[str]) -> None:
        """Take apart every entity these accounts are in and find what still holds together."""
        loose: set[str] = set()
        for entity in {self._entity[a] for a in accounts}:
            loose |= self._members.pop(entity)
        while loose:
            found = self._reach(loose.pop())
            loose -= found
            self._found(found)

    def _reach(self, start: str) -> set[str]:
        found, todo = {start}, [start]
        crossed: set[tuple[Value, Pattern | None]] = set()
        while todo:
            account = todo.pop()
            for key in self._held[account]:
                shared = self._values[key]
                for pattern in shared.joins:
                    if (key, pattern) in crossed or account not in shared.group(pattern):
                        continue
                    crossed.add((key, pattern))
                    new = shared.group(pattern) - found
                    found |= new
                    todo.extend(new)
        return found

    def _found(self, members: set[str]) -> None:
        self._next += 1
        self._members[self._next] = members
        for account in members:
            self._entity[account] = self._next
