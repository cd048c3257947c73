import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Api, Session } from "../src/api";
import { Chat, scopeOf } from "../src/chat";
import { MemoryShelf } from "../src/storage";

type Frame = Record<string, unknown> & { t: string };

/** The far end of the socket: stores each client id once, and can be told to fail in the usual ways. */
class Centre {
  stored: { seq: number; id: string; text: string }[] = [];
  sockets: FakeSocket[] = [];
  sessions = 0;
  loseAcks = 0;
  refuse: Frame | null = null;
  conversation = "conversation-1";
  past: { conversation: string; id: string }[] = [];

  receive(socket: FakeSocket, frame: Frame): void {
    if (frame.t === "resume") {
      for (const m of this.stored.slice(frame["after"] as number)) socket.push({ t: "msg", from: "customer", kind: "text", ...m });
      socket.push({ t: "resumed", seq: this.stored.length });
    }
    if (frame.t !== "send") return;
    if (this.refuse) {
      const refusal = this.refuse;
      this.refuse = null;
      socket.push({ ...refusal, id: frame["id"] });
      return;
    }
    const id = frame["id"] as string;
    const known = this.stored.find((m) => m.id === id);
    const message = known ?? { seq: this.stored.length + 1, id, text: frame["text"] as string };
    if (!known) this.stored.push(message);
    if (this.loseAcks-- > 0) socket.end(1006);
    else socket.push({ t: "ack", id, seq: message.seq, at: "2026-01-01T00:00:00.000Z" });
  }
}

let centre: Centre;

class FakeSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly address: string) {
    centre.sockets.push(this);
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.();
    }, 5);
  }

  send(text: string): void {
    setTimeout(() => this.readyState === 1 && centre.receive(this, JSON.parse(text) as Frame), 5);
  }

  push(frame: Frame): void {
    setTimeout(() => this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) }), 5);
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  close(): void {
    this.readyState = 3;
  }
}

function api(): Api {
  const shop = { slug: "demo", name: "店", colour: "", welcome: "", locale: "zh-CN", open: true };
  return {
    origin: "https://centre.example",
    token: "",
    session: (): Promise<Session> => {
      centre.sessions++;
      return Promise.resolve({ token: `t${centre.sessions}`, conversation_id: centre.conversation, visitor: "v", shop, last_seq: 0, state: "ai" });
    },
    history: () =>
      Promise.resolve({
        items: centre.past.map((m) => ({ conversation: m.conversation, messages: [{ seq: 1, from: "customer", name: "", kind: "text", text: "", at: "", id: m.id }] })),
        next: null,
      }),
  } as unknown as Api;
}

function start(shelf = new MemoryShelf(), identity = ""): Chat {
  const chat = new Chat(api(), shelf, { shop: "demo", identity, lang: () => "zh-CN" });
  chat.connect();
  return chat;
}

