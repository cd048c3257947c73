/* Chinese words of the after-sales desk. */
export default {
  aftersales: { cases: "售后单", approvals: "审批", ledger: "账本", packs: "规则", listings: "上架核对" },
  cases: {
    open_page: "看售后单", back: "回到列表", list: "售后单列表", queues: "分组", one: "售后单", choose: "选一张售后单", choose_hint: "按 J、K 上下移动，X 勾选，Esc 回到列表。", empty: "这里都处理完了", empty_hint: "新的售后单会自己排进来。",
    queue: { open: "待处理", approval: "待审批", parcels: "等包裹", received: "待验货", money: "在途款项", handling: "跟进中", stuck: "卡住了", appeals: "申诉", all: "全部" },
    flag: { mine: "我的", overdue: "超时", risky: "要核实", appealed: "有申诉", simple: "简单" },
    flag_means: { mine: "分给我的", overdue: "过了该办的时间", risky: "有疑点，要人核实", appealed: "客户不接受拒绝，等另一个人再看", simple: "按规则可以、金额小、客户一向正常" },
    simple_hint: "{n} 张简单的可以一起办，每张还会再核对一次。", pick_simple: "全选简单的", grant_all: "同意 {n} 张", bulk_done: "办好 {n} 张", pick: "勾选 {number}", more_goods: "和另外 {n} 件", late_by: "超时 {time}", due_in: "还有 {time}", due: "{when} 前办", was_due: "该在 {when} 前办", take: "我来办", let_go: "放回去",
    costs_more: "换货要补差价 {amount}，收到退货后收取。", costs_less: "换货退差价 {amount}，收到退货后退回。", by_way: "客户指定的支付方式：{way}",
    way: "进度", clawback: "先退了款，{when} 前包裹还没到就要追回。", asked: "客户要什么", reason: "原因", party: "责任", order: "订单", opened: "提交", assignee: "经办", wish: "希望", customer: "看这位客户", money: "钱", paid: "已安排退款", paid_early: "已提前退款", new_order: "补发订单 {no}",
    better: { reorder: "退货重拍对客户更划算：", exchange: "换货对客户更划算：", same: "换货和退货重拍一样：" },
    why: "为什么", stake: { allowed: "您可以自己定", approval: "超出您的权限，会送去审批", refused: "不能这样给" }, trust: "信任与核实", level: { new: "新客户", known: "普通客户", trusted: "信得过", watched: "要留意" }, risk: { review: "建议核实", evidence: "要看证据" }, risk_hint: "机器只提醒，不替人拒绝；客户那边只看到「正在核实」。",
    pattern: { use_and_return: "用过再退", own_courier_freight: "自寄运费", fragile_claims: "易碎品反复赔", harassment: "反复长时间纠缠", order_and_refuse: "下单拒收", swap: "调包", malicious_complaint: "恶意投诉" },
    parcel: "退回的包裹", carrier: "快递", sent_by: "寄件", by: { shop: "店铺上门取", customer: "客户自己寄" }, freight_claimed: "运费", first_scan: "首次扫描", arrived: "到仓", appeals: "申诉", appeal: { open: "待复核", granted: "重新处理", upheld: "维持原判" }, timeline: "经过", note: "写一条内部备注", add_note: "记下",
    photos: "客户的照片", no_photos: "没有照片", inspection: "验货结果", matches: "和寄出的一致", differs: "和寄出的不一致", weight: "{n} 克", checklist: "跟进清单 {n} / {of}", tick: "做完了", tick_words: "怎么做的，一句话",
    next: "接下来", will_ask: "金额超出您的权限：确认后会送去审批，批了自动往下走。", now_is: "现在是「{state}」", sent_to_approval: "已送去审批", confirm: "确认{what}", optional: "（可不填）",
    not_by_me: "拒绝或申诉是您经手的，要另一个人来看。", waits_approval: "在等审批，批了自动往下走。", see_approval: "看审批", others_decide: "同意还是拒绝由专员或组长定，您可以补照片、写备注。", goods: "商品", granted: "已发放", points: "{n} 分",
    system: "系统",
    extra: { evidence: "补照片", parcel: "登记客户寄回", appeals: "替客户申诉" }, extra_go: { evidence: "加上", parcel: "登记", appeals: "提出申诉" }, extra_done: { evidence: "照片加上了", parcel: "寄回登记好了", appeals: "申诉已提出，由另一个人再看" }, extra_words: { evidence: "照片说明", appeals: "客户怎么说" },
    tracking: "运单号", claimed: "客户垫付运费", photo_add: "加照片", photo_n: "照片 {n}", photo_out: "去掉照片 {n}", photo_wait: "上传中",
    step: {
      accept: "同意", decline: "拒绝", withdraw: "替客户撤销", arrived: "包裹到了", inspected: "验货", rejected: "验货不通过", repaired: "修好了", remedied: "给补救", closed: "结案", reopened: "重新打开", retry: "再试一次", settled: "就此了结",
    },
    means: {
      decline: "客户会看到原因，也可以申诉，由另一个人再看。", arrived: "登记退回的包裹已经到仓。", rejected: "货不对才用；客户会看到原因。", remedied: "在这张单里给客户积分、券或现金。", closed: "清单都做完、客户认可了再结案。", settled: "不再继续，按现在的样子结束。", retry_goods: "回到待验货，重新验一次。", retry: "再交给支付、快递或发放系统一次，不会重复付。",
    },
    field: { what: "给什么", amount: "金额", condition: "成色", matches: "和寄出的是同一件", disposition: "怎么处理", serial: "序列号", weight: "重量（克）", note: "说明", photos: "验货照片", by_hand: "已经用别的办法办好了（不勾：不再办）", amount_less: "只退多少", note_public: "原因（客户看得到）" },
    wrong: { what: "选一下给什么。", amount: "金额写成 12.50 这样。", condition: "选一下成色。", matches: "确认是不是同一件。", disposition: "选一下货怎么处理。", serial: "序列号不对。", weight: "重量只写克数。", note: "请写一句说明。" },
    condition: { as_new: "完好如新", opened: "拆封完好", used: "有使用痕迹", damaged: "损坏", incomplete: "缺件", other_item: "不是原来那件" }, disposition: { restock: "重新上架", repair: "送修", destroy: "销毁", none: "不用处理" }, grant: { points: "积分", coupon: "优惠券", cash: "现金" },
    no_appeals: "没有申诉", no_appeals_hint: "客户不接受拒绝时，会排到这里由另一个人再看。", against: "针对：{what}", appeal_note: "怎么回复客户", uphold: "维持", look_again: "重新处理", appeal_granted: "已重新打开", appeal_upheld: "已维持，客户会看到说明",
  },
};
