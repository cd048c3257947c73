"""Setting a language model up: who may, what is kept secret, how the budget holds on both stores."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from xinfu.identity.contracts import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, NotFound, Refusal
from xinfu.kit.ids import new_id
from xinfu.reception.llm_budget import Budget
from xinfu.reception.llm_errors import LlmIncomplete, LlmKeyNeeded, LlmUrlInvalid
from xinfu.reception.llm_model import LlmSetup
from xinfu.reception.llm_settings import LlmSettings, LlmSetups, Seal, check_url

SHOP, OTHER = "a" * 32, "b" * 32
SECRET = b"s" * 32
KEY = "sk-very-secret"
GIVEN = LlmSettings(SHOP, enabled=True, url="https://models.example/v1", model="m", rewrite=True, budget_tokens=1000)


def owner(*permissions: Permission, shop: str = SHOP) -> Actor:
    held = permissions or (Permission.SETTINGS_EDIT, Permission.SETTINGS_READ)
    return Actor("staff", new_id(), "店主", frozenset({shop}), frozenset(str(p) for p in held), "owner")


@pytest.fixture
def setups(database: Database, clock: FixedClock) -> LlmSetups:
    return LlmSetups(database, clock, SECRET)


async def test_a_saved_setup_is_in_force_at_once_and_its_key_is_nowhere_to_be_read(setups: LlmSetups, database: Database) -> None:
    saved, key_set = await setups.save(owner(), SHOP, GIVEN, KEY)
    assert key_set
    assert saved.key == ""
    current = setups.current(SHOP)
    assert current
    assert current.key == KEY
    viewed, _ = await setups.view(owner(), SHOP)
    assert viewed.key == ""
    async with database.read() as unit:
        row = (await unit.scalars(select(LlmSetup))).one()
        entry = (await unit.scalars(select(AuditEntry))).one()
    assert KEY not in str(row.__dict__)
    assert KEY not in str(entry.detail)
    assert entry.detail["key_changed"] is True


async def test_another_process_sees_the_setup_and_its_end(setups: LlmSetups, database: Database, clock: FixedClock) -> None:
    elsewhere = LlmSetups(database, clock, SECRET)
    await setups.save(owner(), SHOP, GIVEN, KEY)
    await elsewhere.look_again()
    assert elsewhere.current(SHOP) == setups.current(SHOP)
    assert elsewhere.current(OTHER) is None
    await setups.save(owner(), SHOP, replace(GIVEN, enabled=False, version=1), None)
    await elsewhere.look_again()
    assert elsewhere.current(SHOP) is None
    assert not elsewhere.any_on


async def test_a_new_address_needs_the_key_again_so_that_nobody_can_have_it_sent_to_themselves(setups: LlmSetups) -> None:
    await setups.save(owner(), SHOP, GIVEN, KEY)
    with pytest.raises(LlmKeyNeeded):
        await setups.save(owner(), SHOP, replace(GIVEN, url="https://thief.example/v1", version=1), None)
    current = setups.current(SHOP)
    assert current
    assert current.url == GIVEN.url
    await setups.save(owner(), SHOP, replace(GIVEN, url="https://models.example/v2", version=1), None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (replace(GIVEN, url="ftp://x.example"), LlmUrlInvalid),
        (replace(GIVEN, url="http://models.example/v1"), LlmUrlInvalid),
        (replace(GIVEN, url="https://user:pw@models.example/v1"), LlmUrlInvalid),
        (replace(GIVEN, url="http://169.254.169.254/latest"), LlmUrlInvalid),
        (replace(GIVEN, url="https://x.example:99999/"), LlmUrlInvalid),
        (replace(GIVEN, budget_tokens=0), LlmIncomplete),
        (replace(GIVEN, url=""), LlmIncomplete),
        (replace(GIVEN, version=3), Conflict),
    ],
)
async def test_what_does_not_fit_changes_nothing(setups: LlmSetups, given: LlmSettings, why: type[Refusal]) -> None:
    with pytest.raises(why):
        await setups.save(owner(), SHOP, given, KEY)
    assert setups.current(SHOP) is None
    assert await setups.view(owner(), SHOP) == (LlmSettings(SHOP), False)


async def test_who_may_not_edit_settings_changes_nothing_and_another_shops_setup_does_not_exist(setups: LlmSetups) -> None:
    await setups.save(owner(), SHOP, GIVEN, KEY)
    with pytest.raises(Forbidden):
        await setups.save(owner(Permission.SETTINGS_READ), SHOP, replace(GIVEN, model="evil", version=1), None)
    with pytest.raises(NotFound):
        await setups.save(owner(shop=OTHER), SHOP, replace(GIVEN, model="evil", version=1), None)
    with pytest.raises(NotFound):
        await setups.view(owner(shop=OTHER), SHOP)
    current = setups.current(SHOP)
    assert current
    assert current.model == "m"


def test_local_servers_may_speak_plainly() -> None:
    for url in ("http://127.0.0.1:11434/v1", "http://localhost:8000/v1", "http://10.1.2.3/v1", "http://model.lan/v1", "http://[::1]:80/v1"):
        check_url(url)


def test_a_key_sealed_with_another_secret_is_no_key() -> None:
    assert Seal(b"a" * 32).open(Seal(b"b" * 32).close(KEY)) == ""
    assert Seal(SECRET).open(Seal(SECRET).close(KEY)) == KEY


async def test_calls_made_at_once_never_get_more_than_the_budget(database: Database, clock: FixedClock) -> None:
    budget = Budget(database, clock)
    granted = await asyncio.gather(*(budget.reserve(SHOP, 30, 100) for _ in range(8)))
    assert sum(granted) == 3
    assert await budget.used(SHOP) == 90


async def test_what_was_set_aside_and_not_used_comes_back_and_outcomes_are_counted(database: Database, clock: FixedClock) -> None:
    budget = Budget(database, clock)
    assert await budget.reserve(SHOP, 80, 100)
    await budget.settle(SHOP, 80, 25, "rewrite", ["used"])
    await budget.settle(SHOP, 0, 0, "rewrite", ["timeout"])
    await budget.settle(SHOP, 0, 0, "rewrite", ["timeout"])
    assert await budget.used(SHOP) == 25
    assert await budget.used(OTHER) == 0
    assert await budget.counts(SHOP) == {"rewrite": {"used": 1, "timeout": 2}}
    assert await budget.counts(OTHER) == {}


async def test_a_new_month_begins_with_a_full_budget(database: Database, clock: FixedClock) -> None:
    budget = Budget(database, clock)
    assert await budget.reserve(SHOP, 100, 100)
    assert not await budget.reserve(SHOP, 1, 100)
    clock.at += timedelta(days=31)
    assert await budget.reserve(SHOP, 100, 100)
