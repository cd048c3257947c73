"""How fast and how well the knowledge base is searched: python benchmarks/knowledge_search.py [--entries 10000 100000] [--json].

Fills an index with made-up entries of a shop (every product with every matter), hides twenty entries about policies among them, and asks
forty questions in words other than the entries' own. Recall says how often the right one is first, or among the first five; times are of
one search call, milliseconds.
"""

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from xinfu.kit.search import BigramIndex, Entry
from xinfu.knowledge.service import WEIGHTS

SHOP = "5" * 32
PLACES = ("杭州", "成都", "沈阳", "长沙", "西安", "厦门", "合肥", "昆明", "济南", "兰州")
MAKES = ("青松", "远帆", "晨露", "白塔", "石桥", "南风", "云栖", "竹里", "星野", "归雁")
GOODS = ("显卡", "处理器", "手机", "连衣裙", "衬衫", "面霜", "精油", "奶瓶", "婴儿车", "空调", "洗衣机", "玻璃杯", "矿泉水", "键盘", "耳机")
MATTERS = {
    "材质说明": "主要材料经过检验,表面处理均匀,长期使用不易变形。",
    "尺寸怎么选": "请对照尺码表测量后选择,介于两档之间建议选大一档。",
    "清洁与保养": "用软布轻拭,避免暴晒和高温,久置不用请擦干收好。",
    "适用人群": "适合大多数人使用,敏感者请先小范围试用。",
    "使用方法": "按说明书步骤操作,首次使用前请检查配件是否齐全。",
    "保修期限": "自签收之日起按国家三包规定保修,人为损坏除外。",
    "颜色差异": "受光线和屏幕影响,实物与图片可能略有差别。",
    "包装清单": "内含主体一件、说明书一份、合格证一张。",
}
# title, body, questions a customer might ask instead
POLICIES: tuple[tuple[str, str, tuple[str, str]], ...] = (
    (
        "退货运费由谁承担",
        "质量问题由店铺承担来回运费;七天无理由退货,寄回的运费由买家承担。",
        ("我不想要了寄回去邮费算谁的", "东西是坏的,退货的运费你们出吗"),
    ),
    (
        "七天无理由退货条件",
        "签收后七天内,商品完好、不影响二次销售即可申请。贴身衣物拆封后除外。",
        ("穿过一次还能退吗,七天内", "买了不喜欢可以无理由退吗"),
    ),
    (
        "退款多久到账",
        "退款通过后原路返回,微信支付宝一般一到三天,银行卡三到七个工作日。",
        ("钱什么时候退到我银行卡", "退款同意了怎么还没到账"),
    ),
    ("多久发货", "现货付款后四十八小时内发货,预售按页面时间。", ("我昨天付的款怎么还不发货", "今天拍下哪天能发货")),
    ("发什么快递", "默认发合作快递,按地址自动分配,可备注但不保证指定。", ("能不能给我发指定的快递公司", "你们用的哪家快递")),
    (
        "偏远地区加收运费",
        "部分偏远地区需补运费差额,以结算页显示为准。",
        ("寄到偏远的地方要另外加钱吗", "偏远地区包不包运费"),
    ),
    (
        "修改收货地址",
        "未发货前可在订单里修改收货地址;已发货请联系客服尝试拦截转寄。",
        ("地址写错了能帮我改一下吗", "搬家了收货地址要换"),
    ),
    ("取消订单", "未发货的订单可直接取消,款项立即原路退回;已发货请拒收。", ("不想买了帮我把订单取消", "还没发货可以取消吗")),
    ("价格保护", "签收前后十五天内同款降价可申请补差价,秒杀与优惠券除外。", ("刚买就降价了能补差价吗", "价保几天内有效")),
    ("开具发票", "在订单页申请电子发票,公司抬头需填写税号,发送到邮箱。", ("怎么开公司抬头的发票", "电子发票发到哪里")),
    ("运输破损怎么处理", "签收时破损请拍照,二十四小时内联系我们补发或退款。", ("收到杯子碎了怎么办", "箱子压烂了里面破损要赔吗")),
    ("少件漏发", "清点后发现少件,请提供开箱照片,核实后补发。", ("少发了一件给我", "拆开发现漏发配件")),
    ("大家电送货安装", "送货上门后由服务人员预约安装,辅材费用按公示价目收取。", ("空调送到家谁来安装", "安装师傅要收辅材费吗")),
    (
        "换货流程",
        "提交换货申请并寄回,仓库收到后两天内寄出新的商品。",
        ("尺码小了想换大一号怎么弄换货", "换货要等多久寄新的"),
    ),
    ("会员积分", "每消费一元积一分,积分可抵扣现金,年底清零。", ("积分怎么抵钱", "我的积分会过期清零吗")),
    ("优惠券使用规则", "优惠券每单限用一张,不可叠加,过期自动失效。", ("两张优惠券能一起用吗", "优惠券过期了还能补吗")),
    ("礼品包装与贺卡", "下单时勾选礼品包装,可代写贺卡,包裹内不放价格单。", ("送人的,能帮忙写贺卡吗", "礼品包装怎么选,别放价格")),
    ("分期付款", "满一定金额可选三期、六期、十二期,手续费以页面为准。", ("可以分期付吗几期", "十二期分期手续费多少")),
    ("孕妇能否使用", "孕期哺乳期请避免使用含酒精和精油成分的产品,先咨询医生。", ("怀孕了可以用这个精油吗孕妇", "哺乳期能用面霜吗")),
    ("正品保证", "所有商品来自品牌授权,支持专柜验货,假一赔三。", ("是正品吗可以验货吗", "假货怎么赔")),
)


