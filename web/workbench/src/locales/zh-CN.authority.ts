/* Chinese words of approvals, limits and the ledger. */
export default {
  approvals: {
    action: { refund: "退款", refund_only: "仅退款", late_return: "超期退货", compensation_cash: "现金补偿", compensation_coupon: "优惠券补偿", compensation_points: "积分补偿", goodwill: "人情通融", reissue: "补发", price_protection: "价保", freight: "运费" },
    waiting: "待审批", over: "已处理", which: "哪些审批", empty: "没有要批的", empty_hint: "超出客服额度的申请会出现在这里，等得最久的排最前。", empty_over: "还没有处理过的审批", choose: "选一条看看", choose_hint: "J 和 K 上下移动。", list: "审批列表",
    asked: "{who} 申请", waited: "等了 {time}", left: "还剩 {time}", late: "时间已到", two: "要两个人同意", given: "{given}/{needed} 人已同意", mine: "我申请的", by_policy: "规则之内", order: "订单", paid: "订单实付", case: "售后单", customer: "客户", see_customer: "看资料", why: "为什么要审批", more: "其余 {n} 项都在额度内",
    who: "谁可以批", nobody: "现在没有人能批", votes: "已有的意见", yes: "同意", no: "不同意", note: "意见", note_hint: "不同意时要写原因，申请人会看到。", approve: "同意", decline: "不同意", note_wanted: "请写一句原因。", take_back: "撤回申请", taken_back: "已撤回。",
    approved: "已同意，售后单接着往下办。", half: "你的同意已记下，还要另一个人。", declined: "已拒绝，申请人会看到原因。", voted: "你已经同意，等另一个人。", own: "这是你自己申请的，要别人来批。", not_yours: "只有有审批权限的人能决定。", ended: "{when} {state}", told: "{who} 请你审批 {amount}", look: "去看看", count: "{n} 条待审批", heard: { approved: "{who} 同意了 {case}", declined: "{who} 没有同意 {case}，看看原因", expired: "{case} 的审批过期了", withdrawn: "{case} 的审批已撤回" },
  },
  ledger: {
    differences: "和支付账单对不上的", no_differences: "近 30 天和支付账单一致。", differences_hint: "每晚自动核对，这里是此刻的结果。系统不会自己改账，请按建议处理。", ours: "我方", theirs: "对方", advice: "怎么办",
    title: "账本", hint: "每一笔都有借有贷，记下后不能改。", balances: "各科目余额", no_balances: "还没有记账", until: "截至 {when}", debit: "借", credit: "贷", moved: "期内借 {debit}，贷 {credit}", verify: "检查有没有被改过", verifying: "正在逐笔检查……", fingerprint: "校验码 {hash}", entries: "分录", order: "订单号", case: "售后单号", account: "科目", every: "全部科目", from: "从", to: "到", clear: "清空条件",
    export: "导出表格", none: "没有符合的分录", none_hint: "退款、补偿和运费发生时会自动记账。", seq: "序号", when: "时间", what: "说明", lines: "借贷", about: "相关单号", by: "经手", as_table: "看数字",
    name: { sales: "销售收入", refunds_due: "应退款", cash: "资金", goodwill: "补偿支出", freight: "运费", coupons_due: "应发优惠券", points_due: "应发积分", customer_owes: "客户应还", written_off: "坏账核销", gift_cards: "礼品卡余额" },
  },
  limits: {
    hint: "每个角色自己能给多少；超出的要有人批。留空是不限，0 是不能给。", none_yet: "现在用的是默认额度。", in_force: "现在用的是第 {n} 版，{when} 起。", look: "看哪种额度", part: { each: "每次最多", day: "每人每天", customer: "每个客户 30 天" }, part_hint: { each: "一个人一次能给的金额。", day: "一个人一天里同一种加起来。", customer: "同一个客户 30 天里同一种加起来，不管谁给的。" },
    action: "给什么", policy: "规则之内", discretion: "酌情", no_bound: "不限", cell: "{role}：{action}，{part}", add_role: "再加一个角色", wrong: "“{text}”不是金额。",
    trust: "充分授权", trust_hint: "打开后，下面勾选的角色可以做主到整张订单的实付金额，不再看上面的额度；超过“规则之内”的双人上限仍要两个人同意。AI 始终按自己的小额度。", trusted: "谁可以", last_word: "最后决定权", last_word_hint: "这些角色可以批准任何金额。",
    together: "大家合起来", two_above: "酌情超过此数要两人同意", two_above_policy: "规则之内超过此数要两人同意", shop_day: "全店一天酌情合计", shop_customer: "一个客户 30 天酌情合计", approval_hours: "审批等几小时后作废", preview: "会改什么", no_change: "和现在的一样。", from: "从哪天起", at_once: "留空马上生效", note: "为什么改（可以不写）", save: "存为新版本", saved: "新额度已生效。", saved_later: "新额度到那天生效。", history: "以前的版本", effective: "{when} 起", planned: "未生效", bring_back: "拿来改", reset: "不改了",
  },
};
