/* Builders of the few things the tests speak of. */
import type { Message, Note, Summary } from "@xinfu/shared/types";

export const ME = "me";

export function aConversation(part: Partial<Summary> = {}): Summary {
  return {
    id: "c1", shop_id: "s1", customer_id: "p1", name: "王可心", channel: "widget", state: "agent", language: "zh", vip: 0, stage: "mid", intent: "", emotion: "calm", intensity: 0, danger: null,
    last_seq: 0, last_note: 0, last_at: 0, last_text: "", last_sender: "customer", unread: 0, agent_read: 0, customer_read: 0, waiting_since: null, queued_at: null, handed_at: null, first_response_ms: null,
    assignee_id: ME, assignee: "林晓雨", offered_to: null, offered_at: null, skill: "", priority: 0, opened_at: 0, closed_at: null, rating: null, rating_asked: false, spared: false, consulting: null, curve: [],
    tags: [], outcome: "", callback: "", excluded: false, version: 1, ...part,
  };
}

export function aMessage(seq: number, part: Partial<Message> = {}): Message {
  return { conversation_id: "c1", seq, sender: "customer", sender_id: "p1", name: "王可心", kind: "text", text: `第 ${seq} 句`, at: seq * 1000, ...part };
}

export function aNote(n: number, after: number, part: Partial<Note> = {}): Note {
  return { conversation_id: "c1", n, after_seq: after, kind: "note", author_id: ME, author: "林晓雨", text: `备注 ${n}`, at: after * 1000, ...part };
}
