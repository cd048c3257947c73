"""Customers from a file of the shop system: read row by row, written all together. docs/import.md names the columns."""

from zoneinfo import ZoneInfo

from xinfu.customers.bulk import NewAddress, NewCustomer
from xinfu.customers.policy import MAX_VIP
from xinfu.customers.writing import bulk_write
from xinfu.identity import Permission, Settings
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id
from xinfu.kit.tabular import Fields, Problems, Report, nothing_stored, read_records
from xinfu.understanding.contracts import Language

_HEADERS = {
    "客户号": "number", "客户编号": "number", "会员号": "number", "姓名": "name", "名字": "name", "手机": "phone", "手机号": "phone",
    "电话": "phone", "邮箱": "email", "等级": "vip", "标签": "tags", "语言": "language", "注册时间": "created_at",
    "收件人": "receiver", "收件电话": "receiver_phone", "地址": "address",
}  # fmt: skip
_LANGUAGES = {"zh": "zh", "zh-cn": "zh", "中文": "zh", "en": "en", "英文": "en"}


def read_customers(data: bytes, zone: ZoneInfo, problems: Problems) -> list[NewCustomer]:
    """The good records of a file; what is wrong with the others is in `problems`."""
    good: list[NewCustomer] = []
    for record in read_records(data, _HEADERS, problems):
        before = problems.total
        customer = _customer(Fields(record, problems, zone, "CNY"))
        if problems.total == before:
            good.append(customer)
    return good


class CustomerImports:
    """Files of customers."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    async def customers(self, actor: Actor, shop_id: Id, data: bytes, keep_good: bool = False) -> Report:
        """Insert or update by customer number. With any problem nothing is stored, unless `keep_good`. Raises Invalid, TooLarge."""
        actor.require(Permission.ORDERS_IMPORT, shop_id)
        problems = Problems()
        good = read_customers(data, ZoneInfo(self._settings.current(shop_id).time_zone), problems)
        if problems.total and not keep_good:
            return nothing_stored(problems)
        now = self._clock.now()
        async with self._database.unit() as unit:
            done = await bulk_write(unit, shop_id, good, now)
            counts = {"created": done.created, "updated": done.updated, "refused": len(problems.rows)}
            audit.record(unit, actor, now, "customers.imported", shop_id, "shop", shop_id, **counts)
        return Report(True, done.created, done.updated, done.unchanged, len(problems.rows), problems.total, tuple(problems.found))


def _customer(fields: Fields) -> NewCustomer:
    language: Language = "en" if fields.choice("language", _LANGUAGES, "zh") == "en" else "zh"
    return NewCustomer(
        number=fields.text("number", 80, required=True),
        name=fields.text("name", 120, required=True),
        phone=fields.text("phone", 32),
        email=fields.text("email", 200),
        vip=fields.whole("vip", high=MAX_VIP),
        tags=fields.words("tags"),
        language=language,
        addresses=_addresses(fields),
        created_at=fields.time("created_at"),
        extras=fields.mapping("extras"),
    )


def _addresses(fields: Fields) -> tuple[NewAddress, ...]:
    """The address book of a JSON record, or the one address of a CSV row."""
    if fields.has("addresses"):
        return tuple(
            NewAddress(a.text("receiver", 120), a.text("phone", 32), a.text("address", 500, required=True))
            for a in fields.children("addresses")
        )
    if fields.has("address"):
        return (NewAddress(fields.text("receiver", 120), fields.text("receiver_phone", 32), fields.text("address", 500)),)
    return ()
