"""Signing in, being locked out, staying known, and leaving."""

import pytest
from sqlalchemy import select

from tests.identity.conftest import OWNER_PASSWORD, Centre
from xinfu.identity.errors import Locked, OtherOrigin, PasswordTooWeak, WrongPassword
from xinfu.identity.model import StaffSession
from xinfu.identity.service_staff import StaffChange
from xinfu.kit.audit import AuditEntry
from xinfu.kit.errors import NotSignedIn, RateLimited


async def _actions(centre: Centre) -> list[str]:
    async with centre.database.read() as unit:
        return list((await unit.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all())


async def test_the_right_password_opens_a_session_and_is_audited(centre: Centre) -> None:
    actor = await centre.signed_in(" OWNER ")
    assert (actor.kind, actor.role, actor.shops) == ("staff", "owner", frozenset({centre.shop_id}))
    assert (await _actions(centre))[-1] == "sign_in.ok"


async def test_neither_the_password_nor_the_cookie_is_stored(centre: Centre) -> None:
    signed_in = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    async with centre.database.read() as unit:
        session = (await unit.scalars(select(StaffSession))).one()
    assert signed_in.token not in vars(session).values()
    assert not [row for row in await centre.everything() if OWNER_PASSWORD in str(row)]


async def test_a_wrong_password_and_an_unknown_login_are_told_apart_by_nothing(centre: Centre) -> None:
    for login in ("owner", "nobody"):
        for _ in range(5):
            with pytest.raises(WrongPassword):
                await centre.sign_in.login(login, "wrong", "127.0.0.1")
        with pytest.raises(Locked):
            await centre.sign_in.login(login, "wrong", "127.0.0.1")
    assert (await _actions(centre)).count("sign_in.failed") == 10


async def test_five_failures_lock_the_login_even_for_the_right_password_for_a_quarter_of_an_hour(centre: Centre) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            await centre.sign_in.login("owner", "wrong", "127.0.0.1")
    with pytest.raises(Locked) as refused:
        await centre.signed_in()
    assert 890 <= (refused.value.retry_after_s or 0) <= 901
    centre.clock.move(minutes=15, seconds=1)
    assert (await centre.signed_in()).role == "owner"


async def test_a_good_sign_in_forgets_earlier_failures(centre: Centre) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongPassword):
                await centre.sign_in.login("owner", "wrong", "127.0.0.1")
        await centre.signed_in()


async def test_one_address_cannot_try_many_logins(centre: Centre) -> None:
    for n in range(30):
        with pytest.raises(WrongPassword):
            await centre.sign_in.login(f"nobody{n}", "wrong", "198.51.100.7")
    with pytest.raises(RateLimited) as refused:
        await centre.sign_in.login("owner", OWNER_PASSWORD, "198.51.100.7")
    assert refused.value.retry_after_s
    assert (await centre.signed_in()).role == "owner"


async def test_one_login_cannot_be_tried_from_many_addresses(centre: Centre) -> None:
    for n in range(10):
        with pytest.raises((WrongPassword, Locked)):
            await centre.sign_in.login("owner", "wrong", f"198.51.100.{n}")
    with pytest.raises(RateLimited):
        await centre.sign_in.login("owner", "wrong", "198.51.100.99")


async def test_any_text_may_be_typed_as_a_login(centre: Centre) -> None:
    for login in ("\x00", "店" * 200, "a\x00b", "' OR 1=1 --"):
        with pytest.raises(WrongPassword):
            await centre.sign_in.login(login, "wrong", "127.0.0.1")


async def test_signing_in_again_ends_the_browsers_old_session(centre: Centre) -> None:
    first = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1", replaces=first.token)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(first.token)


async def test_signing_out_ends_the_session_at_once(centre: Centre) -> None:
    signed_in = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    known = await centre.authenticator.by_session(signed_in.token)
    assert known.session
    await centre.sign_in.logout(known.actor, known.session)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(signed_in.token)


async def test_a_session_left_alone_ends(centre: Centre) -> None:
    signed_in = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    centre.clock.move(hours=14, seconds=1)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(signed_in.token)


async def test_a_session_in_use_lives_a_week_and_no_longer(centre: Centre) -> None:
    signed_in = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    for _ in range(13):
        centre.clock.move(hours=12)
        await centre.authenticator.by_session(signed_in.token)
    centre.clock.move(hours=12)
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(signed_in.token)


async def test_a_new_password_ends_every_other_session(centre: Centre) -> None:
    elsewhere = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    fresh = await centre.sign_in.change_password(elsewhere.actor, OWNER_PASSWORD, "another-long-password")
    with pytest.raises(NotSignedIn):
        await centre.authenticator.by_session(elsewhere.token)
    assert (await centre.authenticator.by_session(fresh.token)).actor == elsewhere.actor
    assert (await centre.signed_in("owner", "another-long-password")).id == elsewhere.actor.id
    with pytest.raises(WrongPassword):
        await centre.signed_in()


async def test_a_refused_new_password_changes_nothing(centre: Centre) -> None:
    owner = await centre.signed_in()
    before = await centre.everything()
    with pytest.raises(PasswordTooWeak):
        await centre.sign_in.change_password(owner, OWNER_PASSWORD, "too-short")
    with pytest.raises(WrongPassword):
        await centre.sign_in.change_password(owner, "not-the-one", "another-long-password")
    assert await centre.everything() == before


async def test_knowing_someone_costs_no_query_until_something_changes(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await centre.person("agent", "mei")
    token = (await centre.sign_in.login("mei", "mei-mei-mei", "127.0.0.1")).token
    await centre.authenticator.by_session(token)
    with monkeypatch.context() as patched:
        patched.setattr(centre.database, "read", None)
        assert (await centre.authenticator.by_session(token)).actor == agent
    await centre.staff.update(await centre.signed_in(), centre.shop_id, agent.id, StaffChange(role="lead"))
    assert (await centre.authenticator.by_session(token)).actor.role == "lead"


async def test_a_socket_is_known_by_cookie_from_our_own_pages_or_by_key(centre: Centre) -> None:
    signed_in = await centre.sign_in.login("owner", OWNER_PASSWORD, "127.0.0.1")
    cookie = (b"cookie", f"a=b; xinfu_session={signed_in.token}".encode())
    own = [(b"host", b"127.0.0.1:8600"), (b"origin", b"http://127.0.0.1:8600"), cookie]
    assert await centre.authenticator.authenticate_socket(own, {}) == signed_in.actor
    for origin in (b"http://evil.example", b"http://127.0.0.1:9999", b"null", b""):
        with pytest.raises(OtherOrigin):
            await centre.authenticator.authenticate_socket([(b"host", b"127.0.0.1:8600"), (b"origin", origin), cookie], {})
    with pytest.raises(OtherOrigin):
        await centre.authenticator.authenticate_socket({b"host": b"127.0.0.1:8600", cookie[0]: cookie[1]}, {})
    for headers in ([], [(b"cookie", b"xinfu_session=forged"), *own[:2]], [(b"cookie", b"\xff;=;"), *own[:2]]):
        with pytest.raises(NotSignedIn):
            await centre.authenticator.authenticate_socket(headers, {})
    _, key = await centre.tokens.create(signed_in.actor, centre.shop_id, "机器人", {"conversations.serve"})
    assert (await centre.authenticator.authenticate_socket([], {"token": key})).name == "机器人"
    with pytest.raises(NotSignedIn):
        await centre.authenticator.authenticate_socket(own, {"token": "xf_forged"})
