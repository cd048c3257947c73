import { describe, expect, it } from "vitest";
import type { ServerFrame } from "../src/frames";
import type { Entry } from "../src/outbox";
import { EMPTY, hasGap, receive, reduce, unread, type ChatState, type Local } from "../src/state";

function message(seq: number, from: "customer" | "ai" | "agent" = "ai", more: object = {}): ServerFrame {
  return { t: "msg", seq, from, name: "", kind: "text", text: `m${seq}`, at: "2026-01-01T00:00:00.000Z", ...more };
}

function after(...frames: ServerFrame[]): ChatState {
  return frames.reduce(receive, EMPTY);
}

const SHOP = { slug: "demo", name: "店", colour: "#C5412B", welcome: "", locale: "zh-CN", open: true };
const ENTRY: Entry = { id: "c1", kind: "text", text: "你好", ref: "", at: "2026-01-01T00:00:00.000Z", conversation: "a" };

describe("messages", () => {
  it("stand in their order whatever order they come in", () => {
    expect(after(message(3), message(1), message(2)).messages.map((m) => m.seq)).toEqual([1, 2, 3]);
  });

  it("are there once however often they come", () => {
    const once = after(message(1), message(2));
    expect([message(2), message(1)].reduce(receive, once)).toEqual(once);
  });

  it("leave a hole visible until it is filled", () => {
    const holed = after(message(1), message(3));
    expect([holed.upTo, hasGap(holed)]).toEqual([1, true]);
    const filled = receive(holed, message(2));
    expect([filled.upTo, hasGap(filled)]).toEqual([3, false]);
  });

  it("come to the same state in every order, with every one repeated", () => {
    const frames = [1, 2, 3, 4].map((seq) => message(seq));
    const expected = after(...frames);
    for (let turn = 0; turn < 4; turn++) {
      const turned = [...frames.slice(turn), ...frames.slice(0, turn)];
      expect(after(...turned, ...turned)).toEqual(expected);
    }
  });

  it("count as unread only when someone else wrote them after what was seen", () => {
    const state = after(message(1, "customer"), message(2), message(3, "agent"));
    expect(unread(state)).toBe(2);
    expect(unread(reduce(state, { t: "seen" }))).toBe(0);
  });
});

describe("an acknowledgement", () => {
  it("puts the customer's own words in their place, and the centre's version of them replaces ours", () => {
    const acked = reduce(after(message(1)), { t: "acked", entry: ENTRY, seq: 2, at: "2026-01-01T00:00:09.000Z" });
    expect(acked.messages[1]).toMatchObject({ seq: 2, from: "customer", text: "你好", id: "c1" });
    expect(acked.upTo).toBe(2);
    expect(receive(acked, message(2, "customer", { id: "c1", text: "你好" })).messages).toHaveLength(2);
  });
});

describe("the session", () => {
  const session = (conversation: string) => ({ t: "session", conversation, mode: "ai", shop: SHOP, seen: 0 }) as const;

  it("goes on with the same conversation after the token was renewed", () => {
    const before = [message(1), message(2)].reduce(receive, reduce(EMPTY, session("a")));
    expect(reduce(before, session("a")).messages).toHaveLength(2);
  });

  it("keeps an ended conversation on the screen when a new one begins", () => {
    const before = [message(1), message(2)].reduce(receive, reduce(EMPTY, session("a")));
    const now = reduce(before, session("b"));
    expect([now.messages.length, now.upTo, now.history.items[0]?.conversation]).toEqual([0, 0, "a"]);
  });

  it("shows nothing of one person to the next", () => {
    const before = [message(1)].reduce(receive, reduce(EMPTY, session("a")));
    const next = reduce(before, { t: "someone_else" });
    expect([next.messages, next.history.items, next.conversation]).toEqual([[], [], ""]);
  });

  it("joins the pages of one earlier conversation", () => {
    const page = (from: number, to: number): Local => {
      const messages = after(...Array.from({ length: to - from + 1 }, (_, i) => message(from + i))).messages;
      return { t: "history", items: [{ conversation: "old", messages }], next: "x" };
    };
    const state = reduce(reduce(EMPTY, page(3, 4)), page(1, 3));
    expect(state.history.items.map((item) => item.messages.map((m) => m.seq))).toEqual([[1, 2, 3, 4]]);
  });
});

describe("who serves", () => {
  it("shows the place in the queue only while waiting", () => {
    const waiting = after({ t: "state", state: "queued" }, { t: "queue", position: 3, eta_s: null });
    expect(waiting.queue).toEqual({ position: 3, eta_s: null });
    expect(receive(waiting, { t: "state", state: "agent", name: "林小满" })).toMatchObject({ queue: null, agent: "林小满", mode: "agent" });
  });

  it("asks for a message outside hours and stops asking when someone takes over", () => {
    const closed = after({ t: "state", state: "queued", reason: "offline" });
    expect(closed.offline).toBe(true);
    expect(receive(closed, { t: "state", state: "agent" }).offline).toBe(false);
  });

  it("asks for a rating once", () => {
    const asked = after({ t: "rate" });
    const rated = reduce(asked, { t: "rated", done: true });
    expect([asked.rating, receive(rated, { t: "rate" }).rating]).toEqual(["asked", "done"]);
  });

  it("tells a refusal that belongs to no message, but not that a token ran out", () => {
    expect(after({ t: "error", code: "rate_limited", detail: "请慢一点" }).notice).toBe("请慢一点");
    expect(after({ t: "error", code: "token_invalid", detail: "x" }).notice).toBe("");
  });
});
