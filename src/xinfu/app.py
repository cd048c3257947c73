"""The composition root: builds every part, wires them together, puts HTTP and sockets in front. It alone knows all folders."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

import xinfu
from xinfu import aftersales, commerce, customers, demo, identity, knowledge, migrations, reception, risk, routing, teaching
from xinfu.aftersales import authority, ledger, listing, settlement
from xinfu.aftersales.packs import endpoints as pack_endpoints
from xinfu.aftersales.packs.looking import LastMonth
from xinfu.aftersales.packs.service import PackDesk
from xinfu.commerce.endpoints import CustomerBook
from xinfu.config import Config
from xinfu.conversations import endpoints as conversation_endpoints
from xinfu.conversations import file_endpoints, widget_endpoints
from xinfu.conversations.board import Board
from xinfu.conversations.cards import Attachments
from xinfu.conversations.contracts import SOLVED, Changed
from xinfu.conversations.customer_gateway import CustomerGateway
from xinfu.conversations.files import Files
from xinfu.conversations.intake import Intake
from xinfu.conversations.keeper import Keeper
from xinfu.conversations.live import Live
from xinfu.conversations.postgres_store import PostgresDriver
from xinfu.conversations.search import ConversationSearch
from xinfu.conversations.service import AnswerLearned, Conversations
from xinfu.conversations.sessions import Sessions
from xinfu.conversations.sqlite_store import SqliteDriver
from xinfu.conversations.staff_gateway import StaffGateway
from xinfu.conversations.store import LogStore
from xinfu.conversations.telling import Telling
from xinfu.kit.auth import Actor
from xinfu.kit.bus import Bus
from xinfu.kit.clock import Clock, SystemClock
from xinfu.kit.database import Database, Unit
from xinfu.kit.durable import Durable
from xinfu.kit.express import Express
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import Id
from xinfu.kit.text import clip
from xinfu.risk_facts import CasePhotos, CaseView, ShopFacts, connect
from xinfu.understanding import Understanding

log = structlog.get_logger()


class Centre:
    """All services of one running centre. start() migrates, loads and begins; stop() finishes what is under way."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.bus = Bus()
        self.database = Database(config.database_url, self.bus)
        self._secret = config.secret()
        self._build_identity()
        self._build_shop()
        self._build_conversations(self._secret)
        self._build_desk()
        self._provide()

    def _build_identity(self) -> None:
        self.authenticator = identity.Authenticator(self.database, self.clock)
        self.passwords = identity.Passwords()
        self.settings = identity.Settings(self.database, self.clock)
        self.shops = identity.Shops(self.database, self.clock, self.settings, self.authenticator)
        self.sign_in = identity.SignIn(self.database, self.clock, self.passwords, self.authenticator)
        self.staff = identity.StaffAdmin(self.database, self.clock, self.passwords, self.authenticator)
        self.roles = identity.Roles(self.database, self.clock, self.authenticator)
        self.tokens = identity.Tokens(self.database, self.clock, self.authenticator)
        self.audit = identity.AuditLog(self.database)

    def _build_shop(self) -> None:
        self.customers = customers.Customers(self.database, self.clock)
        self.orders = commerce.Orders(self.database, self.clock)
        self.products = commerce.Products(self.database, self.clock)
        self.embedded_shop = commerce.EmbeddedShop()
        self.packs = aftersales.Packs.shipped()
        self.pack_desk = PackDesk(self.database, self.clock, self.settings, self.shops, self.packs)
        self.last_month = LastMonth(self.database, self.clock, self.pack_desk)
        self.listings = listing.Listings(self.database, self.clock, self.settings, self.shops)
        self.wallet = customers.Wallet()
        rules = aftersales.order_rules(self.packs, self.settings, self.clock)
        self.order_operations = commerce.OrderOperations(self.database, self.clock, self.settings, self.embedded_shop, rules, self.wallet)
        self.authority = authority.Authority(self.database, self.clock, self.settings)
        self.authority.on_deciding.append(self._hold_order)
        self.limits = authority.Limits(self.database, self.clock)
        self.ledger = ledger.Ledger(self.database)
        self.outside = settlement.simulated(self.config.data / "outside.db", self.clock)
        self.settlement = settlement.Settlement(
            self.database, self.clock, self.bus, self._shop_ids, self.embedded_shop, self.ledger, self.outside.outside,
            Durable(self.config.durable_store), wallet=self.wallet,
        )  # fmt: skip
        self.cases = aftersales.Cases(
            self.database, self.clock, self.settings, self.embedded_shop, self.packs, self.authority, self.settlement,
            self.order_operations, self.wallet,
        )  # fmt: skip
        self._build_risk()
        self.imports = commerce.Imports(self.database, self.clock, self.settings, self.shops, self.customers)
        self.customer_imports = customers.CustomerImports(self.database, self.clock, self.settings)
        search = self.config.data / "search"
        self.knowledge = knowledge.Knowledge(self.database, self.clock, search / "knowledge")
        self.scripts = knowledge.Scripts(self.database, self.clock)
        self.search = ConversationSearch(search / "conversations")

    def _build_risk(self) -> None:
        shelf = self.shelf = risk.Shelf(self._secret)
        self.shop_facts = ShopFacts(self.database, self.shops, shelf.name)
        self.findings = risk.Findings(self.database, self.clock, self.shop_facts)
        self.risk_feed = risk.Feed(self.database, self.clock, shelf, self.shop_facts, self.findings)
        self.risk_desk = risk.RiskDesk(self.database, self.clock, shelf, self.risk_feed, self.findings, self.shop_facts, self.customers)
        self.case_view = CaseView(self.risk_desk, self.shop_facts)

    def _build_conversations(self, secret: bytes) -> None:
        self.files = Files(self.database, self.config.data / "files", secret, self.clock)
        dsn = self.config.postgres_dsn
        self.driver = SqliteDriver(self.config.log_path) if dsn is None else PostgresDriver(dsn)
        self.store = LogStore(self.driver, self.files.signed)
        self.live = Live()
        self.understanding = Understanding.load()
        models = self.config.data / "models"
        self.readers = teaching.Readers(self.database, self.clock, models, self.understanding)
        self.labelled = teaching.Lines(self.database, self.clock)
        self.training = teaching.Training(self.database, self.clock, models, self.readers)
        self.asking = teaching.Asking(self.store, self.labelled, self.readers, self.clock)
        self.intake = Intake(self.store, self.readers, self.clock, self.bus, self.live)
        self.intake.listeners.append(self.search.feed)
        self.conversations = Conversations(self.store, self.intake, self.live, self.settings, self.clock, self.bus)
        self.keeper = Keeper(self.conversations, self.settings, self.clock)
        self.sessions = Sessions(secret, self.shops, self.settings, self.customers, self.conversations, self.clock)
        self.sessions.watchers.append(self.risk_feed.seen)
        self.guard = risk.Guard(
            self.database, self.clock, self.shelf, self.risk_feed, self.findings, self.conversations, self.customers, self.bus
        )
        self.intake.hearers.append(self.guard.hear)
        self.photo_desk = risk.PhotoDesk(
            self.database, self.clock, self.shelf, self.risk_feed, self.findings, self.shop_facts, CasePhotos(self.database, self.files),
            risk.PhotoWorker(),
        )  # fmt: skip
        connect(self.bus, self.risk_feed, self.risk_desk, self.photo_desk)
        self.attachments = Attachments(self.orders, self.products, self.files)
        self._build_cases(secret)

    def _build_cases(self, secret: bytes) -> None:
        self.case_services = aftersales.case_services(
            self.cases, self.authority, self.settlement, self.files, self.orders, self.roles, self.case_view,
            self.outside.outside.carrier, self._shop_ids, secret,
        )  # fmt: skip
        chat = aftersales.CaseChat(Telling(self.store, self.intake))
        self.bus.subscribe(aftersales.CaseChanged, chat.changed)
        self.bus.subscribe(risk.FindingChanged, self._finding_changed)

    def _build_desk(self) -> None:
        self.routing = routing.Routing(self.database, self.clock, self.settings, self.conversations, self.bus)
        self.board = Board(self.conversations, self.search, self.settings, self.routing, self.clock)
        self.customer_gateway = CustomerGateway(self.sessions, self.conversations, self.live, self.attachments)
        self.staff_gateway = StaffGateway(self.authenticator, self.conversations, self.live, self.attachments, self.routing)
        self._build_reception()
        self.intake.responder = reception.LlmDesk(self.reception, self.llm)
        self.intake.waiting = self.reception
        self.bus.subscribe(AnswerLearned, self._learn)
        self.bus.subscribe(Changed, self._note_outcome)
        self.bus.subscribe(identity.AccessChanged, self._access_changed)
        self.bus.subscribe(authority.ApprovalAsked, self._approval_asked)
        self.bus.subscribe(authority.ApprovalDecided, self._approval_decided)
        self.bus.subscribe(aftersales.CaseChanged, self._case_changed)

        base = f"http://{self.config.host}:{self.config.port}"
        self.showroom = demo.Showroom(self.database, self.clock, self.shops, base)

    def _build_reception(self) -> None:
        roles = reception.RoleShelf(self.roles, self.clock)
        self.bus.subscribe(identity.AccessChanged, roles.access_changed)
        clerk = reception.Clerk(roles, self.order_operations, self.cases, self.products, self.clock, self.case_services.desk)
        self.reception = self._front_desk(self.routing.staffed, clerk, self.knowledge.gaps)
        self.llm = reception.Llm(
            reception.LlmSetups(self.database, self.clock, self._secret), reception.Budget(self.database, self.clock),
            self.orders, self.products, self.knowledge, self.settings, self.clock, self.order_operations, self.roles,
        )  # fmt: skip
        drafter = self._front_desk(lambda _: True)
        for desk in (self.reception, drafter):
            self.bus.subscribe(commerce.OrderChanged, desk.order_changed)
            self.bus.subscribe(commerce.OrderOperated, desk.order_changed)
        self.assist = reception.Assist(
            self.conversations, self.understanding, drafter, self.knowledge, self.scripts,
            self.orders, self.order_operations, self.cases, self.settings, self.llm, self.clock,
        )  # fmt: skip
        self.ai_days = reception.AiDays(self.store, self.settings, self.clock)
        self.corrections = reception.Corrections(self.database, self.clock, self.store, self.knowledge, self._teach)

    def _front_desk(
        self, staffed: reception.Staffed, clerk: reception.Clerk | None = None, gaps: knowledge.Gaps | None = None
    ) -> reception.Reception:
        return reception.Reception(
            self.orders, self.products, self.knowledge, self.settings, staffed, self.orders.card, commerce.attribute_asked, self.clock,
            reader=self.understanding, clerk=clerk, gaps=gaps,
        )  # fmt: skip

    async def _teach(self, actor: Actor, shop_id: Id, text: str, before: str | None, intent: str) -> None:
        """A correction of the AI is a labelled message too, if whoever corrects may also train."""
        if actor.may(identity.Permission.UNDERSTANDING_TRAIN, shop_id):
            await self.labelled.add(shop_id, text, before, teaching.Labels(intent=intent), "correction", actor)

    def _provide(self) -> None:
        """What endpoints may ask for, by type."""
        self.provided: dict[type, Any] = {
            type(service): service
            for service in (
                self.authenticator, self.passwords, self.settings, self.shops, self.sign_in, self.staff, self.roles, self.tokens,
                self.audit, self.customers, self.orders, self.products, self.knowledge, self.scripts, self.files, self.conversations,
                self.sessions, self.attachments, self.board, self.routing, self.imports, self.customer_imports, self.showroom,
                self.order_operations, *self.case_services.provided(), self.labelled, self.training, self.asking,
                self.llm, self.assist, self.ai_days, self.corrections, self.authority, self.limits, self.ledger, self.settlement,
                self.pack_desk, self.last_month, self.listings,
                self.risk_desk, self.guard, self.photo_desk,
            )
        }  # fmt: skip
        self.provided[widget_endpoints.Reachable] = self.routing
        self.provided[CustomerBook] = self.customers
        self.provided[aftersales.Photos] = self.files
        self.provided[Database] = self.database

    async def start(self) -> None:
        await migrations.upgrade(self.config)
        if isinstance(self.driver, PostgresDriver):
            await self.driver.open()
        await self.bus.start()
        await self.settings.start()
        await self.pack_desk.start()
        await self.knowledge.start()
        await self.readers.start()
        await self.training.start()
        await self.llm.start()
        await self.intake.start()
        await self.search.start(self.store)
        await self.routing.start()
        await self.keeper.start()
        await self.authority.start()
        await self.settlement.start()
        await self.case_services.keeper.start()
        await self.guard.start()
        await self.risk_feed.start()
        await self.photo_desk.start()
        if self.config.simulate:
            await self.showroom.simulator.start()

    async def stop(self) -> None:
        await self.showroom.simulator.stop()
        await self.photo_desk.stop()
        await self.risk_feed.stop()
        await self.guard.stop()
        await self.last_month.stop()
        await self.case_services.keeper.stop()
        await self.settlement.stop()
        self.outside.books.close()
        await self.authority.stop()
        await self.keeper.stop()
        await self.routing.stop()
        await self.training.stop()
        await self.intake.stop()
        await self.llm.stop()
        await self.readers.stop()
        await self.search.stop()
        await self.bus.stop()
        await self.knowledge.gaps.flush()
        self.knowledge.stop()
        await self.store.close()
        await self.database.dispose()

    async def _shop_ids(self) -> list[Id]:
        return [shop.id for shop in await self.shops.all()]

    async def _hold_order(self, unit: Unit, approval: authority.Approval) -> None:
        """What is done to an order goes one after another; so does what is approved about it."""
        if approval.ask.order_no:
            await self.embedded_shop.locked(unit, approval.shop_id, approval.ask.order_no)

    async def _approval_asked(self, asked: authority.ApprovalAsked) -> None:
        body = _approval(asked.approval_id, asked.case_no, "waiting", asked.asked_by, str(asked.amount))
        for person in asked.people:
            self.live.tell_person(asked.shop_id, person, body)

    async def _approval_decided(self, decided: authority.ApprovalDecided) -> None:
        body = _approval(decided.approval_id, decided.case_no, decided.state, decided.actor_name, "")
        for person in {decided.asked_by_id, *decided.people}:
            self.live.tell_person(decided.shop_id, person, body)

    async def _case_changed(self, changed: aftersales.CaseChanged) -> None:
        """Open lists and pages of cases look again; who may read them is asked then."""
        told = {"kind": "case", "number": changed.number, "version": changed.n}
        self.live.tell_shop(changed.shop_id, json.dumps(told)[1:-1])

    async def _finding_changed(self, changed: risk.FindingChanged) -> None:
        if changed.subject_kind == "case" and changed.state in ("open", "confirmed"):
            await self.case_services.triage.look_again(changed.shop_id, changed.subject)

    async def _access_changed(self, changed: identity.AccessChanged) -> None:
        self.live.sign_off(changed.actor_id)

    async def _note_outcome(self, changed: Changed) -> None:
        """Scripts are judged by what became of the conversations they were used in."""
        c = changed.conversation
        if changed.was == "agent" and c.state == "queued":
            await self.scripts.note_outcome(c.shop_id, c.id, handed_back=True)
        elif c.state == "closed" and c.assignee_id:
            await self.scripts.note_outcome(c.shop_id, c.id, resolved=c.outcome in SOLVED, rating=c.rating)

    async def _learn(self, learned: AnswerLearned) -> None:
        """A lead's answer becomes a draft article, for the trainer to review."""
        if not learned.actor.may(identity.Permission.KNOWLEDGE_EDIT, learned.shop_id):
            return
        draft = knowledge.ArticleIn(title=clip(learned.question, 80), body=learned.answer, audience="staff", status="draft")
        await self.knowledge.create(learned.actor, learned.shop_id, draft)


