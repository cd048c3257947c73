"""What every folder's endpoints ask for: the acting person and the shop they act in."""

import dataclasses
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from xinfu.identity.service_sign_in import SESSION_COOKIE, Authenticator, Known, first_shop
from xinfu.kit.auth import Actor
from xinfu.kit.errors import NotFound
from xinfu.kit.http import provided
from xinfu.kit.ids import Id

# Declared so that the OpenAPI document says how to sign in; the Authenticator reads the request itself.
_cookie = APIKeyCookie(name=SESSION_COOKIE, scheme_name="session", auto_error=False)
_bearer = HTTPBearer(scheme_name="token", description="API token, xf_…", auto_error=False)


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


async def known(
    request: Request,
    authenticator: Annotated[Authenticator, Depends(provided(Authenticator))],
    _session: Annotated[str | None, Security(_cookie)],
    _token: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Known:
    """Raises NotSignedIn, CsrfMissing."""
    found = await authenticator.request(request.method, request.cookies, request.headers)
    return dataclasses.replace(found, actor=dataclasses.replace(found.actor, ip=address_of(request)))


CurrentKnown = Annotated[Known, Depends(known)]


async def actor(found: CurrentKnown) -> Actor:
    return found.actor


CurrentActor = Annotated[Actor, Depends(actor)]


async def shop(request: Request, acting: CurrentActor) -> Id:
    """The shop named in X-Shop or ?shop=, else the person's first. Another's shop is NotFound: its existence is not ours to tell."""
    named = request.headers.get("x-shop") or request.query_params.get("shop") or first_shop(acting)
    if named is None or named not in acting.shops:
        raise NotFound
    return named


CurrentShop = Annotated[Id, Depends(shop)]
