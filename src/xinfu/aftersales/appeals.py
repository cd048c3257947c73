"""Appeals: whoever was refused may ask again, and another person than the one who refused decides."""

from datetime import datetime, timedelta

from xinfu.aftersales import errors, lifecycle, repository
from xinfu.aftersales.casebook import Casebook, said
from xinfu.aftersales.desk_contracts import Appeal, AppealState
from xinfu.aftersales.life import Life
from xinfu.aftersales.model import AppealRow
from xinfu.identity import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, cursor_id, cursor_time, decode_cursor, encode_cursor
from xinfu.kit.text import clean


class Appeals:
    """Every refusal can be appealed against, once at a time."""

    def __init__(self, book: Casebook, life: Life) -> None:
        self._book = book
        self._life = life

    async def open(self, actor: Actor, shop_id: Id, number: str, words: str, *, for_customer: Id | None = None) -> Appeal:
        """By the customer, or by staff for them. Raises CaseNotFound, StateForbids, AppealExists, AppealTooLate, Invalid."""
        actor.require(Permission.AFTERSALES_REQUEST, shop_id)
        told = clean(words)[:1000]
        if not told:
            raise Invalid(why="words")
        now = self._book.clock.now()
        async with self._book.database.unit() as unit:
            row, _ = await self._book.hold(unit, actor, shop_id, number, None, for_customer)
            if row.state != "declined":
                raise lifecycle.forbids(row.state)  # type: ignore[arg-type]
            if any(a.state == "open" for a in await repository.appeals(unit, shop_id, row.id)):
                raise errors.AppealExists
            rule = self._book.pack_of(row).appeal
            if row.closed_at is not None and now >= row.closed_at + timedelta(days=rule.days):
                raise errors.AppealTooLate
            appeal = AppealRow(
                id=new_id(), shop_id=shop_id, case_id=row.id, at=now, by_kind=actor.kind, by_id=actor.id, by_name=actor.name, words=told,
                against_id=row.decided_by_id, against=row.decided_by, state="open", decided_at=None, decided_by_id="",
                decided_by="", note="",
            )  # fmt: skip
            unit.add(appeal)
            row.appealed, row.due_at = True, now + timedelta(hours=rule.answer_hours)
            audit.record(unit, actor, now, "aftersales.appeal_opened", shop_id, "aftersales_appeal", appeal.id, number=row.number)
            zh, en = said("已提交申诉，会由另一位同事重新核实", "Appeal received; another colleague looks at it again", told)
            await self._book.tell(unit, actor, row, now, "appealed", zh, en)
            return appeal_of(appeal, row.number)

    async def decide(self, actor: Actor, shop_id: Id, appeal_id: Id, *, granted: bool, note: str) -> Appeal:
        """By another person than who refused and who appealed. Granted: the case is open again.

        Raises AppealNotFound, AppealDecided, SamePerson, Invalid.
        """
        actor.require(Permission.AFTERSALES_DECIDE, shop_id)
        told = clean(note)[:500]
        if not told or actor.kind not in ("staff", "token"):
            raise Invalid(why="note")
        async with self._book.database.unit() as unit:
            seen = await repository.appeal(unit, shop_id, appeal_id) if is_id(appeal_id) else None
            if seen is None:
                raise errors.AppealNotFound
            number = await repository.number_of(unit, shop_id, seen.case_id)
            row, order = await self._book.hold(unit, actor, shop_id, number)
            appeal = await repository.appeal(unit, shop_id, appeal_id)
            if appeal is None:
                raise errors.AppealNotFound
            if appeal.state != "open":
                if appeal.decided_by_id == actor.id and (appeal.state == "granted") == granted:
                    return appeal_of(appeal, number)
                raise errors.AppealDecided
            if actor.id in (appeal.against_id, appeal.by_id):
                raise errors.SamePerson
            now = self._book.clock.now()
            appeal.state, appeal.decided_at, appeal.note = "granted" if granted else "upheld", now, told
            appeal.decided_by, appeal.decided_by_id = actor.name, actor.id
            row.appealed = False
            audit.record(unit, actor, now, f"aftersales.appeal_{appeal.state}", shop_id, "aftersales_appeal", appeal.id, number=number)
            if granted:
                words = said("申诉成立，重新处理", "The appeal is granted; it is looked at again", told)
                await self._life.take(unit, actor, row, order, "again", words, code="appeal_granted")
            else:
                row.due_at = None
                words = said("申诉没有通过", "The appeal was not granted", told)
                await self._book.tell(unit, actor, row, now, "appeal_upheld", *words)
            return appeal_of(appeal, number)

    async def page(self, actor: Actor, shop_id: Id, state: AppealState, cursor: str | None, limit: int) -> Page[Appeal]:
        """Longest waiting first. Raises Invalid for a cursor of another form."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._book.database.read() as unit:
            rows = await repository.appeals_in(unit, shop_id, state, _after(cursor), limit + 1)
        items = [appeal_of(row, number) for row, number in rows[:limit]]
        last = rows[limit - 1][0] if len(rows) > limit else None
        return Page(items, encode_cursor(last.at.isoformat(), last.id) if last else None)

    async def of_case(self, actor: Actor, shop_id: Id, number: str, *, for_customer: Id | None = None) -> list[Appeal]:
        """Oldest first. Raises CaseNotFound."""
        actor.require(Permission.AFTERSALES_READ, shop_id)
        async with self._book.database.read() as unit:
            row = await self._book.find(unit, actor, shop_id, number, for_customer)
            return [appeal_of(a, row.number) for a in await repository.appeals(unit, shop_id, row.id)]


def appeal_of(row: AppealRow, number: str) -> Appeal:
    return Appeal(
        row.id, row.shop_id, number, row.at, row.by_kind, row.by_name, row.words, row.against, row.state,  # type: ignore[arg-type]
        row.decided_at, row.decided_by, row.note, (row.against_id, row.by_id),
    )  # fmt: skip


def _after(cursor: str | None) -> tuple[datetime, Id] | None:
    if not cursor:
        return None
    at, id_ = decode_cursor(cursor, 2)
    return cursor_time(at), cursor_id(id_)