def _approval(approval_id: Id, case_no: str, state: str, who: str, amount: str) -> str:
    """What staff sockets are told of an approval; `amount` only where it is asked for."""
    told = {"kind": "approval", "approval_id": approval_id, "case_no": case_no, "state": state, "who": who, "amount": amount}
    return json.dumps(told, ensure_ascii=False)[1:-1]


class Front:
    """The ASGI door: sockets go to their gateways as raw ASGI, everything else to FastAPI, frequent calls by a short way.

    The widget's calls come from other people's pages, so they alone allow any origin (their token travels in a header, never in a cookie).
    Pages are compressed; API answers are small and stay as they are.
    """

    def __init__(self, centre: Centre, http: FastAPI, routers: Iterable[APIRouter]) -> None:
        self.centre = centre
        self.http = http
        self.api = Express(http, routers)
        self.widget = CORSMiddleware(
            self.api, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["Authorization", "Content-Type"], max_age=86400
        )
        self.pages = GZipMiddleware(http, minimum_size=1024, compresslevel=6)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.http(scope, receive, send)
        elif scope["type"] == "http":
            path: str = scope["path"]
            door = self.widget if path.startswith("/api/v1/widget/") else self.api if path.startswith("/api/") else self.pages
            await door(scope, receive, send)
        elif scope["path"] == "/ws/customer":
            await self.centre.customer_gateway(scope, receive, send)
        elif scope["path"] == "/ws/agent":
            await self.centre.staff_gateway(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4404})


