"""The risk desk: the word on one case, what was found, and what people decide about it. A machine approves or asks; people refuse.

`look` is asked while a case is on its way and never holds it up: what cannot be said in time is left unsaid.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from xinfu.customers import Customers
from xinfu.identity import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Conflict, Forbidden, NotFound
from xinfu.kit.ids import Id, is_id
from xinfu.kit.money import Money
from xinfu.kit.paging import Page, cursor_id, cursor_number, decode_cursor, encode_cursor
from xinfu.kit.text import clean
from xinfu.risk import entity, repository
from xinfu.risk.contracts import Action, Claim, ClaimRisk, Pattern, Reason
from xinfu.risk.errors import AnotherMustDecide, FindingNotFound, LinkNotFound, WrongFindingState
from xinfu.risk.feed import Feed
from xinfu.risk.findings import Findings, dismiss
from xinfu.risk.model import FindingRow, TrustRow
from xinfu.risk.policy import reason_of
from xinfu.risk.ports import FactSource, FindingChanged, RiskWord
from xinfu.risk.schemas import EntityOut, FigureOut, FiguresOut, RiskFindingOut, TrustedOut, finding_out, trusted_out
from xinfu.risk.shelf import Shelf, ShopBook

log = structlog.get_logger()

LOOK_S = 0.5
FIGURES = timedelta(days=90)
STATES_ZH = {"open": "待判断", "confirmed": "已确认", "dismissed": "已排除", "appealed": "申诉中", "lapsed": "已失效"}
_UNSAID = Reason("风控暂时没有结论，按售后规则处理", "nothing could be said of risk in time; the policy alone decides")


class RiskDesk:
    """Constructed with the shelf and feed it answers from; `Feed` fills them."""

    def __init__(
        self, database: Database, clock: Clock, shelf: Shelf, feed: Feed, findings: Findings, source: FactSource, customers: Customers
    ) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf
        self._feed = feed
        self._findings = findings
        self._source = source
        self._customers = customers

    # asked by after-sales

    async def look(self, shop_id: Id, claim: Claim) -> RiskWord:
        """The word on a case as it stands. Never raises and never takes longer than LOOK_S."""
        try:
            async with asyncio.timeout(LOOK_S):
                await self._feed.learn(shop_id, claim.order_id)
                currency = await self._source.currency(shop_id)
                book = self._shelf.of(shop_id)
                if book.ready:
                    return _word(book.score(claim), book.book.links.entity_id(claim.account_id), currency)
        except Exception as error:
            log.warning("risk.look_failed", reason=type(error).__name__)
            currency = "CNY"
        return RiskWord(0.0, Action.APPROVE, None, (_UNSAID,), Money(0, currency), (), claim.account_id, known=False)

    async def appeal_of_case(self, actor: Actor, shop_id: Id, number: str, words: str) -> int:
        """The customer of a case does not agree with how it was decided: what was confirmed in it is judged again by someone else."""
        if shop_id not in actor.shops:
            raise NotFound
        said = clean(words)[:2000]
        async with self._database.unit() as unit:
            rows = [row for row in await repository.findings_of(unit, shop_id, "case", number) if row.state == "confirmed"]
            for row in rows:
                self._appealed(unit, actor, row, said)
        return len(rows)

    # looking

    async def page(
        self, actor: Actor, shop_id: Id, *, state: str | None, pattern: str | None, cursor: str | None, limit: int = 30
    ) -> Page[RiskFindingOut]:
        """Findings, the most money at risk first."""
        actor.require(Permission.RISK_READ, shop_id)
        after = None
        if cursor:
            money, id_ = decode_cursor(cursor, 2)
            after = (cursor_number(money), cursor_id(id_))
        async with self._database.read() as unit:
            rows = await repository.page(unit, shop_id, state=state, pattern=pattern, after=after, limit=limit + 1)
        names = await self._names(shop_id, [row.customer_id for row in rows])
        more = encode_cursor(rows[limit - 1].money_minor, rows[limit - 1].id) if len(rows) > limit else None
        return Page([finding_out(row, names) for row in rows[:limit]], more)

    async def of_case(self, actor: Actor, shop_id: Id, number: str) -> list[RiskFindingOut]:
        """What is said of one case, for whoever handles it."""
        if not actor.may(Permission.RISK_READ, shop_id):
            actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        async with self._database.read() as unit:
            rows = await repository.findings_of(unit, shop_id, "case", clean(number)[:64])
        names = await self._names(shop_id, [row.customer_id for row in rows])
        return [finding_out(row, names) for row in rows]

    async def figures(self, actor: Actor, shop_id: Id) -> FiguresOut:
        """The last 90 days: what was found, and what people made of it."""
        actor.require(Permission.RISK_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.tally(unit, shop_id, self._clock.now() - FIGURES)
        per = {p.value: FigureOut(pattern=p.value) for p in Pattern}
        for pattern, state, count, money in rows:
            if (figure := per.get(pattern)) is not None and state in STATES_ZH:
                setattr(figure, state, getattr(figure, state) + count)
                if state in ("open", "confirmed", "appealed"):
                    figure.money_minor += money
        total = FigureOut(pattern="")
        for figure in per.values():
            for name in (*STATES_ZH, "money_minor"):
                setattr(total, name, getattr(total, name) + getattr(figure, name))
        ready = self._shelf.of(shop_id).ready
        shown = [f for f in per.values() if f.found]
        return FiguresOut(days=FIGURES.days, currency=await self._source.currency(shop_id), total=total, patterns=shown, ready=ready)

    async def entity(self, actor: Actor, shop_id: Id, customer_id: Id) -> EntityOut:
        """Who seems to belong together with this customer, by what, and what was found about them."""
        actor.require(Permission.RISK_READ, shop_id)
        await self._customers.expect(shop_id, customer_id)
        book = self._shelf.of(shop_id)
        members = book.members(customer_id)
        async with self._database.read() as unit:
            rows = await repository.findings_of_customers(unit, shop_id, members)
            trusted = {(t.kind, t.value): t for t in await repository.trusted(unit, shop_id)}
        names = await self._names(shop_id, [*members, *(row.customer_id for row in rows)])
        graph = entity.graph(book, customer_id, members, names, trusted, lambda kind, value: self._shelf.name(shop_id, kind, value))
        return EntityOut(**graph, findings=[finding_out(row, names) for row in rows], ready=book.ready)

    async def trusted(self, actor: Actor, shop_id: Id) -> list[TrustedOut]:
        actor.require(Permission.RISK_READ, shop_id)
        async with self._database.read() as unit:
            rows = await repository.trusted(unit, shop_id)
        return [trusted_out(row, self._shelf.name(shop_id, row.kind, row.value)) for row in rows]

    # deciding

    async def confirm(self, actor: Actor, shop_id: Id, finding_id: Id, *, version: int, words: str) -> RiskFindingOut:
        """A person looked and it is so. On an appeal: it still is so, says someone else than before."""
        row, _ = await self._decide(actor, shop_id, finding_id, "confirmed", version, words)
        return await self._out(shop_id, row)

    async def dismiss(self, actor: Actor, shop_id: Id, finding_id: Id, *, version: int, words: str) -> RiskFindingOut:
        """A person looked and it is not so: the evidence counts no more for anyone it was held against."""
        row, contact = await self._decide(actor, shop_id, finding_id, "dismissed", version, words)
        book = self._shelf.of(shop_id)
        if contact is not None:
            book.clear_contacts(row.customer_id, [contact])
        else:
            dismiss(book, row)
        await self._look_again(shop_id, row.customer_id)
        return await self._out(shop_id, row)

    async def appeal(self, actor: Actor, shop_id: Id, finding_id: Id, *, version: int, words: str) -> RiskFindingOut:
        """Someone does not agree with what was confirmed, for themself or for a customer who said so."""
        actor.require(Permission.RISK_READ, shop_id)
        said = reason_of(words)
        async with self._database.unit() as unit:
            row = await self._existing(unit, shop_id, finding_id, version)
            if row.state != "confirmed":
                raise WrongFindingState(state=row.state, state_zh=STATES_ZH[row.state])
            self._appealed(unit, actor, row, said)
        return await self._out(shop_id, row)

    async def _decide(self, actor: Actor, shop_id: Id, finding_id: Id, to: str, version: int, words: str) -> tuple[FindingRow, str | None]:
        """The finding as decided and, if it is of a contact that was cleared by it, what the book calls that contact."""
        actor.require(Permission.RISK_DECIDE, shop_id)
        if actor.kind not in ("staff", "token"):
            raise Forbidden(permission=Permission.RISK_DECIDE)  # findings are for people to judge
        said = reason_of(words)
        async with self._database.unit() as unit:
            row = await self._existing(unit, shop_id, finding_id, version)
            if row.state not in ("open", "appealed"):
                raise WrongFindingState(state=row.state, state_zh=STATES_ZH[row.state])
            if row.state == "appealed" and row.decided_by_id == actor.id:
                raise AnotherMustDecide
            was = row.state
            row.state, row.words = to, said
            row.decided_at, row.decided_by_id, row.decided_by = self._clock.now(), actor.id, actor.name
            cleared = await self._cleared(unit, row) if to == "dismissed" else None
            self._changed(unit, actor, row, f"risk.{to}", was=was, words=said)
        return row, cleared

    @staticmethod
    async def _cleared(unit: Unit, row: FindingRow) -> str | None:
        """A contact stays on record, marked as cleared."""
        contact = await repository.contact(unit, row.shop_id, row.subject) if row.subject_kind == "contact" else None
        if contact is None:
            return None
        contact.cleared = True
        return f"{contact.conversation_id}@{to_ms(contact.started_at)}"

    # trusting

    async def trust(self, actor: Actor, shop_id: Id, customer_id: Id, *, kind: str, key: str, relation: str, words: str) -> EntityOut:
        """People know why this is shared: it joins nobody any more."""
        actor.require(Permission.RISK_DECIDE, shop_id)
        said = reason_of(words)
        book = self._shelf.of(shop_id)
        value = self._value(book, shop_id, customer_id, kind, key)
        members = book.members(customer_id)
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = await repository.trust(unit, shop_id, kind, value)
            if row is None:
                row = TrustRow(shop_id=shop_id, kind=kind, value=value)
                unit.add(row)
            row.relation, row.words, row.active = relation, said, True
            row.by_id, row.by_name, row.at = actor.id, actor.name, now
            audit.record(unit, actor, now, "risk.trusted", shop_id, "link", key, kind=kind, relation=relation, words=said)
        book.trust(kind, value, trusted=True)
        for member in members:
            await self._look_again(shop_id, member)
        return await self.entity(actor, shop_id, customer_id)

    async def distrust(self, actor: Actor, shop_id: Id, *, kind: str, key: str, words: str) -> None:
        """Take a trust back."""
        actor.require(Permission.RISK_DECIDE, shop_id)
        said = reason_of(words)
        now = self._clock.now()
        async with self._database.unit() as unit:
            rows = await repository.trusted(unit, shop_id)
            row = next((r for r in rows if r.kind == kind and self._shelf.name(shop_id, kind, r.value) == key), None)
            if row is None:
                raise LinkNotFound
            row.active = False
            audit.record(unit, actor, now, "risk.distrusted", shop_id, "link", key, kind=kind, words=said)
        self._shelf.of(shop_id).trust(kind, row.value, trusted=False)

    def _value(self, book: ShopBook, shop_id: Id, customer_id: Id, kind: str, key: str) -> str:
        for member in book.members(customer_id) if is_id(customer_id) else ():
            for held in book.held(member):
                if held.kind == kind and self._shelf.name(shop_id, kind, held.value) == key:
                    return held.value
        raise LinkNotFound

    # inside

    async def _look_again(self, shop_id: Id, customer_id: Id) -> None:
        """Undecided findings of everyone joined to this customer, by what counts now."""
        book = self._shelf.of(shop_id)
        async with self._database.read() as unit:
            rows = await repository.findings_of_customers(unit, shop_id, book.members(customer_id))
        open_ = dict.fromkeys(row.subject for row in rows if row.subject_kind == "case" and row.state == "open")
        for number in (name for subject in open_ for name in (subject, f"{subject}#freight")):
            if (claim := book.claim(number)) is not None:
                await self._findings.of_claim(shop_id, book, book.score(claim))

    def _appealed(self, unit: Unit, actor: Actor, row: FindingRow, said: str) -> None:
        row.state, row.appealed_at, row.appealed_by, row.appeal_words = "appealed", self._clock.now(), actor.name, said
        self._changed(unit, actor, row, "risk.appealed", words=said)

    def _changed(self, unit: Unit, actor: Actor, row: FindingRow, what: str, **detail: str) -> None:
        row.version += 1
        at: datetime = self._clock.now()
        audit.record(
            unit, actor, at, what, row.shop_id, "finding", row.id, pattern=row.pattern, subject=row.subject, kind=row.subject_kind, **detail
        )
        unit.announce(FindingChanged(row.shop_id, row.id, row.subject_kind, row.subject, row.customer_id, row.pattern, row.state))

    @staticmethod
    async def _existing(unit: Unit, shop_id: Id, finding_id: Id, version: int) -> FindingRow:
        row = await repository.finding(unit, shop_id, finding_id) if is_id(finding_id) else None
        if row is None:
            raise FindingNotFound
        if row.version != version:
            raise Conflict
        return row

    async def _names(self, shop_id: Id, customers: list[Id]) -> dict[Id, str]:
        briefs = await self._customers.briefs(shop_id, list(dict.fromkeys(customers)))
        return {id_: entity.shown_name(b.name, known=b.known) for id_, b in briefs.items()}

    async def _out(self, shop_id: Id, row: FindingRow) -> RiskFindingOut:
        return finding_out(row, await self._names(shop_id, [row.customer_id]))


def _word(risk: ClaimRisk, entity_id: Id, currency: str) -> RiskWord:
    best = risk.findings[0] if risk.findings and risk.score > 0 else None
    money = Money(round((best.money_at_risk if best and risk.action != Action.APPROVE else 0.0) * 100), currency)
    reasons = best.reasons if best else ()
    return RiskWord(risk.score, risk.action, risk.pattern, reasons, money, best.evidence if best else (), entity_id)
