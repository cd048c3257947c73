/* What the risk calls answer, and the little that is computed from it. */

export type FindingState = "open" | "confirmed" | "dismissed" | "appealed" | "lapsed";
export type Sentence = [zh: string, en: string];
export const PATTERNS = ["swap", "use_and_return", "fragile_claims", "own_courier_freight", "order_and_refuse", "malicious_complaint", "harassment"] as const;
export const STATES: readonly FindingState[] = ["open", "appealed", "confirmed", "dismissed", "lapsed"];
export const RELATIONS = ["household", "office", "dormitory", "pickup", "other"] as const;

export interface Finding {
  id: string;
  subject_kind: "case" | "order" | "contact";
  subject: string;
  customer_id: string;
  customer: string;
  entity_id: string;
  order_no: string;
  pattern: string;
  score: number;
  action: string;
  hard: boolean;
  money_minor: number;
  currency: string;
  reasons: Sentence[];
  evidence: string[];
  state: FindingState;
  found_at: number;
  decided_at: number | null;
  decided_by: string;
  words: string;
  appealed_at: number | null;
  appealed_by: string;
  appeal_words: string;
  version: number;
}

export interface Figure {
  pattern: string;
  open: number;
  confirmed: number;
  dismissed: number;
  appealed: number;
  lapsed: number;
  money_minor: number;
  found: number;
  confirmed_share: number | null;
}

export interface Figures {
  days: number;
  currency: string;
  total: Figure;
  patterns: Figure[];
  ready: boolean;
}

export interface Member {
  customer_id: string;
  name: string;
  score: number;
  patterns: string[];
  reasons: Sentence[];
  cases: number;
  level: number;
}

export interface Shared {
  key: string;
  kind: string;
  label: string;
  holders: number;
  joins: boolean;
  relation: string;
}

export interface Entity {
  entity_id: string;
  customer_id: string;
  size: number;
  members: Member[];
  values: Shared[];
  edges: [member: number, value: number][];
  findings: Finding[];
  ready: boolean;
}

export interface Contact {
  id: string;
  conversation_id: string;
  customer_id: string;
  name: string;
  started_at: number;
  ended_at: number | null;
  active_s: number;
  messages: number;
  abusive: number;
  pressing_at: number | null;
  reasons: Sentence[];
  warned_at: number | null;
  warned_by: string;
  stopped_at: number | null;
  stopped_by: string;
  excluded: boolean;
  exclusion_id: string;
  live: boolean;
  version: number;
}

export interface Exclusion {
  id: string;
  kind: "contact" | "case";
  subject: string;
  customer_id: string;
  customer: string;
  why: string;
  by_kind: string;
  by: string;
  at: number;
  reverted_at: number | null;
  reverted_by: string;
  reverted_why: string;
}

export interface Trusted {
  key: string;
  kind: string;
  label: string;
  relation: string;
  words: string;
  by: string;
  at: number;
}

export interface Rules {
  warning_zh: string;
  warning_en: string;
  ending_zh: string;
  ending_en: string;
  abusive_messages: number;
  after_warning: number;
  warn_by: "lead" | "policy";
  end_by: "lead" | "policy";
  exclude_ended: boolean;
  version: number;
  saved_at: number | null;
  saved_by: string;
}

export interface Picture {
  case: string;
  url: string;
  thumb: string;
}

export interface CasePhotos {
  pairs: { later: Picture; earlier: Picture; score: number; why: Sentence }[];
  unread: { picture: Picture; why: Sentence }[];
}

export function inLocale(sentence: Sentence, locale: string): string {
  return locale === "en" ? sentence[1] : sentence[0];
}

/** Minor units as the text the money helper shows. */
export function amount(minor: number): string {
  const sign = minor < 0 ? "-" : "";
  const whole = Math.abs(Math.trunc(minor));
  return `${sign}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, "0")}`;
}

export function percent(share: number | null): string | null {
  return share === null ? null : `${Math.round(share * 100)}%`;
}

export interface Line {
  path: string;
  joins: boolean;
  lit: boolean;
}

/** A line from each account (left) to each thing it shares (right), in a space 100 wide whose rows are `row` high. */
export function lines(entity: Pick<Entity, "edges" | "values">, row: number, lit: number | null): Line[] {
  return entity.edges.map(([member, value]) => {
    const from = member * row + row / 2;
    const to = value * row + row / 2;
    return { path: `M0 ${from}C50 ${from} 50 ${to} 100 ${to}`, joins: entity.values[value]?.joins ?? false, lit: lit === null || lit === member };
  });
}
