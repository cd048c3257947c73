"""Which messages are worth a label: what customers said lately, those first that the model was least sure of."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Protocol

from xinfu.identity.contracts import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.ids import Id
from xinfu.teaching import policy
from xinfu.teaching.contracts import Head
from xinfu.teaching.lines import Lines
from xinfu.teaching.readers import Readers
from xinfu.understanding import Reading

_PAGES = 10
_PAGE = 1000
_MOST_READ = 1_500  # messages looked at for one list, the newest
_BATCH = 64
_DAY_MS = 86_400_000
_WINDOWS = (1, 7, 30)  # days, until there is enough


class Told(Protocol):
    """A message of the log; conversations.contracts.Message is one."""

    @property
    def conversation_id(self) -> Id: ...
    @property
    def seq(self) -> int: ...
    @property
    def sender(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> int: ...


class MessageLog(Protocol):
    """The messages of all shops in (at, conversation, seq) order; conversations.store.LogStore is one."""

    async def after_position(self, at: int, conversation_id: Id, seq: int, limit: int = 1000) -> Sequence[tuple[Id, Told]]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to label, without personal data, and what the model makes of it."""

    text: str
    before: str
    conversation_id: Id
    reading: Reading


class Asking:
    def __init__(self, log: MessageLog, lines: Lines, readers: Readers, clock: Clock) -> None:
        self._log = log
        self._lines = lines
        self._readers = readers
        self._clock = clock

    async def least_sure(self, actor: Actor, shop_id: Id, head: Head, limit: int) -> list[Asked]:
        """Messages without a label of this kind, the most doubtful first; whoever labels reads conversations, and must be allowed to."""
        actor.require(Permission.UNDERSTANDING_TRAIN, shop_id)
        actor.require(Permission.CONVERSATIONS_READ_ALL, shop_id)
        said: dict[str, tuple[str, str, Id]] = {}
        for days in _WINDOWS:
            said = await self._said(shop_id, self._clock.ms() - days * _DAY_MS)
            if len(said) >= limit:
                break
        done = await self._lines.labelled(shop_id, list(said), head)
        open_ = [one for key, one in said.items() if key not in done][-_MOST_READ:]
        found: list[Asked] = []
        for some in batched(open_, _BATCH):
            model = self._readers.of(shop_id)
            readings = await asyncio.to_thread(model.read, [one[0] for one in some], [one[1] or None for one in some])
            found += [Asked(*one, reading) for one, reading in zip(some, readings, strict=True)]
        found.sort(key=lambda one: -doubt(one.reading, head))
        return found[:limit]

    async def _said(self, shop_id: Id, since: int) -> dict[str, tuple[str, str, Id]]:
        """(text, what the shop had said, conversation) of customers' messages by key; of the same message the last."""
        at, conversation, seq = since, "", 0
        before: dict[Id, str] = {}
        said: dict[str, tuple[str, str, Id]] = {}
        for _ in range(_PAGES):
            page = await self._log.after_position(at, conversation, seq, _PAGE)
            for shop, message in page:
                if shop != shop_id or message.kind != "text" or not message.text.strip():
                    continue
                if message.sender in ("agent", "ai"):
                    before[message.conversation_id] = message.text
                elif message.sender == "customer":
                    text = policy.without_personal(message.text)
                    earlier = policy.without_personal(before.get(message.conversation_id, ""))
                    key = policy.line_key(text, earlier)
                    said.pop(key, None)
                    said[key] = (text, earlier, message.conversation_id)
            if len(page) < _PAGE:
                break
            last = page[-1][1]
            at, conversation, seq = last.at, last.conversation_id, last.seq
        return said


def doubt(reading: Reading, head: Head) -> float:
    """Where a label would teach most: an even choice between two intents, a feeling half seen, and every rare alarm."""
    match head:
        case "emotion":
            return 1 - reading.emotion_p
        case "abuse":
            return 1.0 + reading.intensity if reading.abuse else reading.intensity / 4
        case "danger":
            return 2.0 if reading.danger else reading.intensity / 4
        case _:
            second = reading.top[1][1] if len(reading.top) > 1 else 0.0
            return 1 - (reading.intent_p - second)
