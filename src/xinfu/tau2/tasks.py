"""Plays the expected writing actions of tau2 tasks, each task on a fresh copy of a shop, and tells how every action went."""

import asyncio
import contextlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xinfu import commerce, customers, identity
from xinfu.config import Config
from xinfu.identity import console_actor
from xinfu.kit.clock import Clock
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.tau2.actions import WRITING, Hand, Outcome, Yes
from xinfu.tau2.shop import Json, difference, export
from xinfu.tau2.workplace import Workplace, agent

SLUG = "tau2"
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""An id names a file."""


@dataclass(frozen=True, slots=True)
class Write:
    """One writing action a task expects."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """`customer` is the user id the conversation is with."""

    id: str
    customer: str
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One action as it went, with the consent it was done by."""

    action: Write
    yes: Yes
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Played:
    """A task after its actions: how each went, the records that changed, and the whole shop."""

    task: Task
    actions: tuple[Done, ...]
    changed: Json
    shop: Json


def read_tasks(path: Path, shop: Json) -> list[Task]:
    """Raises Invalid for a file of another form."""
    try:
        given = json.loads(path.read_text("utf-8"))
        tasks = [_task(task, shop) for task in given]
        if len({task.id for task in tasks}) != len(tasks):
            raise ValueError("an id twice")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise Invalid(why=f"{path.name}: {e!r}") from e
    return tasks


class Copies:
    """Fresh copies of one shop, one after the other, in a folder of its own: before each, everything is as it was at the beginning."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.centre = folder / "centre"
        self._folder = folder
        self._first = folder / "first.db"
        self._work = Workplace(Config(data=self.centre), clock)
        self._shop_id = ""

    async def prepare(self, shop: Json, pack: str) -> None:
        """Bring the shop in, and keep how it is."""
        work, path = self._work, self._folder / "shop.json"
        self._write(path, shop)
        await work.open()
        settings = identity.ShopSettings(display_name="Tau2 Retail", locale="en", time_zone="America/New_York")
        made = await work.shops.create(console_actor([]), SLUG, "Tau2 Retail", commerce.TAU2_CURRENCY, settings)
        self._shop_id = made.id
        await work.packs.choose(console_actor([made.id]), made.id, pack)
        await commerce.import_tau2(work.database, path, made.id, customers.write_tau2_users, work.clock.now())
        await asyncio.to_thread(_copy, self.centre / "xinfu.db", self._first)

    async def fresh(self) -> tuple[Workplace, Id]:
        """The workplace with the shop as it was at the beginning, and the shop's id."""
        await asyncio.to_thread(_copy, self._first, self.centre / "xinfu.db")
        return self._work, self._shop_id

    async def close(self) -> None:
        await self._work.close()

    def _write(self, path: Path, shop: Json) -> None:
        self.centre.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(shop), "utf-8")


def _copy(source: Path, target: Path) -> None:
    """All of one SQLite file into another, through SQLite itself, so that who has it open sees the new content."""
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


async def play(work: Workplace, shop_id: Id, task: Task, before: Json) -> Played:
    """The task's actions one after the other, each with the customer's recorded yes."""
    actor = agent(shop_id)
    hand = Hand(work.operations, work.cases, work.customers, actor, shop_id)
    done: list[Done] = []
    for n, write in enumerate(task.writes):
        yes = Yes(words=f"yes ({write.id})", key=f"tau2:{task.id}:{n}")
        done.append(Done(write, yes, await hand.act(write.name, write.arguments, task.customer, yes)))
    after = await export(work.database, work.cases, actor, shop_id)
    return Played(task, tuple(done), difference(before, after), after)


def report(played: list[Played]) -> Json:
    """What is written beside the tasks' files."""
    outcomes = [done.outcome for one in played for done in one.actions]
    return {
        "summary": {
            "tasks": len(played),
            "tasks_that_write": sum(bool(one.actions) for one in played),
            "actions": len(outcomes),
            "done": sum(outcome.done for outcome in outcomes),
            "refused": dict(Counter(outcome.code for outcome in outcomes if not outcome.done)),
            "by_action": {name: _tally(played, name) for name in sorted(WRITING)},
        },
        "tasks": [_told(one) for one in played],
    }


def _tally(played: list[Played], name: str) -> dict[str, int]:
    own = [done.outcome.done for one in played for done in one.actions if done.action.name == name]
    return {"done": sum(own), "refused": len(own) - sum(own)}


def _told(one: Played) -> Json:
    return {
        "id": one.task.id,
        "customer": one.task.customer,
        "actions": [
            {
                "id": done.action.id,
                "name": done.action.name,
                "order": done.action.arguments.get("order_id", ""),
                "result": "done" if done.outcome.done else "refused",
                **{key: value for key, value in asdict(done.outcome).items() if key != "done" and value},
                "confirmation": {"by": done.yes.by, "words": done.yes.words, "key": done.yes.key},
            }
            for done in one.actions
        ],
        "changed": {kind: sorted(records) for kind, records in one.changed.items() if records},
    }


def _task(given: Json, shop: Json) -> Task:
    actions = (given["evaluation_criteria"] or {}).get("actions") or []
    writes = tuple(Write(str(a["action_id"]), a["name"], a["arguments"]) for a in actions if a["name"] in WRITING)
    if not _ID.fullmatch(id_ := str(given["id"])):
        raise ValueError(f"id {id_[:60]!r}")
    return Task(id_, next(_customers(actions, shop), ""), writes)


def _customers(actions: list[Json], shop: Json) -> Iterator[str]:
    """Who the conversation may be with: as identified in it, else whoever owns what is spoken of."""
    users, orders = shop["users"], shop["orders"]
    for action in actions:
        given = action["arguments"]
        match action["name"]:
            case "find_user_id_by_email":
                yield from (key for key, user in users.items() if user["email"].lower() == given["email"].lower())
            case "find_user_id_by_name_zip":
                name = (given["first_name"].lower(), given["last_name"].lower(), given["zip"])
                yield from (key for key, user in users.items() if _name_zip(user) == name)
            case "get_user_details":
                yield given["user_id"]
    for action in actions:
        if action["name"] in WRITING:
            order = orders.get(action["arguments"].get("order_id"))
            yield order["user_id"] if order else action["arguments"].get("user_id", "")


def _name_zip(user: Json) -> tuple[str, str, str]:
    return user["name"]["first_name"].lower(), user["name"]["last_name"].lower(), user["address"]["zip"]
