"""The widget's sessions: who opened the chat, and the token their socket shows. Tokens are signed, not stored."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from xinfu.conversations.contracts import Summary
from xinfu.conversations.errors import TokenInvalid
from xinfu.conversations.service import Conversations
from xinfu.customers import Customers
from xinfu.identity import Settings, Shop, Shops
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clean

VALID_S = 24 * 3600

type Watcher = Callable[[Id, Id, str, str], None]
"""Shop, customer, what their browser keeps, their network address."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a valid token says."""

    shop_id: Id
    customer_id: Id
    conversation_id: Id
    name: str

    def actor(self) -> Actor:
        return Actor("customer", self.customer_id, self.name, frozenset({self.shop_id}))


@dataclass(frozen=True, slots=True)
class Session:
    """A freshly opened chat."""

    token: str
    visitor: str
    shop: Shop
    conversation: Summary


class Sessions:
    """Opens chats and checks tokens."""

    def __init__(
        self, secret: bytes, shops: Shops, settings: Settings, customers: Customers, conversations: Conversations, clock: Clock
    ) -> None:
        self._key = OctKey.import_key(secret)
        self._shops = shops
        self._settings = settings
        self._customers = customers
        self._conversations = conversations
        self._clock = clock
        self.watchers: list[Watcher] = []  # told who opened a chat from where; must not wait

    async def open(self, slug: str, visitor: str, identity_token: str | None, locale: Locale, address: str = "") -> Session:
        """Find or make the customer and the conversation; without a slug, in the centre's first shop.

        Raises NotFound (no such shop) and IdentityTokenInvalid.
        """
        shop = await self._shops.by_slug(slug) if slug else await self._shops.first()
        number = name = None
        if identity_token:
            claims = await self._shops.verify_identity_token(shop.slug, identity_token)
            number = str(claims["sub"])
            name = clean(str(claims.get("name", "")))[:60] or None
        # A guessed visitor string must not open someone's thread, so ours are long and random.
        visitor = visitor or new_id()
        brief = await self._customers.resolve_visitor(shop.id, visitor, number, name, locale)
        for watcher in self.watchers:
            watcher(shop.id, brief.id, visitor, address)
        language = "en" if locale == "en" else "zh"
        conversation = await self._conversations.open(shop.id, brief.id, brief.name, brief.vip, language, fresh=brief.fresh)
        return Session(self.issue(Ticket(shop.id, brief.id, conversation.id, brief.name)), visitor, shop, conversation)

    def issue(self, ticket: Ticket) -> str:
        claims = {
            "shp": ticket.shop_id,
            "cus": ticket.customer_id,
            "cnv": ticket.conversation_id,
            "nam": ticket.name,
            "exp": self._clock.ms() // 1000 + VALID_S,
        }
        return jwt.encode({"alg": "HS256"}, claims, self._key)

    def check(self, token: str) -> Ticket:
        """Raises TokenInvalid for a forged, foreign or expired token."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
            if int(claims["exp"]) < self._clock.ms() // 1000:
                raise TokenInvalid
            return Ticket(str(claims["shp"]), str(claims["cus"]), str(claims["cnv"]), str(claims["nam"]))
        except (JoseError, ValueError, TypeError, KeyError, msgspec.MsgspecError) as e:
            raise TokenInvalid from e