def create_app(config: Config, clock: Clock | None = None) -> Front:
    """The whole centre as one ASGI application; its lifespan starts and stops it."""
    centre = Centre(config, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await centre.start()
        http.state.ready = True
        log.info("centre.started", store="postgresql" if config.database else "sqlite")
        yield
        http.state.ready = False
        await centre.stop()

    http = FastAPI(title="Xinfu 心服", version=xinfu.__version__, lifespan=lifespan, docs_url="/docs", redoc_url=None)
    http.state.provided = centre.provided
    http.state.ready = False
    install_problem_handlers(http)
    routers = (
        identity.router, conversation_endpoints.router, file_endpoints.router, widget_endpoints.router, customers.router,
        commerce.router, commerce.operations_router, aftersales.router, aftersales.case_router, aftersales.customer_router,
        authority.router, ledger.router, settlement.router, pack_endpoints.router, listing.router,
        knowledge.router, knowledge.scripts_router, teaching.router, routing.router, risk.router,
        reception.router, reception.assist_router, reception.llm_router,
    )  # fmt: skip
    for router in (*routers, demo.router) if config.demo else routers:
        # Routes as they stand, with their whole path: including a router analyses each of them again, at the first request.
        http.router.routes.extend(router.routes)
    _add_health(http, centre)
    _add_pages(http, config)
    return Front(centre, http, routers)


def _add_health(http: FastAPI, centre: Centre) -> None:
    @http.get("/healthz", tags=["centre"])
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok", "version": xinfu.__version__}

    @http.get("/readyz", tags=["centre"])
    async def readyz() -> JSONResponse:
        """The stores answer too."""
        try:
            if not http.state.ready:
                raise RuntimeError("starting")
            await centre.store.head("0" * 32)
            async with centre.database.read() as unit:
                await unit.execute(text("SELECT 1"))
        except Exception as error:
            log.warning("centre.not_ready", reason=type(error).__name__)
            return JSONResponse({"status": "not ready"}, 503)
        return JSONResponse({"status": "ready"})

    @http.get("/metrics", tags=["centre"], response_class=Response)
    async def metrics() -> Response:
        """Prometheus text."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


# A page of ours may load only what we serve; the widget's script is meant for other people's pages and needs no such header.
_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
_PAGE_HEADERS = {"Content-Security-Policy": _CSP, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def static_folder() -> Path:
    """The built pages: inside the installed package, or in web/dist of a checkout."""
    packaged = Path(xinfu.__file__).parent / "static"
    return packaged if packaged.is_dir() else Path(xinfu.__file__).parents[2] / "web" / "dist"


def _add_pages(http: FastAPI, config: Config) -> None:
    static = static_folder()

    def page(*parts: str) -> FileResponse:
        return FileResponse(static.joinpath(*parts), headers={**_PAGE_HEADERS, "Cache-Control": "no-cache"})

    @http.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/workbench/")

    @http.get("/widget.js", include_in_schema=False)
    async def widget() -> FileResponse:
        return FileResponse(static / "widget" / "xinfu.js", headers={"Cache-Control": "no-cache"}, media_type="text/javascript")

    @http.get("/chat/{slug}", include_in_schema=False)
    async def chat(slug: str) -> FileResponse:
        return page("pages", "chat.html")

    if config.demo:

        @http.get("/shop/{slug}", include_in_schema=False)
        async def shop(slug: str) -> FileResponse:
            return page("pages", "shop.html")

    @http.get("/workbench/{path:path}", include_in_schema=False)
    async def workbench(request: Request, path: str) -> FileResponse:
        """The workbench is one page; its own router knows the rest of the path."""
        asset = (static / "workbench" / path).resolve()
        if path and asset.is_file() and asset.is_relative_to(static / "workbench"):
            return FileResponse(
                asset, headers={"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
            )
        return page("workbench", "index.html")

    if (static / "pages").is_dir():
        http.mount("/pages", StaticFiles(directory=static / "pages"), name="pages")
