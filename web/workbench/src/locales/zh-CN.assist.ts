/* Chinese words of what helps at the desk: orders being worked on, after-sales requests. */
export default {
  skills: { title: "擅长", hint: "需要某项技能的客户，先派给最拿手的人。要组长拍板的，找有 lead 技能的人。", name: "技能", level: "等级", of_five: "{n} 级", add: "加技能", example: "lead" },
  assist: {
    ask: "请 AI 起草（Alt + D）", draft: "AI 起草", by_policy: "按规则写的", by_llm: "大模型写的，逐句核对过", understood: "听懂的是{what}，把握 {p}%", again: "重写", outdated: "客户又说话了，重写", no_draft: "没有把握的回复，请自己写。", no_sources: "没有引用资料，发之前看一眼",
    take: "采用", next: "接下来可以", hide: "不显示：{what}", no_wrapup: "小结没能准备好（{why}），可以直接结束。", open_promises: "还有 {n} 件答应过的事没看到做完。", more: "补充", kind: { article: "知识", script: "话术" },
  },
  ai: {
    did: "这一天做了什么", total: "答了 {n} 次", idle: "这一天还没有客户找它", idle_hint: "客户来问，这里就会有数。", day_before: "前一天", day_after: "后一天", by_intent: "问的是什么", intent: "意图", all: "合计", other: "没听懂", as_table: "看表格", part: "{kind} {n} 次",
    kind: { answered: "答了", acted: "办了", shown: "给看了方案", asked_back: "反问", no_answer: "答不上", handed_over: "转人工" },
    means: {
      answered: "有依据地回答了", acted: "客户同意后办成了一件事", shown: "把要办的事摆给客户看，等客户点头", asked_back: "请客户说清楚是哪一单、哪一件", no_answer: "老实说不知道，或换成了稳妥的话", handed_over: "交给了同事",
    },
    handed_why: "为什么转：", why: { asked: "客户要找人工", anger: "客户很生气", unsure: "拿不准", danger: "人身安全", abuse: "骂人", policy: "规则要求", person_needed: "要人来定", replaced: "话被换掉", failed: "出了故障", unknown: "没答上" },
    replaced: "{n} 句话没有依据，发出前换掉了", replaced_hint: "每句话发出前都和订单、商品、知识核对，对不上的不说。", gave_up: "它没办法的时候", gave_up_hint: "点一下就能改：下次同样的话它就懂了。", never: "没有没办法的时候", never_hint: "转人工、答不上、被换掉的话会列在这里。",
    look: "看会话", no_words: "（没有文字）", not_understood: "没听懂", really: "其实是问……", use_article: "用这条知识……", write_article: "写一条知识", find: "打几个字或拼音首字母", none_found: "没有", done_intent: "记下了：{what}。训练时会用上。", done_article: "记下了，下次就能找到这条知识。", open_article: "去看这条知识", more: "再改",
  },
  llm: {
    hint: "可以不接：不接的时候一切照旧。接上以后，说的每句话都要先核对，对不上就用原来的话。", enabled: "打开大模型", url: "地址（OpenAI 兼容）", model: "模型", key: "密钥", key_kept: "已存好，不改就留空", key_none: "没有密钥就留空", key_forget: "删掉存着的密钥", uses: "用来做什么",
    use: { rewrite: "润色回复", converse: "接不住的问题", draft: "给客服起草", wrapup: "会话小结", try: "测试" },
    told: { rewrite: "把写好的回复换成店铺的口气，意思不变。", converse: "规则没把握时让它试着回答，只能用查到的事实。", draft: "客服按 Alt + D 时，逐句写出草稿；结束时把小结写通顺。" },
    voice: "店铺的口气", voice_example: "亲切、简短，称呼客户「您」，不用网络用语", limits: "界限", customer_limit: "客户最多等（毫秒）", draft_limit: "草稿最多写（毫秒）", temperature: "随意程度（0 最稳）", budget: "每月最多用（token）", used: "这个月用了 {n} / {of}（{p}%）", over: "用完了，下个月再继续，现在用原来的话。",
    try: "试一下", tried_ok: "通了，能用。", save_first: "先保存，再试。", outcomes: "最近 30 天",
    outcome: {
      used: "用上了", timeout: "太慢，没等", unreachable: "连不上", status: "对方报错", broken: "回的看不懂", too_big: "回得太长", empty: "没有内容", budget: "用量到上限", off: "没有打开", failed: "没有成功", left: "没等写完就关了", personal: "带了个人信息", placeholder: "改坏了要填的内容", tool: "乱用工具", too_long: "写得太长", format: "格式不对",
      nonsense: "不成话", language: "用错了语言", leak: "泄露了内部内容", unsupported: "说了没依据的话", deed: "说做了没做的事", policy: "违反店里的规定",
    },
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
    freight_back: "退运费", until: "{when} 前有效", rules: "按的规则", clause: "看条款 {id}", withdraw: "撤回申请", withdraw_sure: "真的撤回？", withdrawn: "{number} 已撤回。", told: "您的{kind}申请已经提交，单号 {number}，有进展我们马上告诉您。",
    kind: {
      return: "退货", exchange: "换货", repair: "维修", refund_only: "仅退款", reissue: "补发", price_protection: "价保", compensation: "补偿", dispute: "纠纷", adverse_reaction: "不良反应", goodwill: "心意",
    },
    reason: {
      no_reason: "不想要了", size: "尺码不合适", quality: "质量问题", damaged: "收到破损", wrong_item: "发错了", missing: "少发了", not_as_described: "和描述不符", not_received: "没收到", late: "送得太晚", price_drop: "降价了", adverse_reaction: "过敏或不适",
      unclear_spec: "规格没写清", installation_fee: "安装收费", service: "服务不好", other: "其他",
    },
    party: { unknown: "还不清楚", shop: "店铺", carrier: "快递", customer: "客户" }, freight: { shop: "运费店铺出", customer: "运费客户出", half: "运费各出一半", none: "不用寄回" },
    verdict: { allowed: "按规则可以办", person: "要有人看过才能定", refused: "按规则不能这样办" }, state: {
      open: "待处理", approval: "待审批", awaiting_goods: "待寄回", returning: "退回途中", received: "待验货", refunding: "退款中", sending: "补发中", granting: "发放中", handling: "处理中", done: "已完成", declined: "已拒绝", withdrawn: "已撤销", stuck: "需人工",
    },
  },
};
