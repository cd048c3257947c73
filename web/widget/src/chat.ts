// The chat's use-cases: what happens when the customer does something or the centre says something. Knows nothing of the page it is drawn on.

import { lighter } from "../../shared/picture";
import { Refused, type Api } from "./api";
import type { CaseAct, CaseView } from "./cases";
import type { ClientFrame, FileCard, OrderCard, ServerFrame } from "./frames";
import { Link } from "./link";
import { Outbox, sendFrame, type Entry } from "./outbox";
import { EMPTY, hasGap, receive, reduce, type ChatState, type Local } from "./state";
import { readJson, type Shelf } from "./storage";

export interface ChatOptions {
  shop: string;
  identity: string;
  lang: () => string;
}

interface Remembered {
  visitor: string;
  conversation: string;
  seen: number;
  /** Whether something may still arrive for this visitor, so that the launcher listens before it is opened. */
  open: boolean;
}

const ACK_WITHIN_MS = 12_000;
const READ_AFTER_MS = 400;
const TYPING_EVERY_MS = 2_000;
const TYPING_LASTS_MS = 6_000;
const FAILS_FOR_GOOD = ["malformed", "unknown_kind", "too_large", "invalid", "not_found"];

export class Chat {
  state: ChatState = EMPTY;
  private readonly link: Link;
  private readonly outbox: Outbox;
  private listeners: ((state: ChatState, event: ServerFrame | Local) => void)[] = [];
  private identity: string;
  private scope: string;
  /** Said once and not numbered by the protocol: sent as soon as there is a connection. */
  private later: ClientFrame[] = [];
  private inFlight = "";
  private ackTimer = 0;
  private holdTimer = 0;
  private typingTimer = 0;
  private lastTyping = 0;
  private readTimer = 0;
  private files = new Map<string, File>();

  constructor(
    private readonly api: Api,
    private readonly shelf: Shelf,
    private readonly options: ChatOptions,
  ) {
    this.identity = options.identity;
    this.scope = scopeOf(options.shop, options.identity);
    this.outbox = new Outbox(shelf, `${this.scope}:out:`);
    this.link = new Link((renew) => this.dial(renew), {
      up: () => this.up(),
      frame: (frame) => this.frame(frame),
      down: () => this.down("waiting"),
      stopped: () => this.down("stopped"),
    });
    this.state = { ...EMPTY, outbox: this.outbox.all() };
  }

  get origin(): string {
    return this.api.origin;
  }

  subscribe(listener: (state: ChatState, event: ServerFrame | Local) => void): () => void {
    this.listeners.push(listener);
    return () => (this.listeners = this.listeners.filter((other) => other !== listener));
  }

  /** The shop's name and colour for the launcher; the chat works without them. */
  async introduce(): Promise<void> {
    try {
      this.local({ t: "shop", shop: await this.api.config(this.options.shop) });
    } catch {
      // The session brings them as well.
    }
  }

  /** True when this visitor left something open: then the launcher shows what came since. */
  get hasOpenThread(): boolean {
    return this.outbox.all().length > 0 || (this.remembered()?.open ?? false);
  }

  connect(): void {
    if (this.state.link === "idle") this.local({ t: "link", link: "connecting" });
    this.link.start();
  }

  /** The window was opened. After an ended conversation the centre decides whether it goes on or a new one begins. */
  enter(): void {
    if (this.state.mode === "closed" && this.state.link === "live" && !this.inFlight) this.link.stop();
    this.connect();
    this.link.hurry();
  }

  wake(): void {
    this.link.hurry();
  }

  /** The browser says that the network is gone: waiting for the socket to notice would show words as sent that lie still. */
  lineGone(): void {
    this.link.suspect();
  }

