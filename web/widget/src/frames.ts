// What goes over the customer's socket (docs/protocol.md section 1 and 3), and the one place where text from the wire becomes typed values.

import type { CaseMark } from "./cases";

export type Mode = "ai" | "queued" | "agent" | "closed";
export type From = "customer" | "agent" | "ai" | "system";
export type Kind = "text" | "image" | "file" | "order" | "orders" | "product";

export interface FileCard {
  id: string;
  name: string;
  size: number;
  mime?: string;
  url: string;
  width?: number;
  height?: number;
}

export interface OrderLine {
  name: string;
  options?: unknown;
  quantity: number;
  image?: string;
}

export interface OrderCard {
  no: string;
  status: string;
  status_text: string;
  placed_at: string;
  total: string;
  currency: string;
  lines: OrderLine[];
  gift?: boolean;
}

export interface ProductCard {
  id: string;
  name: string;
  image?: string;
  price?: string;
  currency?: string;
  summary?: string;
}

export interface Data {
  case?: CaseMark;
  file?: FileCard;
  order?: OrderCard;
  orders?: OrderCard[];
  product?: ProductCard;
  choices?: string[];
}

export interface Message {
  seq: number;
  from: From;
  name: string;
  kind: Kind;
  text: string;
  at: string;
  data?: Data;
  id?: string;
}

export type ServerFrame =
  | { t: "ack"; id: string; seq: number; at: string }
  | ({ t: "msg" } & Message)
  | { t: "resumed"; seq: number }
  | { t: "queue"; position: number; eta_s: number | null }
  | { t: "state"; state: Mode; name?: string; reason?: string }
  | { t: "typing" }
  | { t: "read"; seq: number }
  | { t: "rate" }
  | { t: "pong" }
  | { t: "error"; code: string; detail: string; id?: string; retry_after_s?: number };

export type ClientFrame =
  | { t: "send"; id: string; kind?: Kind; text?: string; file?: string; order?: string; product?: string }
  | { t: "resume"; after: number }
  | { t: "typing" }
  | { t: "read"; seq: number }
  | { t: "human" }
  | { t: "rate"; score: number; tags: string[]; text: string }
  | { t: "callback"; contact: string; text: string }
  | { t: "ping" };

export const TEXT_LIMIT = 4000;

const KINDS: readonly string[] = ["text", "image", "file", "order", "orders", "product"];
const MODES: readonly string[] = ["ai", "queued", "agent", "closed"];
const SENDERS: readonly string[] = ["customer", "agent", "ai", "system"];

type Raw = Record<string, unknown>;

/** The frame in a piece of socket text, or null for anything this version does not understand: an unknown kind must not break the chat. */
export function parseFrame(text: string): ServerFrame | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return null;
  const frame = raw as Raw;
  switch (frame["t"]) {
    case "ack":
      return isText(frame["id"]) && isSeq(frame["seq"]) ? { t: "ack", id: frame["id"], seq: frame["seq"], at: asText(frame["at"]) } : null;
    case "msg": {
      const message = parseMessage(frame);
      return message && { t: "msg", ...message };
    }
    case "resumed":
    case "read":
      return isCount(frame["seq"]) ? { t: frame["t"], seq: frame["seq"] } : null;
    case "queue":
      return isSeq(frame["position"]) ? { t: "queue", position: frame["position"], eta_s: isCount(frame["eta_s"]) ? frame["eta_s"] : null } : null;
    case "state":
      return MODES.includes(asText(frame["state"]))
        ? { t: "state", state: frame["state"] as Mode, name: asText(frame["name"]), reason: asText(frame["reason"]) }
        : null;
    case "typing":
    case "rate":
    case "pong":
      return { t: frame["t"] };
    case "error":
      return parseError(frame);
    default:
      return null;
  }
}

/** A message as in a `msg` frame or a page of history. A kind we do not know is shown by its text. */
export function parseMessage(raw: Raw): Message | null {
  const from = asText(raw["from"]);
  if (!isSeq(raw["seq"]) || !SENDERS.includes(from)) return null;
  const message: Message = {
    seq: raw["seq"],
    from: from as From,
    name: asText(raw["name"]),
    kind: KINDS.includes(asText(raw["kind"])) ? (raw["kind"] as Kind) : "text",
    text: asText(raw["text"]),
    at: asText(raw["at"]),
  };
  if (typeof raw["data"] === "object" && raw["data"] !== null) message.data = raw["data"] as Data;
  if (isText(raw["id"])) message.id = raw["id"];
  return message;
}

function parseError(raw: Raw): ServerFrame {
  const frame: ServerFrame = { t: "error", code: asText(raw["code"]), detail: asText(raw["detail"]) };
  if (isText(raw["id"])) frame.id = raw["id"];
  if (typeof raw["retry_after_s"] === "number") frame.retry_after_s = raw["retry_after_s"];
  return frame;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isSeq(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
