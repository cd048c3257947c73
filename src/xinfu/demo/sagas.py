"""The customers a visitor of the demo can sign in as: each with one situation worth asking the shop about. Data only."""

from dataclasses import dataclass
from typing import Literal

type Fate = Literal[
    "normal",
    "on_the_way",
    "unpaid",
    "abandoned",
    "cancelled",
    "delayed",
    "exception",
    "lost",
    "reissued",
    "split",
    "returned",
    "refused",
    "second_try",
]


@dataclass(frozen=True, slots=True)
class Errand:
    """One order of a saga, with its SKUs and fate: placed `days` before today's local noon; 0 means an hour ago."""

    days: float
    skus: tuple[str, ...]
    fate: Fate = "normal"


@dataclass(frozen=True, slots=True)
class Saga:
    """A customer with a situation, told in a few words in both languages."""

    name: str
    zh: str
    en: str
    errands: tuple[Errand, ...] = ()
    vip: int = 0
    gift: bool = False
    english: bool = False


SAGAS: tuple[Saga, ...] = (
    Saga("林小满", "手机刚发出，正在路上", "A phone on its way", (Errand(1.2, ("PH-WC12-GN-256", "PH-CASE-GN"), "on_the_way"),)),
    Saga(
        "周岩",
        "两单都在路上，要先问清是哪一单",
        "Two orders on the way: which one?",
        (Errand(1.2, ("GPU-R70-16G-BK",), "on_the_way"), Errand(1.1, ("CPU-X7-BOX",), "on_the_way")),
    ),
    Saga(
        "许晴川",
        "给妈妈的礼物，收货人不是本人",
        "A present: the receiver is someone else",
        (Errand(1.2, ("AP-SCARF-PL",), "on_the_way"),),
        vip=2,
        gift=True,
    ),
    Saga("高远", "快递三天没动，已经很急", "A parcel that has not moved for days", (Errand(4.5, ("AP-DOWN-OR-L",), "delayed"),)),
    Saga("孟知瓷", "收到的茶具碎了一只杯", "A tea set arrived broken", (Errand(4, ("FG-TEASET",)),)),
    Saga(
        "沈老师",
        "老主顾，买过很多次",
        "A regular of the shop",
        (
            Errand(90, ("TE-BLACK",)),
            Errand(61, ("RC-10KG-10", "OL-5L")),
            Errand(33, ("AP-KNIT-CM-M",)),
            Errand(12, ("BE-CREAM-100",)),
            Errand(1, ("TE-GREEN-200", "TE-NUT-600")),
        ),
        vip=5,
    ),
    Saga("方一一", "下了单还没付款", "Ordered, not yet paid", (Errand(0, ("HA-RICE-GN",), "unpaid"),)),
    Saga("何安然", "用了精油有点红痒，担心过敏", "Worried about a rash", (Errand(6, ("BE-LAV-10", "BE-OIL-100")),)),
    Saga("陆北", "显卡刚买就降价，想问价保", "The price fell after buying", (Errand(5, ("GPU-R70-12G-WH",)),)),
    Saga(
        "Emily Carter",
        "说英文的客人，包裹在路上",
        "Writes English; a parcel on the way",
        (Errand(1.2, ("AP-TEE-NV-M",), "on_the_way"),),
        english=True,
    ),
    Saga("赵建国", "空调送到了，等着安装", "Waiting for the installer", (Errand(4, ("HA-AC15-WH",)),), vip=1),
    Saga("白露", "有一次没派送成功", "One delivery attempt failed", (Errand(3, ("BB-DIAPER-L",), "second_try"),)),
    Saga("唐果", "一单分成两个包裹发货", "One order in two parcels", (Errand(3.5, ("AP-JEAN-DB-29", "PH-CASE-BK"), "split"),)),
    Saga("叶秋白", "退货已经入库，问退款到账", "A return and its refund", (Errand(14, ("AP-SHELL-BL-L",), "returned"),)),
    Saga("石磊", "包裹疑似丢失", "A parcel that seems lost", (Errand(8, ("HA-KETTLE-15",), "lost"),)),
    Saga("丁丁", "第一次来，还没有订单", "New here, no orders yet"),
)

# Three accounts that live behind one door and write it in three ways; their tea sets keep arriving broken. Nobody signs in as them.
RING: tuple[Saga, ...] = (
    Saga("葛一舟", "茶具总是碎", "Tea sets keep breaking", (Errand(23, ("FG-TEASET",)), Errand(5, ("FG-POT",)))),
    Saga("葛逸州", "茶具总是碎", "Tea sets keep breaking", (Errand(16, ("FG-TEASET",)),)),
    Saga("葛亦周", "茶具总是碎", "Tea sets keep breaking", (Errand(11, ("FG-TEASET",)), Errand(6, ("FG-BOWL-45",)))),
)
CAST = SAGAS + RING
