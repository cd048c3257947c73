"""The one way products and orders get into the tables: inserted or updated by their key, a record equal to the stored one left alone.

Core inserts with many rows at a time, because a whole shop comes through here.
"""

from collections.abc import Sequence
from datetime import datetime

from xinfu.commerce import order_rows, product_rows
from xinfu.commerce.bulk import NewOrder, NewProduct, Written
from xinfu.commerce.contracts import CatalogueChanged, OrderChanged
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


async def bulk_write(
    unit: Unit, shop_id: Id, *, products: Sequence[NewProduct] = (), orders: Sequence[NewOrder] = (), at: datetime
) -> Written:
    """Write products, then orders, inside the caller's unit; announces CatalogueChanged and OrderChanged for what changed.

    A key given twice counts once, the last wins. Raises SkuTaken when a sku already belongs to another product of the shop, ValueError when
    one order's amounts are in different currencies.
    """
    product_tally = await product_rows.write(unit, shop_id, products, at)
    order_tally, changed = await order_rows.write(unit, shop_id, orders)
    if product_tally.created or product_tally.updated:
        unit.announce(CatalogueChanged(shop_id))
    for customer_id, order_no in changed:
        unit.announce(OrderChanged(shop_id, customer_id, order_no))
    return Written(product_tally, order_tally)
