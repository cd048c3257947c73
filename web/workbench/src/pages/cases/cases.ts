/* Cases as the after-sales desk speaks of them: what the server tells, tones, and what each step asks for. Pure. */
import type { components } from "@xinfu/shared/api.d.ts";
import { money } from "../../text/money.ts";

type Schemas = components["schemas"];
export type Case = Schemas["CaseOut"];
export type CasePage = Schemas["CasePageOut"];
export type CaseState = Case["state"];
export type Counts = Schemas["CountsOut"];
export type Appeal = Schemas["AppealOut"];
export type Step = CasePage["options"][number]["step"];

/** The queues of the desk, in the order work comes through them. */
export const QUEUES = ["open", "approval", "parcels", "received", "money", "handling", "stuck"] as const;
export const FLAGS = ["mine", "overdue", "risky", "appealed", "simple"] as const;
export type Queue = (typeof QUEUES)[number];
export type Flag = (typeof FLAGS)[number];

const TONES: Record<CaseState, string> = {
  open: "soon", approval: "soon", awaiting_goods: "info", returning: "info", received: "soon", refunding: "info", sending: "info", granting: "info", handling: "info",
  done: "good", declined: "", withdrawn: "", stuck: "now",
};

export function toneOf(state: CaseState): string {
  return TONES[state];
}

/** Steps a person takes by a form, and the address each goes to. */
export const WAYS: Partial<Record<Step, string>> = {
  accept: "accept", decline: "decline", withdraw: "withdraw", arrived: "arrived", inspected: "inspect", rejected: "reject", repaired: "repaired",
  remedied: "remedy", closed: "close", reopened: "reopen", retry: "retry", settled: "settle",
};
export const SERIOUS: readonly Step[] = ["decline", "rejected", "settled", "withdraw"];
/** Kinds whose acceptance says what is given and how much. */
const GIVING: readonly Case["kind"][] = ["compensation", "goodwill"];

export type Field = "what" | "amount" | "condition" | "matches" | "disposition" | "serial" | "weight" | "photos" | "by_hand" | "note";

/** What the form of a step shows, needed things first. */
export function fieldsOf(step: Step, one: Pick<Case, "kind">): { field: Field; needed: boolean }[] {
  const needed = (...fields: Field[]) => fields.map((field) => ({ field, needed: true }));
  const optional = (...fields: Field[]) => fields.map((field) => ({ field, needed: false }));
  switch (step) {
    case "accept":
      return GIVING.includes(one.kind) ? [...needed("what", "amount"), ...optional("note")] : optional("note");
    case "inspected":
      return [...needed("condition", "matches", "disposition"), ...optional("serial", "weight", "amount", "photos", "note")];
    case "remedied":
      return needed("what", "amount", "note");
    case "retry":
      return optional("note");
    case "settled":
      return [...optional("by_hand"), ...needed("note")];
    case "arrived":
    case "withdraw":
      return [];
    default:
      return needed("note");
  }
}

export interface StepForm {
  what: "points" | "coupon" | "cash";
  amount: string;
  condition: "as_new" | "opened" | "used" | "damaged" | "incomplete" | "other_item";
  matches: boolean;
  disposition: "restock" | "repair" | "destroy" | "none";
  serial: string;
  /** Grams, as typed. */
  weight: string;
  photos: string[];
  /** What failed was done another way. */
  by_hand: boolean;
  note: string;
}

export const CONDITIONS = ["as_new", "opened", "used", "damaged", "incomplete", "other_item"] as const;
export const DISPOSITIONS = ["restock", "repair", "destroy", "none"] as const;
export const GRANTS = ["points", "coupon", "cash"] as const;

export function emptyForm(one: Pick<Case, "disposition">): StepForm {
  return { what: "coupon", amount: "", condition: "as_new", matches: true, disposition: one.disposition, serial: "", weight: "", photos: [], by_hand: false, note: "" };
}

/** Only what an amount of money may look like: digits, at most two decimals. */
export function isAmount(text: string): boolean {
  return /^\d{1,8}(\.\d{1,2})?$/.test(text.trim());
}

/** Why the form cannot be sent yet: the name of the first field that is wrong, or "". */
export function wrongIn(step: Step, one: Pick<Case, "kind">, form: StepForm): Field | "" {
  for (const { field, needed } of fieldsOf(step, one)) {
    const text = field === "matches" ? "yes" : String(form[field]).trim();
    if (needed && !text) return field;
    if (field === "amount" && text && !isAmount(text)) return field;
    if (field === "weight" && text && !/^\d{1,7}$/.test(text)) return field;
  }
  const differs = step === "inspected" && (!form.matches || form.condition === "other_item");
  return differs && !form.note.trim() ? "note" : "";
}

/** The body of a step. */
export function bodyOf(step: Step, one: Pick<Case, "kind" | "version">, form: StepForm): Record<string, unknown> {
  const body: Record<string, unknown> = { version: one.version };
  for (const { field } of fieldsOf(step, one)) {
    const value = form[field];
    if (field === "matches" || field === "by_hand") body[field] = value;
    else if (field === "photos") {
      if (form.photos.length) body.photos = form.photos;
    } else if (field === "weight") {
      if (form.weight.trim()) body.weight_g = Number(form.weight);
    } else if (String(value).trim()) body[field] = String(value).trim();
  }
  return body;
}

/** What staff may take down for the customer beside the steps, by the last part of its address. */
export type Extra = "evidence" | "parcel" | "appeals";

export function extrasOf(one: Pick<CasePage, "kind" | "state" | "appeals">, can: (right: string) => boolean): Extra[] {
  const over = ["done", "declined", "withdrawn"].includes(one.state);
  const found: Extra[] = [];
  if (one.state === "awaiting_goods" && can("aftersales.decide")) found.push("parcel");
  if (!over && can("aftersales.request")) found.push("evidence");
  if (one.state === "declined" && !one.appeals.some((appeal) => appeal.state === "open") && can("aftersales.request")) found.push("appeals");
  return found;
}

export interface PathStop {
  state: CaseState;
  at: "past" | "now" | "ahead";
}

/** The way of a case for drawing: what lies behind, where it is, what lies ahead. A state off the way stands at its end. */
export function stops(one: Pick<Case, "path" | "state" | "work">): PathStop[] {
  const path: CaseState[] = [...one.path];
  const known = path.indexOf(one.state);
  if (known < 0) {
    const was = one.work.was ? path.indexOf(one.work.was as CaseState) : 0;
    // An approval is a stop on the way; what else is off the way ends it.
    path.splice(Math.max(was, 0) + 1, one.state === "approval" ? 0 : path.length, one.state);
  }
  const here = path.indexOf(one.state);
  return path.map((state, i) => ({ state, at: i < here ? "past" : i === here ? "now" : "ahead" }));
}

/** What the list shows as the goods: the first line, and how many more. */
export function goods(one: Pick<Case, "lines">): { name: string; more: number } {
  return { name: one.lines[0]?.name ?? "", more: Math.max(0, one.lines.length - 1) };
}

/** Money at stake, or "" when there is none. */
export function stake(one: Pick<Case, "total" | "currency">): string {
  return Number(one.total) > 0 ? money(one.total, one.currency) : "";
}

/** The address of the list: one queue, or the flags. */
export function queryOf(queue: string, flags: readonly Flag[], kind: string): Record<string, string | boolean> {
  const query: Record<string, string | boolean> = { order: "due" };
  if (queue === "all") query.order = "newest";
  else if (queue) query.queue = queue;
  if (kind) query.kind = kind;
  for (const flag of flags) query[flag] = true;
  return query;
}
