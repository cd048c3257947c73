/* What the desk knows, and how one event changes it. Pure: applying events to an old state equals fetching the new one,
   in whatever order and however often they arrive. */
import type { AgentPresence, Message, Note, OpenedConversation, Summary } from "@xinfu/shared/types";
import type { StaffEvent } from "./frames.ts";

export interface Thread {
  messages: readonly Message[];
  notes: readonly Note[];
  /** true until the first fetch is in: events are collected meanwhile, so that none falls between fetch and stream. */
  loading: boolean;
  /** true when the first message of the conversation is here. */
  complete: boolean;
}

export interface Offer {
  conversation_id: string;
  until: number;
}

export interface Alarm {
  conversation_id: string;
  what: string;
}

export interface DeskState {
  me: string;
  conversations: ReadonlyMap<string, Summary>;
  threads: ReadonlyMap<string, Thread>;
  agents: ReadonlyMap<string, AgentPresence>;
  offers: ReadonlyMap<string, Offer>;
  alarms: readonly Alarm[];
}

export function emptyDesk(me = ""): DeskState {
  return { me, conversations: new Map(), threads: new Map(), agents: new Map(), offers: new Map(), alarms: [] };
}

export function applyEvent(state: DeskState, event: StaffEvent): DeskState {
  switch (event.kind) {
    case "conversation":
      return withConversation(state, event.c);
    case "message":
      return withThread(state, event.m.conversation_id, (thread) => withMessages(thread, [event.m]));
    case "note":
      return withThread(state, event.n.conversation_id, (thread) => withNotes(thread, [event.n]));
    case "offer": {
      const next = withConversation(state, event.c);
      return { ...next, offers: set(next.offers, event.conversation_id, { conversation_id: event.conversation_id, until: event.until }) };
    }
    case "offer_gone":
      return state.offers.has(event.conversation_id) ? { ...state, offers: without(state.offers, event.conversation_id) } : state;
    case "presence":
      return same(state.agents.get(event.a.id), event.a) ? state : { ...state, agents: set(state.agents, event.a.id, event.a) };
    case "alarm":
      return withAlarm(withConversation(state, event.c), { conversation_id: event.conversation_id, what: event.what });
    case "approval":
    case "case":
      return state;
  }
}

export function withConversations(state: DeskState, list: readonly Summary[]): DeskState {
  return list.reduce(withConversation, state);
}

export function withAgents(state: DeskState, list: readonly AgentPresence[]): DeskState {
  return { ...state, agents: new Map(list.map((agent) => [agent.id, agent])) };
}

/** A newer head replaces the older; a conversation that is no longer anybody's offer to me loses its offer. */
export function withConversation(state: DeskState, summary: Summary): DeskState {
  const known = state.conversations.get(summary.id);
  if (known && known.version >= summary.version) return state;
  const next = { ...state, conversations: set(state.conversations, summary.id, summary) };
  return summary.state !== "queued" && next.offers.has(summary.id) ? { ...next, offers: without(next.offers, summary.id) } : next;
}

export function startThread(state: DeskState, id: string): DeskState {
  if (state.threads.has(id)) return state;
  return { ...state, threads: set(state.threads, id, { messages: [], notes: [], loading: true, complete: false }) };
}

export function dropThread(state: DeskState, id: string): DeskState {
  return state.threads.has(id) ? { ...state, threads: without(state.threads, id) } : state;
}

export function withOpened(state: DeskState, opened: OpenedConversation): DeskState {
  const id = opened.conversation.id;
  const next = withConversation(startThread(state, id), opened.conversation);
  return withThread(next, id, (thread) => ({ ...withNotes(withMessages(thread, opened.messages), opened.notes), loading: false }));
}

export function withOlder(state: DeskState, id: string, messages: readonly Message[]): DeskState {
  return withThread(state, id, (thread) => {
    const next = withMessages(thread, messages);
    return messages.length === 0 ? { ...next, complete: true } : next;
  });
}

/** The seq before which messages are missing in the middle of a thread, or null when it is whole. */
export function gapBefore(thread: Thread): number | null {
  for (let i = thread.messages.length - 1; i > 0; i -= 1) {
    const here = thread.messages[i];
    const before = thread.messages[i - 1];
    if (here && before && here.seq !== before.seq + 1) return here.seq;
  }
  return null;
}

function withThread(state: DeskState, id: string, change: (thread: Thread) => Thread): DeskState {
  const thread = state.threads.get(id);
  if (!thread) return state;
  const next = change(thread);
  return next === thread ? state : { ...state, threads: set(state.threads, id, next) };
}

function withMessages(thread: Thread, incoming: readonly Message[]): Thread {
  const messages = mergeBy(thread.messages, incoming, (message) => message.seq);
  return messages === thread.messages ? thread : { ...thread, messages, complete: thread.complete || messages[0]?.seq === 1 };
}

function withNotes(thread: Thread, incoming: readonly Note[]): Thread {
  const notes = mergeBy(thread.notes, incoming, (note) => note.n);
  return notes === thread.notes ? thread : { ...thread, notes };
}

function mergeBy<T>(old: readonly T[], incoming: readonly T[], key: (item: T) => number): readonly T[] {
  const known = new Set(old.map(key));
  const fresh = incoming.filter((item) => !known.has(key(item)) && known.add(key(item)));
  if (fresh.length === 0) return old;
  const last = old.at(-1);
  const merged = [...old, ...fresh];
  const inOrder = fresh.length === 1 && (last === undefined || key(last) < key(fresh[0] as T));
  return inOrder ? merged : merged.sort((a, b) => key(a) - key(b));
}

function withAlarm(state: DeskState, alarm: Alarm): DeskState {
  if (state.alarms.some((known) => known.conversation_id === alarm.conversation_id && known.what === alarm.what)) return state;
  return { ...state, alarms: [alarm, ...state.alarms].slice(0, 50) };
}

function set<V>(map: ReadonlyMap<string, V>, key: string, value: V): Map<string, V> {
  return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): Map<string, V> {
  const next = new Map(map);
  next.delete(key);
  return next;
}

function same(a: AgentPresence | undefined, b: AgentPresence): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
