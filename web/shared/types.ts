/* What the server says. What /openapi.json describes is generated (api.d.ts, `npm run gen -w workbench`); the structs of the sockets are written
   down here from docs/protocol.md and src/xinfu/conversations/contracts.py. Times are milliseconds since 1970. */
import type { components } from "./api.d.ts";

type Schemas = components["schemas"];

export type State = "ai" | "queued" | "agent" | "closed";
export type Sender = "customer" | "agent" | "ai" | "system";
export type Kind = "text" | "image" | "file" | "order" | "product" | "orders";
export type NoteKind = "note" | "event" | "whisper" | "consult" | "answer" | "handover" | "draft";
export type Emotion = "anger" | "anxiety" | "worry" | "loss" | "confusion" | "happiness" | "calm";
export type PresenceState = "online" | "busy" | "break" | "acw" | "offline";

export interface Summary {
  id: string;
  shop_id: string;
  customer_id: string;
  name: string;
  channel: string;
  state: State;
  language: string;
  vip: number;
  stage: string;
  intent: string;
  emotion: Emotion;
  intensity: number;
  danger: string | null;
  last_seq: number;
  last_note: number;
  last_at: number;
  last_text: string;
  last_sender: Sender;
  unread: number;
  agent_read: number;
  customer_read: number;
  waiting_since: number | null;
  queued_at: number | null;
  handed_at: number | null;
  first_response_ms: number | null;
  assignee_id: string | null;
  assignee: string;
  offered_to: string | null;
  offered_at: number | null;
  skill: string;
  priority: number;
  opened_at: number;
  closed_at: number | null;
  rating: number | null;
  rating_asked: boolean;
  spared: boolean;
  consulting: string | null;
  curve: number[];
  tags: string[];
  outcome: string;
  callback: string;
  excluded: boolean;
  version: number;
}

export interface FileRef {
  id: string;
  name: string;
  size: number;
  mime?: string;
  kind?: "image" | "file";
  url: string;
  width?: number;
  height?: number;
}

export interface OrderLine {
  name: string;
  /** Ready words on a card; name and value where the order is shown in full. */
  options: string | { name: string; value: string }[];
  quantity: number;
  image: string;
}

export interface OrderCard {
  no: string;
  status: string;
  status_text: string;
  /** ISO on a card for the customer, milliseconds in the staff API. */
  placed_at: string | number;
  total: string;
  currency: string;
  lines: OrderLine[];
  gift: boolean;
}

export interface ProductCard {
  id: string;
  name: string;
  image: string;
  price: string;
  currency: string;
  summary: string;
}

export interface Source {
  kind: string;
  id: string;
  title: string;
}

export interface MessageData {
  file?: FileRef;
  order?: OrderCard;
  orders?: OrderCard[];
  product?: ProductCard;
  sources?: Source[];
  choices?: string[];
}

export interface Message {
  conversation_id: string;
  seq: number;
  sender: Sender;
  sender_id: string;
  name: string;
  kind: Kind;
  text: string;
  at: number;
  data?: MessageData | null;
  client_id?: string | null;
}

/** The hand-over note's content; every part may be missing. */
export interface HandoverData {
  who?: string;
  want?: string;
  tried?: string | string[];
  promised?: string | string[];
  mood?: string;
  next?: string;
  [key: string]: unknown;
}

export interface Note {
  conversation_id: string;
  n: number;
  after_seq: number;
  kind: NoteKind;
  author_id: string;
  author: string;
  text: string;
  at: number;
  data?: Record<string, unknown> | null;
}

export interface AgentPresence {
  id: string;
  name: string;
  role: string;
  state: PresenceState;
  reason: string;
  since: number;
  load: number;
  capacity: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface OpenedConversation {
  conversation: Summary;
  messages: Message[];
  notes: Note[];
  orders_hint?: unknown;
}

export interface SearchHit {
  conversation: Summary;
  seq: number;
  excerpt: string;
}

export interface Wall {
  agents: AgentPresence[];
  waiting: Summary[];
  troubled: Summary[];
  live: Summary[];
  counts: Record<string, number>;
}

export type CustomerRow = Schemas["CustomerOut"];
export type Address = Schemas["AddressOut"];
export type CustomerProfile = Schemas["ProfileOut"];
export type Order = Schemas["OrderOut"];
export type KnowledgeHit = Schemas["HitOut"];
export type Article = Schemas["ArticleOut"];
export type ArticleVersion = Schemas["ArticleVersionOut"];
export type KnowledgeGap = Schemas["GapOut"];
export type ImportReport = Schemas["Report"];
export type Script = Schemas["ScriptOut"];
export type ScriptOutcome = Schemas["ScriptOutcomeOut"];
export type ScriptSample = Schemas["SampleOut"];
export type Rehearsal = Schemas["RehearsalOut"];
export type Staff = Schemas["StaffOut"];
export type Role = Schemas["RoleOut"];
export type Token = Schemas["TokenOut"];
export type AuditEntry = Schemas["AuditOut"];
/** The server always sends every setting; what has a standard value is only optional when it is sent back. */
export type ShopSettings = Required<Schemas["ShopSettings-Output"]>;
export type SettingsAnswer = Schemas["SettingsOut"];
export type SavedSettings = Schemas["SavedSettingsOut"];
export type Shop = Schemas["xinfu__identity__schemas__ShopOut"];
export type ShopRef = Schemas["ShopRef"];
export type Me = Schemas["MeOut"];
