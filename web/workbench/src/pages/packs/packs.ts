/* Packs as the page has them: what the API says, what the form shows, and how a key is found in a pack's values. */
export interface SavedPack {
  pack: string;
  version: number;
  name: string;
  effective_from: string;
  state: "in_force" | "coming" | "past" | "withdrawn" | "idle";
  shipped: boolean;
  note: string;
  author: string;
  saved_at: number | null;
}

export interface PacksView {
  today: string;
  in_force: SavedPack;
  next: SavedPack | null;
  versions: SavedPack[];
}

export interface PackProblem {
  line: number | null;
  key: string;
  text: string;
}

export interface PackChange {
  key: string;
  was: string | null;
  now: string | null;
}

export type Values = { [key: string]: unknown };

export interface Checked {
  problems: PackProblem[];
  text: string;
  values: Values | null;
  changes: PackChange[];
  against: string;
  token: string;
  newest: number;
}

export interface PackText {
  pack: string;
  version: number;
  effective_from: string;
  text: string;
  values: Values;
}

export interface LookSide {
  verdict: string;
  amount: string;
  freight_payer: string;
  why: string[];
}

export interface Look {
  id: string;
  finished: boolean;
  failed: boolean;
  days: number;
  total: number;
  done: number;
  left_out: number;
  lost: number;
  judged: number;
  changed: number;
  freight_changed: number;
  verdicts_was: Record<string, number>;
  verdicts_now: Record<string, number>;
  directions: { was: string; now: string; count: number }[];
  kinds: { kind: string; was: Record<string, number>; now: Record<string, number> }[];
  currency: string;
  amount_was: string;
  amount_now: string;
  differing: { order_no: string; case_number: string; kind: string; was: LookSide; now: LookSide }[];
}

export interface Field {
  path: string;
  kind: "number" | "amount" | "switch" | "choice" | "words" | "many" | "text";
  options?: readonly string[];
  /** Family of messages the options' words stand in. */
  words?: string;
  /** Shown behind the field: days, hours, percent. */
  unit?: "days" | "hours" | "percent" | "money" | "orders" | "points";
}

const PAYERS = ["shop", "customer", "half", "none"] as const;
const payer = (name: string): Field => ({ path: `freight.${name}`, kind: "choice", options: PAYERS, words: "packs.payer" });
const days = (path: string): Field => ({ path, kind: "number", unit: "days" });
const hours = (path: string): Field => ({ path, kind: "number", unit: "hours" });
const money = (path: string): Field => ({ path, kind: "amount", unit: "money" });

/** The usual things of a pack, as the form shows them; everything else is in the text. */
export const GROUPS: readonly { name: string; fields: readonly Field[] }[] = [
  { name: "name", fields: [{ path: "zh", kind: "text" }, { path: "en", kind: "text" }] },
  { name: "no_reason", fields: [days("no_reason.days"), { path: "no_reason.exchange", kind: "switch" }] },
  {
    name: "quality",
    fields: [
      days("quality.return_days"), days("quality.exchange_days"), days("quality.repair_days"),
      { path: "quality.photo_reasons", kind: "many", options: ["quality", "damaged", "wrong_item", "missing", "not_as_described"], words: "packs.reason" },
    ],
  },
  { name: "freight", fields: ["shop", "carrier", "customer", "no_reason", "exchange_no_reason"].map(payer) },
  {
    name: "price",
    fields: [days("price_protection.days"), { path: "price_protection.compare", kind: "choice", options: ["paid", "listed"], words: "packs.compare" }, { path: "price_protection.excluded_categories", kind: "words" }],
  },
  { name: "early", fields: [days("early_refund.deadline_days")] },
  {
    name: "kindness",
    fields: [days("goodwill.days"), { path: "compensation.points_max", kind: "number", unit: "points" }, money("compensation.coupon_max"), money("compensation.cash_max")],
  },
  {
    name: "auto",
    fields: [
      { path: "auto.kinds", kind: "many", options: ["return", "exchange", "repair", "refund_only", "price_protection"], words: "packs.kind" },
      money("auto.limit"), { path: "auto.trust", kind: "choice", options: ["new", "known", "trusted"], words: "packs.trust" }, { path: "auto.per_30_days", kind: "number", unit: "orders" },
    ],
  },
  {
    name: "trust",
    fields: [
      { path: "trust.known_orders", kind: "number", unit: "orders" }, days("trust.known_days"), { path: "trust.trusted_orders", kind: "number", unit: "orders" }, days("trust.trusted_days"),
      { path: "trust.max_return_percent", kind: "number", unit: "percent" },
    ],
  },
  { name: "dispute", fields: [...["respond", "receive", "register", "soothe", "apologise", "remedy", "inform"].map((step) => hours(`dispute.${step}`)), days("dispute.reopen_days"), days("appeal.days"), hours("appeal.answer_hours")] },
  { name: "due", fields: ["decide", "approve", "send_back", "inspect", "refund", "send", "repair", "adverse_follow_up"].map((step) => hours(`due.${step}`)) },
];

export function at(values: Values, path: string): unknown {
  return path.split(".").reduce<unknown>((inside, key) => (inside && typeof inside === "object" ? (inside as Values)[key] : undefined), values);
}

/** The same values with one of them changed; nothing given is touched. */
export function changedAt(values: Values, path: string, value: unknown): Values {
  const [key = "", ...rest] = path.split(".");
  if (!rest.length) return { ...values, [key]: value };
  const inside = values[key];
  return { ...values, [key]: changedAt(inside && typeof inside === "object" ? (inside as Values) : {}, rest.join("."), value) };
}

/** What of a key is named in words, and what of it is a name of the owner's: category[手机].exchange_days. */
export function keyParts(key: string): { path: string; of: string } {
  const of = [...key.matchAll(/\[([^\]]*)\]/g)].map((found) => found[1]).join(" ");
  return { path: key.replace(/\[[^\]]*\]/g, ""), of };
}

export interface Category {
  names: string[];
  clause: string;
  no_reason?: string;
  return_days?: number;
  exchange_days?: number;
  repair_days?: number;
  price_days?: number;
  three_guarantees?: boolean;
  disposition?: string;
}

/** Categories in whose names the word is; their places in the pack stay with them. */
export function found(categories: readonly Category[], word: string): { n: number; category: Category }[] {
  const wanted = word.trim().toLowerCase();
  return categories.map((category, n) => ({ n, category })).filter(({ category }) => !wanted || category.names.some((name) => name.toLowerCase().includes(wanted)));
}

/** Names as somebody writes them, with any of the usual signs between. */
export function namesOf(text: string): string[] {
  return text.split(/[,，、;；\n]+/).map((name) => name.trim()).filter(Boolean);
}

/** Shares of a whole in percent, in the given order; nothing of nothing. */
export function shares(counts: Readonly<Record<string, number>>, order: readonly string[]): { name: string; count: number; width: number }[] {
  const whole = order.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  return order.map((name) => ({ name, count: counts[name] ?? 0, width: whole ? ((counts[name] ?? 0) * 100) / whole : 0 }));
}

/** The difference of two amounts as text with two decimals, exactly. */
export function difference(was: string, now: string): { minor: number; text: string } {
  const cents = (text: string): number => Math.round(Number(text) * 100);
  const minor = cents(now) - cents(was);
  return { minor, text: `${minor < 0 ? "−" : "+"}${(Math.abs(minor) / 100).toFixed(2)}` };
}
