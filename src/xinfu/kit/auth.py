"""Who is acting. Every service takes an Actor, so HTTP, sockets, the CLI and the AI meet the same guard."""

from dataclasses import dataclass, field
from typing import Literal

from xinfu.kit.errors import Forbidden, NotFound
from xinfu.kit.ids import Id

type ActorKind = Literal["staff", "customer", "ai", "system", "token"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, the AI or the system, with the permissions they hold in each of their shops."""

    kind: ActorKind
    id: Id
    name: str
    shops: frozenset[Id] = frozenset()
    permissions: frozenset[str] = frozenset()
    role: str = ""
    ip: str = field(default="", compare=False)

    def may(self, permission: str, shop_id: Id) -> bool:
        return shop_id in self.shops and permission in self.permissions

    def require(self, permission: str, shop_id: Id) -> None:
        """Raises NotFound for another shop's things (their existence is not ours to tell), Forbidden for a missing permission."""
        if shop_id not in self.shops:
            raise NotFound
        if permission not in self.permissions:
            raise Forbidden(permission=str(permission))


def system_actor(shop_id: Id) -> Actor:
    """The house itself, for timers and start-up; holds no permission that a service would have to be asked for."""
    return Actor("system", "system", "系统", frozenset({shop_id}))
