"""Pure decisions of settlement: the keys used outside, how long to wait before asking again, when to give up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from xinfu.aftersales.settlement.contracts import TaskKind
from xinfu.kit.ids import Id


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a task is, in seconds. A call unanswered after `timeout` counts as failed. Between tries the wait grows from `first` by
    `factor` to `most`; between two looks at what is pending likewise. After `give_up` of no answer at all a person is told.
    """

    timeout: float = 20.0
    first: float = 1.0
    factor: float = 2.0
    most: float = 300.0
    give_up: float = 86_400.0
    at_once: int = 32
    """How many calls may be under way together."""
    batch: int = 25
    """How many tasks share a workflow; one that does not answer keeps the others of its batch from their next try for a `timeout`."""

    def wait(self, tries: int) -> float:
        """Seconds to wait after so many tries in vain."""
        return float(min(self.most, self.first * self.factor ** min(max(tries - 1, 0), 40)))


NIGHT = timedelta(hours=18)
"""When, UTC, books are compared with statements: the small hours in East Asia."""


def last_night(now: datetime) -> datetime:
    """When the latest night's comparison was due."""
    tonight = now.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT
    return tonight if tonight <= now else tonight - timedelta(days=1)


def outside_key(kind: TaskKind, subject: Id, attempt: int) -> str:
    """The key outsiders know the task by: the refund's payment row or the task itself, and which attempt of a person this is."""
    return f"{kind}:{subject}" if attempt <= 1 else f"{kind}:{subject}~{attempt}"


def keys_so_far(kind: TaskKind, subject: Id, attempt: int) -> tuple[str, ...]:
    """The keys of all attempts, newest last."""
    return tuple(outside_key(kind, subject, n) for n in range(1, attempt + 1))


def subject_of(key: str) -> str:
    """The payment row or task an outside key names; '' for a key of another form."""
    return key.partition(":")[2].partition("~")[0]
