// The whole chat as one value, and how each frame or action changes it. Pure: no socket, no clock, no page.

import type { Message, Mode, ServerFrame } from "./frames";
import type { Entry } from "./outbox";

export interface Shop {
  slug: string;
  name: string;
  colour: string;
  welcome: string;
  locale: string;
  open: boolean;
}

export interface Upload {
  id: string;
  name: string;
  size: number;
  image: boolean;
  preview: string;
  progress: number;
  failed?: string;
}

/** One earlier conversation, oldest message first. */
export interface Earlier {
  conversation: string;
  messages: Message[];
}

export interface History {
  items: Earlier[];
  /** undefined: not asked yet; null: nothing earlier. */
  next: string | null | undefined;
  loading: boolean;
  failed: boolean;
}

export interface ChatState {
  link: "idle" | "connecting" | "live" | "waiting" | "stopped";
  shop: Shop | null;
  conversation: string;
  /** Everything said so far has arrived at least once since the page was loaded. */
  ready: boolean;
  mode: Mode;
  agent: string;
  offline: boolean;
  messages: Message[];
  /** Every message up to this seq is here. */
  upTo: number;
  staffRead: number;
  seen: number;
  outbox: readonly Entry[];
  uploads: Upload[];
  queue: { position: number; eta_s: number | null } | null;
  typing: boolean;
  rating: "none" | "asked" | "scored" | "done";
  humanAsked: boolean;
  leftMessage: boolean;
  notice: string;
  history: History;
}

export type Local =
  | { t: "link"; link: ChatState["link"] }
  | { t: "shop"; shop: Shop }
  | { t: "session"; conversation: string; mode: Mode; shop: Shop; seen: number }
  | { t: "outbox"; outbox: readonly Entry[] }
  | { t: "acked"; entry: Entry; seq: number; at: string }
  | { t: "upload"; upload: Upload }
  | { t: "upload_gone"; id: string }
  | { t: "seen" }
  | { t: "typing_over" }
  | { t: "rated"; done: boolean }
  | { t: "ask_rating" }
  | { t: "drop_rating" }
  | { t: "human" }
  | { t: "left_message" }
  | { t: "notice"; text: string }
  | { t: "history_loading" }
  | { t: "history_failed" }
  | { t: "history"; items: Earlier[]; next: string | null }
  | { t: "someone_else" };

export const EMPTY: ChatState = {
  link: "idle",
  shop: null,
  conversation: "",
  ready: false,
  mode: "ai",
  agent: "",
  offline: false,
  messages: [],
  upTo: 0,
  staffRead: 0,
  seen: 0,
  outbox: [],
  uploads: [],
  queue: null,
  typing: false,
  rating: "none",
  humanAsked: false,
  leftMessage: false,
  notice: "",
  history: { items: [], next: undefined, loading: false, failed: false },
};

/** Something the customer has not got yet: a message arrived beyond the last one without a hole. */
export function hasGap(state: ChatState): boolean {
  const last = state.messages[state.messages.length - 1];
  return last !== undefined && last.seq > state.upTo;
}

export function unread(state: ChatState): number {
  return state.messages.filter((message) => message.from !== "customer" && message.seq > state.seen).length;
}

/** Applying a server frame. Applying the same one again changes nothing. */
export function receive(state: ChatState, frame: ServerFrame): ChatState {
  switch (frame.t) {
    case "msg": {
      const { t: _, ...message } = frame;
      return put({ ...state, typing: message.from === "customer" ? state.typing : false }, message);
    }
    case "resumed":
      return { ...state, ready: true };
    case "queue":
      return { ...state, queue: { position: frame.position, eta_s: frame.eta_s } };
    case "state":
      return changeMode(state, frame.state, frame.name ?? "", frame.reason === "offline");
    case "typing":
      return { ...state, typing: true };
    case "read":
      return { ...state, staffRead: Math.max(state.staffRead, frame.seq) };
    case "rate":
      return state.rating === "none" ? { ...state, rating: "asked" } : state;
    case "error":
      // A token that ran out is renewed without bothering anyone.
      return frame.id === undefined && frame.code !== "token_invalid" ? { ...state, notice: frame.detail || frame.code } : state;
    default:
      return state;
  }
}

