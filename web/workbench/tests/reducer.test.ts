/* Applying events to an old state equals fetching the new one, in whatever order and however often they arrive. */
import { describe, expect, test } from "vitest";
import type { StaffEvent } from "../src/realtime/frames.ts";
import { applyEvent, dropThread, emptyDesk, gapBefore, startThread, withAgents, withConversations, withOlder, withOpened, type DeskState } from "../src/realtime/reducer.ts";
import { aConversation, aMessage, aNote, ME } from "./build.ts";

const apply = (state: DeskState, events: StaffEvent[]): DeskState => events.reduce(applyEvent, state);
const seqs = (state: DeskState): number[] => state.threads.get("c1")?.messages.map((one) => one.seq) ?? [];
const opened = (messages = [1, 2, 3]): DeskState => withOpened(emptyDesk(ME), { conversation: aConversation({ last_seq: messages.length }), messages: messages.map((seq) => aMessage(seq)), notes: [] });

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const copy = [...list];
  let random = seed;
  for (let i = copy.length - 1; i > 0; i -= 1) {
    random = (random * 1103515245 + 12345) % 2147483648;
    const j = random % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

describe("a conversation's head", () => {
  test("is replaced by a newer version and never by an older one", () => {
    const newer = apply(emptyDesk(ME), [{ kind: "conversation", c: aConversation({ version: 5, last_text: "新" }) }]);
    const older = apply(newer, [{ kind: "conversation", c: aConversation({ version: 4, last_text: "旧" }) }]);
    expect(older).toBe(newer);
    expect(older.conversations.get("c1")?.last_text).toBe("新");
  });

  test("a list that was fetched before an event arrived does not undo the event", () => {
    const live = apply(emptyDesk(ME), [{ kind: "conversation", c: aConversation({ version: 9, state: "closed" }) }]);
    expect(withConversations(live, [aConversation({ version: 8 })]).conversations.get("c1")?.state).toBe("closed");
  });
});

describe("messages", () => {
  test("arriving twice are kept once", () => {
    const once = apply(opened(), [{ kind: "message", m: aMessage(4) }]);
    const twice = apply(once, [{ kind: "message", m: aMessage(4) }]);
    expect(twice).toBe(once);
    expect(seqs(twice)).toEqual([1, 2, 3, 4]);
  });

  test("of a conversation nobody opened are left to the server", () => {
    const state = emptyDesk(ME);
    expect(apply(state, [{ kind: "message", m: aMessage(1) }])).toBe(state);
  });

  test("that arrive while the first fetch is under way are not lost", () => {
    const waiting = apply(startThread(emptyDesk(ME), "c1"), [{ kind: "message", m: aMessage(4) }]);
    const state = withOpened(waiting, { conversation: aConversation(), messages: [aMessage(2), aMessage(3)], notes: [] });
    expect(seqs(state)).toEqual([2, 3, 4]);
    expect(state.threads.get("c1")?.loading).toBe(false);
  });

  test("a jump in seq shows where messages are missing until they are filled in", () => {
    const jumped = apply(opened(), [{ kind: "message", m: aMessage(6) }]);
    expect(gapBefore(jumped.threads.get("c1")!)).toBe(6);
    const filled = withOlder(jumped, "c1", [aMessage(4), aMessage(5)]);
    expect(gapBefore(filled.threads.get("c1")!)).toBeNull();
  });

  test("the thread is complete once the first message or nothing older comes", () => {
    const late = opened([5, 6]);
    expect(late.threads.get("c1")?.complete).toBe(false);
    expect(withOlder(late, "c1", []).threads.get("c1")?.complete).toBe(true);
    expect(opened([1, 2]).threads.get("c1")?.complete).toBe(true);
  });
});

test("events in any order, some of them twice, give the same as fetching at the end", () => {
  const versions = [2, 3, 4, 5].map((version): StaffEvent => ({ kind: "conversation", c: aConversation({ version, last_seq: version + 2, last_text: `第 ${version + 2} 句` }) }));
  const messages = [4, 5, 6, 7].map((seq): StaffEvent => ({ kind: "message", m: aMessage(seq) }));
  const notes = [1, 2].map((n): StaffEvent => ({ kind: "note", n: aNote(n, 4 + n) }));
  const events = [...versions, ...messages, ...notes];
  const fetched = withOpened(emptyDesk(ME), { conversation: aConversation({ version: 5, last_seq: 7, last_text: "第 7 句" }), messages: [1, 2, 3, 4, 5, 6, 7].map((seq) => aMessage(seq)), notes: [aNote(1, 5), aNote(2, 6)] });
  for (let seed = 1; seed <= 200; seed += 1) {
    const state = apply(opened(), shuffled([...events, ...shuffled(events, seed + 7).slice(0, 4)], seed));
    expect(state.conversations).toEqual(fetched.conversations);
    expect(state.threads).toEqual(fetched.threads);
  }
});

describe("offers", () => {
  const offer: StaffEvent = { kind: "offer", conversation_id: "c1", c: aConversation({ state: "queued", assignee_id: null, version: 2 }), until: 9000 };

  test("appear and go", () => {
    const shown = apply(emptyDesk(ME), [offer]);
    expect(shown.offers.get("c1")?.until).toBe(9000);
    expect(apply(shown, [{ kind: "offer_gone", conversation_id: "c1" }]).offers.size).toBe(0);
  });

  test("disappear when somebody else has the conversation", () => {
    const shown = apply(emptyDesk(ME), [offer]);
    expect(apply(shown, [{ kind: "conversation", c: aConversation({ version: 3, assignee_id: "other" }) }]).offers.size).toBe(0);
  });
});

test("a colleague's new state replaces the old, the same again changes nothing", () => {
  const a = { id: "x", name: "陈一诺", role: "agent", state: "online" as const, reason: "", since: 1, load: 0, capacity: 5 };
  const known = withAgents(emptyDesk(ME), [a]);
  expect(apply(known, [{ kind: "presence", a: { ...a } }])).toBe(known);
  expect(apply(known, [{ kind: "presence", a: { ...a, load: 1 } }]).agents.get("x")?.load).toBe(1);
});

test("an alarm is shown once per conversation and reason", () => {
  const alarm: StaffEvent = { kind: "alarm", conversation_id: "c1", what: "anger", c: aConversation() };
  expect(apply(emptyDesk(ME), [alarm, alarm, { ...alarm, what: "danger" }]).alarms).toHaveLength(2);
});

test("a dropped thread is forgotten, its head stays in the list", () => {
  const state = dropThread(opened(), "c1");
  expect(state.threads.has("c1")).toBe(false);
  expect(state.conversations.has("c1")).toBe(true);
});
