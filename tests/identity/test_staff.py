"""Staff, roles and keys: nobody gives what they do not have, nobody locks the last owner out."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from tests.identity.conftest import Centre
from xinfu.identity import AccessChanged, Permission, ShopSettings
from xinfu.identity.errors import BeyondOwnRights, LastOwner, LoginTaken, RoleFixed, RoleUnknown, WrongPassword
from xinfu.identity.service_staff import StaffChange
from xinfu.kit.auth import Actor
from xinfu.kit.errors import Forbidden, NotFound, NotSignedIn
from xinfu.kit.ids import Id

type Act = Callable[[Centre, Actor, Id], Awaitable[object]]

GUARDED: dict[str, tuple[Permission, Act]] = {
    "list staff": (Permission.STAFF_READ, lambda c, a, _: c.staff.of_shop(a, c.shop_id)),
    "create staff": (Permission.STAFF_MANAGE, lambda c, a, _: c.staff.create(a, c.shop_id, "new", "新人", "agent")),
    "change staff": (Permission.STAFF_MANAGE, lambda c, a, who: c.staff.update(a, c.shop_id, who, StaffChange(name="别名"))),
    "reset a password": (Permission.STAFF_MANAGE, lambda c, a, who: c.staff.reset_password(a, c.shop_id, who)),
    "list roles": (Permission.STAFF_READ, lambda c, a, _: c.roles.all(a, c.shop_id)),
    "change a role": (Permission.ROLES_MANAGE, lambda c, a, _: c.roles.put(a, c.shop_id, "agent", {Permission.ORDERS_READ})),
    "list keys": (Permission.TOKENS_MANAGE, lambda c, a, _: c.tokens.of_shop(a, c.shop_id)),
    "make a key": (Permission.TOKENS_MANAGE, lambda c, a, _: c.tokens.create(a, c.shop_id, "k", {Permission.ORDERS_READ})),
    "revoke a key": (Permission.TOKENS_MANAGE, lambda c, a, _: c.tokens.revoke(a, c.shop_id, "0" * 32)),
    "read settings": (Permission.SETTINGS_READ, lambda c, a, _: c.settings.view(a, c.shop_id)),
    "save settings": (Permission.SETTINGS_EDIT, lambda c, a, _: c.settings.save(a, c.shop_id, ShopSettings(capacity=9), 1)),
    "open a shop": (Permission.SETTINGS_EDIT, lambda c, a, _: c.shops.create(a, "second", "二店")),
    "see the widget's secret": (Permission.SETTINGS_EDIT, lambda c, a, _: c.shops.widget_secret(a, c.shop_id)),
    "read the audit log": (Permission.AUDIT_READ, lambda c, a, _: c.audit_log.page(a, c.shop_id)),
}


async def test_without_the_one_permission_each_is_refused_and_nothing_changes(centre: Centre) -> None:
    agent, owner = await centre.person("agent", "mei"), await centre.signed_in()
    before = await centre.everything()
    for permission, act in GUARDED.values():
        with pytest.raises(Forbidden) as refused:
            await act(centre, dataclasses.replace(owner, permissions=frozenset(Permission) - {permission}), agent.id)
        assert refused.value.params["permission"] == permission
    assert await centre.everything() == before


async def test_in_another_shop_nothing_exists_and_nothing_changes(centre: Centre) -> None:
    agent, owner = await centre.person("agent", "mei"), await centre.signed_in()
    stranger = dataclasses.replace(owner, shops=frozenset({"0" * 32}))
    before = await centre.everything()
    for what, (_, act) in GUARDED.items():
        if what != "open a shop":
            with pytest.raises(NotFound):
                await act(centre, stranger, agent.id)
    assert await centre.everything() == before


async def test_a_new_person_signs_in_with_the_password_shown_once(centre: Centre) -> None:
    owner = await centre.signed_in()
    person, password = await centre.staff.create(owner, centre.shop_id, "Mei", "小梅", "agent")
    assert person.password_once
    actor = await centre.signed_in("mei", password)
    assert (actor.name, actor.role) == ("小梅", "agent")
    assert Permission.STAFF_MANAGE not in actor.permissions


async def test_a_login_belongs_to_one_person_even_when_two_are_made_at_once(centre: Centre) -> None:
    owner = await centre.signed_in()
    made = await asyncio.gather(
        *(centre.staff.create(owner, centre.shop_id, "mei", f"梅{n}", "agent") for n in range(4)), return_exceptions=True
    )
    assert sorted(isinstance(m, LoginTaken) for m in made) == [False, True, True, True], made


async def test_an_unknown_role_is_refused(centre: Centre) -> None:
    with pytest.raises(RoleUnknown):
        await centre.staff.create(await centre.signed_in(), centre.shop_id, "mei", "小梅", "emperor")


async def test_a_disabled_person_is_out_at_once_and_stays_out(centre: Centre) -> None:
    agent = await centre.person("agent", "mei")
    token = (await centre.sign_in.login("mei", "mei-mei-mei", "127.0.0.1")).token
    heard: list[AccessChanged] = []

    async def hear(event: AccessChanged) -> None:
        heard.append(event)

    assert centre.database.bus
    centre.database.bus.subscribe(AccessChanged, hear)
    await centre.staff.update(await centre.signed_in(), centre.shop_id, agent.id, StaffChange(disabled=True))
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(token)
    with pytest.raises(WrongPassword):
        await centre.signed_in("mei", "mei-mei-mei")
    await centre.database.bus.drain()
    assert heard == [AccessChanged(agent.id)]


async def test_a_reset_password_unlocks_and_ends_sessions(centre: Centre) -> None:
    agent = await centre.person("agent", "mei")
    for _ in range(5):
        with pytest.raises(WrongPassword):
            await centre.sign_in.login("mei", "wrong", "127.0.0.1")
    owner = await centre.signed_in()
    assert [p.locked for p in await centre.staff.of_shop(owner, centre.shop_id)] == [False, True]
    password = await centre.staff.reset_password(owner, centre.shop_id, agent.id)
    assert (await centre.signed_in("mei", password)).id == agent.id


async def test_the_last_owner_stays_owner(centre: Centre) -> None:
    owner = await centre.signed_in()
    before = await centre.everything()
    for change in (StaffChange(disabled=True), StaffChange(role="agent"), StaffChange(shops=frozenset())):
        with pytest.raises(LastOwner):
            await centre.staff.update(owner, centre.shop_id, owner.id, change)
    assert await centre.everything() == before


async def test_two_owners_cannot_disable_each_other_at_once(centre: Centre) -> None:
    first, second = await centre.signed_in(), await centre.person("owner", "second")
    done = await asyncio.gather(
        centre.staff.update(first, centre.shop_id, second.id, StaffChange(disabled=True)),
        centre.staff.update(second, centre.shop_id, first.id, StaffChange(disabled=True)),
        return_exceptions=True,
    )
    assert sorted(type(d) is LastOwner for d in done) == [False, True]


async def test_nobody_gives_a_role_with_more_than_they_have(centre: Centre) -> None:
    await centre.person("agent", "mei")
    owner = await centre.signed_in()
    manager = dataclasses.replace(owner, permissions=frozenset({Permission.STAFF_MANAGE, Permission.STAFF_READ}))
    before = await centre.everything()
    for role in ("owner", "agent"):
        with pytest.raises(BeyondOwnRights):
            await centre.staff.create(manager, centre.shop_id, "new", "新人", role)
    with pytest.raises(BeyondOwnRights):
        await centre.staff.reset_password(manager, centre.shop_id, owner.id)
    assert await centre.everything() == before


async def test_nobody_puts_people_into_shops_that_are_not_theirs(centre: Centre) -> None:
    other = await centre.shops.create(centre.console, "second", "二店")
    of_one = dataclasses.replace(await centre.signed_in(), shops=frozenset({centre.shop_id}))
    agent = await centre.person("agent", "mei")
    with pytest.raises(BeyondOwnRights):
        await centre.staff.update(of_one, centre.shop_id, agent.id, StaffChange(shops=frozenset({centre.shop_id, other.id})))
    elsewhere = await centre.person("agent", "lan", (other.id,))
    with pytest.raises(NotFound):
        await centre.staff.update(of_one, centre.shop_id, elsewhere.id, StaffChange(name="别名"))


async def test_a_changed_role_holds_at_once_and_the_owners_never_changes(centre: Centre) -> None:
    await centre.person("agent", "mei")
    token = (await centre.sign_in.login("mei", "mei-mei-mei", "127.0.0.1")).token
    owner = await centre.signed_in()
    await centre.roles.put(owner, centre.shop_id, "agent", {Permission.ORDERS_READ})
    assert (await centre.authenticator.by_session(token)).actor.permissions == {"orders.read"}
    with pytest.raises(RoleFixed):
        await centre.roles.put(owner, centre.shop_id, "owner", set())
    with pytest.raises(NotFound):
        await centre.roles.put(owner, centre.shop_id, "emperor", set())


async def test_a_role_holds_in_every_shop_so_only_someone_of_every_shop_changes_it(centre: Centre) -> None:
    of_one = await centre.signed_in()
    await centre.shops.create(centre.console, "second", "二店")
    with pytest.raises(BeyondOwnRights):
        await centre.roles.put(of_one, centre.shop_id, "agent", set())


async def test_a_key_opens_what_it_was_made_for_until_it_expires(centre: Centre) -> None:
    owner = await centre.signed_in()
    view, key = await centre.tokens.create(owner, centre.shop_id, "报表", {Permission.METRICS_READ}, valid_for=timedelta(days=30))
    assert key.startswith(view.prefix) and key.startswith("xf_")
    assert not [row for row in await centre.everything() if key in str(row)]
    actor = (await centre.authenticator.by_key(key)).actor
    assert (actor.kind, actor.id, actor.permissions, actor.shops) == ("token", view.id, {"metrics.read"}, {centre.shop_id})
    centre.clock.move(days=30)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_key(key)


async def test_a_revoked_key_opens_nothing(centre: Centre) -> None:
    owner = await centre.signed_in()
    view, key = await centre.tokens.create(owner, centre.shop_id, "报表", {Permission.METRICS_READ})
    await centre.authenticator.by_key(key)
    await centre.tokens.revoke(owner, centre.shop_id, view.id)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_key(key)
    assert await centre.tokens.of_shop(owner, centre.shop_id) == []
    with pytest.raises(NotFound):
        await centre.tokens.revoke(owner, centre.shop_id, view.id)


async def test_a_key_has_no_more_than_its_maker(centre: Centre) -> None:
    owner = await centre.signed_in()
    maker = dataclasses.replace(owner, permissions=frozenset({Permission.TOKENS_MANAGE}))
    with pytest.raises(BeyondOwnRights):
        await centre.tokens.create(maker, centre.shop_id, "k", {Permission.ORDERS_READ})
    with pytest.raises(BeyondOwnRights):
        await centre.tokens.create(owner, centre.shop_id, "k", {Permission.ORDERS_READ}, {"0" * 32})


async def test_the_audit_log_pages_back_without_gaps_or_repeats(centre: Centre) -> None:
    owner = await centre.signed_in()
    for n in range(7):
        await centre.staff.create(owner, centre.shop_id, f"person{n}", f"员工{n}", "agent")
    seen: list[str] = []
    cursor = None
    while True:
        page = await centre.audit_log.page(owner, centre.shop_id, cursor, "staff", limit=3)
        seen += [entry.target_id for entry in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8  # the seven and the owner
    assert {e.actor_id for e in (await centre.audit_log.page(owner, centre.shop_id, by=owner.id)).items} == {owner.id}
