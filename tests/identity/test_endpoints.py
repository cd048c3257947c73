"""The calls as a browser makes them: cookies, CSRF, shops by header, problems in the reader's language."""

from httpx import AsyncClient

from tests.identity.conftest import OWNER_PASSWORD, Centre


async def _signed_in(centre: Centre, login: str = "owner", password: str = OWNER_PASSWORD) -> AsyncClient:
    client = centre.client()
    answer = await client.post("/api/v1/auth/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = client.cookies["xinfu_csrf"]
    return client


async def test_login_sets_a_session_only_the_server_reads(centre: Centre) -> None:
    client = centre.client()
    answer = await client.post("/api/v1/auth/login", json={"login": "owner", "password": OWNER_PASSWORD})
    cookies = answer.headers.get_list("set-cookie")
    session = next(c for c in cookies if c.startswith("xinfu_session="))
    csrf = next(c for c in cookies if c.startswith("xinfu_csrf="))
    assert "HttpOnly" in session and "SameSite=lax" in session
    assert "HttpOnly" not in csrf
    me = (await client.get("/api/v1/auth/me")).json()
    assert (me["login"], me["role"], me["shops"][0]["slug"]) == ("owner", "owner", "main")
    assert me == answer.json()


async def test_without_a_session_everything_is_401_in_the_readers_language(centre: Centre) -> None:
    client = centre.client()
    for path in ("auth/me", "staff", "roles", "tokens", "shops", "settings", "audit"):
        answer = await client.get(f"/api/v1/{path}", headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert answer.json()["detail"] == "Please sign in first."


async def test_a_change_without_the_csrf_header_is_refused_and_changes_nothing(centre: Centre) -> None:
    client = await _signed_in(centre)
    before = await centre.everything()
    for given in ("", "wrong", "\xe9"):
        client.headers["X-CSRF-Token"] = given
        answer = await client.post("/api/v1/staff", json={"login": "mei", "name": "小梅", "role": "agent"})
        assert (answer.status_code, answer.json()["code"]) == (403, "identity.csrf")
    assert await centre.everything() == before


async def test_a_key_needs_no_csrf_header(centre: Centre) -> None:
    client = await _signed_in(centre)
    made = (await client.post("/api/v1/tokens", json={"name": "人事", "permissions": ["staff.manage", "staff.read"], "days": 30})).json()
    program = centre.client()
    program.headers["Authorization"] = f"Bearer {made['key']}"
    assert [p["login"] for p in (await program.get("/api/v1/staff")).json()] == ["owner"]
    answer = await program.post("/api/v1/staff", json={"login": "mei", "name": "小梅", "role": "agent"})
    assert answer.json()["code"] == "identity.beyond_own_rights"
    assert (await client.delete(f"/api/v1/tokens/{made['token']['id']}")).status_code == 204
    assert (await program.get("/api/v1/staff")).status_code == 401


async def test_the_shop_is_named_by_header_and_anothers_is_404(centre: Centre) -> None:
    client = await _signed_in(centre)
    second = (await client.post("/api/v1/shops", json={"slug": "second", "name": "二店"})).json()["id"]
    named = await client.get("/api/v1/settings", headers={"X-Shop": second})
    assert named.json()["current"]["display_name"] == "二店"
    assert (await client.get(f"/api/v1/settings?shop={second}")).json() == named.json()
    assert (await client.get("/api/v1/settings")).json()["current"]["display_name"] == "测试店"
    assert (await client.get("/api/v1/settings", headers={"X-Shop": "0" * 32})).status_code == 404
    assert [bool(shop["widget_secret"]) for shop in (await client.get("/api/v1/shops")).json()] == [True, True]


async def test_an_agent_sees_neither_the_audit_log_nor_the_widgets_secret(centre: Centre) -> None:
    await centre.person("agent", "mei")
    client = await _signed_in(centre, "mei", "mei-mei-mei")
    answer = await client.get("/api/v1/audit")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await client.get("/api/v1/shops")).json()[0]["widget_secret"] is None


async def test_an_owner_makes_changes_and_reads_them_in_the_audit_log(centre: Centre) -> None:
    client = await _signed_in(centre)
    made = (await client.post("/api/v1/staff", json={"login": "mei", "name": " 小梅\u202e ", "role": "agent"})).json()
    who = made["staff"]["id"]
    assert made["staff"]["name"] == "小梅"
    assert (await client.patch(f"/api/v1/staff/{who}", json={"role": "lead"})).json()["role"] == "lead"
    assert (await client.post(f"/api/v1/staff/{who}/password")).json()["password"] != made["password"]
    role = await client.put("/api/v1/roles/agent", json={"permissions": ["orders.read", "staff.read"]})
    assert role.json() == {"key": "agent", "permissions": ["orders.read", "staff.read"], "fixed": False}
    page = (await client.get("/api/v1/audit?limit=3")).json()
    assert [e["action"] for e in page["items"]] == ["role.changed", "staff.password_reset", "staff.changed"]
    older = (await client.get("/api/v1/audit", params={"cursor": page["next"], "action": "staff.created"})).json()
    assert older["items"][0]["target_id"] == who
    assert (await client.get("/api/v1/audit?cursor=nonsense")).status_code == 422


async def test_settings_are_saved_by_version_and_a_wrong_one_is_named(centre: Centre) -> None:
    client = await _signed_in(centre)
    read = (await client.get("/api/v1/settings")).json()
    changed = {**read["current"], "capacity": 9}
    saved = await client.put("/api/v1/settings", json={"settings": changed, "base_version": read["version"]})
    assert (saved.json()["version"], saved.json()["current"]["capacity"]) == (2, 9)
    stale = await client.put("/api/v1/settings", json={"settings": changed, "base_version": read["version"]})
    assert stale.status_code == 409
    for wrong, code in (
        ({"colour": "red"}, "settings.colour"),
        ({"capacity": 0}, "settings.out_of_range"),
        ({"colr": "#000000"}, "invalid"),
    ):
        answer = await client.put("/api/v1/settings", json={"settings": {**changed, **wrong}, "base_version": 2})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [h["version"] for h in (await client.get("/api/v1/settings")).json()["history"]] == [2, 1]


async def test_one_changes_ones_own_words_and_password(centre: Centre) -> None:
    client = await _signed_in(centre)
    me = (await client.patch("/api/v1/auth/me", json={"name": "店主甲", "opening_line": "您好,我是店主甲。", "locale": "en"})).json()
    assert (me["name"], me["opening_line"], me["locale"]) == ("店主甲", "您好,我是店主甲。", "en")
    change = {"current": OWNER_PASSWORD, "new": "another-long-password"}
    assert (await client.post("/api/v1/auth/password", json=change)).status_code == 204
    assert (await client.get("/api/v1/auth/me")).status_code == 200
    client.headers["X-CSRF-Token"] = client.cookies["xinfu_csrf"]
    assert (await client.post("/api/v1/auth/logout")).status_code == 204
    assert (await client.get("/api/v1/auth/me")).status_code == 401


async def test_odd_input_is_a_clear_refusal(centre: Centre) -> None:
    client = await _signed_in(centre)
    for path in ("staff/%00", "staff/..", "staff/" + "é"):
        assert (await client.patch(f"/api/v1/{path}", json={})).status_code in (404, 405, 422)
    for body in ({"login": "\x00\x00", "name": "a", "role": "agent"}, {"login": "mei", "name": "\u200b", "role": "agent"}):
        assert (await client.post("/api/v1/staff", json=body)).status_code == 422
    surrogate = await client.post(
        "/api/v1/auth/login", content=b'{"login":"\\ud800","password":"\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert surrogate.status_code == 422
    assert (await client.get("/api/v1/audit?cursor=%00%ff&actor=%00")).status_code == 422


async def test_whatever_takes_rights_away_holds_for_the_very_next_request(centre: Centre) -> None:
    await centre.person("agent", "mei")
    owner = await _signed_in(centre)
    [mei] = [p for p in (await owner.get("/api/v1/staff")).json() if p["login"] == "mei"]
    path = f"/api/v1/staff/{mei['id']}"

    async def at_work() -> AsyncClient:
        """Signed in, and remembered by the centre."""
        client = centre.client()
        await client.post("/api/v1/auth/login", json={"login": "mei", "password": "mei-mei-mei"})
        client.headers["X-CSRF-Token"] = client.cookies["xinfu_csrf"]
        assert (await client.get("/api/v1/auth/me")).status_code == 200
        return client

    client = await at_work()
    assert (await owner.patch(path, json={"role": "lead"})).status_code == 200
    assert (await client.get("/api/v1/auth/me")).json()["role"] == "lead"
    second = (await owner.post("/api/v1/shops", json={"slug": "second", "name": "二店"})).json()["id"]
    assert (await owner.patch(path, json={"shops": [centre.shop_id, second]})).status_code == 200
    assert (await client.get("/api/v1/staff", headers={"X-Shop": second})).status_code == 200
    assert (await owner.patch(path, json={"shops": [centre.shop_id]})).status_code == 200
    assert (await client.get("/api/v1/staff", headers={"X-Shop": second})).status_code == 404
    before = (await client.get("/api/v1/auth/me")).json()["permissions"]
    held = [p for p in before if p != "staff.read"]
    assert (await owner.put("/api/v1/roles/lead", json={"permissions": held})).status_code == 200
    assert (await client.get("/api/v1/auth/me")).json()["permissions"] == held
    assert (await client.get("/api/v1/staff")).status_code == 403
    assert (await owner.patch(path, json={"disabled": True})).status_code == 200
    assert (await client.get("/api/v1/auth/me")).status_code == 401
    assert (await owner.patch(path, json={"disabled": False})).status_code == 200
    assert (await client.get("/api/v1/auth/me")).status_code == 401
    client = await at_work()
    left = client.cookies["xinfu_session"]
    assert (await client.post("/api/v1/auth/logout")).status_code == 204
    client.cookies.set("xinfu_session", left)
    assert (await client.get("/api/v1/auth/me")).status_code == 401
    one, other = await at_work(), await at_work()
    assert (await one.post("/api/v1/auth/password", json={"current": "mei-mei-mei", "new": "a-quite-new-password"})).status_code == 204
    assert (await other.get("/api/v1/auth/me")).status_code == 401 and (await one.get("/api/v1/auth/me")).status_code == 200
    assert (await owner.post(f"{path}/password")).status_code == 200
    assert (await one.get("/api/v1/auth/me")).status_code == 401
