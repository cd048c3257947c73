"""Products are found from memory by id, sku and words, stay fresh, and keep their price history."""

import pytest

from tests.commerce.builders import NOON, OTHER, SHOP, a_product, someone
from xinfu.commerce import NewProduct, NewVariant, Products, bulk_write
from xinfu.commerce.errors import ProductNotFound, SkuTaken
from xinfu.identity import Permission
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Forbidden, Invalid
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money

STAFF = someone(Permission.ORDERS_READ)


async def write(database: Database, *products: NewProduct, shop: str = SHOP) -> None:
    async with database.unit() as unit:
        await bulk_write(unit, shop, products=products, at=NOON)


def a_cup(price: int = 4900, stock: int = 7) -> NewProduct:
    return NewProduct("P-2", "城市保温杯", "家居", "某某", "一天都热。", variants=(NewVariant("CUP-1", (), Money(price), stock),))


async def test_a_product_is_found_by_words_brand_category_and_sku(database: Database, clock: FixedClock) -> None:
    await write(database, a_product(), a_cup())
    products = Products(database, clock)
    for text in ("你们的短袖是纯棉的吗", "素野有什么", "服饰", "tee-bk-l"):
        assert [p.name for p in await products.search(SHOP, text)] == ["重磅纯棉短袖"], text
    assert (await products.search(SHOP, "保温杯有货吗"))[0].name == "城市保温杯"
    assert await products.search(SHOP, "完全无关") == [] == await products.search(SHOP, "")


async def test_a_product_is_had_by_sku_and_id_in_its_own_shop_only(database: Database, clock: FixedClock) -> None:
    await write(database, a_product())
    products = Products(database, clock)
    tee = await products.by_sku(SHOP, "tee-bk-m")
    assert tee is not None and await products.get(SHOP, tee.id) == tee
    assert await products.by_sku(OTHER, "TEE-BK-M") is None and await products.get(OTHER, tee.id) is None
    with pytest.raises(ProductNotFound):
        await products.show(someone(Permission.ORDERS_READ, shop=OTHER), OTHER, tee.id, "en")


async def test_the_shelf_shows_ones_own_products_in_the_order_they_were_made(database: Database, clock: FixedClock) -> None:
    await write(database, a_product())
    await write(database, a_cup())
    await write(database, a_cup(price=100), shop=OTHER)
    products = Products(database, clock)
    shelf = await products.shelf(SHOP, 10)
    assert [p.name for p in shelf] == ["重磅纯棉短袖", "城市保温杯"] and await products.shelf(SHOP, 1) == shelf[:1]
    assert [p.variants[0].price for p in await products.shelf(OTHER, 10)] == [Money(100)]
    assert await products.shelf(new_id(), 10) == []


async def test_a_written_change_is_seen_at_once_by_this_process(database: Database, clock: FixedClock) -> None:
    products = Products(database, clock)
    await write(database, a_cup())
    assert await products.by_sku(SHOP, "CUP-1")
    await write(database, a_cup(price=5900), a_product())
    assert database.bus
    await database.bus.drain()
    cup = await products.by_sku(SHOP, "CUP-1")
    assert cup is not None and cup.variants[0].price == Money(5900) and await products.by_sku(SHOP, "TEE-BK-M")


async def test_another_processes_change_is_seen_after_a_few_seconds(database: Database, clock: FixedClock) -> None:
    await write(database, a_cup())
    products = Products(database, clock)
    assert await products.by_sku(SHOP, "CUP-1")
    elsewhere = Database(database.url)
    async with elsewhere.unit() as unit:
        await bulk_write(unit, SHOP, products=[a_product()], at=NOON)
    await elsewhere.dispose()
    assert await products.by_sku(SHOP, "TEE-BK-M") is None
    clock.move(seconds=6)
    assert await products.by_sku(SHOP, "TEE-BK-M")


async def test_every_price_is_kept_and_shown(database: Database, clock: FixedClock) -> None:
    products = Products(database, clock)
    for price, stock in ((4900, 7), (4900, 3), (4500, 3)):
        await write(database, a_cup(price, stock))
    cup = await products.by_sku(SHOP, "CUP-1")
    assert cup is not None
    shown = await products.show(STAFF, SHOP, cup.id, "en")
    assert [p.price for p in shown.price_history] == ["49.00", "45.00"] and shown.variants[0].stock == 3


async def test_attributes_are_labelled_in_the_readers_language(database: Database, clock: FixedClock) -> None:
    await write(database, a_product())
    products = Products(database, clock)
    tee = await products.by_sku(SHOP, "TEE-BK-M")
    assert tee is not None
    assert [a.label for a in (await products.show(STAFF, SHOP, tee.id, "zh-CN")).attributes] == ["材质", "洗涤"]
    assert [a.label for a in (await products.show(STAFF, SHOP, tee.id, "en")).attributes] == ["material", "washing"]


async def test_a_variant_no_longer_named_is_gone(database: Database, clock: FixedClock) -> None:
    await write(database, a_product())
    kept = a_product().variants[:1]
    await write(database, a_product(variants=kept))
    products = Products(database, clock)
    assert await products.by_sku(SHOP, "TEE-BK-M") and await products.by_sku(SHOP, "TEE-BK-L") is None


async def test_a_sku_of_another_product_is_refused_and_nothing_changes(database: Database, clock: FixedClock) -> None:
    await write(database, a_cup())
    with pytest.raises(SkuTaken):
        await write(database, a_product(variants=(NewVariant("CUP-1", (), Money(100)),)))
    products = Products(database, clock)
    assert [p.name for p in (await products.browse(STAFF, SHOP, "", "", None)).items] == ["城市保温杯"]


async def test_staff_page_through_the_catalogue(database: Database, clock: FixedClock) -> None:
    await write(database, *(a_product(f"N-{n}", variants=(NewVariant(f"V-{n}", (), Money(n)),)) for n in range(5)), a_cup())
    products = Products(database, clock)
    seen: list[str] = []
    cursor = None
    while True:
        page = await products.browse(STAFF, SHOP, "", "服饰", cursor, limit=2)
        seen += [v.sku for p in page.items for v in p.variants]
        if (cursor := page.next) is None:
            break
    assert seen == [f"V-{n}" for n in range(5)] and page.categories == ["服饰", "家居"]
    with pytest.raises(Invalid):
        await products.browse(STAFF, SHOP, "", "", "!!", limit=2)
    with pytest.raises(Forbidden):
        await products.browse(someone(), SHOP, "", "", None)
