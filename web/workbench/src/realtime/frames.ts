/* The frames of the staff's socket, docs/protocol.md section 2. */
import type { AgentPresence, Message, Note, Summary } from "@xinfu/shared/types";

export type StaffEvent =
  | { kind: "conversation"; c: Summary }
  | { kind: "message"; m: Message }
  | { kind: "note"; n: Note }
  | { kind: "offer"; conversation_id: string; c: Summary; until: number }
  | { kind: "offer_gone"; conversation_id: string }
  | { kind: "presence"; a: AgentPresence }
  | { kind: "alarm"; conversation_id: string; what: string; c: Summary }
  | { kind: "approval"; approval_id: string; case_no: string; state: string; who: string; amount: string }
  | { kind: "case"; number: string; version: number };

export type ServerFrame =
  | { t: "hello"; cur: string; me: string }
  | ({ t: "ev"; cur: string } & StaffEvent)
  | { t: "typing"; conversation_id: string }
  | { t: "preview"; conversation_id: string; text: string }
  | { t: "batch"; f: ServerFrame[] }
  | { t: "ack"; id: string; conversation_id: string; seq: number }
  | { t: "resumed"; cur: string }
  | { t: "reset"; cur: string }
  | { t: "error"; code: string; detail: string; id?: string; conversation_id?: string; retry_after_s?: number }
  | { t: "pong" };

export type ClientFrame = { t: string } & Record<string, unknown>;
