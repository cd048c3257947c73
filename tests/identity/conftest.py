"""A centre with one shop and an owner, and quick people to put in it."""

from dataclasses import dataclass

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from xinfu.identity import AuditLog, Authenticator, Passwords, Settings, Shops, SignIn, bootstrap, console_actor
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
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

    @property
    def console(self) -> Actor:
        return console_actor([self.shop_id])

    async def signed_in(self, login: str = "owner", password: str = OWNER_PASSWORD) -> Actor:
        token = (await self.sign_in.login(login, password, "127.0.0.1")).token
        return (await self.authenticator.by_session(token)).actor


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
        Shops(database, clock, settings),
        authenticator,
        SignIn(database, clock, passwords, authenticator),
        AuditLog(database),
    )