def entries(count: int) -> list[Entry]:
    """The policies and as many product entries as it takes, in a fixed order."""
    chosen = [_entry(f"policy-{n}", title, body) for n, (title, body, _) in enumerate(POLICIES)]
    dice = random.Random(7)
    matters = list(MATTERS.items())
    while len(chosen) < count:
        n = len(chosen)
        make, goods, (matter, words) = dice.choice(MAKES), dice.choice(GOODS), dice.choice(matters)
        body = f"{make}{goods}第{n}款:{words}{dice.choice(PLACES)}仓发出。"
        chosen.append(_entry(f"product-{n}", f"{make}{goods}{n}{matter}", body))
    return chosen


def measure(count: int, folder: Path, rounds: int) -> dict[str, float | int]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    all_of_them = entries(count)
    index = BigramIndex(folder, WEIGHTS, ("audience",))
    began = time.perf_counter()
    index.rebuild(all_of_them)
    built = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asked = [(f"policy-{n}", question) for n, (_, _, questions) in enumerate(POLICIES) for question in questions]
    first = among_five = 0
    times: list[float] = []
    for turn in range(rounds):
        for right, question in asked:
            start = time.perf_counter()
            found = index.search(SHOP, question, 5, facets={"audience": ("customer",)})
            times.append((time.perf_counter() - start) * 1000)
            if turn == 0:
                keys = [one.key for one in found]
                first += keys[:1] == [right]
                among_five += right in keys
    start = time.perf_counter()
    index.upsert([all_of_them[0]])
    index.commit()
    saved = (time.perf_counter() - start) * 1000
    cuts = statistics.quantiles(times, n=100)
    return {
        "entries": count,
        "build_s": round(built, 2),
        "grown_mb": round((after - before) / 1024, 1),
        "searches": len(times),
        "p50_ms": round(cuts[49], 3),
        "p95_ms": round(cuts[94], 3),
        "p99_ms": round(cuts[98], 3),
        "save_ms": round(saved, 1),
        "questions": len(asked),
        "recall_1": round(first / len(asked), 3),
        "recall_5": round(among_five / len(asked), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    for count in options.entries:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(count, Path(folder) / "index", options.rounds))
    if options.json:
        json.dump(results, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return
    for result in results:
        print("  ".join(f"{name} {value}" for name, value in result.items()))


def _entry(key: str, title: str, body: str) -> Entry:
    return Entry(key, SHOP, {"title": title, "body": body}, {"audience": "customer"})


if __name__ == "__main__":
    main()
