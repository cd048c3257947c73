"""HTTP of teaching: labelled messages, training runs, model versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from xinfu.identity import CurrentActor, CurrentShop, Permission
from xinfu.kit.errors import TooLarge
from xinfu.kit.http import provided
from xinfu.kit.tabular import UPLOAD, Report
from xinfu.teaching.asking import Asking
from xinfu.teaching.contracts import HEADS, LABELS, Head
from xinfu.teaching.imports import MAX_BYTES
from xinfu.teaching.lines import Lines
from xinfu.teaching.policy import LEAST_LINES
from xinfu.teaching.schemas import AskedOut, InUseOut, LineIn, LineOut, LinePage, Overview, RunOut, Use, VersionOut
from xinfu.teaching.training import Training

router = APIRouter(prefix="/api/v1/training", tags=["training"])

type LabelledLines = Annotated[Lines, Depends(provided(Lines))]
type Trainer = Annotated[Training, Depends(provided(Training))]
type Queue = Annotated[Asking, Depends(provided(Asking))]
type Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def overview(actor: CurrentActor, shop: CurrentShop, lines: LabelledLines, training: Trainer) -> Overview:
    """How much is labelled, which model is in use, the newest runs."""
    parts, counts = await lines.counts(actor, shop)
    return Overview(
        train=parts["train"],
        held=parts["held"],
        least=LEAST_LINES,
        counts={head: counts.get(head, {}) for head in HEADS},
        labels={head: list(LABELS[head]) for head in HEADS},
        in_use=InUseOut.of(await training.in_use(actor, shop)),
        runs=[RunOut.of(row) for row in await training.runs(actor, shop)],
    )


@router.get("/lines")
async def labelled_lines(
    actor: CurrentActor,
    shop: CurrentShop,
    lines: LabelledLines,
    head: Head | None = None,
    label: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Limit = 50,
) -> LinePage:
    """Newest first."""
    page = await lines.page(actor, shop, head, label, cursor, limit)
    return LinePage(items=[LineOut.of(row) for row in page.items], next=page.next)


@router.post("/lines", status_code=201)
async def label_line(actor: CurrentActor, shop: CurrentShop, lines: LabelledLines, given: LineIn) -> LineOut:
    """For the same message once more, the labels given now replace the old ones and the others stay."""
    return LineOut.of(await lines.add(shop, given.text, given.before, given.labels(), given.source, actor))


@router.delete("/lines/{line_id}", status_code=204)
async def remove_line(actor: CurrentActor, shop: CurrentShop, lines: LabelledLines, line_id: str, head: Head | None = None) -> None:
    """Its words and labels are gone for good; with `head` only that label, and the words with the last one."""
    await lines.remove(actor, shop, line_id, head)


@router.post("/lines/import", openapi_extra=UPLOAD)
async def import_lines(request: Request, actor: CurrentActor, shop: CurrentShop, lines: LabelledLines) -> Report:
    """CSV, JSON or JSON Lines as the body, 100,000 rows and 20 MB at most. With any problem nothing is stored."""
    actor.require(Permission.UNDERSTANDING_TRAIN, shop)
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MAX_BYTES:
            raise TooLarge(limit=f"{MAX_BYTES // 1024 // 1024} MB")
    return await lines.import_file(actor, shop, bytes(data))


@router.get("/unsure")
async def unsure(actor: CurrentActor, shop: CurrentShop, queue: Queue, head: Head = "intent", limit: Limit = 30) -> list[AskedOut]:
    """What customers said lately and nobody has labelled, those first that the model was least sure of."""
    return [AskedOut.of(one) for one in await queue.least_sure(actor, shop, head, limit)]


@router.post("/runs", status_code=201)
async def begin(actor: CurrentActor, shop: CurrentShop, training: Trainer) -> RunOut:
    """Starts in the background; ask for the run to follow it. Conflict (409) while one goes on, or with too few lines."""
    return RunOut.of(await training.begin(actor, shop))


@router.get("/runs/{run_id}")
async def run(actor: CurrentActor, shop: CurrentShop, training: Trainer, run_id: str) -> RunOut:
    return RunOut.of(await training.run(actor, shop, run_id))


@router.post("/runs/{run_id}/cancel")
async def cancel(actor: CurrentActor, shop: CurrentShop, training: Trainer, run_id: str) -> RunOut:
    return RunOut.of(await training.cancel(actor, shop, run_id))


@router.get("/versions")
async def versions(actor: CurrentActor, shop: CurrentShop, training: Trainer) -> list[VersionOut]:
    """Newest first, 100 at most; all are kept."""
    return [VersionOut.of(row) for row in await training.versions(actor, shop)]


@router.get("/versions/{version_id}")
async def version(actor: CurrentActor, shop: CurrentShop, training: Trainer, version_id: str) -> VersionOut:
    return VersionOut.of(await training.version(actor, shop, version_id))


@router.put("/in-use")
async def use(actor: CurrentActor, shop: CurrentShop, training: Trainer, given: Use) -> InUseOut:
    """Publish a version, go back to an older one, or (null) to the built-in one. A clearly worse one only with `even_if_worse`."""
    return InUseOut.of(await training.use(actor, shop, given.version_id, given.even_if_worse))