/** Applying what happened on this side. */
export function reduce(state: ChatState, event: Local): ChatState {
  switch (event.t) {
    case "link":
      return { ...state, link: event.link, typing: event.link === "live" ? state.typing : false };
    case "shop":
      return { ...state, shop: event.shop };
    case "session":
      return startSession(state, event);
    case "outbox":
      return { ...state, outbox: event.outbox };
    case "acked":
      return put(state, ownMessage(event.entry, event.seq, event.at));
    case "upload":
      return { ...state, uploads: [...state.uploads.filter((u) => u.id !== event.upload.id), event.upload] };
    case "upload_gone":
      return { ...state, uploads: state.uploads.filter((u) => u.id !== event.id) };
    case "seen":
      return { ...state, seen: Math.max(state.seen, state.upTo) };
    case "typing_over":
      return { ...state, typing: false };
    case "rated":
      return { ...state, rating: event.done ? "done" : "scored" };
    case "ask_rating":
      return { ...state, rating: "asked" };
    case "drop_rating":
      return { ...state, rating: "none" };
    case "human":
      return { ...state, humanAsked: true };
    case "left_message":
      return { ...state, leftMessage: true };
    case "notice":
      return { ...state, notice: event.text };
    case "history_loading":
      return { ...state, history: { ...state.history, loading: true, failed: false } };
    case "history_failed":
      return { ...state, history: { ...state.history, loading: false, failed: true } };
    case "history":
      return { ...state, history: { items: prepend(event.items, state.history.items), next: event.next, loading: false, failed: false } };
    case "someone_else":
      return { ...EMPTY, shop: state.shop };
  }
}

function startSession(state: ChatState, event: Extract<Local, { t: "session" }>): ChatState {
  if (state.conversation === event.conversation) return { ...changeMode(state, event.mode, state.agent, state.offline), shop: event.shop };
  const items = [...state.history.items];
  // A new conversation began: what was on the screen stays on it, as the newest of the earlier ones.
  if (state.messages.length > 0) items.push({ conversation: state.conversation, messages: state.messages });
  return {
    ...EMPTY,
    link: state.link,
    outbox: state.outbox,
    uploads: state.uploads,
    humanAsked: state.humanAsked,
    shop: event.shop,
    conversation: event.conversation,
    mode: event.mode,
    seen: event.seen,
    history: { ...state.history, items },
  };
}

function changeMode(state: ChatState, mode: Mode, agent: string, offline: boolean): ChatState {
  return {
    ...state,
    mode,
    agent: mode === "agent" || mode === "ai" ? agent : "",
    offline: mode === "queued" && offline,
    queue: mode === "queued" ? state.queue : null,
    humanAsked: mode === "ai" ? state.humanAsked && state.mode === "ai" : false,
    leftMessage: mode === "queued" ? state.leftMessage : false,
    typing: mode === "closed" ? false : state.typing,
    rating: state.rating === "done" && mode !== "closed" && state.mode === "closed" ? "none" : state.rating,
  };
}

/** An older page in front. One conversation may go on over several pages, and pages may overlap. */
function prepend(older: Earlier[], newer: Earlier[]): Earlier[] {
  const last = older[older.length - 1];
  const first = newer[0];
  if (!last || !first || last.conversation !== first.conversation) return [...older, ...newer];
  const from = first.messages[0]?.seq ?? 0;
  const messages = [...last.messages.filter((message) => message.seq < from), ...first.messages];
  return [...older.slice(0, -1), { ...first, messages }, ...newer.slice(1)];
}

function put(state: ChatState, message: Message): ChatState {
  const messages = state.messages.slice();
  let at = messages.length;
  while (at > 0 && (messages[at - 1] as Message).seq >= message.seq) at--;
  const same = messages[at];
  if (same?.seq === message.seq) {
    // The centre's own version wins over what was drawn from the outbox; it carries whole cards.
    messages[at] = message.data === undefined && same.data !== undefined ? { ...message, data: same.data } : message;
  } else {
    messages.splice(at, 0, message);
  }
  let upTo = state.upTo;
  for (const known of messages) if (known.seq === upTo + 1) upTo++;
  return { ...state, messages, upTo };
}

function ownMessage(entry: Entry, seq: number, at: string): Message {
  const message: Message = { seq, from: "customer", name: "", kind: entry.kind, text: entry.text, at: at || entry.at, id: entry.id };
  return entry.data === undefined ? message : { ...message, data: entry.data };
}
