/* What the server says, typed by hand from docs/protocol.md and the contracts of each folder; times are milliseconds since 1970 unless a comment says ISO. */

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
  price?: string;
}

export interface OrderCard {
  no: string;
  status: string;
  status_text: string;
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

export interface ShopRef {
  id: string;
  slug: string;
  name: string;
}

export interface Me {
  id: string;
  login: string;
  name: string;
  role: string;
  permissions: string[];
  shops: ShopRef[];
  opening_line: string;
  locale: string;
  today?: { served: number; rating: number | null };
}

export interface CustomerRow {
  id: string;
  number: string | null;
  name: string;
  phone: string;
  vip: number;
  tags: string[];
  language: string;
  known: boolean;
  created_at: number;
}

export interface Address {
  receiver: string;
  phone: string;
  address: string;
}

export interface CustomerProfile extends CustomerRow {
  email: string;
  addresses: Address[];
  channels: string[];
  notes: { id: string; author: string; text: string; at: number }[];
  may_unmask: boolean;
}

export interface TimelineStep {
  key: string;
  text: string;
  at: number | null;
  done: boolean;
  detail: string;
}

export interface Parcel {
  carrier: string;
  tracking_no: string;
  promised_by?: string | number | null;
  scans?: { at: string | number; code: string; place: string; text: string }[];
}

export interface Order extends OrderCard {
  id?: string;
  note?: string;
  receiver?: string;
  receiver_phone?: string;
  address?: string;
  freight?: string;
  parcels?: Parcel[];
  timeline?: TimelineStep[];
}

export interface KnowledgeHit {
  article_id: string;
  title: string;
  topic: string;
  body: string;
  version: number;
  score: number;
}
