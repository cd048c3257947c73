"""A case as others see it, made from its rows."""

from collections.abc import Sequence

import msgspec

from xinfu.aftersales.contracts import Case, CaseEvent, Explanation, LineAmount, Work
from xinfu.aftersales.model import CaseEventRow, CaseLineRow, CaseRow
from xinfu.kit.money import Money


def case_of(row: CaseRow, lines: Sequence[CaseLineRow], events: Sequence[CaseEventRow]) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        shop_id=row.shop_id,
        order_no=row.order_no,
        customer_id=row.customer_id,
        kind=row.kind,  # type: ignore[arg-type]  # only ever written from the same literals
        state=row.state,  # type: ignore[arg-type]
        reason=row.reason,  # type: ignore[arg-type]
        party=row.party,  # type: ignore[arg-type]
        words=row.words,
        remedy=row.remedy,
        photos=tuple(row.photos),
        verdict=row.verdict,  # type: ignore[arg-type]
        basis=row.basis,
        freight_payer=row.freight_payer,  # type: ignore[arg-type]
        disposition=row.disposition,  # type: ignore[arg-type]
        lines=tuple(LineAmount(li.position, li.sku, li.name, li.quantity, Money(li.amount_minor, row.currency), li.to_sku) for li in lines),
        freight_refund=Money(row.freight_minor, row.currency),
        total=Money(row.amount_minor, row.currency),
        explanation=tuple(Explanation(**line) for line in row.explanation),
        pack=row.pack,
        pack_version=row.pack_version,
        opened_at=row.opened_at,
        opened_by_kind=row.opened_by_kind,
        opened_by=row.opened_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        closed_at=row.closed_at,
        version=row.version,
        timeline=tuple(CaseEvent(e.at, e.code, e.zh, e.en, e.actor_kind, e.actor_name, e.public) for e in events),
        repaid=Money(row.repaid_minor, row.currency),
        due_at=row.due_at,
        assignee_id=row.assignee_id,
        assignee=row.assignee,
        appealed=row.appealed,
        gift=row.gift,
        work=work_of(row),
        refund_to=row.refund_to,
    )


def work_of(row: CaseRow) -> Work:
    return msgspec.convert(row.work, Work)


def keep_work(row: CaseRow, work: Work) -> None:
    row.work = msgspec.to_builtins(work)
