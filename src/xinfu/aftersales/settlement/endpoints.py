"""The one call of settlement: where the gateway's statement and our books disagree. It only looks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from xinfu.aftersales.settlement.contracts import Difference, DifferenceKind
from xinfu.aftersales.settlement.reconciling import TO_DO
from xinfu.aftersales.settlement.service import Settlement
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.clock import to_ms
from xinfu.kit.http import locale_of, provided
from xinfu.kit.i18n import Locale, said

router = APIRouter(prefix="/api/v1/aftersales/settlement", tags=["after-sales"])

Service = Annotated[Settlement, Depends(provided(Settlement))]


class DifferenceOut(BaseModel):
    """Amounts as text, null where one side has nothing; above zero went back to the customer. `advice`: what to do about it."""

    kind: DifferenceKind
    key: str
    order_no: str
    case_no: str
    ours: str | None
    theirs: str | None
    currency: str
    text: str
    advice: str


class DifferencesOut(BaseModel):
    since: int
    items: list[DifferenceOut]


@router.get("/differences")
async def differences(request: Request, actor: CurrentActor, shop: CurrentShop, service: Service) -> DifferencesOut:
    """The gateway is asked now; from thirty days ago on."""
    since, found = await service.differences(actor, shop)
    locale = locale_of(request)
    return DifferencesOut(since=to_ms(since), items=[_out(difference, locale) for difference in found])


def _out(d: Difference, locale: Locale) -> DifferenceOut:
    zh, en = TO_DO[d.kind]
    amount = d.ours or d.theirs
    return DifferenceOut(
        kind=d.kind,
        key=d.key,
        order_no=d.order_no,
        case_no=d.case_no,
        ours=d.ours.plain() if d.ours is not None else None,
        theirs=d.theirs.plain() if d.theirs is not None else None,
        currency=amount.currency if amount is not None else "",
        text=said(d.zh, d.en, locale),
        advice=said(zh, en, locale),
    )
