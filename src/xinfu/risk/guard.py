"""Protecting staff (RSK-4): hears how contacts go, tells a lead when one becomes too much, warns and ends by the shop's rules.

An agent never has to hang up: a lead does, or the policy. Everything is recorded with who and why, and whatever is left out of figures can
be looked at and put back.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from xinfu.conversations import Summary
from xinfu.conversations.contracts import Changed
from xinfu.conversations.intake import Heard
from xinfu.conversations.service import Conversations
from xinfu.customers import Customers
from xinfu.identity import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor, system_actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock, from_ms, to_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, NotFound, Refusal
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean
from xinfu.risk import guard_policy, repository
from xinfu.risk.contracts import Finding, Pattern, Reason
from xinfu.risk.entity import shown_name
from xinfu.risk.errors import AlreadyExcluded, ContactNotFound, ExclusionNotFound, WarnFirst
from xinfu.risk.feed import Feed
from xinfu.risk.findings import Findings
from xinfu.risk.guard_policy import GuardRules, LiveContact
from xinfu.risk.model import ContactRow, ExclusionRow, RulesRow
from xinfu.risk.policy import reason_of
from xinfu.risk.schemas import ContactOut, ExclusionOut, RulesOut, contact_out, exclusion_out
from xinfu.risk.shelf import Shelf

log = structlog.get_logger()

LIVE = 20_000
ALARM = "harassment"
SURE = 0.7
_BY_LEAD = Reason("组长在会话中提醒", "warned by a lead in the conversation")


class Guard:
    """`hear` is one of intake's hearers; start() … stop(). Services of staff take an actor and are checked."""

    def __init__(
        self, database: Database, clock: Clock, shelf: Shelf, feed: Feed, findings: Findings,
        conversations: Conversations, customers: Customers, bus: Bus,
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._feed = feed
        self._findings = findings
        self._conversations = conversations
        self._customers = customers
        self._live: dict[Id, LiveContact] = {}
        self._due: dict[Id, None] = {}
        self._wake = asyncio.Event()
        self._rules: dict[Id, GuardRules] = {}
        self._task: asyncio.Task[None] | None = None
        bus.subscribe(Changed, self._changed)

    async def start(self) -> None:
        """Contacts that were pressing when the house stopped go on being watched; those that ended meanwhile are closed."""
        async with self._database.read() as unit:
            rows = await repository.contacts_open(unit)
        for row in rows:
            head = await self._conversations.store.head(row.conversation_id, row.shop_id)
            live = _resumed(row)
            if head is None or head.state == "closed":
                await self._keep(live, ended=self._clock.now())
            else:
                self._live[row.conversation_id] = live
        self._task = asyncio.create_task(self._run(), name="risk.guard")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # hearing

    def hear(self, heard: Sequence[Heard]) -> None:
        """Customers' words as they were understood. Counts only; whatever follows is done by the task."""
        for summary, message, reading in heard:
            live = self._live.get(summary.id)
            if live is None:
                live = self._live[summary.id] = _begun(summary, message.at)
                if len(self._live) > LIVE:
                    del self._live[next(iter(self._live))]
            live.heard(message.at, abuse=reading.abuse)
            live.language, live.danger = summary.language, summary.danger is not None
            if reading.abuse or live.pressing or (live.messages % 5 == 0 and self._shelf.of(live.shop_id).refused(live.customer_id)):
                self._due[summary.id] = None
                self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.turn()

    async def turn(self) -> None:
        """Look at every contact something happened in."""
        while self._due:
            conversation_id = next(iter(self._due))
            del self._due[conversation_id]
            live = self._live.get(conversation_id)
            if live is None:
                continue
            try:
                await self._judge(live)
            except Exception:
                log.exception("risk.guard_failed")

    async def _judge(self, live: LiveContact) -> None:
        rules = await self._rules_of(live.shop_id)
        book = self._shelf.of(live.shop_id)
        if not live.pressing:
            now = guard_policy.contact_of(live, from_ms(live.started_ms))
            refused = book.refused(live.customer_id)
            why = guard_policy.presses(live, now, book.contacts(live.customer_id), rules, refused=refused)
            if why:
                await self._press(live, why)
        house = system_actor(live.shop_id)
        if guard_policy.warns_now(live, rules):
            await self._warn(house, live)
        elif guard_policy.ends_now(live, rules):
            await self._end(house, live, "提醒后仍有辱骂")

    async def _press(self, live: LiveContact, why: list[Reason]) -> None:
        """Written down, shown to the leads where they look, and to whoever serves."""
        live.pressing = True
        row = await self._keep(live, why=why)
        finding = Finding(Pattern.HARASSMENT, SURE, tuple(why), 0.0, (live.conversation_id,))
        entity = self._shelf.of(live.shop_id).account(live.customer_id).entity_id
        await self._findings.write(live.shop_id, "contact", row.id, live.customer_id, "", finding, entity)
        house = system_actor(live.shop_id)
        summary = await self._conversations.remark(house, live.shop_id, live.conversation_id, ALARM, zh=why[0].zh, en=why[0].en)
        self._conversations.tell_alarm(live.shop_id, summary, ALARM)

    async def _changed(self, changed: Changed) -> None:
        c = changed.conversation
        if c.state != "closed" or (live := self._live.pop(c.id, None)) is None:
            return
        book = self._shelf.of(c.shop_id)
        if guard_policy.notable(live, refused=book.refused(c.customer_id)):
            self._feed.contact_ended(c.shop_id, guard_policy.contact_of(live, from_ms(live.started_ms)))
            await self._keep(live, ended=self._clock.now())

    async def _keep(self, live: LiveContact, *, why: list[Reason] | None = None, ended: datetime | None = None) -> ContactRow:
        """The contact's row as it stands now."""
        started = from_ms(live.started_ms)
        async with self._database.unit() as unit:
            row = await repository.contact_at(unit, live.shop_id, live.conversation_id, started)
            if row is None:
                row = ContactRow(
                    id=new_id(), shop_id=live.shop_id, conversation_id=live.conversation_id, customer_id=live.customer_id,
                    name=live.name[:120], started_at=started, reasons=[], cleared=False, version=0,
                )  # fmt: skip
                unit.add(row)
            row.active_s, row.messages, row.abusive = live.active_s, live.messages, live.abusive
            row.ended_at = ended or row.ended_at
            if why:
                row.pressing_at = row.pressing_at or self._clock.now()
                row.reasons = [[r.zh, r.en] for r in why]
            row.version += 1
        return row

    # what is done about it

    async def warn(self, actor: Actor, shop_id: Id, conversation_id: Id) -> ContactOut:
        """One click of a lead: the customer reads the shop's own words, not the agent's."""
        self._require_person(actor, shop_id)
        live = await self._contact(shop_id, conversation_id)
        row = await self._warn(actor, live)
        return contact_out(row, None)

    async def end(self, actor: Actor, shop_id: Id, conversation_id: Id, words: str) -> ContactOut:
        """A lead ends it after a warning. Raises WarnFirst, WordsMissing."""
        self._require_person(actor, shop_id)
        said = reason_of(words)
        live = await self._contact(shop_id, conversation_id)
        if not live.warned:
            raise WarnFirst
        row = await self._end(actor, live, said)
        async with self._database.read() as unit:
            excluded = await repository.excluded(unit, shop_id, "contact", [row.id])
        return contact_out(row, excluded.get(row.id))

    async def _warn(self, actor: Actor, live: LiveContact) -> ContactRow:
        rules = await self._rules_of(live.shop_id)
        await self._conversations.caution(actor, live.shop_id, live.conversation_id, rules.warning)
        live.warned, live.pressing, live.abusive_since_warning = True, True, 0
        row = await self._keep(live, why=None if await self._has_reasons(live) else [_BY_LEAD])
        return await self._note(row, actor, "risk.warned", warned_at=self._clock.now(), warned_by=actor.name)

    async def _end(self, actor: Actor, live: LiveContact, why: str) -> ContactRow:
        rules = await self._rules_of(live.shop_id)
        self._live.pop(live.conversation_id, None)
        try:
            await self._conversations.end_for_abuse(actor, live.shop_id, live.conversation_id, rules.ending, why)
        except Refusal:  # it was closed a moment ago
            self._live[live.conversation_id] = live
            raise
        now = self._clock.now()
        self._feed.contact_ended(live.shop_id, guard_policy.contact_of(live, from_ms(live.started_ms)))
        row = await self._keep(live, ended=now)
        row = await self._note(row, actor, "risk.ended", stopped_at=now, stopped_by=actor.name, stop_words=why)
        if rules.exclude_ended:
            await self._leave_out(actor, live.shop_id, "contact", row.id, live.customer_id, why, live.conversation_id)
        return row

    async def _note(self, row: ContactRow, actor: Actor, what: str, **fields: datetime | str) -> ContactRow:
        async with self._database.unit() as unit:
            found = await repository.contact(unit, row.shop_id, row.id)
            assert found is not None  # contacts are never deleted
            for name, value in fields.items():
                setattr(found, name, value)
            found.version += 1
            audit.record(unit, actor, self._clock.now(), what, row.shop_id, "conversation", row.conversation_id)
        return found

    async def _has_reasons(self, live: LiveContact) -> bool:
        async with self._database.read() as unit:
            row = await repository.contact_at(unit, live.shop_id, live.conversation_id, from_ms(live.started_ms))
        return row is not None and bool(row.reasons)

    async def _contact(self, shop_id: Id, conversation_id: Id) -> LiveContact:
        """The contact under way in this conversation; a lead may warn in one that nobody marked."""
        head = await self._conversations.store.head(conversation_id, shop_id) if is_id(conversation_id) else None
        if head is None:
            raise NotFound
        live = self._live.get(conversation_id)
        if live is None:
            live = self._live[conversation_id] = _begun(head, head.opened_at)
        return live

    # looking

    async def contacts(self, actor: Actor, shop_id: Id, cursor: str | None, limit: int = 30) -> Page[ContactOut]:
        """Contacts found pressing, newest first."""
        actor.require(Permission.RISK_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.pressing(unit, shop_id, _place(cursor), limit + 1)
            excluded = await repository.excluded(unit, shop_id, "contact", [row.id for row in rows])
        last = rows[limit - 1] if len(rows) > limit else None
        more = encode_cursor(last.pressing_at.isoformat(), last.id) if last is not None and last.pressing_at else None
        return Page([contact_out(row, excluded.get(row.id)) for row in rows[:limit]], more)

    # figures

    async def leave_out(self, actor: Actor, shop_id: Id, kind: str, subject: str, words: str) -> ExclusionOut:
        """A contact or a case counts no more in figures. By a person with the right to, saying why; never by the agent alone."""
        self._require_person(actor, shop_id)
        said = reason_of(words)
        conversation_id = ""
        if kind == "contact":
            async with self._database.read() as unit:
                row = await repository.contact(unit, shop_id, subject) if is_id(subject) else None
            if row is None:
                raise ContactNotFound
            customer_id, conversation_id = row.customer_id, row.conversation_id
        else:
            claim = self._shelf.of(shop_id).claim(clean(subject)[:64])
            if claim is None:
                raise NotFound
            subject, customer_id = claim.id, claim.account_id
        exclusion = await self._leave_out(actor, shop_id, kind, subject, customer_id, said, conversation_id)
        return exclusion_out(exclusion, await self._names(shop_id, [customer_id]))

    async def count_again(self, actor: Actor, shop_id: Id, exclusion_id: Id, words: str) -> ExclusionOut:
        """Take an exclusion back."""
        self._require_person(actor, shop_id)
        said = reason_of(words)
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = await repository.exclusion(unit, shop_id, exclusion_id) if is_id(exclusion_id) else None
            if row is None:
                raise ExclusionNotFound
            if row.reverted_at is not None:
                raise Conflict
            row.reverted_at, row.reverted_by, row.reverted_why = now, actor.name, said
            contact = await repository.contact(unit, shop_id, row.subject) if row.kind == "contact" else None
            self._audit(unit, actor, now, "risk.counted_again", row, said)
        if contact is not None:
            await self._conversations.leave_out(actor, shop_id, contact.conversation_id, excluded=False, why=said)
        return exclusion_out(row, await self._names(shop_id, [row.customer_id]))

    async def exclusions(self, actor: Actor, shop_id: Id, cursor: str | None, limit: int = 30) -> Page[ExclusionOut]:
        """What figures leave out, newest first, with who and why."""
        actor.require(Permission.RISK_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.exclusions(unit, shop_id, _place(cursor), limit + 1)
        names = await self._names(shop_id, [row.customer_id for row in rows])
        more = encode_cursor(rows[limit - 1].at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
        return Page([exclusion_out(row, names) for row in rows[:limit]], more)

    async def _leave_out(
        self, actor: Actor, shop_id: Id, kind: str, subject: str, customer_id: Id, why: str, conversation_id: Id
    ) -> ExclusionRow:
        now = self._clock.now()
        async with self._database.unit() as unit:
            if await repository.excluded(unit, shop_id, kind, [subject]):
                raise AlreadyExcluded
            row = ExclusionRow(
                id=new_id(), shop_id=shop_id, kind=kind, subject=subject, customer_id=customer_id, why=why, by_kind=actor.kind,
                by_name=actor.name, at=now, reverted_by="", reverted_why="",
            )  # fmt: skip
            unit.add(row)
            self._audit(unit, actor, now, "risk.left_out", row, why)
        if conversation_id:
            await self._conversations.leave_out(actor, shop_id, conversation_id, excluded=True, why=why)
        return row

    @staticmethod
    def _audit(unit: Unit, actor: Actor, at: datetime, what: str, row: ExclusionRow, words: str) -> None:
        audit.record(unit, actor, at, what, row.shop_id, row.kind, row.subject, words=words)

    # rules

    async def rules(self, actor: Actor, shop_id: Id) -> RulesOut:
        actor.require(Permission.RISK_READ, shop_id)
        async with self._database.read() as unit:
            row = await repository.rules(unit, shop_id)
        return _rules_out(row)

    async def save_rules(self, actor: Actor, shop_id: Id, rules: GuardRules, version: int) -> RulesOut:
        """A new version; what was said under the old one stays as it was. Raises RulesInvalid, Conflict."""
        self._require_person(actor, shop_id)
        good = guard_policy.checked(rules)
        now = self._clock.now()
        async with self._database.unit() as unit:
            known = await repository.rules(unit, shop_id)
            if (known.version if known else 0) != version:
                raise Conflict
            row = RulesRow(shop_id=shop_id, version=version + 1, rules=good.plain(), saved_at=now, saved_by=actor.name)
            unit.add(row)
            audit.record(unit, actor, now, "risk.rules_saved", shop_id, "risk_rules", str(row.version))
        self._rules[shop_id] = good
        return _rules_out(row)

    async def _rules_of(self, shop_id: Id) -> GuardRules:
        if shop_id not in self._rules:
            async with self._database.read() as unit:
                row = await repository.rules(unit, shop_id)
            self._rules[shop_id] = guard_policy.rules_of(row.rules) if row else GuardRules()
        return self._rules[shop_id]

    async def _names(self, shop_id: Id, customers: list[Id]) -> dict[Id, str]:
        briefs = await self._customers.briefs(shop_id, list(dict.fromkeys(customers)))
        return {id_: shown_name(b.name, known=b.known) for id_, b in briefs.items()}

    @staticmethod
    def _require_person(actor: Actor, shop_id: Id) -> None:
        actor.require(Permission.RISK_DECIDE, shop_id)
        if actor.kind not in ("staff", "token"):
            raise Forbidden(permission=Permission.RISK_DECIDE)


def _begun(summary: Summary, at_ms: int) -> LiveContact:
    return LiveContact(summary.shop_id, summary.id, summary.customer_id, summary.name, summary.language, at_ms, at_ms)


def _resumed(row: ContactRow) -> LiveContact:
    started = to_ms(row.started_at)
    return LiveContact(
        row.shop_id, row.conversation_id, row.customer_id, row.name, "zh", started, started + row.active_s * 1000,
        active_ms=row.active_s * 1000, messages=row.messages, abusive=row.abusive, pressing=True, warned=row.warned_at is not None,
    )  # fmt: skip


def _rules_out(row: RulesRow | None) -> RulesOut:
    rules = guard_policy.rules_of(row.rules) if row else GuardRules()
    return RulesOut(
        **rules.plain(),
        version=row.version if row else 0,
        saved_at=to_ms(row.saved_at) if row else None,
        saved_by=row.saved_by if row else "",
    )


def _place(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
