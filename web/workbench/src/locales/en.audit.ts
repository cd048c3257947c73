/* English words of the audit list for what is done to orders, cases, rules, the AI and people's skills. */
export default {
  audit_action: {
    ai_corrected: "Corrected the AI", llm_changed: "Changed the language model", staff_skills: "Changed skills", customer_address_changed: "Changed a customer’s address", script_sample_created: "Added a sample conversation", script_sample_changed: "Changed a sample conversation", script_sample_deleted: "Deleted a sample conversation",
    order_review: "Reviewed an order", order_hold: "Held an order", order_release: "Released an order", order_intercept: "Intercepted a parcel", order_cancel: "Cancelled an order", order_change_address: "Changed the receiver", order_change_note: "Changed a note", order_change_items: "Changed the goods", order_change_payment: "Changed the payment", order_urge_payment: "Asked for payment", order_urge_parcel: "Urged a parcel", order_reissue: "Sent again", order_invoice: "Issued an invoice", order_change_invoice: "Changed an invoice",
    aftersales_opened: "Opened a case", aftersales_appeal_opened: "Opened an appeal", aftersales_accepted: "Accepted a case", aftersales_declined: "Declined a case", aftersales_withdrawn: "Withdrew a case", authority_asked: "Asked for approval", authority_agreed: "Agreed as the first of two", authority_used: "Used a limit", authority_released: "Gave a limit back", authority_limits_saved: "Changed limits", packs_chosen: "Chose the rules", packs_published: "Published rules", packs_withdrawn: "Withdrew rules",
    risk_distrusted: "Ended trust", risk_rules_saved: "Changed risk rules", risk_trusted: "Trusted",
  },
  audit_family: { aftersales: "After-sales", authority: "Limits", order: "Order", settlement: "Settlement", script: "Script", gap: "Knowledge gap", listing: "Listing check", risk: "Risk", packs: "Rules", understanding: "Understanding", knowledge: "Knowledge" },
};
