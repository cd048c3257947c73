"""Another town, another way of trading and of hiding: scenario folders that abuse detection was never looked at with.

    python benchmarks/risk_fresh.py OUT --seed 301 --camouflage 0.7 --missing 0.3

Other words, goods, kinds of addresses, phone formats, sizes of honest hubs and times than risk_scenarios.py. Offenders hide otherwise: they
buy honestly first and abuse late, a few of a ring share much and most share little, and a tenth of all customers come from one network.
Written once, without looking at detectors or word lists. Its words and what seeds 301, 302, 401 and 502 showed (numbers typed in many ways,
rings of one village taken for one) have since been mended, so they count as seen; `--hand fourth` was written apart after that, and figures
are of its first run on seeds from 601 on.
"""

import argparse
import string
from datetime import datetime, timedelta
from pathlib import Path

from risk_scenarios import BEGIN, Person, Purchase, World, parser
from risk_words import HANDS, Hand

HAND = Hand(
    ("尺寸偏大", "重复下单了", "临时用不上", "家里人说不好看", "七天内退", ""),
    ("原封未动", "开箱验视无异常", "外观良好，配件齐", "新", "可直接上架", "pass"),
    ("外壳有手印", "试穿过一次"),
    ("键盘打油", "电池循环86次", "鞋底有泥垢", "吊牌剪掉且有汗渍", "滤网发黄", "开机记录41天", "明显穿洗过"),
    ("机身号不一致", "里面换成了旧件", "外观良好，配件齐", "型号对不上", "pass"),
    ("退货快递费我出的", "到付的钱", "寄回去花费", "邮费"),
    ("锅盖磕掉一角", "收到就是坏的", "烂了一大半", "玻璃渣掉出来", "灯罩瘪了", "汁水洒了一箱"),
    ("没人收", "不收了", "在门口退掉了"),
    ("必须双倍赔", "今天不解决就天天打", "拿钱来私了"),
    ("该员工羞辱我", "要求开除并补偿", "服务恶劣，要礼金"),
    ("迟到两小时", "快递柜超时收费"),
    ("充不进电", "开机花屏", "功能坏"),
)
GOODS = {
    "笔记本电脑": (4800.0, 2.2, 0, 1),
    "平板电脑": (2300.0, 0.7, 0, 1),
    "投影仪": (1900.0, 2.8, 0, 1),
    "礼服裙": (520.0, 0.8, 0, 0),
    "羽绒服": (640.0, 1.2, 0, 0),
    "砂锅": (88.0, 3.2, 1, 0),
    "鱼缸": (150.0, 9.0, 1, 0),
    "灯具": (210.0, 2.5, 1, 0),
    "榴莲": (160.0, 3.0, 1, 0),
    "整箱矿泉水": (36.0, 14.0, 0, 0),
    "猫砂": (65.0, 20.0, 0, 0),
    "杠铃片": (180.0, 25.0, 0, 0),
    "文具": (22.0, 0.3, 0, 0),
    "厨房纸": (30.0, 1.5, 0, 0),
}
FITTING = {
    "use_and_return": ("笔记本电脑", "礼服裙", "投影仪", "羽绒服"),
    "swap": ("笔记本电脑", "平板电脑", "投影仪"),
    "fragile_claims": ("砂锅", "鱼缸", "灯具", "榴莲"),
    "order_and_refuse": ("整箱矿泉水", "猫砂", "杠铃片"),
}
TOWNS = ("琼华省碧波市沙洲区", "琼华省碧波市临港新区", "玄武省金穗市老城区", "玄武省青禾县", "紫川市高地区")
ROADS = ("环湖北路", "和平二街", "向阳大道", "铁塔路", "三元桥街", "文昌路", "东风支路", "沙井巷")
YARDS = ("翡翠湾", "金色家园", "阳光花苑", "书香门第", "海棠别院", "锦绣城", "湖畔居")
VILLAGES = ("柳河镇大桥村", "石门镇下坪村", "青山乡杏花村", "双溪镇渡口村")
WIDE = str.maketrans(string.digits, "０１２３４５６７８９")
SLIPS = (("苑", "院"), ("阳", "杨"), ("锦", "金"), ("湾", "弯"), ("环", "还"), ("溪", "西"))


