/* The desk: the one live state of conversations, threads, colleagues and offers, fed by fetches and by the socket. */
import type { AgentPresence, Message, OpenedConversation, Page, PresenceState, Summary } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { api, cookie, itemsOf, serverNow, withQuery } from "../api/client.ts";
import {
  applyEvent,
  dropThread,
  emptyDesk,
  gapBefore,
  startThread,
  withAgents,
  withConversation,
  withConversations,
  withOlder,
  withOpened,
  type DeskState,
} from "../realtime/reducer.ts";
import { StaffSocket, type Link } from "../realtime/socket.ts";
import type { ClientFrame, ServerFrame } from "../realtime/frames.ts";
import { inView, type View } from "../pages/reception/order.ts";
import { explain, useToasts } from "./toasts.ts";
import { useSession } from "./session.ts";

interface ViewLoad {
  loading: boolean;
  loaded: boolean;
  failed: string;
  next: string | null;
}

const TYPING_SHOWN_MS = 4000;
const FIRST_LOOK_AGAIN_MS = 1000;
const CONNECT_AFTER_MS = 30;

export const useDesk = defineStore("desk", () => {
  const session = useSession();
  const toasts = useToasts();
  const state = shallowRef<DeskState>(emptyDesk());
  const link = ref<Link>("closed");
  const everOpen = ref(false);
  const openId = ref<string>("");
  const opening = ref<string>("");
  const typing = ref<Record<string, { until: number; text: string }>>({});
  const views = ref<Record<View, ViewLoad>>({ mine: idle(), queue: idle(), all: idle(), closed: idle() });
  const wallOn = ref(false);
  const frameListeners = new Set<(frame: ServerFrame) => void>();
  const readyListeners = new Set<() => void>();
  const filling = new Set<string>();
  let socket: StaffSocket | null = null;
  let connecting: ReturnType<typeof setTimeout> | undefined;

  const conversations = computed(() => [...state.value.conversations.values()]);
  const agents = computed(() => [...state.value.agents.values()]);
  const meAgent = computed<AgentPresence | null>(() => state.value.agents.get(session.me?.id ?? "") ?? null);
  const current = computed<Summary | null>(() => state.value.conversations.get(openId.value) ?? null);
  const thread = computed(() => state.value.threads.get(openId.value) ?? null);
  const offers = computed(() => [...state.value.offers.values()]);

  /** The three calls of the first page go out together; the socket follows as soon as the person is known.
      A browser without the cookie of a sign-in need not ask who it is. */
  async function boot(): Promise<boolean> {
    if (!cookie("xinfu_csrf")) return false;
    const list = loadView("mine");
    void loadAgents();
    const signedIn = await session.load();
    if (!signedIn || !session.me) return false;
    state.value = { ...state.value, me: session.me.id };
    await list;
    // The list is drawn before the socket is opened, which costs the browser some frames.
    connecting = setTimeout(connect, CONNECT_AFTER_MS);
    return true;
  }

  function connect(): void {
    socket ??= new StaffSocket({
      connect: () => new WebSocket(withQuery(`${location.origin.replace(/^http/, "ws")}/ws/agent`, { shop: session.shop?.id })),
      onFrame: hear,
      onReady: ready,
      onLink: (now) => (link.value = now),
      onSignedOut: () => void session.load(),
    });
    socket.start();
  }

  function leaveShop(): void {
    clearTimeout(connecting);
    socket?.stop();
    socket = null;
    state.value = emptyDesk();
    openId.value = "";
    everOpen.value = false;
    views.value = { mine: idle(), queue: idle(), all: idle(), closed: idle() };
  }

  function hear(frame: ServerFrame): void {
    if (frame.t === "ev") {
      state.value = applyEvent(state.value, frame);
      if (frame.kind === "message") {
        fillGap(frame.m.conversation_id);
        if (frame.m.sender === "customer") stopTyping(frame.m.conversation_id);
      }
      if (frame.kind === "conversation") forgetForeign(frame.c);
    } else if (frame.t === "typing" || frame.t === "preview") {
      const text = frame.t === "preview" ? frame.text : "";
      typing.value = { ...typing.value, [frame.conversation_id]: { until: serverNow() + TYPING_SHOWN_MS, text } };
    }
    frameListeners.forEach((listener) => listener(frame));
  }

  function stopTyping(id: string): void {
    if (!(id in typing.value)) return;
    const { [id]: _, ...others } = typing.value;
    typing.value = others;
  }

  /** A thread nobody keeps fresh for us any more must not be shown as if it were. */
  function forgetForeign(summary: Summary): void {
    const mine = summary.assignee_id === state.value.me;
    if (!mine && summary.id !== openId.value) state.value = dropThread(state.value, summary.id);
  }

  function ready(fresh: boolean): void {
    // The first time the list has just been drawn: looking again for what slipped in between can wait a moment.
    const stale = openId.value;
    if (fresh) setTimeout(() => void refetch(stale), everOpen.value ? 0 : FIRST_LOOK_AGAIN_MS);
    if (wallOn.value) send({ t: "wall", on: true });
    if (openId.value) send({ t: "watch", conversation_id: openId.value });
    everOpen.value = true;
    readyListeners.forEach((listener) => listener());
  }

  /** After a fresh start of the stream: what was fetched before it may miss what happened in between.
      A conversation opened since then was fetched with the stream running. */
  async function refetch(stale: string): Promise<void> {
    const again = (Object.keys(views.value) as View[]).filter((view) => view === "queue" || views.value[view].loaded);
    for (const id of state.value.threads.keys()) if (id !== openId.value) state.value = dropThread(state.value, id);
    await Promise.all([...again.map((view) => loadView(view)), loadAgents(), reopen(stale)]);
  }

  async function reopen(stale: string): Promise<void> {
    if (openId.value && openId.value === stale && !opening.value) await fetchThread(openId.value);
  }

  async function loadView(view: View, more = false): Promise<void> {
    const load = views.value[view];
    if (more && !load.next) return;
    views.value = { ...views.value, [view]: { ...load, loading: true, failed: "" } };
    const before = state.value.conversations;
    try {
      // Closed ones of everybody are for those who may read all; the others find those they served themselves.
      const asked = view === "closed" && !session.can("conversations.read_all") ? "served" : view;
      const page = await api.get<Page<Summary>>("conversations", { view: asked, cursor: more ? load.next : undefined, limit: 50 });
      if (!more) forgetGone(view, page, before);
      state.value = withConversations(state.value, page.items);
      views.value = { ...views.value, [view]: { loading: false, loaded: true, failed: "", next: page.next } };
    } catch (error) {
      views.value = { ...views.value, [view]: { ...load, loading: false, failed: explain(error) } };
    }
  }

  /** A whole list was fetched: what we still hold under it but the server no longer lists has left it unseen. */
  function forgetGone(view: View, page: Page<Summary>, before: ReadonlyMap<string, Summary>): void {
    if (page.next) return;
    const listed = new Set(page.items.map((one) => one.id));
    const stays = (id: string, one: Summary): boolean =>
      listed.has(id) || id === openId.value || before.get(id) !== one || !inView(one, view, state.value.me);
    const kept = [...state.value.conversations].filter(([id, one]) => stays(id, one));
    if (kept.length !== state.value.conversations.size) state.value = { ...state.value, conversations: new Map(kept) };
  }

  async function loadAgents(): Promise<void> {
    try {
      const answer = await api.get<AgentPresence[]>("agents");
      state.value = withAgents(state.value, itemsOf(answer));
    } catch {
      // Colleagues' states arrive with the stream as well; the list must not wait for them.
      return;
    }
  }

  async function open(id: string): Promise<void> {
    if (openId.value === id) return;
    leave();
    openId.value = id;
    send({ t: "watch", conversation_id: id });
    const known = state.value.threads.get(id);
    if (known && !known.loading) return;
    await fetchThread(id);
  }

  async function fetchThread(id: string): Promise<void> {
    opening.value = id;
    state.value = startThread(state.value, id);
    try {
      // Asked first, merged after: `state.value` read before the answer is in would undo what happened meanwhile.
      const opened = await api.get<OpenedConversation>(`conversations/${id}`);
      state.value = withOpened(state.value, opened);
    } catch (error) {
      state.value = dropThread(state.value, id);
      if (openId.value === id) openId.value = "";
      toasts.bad(error);
    } finally {
      if (opening.value === id) opening.value = "";
    }
  }

  function leave(): void {
    const id = openId.value;
    if (!id) return;
    send({ t: "unwatch", conversation_id: id });
    openId.value = "";
    const summary = state.value.conversations.get(id);
    if (summary && summary.assignee_id !== state.value.me) state.value = dropThread(state.value, id);
  }

  async function loadOlder(id: string): Promise<boolean> {
    const known = state.value.threads.get(id);
    const first = known?.messages[0];
    if (!known || known.complete || !first) return false;
    return fetchBefore(id, first.seq);
  }

  function fillGap(id: string): void {
    const known = state.value.threads.get(id);
    const before = known && !known.loading ? gapBefore(known) : null;
    if (before !== null) void fetchBefore(id, before);
  }

  async function fetchBefore(id: string, before: number): Promise<boolean> {
    if (filling.has(id)) return false;
    filling.add(id);
    try {
      const answer = await api.get<Message[] | { items: Message[] }>(`conversations/${id}/messages`, { before, limit: 50 });
      state.value = withOlder(state.value, id, itemsOf(answer));
      return true;
    } catch (error) {
      toasts.bad(error);
      return false;
    } finally {
      filling.delete(id);
    }
  }

  /** Do something to a conversation; the answer, when it is a head, is applied like an event. */
  async function act(id: string, what: string, body: object = {}): Promise<boolean> {
    try {
      takeHead(await api.post<unknown>(`conversations/${id}/${what}`, body));
      return true;
    } catch (error) {
      toasts.bad(error);
      return false;
    }
  }

  function takeHead(answer: unknown): void {
    const head = (answer as { conversation?: unknown } | undefined)?.conversation ?? answer;
    if (head && typeof head === "object" && "version" in head && "customer_id" in head) {
      state.value = withConversation(state.value, head as Summary);
    }
  }

  async function setPresence(next: PresenceState, reason = ""): Promise<void> {
    const before = meAgent.value;
    try {
      const agent = await api.put<AgentPresence | undefined>("agents/me", { state: next, reason });
      const now = agent && "state" in agent ? agent : before && { ...before, state: next, reason, since: serverNow() };
      if (now) state.value = applyEvent(state.value, { kind: "presence", a: now });
    } catch (error) {
      toasts.bad(error);
    }
  }

  function dropOffer(id: string): void {
    state.value = applyEvent(state.value, { kind: "offer_gone", conversation_id: id });
  }

  function setWall(on: boolean): void {
    wallOn.value = on;
    send({ t: "wall", on });
  }

  function send(frame: ClientFrame): boolean {
    return socket?.send(frame) ?? false;
  }

  function markRead(id: string): void {
    const summary = state.value.conversations.get(id);
    const last = state.value.threads.get(id)?.messages.at(-1);
    if (!summary || !last || summary.assignee_id !== state.value.me || summary.agent_read >= last.seq) return;
    send({ t: "read", conversation_id: id, seq: last.seq });
  }

  function learn(list: readonly Summary[]): void {
    state.value = withConversations(state.value, list);
  }

  return {
    state, link, everOpen, openId, opening, typing, views, conversations, agents, meAgent, current, thread, offers,
    boot, leaveShop, loadView, open, leave, loadOlder, act, setPresence, dropOffer, setWall, send, markRead, learn,
    retryNow: () => socket?.retryNow(),
    networkGone: () => socket?.networkGone(),
    onFrame: (listener: (frame: ServerFrame) => void) => frameListeners.add(listener),
    onReady: (listener: () => void) => readyListeners.add(listener),
  };
});

function idle(): ViewLoad {
  return { loading: false, loaded: false, failed: "", next: null };
}