  /** The customer signed in to the shop (or, with an empty token, signed out). */
  identify(jwt: string): void {
    if (jwt === this.identity) return;
    const before = this.scope;
    const guest = scopeOf(this.options.shop, "");
    this.identity = jwt;
    this.scope = scopeOf(this.options.shop, jwt);
    if (before === this.scope) return;
    // A visitor who signs in keeps the thread; whoever uses this device next must not find it.
    if (before === guest && this.shelf.get(`${before}:me`) && !this.shelf.get(`${this.scope}:me`)) {
      this.shelf.set(`${this.scope}:me`, this.shelf.get(`${before}:me`) as string);
      this.shelf.remove(`${before}:me`);
      this.outbox.moveTo(`${this.scope}:out:`);
    } else {
      this.outbox.switchTo(`${this.scope}:out:`);
    }
    const wasOn = this.state.link !== "idle";
    this.link.stop();
    this.api.token = "";
    this.inFlight = "";
    this.later = [];
    this.local({ t: "someone_else" });
    this.local({ t: "outbox", outbox: this.outbox.all() });
    if (wasOn) this.connect();
  }

  sendText(text: string): void {
    this.post({ kind: "text", text, ref: "" });
  }

  sendOrder(order: OrderCard): void {
    this.post({ kind: "order", text: "", ref: order.no, data: { order } });
  }

  sendProduct(id: string): void {
    this.post({ kind: "product", text: "", ref: id });
  }

  retry(id: string): void {
    this.outbox.retry(id);
    this.outboxChanged();
  }

  discard(id: string): void {
    this.outbox.remove(id);
    this.outboxChanged();
  }

  async sendFile(file: File): Promise<void> {
    const id = newId();
    this.files.set(id, file);
    const image = /^image\/(png|jpe?g|gif|webp|heic|heif|bmp)$/.test(file.type);
    const upload = { id, name: file.name, size: file.size, image, preview: image ? URL.createObjectURL(file) : "", progress: 0 };
    this.local({ t: "upload", upload });
    await this.upload(id);
  }

  async retryUpload(id: string): Promise<void> {
    await this.upload(id);
  }

  discardUpload(id: string): void {
    const upload = this.state.uploads.find((u) => u.id === id);
    if (upload?.preview) URL.revokeObjectURL(upload.preview);
    this.files.delete(id);
    this.local({ t: "upload_gone", id });
  }

  askForHuman(): void {
    this.local({ t: "human" });
    this.say({ t: "human" });
  }

  rate(score: number, tags: string[], text: string, done: boolean): void {
    this.say({ t: "rate", score, tags, text });
    this.local({ t: "rated", done });
  }

  endRating(): void {
    this.local({ t: "rated", done: true });
  }

  offerRating(show: boolean): void {
    this.local({ t: show ? "ask_rating" : "drop_rating" });
  }

  leaveMessage(contact: string, text: string): void {
    this.say({ t: "callback", contact, text });
    this.local({ t: "left_message" });
  }

  notice(text: string): void {
    this.local({ t: "notice", text });
  }

