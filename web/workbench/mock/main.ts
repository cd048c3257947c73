/* The workbench on made-up data: fetch and WebSocket are replaced before the app starts. Development only. */
import type { Message, Summary } from "@xinfu/shared/types";
import { agents, conversations, ME, me, messagesOf, notesOf, order, orders, profile, start } from "./data.ts";

const heads = new Map(conversations.map((one) => [one.id, one]));
const threads = new Map(conversations.map((one) => [one.id, messagesOf(one)]));
const notes = new Map(conversations.map((one) => [one.id, notesOf(one)]));
const sockets = new Set<MockSocket>();
let signedIn = !location.search.includes("out");
let cursor = 0;

const settings = {
  display_name: "小满生活馆", display_name_en: "Xiaoman Living", colour: "#C5412B", welcome: "您好，我是小心，很高兴为您服务。", welcome_en: "Hello, how can I help you today?", locale: "zh-CN", time_zone: "Asia/Shanghai",
  hours: { days: [1, 2, 3, 4, 5, 6, 7], start: "08:00", end: "24:00" }, first_response_s: 15, round_response_s: 30, offer_timeout_s: 20, capacity: 5, idle_close_min: 30, reopen_hours: 72, callback_promise_hours: 12, ask_rating: true, allowed_origins: [],
};
const article = (n: number, title: string, body: string, audience = "customer") => ({ id: String(n).padStart(32, "0"), topic: n === 1 ? "policy.returns" : "", title, body, audience, status: "published", owner: "何青", review_on: null, effective_from: null, effective_until: null, version: n, created_at: start, updated_at: start - n * 3_600_000 });
const articles = [article(1, "七天无理由退货", "签收后七天内，商品完好可以退货，运费由您承担；商品有问题由我们承担。"), article(2, "羽绒服怎么洗", "反面冷水手洗，低温烘干，拍打蓬松。不要干洗。"), article(3, "大促期间发货说明", "大促期间 48 小时内发出，请以订单页为准。", "staff")];
const script = (n: number, title: string, body: string, initials: string, pinyin: string, shared = true) => ({ id: String(n).padStart(32, "1"), shared, group: "售后", title, body, variables: [], keywords: [], active_from: null, active_until: null, active: true, status: "reviewed", uses: 40 - n, initials, pinyin, version: 1, updated_at: start });
const scripts = [script(1, "退款说明", "{客户}您好，订单 {订单号} 的退款已经提交，1–3 个工作日原路退回。", "tksm", "tuikuanshuoming"), script(2, "催物流", "我已经联系快递站点，{物流} 有消息马上告诉您。", "cwl", "cuiwuliu"), script(3, "我的收尾语", "还有需要随时找我，祝您生活愉快。", "wdswy", "wodeshouweiyu", false)];
const staff = agents.map((one, i) => ({ id: one.id, login: `user${i}`, name: one.name, role: one.role, shops: [], disabled: i === 6, locked: i === 5, password_once: false, opening_line: "", locale: "zh-CN" }));
const audit = ["sign_in.ok", "customer.unmasked", "settings.saved", "staff.changed", "role.changed"].map((action, i) => ({ id: String(i), at: start - i * 700_000, actor_kind: "staff", actor_id: ME, actor_name: "林晓雨", ip: "127.0.0.1", action, target_kind: "staff", target_id: ME, detail: i ? { field: "phone", reason: "核对收货信息" } : {} }));

type Answer = [status: number, body: unknown];

function view(name: string): Summary[] {
  const all = [...heads.values()];
  if (name === "mine") return all.filter((one) => one.state === "agent" && one.assignee_id === ME);
  if (name === "queue") return all.filter((one) => one.state === "queued");
  return all.filter((one) => (one.state === "closed") === (name === "closed"));
}

function change(id: string, part: Partial<Summary>): Summary {
  const next = { ...heads.get(id)!, ...part, version: heads.get(id)!.version + 1 };
  heads.set(id, next);
  push({ kind: "conversation", c: next });
  return next;
}

function say(id: string, text: string, clientId: string): number {
  const list = threads.get(id)!;
  const message: Message = { conversation_id: id, seq: list.length + 1, sender: "agent", sender_id: ME, name: me.name, kind: "text", text, at: Date.now(), client_id: clientId };
  list.push(message);
  push({ kind: "message", m: message });
  change(id, { last_seq: message.seq, last_text: text, last_sender: "agent", waiting_since: null, unread: 0, last_at: Date.now() });
  return message.seq;
}

function answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): Answer {
  const [area = "", key = "", what = ""] = path.split("/");
  if (path === "auth/login") return (signedIn = true), [200, me];
  if (path === "auth/logout") return (signedIn = false), [204, null];
  if (!signedIn) return [401, { code: "not_signed_in", detail: "请先登录。" }];
  if (path === "auth/me") return [200, me];
  if (path === "agents") return [200, agents];
  if (path === "agents/me") return [200, { ...agents[0], ...body, since: Date.now() }];
  if (path === "wall") return [200, { agents, waiting: view("queue"), troubled: [], live: view("all"), counts: {} }];
  if (path === "conversations") return [200, { items: view(query.get("view") ?? "mine"), next: null }];
  if (path === "conversations/today") return [200, { served: 23, rated: 9, good: 8, first_response_ms: 8000 }];
  if (path === "conversations/search") return [200, { items: [...heads.values()].slice(0, 2).map((one) => ({ conversation: one, seq: 3, excerpt: `……${query.get("q")}……` })), next: null }];
  if (area === "conversations" && !what) return [200, { conversation: heads.get(key), messages: threads.get(key), notes: notes.get(key) }];
  if (area === "conversations") return conversation(method, key, what, body);
  if (area === "customers" && what === "orders") return [200, { items: orders, next: null }];
  if (area === "customers" && what === "conversations") return [200, view("closed")];
  if (area === "customers" && what === "unmask") return [200, { field: body.field, value: body.field === "addresses" ? profile.addresses : "13800000001" }];
  if (area === "customers" && key) return [200, { ...profile, id: key, ...(body.tags ? { tags: body.tags } : {}) }];
  if (area === "customers") return [200, { items: [...heads.values()].map((one, i) => ({ ...profile, id: one.customer_id, name: `${one.name[0]}**`, vip: one.vip, phone: `138****000${i}` })), next: null }];
  if (path === "knowledge/search") return [200, articles.map((one) => ({ article_id: one.id, title: one.title, topic: one.topic, body: one.body, version: 1, score: 1 }))];
  if (area === "knowledge" && what) return [200, articles];
  if (area === "knowledge") return [200, { items: articles, next: null }];
  if (area === "scripts") return [200, scripts];
  if (path === "settings") return [200, { current: settings, version: 3, effective_from: start - 86_400_000, history: [{ version: 3, effective_from: start - 86_400_000, saved_at: start - 90_000_000, author: "林晓雨", settings }] }];
  if (path === "staff") return [200, staff];
  if (path === "roles") return [200, ["agent", "lead", "trainer", "owner"].map((role, i) => ({ key: role, permissions: me.permissions.slice(0, 5 + i * 5), fixed: role === "owner" }))];
  if (path === "tokens") return [200, [{ id: "1", prefix: "xf_demo", name: "ERP 对接", permissions: ["orders.import"], created_at: start, expires_at: null }]];
  if (path === "shops") return [200, me.shops.map((shop) => ({ ...shop, currency: "CNY", widget_secret: "made-up" }))];
  if (path === "audit") return [200, { items: audit, next: null }];
  if (path === "demo/simulator") return [200, { on: true }];
  return [404, { code: "not_found", detail: "找不到这条记录，可能已被删除。" }];
}

function conversation(method: string, id: string, what: string, body: Record<string, unknown>): Answer {
  if (what === "messages") return method === "GET" ? [200, []] : [200, { seq: say(id, String(body.text), String(body.id)) }];
  if (what === "close") return [200, change(id, { state: "closed", outcome: String(body.outcome ?? "") })];
  if (what === "accept" || what === "takeover" || what === "reopen") return [200, change(id, { state: "agent", assignee_id: ME, assignee: me.name, handed_at: Date.now() })];
  if (what === "tags") return [200, change(id, { tags: body.tags as string[] })];
  if (what === "notes" || what === "whisper") {
    const list = notes.get(id)!;
    const note = { conversation_id: id, n: list.length + 1, after_seq: threads.get(id)!.length, kind: what === "notes" ? ("note" as const) : ("whisper" as const), author_id: ME, author: me.name, text: String(body.text), at: Date.now() };
    list.push(note);
    push({ kind: "note", n: note });
    return [200, note];
  }
  return [200, change(id, {})];
}

function push(event: Record<string, unknown>): void {
  cursor += 1;
  sockets.forEach((socket) => socket.tell({ t: "ev", cur: String(cursor), ...event }));
}

globalThis.fetch = async (input, init) => {
  const url = new URL(String(input), location.href);
  await new Promise((done) => setTimeout(done, 60));
  if (url.pathname === "/api/v1/files") return Response.json({ id: "f".repeat(32), kind: "image", name: "photo.png", size: 1, url: "" });
  const body = typeof init?.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
  const [status, data] = answer(init?.method ?? "GET", url.pathname.replace("/api/v1/", ""), url.searchParams, body);
  return new Response(status === 204 ? null : JSON.stringify(data), { status, headers: { "Content-Type": "application/json" } });
};

class MockSocket {
  readyState = 1;
  onopen = null;
  onerror = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor() {
    sockets.add(this);
    setTimeout(() => {
      this.tell({ t: "hello", cur: String(cursor), me: ME });
      this.offerSomething();
    }, 80);
  }

  tell(frame: unknown): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  offerSomething(): void {
    if (!location.search.includes("offer")) return;
    const waiting = view("queue")[0];
    if (waiting) this.tell({ t: "ev", cur: "1", kind: "offer", conversation_id: waiting.id, c: waiting, until: Date.now() + 20_000 });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { t: string; id?: string; conversation_id?: string; text?: string };
    if (frame.t === "ping") this.tell({ t: "pong" });
    if (frame.t !== "send" || !frame.conversation_id || !frame.id) return;
    const { id, conversation_id } = frame;
    setTimeout(() => this.tell({ t: "ack", id, conversation_id, seq: say(conversation_id, frame.text ?? order.no, id) }), 150);
  }

  close(): void {
    sockets.delete(this);
    this.onclose?.(new CloseEvent("close", { code: 1006 }));
  }
}

Object.assign(globalThis, { WebSocket: MockSocket, mockDown: () => sockets.forEach((socket) => socket.close()) });
await import("../src/main.ts");
