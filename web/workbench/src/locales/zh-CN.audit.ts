/* Chinese words of the audit list for what is done to orders, cases, rules, the AI and people's skills. */
export default {
  audit_action: {
    ai_corrected: "纠正智能回复", llm_changed: "改大模型设置", staff_skills: "改员工技能", customer_address_changed: "改客户地址", script_sample_created: "加样例对话", script_sample_changed: "改样例对话", script_sample_deleted: "删样例对话",
    order_review: "审单", order_hold: "暂停发货", order_release: "恢复发货", order_intercept: "拦截包裹", order_cancel: "取消订单", order_change_address: "改收件信息", order_change_note: "改备注", order_change_items: "改商品", order_change_payment: "改付款", order_urge_payment: "催付", order_urge_parcel: "催件", order_reissue: "补发", order_invoice: "开发票", order_change_invoice: "改发票",
    aftersales_opened: "开售后单", aftersales_appeal_opened: "提出申诉", aftersales_accepted: "同意售后", aftersales_declined: "拒绝售后", aftersales_withdrawn: "撤销售后", authority_asked: "申请审批", authority_agreed: "同意一半", authority_used: "用了额度", authority_released: "退回额度", authority_limits_saved: "改额度", packs_chosen: "选规则包", packs_published: "发布规则", packs_withdrawn: "撤回规则",
    risk_distrusted: "取消信任", risk_rules_saved: "改风控规则", risk_trusted: "设为信任",
  },
  audit_family: { aftersales: "售后", authority: "额度", order: "订单", settlement: "结算", script: "话术", gap: "知识缺口", listing: "商品检查", risk: "风控", packs: "规则", understanding: "理解", knowledge: "知识" },
};
