/* What was written is sent until it is stored, always under the same id, and never lost on the way. */
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerFrame } from "../src/realtime/frames.ts";
import { Problem } from "../src/api/client.ts";

const desk = vi.hoisted(() => ({
  open: true,
  sent: [] as Record<string, unknown>[],
  posted: [] as Record<string, unknown>[],
  postFails: null as Error | null,
  frame: (_: ServerFrame): void => undefined,
  ready: (): void => undefined,
}));
vi.mock("../src/stores/desk.ts", () => ({
  useDesk: () => ({
    state: { threads: new Map() },
    send: (frame: Record<string, unknown>) => (desk.open ? (desk.sent.push(frame), true) : false),
    onFrame: (listener: (frame: ServerFrame) => void) => (desk.frame = listener),
    onReady: (listener: () => void) => (desk.ready = listener),
  }),
}));
vi.mock("../src/stores/prefs.ts", () => ({ usePrefs: () => ({ undoSeconds: 3 }) }));
vi.mock("../src/i18n.ts", () => ({ t: (key: string) => key }));
vi.mock("../src/api/client.ts", async (original) => ({
  ...(await original<object>()),
  api: {
    post: async (_: string, body: Record<string, unknown>) => {
      desk.posted.push(body);
      if (desk.postFails) throw desk.postFails;
      return { seq: 7 };
    },
  },
}));

const { useOutbox } = await import("../src/stores/outbox.ts");
const kept = new Map<string, string>();

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(desk, { open: true, sent: [], posted: [], postFails: null });
  kept.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
  vi.stubGlobal("addEventListener", () => undefined);
  setActivePinia(createPinia());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const only = (outbox: ReturnType<typeof useOutbox>) => outbox.list[0]!;

test("a message waits its three seconds and may be taken back whole", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "您好" });
  expect(desk.sent).toEqual([]);
  expect(outbox.takeBack(only(outbox).id)).toBe("您好");
  vi.advanceTimersByTime(10_000);
  expect(desk.sent).toEqual([]);
  expect(outbox.list).toEqual([]);
});

test("after them it goes, and once acknowledged it is only shown", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "您好" });
  vi.advanceTimersByTime(3000);
  const { id } = only(outbox);
  expect(desk.sent).toEqual([{ t: "send", conversation_id: "c1", id, text: "您好" }]);
  desk.frame({ t: "ack", id, conversation_id: "c1", seq: 4 });
  expect(only(outbox).status).toBe("stored");
  expect(outbox.takeBack(id)).toBe("");
});

test("the next message sends the one before at once, in order", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "一" });
  outbox.say("c1", { text: "二" });
  expect(desk.sent.map((frame) => frame.text)).toEqual(["一"]);
});

test("written without a line it survives a reload and goes with the same id when the line is back", () => {
  desk.open = false;
  const outbox = useOutbox();
  outbox.say("c1", { text: "别丢" });
  vi.advanceTimersByTime(3000);
  const { id } = only(outbox);
  setActivePinia(createPinia());
  const after = useOutbox();
  desk.open = true;
  desk.ready();
  expect(desk.sent).toEqual([{ t: "send", conversation_id: "c1", id, text: "别丢" }]);
  expect(after.list).toHaveLength(1);
});

test("without an ack it takes the other road with the same id", async () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "在吗" });
  vi.advanceTimersByTime(3000);
  await vi.advanceTimersByTimeAsync(8000);
  expect(desk.posted).toEqual([{ id: only(outbox).id, text: "在吗" }]);
  expect(only(outbox)).toMatchObject({ status: "stored", seq: 7 });
});

test("when neither road is open it keeps trying and stays pending", async () => {
  desk.open = false;
  desk.postFails = new Problem("network", 0, "");
  const outbox = useOutbox();
  outbox.say("c1", { text: "在吗" });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(desk.posted.length).toBeGreaterThan(1);
  expect(only(outbox).status).toBe("sending");
});

test("an overloaded server is asked again after the time it names", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "在吗" });
  vi.advanceTimersByTime(3000);
  const { id } = only(outbox);
  desk.frame({ t: "error", code: "overloaded", detail: "", id, retry_after_s: 2 });
  vi.advanceTimersByTime(2000);
  expect(desk.sent.map((frame) => frame.id)).toEqual([id, id]);
});

test("a refusal says why, keeps the words, and a retry uses the same id", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "在吗" });
  vi.advanceTimersByTime(3000);
  const { id } = only(outbox);
  desk.frame({ t: "error", code: "not_found", detail: "会话已转走。", id });
  expect(only(outbox)).toMatchObject({ status: "failed", problem: "会话已转走。", text: "在吗" });
  outbox.retry(id);
  expect(desk.sent.map((frame) => frame.id)).toEqual([id, id]);
});

test("when its stored self arrives in the stream the pending one goes", () => {
  const outbox = useOutbox();
  outbox.say("c1", { text: "在吗" });
  vi.advanceTimersByTime(3000);
  const m = { conversation_id: "c1", seq: 4, sender: "agent" as const, sender_id: "me", name: "", kind: "text" as const, text: "在吗", at: 0, client_id: only(outbox).id };
  desk.frame({ t: "ev", cur: "1", kind: "message", m });
  expect(outbox.list).toEqual([]);
  expect(kept.size).toBe(0);
});
