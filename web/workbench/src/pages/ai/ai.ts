/* What the AI did on a day and where it gave up (docs/protocol.md), and the small sums about it. Pure. */
import { matches } from "../../text/pinyin.ts";

export const AI_KINDS = ["answered", "acted", "shown", "asked_back", "no_answer", "handed_over"] as const;
export type AiKind = (typeof AI_KINDS)[number];
type Counts = Partial<Record<AiKind, number>>;

export interface IntentCount {
  intent: string;
  total: number;
  kinds: Counts;
}

export interface AiDay {
  /** The shop's own calendar day, YYYY-MM-DD. */
  day: string;
  total: number;
  kinds: Counts;
  by_reason: Record<string, number>;
  by_intent: IntentCount[];
  replaced: number;
}

export interface AiTurn {
  conversation_id: string;
  seq: number | null;
  text: string;
  answer_seq: number;
  answer: string;
  at: number;
  act: string;
  intent: string;
  p: number;
  why: string;
  /** What somebody has put right about it already. */
  corrected?: Correction | null;
}

export interface Correction {
  id: string;
  conversation_id: string;
  seq: number;
  text: string;
  read_as: string;
  intent: string;
  article_id: string | null;
}

export interface Part {
  kind: AiKind;
  count: number;
  /** Of the longest bar, in percent. */
  width: number;
}

/** Bars share one scale: the longest is the whole width. */
export function bars(intents: readonly IntentCount[], most: number): { intent: string; total: number; parts: Part[] }[] {
  const shown = [...intents].sort((a, b) => b.total - a.total).slice(0, most);
  const longest = Math.max(1, ...shown.map((one) => one.total));
  return shown.map((one) => ({
    intent: one.intent,
    total: one.total,
    parts: AI_KINDS.flatMap((kind) => {
      const count = one.kinds[kind] ?? 0;
      return count ? [{ kind, count, width: (count / longest) * 100 }] : [];
    }),
  }));
}

/** Whole percent; "" where there is nothing to be a part of. */
export function share(count: number, total: number): string {
  return total > 0 ? `${Math.round((count / total) * 100)}%` : "";
}

/** The day before or after, by the calendar alone. */
export function otherDay(day: string, by: number): string {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + by);
  return moved.toISOString().slice(0, 10);
}

export function turnKey(turn: Pick<AiTurn, "conversation_id" | "answer_seq">): string {
  return `${turn.conversation_id}/${turn.answer_seq}`;
}

/** What a correction is sent about: the customer's message, or the answer where that is not known. */
export function aboutSeq(turn: Pick<AiTurn, "seq" | "answer_seq">): number {
  return turn.seq ?? turn.answer_seq;
}

export interface Choice {
  id: string;
  label: string;
  hint?: string;
}

/** By label, by the first letters of its pinyin, or by its id. */
export function matching(choices: readonly Choice[], query: string): Choice[] {
  const wanted = query.trim().toLowerCase();
  return choices.filter((one) => matches(one.label, wanted) || one.id.includes(wanted));
}
