/* Answers arrive in any order; none may undo what another, or the socket, brought meanwhile. */
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { ME, aConversation, aMessage } from "./build.ts";

const asked = vi.hoisted(() => new Map<string, (answer: unknown) => void>());
vi.mock("../src/stores/session.ts", () => ({
  useSession: () => ({ me: { id: "me" }, shop: { id: "s1" }, load: async () => true, can: () => true }),
}));
vi.mock("../src/stores/toasts.ts", () => ({ useToasts: () => ({ bad: () => undefined }), explain: String }));
vi.mock("../src/realtime/socket.ts", () => ({
  StaffSocket: class {
    start = (): void => undefined;
    send = (): boolean => true;
  },
}));
vi.mock("../src/api/client.ts", async (original) => ({
  ...(await original<object>()),
  api: { get: (path: string) => new Promise((resolve) => asked.set(path, resolve)) },
}));

const { useDesk } = await import("../src/stores/desk.ts");
const AGENT = { id: ME, name: "林晓雨", state: "online", reason: "", since: 0, load: 0, capacity: 5, skills: [] };

beforeEach(() => {
  asked.clear();
  vi.stubGlobal("location", { origin: "http://localhost" });
  vi.stubGlobal("document", { cookie: "xinfu_csrf=one" });
  setActivePinia(createPinia());
});

test("an answer that comes late leaves what came before it", async () => {
  const desk = useDesk();
  const boot = desk.boot();
  const opening = desk.open("c1");
  asked.get("conversations/c1")!({ conversation: aConversation({ last_seq: 2 }), messages: [aMessage(1), aMessage(2)], notes: [] });
  await opening;
  asked.get("conversations")!({ items: [], next: null });
  asked.get("agents")!([AGENT]);
  await boot;
  expect(desk.thread?.messages.map((message) => message.seq)).toEqual([1, 2]);
  expect(desk.thread?.loading).toBe(false);
  expect(desk.agents.map((agent) => agent.id)).toEqual([ME]);
});

test("a browser nobody signed in with asks for nothing", async () => {
  vi.stubGlobal("document", { cookie: "" });
  expect(await useDesk().boot()).toBe(false);
  expect([...asked.keys()]).toEqual([]);
});
