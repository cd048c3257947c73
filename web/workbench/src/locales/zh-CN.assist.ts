/* Chinese words of what helps at the desk: orders being worked on, after-sales requests. */
export default {
  assist: {
    ask: "请 AI 起草（Alt + D）", draft: "AI 起草", by_policy: "按规则写的", by_llm: "大模型写的，逐句核对过", understood: "听懂的是{what}，把握 {p}%", again: "重写", outdated: "客户又说话了，重写", no_draft: "没有把握的回复，请自己写。", no_sources: "没有引用资料，发之前看一眼",
    take: "采用", next: "接下来可以", hide: "不显示：{what}", no_wrapup: "小结没能准备好（{why}），可以直接结束。", open_promises: "还有 {n} 件答应过的事没看到做完。", more: "补充", kind: { article: "知识", script: "话术" },
  },
  outcome: {
    answered: "问题已答复", resolved: "已解决，客户认可", action_done: "已办理订单操作", request_opened: "已提交售后申请", follow_up: "有承诺待跟进", handed_on: "转给他人", left: "客户没再回应", unresolved: "没解决", abuse: "辱骂", danger: "人身危险",
    solved: "已解决", promised: "已承诺后续", waiting: "等客户答复", no_answer: "客户没再回复", other: "其他", idle: "客户久未回复",
  },
  source: { order: "订单", parcel: "物流", product: "商品", article: "知识", settings: "店铺设置", request: "售后", pack: "规则", llm: "大模型" },
  op: {
    menu: "办理", not_now: "先不办", title: "{what}：订单 {no}", will: "会这样办", done: "办好了", was_done: "之前已经办过，没有再办一次", fill_in: "填好上面的内容，就能看到会怎么办。", tell: "告诉客户", customer_agreed: "客户在会话里同意了",
    outdated: "刚才订单有变化，下面是重新算过的，请再看一眼。", new_order: "新订单 {no}", answer_by: "{when} 前有答复", refund: "退给客户", charge: "客户要补", history: "办过 {n} 次", by_customer: "客户同意",
    urge_parcel: "催件", urge_payment: "催付款", change_address: "改收件信息", change_note: "改备注", change_items: "换款式", change_payment: "换付款方式", review: "审单", hold: "暂停发货", release: "恢复发货", intercept: "拦截包裹", invoice: "开发票",
    change_invoice: "改发票", reissue: "补发", cancel: "取消订单", address_hint: "只填要改的，空着的照旧。", receiver: "收件人", phone: "电话", address: "地址", note: "备注", method: "付款方式", invoice_title: "抬头", tax_no: "税号（个人不用填）", email: "邮箱",
    electronic: "电子发票", stays: "不换", variant: "{options} · {price}（有 {n} 件）", to_what: "{name} 换成", how_many: "{name} 几件", words: "跟快递或仓库说的话（可以不写）", reason: "原因（可以不写）",
    methods: { wechat: "微信支付", alipay: "支付宝", card: "银行卡", credit: "白条" },
    mark: { held: "暂停发货", held_why: "暂停发货：{why}", intercepting: "正在拦截", reviewed: "已审单", invoice_asked: "要开发票", invoice_issued: "已开票", refunded: "退款 {amount}", due: "待补 {amount}" },
  },
  after: {
    ask: "售后", title: "申请售后：订单 {no}", what: "要什么", why: "原因", who: "谁的责任", words: "客户怎么说（可以不写）", choose_goods: "选好哪件、几件，就能看到按规则行不行。", same: "换同款", open: "提交申请", opened: "申请 {number} 已提交", total: "一共退",
    freight_back: "退运费", until: "{when} 前有效", rules: "按的规则", withdraw: "撤回申请", withdraw_sure: "真的撤回？", withdrawn: "{number} 已撤回。", told: "您的{kind}申请已经提交，单号 {number}，有进展我们马上告诉您。",
    kind: { return: "退货", exchange: "换货", repair: "维修", refund_only: "仅退款", price_protection: "价保" },
    reason: {
      no_reason: "不想要了", size: "尺码不合适", quality: "质量问题", damaged: "收到破损", wrong_item: "发错了", missing: "少发了", not_as_described: "和描述不符", not_received: "没收到", late: "送得太晚", price_drop: "降价了", adverse_reaction: "过敏或不适",
    },
    party: { unknown: "还不清楚", shop: "店铺", carrier: "快递", customer: "客户" }, freight: { shop: "运费店铺出", customer: "运费客户出", half: "运费各出一半", none: "不用寄回" },
    verdict: { allowed: "按规则可以办", person: "要有人看过才能定", refused: "按规则不能这样办" }, state: { open: "处理中", accepted: "已同意", declined: "已拒绝", withdrawn: "已撤回" },
  },
};
