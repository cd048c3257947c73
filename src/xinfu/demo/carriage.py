"""How a parcel travels: every scan it will ever get, planned in seconds; the generator keeps those that lie in the past."""

from dataclasses import dataclass
from random import Random

from xinfu.commerce.contracts import ScanCode
from xinfu.demo import names
from xinfu.demo.daytime import DAY, HOUR, next_at
from xinfu.demo.sagas import Fate

type PlannedScan = tuple[int, ScanCode, str, str]


@dataclass(frozen=True, slots=True)
class Journey:
    """One parcel's plan. `ended_at` None: it never arrives (lost). `refused`: it came back to us instead."""

    carrier: str
    tracking_no: str
    scans: tuple[PlannedScan, ...]
    promised_by: int
    ended_at: int | None
    refused: bool = False


def plan(rng: Random, handed: int, region: str, place: str, heavy: bool, fate: Fate, second: bool = False) -> Journey:
    """A parcel handed to the carrier at `handed`, bound for `place` in `region`."""
    carrier, prefix = names.HEAVY_CARRIER if heavy else names.PARCEL_CARRIERS[rng.random() < 0.5]
    tracking_no = f"{prefix}{int(rng.random() * 9e11) + 10**11}"
    far = region == "far"
    here, there = names.HUBS["middle" if second else "east"], names.HUBS[region]
    scans: list[PlannedScan] = [(handed, "collected", names.SECOND_WAREHOUSE if second else names.WAREHOUSE, "快递员已揽收")]
    t = handed + int((3 + rng.random() * 6) * HOUR)
    scans.append((t, "departed", here, f"已发出，下一站 {there}" if here != there else f"已发出，下一站 {place}营业部"))
    promised_by = next_at(handed + (5 if far else 3) * DAY, 22)
    if fate in ("lost", "reissued"):
        return Journey(carrier, tracking_no, tuple(scans), promised_by, None)
    if fate == "delayed":
        t += int((16 + rng.random() * 6) * HOUR)
        scans.append((t, "exception", here if here == there else f"{there}途中", "受天气影响车辆绕行，预计晚到，我们已在跟进"))
        t += int((3.5 + rng.random() * 1.5) * DAY)
    if fate == "on_the_way":
        t += 20 * HOUR
    if here != there:
        t += int(((30 if far else 10) + rng.random() * 12) * HOUR)
        scans.append((t, "arrived", there, f"已到达，正在分拣，下一站 {place}营业部"))
        t += int((2 + rng.random() * 3) * HOUR)
    t += int((3 + rng.random() * 5) * HOUR)
    scans.append((t, "arrived", f"{place}营业部", "已到达，等待派送"))
    return _last_mile(rng, Journey(carrier, tracking_no, tuple(scans), promised_by, None), t, place, fate)


def _last_mile(rng: Random, so_far: Journey, t: int, place: str, fate: Fate) -> Journey:
    station, courier = f"{place}营业部", names.COURIERS[int(rng.random() * len(names.COURIERS))]
    scans = list(so_far.scans)
    t = next_at(t + HOUR // 2, 8.2 + rng.random() * 1.6)
    scans.append((t, "out_for_delivery", station, f"快递员{courier}正在派送，请保持电话畅通"))
    refused = fate == "refused"
    if fate in ("exception", "second_try"):
        t += int((2 + rng.random() * 5) * HOUR)
        why = "电话无人接听，改明日再派" if fate == "second_try" else "地址不详，正在联系收件人"
        scans.append((t, "exception", station, why))
        t = next_at(t + 10 * HOUR, 8.5 + rng.random())
        scans.append((t, "out_for_delivery", station, f"快递员{courier}再次派送"))
    t += int((1 + rng.random() * 6) * HOUR)
    if refused:
        scans.append((t, "exception", station, "收件人拒收，正在退回"))
        t += int((2 + rng.random() * 2) * DAY)
        scans.append((t, "returned", names.WAREHOUSE, "退回件已入库"))
    else:
        kept = ("本人签收", "本人签收", "家人签收", "已放家门口，收件人同意", "驿站代收，凭取件码领取")[int(rng.random() * 5)]
        scans.append((t, "delivered", place, kept))
    return Journey(so_far.carrier, so_far.tracking_no, tuple(scans), so_far.promised_by, t, refused)
