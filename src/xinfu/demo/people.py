"""The demo shop's customers: most of them ordinary, some very good ones, some generous ones, and the odd ones every real shop has."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from xinfu.customers import NewAddress, NewCustomer
from xinfu.demo import names
from xinfu.demo.daytime import as_datetime, midnight
from xinfu.demo.sagas import CAST, SAGAS


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody receives parcels: the address, and for the carrier its region and district."""

    address: NewAddress
    region: str
    district: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as the order generator needs them. `habit` is how many orders they place compared with others."""

    record: NewCustomer
    home: Home
    friend: Home | None  # whom they send presents to
    habit: float
    returns: float  # the chance that a delivered order comes back


def make_people(seed: int, now: datetime, count: int) -> list[Person]:
    """`count` customers, the same for the same seed; the first are those of CAST."""
    rng = Random(f"people {seed}")  # noqa: S311 - believable people, not secrets
    today = as_datetime(midnight(int(now.timestamp())))
    return [_person(rng, i, today) for i in range(count)]


def _person(rng: Random, i: int, today: datetime) -> Person:
    saga = CAST[i] if i < len(CAST) else None
    draw = rng.random()
    english = saga.english if saga else draw < 0.02
    name = saga.name if saga else _name(rng, i, english)
    home = _home(rng, name, f"1990000{i:04d}" if i % 97 != 96 or saga else "", near=saga is not None)
    if len(SAGAS) <= i < len(CAST):
        home = _shared_home(name, home.address.phone, i - len(SAGAS))
    gives = bool(saga and saga.gift) or (saga is None and rng.random() < 0.07)
    friend = _home(rng, _name(rng, i, False, plain=True), f"1980000{i:04d}", near=saga is not None) if gives else None
    vip = saga.vip if saga else _vip(rng.random())
    tags = tuple(rng.sample(names.CUSTOMER_TAGS, 1 + (draw < 0.05))) if draw < 0.2 else ()
    heavy_returner = saga is None and rng.random() < 0.012
    record = NewCustomer(
        number=f"U{100001 + i}",
        name=name,
        phone=home.address.phone,
        email=f"u{100001 + i}@{names.EMAIL_HOST}" if rng.random() < 0.6 else "",
        vip=vip,
        tags=tags,
        language="en" if english else "zh",
        addresses=(home.address, friend.address) if friend else (home.address,),
        created_at=today - timedelta(days=121 + int(rng.random() * 900), minutes=int(rng.random() * 1400)),
    )
    habit = 0.0 if saga else (0.4 + rng.random() * 1.2) * (1 + vip * 1.4)
    return Person(record, home, friend, habit * (2.5 if heavy_returner else 1), 0.45 if heavy_returner else 0.035)


def _name(rng: Random, i: int, english: bool, plain: bool = False) -> str:
    if english:
        return names.WESTERN[int(rng.random() * len(names.WESTERN))]
    if not plain and i % 61 == 60:
        return names.ODD_NAMES[(i // 61) % len(names.ODD_NAMES)].strip()
    return names.SURNAMES[int(rng.random() * len(names.SURNAMES))] + names.GIVEN[int(rng.random() * len(names.GIVEN))]


def _home(rng: Random, receiver: str, phone: str, near: bool = False) -> Home:
    """`near`: close to the warehouse, so that how long a parcel takes can be told beforehand."""
    cities = [c for c in names.CITIES if c[3] == "east"] if near else names.CITIES
    province, city, districts, region = cities[int(rng.random() * len(cities))]
    street = names.STREETS[int(rng.random() * len(names.STREETS))]
    estate = names.ESTATES[int(rng.random() * len(names.ESTATES))]
    district = f"{city}{districts[int(rng.random() * len(districts))]}"
    number = 1 + int(rng.random() * 880)
    door = f"{1 + int(rng.random() * 30)} 幢 {1 + int(rng.random() * 28)}0{1 + int(rng.random() * 4)} 室"
    return Home(NewAddress(receiver, phone, f"{province}{district}{street} {number} 号{estate} {door}"), region, district)


def _shared_home(receiver: str, phone: str, way: int) -> Home:
    """One door for a whole ring, written in another way by each of them."""
    home = _home(Random("ring"), receiver, phone, near=True)  # noqa: S311 - believable, not secret
    words = home.address.address
    written = (words, words.replace(" ", "").replace("幢", "号楼"), words.replace(" 幢 ", "栋").removesuffix(" 室"))[way % 3]
    return replace(home, address=NewAddress(receiver, phone, written))


def _vip(draw: float) -> int:
    """Level 0 for three in four, 5 for one in a hundred."""
    for level, above in ((5, 0.99), (4, 0.97), (3, 0.93), (2, 0.86), (1, 0.74)):
        if draw > above:
            return level
    return 0
