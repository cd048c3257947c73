"""The staff's calls about cases (docs/protocol.md section 4). Thin: services decide, this only translates."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from xinfu.aftersales.appeals import Appeals
from xinfu.aftersales.care import CaseCare
from xinfu.aftersales.case_schemas import (
    AcceptIn,
    AppealDecideIn,
    AppealIn,
    AppealOut,
    AppealsOut,
    AssignIn,
    BulkIn,
    BulkOut,
    CaseOut,
    CasePageOut,
    CasesOut,
    CheckIn,
    CountsOut,
    EvidenceIn,
    InspectIn,
    NoteIn,
    ParcelIn,
    RemedyIn,
    SettleIn,
    TextIn,
    VersionIn,
    appeal_out,
    bulked_out,
    case_out,
    cases_out,
    counts_out,
    page_out,
)
from xinfu.aftersales.contracts import Case, Kind, State
from xinfu.aftersales.desk import CaseDesk, Order
from xinfu.aftersales.desk_contracts import AppealState, Filter, Found, Queue, Terms
from xinfu.aftersales.goods import GoodsDesk
from xinfu.aftersales.photos import Photos, links_of
from xinfu.aftersales.service import Cases
from xinfu.identity import CurrentActor, CurrentShop
from xinfu.kit.http import locale_of, provided
from xinfu.kit.ids import Id
from xinfu.kit.paging import Page

router = APIRouter(prefix="/api/v1/aftersales", tags=["after-sales"])

Service = Annotated[Cases, Depends(provided(Cases))]
Desk = Annotated[CaseDesk, Depends(provided(CaseDesk))]
Goods = Annotated[GoodsDesk, Depends(provided(GoodsDesk))]
Care = Annotated[CaseCare, Depends(provided(CaseCare))]
Appealing = Annotated[Appeals, Depends(provided(Appeals))]
Pictures = Annotated[Photos, Depends(provided(Photos))]
Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


class Teller:
    """Cases in the reader's language, each with the very pack it was judged by."""

    def __init__(self, request: Request, service: Service) -> None:
        self.locale = locale_of(request)
        self._service = service

    def case(self, case: Case) -> CaseOut:
        pack = self._service.pack_version(case.shop_id, case.pack, case.pack_version)
        return case_out(case, pack, self.locale, self._service.book.clock.now())

    def page(self, page: Page[Case]) -> CasesOut:
        packs = [self._service.pack_version(c.shop_id, c.pack, c.pack_version) for c in page.items]
        return cases_out(page, packs, self.locale, self._service.book.clock.now())


Tell = Annotated[Teller, Depends()]


@router.get("/cases")
async def search_cases(
    actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk,
    customer_id: Annotated[Id | None, Query(max_length=32)] = None, queue: Queue | None = None, state: State | None = None,
    kind: Kind | None = None, mine: bool = False, overdue: bool = False, risky: bool = False, appealed: bool = False, simple: bool = False,
    live: bool = False, order: Order = "newest", cursor: Cursor = None, limit: Limit = 30,
) -> CasesOut:  # fmt: skip
    """Newest first, or by when the next step is due."""
    wanted = Filter(
        customer_id=customer_id, queue=queue, state=state, kind=kind, mine=mine, overdue=overdue, risky=risky, appealed=appealed,
        simple=simple, live=live or overdue,
    )  # fmt: skip
    return tell.page(await desk.page(actor, shop, wanted, order, cursor, limit))


@router.get("/cases/counts")
async def count_cases(actor: CurrentActor, shop: CurrentShop, desk: Desk) -> CountsOut:
    return counts_out(await desk.counts(actor, shop))