const later = (ms = 1000): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  centre = new Centre();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("location", { href: "https://shop.example/page#secret" });
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what the customer says", () => {
  it("is stored once and stands in the conversation once", async () => {
    const chat = start();
    chat.sendText("一");
    chat.sendText("二");
    await later();
    expect(centre.stored.map((m) => m.text)).toEqual(["一", "二"]);
    expect(chat.state.messages.map((m) => m.text)).toEqual(["一", "二"]);
    expect(chat.state.outbox).toEqual([]);
  });

  it("opens one session although several things ask for the connection at once", async () => {
    const chat = start();
    chat.sendText("一");
    chat.wake();
    await later();
    expect([centre.sessions, centre.sockets.length]).toEqual([1, 1]);
  });

  it("is neither lost nor doubled when the connection breaks before the acknowledgement", async () => {
    const chat = start();
    centre.loseAcks = 3;
    for (const text of ["一", "二", "三"]) chat.sendText(text);
    await later(60_000);
    expect(centre.stored.map((m) => m.text)).toEqual(["一", "二", "三"]);
    expect(chat.state.messages.map((m) => m.seq)).toEqual([1, 2, 3]);
    expect(chat.state.outbox).toEqual([]);
  });

  it("is sent with the same id after the page was loaded again", async () => {
    const shelf = new MemoryShelf();
    const first = start(shelf);
    await later();
    centre.sockets.forEach((socket) => (socket.readyState = 3)); // nothing gets through any more
    first.sendText("还在吗");
    const id = first.state.outbox[0]?.id;
    const second = start(shelf);
    expect(second.state.outbox[0]?.id).toBe(id);
    await later();
    expect(centre.stored.map((m) => m.id)).toEqual([id]);
  });

  it("waits when the centre is busy, keeps its order, and goes through by itself", async () => {
    const chat = start();
    await later();
    centre.refuse = { t: "error", code: "overloaded", detail: "忙", retry_after_s: 4 };
    chat.sendText("一");
    chat.sendText("二");
    await later(1000);
    expect(chat.state.notice).toBe("retry:4");
    expect(centre.stored).toEqual([]);
    await later(5000);
    expect(centre.stored.map((m) => m.text)).toEqual(["一", "二"]);
    expect(chat.state.notice).toBe("");
  });

  it("is shown as not sent when the centre will never take it, and does not hold up the rest", async () => {
    const chat = start();
    await later();
    centre.refuse = { t: "error", code: "too_large", detail: "太长了" };
    chat.sendText("一");
    chat.sendText("二");
    await later();
    expect(chat.state.outbox.map((e) => e.failed)).toEqual(["太长了"]);
    expect(centre.stored.map((m) => m.text)).toEqual(["二"]);
    chat.retry(chat.state.outbox[0]?.id ?? "");
    await later();
    expect(centre.stored.map((m) => m.text)).toEqual(["二", "一"]);
  });

  it("is not said again in a new conversation when the old one has it", async () => {
    const shelf = new MemoryShelf();
    const first = start(shelf);
    await later();
    centre.loseAcks = 1;
    first.sendText("一");
    await later(20);
    vi.clearAllTimers(); // the page is closed
    const id = first.state.outbox[0]?.id as string;
    centre.past = [{ conversation: "conversation-1", id }];
    centre.stored = [];
    centre.conversation = "conversation-2";
    const second = start(shelf);
    await later();
    expect(second.state.outbox).toEqual([]);
    expect(centre.stored).toEqual([]);
  });
});

describe("the connection", () => {
  it("makes a new session when the token is no longer good", async () => {
    const chat = start();
    await later();
    centre.sockets[0]?.end(4401);
    await later(2000);
    expect(centre.sessions).toBe(2);
    expect(centre.sockets[1]?.address).toContain("token=t2");
    expect(chat.state.link).toBe("live");
  });

  it("keeps the token over an ordinary interruption", async () => {
    start();
    await later();
    centre.sockets[0]?.end(1001);
    await later(2000);
    expect([centre.sessions, centre.sockets.length]).toEqual([1, 2]);
  });

  it("stays away when the centre asks for it", async () => {
    const chat = start();
    await later();
    centre.sockets[0]?.end(4429);
    await later(120_000);
    expect([centre.sockets.length, chat.state.link]).toEqual([1, "stopped"]);
  });

  it("notices a dead line although nobody closed it", async () => {
    start();
    await later();
    await later(40_000);
    expect(centre.sockets.length).toBeGreaterThan(1);
  });
});

describe("who is at the device", () => {
  const jwt = (sub: string): string => `x.${btoa(JSON.stringify({ sub }))}.x`;

  it("keeps the thread of a visitor who signs in, and hides it from the next one", async () => {
    const shelf = new MemoryShelf();
    const chat = start(shelf);
    chat.sendText("我是访客");
    await later();
    chat.identify(jwt("C1"));
    await later();
    expect(shelf.get(`${scopeOf("demo", "")}:me`)).toBeNull();
    expect(shelf.get(`${scopeOf("demo", jwt("C1"))}:me`)).toContain('"visitor":"v"');
    chat.identify(jwt("C2"));
    expect([chat.state.messages, chat.state.conversation]).toEqual([[], ""]);
  });
});