class FreshWorld(World):
    goods, fitting = GOODS, FITTING

    def __init__(self, knobs: argparse.Namespace) -> None:
        self._moods: dict[str, float] = {}
        self.mood = 0.0
        super().__init__(knobs)
        self.hand = HAND if knobs.hand == "one" else HANDS[knobs.hand]

    def populate(self) -> None:
        super().populate()
        shared = self.ip()
        self.truth("hub", shared, "ip", "honest")
        for person in self.random.sample(self.people, len(self.people) // 10):
            person.ips.append(shared)

    def address(self) -> str:
        r, town = self.random, self.random.choice(TOWNS)
        match r.randrange(4):
            case 0:
                yard = f"{town}{r.choice(ROADS)}{r.randint(1, 300)}号{r.choice(YARDS)}"
                return f"{yard}{r.choice('ABCDEF')}座{r.randint(2, 30)}{r.randint(1, 8):02d}"
            case 1:
                return f"{town}{r.choice(ROADS)}{r.randint(1, 900)}弄{r.randint(1, 60)}号{r.randint(1, 6)}0{r.randint(1, 6)}"
            case 2:
                return f"{town}{r.choice(VILLAGES)}{r.randint(1, 14)}组{r.randint(1, 120)}号"
        yard = f"{town}{r.choice(ROADS)}{r.randint(1, 300)}号{r.choice(YARDS)}"
        return f"{yard}{r.randint(1, 25)}-{r.randint(1, 4)}-{r.randint(1, 28)}0{r.randint(1, 4)}"

    def phone(self) -> str:
        return f"166{self.random.randint(0, 99999999):08d}"

    def typed(self, phone: str) -> str:
        r = self.random
        if self.chance(0.08):
            return f"{phone[:3]}****{phone[-4:]}"
        three = (phone[:3], phone[3:7], phone[7:])
        return r.choice(
            (phone, phone, f"0086{phone}", f"(+86){phone}", " ".join(three), ".".join(three), phone.translate(WIDE), f"+86-{phone}")
        )

    def written(self, address: str) -> str:
        r = self.random
        for right, wrong in SLIPS:
            if right in address and self.chance(0.03):
                address = address.replace(right, wrong)
        if self.chance(0.25):
            address = address[3:] if address[2] == "省" else address
        if self.chance(0.2):
            address = address.replace("弄", "-").replace("座", "栋")
        if self.chance(0.15):
            address = address.translate(WIDE)
        if self.chance(0.2):
            address = address.replace("区", "区 ").replace("县", "县 ")
        if self.chance(0.25):
            address += r.choice(("放快递柜", "（白天没人）", " 周末送", "，联系家人", "/ 勿按铃"))
        return address

    def on_label(self, address: str) -> str:
        return address if address in self.places else self.written(address)

    def person(self, address: str | None = None) -> Person:
        """A third of a ring is bold, the rest careful; an honest person has no use for either."""
        who = super().person(address)
        bold = self.chance(0.3)
        self.mood = self._moods[who.id] = min(self.k.camouflage * (0.4 if bold else 1.2), 0.85)
        return who

    def _family(self, size: int) -> None:
        super()._family(size + self.random.choice((0, 0, 0, 3)))

    def _dormitory(self, size: int) -> None:
        super()._dormitory(size * 2)

    def _office(self, size: int) -> None:
        super()._office(self.random.choice((4, 6, 9, 150)))

    def _cafe(self, size: int) -> None:
        super()._cafe(size * 2)

    def pick(self, shared: list[str], own: str) -> str:
        return own if self.chance(self.mood) else self.random.choice(shared)

    def live(self) -> None:
        """Offenders buy honestly first and abuse in their later orders, which come closer together."""
        for person in self.people:
            self._account(person)
            self.mood = self._moods[person.id]
            r, first = self.random, max(BEGIN, person.registered)
            if person.label == "honest":
                for _ in range(min(1 + int(r.expovariate(0.5)), 18)):
                    self.buys(person, first + timedelta(days=r.uniform(0.2, 160)), "honest")
                continue
            count = r.randint(4, 9)
            clean = min(round(count * self.k.camouflage), count - 1)
            turn = first + timedelta(days=r.uniform(20, 80))
            for _ in range(clean):
                self.buys(person, first + timedelta(days=r.uniform(0.2, 20)), "honest")
            for _ in range(count - clean):
                self.buys(person, turn + timedelta(days=r.uniform(0, 45)), person.label)

    def buys(self, person: Person, when: datetime, act: str) -> None:
        FreshPurchase(self, person, when, act).make()


class FreshPurchase(Purchase):
    def _use_and_return(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(3.5, 6.8))
        self._parcel("return", opened + timedelta(hours=8), opened + timedelta(days=3), "delivered")
        serial = self._noisy(self.serial) if self.serial else ""
        reason, condition = self.r.choice(self.w.hand.returns), self.r.choice(self.w.hand.worn)
        self._claim(opened, "return", reason, self.price, serial_in=serial, condition_in=condition)

    def _own_courier_freight(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(2, 7))
        self._parcel("return", opened - timedelta(days=2), opened - timedelta(hours=3), "delivered", times=self.r.uniform(1.6, 2.8))
        self._claim(opened, "freight", self.r.choice(self.w.hand.freight), self.asked)

    def _fragile_claims(self) -> None:
        ring = self.p.ring
        things = [self.r.choice(ring.things)] if ring and self.w.chance(0.5) else [None]
        when = self.arrived + timedelta(hours=self.r.uniform(0.2, 70))
        self._claim(when, "refund_only", self.r.choice(self.w.hand.broken), self.price, things=things)

    def _harassment(self) -> None:
        opened = self.arrived + timedelta(days=self.r.uniform(0.5, 8))
        claim = self._claim(opened, "compensation", self.r.choice(self.w.hand.pressing), self.price * 3, decided="refused")
        for i in range(self.r.randint(3, 5)):
            when = opened + timedelta(days=1.1 + i * self.r.uniform(0.3, 1.4))
            self._contact(when, claim, self.r.randint(1800, 6000), abusive=self.w.chance(0.4))


def write_fresh(out: Path, **knobs: object) -> None:
    chosen = parser().parse_args([str(out)])
    for name, value in knobs.items():
        if not hasattr(chosen, name):
            raise KeyError(name)
        setattr(chosen, name, value)
    world = FreshWorld(chosen)
    world.populate()
    world.live()
    world.write(out)


def main() -> None:
    given = parser()
    given.description = __doc__
    knobs = vars(given.parse_args())
    write_fresh(knobs.pop("out"), **knobs)


if __name__ == "__main__":
    main()
