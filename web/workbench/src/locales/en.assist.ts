/* English words of what helps at the desk. Same shape as the Chinese ones. */
import type zh from "./zh-CN.assist.ts";

const en: typeof zh = {
  assist: {
    ask: "Draft by the AI (Alt + D)", draft: "Draft", by_policy: "from the rules", by_llm: "by the language model, every sentence checked", understood: "understood as {what}, {p}% sure", again: "Again", outdated: "The customer wrote more: again", no_draft: "No reply we are sure of; please write your own.", no_sources: "Stands on no source; read before sending",
    take: "Take it", next: "What to do next", hide: "Hide: {what}", no_wrapup: "The summary is not there ({why}); you can close all the same.", open_promises: "Promises not seen kept yet: {n}.", more: "More", kind: { article: "Article", script: "Script" },
  },
  outcome: {
    answered: "Answered", resolved: "Resolved, customer agreed", action_done: "Order operation done", request_opened: "After-sales request opened", follow_up: "Promise to follow up", handed_on: "Handed on", left: "Customer left", unresolved: "Not resolved", abuse: "Abuse", danger: "Danger to a person",
    solved: "Solved", promised: "Follow-up promised", waiting: "Waiting for the customer", no_answer: "Customer did not answer", other: "Other", idle: "Customer fell silent",
  },
  source: { order: "Order", parcel: "Parcel", product: "Product", article: "Article", settings: "Shop settings", request: "After-sales", pack: "Rules", llm: "Language model" },
  op: {
    menu: "Do", not_now: "Not now", title: "{what}: order {no}", will: "What will happen", done: "Done", was_done: "This was done before; nothing happened twice", fill_in: "Fill in the above to see what would happen.", tell: "Tell the customer", customer_agreed: "The customer agreed in this conversation",
    outdated: "The order changed just now. This is worked out anew; please look again.", new_order: "New order {no}", answer_by: "answer by {when}", refund: "Goes back to the customer", charge: "To be paid by the customer", history: "Done to it: {n}", by_customer: "customer agreed",
    urge_parcel: "Chase the parcel", urge_payment: "Remind to pay", change_address: "Change address", change_note: "Change note", change_items: "Change items", change_payment: "Change payment", review: "Review", hold: "Hold", release: "Release", intercept: "Call back parcel", invoice: "Invoice",
    change_invoice: "Change invoice", reissue: "Send again", cancel: "Cancel order", address_hint: "Fill in only what changes; empty stays as it is.", receiver: "Receiver", phone: "Phone", address: "Address", note: "Note", method: "Way of payment", invoice_title: "Invoice to", tax_no: "Tax number (not for private persons)", email: "Email",
    electronic: "Electronic invoice", stays: "Stays", variant: "{options} · {price} ({n} left)", to_what: "{name} becomes", how_many: "How many of {name}", words: "Words for the carrier or warehouse (optional)", reason: "Reason (optional)",
    methods: { wechat: "WeChat Pay", alipay: "Alipay", card: "Card", credit: "Credit" },
    mark: { held: "On hold", held_why: "On hold: {why}", intercepting: "Being called back", reviewed: "Reviewed", invoice_asked: "Invoice asked for", invoice_issued: "Invoice issued", refunded: "Refunded {amount}", due: "Due {amount}" },
  },
  after: {
    ask: "After-sales", title: "After-sales: order {no}", what: "What is wanted", why: "Reason", who: "Whose fault", words: "The customer’s words (optional)", choose_goods: "Choose which and how many to see what the rules say.", same: "The same again", open: "Open request", opened: "Request {number} is open", total: "Goes back in all",
    freight_back: "Freight back", until: "until {when}", rules: "The rules", withdraw: "Withdraw", withdraw_sure: "Really withdraw?", withdrawn: "{number} is withdrawn.", told: "Your request ({kind}) is open under number {number}. We will tell you as soon as there is news.",
    kind: { return: "Return", exchange: "Exchange", repair: "Repair", refund_only: "Refund only", price_protection: "Price protection" },
    reason: {
      no_reason: "Does not want it", size: "Does not fit", quality: "Faulty", damaged: "Arrived damaged", wrong_item: "Wrong item", missing: "Something missing", not_as_described: "Not as described", not_received: "Not received", late: "Too late", price_drop: "Cheaper now", adverse_reaction: "Allergy or harm",
    },
    party: { unknown: "Not clear yet", shop: "Shop", carrier: "Carrier", customer: "Customer" }, freight: { shop: "Shop pays freight", customer: "Customer pays freight", half: "Freight is shared", none: "Nothing to send back" },
    verdict: { allowed: "The rules allow this", person: "Someone has to look at it first", refused: "The rules do not allow this" }, state: { open: "Open", accepted: "Accepted", declined: "Declined", withdrawn: "Withdrawn" },
  },
};

export default en;
