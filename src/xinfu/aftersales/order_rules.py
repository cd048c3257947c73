"""The part of a shop's pack that commerce heeds: how its orders may be changed. app.py gives it to the order operations."""

from zoneinfo import ZoneInfo

from xinfu.aftersales.packs import Packs
from xinfu.commerce import OrderRules, RulesOf
from xinfu.identity import Settings
from xinfu.kit.clock import Clock
from xinfu.kit.ids import Id


def order_rules(packs: Packs, settings: Settings, clock: Clock) -> RulesOf:
    """The rules of the pack in force in a shop, by its own calendar."""

    def rules(shop_id: Id) -> OrderRules:
        return packs.in_force(shop_id, clock.now(), ZoneInfo(settings.current(shop_id).time_zone)).orders

    return rules
