"""A centre with one shop and an owner, and quick people to put in it."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select

from xinfu.identity import (
    AuditLog,
    Authenticator,
    Passwords,
    Roles,
    Settings,
    Shops,
    SignIn,
    StaffAdmin,
    Tokens,
    bootstrap,
    console_actor,
    router,
)
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Base, Database
from xinfu.kit.express import Express
from xinfu.kit.http import install_problem_handlers
from xinfu.kit.ids import Id

OWNER_PASSWORD = "a-long-owner-password"


@dataclass
class Centre:
    """Everything of identity over one database."""

    database: Database
    clock: FixedClock
    shop_id: Id
    passwords: Passwords
    settings: Settings
    shops: Shops
    authenticator: Authenticator
    sign_in: SignIn
    audit_log: AuditLog
    staff: StaffAdmin
    roles: Roles
    tokens: Tokens

    @property
    def console(self) -> Actor:
        return console_actor([self.shop_id])

    async def signed_in(self, login: str = "owner", password: str = OWNER_PASSWORD) -> Actor:
        token = (await self.sign_in.login(login, password, "127.0.0.1")).token
        return (await self.authenticator.by_session(token)).actor

    async def person(self, role: str, login: str, shops: tuple[Id, ...] = ()) -> Actor:
        """A new person of that role, signed in; their password is their login twice."""
        password = f"{login}-{login}-{login}"
        acting = console_actor([self.shop_id, *shops])
        await self.staff.create(acting, self.shop_id, login, login.title(), role, shops or (self.shop_id,), password)
        return await self.signed_in(login, password)

    async def everything(self) -> list[tuple[object, ...]]:
        """Every row of identity's own tables but sessions: what a refused action must leave as it was."""
        tables = ["shop", "staff", "staff_shop", "role", "api_token", "settings_version"]
        rows: list[tuple[object, ...]] = []
        async with self.database.read() as unit:
            for table in tables:
                found = await unit.execute(select(Base.metadata.tables[table]))
                rows += sorted(((table, *map(str, row)) for row in found), key=str)
        return rows

    def client(self) -> AsyncClient:
        """A browser at the API."""
        app = FastAPI()
        app.include_router(router)
        install_problem_handlers(app)
        services = (self.settings, self.shops, self.authenticator, self.sign_in, self.audit_log, self.staff, self.roles, self.tokens)
        app.state.provided = {type(service): service for service in services}
        return AsyncClient(transport=ASGITransport(Express(app, [router])), base_url="http://centre.test")


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    """The same algorithm at its cheapest: what is tested here is not how slow argon2id is."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))


@pytest.fixture
async def centre(database: Database, clock: FixedClock, passwords: Passwords) -> Centre:
    made = await bootstrap(database, clock, passwords, "main", "测试店", "owner", OWNER_PASSWORD)
    settings = Settings(database, clock)
    await settings.start()
    authenticator = Authenticator(database, clock)
    return Centre(
        database,
        clock,
        made.shop_id,
        passwords,
        settings,
        Shops(database, clock, settings, authenticator),
        authenticator,
        SignIn(database, clock, passwords, authenticator),
        AuditLog(database),
        StaffAdmin(database, clock, passwords, authenticator),
        Roles(database, clock, authenticator),
        Tokens(database, clock, authenticator),
    )
