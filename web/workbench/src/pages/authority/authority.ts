/* Approvals, limits and the ledger as docs/protocol.md tells them, and the small sums about them. Pure. */

export interface Person {
  id: string;
  name: string;
  role: string;
}

export interface Reason {
  code: string;
  text: string;
  against: boolean;
}

export interface Vote {
  at: number;
  person: Person;
  agreed: boolean;
  note: string;
}

export interface Approval {
  id: string;
  state: "waiting" | "approved" | "declined" | "expired" | "withdrawn";
  state_text: string;
  action: string;
  amount: string;
  order_paid: string;
  currency: string;
  customer_id: string;
  order_no: string;
  case_no: string;
  by_policy: boolean;
  words: string;
  two_person: boolean;
  people: Person[];
  lines: Reason[];
  votes: Vote[];
  asked_at: number;
  asked_by_kind: string;
  asked_by: string;
  expires_at: number;
  decided_at: number | null;
  version: number;
  mine: boolean;
  voted: boolean;
  may: boolean;
}

/** How many have said yes, and how many it takes. */
export function progress(one: Approval): { given: number; needed: number } {
  return { given: one.votes.filter((vote) => vote.agreed).length, needed: one.two_person ? 2 : 1 };
}

/** What stands in the way first; the rest is there for who wants to know. */
export function reasons(lines: readonly Reason[]): { against: Reason[]; rest: Reason[] } {
  return { against: lines.filter((line) => line.against), rest: lines.filter((line) => !line.against) };
}

/** Waiting longer than half its time, or nearly over. */
export function urgency(one: Approval, now: number): "now" | "soon" | "" {
  const whole = one.expires_at - one.asked_at;
  const left = one.expires_at - now;
  if (left < whole / 8) return "now";
  return left < whole / 2 ? "soon" : "";
}

/** The one after or before, staying at the ends. */
export function beside<T extends { id: string }>(list: readonly T[], id: string, by: number): T | undefined {
  const at = list.findIndex((one) => one.id === id);
  return list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
}

/* Limits */

export type Amount = string | null;
export const PARTS = ["each", "day", "customer"] as const;
export type Part = (typeof PARTS)[number];
export type Limit = Record<Part, Amount>;

export interface Rules {
  currency: string;
  limits: Record<string, Record<string, Limit>>;
  last_word: string[];
  full_trust: boolean;
  trusted: string[];
  two_above: Amount;
  two_above_policy: Amount;
  shop_day: Amount;
  shop_customer: Amount;
  approval_hours: number;
}

export interface SavedRules {
  version: number;
  effective_from: number | null;
  saved_at: number | null;
  author: string;
  note: string;
  rules: Rules;
}

export interface LimitAction {
  action: string;
  name: string;
  discretion: boolean;
}

export interface LimitsAnswer {
  current: SavedRules;
  newest: number;
  history: SavedRules[];
  roles: string[];
  actions: LimitAction[];
}

/** Who gives rarely stands last; the AI after all people. */
const RANK = ["agent", "specialist", "lead", "owner"];

/** Roles that have any authority, and those that could be given some. */
export function columns(answer: LimitsAnswer, rules: Rules): { shown: string[]; others: string[] } {
  const rank = (role: string): number => (role === "ai" ? 99 : RANK.includes(role) ? RANK.indexOf(role) : 50);
  const all = [...new Set([...Object.keys(rules.limits), ...answer.roles])].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return { shown: all.filter((role) => role in rules.limits), others: all.filter((role) => !(role in rules.limits)) };
}

export function limitOf(rules: Rules, role: string, action: string): Limit {
  return rules.limits[role]?.[action] ?? { each: "0.00", day: null, customer: null };
}

/** A copy with one number changed. */
export function withLimit(rules: Rules, role: string, action: string, part: Part, amount: Amount): Rules {
  const limit = { ...limitOf(rules, role, action), [part]: amount };
  return { ...rules, limits: { ...rules.limits, [role]: { ...rules.limits[role], [action]: limit } } };
}

/** What a field shows: no needless cents, nothing where there is no bound. */
export function shown(amount: Amount): string {
  return (amount ?? "").replace(/\.00$/, "");
}

/** What a field says: "" = no bound; undefined = not an amount. */
export function read(text: string): Amount | undefined {
  const plain = text.trim().replaceAll(",", "").replaceAll("，", "");
  if (!plain) return null;
  if (!/^\d{1,10}(\.\d{1,2})?$/.test(plain)) return undefined;
  const [whole = "0", part = ""] = plain.split(".");
  return `${whole.replace(/^0+(?=\d)/, "")}.${part.padEnd(2, "0")}`;
}

export function changed(before: Rules, after: Rules, role: string, action: string, part: Part): boolean {
  return limitOf(before, role, action)[part] !== limitOf(after, role, action)[part];
}

/* Ledger */

export interface LedgerLine {
  account: string;
  name: string;
  debit: string;
  credit: string;
  currency: string;
}

export interface LedgerEntry {
  seq: number;
  at: number;
  kind: string;
  text: string;
  lines: LedgerLine[];
  case_no: string;
  order_no: string;
  customer_id: string;
  actor_kind: string;
  actor_name: string;
  hash: string;
}

export interface Balance {
  account: string;
  name: string;
  currency: string;
  debit: string;
  credit: string;
  closing: string;
}

export interface Verification {
  ok: boolean;
  entries: number;
  hash: string;
  wrong_at: number | null;
  text: string;
}

export interface Bar extends Balance {
  /** Percent of half the width; debit goes to the right, credit to the left. */
  width: number;
  side: "debit" | "credit" | "even";
}

/** Minor units of a shown amount; only for the length of a bar. */
function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}

/** One scale for all bars of a currency, the largest first. */
export function bars(balances: readonly Balance[]): Bar[] {
  const longest = new Map<string, number>();
  for (const one of balances) longest.set(one.currency, Math.max(longest.get(one.currency) ?? 1, Math.abs(cents(one.closing))));
  return balances
    .map((one): Bar => {
      const amount = cents(one.closing);
      return { ...one, width: (Math.abs(amount) / (longest.get(one.currency) ?? 1)) * 100, side: amount > 0 ? "debit" : amount < 0 ? "credit" : "even" };
    })
    .sort((a, b) => (a.currency < b.currency ? -1 : a.currency > b.currency ? 1 : b.width - a.width));
}

export interface LedgerFilter {
  order_no: string;
  case_no: string;
  account: string;
  from: string;
  to: string;
}

export const NO_FILTER: LedgerFilter = { order_no: "", case_no: "", account: "", from: "", to: "" };

/** Days as fields hold them become moments of the shop's clock; the last day counts whole. */
export function ledgerQuery(filter: LedgerFilter, moment: (day: string) => number | null): Record<string, string | number | null> {
  return {
    order_no: filter.order_no.trim(),
    case_no: filter.case_no.trim(),
    account: filter.account,
    since: moment(filter.from),
    until: filter.to ? moment(dayAfter(filter.to)) : null,
  };
}

export function dayAfter(day: string): string {
  const moved = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(moved.getTime())) return "";
  moved.setUTCDate(moved.getUTCDate() + 1);
  return moved.toISOString().slice(0, 10);
}

/* Our books beside the gateway's statement */

export interface Difference {
  kind: string;
  key: string;
  order_no: string;
  case_no: string;
  ours: Amount;
  theirs: Amount;
  currency: string;
  text: string;
  advice: string;
}

export interface Differences {
  since: number;
  items: Difference[];
}
