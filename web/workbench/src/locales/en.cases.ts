/* English words of the after-sales desk. */
import type zh from "./zh-CN.cases.ts";

const en: typeof zh = {
  aftersales: { cases: "Cases", approvals: "Approvals", ledger: "Ledger", packs: "Rules", listings: "Listing check" },
  cases: {
    open_page: "Open the case", back: "Back to the list", list: "Cases", queues: "Queues", one: "Case", choose: "Choose a case", choose_hint: "J and K move, X ticks, Esc goes back to the list.", empty: "Nothing waits here", empty_hint: "New cases come by themselves.",
    queue: { open: "To decide", approval: "Approval", parcels: "Parcels", received: "To inspect", money: "Money under way", handling: "In hand", stuck: "Stuck", appeals: "Appeals", all: "All" },
    flag: { mine: "Mine", overdue: "Overdue", risky: "To check", appealed: "Appealed", simple: "Simple" },
    flag_means: { mine: "Given to me", overdue: "Past the time it was due", risky: "Something has to be checked by a person", appealed: "The customer does not accept a refusal; another person looks again", simple: "Allowed by the rules, small, and the customer has always been fine" },
    simple_hint: "Simple cases can go together ({n}); each is judged again.", pick_simple: "Tick the simple ones", grant_all: "Accept {n}", bulk_done: "{n} accepted", pick: "Tick {number}", more_goods: "and {n} more", late_by: "{time} late", due_in: "{time} left", due: "due {when}", was_due: "was due {when}", take: "Take it", let_go: "Put back",
    costs_more: "The exchange costs {amount} more, taken once the goods are back.", costs_less: "The exchange costs {amount} less, refunded once the goods are back.", by_way: "Payment method named by the customer: {way}",
    way: "Progress", clawback: "Refunded early; claimed back if the parcel has not come by {when}.", asked: "What is wanted", reason: "Reason", party: "Whose fault", order: "Order", opened: "Opened", assignee: "In charge", wish: "Hoped for", customer: "See the customer", money: "Money", paid: "Refund ordered", paid_early: "Refunded early", new_order: "Sent again as {no}",
    better: { reorder: "Returning and buying again is better for the customer:", exchange: "Exchanging is better for the customer:", same: "Exchanging and buying again come to the same:" },
    why: "Why", stake: { allowed: "Yours to decide", approval: "Beyond your limit: goes to approval", refused: "Cannot be given" }, trust: "Trust and checks", level: { new: "New customer", known: "Known customer", trusted: "Trusted", watched: "Watched" }, risk: { review: "Should be checked", evidence: "Evidence needed" }, risk_hint: "The machine only points out and never refuses; the customer sees “being checked”.",
    pattern: { use_and_return: "Used, then returned", own_courier_freight: "Freight claims", fragile_claims: "Repeated breakage claims", harassment: "Long repeated contacts", order_and_refuse: "Ordered and refused", swap: "Swapped goods", malicious_complaint: "Malicious complaint" },
    parcel: "Parcel coming back", carrier: "Carrier", sent_by: "Sent by", by: { shop: "Fetched by the shop", customer: "Sent by the customer" }, freight_claimed: "Freight", first_scan: "First scan", arrived: "Arrived", appeals: "Appeals", appeal: { open: "To look at again", granted: "Reopened", upheld: "Upheld" }, timeline: "What happened", note: "A note only staff see", add_note: "Note",
    photos: "The customer's photos", no_photos: "No photos", inspection: "What was found", matches: "The item that was sent", differs: "Not the item that was sent", weight: "{n} g", checklist: "Checklist {n} of {of}", tick: "Done", tick_words: "How, in a sentence",
    next: "Next", will_ask: "More than you may grant alone: it goes to approval and moves on by itself once approved.", now_is: "Now “{state}”", sent_to_approval: "Sent to approval", confirm: "Confirm: {what}", optional: "(optional)",
    not_by_me: "You refused or appealed it yourself: another person has to look.", waits_approval: "Waits for approval and moves on by itself once approved.", see_approval: "See approvals", others_decide: "A specialist or lead decides; you can add photos and notes.", goods: "Goods", granted: "given", points: "{n} points",
    system: "System",
    extra: { evidence: "Add photos", parcel: "Customer sent it back", appeals: "Appeal for the customer" }, extra_go: { evidence: "Add", parcel: "Save", appeals: "Appeal" }, extra_done: { evidence: "Photos added", parcel: "Parcel saved", appeals: "Appeal opened; another person looks again" }, extra_words: { evidence: "About the photos", appeals: "What the customer says" },
    tracking: "Tracking number", claimed: "Freight the customer paid", photo_add: "Add photos", photo_n: "Photo {n}", photo_out: "Take out photo {n}", photo_wait: "Uploading",
    step: {
      accept: "Accept", decline: "Decline", withdraw: "Withdraw for the customer", arrived: "Parcel is here", inspected: "Inspect", rejected: "Fails inspection", repaired: "Repaired", remedied: "Offer a remedy", closed: "Close", reopened: "Reopen", retry: "Try again", settled: "End it here",
    },
    means: {
      decline: "The customer sees the reason and may appeal; another person looks again.", arrived: "The parcel that comes back has arrived.", rejected: "Only when the goods are not right; the customer sees the reason.", remedied: "Points, a coupon or cash within this case.", closed: "When every step is done and the customer agrees.", settled: "Ends as it stands now.", retry_goods: "Back to be inspected again.", retry: "Asks the payment, carrier or reward system again; nothing is paid twice.",
    },
    field: { what: "What is given", amount: "Amount", condition: "Condition", matches: "It is the item that was sent", disposition: "What becomes of it", serial: "Serial number", weight: "Weight (g)", note: "Note", photos: "Inspection photos", by_hand: "It was done another way (unticked: it will not be done)", amount_less: "Refund only", note_public: "Reason (the customer reads it)" },
    wrong: { what: "Choose what is given.", amount: "Write an amount like 12.50.", condition: "Choose the condition.", matches: "Say whether it is the same item.", disposition: "Choose what becomes of it.", serial: "The serial number is not right.", weight: "Grams only.", note: "Please write a sentence." },
    condition: { as_new: "As new", opened: "Opened, intact", used: "Used", damaged: "Damaged", incomplete: "Incomplete", other_item: "Another item" }, disposition: { restock: "Back on the shelf", repair: "To repair", destroy: "Destroyed", none: "Nothing to do" }, grant: { points: "Points", coupon: "Coupon", cash: "Cash" },
    no_appeals: "No appeals", no_appeals_hint: "When a customer does not accept a refusal, another person looks again here.", against: "Against: {what}", appeal_note: "Answer to the customer", uphold: "Uphold", look_again: "Look again", appeal_granted: "Open again", appeal_upheld: "Upheld; the customer sees the note",
  },
};

export default en;
