"""The calls of the books: look, add up, verify, take home. Nothing here writes."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from xinfu.aftersales.ledger.contracts import Account, Filter
from xinfu.aftersales.ledger.schemas import (
    HEAD,
    BalancesOut,
    EntriesOut,
    VerificationOut,
    balances_out,
    entries_out,
    rows,
    verification_out,
)
from xinfu.aftersales.ledger.service import Ledger
from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.clock import from_ms
from xinfu.kit.http import locale_of, provided
from xinfu.kit.text import clean

router = APIRouter(prefix="/api/v1/ledger", tags=["ledger"])

Service = Annotated[Ledger, Depends(provided(Ledger))]
Word = Annotated[str, Query(max_length=64)]
Ms = Annotated[int | None, Query(ge=0, le=253_370_764_800_000)]


def _filter(
    case_no: Word = "", order_no: Word = "", customer_id: Word = "", account: Account | None = None, kind: Word = "", since: Ms = None,
    until: Ms = None,
) -> Filter:  # fmt: skip
    return Filter(
        case_no=clean(case_no).upper(), order_no=clean(order_no), customer_id=clean(customer_id), account=account, kind=clean(kind),
        since=None if since is None else from_ms(since), until=None if until is None else from_ms(until),
    )  # fmt: skip


Which = Annotated[Filter, Depends(_filter)]


@router.get("/entries")
async def list_entries(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, which: Which,
    cursor: Annotated[str | None, Query(max_length=200)] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EntriesOut:  # fmt: skip
    """Newest first."""
    return entries_out(await service.search(actor, shop, which, cursor, limit), locale_of(request))


@router.get("/entries.csv", response_class=StreamingResponse)
async def take_home(request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, which: Which) -> StreamingResponse:
    """The same as a file for a spreadsheet."""
    actor.require(Permission.LEDGER_READ, shop)
    locale = locale_of(request)

    async def lines() -> AsyncIterator[str]:
        yield "\ufeff" + _csv([HEAD[locale]])
        async for entry in service.every(actor, shop, which):
            yield _csv(rows(entry, locale))

    headers = {"Content-Disposition": 'attachment; filename="ledger.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/balances")
async def balances(
    request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, since: Ms = None, until: Ms = None
) -> BalancesOut:  # fmt: skip
    start, end = (None if ms is None else from_ms(ms) for ms in (since, until))
    return balances_out(await service.balances(actor, shop, start, end), locale_of(request))


@router.get("/verify")
async def verify(request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> VerificationOut:
    """Every entry is read from the first."""
    return verification_out(await service.verify(actor, shop), locale_of(request))


def _csv(table: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue()