  typing(now: number): void {
    if (now - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = now;
    this.link.send({ t: "typing" });
  }

  /** The newest message is on the screen. */
  see(): void {
    if (!this.state.ready || this.state.upTo <= this.state.seen) return;
    this.local({ t: "seen" });
    this.remember();
    // One mark for a burst of messages: the centre counts frames.
    if (!this.readTimer) this.readTimer = window.setTimeout(() => this.sendRead(), READ_AFTER_MS);
  }

  cases(): Promise<CaseView[]> {
    return this.api.cases();
  }

  caseAct(number: string, act: CaseAct, body: Record<string, unknown>): Promise<CaseView> {
    return this.api.caseAct(number, act, body);
  }

  /** A file for a case: stored, not said in the chat. */
  attach(file: File): Promise<FileCard> {
    return this.api.upload(file, () => undefined).done;
  }

  orders(): Promise<OrderCard[]> {
    return this.api.orders();
  }

  async loadHistory(): Promise<void> {
    const { next, loading } = this.state.history;
    if (loading || next === null || this.state.link !== "live") return;
    this.local({ t: "history_loading" });
    try {
      const page = await this.api.history(next ?? "");
      this.local({ t: "history", ...page });
    } catch {
      this.local({ t: "history_failed" });
    }
  }

  private sendRead(): void {
    this.readTimer = 0;
    this.link.send({ t: "read", seq: this.state.seen });
  }

  private post(what: Pick<Entry, "kind" | "text" | "ref" | "data">): void {
    this.outbox.add({ ...what, id: newId(), at: new Date().toISOString(), conversation: "" });
    this.outboxChanged();
    this.connect();
    if (this.state.link === "waiting") this.link.hurry();
  }

  /** One at a time, oldest first: the order of what was said is kept even when the centre asks us to wait. */
  private flush(): void {
    const entry = this.outbox.next();
    if (!entry || this.inFlight || this.holdTimer || !this.state.ready || this.state.link !== "live") return;
    if (!entry.conversation) this.outbox.place(entry.id, this.state.conversation);
    if (!this.link.send(sendFrame(entry))) return;
    this.inFlight = entry.id;
    this.ackTimer = window.setTimeout(() => this.link.suspect(), ACK_WITHIN_MS);
  }

  private async dial(renew: boolean): Promise<string> {
    if (renew || !this.api.token) await this.newSession();
    return `${this.api.origin.replace(/^http/, "ws")}/ws/customer?token=${encodeURIComponent(this.api.token)}`;
  }

  private async newSession(): Promise<void> {
    const me = this.remembered();
    const scope = this.scope;
    this.api.token = "";
    const body = {
      shop: this.options.shop,
      locale: this.options.lang(),
      page: location.href.split("#")[0] as string,
      ...(me?.visitor ? { visitor: me.visitor } : {}),
      ...(this.identity ? { identity_token: this.identity } : {}),
    };
    const session = await this.api.session(body).catch((refused: unknown) => {
      // A stale sign-in must not keep anyone from asking for help: go on as a visitor, under a visitor's name on this device.
      const stale = this.identity && refused instanceof Refused && [400, 401, 403, 422].includes(refused.status);
      if (stale && scope === this.scope) setTimeout(() => this.identify(""));
      throw refused;
    });
    if (scope !== this.scope) throw new Refused(0, "");
    this.api.token = session.token;
    const seen = me?.conversation === session.conversation_id ? me.seen : 0;
    this.local({ t: "session", conversation: session.conversation_id, mode: session.state, shop: session.shop, seen });
    this.remember(session.visitor);
    // Someone who was never here has no earlier conversations to look for.
    if (!me?.visitor && !this.identity) this.local({ t: "history", items: [], next: null });
    await this.settleOldEntries();
  }

  /** What was sent into a conversation that has ended since may have been stored there: sending it into the new one would say it twice. */
  private async settleOldEntries(): Promise<void> {
    const old = this.outbox.all().filter((entry) => entry.conversation && entry.conversation !== this.state.conversation);
    if (old.length === 0) return;
    const { items } = await this.api.history("");
    const stored = new Set<string | undefined>();
    for (const item of items) for (const message of item.messages) stored.add(message.id);
    for (const entry of old) {
      if (stored.has(entry.id)) this.outbox.remove(entry.id);
      else this.outbox.place(entry.id, this.state.conversation);
    }
    this.local({ t: "outbox", outbox: this.outbox.all() });
  }

  private up(): void {
    this.inFlight = "";
    this.local({ t: "link", link: "live" });
    this.link.send({ t: "resume", after: this.state.upTo });
  }

  private down(link: "waiting" | "stopped"): void {
    clearTimeout(this.ackTimer);
    this.inFlight = "";
    this.local({ t: "link", link });
  }

  private frame(frame: ServerFrame): void {
    if (frame.t === "ack") return this.acked(frame);
    if (frame.t === "error" && frame.id !== undefined) return this.refused(frame.id, frame);
    const before = this.state;
    this.state = receive(this.state, frame);
    this.tell(frame);
    if (frame.t === "msg") {
      // The message itself is as good as its acknowledgement, which may have been lost with the last connection.
      if (frame.id !== undefined && this.outbox.remove(frame.id)) this.settled(frame.id);
      if (hasGap(this.state) && !hasGap(before) && before.ready) this.link.send({ t: "resume", after: this.state.upTo });
    }
    if (frame.t === "resumed") this.resumed();
    if (frame.t === "typing") {
      clearTimeout(this.typingTimer);
      this.typingTimer = window.setTimeout(() => this.local({ t: "typing_over" }), TYPING_LASTS_MS);
    }
    if (frame.t === "state") this.remember();
  }

  private resumed(): void {
    const waiting = this.later;
    this.later = [];
    waiting.forEach((frame) => this.say(frame));
    this.flush();
    this.remember();
  }

  private acked(frame: Extract<ServerFrame, { t: "ack" }>): void {
    const entry = this.outbox.remove(frame.id);
    if (entry) {
      this.local({ t: "acked", entry, seq: frame.seq, at: frame.at });
      // A product is known here by its number only; the centre has its name and picture.
      if (entry.kind === "product") this.link.send({ t: "resume", after: frame.seq - 1 });
      if (hasGap(this.state)) this.link.send({ t: "resume", after: this.state.upTo });
    }
    this.settled(frame.id);
  }

  private refused(id: string, frame: Extract<ServerFrame, { t: "error" }>): void {
    if (FAILS_FOR_GOOD.includes(frame.code)) {
      this.outbox.fail(id, frame.detail || frame.code);
    } else {
      const seconds = Math.max(1, frame.retry_after_s ?? 3);
      this.local({ t: "notice", text: `retry:${seconds}` });
      clearTimeout(this.holdTimer);
      this.holdTimer = window.setTimeout(() => this.goOn(), seconds * 1000);
    }
    this.settled(id);
  }

  private goOn(): void {
    this.holdTimer = 0;
    this.local({ t: "notice", text: "" });
    this.flush();
  }

  private settled(id: string): void {
    if (this.inFlight === id) {
      clearTimeout(this.ackTimer);
      this.inFlight = "";
    }
    this.outboxChanged();
  }

  private outboxChanged(): void {
    this.local({ t: "outbox", outbox: this.outbox.all() });
    this.flush();
  }

  /** A picture chosen before the centre knows this visitor waits for that; sent without a name it would be refused. */
  private known(): Promise<void> {
    if (this.api.token) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.subscribe((_, event) => {
        if (event.t !== "session") return;
        stop();
        resolve();
      });
      this.connect();
    });
  }

  private async upload(id: string): Promise<void> {
    const file = this.files.get(id);
    if (!file) return;
    const show = (change: { progress: number; failed?: string }): void => {
      const upload = this.state.uploads.find((u) => u.id === id);
      const { failed: _, ...rest } = upload ?? { failed: "" };
      if (upload) this.local({ t: "upload", upload: { ...rest, ...change } as typeof upload });
    };
    show({ progress: 0 });
    try {
      const [light] = await Promise.all([lighter(file), this.known()]);
      const stored = await this.api.upload(light, (progress) => show({ progress })).done;
      if (!this.files.delete(id)) return; // thrown away meanwhile
      const card: FileCard = { ...stored };
      this.local({ t: "upload_gone", id });
      this.post({ kind: stored.kind, text: "", ref: stored.id, data: { file: card } });
    } catch (error) {
      const refused = error instanceof Refused ? error : new Refused(0, "");
      show({ progress: 0, failed: refused.detail || (refused.status === 413 ? "too_big" : "failed") });
    }
  }

  private say(frame: ClientFrame): void {
    this.connect();
    if (!this.state.ready || !this.link.send(frame)) this.later.push(frame);
  }

  private remembered(): Remembered | null {
    return readJson<Remembered>(this.shelf, `${this.scope}:me`);
  }

  private remember(visitor = this.remembered()?.visitor ?? ""): void {
    const { conversation, seen, mode, upTo } = this.state;
    this.shelf.set(`${this.scope}:me`, JSON.stringify({ visitor, conversation, seen, open: mode !== "closed" && upTo > 0 }));
  }

  private local(event: Local): void {
    this.state = reduce(this.state, event);
    this.tell(event);
  }

  private tell(event: ServerFrame | Local): void {
    for (const listener of this.listeners) listener(this.state, event);
  }
}

/** What is remembered belongs to one shop and one signed-in customer (the `sub` of the token, read as a label only). */
export function scopeOf(shop: string, jwt: string): string {
  return `xinfu:${shop}:${subjectOf(jwt) || "guest"}`;
}

function subjectOf(jwt: string): string {
  try {
    const body = (jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    return String((JSON.parse(atob(body)) as { sub?: unknown }).sub ?? "");
  } catch {
    return "";
  }
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
