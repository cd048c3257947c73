/* English words of approvals, limits and the ledger. */
import type zh from "./zh-CN.authority.ts";

const en: typeof zh = {
  approvals: {
    action: { refund: "Refund", refund_only: "Refund without return", late_return: "Late return", compensation_cash: "Compensation in cash", compensation_coupon: "Compensation by coupon", compensation_points: "Compensation in points", goodwill: "Goodwill", reissue: "Reissue", price_protection: "Price protection", freight: "Freight" },
    waiting: "Waiting", over: "Decided", which: "Which approvals", empty: "Nothing to approve", empty_hint: "What is beyond someone's limit comes here, longest waiting first.", empty_over: "Nothing was decided yet", choose: "Choose one", choose_hint: "J and K move.", list: "Approvals",
    asked: "Asked by {who}", waited: "waiting {time}", left: "{time} left", late: "time is up", two: "Takes two people", given: "{given} of {needed} agreed", mine: "Asked by me", by_policy: "Within the rules", order: "Order", paid: "Order paid", case: "Case", customer: "Customer", see_customer: "See who", why: "Why it needs approval", more: "{n} more, all within limits",
    who: "Who may approve", nobody: "Nobody can approve it now", votes: "Said so far", yes: "Yes", no: "No", note: "Your words", note_hint: "A no needs a reason; whoever asked will read it.", approve: "Approve", decline: "Decline", note_wanted: "Please write a reason.", take_back: "Take back", taken_back: "Taken back.",
    approved: "Approved; the case goes on.", half: "Your yes is noted; it takes one more person.", declined: "Declined; whoever asked will see why.", voted: "You have agreed; it waits for another person.", own: "You asked for this yourself; someone else decides.", not_yours: "Only who may approve can decide.", ended: "{state} {when}", told: "{who} asks you to approve {amount}", look: "Look", count: "{n} waiting for approval", heard: { approved: "{who} approved {case}", declined: "{who} declined {case}; see why", expired: "The approval of {case} lapsed", withdrawn: "The approval of {case} was taken back" },
  },
  ledger: {
    differences: "Differs from the payment statement", no_differences: "The last 30 days agree with the payment statement.", differences_hint: "Compared every night; this is as of now. Nothing is corrected by itself: please do as advised.", ours: "Ours", theirs: "Theirs", advice: "What to do",
    title: "Ledger", hint: "Every entry has two sides and never changes.", balances: "Balances", no_balances: "Nothing booked yet", until: "up to {when}", debit: "Debit", credit: "Credit", moved: "debit {debit}, credit {credit} in this time", verify: "Check for changes", verifying: "Reading every entry…", fingerprint: "Fingerprint {hash}", entries: "Entries", order: "Order number", case: "Case number", account: "Account", every: "All accounts", from: "From", to: "To", clear: "Clear",
    export: "Export", none: "No such entries", none_hint: "Refunds, compensation and freight are booked as they happen.", seq: "No", when: "When", what: "What", lines: "Debit and credit", about: "About", by: "By", as_table: "As figures",
    name: { sales: "Sales", refunds_due: "Refunds due", cash: "Cash", goodwill: "Goodwill", freight: "Freight", coupons_due: "Coupons due", points_due: "Points due", customer_owes: "Customers owe", written_off: "Written off", gift_cards: "Gift card balances" },
  },
  limits: {
    hint: "What each role may give alone; more needs approval. Empty means no limit, 0 means none.", none_yet: "The default limits are in force.", in_force: "Version {n} is in force, from {when}.", look: "Which limit", part: { each: "Each time", day: "Per person a day", customer: "Per customer, 30 days" }, part_hint: { each: "What one person may give at once.", day: "All of a kind by one person in a day.", customer: "All of a kind to one customer in 30 days, whoever gives it." },
    action: "What", policy: "By the rules", discretion: "At discretion", no_bound: "no limit", cell: "{role}: {action}, {part}", add_role: "Add a role", wrong: "“{text}” is no amount.",
    trust: "Full trust", trust_hint: "When on, the roles ticked below may decide up to what the order was paid, whatever the limits above say; beyond the bound for “by the rules” two people still have to agree. The AI keeps its own small limit.", trusted: "Who", last_word: "The last word", last_word_hint: "These roles may approve any amount.",
    together: "Everyone together", two_above: "At discretion, two people above", two_above_policy: "By the rules, two people above", shop_day: "The shop's discretion in a day", shop_customer: "Discretion per customer, 30 days", approval_hours: "Hours until an approval lapses", preview: "What would change", no_change: "The same as now.", from: "From which day", at_once: "Empty: at once", note: "Why (optional)", save: "Save as a new version", saved: "The new limits are in force.", saved_later: "The new limits wait for that day.", history: "Versions", effective: "from {when}", planned: "planned", bring_back: "Edit this", reset: "Undo changes",
  },
};

export default en;
