"""Writes down what the books say: one finding per pattern and subject, following what is known until a person decides."""

from datetime import datetime

from xinfu.kit.clock import Clock
from xinfu.kit.database import Database, Unit
from xinfu.kit.ids import Id, new_id
from xinfu.risk import repository
from xinfu.risk.contracts import Action, ClaimRisk, Finding, Pattern
from xinfu.risk.model import FindingRow
from xinfu.risk.policy import FOUND, action
from xinfu.risk.ports import FactSource, FindingChanged
from xinfu.risk.shelf import ShopBook

WORTH = 0.4
"""From this score on something is asked of people, so it is written down."""


class Findings:
    """Called by the feed after each fact; people's side is in service.py."""

    def __init__(self, database: Database, clock: Clock, source: FactSource) -> None:
        self._database = database
        self._clock = clock
        self._source = source

    async def of_claim(self, shop_id: Id, book: ShopBook, risk: ClaimRisk) -> None:
        """What is said of a case. A finding that no longer holds lapses, unless a person has decided on it."""
        claim = book.claim(risk.claim_id)
        if claim is None:
            return
        number, _, part = claim.id.partition("#")
        # A case that asks for its own courier's freight is two claims; each speaks for its own patterns.
        mine = {Pattern.OWN_COURIER_FREIGHT} if part else set(Pattern)
        if not part and book.claim(f"{number}#freight") is not None:
            mine.remove(Pattern.OWN_COURIER_FREIGHT)
        worth = {f.pattern: f for f in risk.findings if f.pattern in mine and (f.score >= WORTH or f.hard)}
        entity = book.book.links.entity_id(claim.account_id)
        currency = await self._source.currency(shop_id)
        async with self._database.unit() as unit:
            known = {row.pattern: row for row in await repository.findings_of(unit, shop_id, "case", number)}
            for pattern, finding in worth.items():
                row = known.get(pattern) or self._new(unit, shop_id, "case", number, claim.account_id, claim.order_id, pattern, currency)
                self._follow(unit, row, entity, finding)
            for pattern_name, row in known.items():
                if row.state == "open" and Pattern(pattern_name) in mine and Pattern(pattern_name) not in worth:
                    row.state, row.score, row.action = "lapsed", 0.0, Action.APPROVE
                    self._changed(unit, row)

    async def of_refused_order(self, shop_id: Id, book: ShopBook, no: str) -> None:
        """An order refused at the door by people who do that: there is no case to show it with."""
        order = book.book.facts.orders.get(no)
        if order is None:
            return
        risk = book.account(order.account_id)
        if risk.score < FOUND or Pattern.ORDER_AND_REFUSE not in risk.patterns:
            return
        finding = Finding(Pattern.ORDER_AND_REFUSE, risk.score, risk.reasons, order.paid or 0.0, (no,))
        await self.write(shop_id, "order", no, order.account_id, no, finding, risk.entity_id)

    async def write(self, shop_id: Id, kind: str, subject: str, customer: Id, order_no: str, finding: Finding, entity: Id) -> Id:
        currency = await self._source.currency(shop_id)
        async with self._database.unit() as unit:
            known = {row.pattern: row for row in await repository.findings_of(unit, shop_id, kind, subject)}
            row = known.get(finding.pattern) or self._new(unit, shop_id, kind, subject, customer, order_no, finding.pattern, currency)
            self._follow(unit, row, entity, finding)
            return row.id

    def _new(
        self, unit: Unit, shop_id: Id, kind: str, subject: str, customer: Id, order_no: str, pattern: Pattern, currency: str
    ) -> FindingRow:
        now: datetime = self._clock.now()
        row = FindingRow(
            id=new_id(), shop_id=shop_id, subject_kind=kind, subject=subject, customer_id=customer, entity_id=customer,
            order_no=order_no, pattern=pattern, score=0.0, action="", hard=False, money_minor=0, currency=currency, reasons=[],
            evidence=[], state="new", found_at=now, decided_by_id="", decided_by="", words="", appealed_by="", appeal_words="", version=0,
        )  # fmt: skip
        unit.add(row)
        return row

    def _follow(self, unit: Unit, row: FindingRow, entity: Id, finding: Finding) -> None:
        """An undecided finding says what is known now."""
        if row.state not in ("new", "open", "lapsed"):
            return
        said = [[r.zh, r.en] for r in finding.reasons]
        money = round(finding.money_at_risk * 100)
        if row.state == "open" and (row.score, row.reasons, row.money_minor, row.entity_id) == (finding.score, said, money, entity):
            return
        row.state, row.entity_id, row.score, row.hard = "open", entity, finding.score, finding.hard
        row.action = action(finding.score, hard=finding.hard)
        row.reasons, row.evidence, row.money_minor = said, list(finding.evidence), money
        self._changed(unit, row)

    @staticmethod
    def _changed(unit: Unit, row: FindingRow) -> None:
        row.version += 1
        unit.announce(FindingChanged(row.shop_id, row.id, row.subject_kind, row.subject, row.customer_id, row.pattern, row.state))


def dismiss(book: ShopBook, row: FindingRow) -> None:
    """Take a dismissed finding's evidence out of the book."""
    keys = [row.order_no] if row.pattern == Pattern.ORDER_AND_REFUSE else [row.subject, f"{row.subject}#freight"]
    for key in keys:
        book.dismiss(row.customer_id, row.pattern, key)
