"""Shops: found by slug, kept apart, and trusted to say who a customer is."""

import dataclasses
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.identity.conftest import Centre
from xinfu.identity import ShopSettings, bootstrap
from xinfu.identity.errors import IdentityTokenInvalid, SlugInvalid, SlugTaken
from xinfu.kit.errors import Conflict, Forbidden, NotFound


async def test_running_bootstrap_again_changes_nothing(centre: Centre) -> None:
    again = await bootstrap(centre.database, centre.clock, centre.passwords, "other", "别的", "boss")
    assert (again.shop_id, again.login, again.password) == (centre.shop_id, "owner", None)
    assert [shop.slug for shop in await centre.shops.all()] == ["main"]


async def test_a_shop_is_found_by_slug_and_by_id(centre: Centre) -> None:
    shop = await centre.shops.by_slug("main")
    assert shop == await centre.shops.by_id(centre.shop_id)
    with pytest.raises(NotFound):
        await centre.shops.by_slug("nowhere")
    with pytest.raises(NotFound):
        await centre.shops.by_id("0" * 32)


async def test_a_new_shop_belongs_to_its_maker_and_has_settings_at_once(centre: Centre) -> None:
    owner = await centre.signed_in()
    shop = await centre.shops.create(owner, "second", "二店")
    assert centre.settings.current(shop.id).display_name == "二店"
    assert shop.id in (await centre.signed_in()).shops


async def test_a_slug_fits_a_script_tag_and_is_used_once(centre: Centre) -> None:
    for slug in ("", "a", "A-b", "-ab", "ab-", "a b", "店铺", "a" * 41):
        with pytest.raises(SlugInvalid):
            await centre.shops.create(centre.console, slug, "店")
    with pytest.raises(SlugTaken):
        await centre.shops.create(centre.console, "main", "店")


async def test_an_identity_token_signed_with_the_shops_secret_is_believed(centre: Centre) -> None:
    token = await centre.shops.sign_identity(centre.shop_id, "C-1001", "小明")
    claims = await centre.shops.verify_identity_token("main", token)
    assert (claims["sub"], claims["name"]) == ("C-1001", "小明")


async def test_an_identity_token_of_another_shop_expired_or_incomplete_is_refused(centre: Centre) -> None:
    other = await centre.shops.create(centre.console, "second", "二店")
    foreign = await centre.shops.sign_identity(other.id, "C-1001", "小明")
    expired = await centre.shops.sign_identity(centre.shop_id, "C-1001", "小明", seconds=-1)
    secret = OctKey.import_key(await centre.shops.widget_secret(centre.console, centre.shop_id))
    in_an_hour = int((centre.clock.now() + timedelta(hours=1)).timestamp())
    without_sub = jwt.encode({"alg": "HS256"}, {"exp": in_an_hour}, secret)
    without_exp = jwt.encode({"alg": "HS256"}, {"sub": "C-1001"}, secret)
    number_sub = jwt.encode({"alg": "HS256"}, {"sub": 1001, "exp": in_an_hour}, secret)
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJDLTEwMDEiLCJleHAiOjk5OTk5OTk5OTl9."
    for token in (foreign, expired, without_sub, without_exp, number_sub, unsigned, "", "a.b.c", "店"):
        with pytest.raises(IdentityTokenInvalid):
            await centre.shops.verify_identity_token("main", token)


async def test_a_saved_setting_is_in_force_at_once_and_a_stale_save_is_a_conflict(centre: Centre) -> None:
    owner = await centre.signed_in()
    changed = dataclasses.replace(ShopSettings(), capacity=9)
    view = await centre.settings.save(owner, centre.shop_id, changed, base_version=1)
    assert (view.newest, view.current.version, centre.settings.current(centre.shop_id).capacity) == (2, 2, 9)
    with pytest.raises(Conflict):
        await centre.settings.save(owner, centre.shop_id, ShopSettings(), base_version=1)
    assert centre.settings.current(centre.shop_id).capacity == 9


async def test_a_setting_with_a_later_date_takes_over_when_its_time_comes(centre: Centre) -> None:
    owner = await centre.signed_in()
    later = centre.clock.now() + timedelta(days=1)
    view = await centre.settings.save(owner, centre.shop_id, ShopSettings(capacity=9), 1, later)
    assert (view.newest, view.current.version) == (2, 1)
    assert centre.settings.current(centre.shop_id).capacity == 5
    centre.clock.move(days=1)
    assert centre.settings.current(centre.shop_id).capacity == 9


async def test_settings_are_the_same_after_a_restart(centre: Centre) -> None:
    owner = await centre.signed_in()
    await centre.settings.save(owner, centre.shop_id, ShopSettings(colour="#112233", allowed_origins=("https://shop.example",)), 1)
    before = centre.settings.current(centre.shop_id)
    fresh = type(centre.settings)(centre.database, centre.clock)
    await fresh.start()
    assert fresh.current(centre.shop_id) == before


async def test_who_may_not_edit_settings_changes_none(centre: Centre) -> None:
    owner = await centre.signed_in()
    reader = dataclasses.replace(owner, permissions=owner.permissions - {"settings.edit"})
    with pytest.raises(Forbidden):
        await centre.settings.save(reader, centre.shop_id, ShopSettings(capacity=9), 1)
    with pytest.raises(Forbidden):
        await centre.shops.create(reader, "second", "二店")
    assert (await centre.settings.view(owner, centre.shop_id)).newest == 1
    assert len(await centre.shops.all()) == 1


async def test_settings_of_another_shop_do_not_exist(centre: Centre) -> None:
    owner = await centre.signed_in()
    other = await centre.shops.create(centre.console, "second", "二店")
    with pytest.raises(NotFound):
        await centre.settings.save(owner, other.id, ShopSettings(capacity=9), 1)
    assert centre.settings.current(other.id).capacity == 5
