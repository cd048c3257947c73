/* The chat as it is read: messages and notes woven together, grouped by speaker, days marked, the AI's part folded away
   under the hand-over note. Pure. */
import type { Message, Note } from "@xinfu/shared/types";
import type { Pending } from "../../stores/outbox.ts";
import type { Thread } from "../../realtime/reducer.ts";

export interface Group {
  type: "group";
  key: string;
  messages: Message[];
}

export type Item =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "folded"; key: string; count: number }
  | Group
  | { type: "note"; key: string; note: Note }
  | { type: "pending"; key: string; pending: Pending };

export interface TimelineOptions {
  /** Whether the AI's part is shown in full. */
  unfolded: boolean;
  /** The last message the person had read when the conversation was opened, or null when nothing was unread. */
  unreadAfter: number | null;
  sameDay: (a: number, b: number) => boolean;
}

const GROUP_WITHIN_MS = 3 * 60_000;
/** Of the AI's part, the last words stay in view: the question that is still open. */
const KEEP_OF_AI = 2;

export function latestHandover(notes: readonly Note[]): Note | null {
  return notes.findLast((note) => note.kind === "handover") ?? null;
}

export function latestDraft(thread: Thread): string {
  const draft = thread.notes.findLast((note) => note.kind === "draft");
  return draft && draft.after_seq === thread.messages.at(-1)?.seq ? draft.text : "";
}

/** Seq up to which the AI's part is folded, 0 for nothing. */
export function foldUpTo(thread: Thread): number {
  const handover = latestHandover(thread.notes);
  if (!handover) return 0;
  const before = thread.messages.filter((message) => message.seq <= handover.after_seq);
  const people = before.findLastIndex((message) => message.sender === "agent");
  const ai = before.slice(people + 1);
  return ai.length > KEEP_OF_AI + 1 ? (ai.at(-1 - KEEP_OF_AI)?.seq ?? 0) : 0;
}

export function buildTimeline(thread: Thread, pending: readonly Pending[], options: TimelineOptions): Item[] {
  const items: Item[] = [];
  const fold = options.unfolded ? 0 : foldUpTo(thread);
  const notes = thread.notes.filter((note) => note.kind !== "draft" && note.kind !== "handover");
  const folded = thread.messages.filter((message) => message.seq <= fold).length;
  let noteAt = 0;
  let day: number | null = null;
  let group: Group | null = null;
  if (folded > 0) items.push({ type: "folded", key: "folded", count: folded });

  const putNotes = (beforeSeq: number): void => {
    for (let note = notes[noteAt]; note && note.after_seq < beforeSeq; note = notes[noteAt]) {
      noteAt += 1;
      if (note.after_seq < fold && note.kind === "event") continue;
      items.push({ type: "note", key: `n${note.n}`, note });
      group = null;
    }
  };

  for (const message of thread.messages) {
    putNotes(message.seq);
    if (message.seq <= fold) continue;
    if (day === null || !options.sameDay(day, message.at)) {
      items.push({ type: "day", key: `d${message.seq}`, at: message.at });
      group = null;
    }
    day = message.at;
    if (options.unreadAfter !== null && message.seq === options.unreadAfter + 1) {
      items.push({ type: "unread", key: "unread" });
      group = null;
    }
    group = joins(group, message) ?? startGroup(items, message);
  }
  putNotes(Number.POSITIVE_INFINITY);
  const stored = new Set(thread.messages.map((message) => message.client_id).filter(Boolean));
  const seqs = new Set(thread.messages.map((message) => message.seq));
  for (const one of pending) {
    if (!stored.has(one.id) && !(one.seq !== null && seqs.has(one.seq))) items.push({ type: "pending", key: `p${one.id}`, pending: one });
  }
  return items;
}

function joins(group: Group | null, message: Message): Group | null {
  const last = group?.messages.at(-1);
  if (!group || !last || last.sender !== message.sender || last.sender_id !== message.sender_id) return null;
  if (message.at - last.at > GROUP_WITHIN_MS) return null;
  group.messages.push(message);
  return group;
}

function startGroup(items: Item[], message: Message): Group {
  const group: Group = { type: "group", key: `m${message.seq}`, messages: [message] };
  items.push(group);
  return group;
}
