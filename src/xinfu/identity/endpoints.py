"""The sign-in, staff and shop calls of docs/protocol.md. Thin: services decide, this only translates."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from xinfu.identity.contracts import Permission, Shop
from xinfu.identity.http import CurrentActor, CurrentKnown, CurrentShop, address_of
from xinfu.identity.policy import OWNER
from xinfu.identity.schemas import (
    AuditOut,
    AuditPage,
    LoginIn,
    MeIn,
    MeOut,
    NewStaffOut,
    NewTokenOut,
    PasswordIn,
    PasswordOut,
    PathId,
    RoleIn,
    RoleKey,
    RoleOut,
    SavedSettingsOut,
    SettingsIn,
    SettingsOut,
    ShopIn,
    ShopOut,
    ShopRef,
    StaffIn,
    StaffOut,
    StaffPatch,
    TokenIn,
    TokenOut,
)
from xinfu.identity.service import AuditLog, SavedSettings, Settings, SettingsView, Shops
from xinfu.identity.service_sign_in import CSRF_COOKIE, SESSION_COOKIE, SESSION_DAYS, SignedIn, SignIn
from xinfu.identity.service_staff import Roles, StaffAdmin, StaffChange, StaffView, Tokens, TokenView
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import from_ms, to_ms
from xinfu.kit.express import often
from xinfu.kit.http import provided

router = APIRouter(prefix="/api/v1", tags=["identity"])

SignInService = Annotated[SignIn, Depends(provided(SignIn))]
StaffService = Annotated[StaffAdmin, Depends(provided(StaffAdmin))]
RoleService = Annotated[Roles, Depends(provided(Roles))]
TokenService = Annotated[Tokens, Depends(provided(Tokens))]
ShopService = Annotated[Shops, Depends(provided(Shops))]
SettingsService = Annotated[Settings, Depends(provided(Settings))]
AuditService = Annotated[AuditLog, Depends(provided(AuditLog))]


@router.post("/auth/login")
async def login(
    body: LoginIn, request: Request, response: Response, sign_in: SignInService, staff: StaffService, shops: ShopService
) -> MeOut:
    signed_in = await sign_in.login(body.login, body.password, address_of(request), request.cookies.get(SESSION_COOKIE))
    _set_cookies(request, response, signed_in)
    return await _me_out(signed_in.actor, await staff.me(signed_in.actor), shops)


@router.post("/auth/logout", status_code=204)
async def logout(known: CurrentKnown, response: Response, sign_in: SignInService) -> None:
    if known.session:
        await sign_in.logout(known.actor, known.session)
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)


@router.get("/auth/me")
@often
async def me(actor: CurrentActor, staff: StaffService, shops: ShopService) -> MeOut:
    return await _me_out(actor, await staff.me(actor), shops)


@router.patch("/auth/me")
async def change_me(body: MeIn, actor: CurrentActor, staff: StaffService, shops: ShopService) -> MeOut:
    return await _me_out(actor, await staff.update_me(actor, body.name, body.opening_line, body.locale), shops)


@router.post("/auth/password", status_code=204)
async def change_password(body: PasswordIn, request: Request, response: Response, actor: CurrentActor, sign_in: SignInService) -> None:
    _set_cookies(request, response, await sign_in.change_password(actor, body.current, body.new))


@router.get("/staff")
async def list_staff(actor: CurrentActor, shop_id: CurrentShop, staff: StaffService) -> list[StaffOut]:
    return [StaffOut.model_validate(person) for person in await staff.of_shop(actor, shop_id)]


@router.post("/staff", status_code=201)
async def create_staff(body: StaffIn, actor: CurrentActor, shop_id: CurrentShop, staff: StaffService) -> NewStaffOut:
    person, password = await staff.create(actor, shop_id, body.login, body.name, body.role, body.shops)
    return NewStaffOut(staff=StaffOut.model_validate(person), password=password)


@router.patch("/staff/{staff_id}")
async def change_staff(staff_id: PathId, body: StaffPatch, actor: CurrentActor, shop_id: CurrentShop, staff: StaffService) -> StaffOut:
    shops = None if body.shops is None else frozenset(body.shops)
    change = StaffChange(body.name, body.role, shops, body.disabled, body.unlock)
    return StaffOut.model_validate(await staff.update(actor, shop_id, staff_id, change))


@router.post("/staff/{staff_id}/password")
async def reset_password(staff_id: PathId, actor: CurrentActor, shop_id: CurrentShop, staff: StaffService) -> PasswordOut:
    return PasswordOut(password=await staff.reset_password(actor, shop_id, staff_id))


@router.get("/roles")
async def list_roles(actor: CurrentActor, shop_id: CurrentShop, roles: RoleService) -> list[RoleOut]:
    return [RoleOut(key=key, permissions=held, fixed=key == OWNER) for key, held in (await roles.all(actor, shop_id)).items()]


@router.put("/roles/{key}")
async def set_role(key: RoleKey, body: RoleIn, actor: CurrentActor, shop_id: CurrentShop, roles: RoleService) -> RoleOut:
    return RoleOut(key=key, permissions=await roles.put(actor, shop_id, key, set(body.permissions)), fixed=False)


@router.get("/tokens")
async def list_tokens(actor: CurrentActor, shop_id: CurrentShop, tokens: TokenService) -> list[TokenOut]:
    return [_token_out(token) for token in await tokens.of_shop(actor, shop_id)]


@router.post("/tokens", status_code=201)
async def create_token(body: TokenIn, actor: CurrentActor, shop_id: CurrentShop, tokens: TokenService) -> NewTokenOut:
    valid_for = timedelta(days=body.days) if body.days else None
    token, key = await tokens.create(actor, shop_id, body.name, set(body.permissions), body.shops, valid_for)
    return NewTokenOut(token=_token_out(token), key=key)


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: PathId, actor: CurrentActor, shop_id: CurrentShop, tokens: TokenService) -> None:
    await tokens.revoke(actor, shop_id, token_id)


@router.get("/shops")
async def list_shops(actor: CurrentActor, shops: ShopService) -> list[ShopOut]:
    return [await _shop_out(actor, shop, shops) for shop in await shops.of(actor)]


@router.post("/shops", status_code=201)
async def create_shop(body: ShopIn, actor: CurrentActor, shops: ShopService) -> ShopOut:
    shop = await shops.create(actor, body.slug, body.name, body.currency)
    return ShopOut(id=shop.id, slug=shop.slug, name=shop.name, currency=shop.currency, widget_secret=None)


@router.get("/settings")
async def read_settings(actor: CurrentActor, shop_id: CurrentShop, settings: SettingsService) -> SettingsOut:
    return _settings_out(await settings.view(actor, shop_id))


@router.put("/settings")
async def save_settings(body: SettingsIn, actor: CurrentActor, shop_id: CurrentShop, settings: SettingsService) -> SettingsOut:
    start = None if body.effective_from is None else from_ms(body.effective_from)
    return _settings_out(await settings.save(actor, shop_id, body.settings, body.base_version, start))


@router.get("/audit")
async def read_audit(
    actor: CurrentActor,
    shop_id: CurrentShop,
    log: AuditService,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    action: Annotated[str | None, Query(pattern="^[a-z0-9_.]{1,64}$")] = None,
    by: Annotated[str | None, Query(alias="actor", pattern="^[a-z0-9_-]{1,64}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    page = await log.page(actor, shop_id, cursor, action, by, limit)
    return AuditPage(items=[_audit_out(entry) for entry in page.items], next=page.next)


def _set_cookies(request: Request, response: Response, signed_in: SignedIn) -> None:
    """The session is for the server alone; the CSRF value is read by the page and repeated in X-CSRF-Token."""
    secure = request.url.scheme == "https"
    age = SESSION_DAYS * 86_400
    response.set_cookie(SESSION_COOKIE, signed_in.token, max_age=age, httponly=True, secure=secure, samesite="lax")
    response.set_cookie(CSRF_COOKIE, signed_in.csrf, max_age=age, secure=secure, samesite="lax")


async def _me_out(actor: Actor, person: StaffView, shops: Shops) -> MeOut:
    refs = [ShopRef(id=shop.id, slug=shop.slug, name=shop.name) for shop in await shops.of(actor)]
    return MeOut(
        id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        permissions=sorted(actor.permissions),
        shops=refs,
        opening_line=person.opening_line,
        locale=person.locale,
        password_once=person.password_once,
    )


async def _shop_out(actor: Actor, shop: Shop, shops: Shops) -> ShopOut:
    secret = await shops.widget_secret(actor, shop.id) if actor.may(Permission.SETTINGS_EDIT, shop.id) else None
    return ShopOut(id=shop.id, slug=shop.slug, name=shop.name, currency=shop.currency, widget_secret=secret)


def _token_out(token: TokenView) -> TokenOut:
    return TokenOut(
        id=token.id,
        prefix=token.prefix,
        name=token.name,
        permissions=token.permissions,
        shops=token.shops,
        created_at=to_ms(token.created_at),
        expires_at=to_ms(token.expires_at) if token.expires_at else None,
    )


def _settings_out(view: SettingsView) -> SettingsOut:
    return SettingsOut(
        current=view.current.settings,
        version=view.newest,
        effective_from=to_ms(view.current.effective_from),
        history=[_saved_out(saved) for saved in view.history],
    )


def _saved_out(saved: SavedSettings) -> SavedSettingsOut:
    return SavedSettingsOut(
        version=saved.version,
        effective_from=to_ms(saved.effective_from),
        saved_at=to_ms(saved.saved_at),
        author=saved.author,
        settings=saved.settings,
    )


def _audit_out(entry: AuditEntry) -> AuditOut:
    return AuditOut(
        id=entry.id,
        at=to_ms(entry.at),
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        ip=entry.ip,
        action=entry.action,
        target_kind=entry.target_kind,
        target_id=entry.target_id,
        detail=entry.detail,
    )
