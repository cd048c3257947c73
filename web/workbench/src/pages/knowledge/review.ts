/* Where a script stands, what may be done with it now and by whom, and what became of the conversations it was used in. Pure. */
import type { Script, ScriptOutcome } from "@xinfu/shared/types";
import { variableNames } from "../../text/scripts.ts";
import { phase } from "./dates.ts";

export type Standing = "active" | "coming" | "over" | "draft" | "in_review" | "returned";
export type Step = "submit" | "approve" | "return";

export const STANDINGS: readonly Standing[] = ["active", "coming", "over", "draft", "in_review", "returned"];

export function standing(script: Script, now: number): Standing {
  if (script.status === "draft" || script.status === "in_review" || script.status === "returned") return script.status;
  const when = phase(script.active_from, script.active_until, now);
  return when === "on" ? "active" : when;
}

/** Colour beside the word, never instead of it. */
export function tone(standing: Standing): "good" | "soon" | "now" | "info" | "" {
  return ({ active: "good", in_review: "soon", returned: "now", coming: "info", over: "", draft: "" } as const)[standing];
}

/** A script nobody else sees needs no review; nobody decides about their own words. */
export function stepsFor(script: Pick<Script, "id" | "shared" | "status" | "author_id">, me: string, mayShare: boolean): Step[] {
  if (!script.shared || !mayShare) return [];
  if (script.status === "draft" || script.status === "returned") return ["submit"];
  return script.status === "in_review" && script.author_id !== me && script.id ? ["approve", "return"] : [];
}

export interface Share {
  kind: "solved" | "handed_back" | "other";
  count: number;
  percent: number;
}

/** Of the conversations: solved, handed back, neither yet. A conversation both handed back and then solved counts as solved. */
export function shares(outcome: Pick<ScriptOutcome, "conversations" | "resolved" | "handed_back">): Share[] {
  const all = outcome.conversations;
  const solved = Math.min(outcome.resolved, all);
  const back = Math.min(outcome.handed_back, all - solved);
  const counted = [["solved", solved], ["handed_back", back], ["other", all - solved - back]] as const;
  return counted.map(([kind, count]) => ({ kind, count, percent: all ? (100 * count) / all : 0 }));
}

const KNOWN = new Set<string>(variableNames.map((name) => `{${name}}`));

/** Blanks nobody can fill, and braces that stand alone: the server refuses both. */
export function unknownBlanks(body: string): string[] {
  return [...new Set(body.match(/\{[^{}]*\}|[{}]/g) ?? [])].filter((one) => !KNOWN.has(one));
}

export interface SampleText {
  sender: "customer" | "agent";
  text: string;
}

/** Lines without words are left out; a sample needs at least one of the customer. */
export function tidied(lines: readonly SampleText[]): SampleText[] {
  return lines.map((line) => ({ ...line, text: line.text.trim() })).filter((line) => line.text);
}

/** Who speaks next when a line is added: they take turns. */
export function nextSpeaker(lines: readonly SampleText[]): SampleText["sender"] {
  return lines.at(-1)?.sender === "customer" ? "agent" : "customer";
}
