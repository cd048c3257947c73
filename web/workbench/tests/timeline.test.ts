/* The chat as it is read. */
import { expect, test } from "vitest";
import type { Message, Note } from "@xinfu/shared/types";
import type { Thread } from "../src/realtime/reducer.ts";
import { buildTimeline, foldUpTo, latestDraft, type Item } from "../src/pages/reception/timeline.ts";
import type { Pending } from "../src/stores/outbox.ts";
import { aMessage, aNote } from "./build.ts";

const DAY = 86_400_000;
const options = { unfolded: false, unreadAfter: null, sameDay: (a: number, b: number) => Math.floor(a / DAY) === Math.floor(b / DAY) };
const thread = (messages: Message[], notes: Note[] = []): Thread => ({ messages, notes, loading: false, complete: true });
const kinds = (items: Item[]): string[] => items.map((item) => (item.type === "group" ? `group ${item.messages.map((one) => one.seq).join(",")}` : item.type));
const pending = (part: Partial<Pending>): Pending => ({ id: "x", conversation_id: "c1", kind: "text", text: "好的", at: 0, status: "sending", problem: "", seq: null, ...part });

test("words of one speaker close together stand together", () => {
  const items = buildTimeline(thread([aMessage(1), aMessage(2), aMessage(3, { sender: "agent", sender_id: "me" }), aMessage(4)]), [], options);
  expect(kinds(items)).toEqual(["day", "group 1,2", "group 3", "group 4"]);
});

test("a pause of minutes begins a new group, a new day gets its line", () => {
  const items = buildTimeline(thread([aMessage(1, { at: 1000 }), aMessage(2, { at: 400_000 }), aMessage(3, { at: DAY + 5 })]), [], options);
  expect(kinds(items)).toEqual(["day", "group 1", "group 2", "day", "group 3"]);
});

test("a note stands after the message it was written after", () => {
  const items = buildTimeline(thread([aMessage(1), aMessage(2), aMessage(3)], [aNote(1, 2), aNote(2, 3)]), [], options);
  expect(kinds(items)).toEqual(["day", "group 1,2", "note", "group 3", "note"]);
});

test("the line of new messages stands before the first unread one", () => {
  const items = buildTimeline(thread([aMessage(1), aMessage(2)]), [], { ...options, unreadAfter: 1 });
  expect(kinds(items)).toEqual(["day", "group 1", "unread", "group 2"]);
});

test("the AI's part folds away under the hand-over note but its last words stay", () => {
  const talk = [1, 2, 3, 4, 5, 6].map((seq) => aMessage(seq, { sender: seq % 2 ? "customer" : "ai", sender_id: seq % 2 ? "p1" : "ai" }));
  const handed = thread([...talk, aMessage(7)], [aNote(1, 6, { kind: "handover" })]);
  expect(foldUpTo(handed)).toBe(4);
  expect(kinds(buildTimeline(handed, [], options))).toEqual(["folded", "day", "group 5", "group 6", "group 7"]);
  expect(kinds(buildTimeline(handed, [], { ...options, unfolded: true }))[0]).toBe("day");
});

test("what people said before is never folded", () => {
  const messages = [aMessage(1, { sender: "agent", sender_id: "me" }), aMessage(2), aMessage(3)];
  expect(foldUpTo(thread(messages, [aNote(1, 3, { kind: "handover" })]))).toBe(0);
});

test("a sent message is shown once: pending until its stored self arrives", () => {
  const waiting = buildTimeline(thread([aMessage(1)]), [pending({})], options);
  expect(kinds(waiting)).toContain("pending");
  const byClientId = buildTimeline(thread([aMessage(1, { client_id: "x" })]), [pending({})], options);
  const bySeq = buildTimeline(thread([aMessage(1)]), [pending({ status: "stored", seq: 1 })], options);
  expect(kinds(byClientId)).not.toContain("pending");
  expect(kinds(bySeq)).not.toContain("pending");
});

test("the AI's draft is offered only while it answers the newest message", () => {
  const draft = aNote(1, 2, { kind: "draft", text: "您好，马上查。" });
  expect(latestDraft(thread([aMessage(1), aMessage(2)], [draft]))).toBe("您好，马上查。");
  expect(latestDraft(thread([aMessage(1), aMessage(2), aMessage(3)], [draft]))).toBe("");
});
