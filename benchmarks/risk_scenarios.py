"""Writes a scenario folder for `xinfu risk eval`: made-up customers, honest hubs, households and rings, with their truth.

    python benchmarks/risk_scenarios.py OUT --seed 1 --camouflage 0.5 --missing 0.3

Every name, number and place is invented; the same seed and knobs give the same folder.

Which is for what: thresholds and rules were chosen on seeds 1–10 and 101–102 with shape `pools`. Words were chosen on hands `one` and
`other`; `third` was looked at as well and some words were mended after it, so it counts as seen. Figures are reported on seeds from 201
on, on shapes and knobs nothing was chosen on (`--shape chain|single|pairs`, `--phones written`, `--hiding`, `--payees 0`), and on
risk_fresh.py, whose words, goods, addresses and ways of hiding nothing was ever chosen on.
"""

import argparse
import csv
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from photo_scenes import Shot
from risk_pictures import Pictures
from risk_words import HANDS

PATTERNS = (
    "use_and_return",
    "own_courier_freight",
    "fragile_claims",
    "harassment",
    "order_and_refuse",
    "swap",
    "malicious_complaint",
)
HEADERS = {
    "accounts": "account_id registered_at phone name level",
    "devices": "account_id device_id ip first_seen last_seen",
    "payees": "account_id payee_id first_used",
    "orders": "order_id account_id placed_at receiver receiver_phone address sku category unit_price quantity paid weight_kg zone fragile "
    "floor elevator serial_out",
    "parcels": "parcel_id order_id direction carrier station courier shipped_at arrived_at weight_kg freight_claimed freight_contract "
    "outcome",
    "claims": "claim_id order_id account_id opened_at kind reason about amount photos serial_in condition_in decided decided_at",
    "contacts": "contact_id account_id started_at channel duration_s claim_id abusive",
    "photos": "photo_id claim_id file",
    "truth": "kind id id2 label",
}
KEPT = {"account_id", "order_id", "claim_id", "parcel_id", "contact_id", "photo_id", "direction", "opened_at", "kind"}
GOODS = {
    "显卡": (3200.0, 1.6, 0, 1),
    "手机": (2600.0, 0.5, 0, 1),
    "服饰": (180.0, 0.5, 0, 0),
    "鞋靴": (320.0, 1.1, 0, 0),
    "美妆": (150.0, 0.3, 0, 0),
    "陶瓷": (60.0, 1.5, 1, 0),
    "玻璃器皿": (45.0, 1.2, 1, 0),
    "鸡蛋": (35.0, 2.0, 1, 0),
    "桶装水": (40.0, 38.0, 0, 0),
    "大米": (90.0, 25.0, 0, 0),
    "日用百货": (50.0, 0.8, 0, 0),
}
TOWNS = ("云溪市南浦区", "云溪市北岭区", "海棠市春山区", "海棠市秋水区", "星河省月湾市东屏县")
ROADS = ("松风路", "竹影街", "梅香巷", "荷塘路", "枫林大道", "柳岸路", "晨光街", "石桥路", "青禾路", "白鹭洲路")
FITTING = {
    "use_and_return": ("显卡", "手机", "显卡", "服饰"),
    "swap": ("手机", "显卡"),
    "fragile_claims": ("陶瓷", "玻璃器皿", "鸡蛋"),
    "order_and_refuse": ("桶装水", "大米"),
}
YARDS = ("晴川苑", "望海阁", "和风里", "听雨轩", "满庭芳", "锦书园", "知春府", "揽月台")
NAMES = ("赵", "钱", "孙", "李", "周", "吴", "郑", "王"), ("小明", "小红", "大山", "晓月", "一一", "子安", "阿福", "若水")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Person:
    id: str
    registered: datetime
    phone: str
    name: str
    address: str
    devices: list[str] = field(default_factory=list)
    ips: list[str] = field(default_factory=list)
    payees: list[str] = field(default_factory=list)
    label: str = "honest"
    ring: "Ring | None" = None
    serial_returner: bool = False


@dataclass
class Ring:
    pattern: str
    devices: list[str]
    payees: list[str]
    addresses: list[str]
    ips: list[str]
    stations: list[tuple[str, str]]
    things: list[object]
    hidden: list[str]
    phone_start: int
    registered: datetime
    target: str
    pool: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pool = list(self.devices)


