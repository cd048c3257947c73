"""Shops, staff, roles, sessions and API tokens: who may do what, where. Other folders import only what is named here."""

from xinfu.identity.bootstrap import Bootstrapped, bootstrap, console_actor
from xinfu.identity.contracts import AccessChanged, OpeningHours, Permission, Shop, ShopSettings
from xinfu.identity.endpoints import router
from xinfu.identity.http import CurrentActor, CurrentShop
from xinfu.identity.keys import Passwords
from xinfu.identity.lookups import Colleague, holders, role_keys, shop_currency
from xinfu.identity.service import AuditLog, Settings, Shops
from xinfu.identity.service_sign_in import Authenticator, SignIn
from xinfu.identity.service_staff import Roles, StaffAdmin, Tokens

__all__ = [
    "AccessChanged",
    "AuditLog",
    "Authenticator",
    "Bootstrapped",
    "Colleague",
    "CurrentActor",
    "CurrentShop",
    "OpeningHours",
    "Passwords",
    "Permission",
    "Roles",
    "Settings",
    "Shop",
    "ShopSettings",
    "Shops",
    "SignIn",
    "StaffAdmin",
    "Tokens",
    "bootstrap",
    "console_actor",
    "holders",
    "role_keys",
    "router",
    "shop_currency",
]