@router.post("/cases/bulk")
async def accept_simple_cases(body: BulkIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> BulkOut:
    """Each judged again by itself; what is not simple stays as it is and says why."""
    done = await desk.bulk(actor, shop, [(item.number, item.version) for item in body.items], body.note)
    return BulkOut(items=[bulked_out(b, tell.case(b.case) if b.case else None, tell.locale) for b in done])


@router.get("/orders/{no}/cases")
async def cases_of_order(no: str, actor: CurrentActor, shop: CurrentShop, tell: Tell, service: Service) -> CasesOut:
    """Oldest first."""
    return tell.page(Page(await service.of_order(actor, shop, no), None))


@router.get("/cases/{number}")
async def show_case(
    number: str, request: Request, actor: CurrentActor, shop: CurrentShop, service: Service, desk: Desk, photos: Pictures
) -> CasePageOut:
    """The case with what the person looking at it can do."""
    shown = await desk.look(actor, shop, number)
    links = await links_of(photos, shop, shown.case)
    pack = service.pack_version(shop, shown.case.pack, shown.case.pack_version)
    return page_out(shown, pack, locale_of(request), service.book.clock.now(), links)


@router.post("/cases/{number}/withdraw")
async def withdraw_case(number: str, actor: CurrentActor, shop: CurrentShop, tell: Tell, service: Service) -> CaseOut:
    return tell.case(await service.withdraw(actor, shop, number))


@router.post("/cases/{number}/accept")
async def accept_case(number: str, body: AcceptIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, service: Service) -> CaseOut:
    terms = Terms(what=body.what, amount=body.amount)
    return tell.case(await service.accept(actor, shop, number, version=body.version, note=body.note, terms=terms))


@router.post("/cases/{number}/decline")
async def decline_case(number: str, body: NoteIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, service: Service) -> CaseOut:
    """The note is the reason, and the customer reads it."""
    return tell.case(await service.decline(actor, shop, number, version=body.version, note=body.note))


@router.post("/cases/{number}/assign")
async def assign_case(number: str, body: AssignIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> CaseOut:
    return tell.case(await desk.assign(actor, shop, number, version=body.version, staff_id=body.staff_id))


@router.post("/cases/{number}/notes")
async def note_case(number: str, body: TextIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> CaseOut:
    """A line only staff see."""
    return tell.case(await desk.note(actor, shop, number, body.text))


@router.post("/cases/{number}/evidence")
async def add_evidence(number: str, body: EvidenceIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> CaseOut:
    return tell.case(await desk.add_photos(actor, shop, number, body.photos, body.words, version=body.version))


@router.post("/cases/{number}/parcel")
async def sent_back(number: str, body: ParcelIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, goods: Goods) -> CaseOut:
    """The customer sent it by themselves."""
    done = await goods.sent(
        actor, shop, number, body.carrier, body.tracking_no, claimed=body.claimed, weight_g=body.weight_g, version=body.version
    )
    return tell.case(done)


@router.post("/cases/{number}/arrived")
async def parcel_arrived(number: str, body: VersionIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, goods: Goods) -> CaseOut:
    return tell.case(await goods.arrived(actor, shop, number, version=body.version))


@router.post("/cases/{number}/inspect")
async def inspect_goods(number: str, body: InspectIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, goods: Goods) -> CaseOut:
    found = Found(**body.model_dump(exclude={"version"}))
    return tell.case(await goods.inspect(actor, shop, number, version=body.version, found=found))


@router.post("/cases/{number}/reject")
async def reject_goods(number: str, body: NoteIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, goods: Goods) -> CaseOut:
    """Refused after inspection; the note is the reason, and the customer reads it."""
    return tell.case(await goods.reject(actor, shop, number, version=body.version, note=body.note))


@router.post("/cases/{number}/repaired")
async def goods_repaired(number: str, body: NoteIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, goods: Goods) -> CaseOut:
    return tell.case(await goods.repaired(actor, shop, number, version=body.version, note=body.note))


@router.post("/cases/{number}/check")
async def check_step(number: str, body: CheckIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, care: Care) -> CaseOut:
    """One step of the checklist is done."""
    return tell.case(await care.check(actor, shop, number, version=body.version, step=body.step, said_to=body.words))


@router.post("/cases/{number}/remedy")
async def offer_remedy(number: str, body: RemedyIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, care: Care) -> CaseOut:
    done = await care.remedy(actor, shop, number, version=body.version, what=body.what, amount=body.amount, note=body.note)
    return tell.case(done)


@router.post("/cases/{number}/close")
async def close_case(number: str, body: NoteIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, care: Care) -> CaseOut:
    return tell.case(await care.close(actor, shop, number, version=body.version, note=body.note))


@router.post("/cases/{number}/reopen")
async def reopen_case(number: str, body: NoteIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, care: Care) -> CaseOut:
    return tell.case(await care.reopen(actor, shop, number, version=body.version, note=body.note))


@router.post("/cases/{number}/retry")
async def retry_case(number: str, body: VersionIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> CaseOut:
    return tell.case(await desk.retry(actor, shop, number, version=body.version))


@router.post("/cases/{number}/settle")
async def settle_case(number: str, body: SettleIn, actor: CurrentActor, shop: CurrentShop, tell: Tell, desk: Desk) -> CaseOut:
    """A lead ends what is stuck."""
    done = await desk.settle(actor, shop, number, version=body.version, by_hand=body.by_hand, note=body.note)
    return tell.case(done)


@router.post("/cases/{number}/appeals")
async def appeal_case(number: str, body: AppealIn, actor: CurrentActor, shop: CurrentShop, appeals: Appealing) -> AppealOut:
    return appeal_out(await appeals.open(actor, shop, number, body.words))


@router.get("/appeals")
async def list_appeals(
    actor: CurrentActor, shop: CurrentShop, appeals: Appealing, state: AppealState = "open", cursor: Cursor = None, limit: Limit = 30
) -> AppealsOut:
    """Longest waiting first."""
    page = await appeals.page(actor, shop, state, cursor, limit)
    return AppealsOut(items=[appeal_out(a) for a in page.items], next=page.next)


@router.post("/appeals/{appeal_id}/decide")
async def decide_appeal(appeal_id: Id, body: AppealDecideIn, actor: CurrentActor, shop: CurrentShop, appeals: Appealing) -> AppealOut:
    """By another person than who refused."""
    return appeal_out(await appeals.decide(actor, shop, appeal_id, granted=body.granted, note=body.note))