class World:
    goods, fitting = GOODS, FITTING

    def __init__(self, knobs: argparse.Namespace) -> None:
        self.k = knobs
        self.random = random.Random(knobs.seed)
        self.rows: dict[str, list[dict[str, object]]] = {name: [] for name in HEADERS}
        self.counts: dict[str, int] = defaultdict(int)
        self.people: list[Person] = []
        self.hand = HANDS[knobs.hand]
        self.pictures = Pictures(knobs.seed) if knobs.pictures else None
        self.shown: list[tuple[datetime, str, Shot]] = []
        self.places: list[str] = []
        self.networks: list[str] = []
        self.stations = [(f"{self.random.choice(TOWNS)[:3]}驿站{i}", f"C{i * 3 + j}") for i in range(60) for j in range(3)]

    def new(self, what: str) -> str:
        self.counts[what] += 1
        return f"{what}{self.counts[what]:06d}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def address(self) -> str:
        r = self.random
        street = f"{r.choice(TOWNS)}{r.choice(ROADS)}{r.randint(1, 400)}号{r.choice(YARDS)}"
        return f"{street}{r.randint(1, 30)}号楼{r.randint(1, 4)}单元{r.randint(1, 33)}0{r.randint(1, 4)}室"

    def phone(self) -> str:
        return f"199{self.random.randint(0, 99999999):08d}"

    def typed(self, phone: str) -> str:
        """A number as another hand types it."""
        if self.k.phones == "plain":
            return phone
        spaced = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
        return self.random.choice((phone, f"+86{phone}", f"+86 {spaced}", spaced, spaced.replace("-", " "), f"86-{phone}"))

    def ip(self) -> str:
        return f"10.{self.random.randint(0, 255)}.{self.random.randint(0, 255)}.{self.random.randint(1, 254)}"

    def person(self, address: str | None = None) -> Person:
        r = self.random
        registered = BEGIN - timedelta(days=r.randint(1, 900)) + timedelta(minutes=r.randint(0, 1440))
        name = r.choice(NAMES[0]) + r.choice(NAMES[1])
        who = Person(self.new("A"), registered, self.phone(), name, address or self.address())
        who.devices, who.ips, who.payees = [self.new("D")], [self.ip()], [self.new("P")]
        who.serial_returner = self.chance(0.02)
        self.people.append(who)
        return who

    def truth(self, kind: str, one: str, two: str, label: str) -> None:
        self.rows["truth"].append({"kind": kind, "id": one, "id2": two, "label": label})

    def populate(self) -> None:
        k, r = self.k, self.random
        while len(self.people) < k.accounts:
            self.person()
        for _ in range(k.families):
            self._family(r.randint(2, 5))
        for _ in range(k.dormitories):
            self._dormitory(r.randint(40, 200))
        for _ in range(k.offices):
            self._office(r.randint(8, 80))
        for _ in range(k.pickups):
            place = f"{r.choice(TOWNS)}{r.choice(ROADS)}{r.randint(1, 300)}号代收点"
            self.truth("hub", place, "address", "honest")
            self.places.append(place)
            for _ in range(r.randint(20, 120)):
                self.person(place)
        for _ in range(k.cafes):
            self._cafe(r.randint(15, 80))
        for person in r.sample(self.people, int(len(self.people) * 0.01)):
            other = r.choice(self.people)
            other.devices.append(person.devices[0])
        for i in range(k.rings):
            self._ring(PATTERNS[i % len(PATTERNS)], r.randint(k.ring_min, k.ring_max))
        for i in range(k.loners):
            r.choice([p for p in self.people if p.label == "honest" and not p.serial_returner]).label = PATTERNS[i % len(PATTERNS)]

    def _family(self, size: int) -> None:
        home, device, payee, ip = self.address(), self.new("D"), self.new("P"), self.ip()
        members = [self.person(self.written(home)) for _ in range(size)]
        for member in members:
            member.ips = [ip]
            if self.chance(0.6):
                member.devices.append(device)
            if self.chance(0.4):
                member.payees.append(payee)
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                self.truth("link", a.id, b.id, "household")

    def _dormitory(self, size: int) -> None:
        building, ip = f"{self.random.choice(TOWNS)}云栖大学{self.random.randint(1, 40)}号宿舍楼", self.ip()
        self.truth("hub", ip, "ip", "honest")
        rooms = [f"{building}{f}{n:02d}室" for f in range(1, 7) for n in range(1, 13)]
        for room in rooms:
            self.truth("hub", room, "address", "honest")
        for _ in range(size):
            self.person(self.random.choice(rooms)).ips.append(ip)

    def _office(self, size: int) -> None:
        place, ip = (
            f"{self.random.choice(TOWNS)}{self.random.choice(ROADS)}{self.random.randint(1, 99)}号云帆大厦{self.random.randint(3, 30)}层",
            self.ip(),
        )
        self.truth("hub", place, "address", "honest")
        self.truth("hub", ip, "ip", "honest")
        for _ in range(size):
            self.person(place).ips.append(ip)

    def _cafe(self, size: int) -> None:
        ip, devices = self.ip(), [self.new("D") for _ in range(6)]
        self.truth("hub", ip, "ip", "honest")
        self.networks.append(ip)
        for device in devices:
            self.truth("hub", device, "device_id", "honest")
        for person in self.random.sample(self.people, min(size, len(self.people))):
            person.devices += self.random.sample(devices, self.random.randint(1, 2))
            person.ips.append(ip)

    def _ring(self, pattern: str, size: int) -> None:
        r, c = self.random, self.k.camouflage
        ring = Ring(
            pattern,
            [self.new("D") for _ in range(max(2, size // 4))],
            [self.new("P") for _ in range(max(2, size // 6))],
            [self.address() for _ in range(max(2, size // 5))],
            [self.ip() for _ in range(max(1, size // 8))],
            r.sample(self.stations, 2),
            [self.pictures.thing() if self.pictures else self.new("F") for _ in range(max(2, size // 3))],
            [r.choice(self.places)] if self.places and self.chance(self.k.hiding) else [],
            r.randint(10_000_000, 89_999_999),
            BEGIN - timedelta(days=r.randint(5, 200)),
            f"S{r.randint(1, 60)}",
        )
        members = []
        for i in range(size):
            member = self.person()
            member.label, member.ring, member.serial_returner = pattern, ring, False
            member.registered = member.registered if self.chance(c) else ring.registered + timedelta(hours=r.randint(0, 60))
            member.phone = member.phone if self.chance(c) else f"199{ring.phone_start + r.randint(0, 900):08d}"
            member.devices = [self.pick(self._device_pool(ring, i), member.devices[0]) for _ in range(r.randint(1, 3))]
            member.payees = [self.pick(ring.payees, member.payees[0]) for _ in range(r.randint(1, 2))]
            member.ips = [self.pick(ring.ips, member.ips[0]) for _ in range(2)]
            if ring.hidden and self.networks:
                member.ips.append(r.choice(self.networks))
            members.append(member)
        for i, a in enumerate(members):
            for b in members[i + 1 :]:
                self.truth("link", a.id, b.id, "ring")

    def _device_pool(self, ring: Ring, i: int) -> list[str]:
        """One phone for all, one for each two, a chain from one to the next, or a pool anybody takes from."""
        if self.k.shape == "single":
            return ring.devices[:1]
        while len(ring.devices) < i + 2:
            ring.devices.append(self.new("D"))
        if self.k.shape == "pairs":
            return [ring.devices[i // 2]]
        return ring.devices[i : i + 2] if self.k.shape == "chain" else ring.pool

    def pick(self, shared: list[str], own: str) -> str:
        return own if self.chance(self.k.camouflage) else self.random.choice(shared)

    def written(self, address: str) -> str:
        """The same door as another hand writes it."""
        r = self.random
        if self.chance(0.3):
            address = address.replace("号楼", r.choice(("栋", "幢", "号楼")))
        if self.chance(0.3):
            address = address.replace("室", r.choice(("", "房", "户")))
        if self.chance(0.2):
            address = address.replace("单元", "-").replace("号楼", "-")
        if self.chance(0.2):
            address = address[6:] if address[5] == "区" else address
        if self.chance(0.2):
            address += r.choice(("(放门口)", "（到了打电话）", " 请电联"))
        return address

    def on_label(self, address: str) -> str:
        return self.written(address) if "室" in address else address

    def live(self) -> None:
        for person in self.people:
            self._account(person)
            offender = person.label != "honest"
            orders = self.random.randint(3, 8) if offender else min(1 + int(self.random.expovariate(0.4)), 25)
            acted = False
            for i in range(orders):
                first = max(BEGIN, person.registered)
                when = first + timedelta(days=self.random.uniform(0.1, 150))
                bad = offender and (not self.chance(self.k.camouflage) or (i == orders - 1 and not acted))
                acted = acted or bad
                self.buys(person, when, person.label if bad else "honest")

    def buys(self, person: Person, when: datetime, act: str) -> None:
        Purchase(self, person, when, act).make()

    def _account(self, p: Person) -> None:
        r = self.random
        self.truth("account", p.id, "", p.label)
        self.rows["accounts"].append(
            {
                "account_id": p.id,
                "registered_at": p.registered,
                "phone": self.typed(p.phone),
                "name": p.name,
                "level": r.randint(0, 2 if p.ring else 5),
            }
        )
        for i, device in enumerate(dict.fromkeys(p.devices)):
            ip = p.ips[i % len(p.ips)]
            seen = p.registered + timedelta(days=r.uniform(0, 3))
            self.rows["devices"].append(
                {"account_id": p.id, "device_id": device, "ip": ip, "first_seen": seen, "last_seen": seen + timedelta(days=90)}
            )
        for ip in p.ips[len(set(p.devices)) :]:
            self.rows["devices"].append(
                {"account_id": p.id, "device_id": p.devices[0], "ip": ip, "first_seen": p.registered, "last_seen": ""}
            )
        for payee in dict.fromkeys(p.payees) if self.k.payees else ():
            self.rows["payees"].append(
                {"account_id": p.id, "payee_id": payee, "first_used": p.registered + timedelta(days=r.uniform(0, 4))}
            )

    def write(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        if self.pictures:
            for _, photo, thing in sorted(self.shown, key=lambda s: s[:2]):
                for other, way in self.pictures.show(photo, thing):
                    self.truth("photo", other, photo, way)
            self.pictures.write(out / "photos")
        for name, header in HEADERS.items():
            columns = header.split()
            with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as lines:
                writer = csv.writer(lines)
                writer.writerow(columns)
                for row in self.rows[name]:
                    writer.writerow([self._cell(name, c, row.get(c, "")) for c in columns])

    def _cell(self, table: str, column: str, value: object) -> str:
        if table != "truth" and column not in KEPT and self.chance(self.k.missing):
            return ""
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        return f"{value:.2f}" if isinstance(value, float) else str(value)


class Purchase:
    """One order and everything that follows from it."""

    def __init__(self, world: World, person: Person, when: datetime, act: str) -> None:
        self.w, self.p, self.when, self.act = world, person, when, act
        self.r = world.random
        self.id = world.new("O")

    def make(self) -> None:
        r, p, w = self.r, self.p, self.w
        category = r.choice(w.fitting.get(self.act, tuple(w.goods)))
        price, weight, fragile, serial = w.goods[category]
        self.price, self.weight = round(price * r.uniform(0.7, 1.5), 2), round(weight * r.uniform(0.9, 1.1), 2)
        self.serial = f"SN{r.randint(0, 16**10):010X}" if serial else ""
        self.zone, self.arrived = r.randint(1, 6), self.when + timedelta(days=r.uniform(1.5, 5))
        self.contract = round((5 + 2 * self.zone) + (1 + 0.5 * self.zone) * self.weight, 2)
        address = w.pick(p.ring.addresses, p.address) if p.ring else p.address
        if p.ring and p.ring.hidden and w.chance(0.4):
            address = p.ring.hidden[0]
        floor = r.randint(5, 7) if self.act == "order_and_refuse" else r.randint(1, 18)
        w.rows["orders"].append(
            {
                "order_id": self.id,
                "account_id": p.id,
                "placed_at": self.when,
                "receiver": p.name,
                "receiver_phone": w.typed(p.phone),
                "address": w.on_label(address),
                "sku": f"{category}{r.randint(1, 20)}",
                "category": category,
                "unit_price": self.price,
                "quantity": 1,
                "paid": self.price,
                "weight_kg": self.weight,
                "zone": self.zone,
                "fragile": fragile,
                "floor": floor,
                "elevator": int(floor > 7),
                "serial_out": self.serial,
            }
        )
        self.fragile = fragile
        refused = self.act == "order_and_refuse" or w.chance(0.008)
        self._parcel("out", self.when + timedelta(hours=r.randint(4, 40)), self.arrived, "refused" if refused else "delivered")
        if refused:
            if w.chance(0.7):
                self._claim(self.arrived + timedelta(hours=r.randint(1, 30)), "refund_only", r.choice(w.hand.refused), self.price)
        elif self.act == "honest":
            self._honest()
        else:
            getattr(self, f"_{self.act}")()

    def _honest(self) -> None:
        r, w, p = self.r, self.w, self.p
        if w.chance(0.7 if p.serial_returner else 0.08):
            opened = self.arrived + timedelta(days=r.uniform(0.3, 6.9))
            reason = r.choice(w.hand.returns)
            condition = r.choice(w.hand.traces if w.chance(0.02) else w.hand.intact)
            serial = self._noisy(self.serial) if self.serial else ""
            self._parcel("return", opened + timedelta(hours=5), opened + timedelta(days=3), "delivered")
            self._claim(opened, "return", reason, self.price, serial_in=serial, condition_in=condition)
            if w.chance(0.25):
                freight = round(self.contract * r.uniform(0.9, 1.25), 2)
                self._claim(opened + timedelta(days=3), "freight", r.choice(w.hand.freight), freight)
        if self.fragile and w.chance(0.04):
            self._claim(self.arrived + timedelta(hours=r.randint(1, 30)), "refund_only", r.choice(w.hand.broken), self.price, things=[None])
        if w.chance(0.006):
            self._claim(self.arrived + timedelta(days=1), "complaint", r.choice(w.hand.grievance), 0.0, about=f"S{r.randint(1, 60)}")
        if w.chance(0.03):
            self._contact(self.arrived + timedelta(hours=3), "", r.randint(40, 1500), abusive=w.chance(0.02))

    def _noisy(self, serial: str) -> str:
        if not self.w.chance(0.15):
            return serial
        at = self.r.randrange(2, len(serial))
        return serial[:at] + self.r.choice("?0123456789") + serial[at + 1 :]

    def _use_and_return(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(4.9, 6.9))
        condition = self.r.choice(self.w.hand.worn)
        self._parcel("return", opened - timedelta(hours=5), opened + timedelta(days=2), "delivered")
        serial = self._noisy(self.serial) if self.serial else ""
        self._claim(opened, "return", self.r.choice(self.w.hand.returns), self.price, serial_in=serial, condition_in=condition)

    def _own_courier_freight(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(2, 6))
        self._parcel("return", opened - timedelta(days=2), opened - timedelta(hours=5), "delivered", times=self.r.uniform(1.9, 4))
        self._claim(opened, "freight", self.r.choice(self.w.hand.freight), self.asked)

    def _fragile_claims(self) -> None:
        ring, w = self.p.ring, self.w
        reuse = ring is not None and w.chance(0.6)
        things = [self.r.choice(ring.things)] if ring and reuse else [None]
        self._claim(
            self.arrived + timedelta(hours=self.r.randint(1, 40)),
            "refund_only",
            self.r.choice(w.hand.broken),
            self.price,
            things=things,
        )

    def _harassment(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(1, 10))
        claim = self._claim(
            opened, self.r.choice(("compensation", "refund_only")), self.r.choice(self.w.hand.pressing), self.price * 2, decided="refused"
        )
        for i in range(self.r.randint(3, 6)):
            when = opened + timedelta(days=1.2 + i * self.r.uniform(0.4, 1.1))
            self._contact(when, claim, self.r.randint(2400, 5400), abusive=self.w.chance(0.5))

    def _swap(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(1, 6.5))
        self._parcel(
            "return", opened - timedelta(days=2), opened - timedelta(hours=4), "delivered", heavier=self.r.choice((0.9, 1.08, 1.0))
        )
        other = f"SN{self.r.randint(0, 16**10):010X}"
        self._claim(
            opened,
            "return",
            self.r.choice(self.w.hand.quality),
            self.price,
            serial_in=other,
            condition_in=self.r.choice(self.w.hand.swapped),
        )

    def _malicious_complaint(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(0.2, 4))
        about = self.p.ring.target if self.p.ring and self.w.chance(0.6) else f"S{self.r.randint(1, 60)}"
        self._claim(opened, "complaint", self.r.choice(self.w.hand.complaint), 200.0, about=about, decided="refused")

    def _parcel(self, way: str, shipped: datetime, arrived: datetime, outcome: str, times: float = 1.0, heavier: float = 1.0) -> None:
        ring, back = self.p.ring, way == "return"
        shared = ring and back and not self.w.chance(self.w.k.camouflage)
        station, courier = self.r.choice(ring.stations if ring and shared else self.w.stations)
        self.asked = round(self.contract * times, 2)
        self.w.rows["parcels"].append(
            {
                "parcel_id": self.w.new("B"),
                "order_id": self.id,
                "direction": way,
                "carrier": self.r.choice(("云上快运", "飞鹿速递")),
                "station": station,
                "courier": courier,
                "shipped_at": shipped,
                "arrived_at": arrived,
                "weight_kg": round(self.weight * heavier * self.r.uniform(0.99, 1.01), 2),
                "freight_claimed": self.asked if back else "",
                "freight_contract": self.contract,
                "outcome": outcome,
            }
        )

    def _claim(self, opened: datetime, kind: str, reason: str, amount: float, decided: str = "", **more: object) -> str:
        claim, w = self.w.new("K"), self.w
        things = more.pop("things", [])
        assert isinstance(things, list)
        photos = [self._photo(thing) for thing in things]
        decided = decided or self.r.choices(("approved", "refused"), (9, 1))[0]
        row = {"claim_id": claim, "order_id": self.id, "account_id": self.p.id, "opened_at": opened, "kind": kind, "reason": reason}
        row |= {"amount": amount, "photos": ";".join(photos), "decided": decided, "decided_at": opened + timedelta(days=1), **more}
        w.rows["claims"].append(row)
        file = "photos/{}.jpg" if w.pictures else ""
        w.rows["photos"].extend({"photo_id": p, "claim_id": claim, "file": file.format(p)} for p in photos)
        w.truth("claim", claim, "", self.act)
        return claim

    def _photo(self, thing: object) -> str:
        """A photo of something shown before or (None) of something of one's own. Without pictures a thing is the photo's id."""
        w = self.w
        if w.pictures is None:
            return str(thing) if thing else w.new("F")
        photo = w.new("F")
        w.shown.append((self.when, photo, thing or w.pictures.thing()))
        return photo

    def _contact(self, when: datetime, claim: str, seconds: int, *, abusive: bool) -> None:
        row = {"contact_id": self.w.new("T"), "account_id": self.p.id, "started_at": when, "channel": self.r.choice(("phone", "chat"))}
        self.w.rows["contacts"].append(row | {"duration_s": seconds, "claim_id": claim, "abusive": int(abusive)})


def write_scenario(out: Path, **knobs: object) -> None:
    """A folder with these knobs; the rest as by default."""
    chosen = parser().parse_args([str(out)])
    for name, value in knobs.items():
        if not hasattr(chosen, name):
            raise KeyError(name)
        setattr(chosen, name, value)
    world = World(chosen)
    world.populate()
    world.live()
    world.write(out)


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=Path)
    for name, value in {
        "seed": 1,
        "accounts": 2500,
        "families": 120,
        "dormitories": 3,
        "offices": 6,
        "pickups": 3,
        "cafes": 3,
        "rings": 21,
        "ring-min": 6,
        "ring-max": 30,
        "loners": 14,
    }.items():
        p.add_argument(f"--{name}", type=int, default=value)
    p.add_argument("--camouflage", type=float, default=0.3, help="share of an offender's acts and shared values that look honest")
    p.add_argument("--missing", type=float, default=0.15, help="share of fields left empty")
    p.add_argument("--hiding", type=float, default=0.0, help="share of rings that also use honest pick-up points and net cafés")
    p.add_argument("--payees", type=int, default=1, help="0: nothing is known of who is paid")
    p.add_argument("--pictures", type=int, default=0, help="1: photos are drawn (needs OpenCV); 0: a photo is only its id")
    p.add_argument("--hand", choices=tuple(HANDS), default="one", help="how people and warehouses write")
    p.add_argument("--shape", choices=("pools", "chain", "single", "pairs"), default="pools", help="how a ring shares its devices")
    p.add_argument("--phones", choices=("plain", "written"), default="plain", help="how phone numbers are typed")
    return p


def main() -> None:
    knobs = vars(parser().parse_args())
    write_scenario(knobs.pop("out"), **knobs)


if __name__ == "__main__":
    main()
