/* What the assistance says (docs/protocol.md) and the few decisions about showing it. Pure. */
import type { Message, Source } from "@xinfu/shared/types";
import type { WishKind, WishReason } from "../side/aftersales.ts";
import type { Operation } from "../side/operations.ts";

export interface Draft {
  text: string;
  origin: "policy" | "llm" | "none";
  /** Why there is no text, or why the language model's was not used. */
  why: string;
  sources: Source[];
  answers: number[];
  intent: string;
  confidence: number;
  emotion: string;
  language: string;
  llm: boolean;
}

export type StepCommand =
  | { do: "operation"; operation: Operation; order: string }
  | { do: "request"; order: string; wish: { kind: WishKind; reason: WishReason } }
  | { do: "article"; article: string }
  | { do: "consult" | "say" | "note" | "wrapup" };

export interface Step {
  key: string;
  label: string;
  why: string;
  command: StepCommand;
}

export interface Fitting {
  kind: "article" | "script";
  id: string;
  title: string;
  text: string;
  why: string;
}

export interface WrapUp {
  who: string;
  want: string;
  tried: string;
  promised: string[];
  mood: string;
  outcome: string;
  outcomes: { code: string; label: string }[];
  open_promises: string[];
  confirmed: string;
  /** Whether …/wrapup/words has it in the language model's words. */
  llm: boolean;
  origin: "policy" | "llm";
}

/** What a draft shows while it is being written: the built-in words until the first sentence of the model's is there. */
export interface Writing {
  base: Draft | null;
  written: string;
  final: Draft | null;
}

export const NOTHING_WRITTEN: Writing = { base: null, written: "", final: null };

export function heard(before: Writing, event: string, data: string): Writing {
  const told: unknown = JSON.parse(data);
  if (event === "base") return { ...before, base: told as Draft };
  if (event === "delta") return { ...before, written: before.written + (told as { text: string }).text };
  if (event === "final") return { ...before, final: told as Draft };
  return before;
}

export function textOf(writing: Writing): string {
  return writing.final?.text ?? (writing.written || writing.base?.text || "");
}

/** The customer's last message: when it changes, what fits has changed. */
export function lastAsked(messages: readonly Message[]): number {
  return messages.findLast((one) => one.sender === "customer")?.seq ?? 0;
}

/** One promise a line, as they are typed. */
export function asLines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 10);
}
