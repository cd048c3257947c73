/* English words of what helps at the desk. Same shape as the Chinese ones. */
import type zh from "./zh-CN.assist.ts";

const en: typeof zh = {
  skills: { title: "Good at", hint: "Customers who need a skill come to the person who knows it best. What only a lead may settle asks for the skill “lead”.", name: "Skill", level: "Level", of_five: "{n} of 5", add: "Add a skill", example: "lead" },
  assist: {
    ask: "Draft by the AI (Alt + D)", draft: "Draft", by_policy: "from the rules", by_llm: "by the language model, every sentence checked", understood: "understood as {what}, {p}% sure", again: "Again", outdated: "The customer wrote more: again", no_draft: "No reply we are sure of; please write your own.", no_sources: "Stands on no source; read before sending",
    take: "Take it", next: "What to do next", hide: "Hide: {what}", no_wrapup: "The summary is not there ({why}); you can close all the same.", open_promises: "Promises not seen kept yet: {n}.", more: "More", kind: { article: "Article", script: "Script" },
  },
  ai: {
    did: "What it did that day", total: "{n} answers", idle: "Nobody asked it anything that day", idle_hint: "The figures are here once customers ask.", day_before: "The day before", day_after: "The day after", by_intent: "What was asked", intent: "Intent", all: "All", other: "Not understood", as_table: "As a table", part: "{kind}: {n}",
    kind: { answered: "Answered", acted: "Acted", shown: "Showed a plan", asked_back: "Asked back", no_answer: "No answer", handed_over: "Handed over" },
    means: {
      answered: "Answered, with sources", acted: "Did something after the customer agreed", shown: "Showed the customer what would be done, waiting for a yes", asked_back: "Asked which order or item was meant", no_answer: "Said it did not know, or a safer sentence was said instead", handed_over: "Gave the conversation to a colleague",
    },
    handed_why: "Why handed over:", why: { asked: "Customer asked for a person", anger: "Customer is angry", unsure: "Not sure", danger: "Danger to a person", abuse: "Abuse", policy: "A rule says so", person_needed: "A person has to decide", replaced: "Words replaced", failed: "A fault", unknown: "No answer" },
    replaced: "Sentences without a source, replaced before they were sent: {n}", replaced_hint: "Every sentence is checked against orders, products and articles before it is sent.", gave_up: "Where it gave up", gave_up_hint: "Put it right with a click: next time it understands the same words.", never: "It never gave up", never_hint: "Hand-overs, missing answers and replaced words are listed here.",
    look: "See conversation", no_words: "(no words)", not_understood: "Not understood", really: "It really asks…", use_article: "Use this article…", write_article: "Write an article", find: "A few letters", none_found: "None", done_intent: "Noted: {what}. Training will use it.", done_article: "Noted: the article will be found next time.", open_article: "See the article", more: "Change more",
  },
  llm: {
    hint: "Optional: without it everything works as before. With it, every sentence is checked first; what does not hold is said in the usual words.", enabled: "Use a language model", url: "Address (OpenAI compatible)", model: "Model", key: "Key", key_kept: "Stored; leave empty to keep it", key_none: "Leave empty if there is none", key_forget: "Forget the stored key", uses: "What for",
    use: { rewrite: "Polish replies", converse: "Questions it cannot place", draft: "Drafts for agents", wrapup: "Summaries", try: "Test" },
    told: { rewrite: "Says the finished reply in the shop’s voice; the meaning stays.", converse: "Tries an answer where the rules are unsure, from looked-up facts only.", draft: "Writes a draft sentence by sentence when an agent presses Alt + D; words the summary at the end." },
    voice: "The shop’s voice", voice_example: "Warm, short, polite; no slang", limits: "Limits", customer_limit: "A customer waits at most (ms)", draft_limit: "A draft takes at most (ms)", temperature: "Freedom (0 is steadiest)", budget: "At most a month (tokens)", used: "Used this month: {n} of {of} ({p}%)", over: "Used up; the usual words until next month.",
    try: "Test it", tried_ok: "It answers.", save_first: "Save first, then test.", outcomes: "The last 30 days",
    outcome: {
      used: "Used", timeout: "Too slow", unreachable: "Cannot be reached", status: "The endpoint refused", broken: "Answer not readable", too_big: "Answer too big", empty: "Said nothing", budget: "Budget used up", off: "Not switched on", failed: "Did not work", left: "Closed before it was done", personal: "Named personal data", placeholder: "Broke what was to be filled in", tool: "Misused a tool", too_long: "Too long", format: "Wrong format",
      nonsense: "Made no sense", language: "Wrong language", leak: "Told internal things", unsupported: "Said what nothing supports", deed: "Claimed what was not done", policy: "Against the shop’s rules",
    },
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
    freight_back: "Freight back", until: "until {when}", rules: "The rules", clause: "The rule ({id})", withdraw: "Withdraw", withdraw_sure: "Really withdraw?", withdrawn: "{number} is withdrawn.", told: "Your request ({kind}) is open under number {number}. We will tell you as soon as there is news.",
    kind: {
      return: "Return", exchange: "Exchange", repair: "Repair", refund_only: "Refund only", reissue: "Send again", price_protection: "Price protection", compensation: "Compensation", dispute: "Dispute", adverse_reaction: "Adverse reaction", goodwill: "Goodwill",
    },
    reason: {
      no_reason: "Does not want it", size: "Does not fit", quality: "Faulty", damaged: "Arrived damaged", wrong_item: "Wrong item", missing: "Something missing", not_as_described: "Not as described", not_received: "Not received", late: "Too late", price_drop: "Cheaper now", adverse_reaction: "Allergy or harm",
      unclear_spec: "Unclear specification", installation_fee: "Installation fee", service: "Poor service", other: "Other",
    },
    party: { unknown: "Not clear yet", shop: "Shop", carrier: "Carrier", customer: "Customer" }, freight: { shop: "Shop pays freight", customer: "Customer pays freight", half: "Freight is shared", none: "Nothing to send back" },
    verdict: { allowed: "The rules allow this", person: "Someone has to look at it first", refused: "The rules do not allow this" }, state: {
      open: "To decide", approval: "Waiting for approval", awaiting_goods: "Waiting for goods", returning: "On its way back", received: "To inspect", refunding: "Being refunded", sending: "Being sent", granting: "Being granted", handling: "In hand", done: "Done", declined: "Declined", withdrawn: "Withdrawn", stuck: "Needs a person",
    },
  },
};

export default en;
