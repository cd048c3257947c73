// A customer's after-sales cases as the centre tells them (docs/protocol.md section 3), and what may be done with one.

import type { FileCard } from "./frames";

export type CaseAct = "withdraw" | "photos" | "parcel" | "appeal" | "reopen";

export interface CaseView {
  number: string;
  order_no: string;
  kind_text: string;
  state: string;
  state_text: string;
  state_hint: string;
  words: string;
  photos: { id: string; url: string; thumb: string }[];
  lines: { name: string; quantity: number; amount: string; to_sku: string }[];
  total: string;
  repaid: string;
  currency: string;
  explanation: { text: string; clause_text: string }[];
  path: { state: string; text: string; reached: boolean }[];
  timeline: { at: number; text: string; actor: string }[];
  parcel: { carrier: string; tracking_no: string; by: string; first_scan_at: number | null; arrived_at: number | null } | null;
  opened_at: number;
  can: CaseAct[];
  appeal: { state: string; words: string; note: string } | null;
}

/** What a chat message says about a case. */
export interface CaseMark {
  number: string;
  kind: string;
  state: string;
  state_text: string;
  order_no: string;
}

/** What each act sends, or null while something needed is missing. */
export function actBody(act: CaseAct, words: string, carrier: string, tracking: string, photos: readonly FileCard[]): Record<string, unknown> | null {
  const said = words.trim();
  switch (act) {
    case "withdraw":
      return {};
    case "appeal":
    case "reopen":
      return said ? { words: said } : null;
    case "photos":
      return photos.length ? { photos: photos.map((one) => one.id), words: said } : null;
    case "parcel":
      return carrier.trim() && tracking.trim() ? { carrier: carrier.trim(), tracking_no: tracking.trim() } : null;
  }
}

/** The states to draw, the one reached last marked; a state off the way stands at the end. */
export function wayOf(one: Pick<CaseView, "path" | "state" | "state_text">): { text: string; at: "past" | "now" | "ahead" }[] {
  const here = one.path.findIndex((stop) => stop.state === one.state);
  if (here >= 0) return one.path.map((stop, i) => ({ text: stop.text, at: i < here ? "past" : i === here ? "now" : "ahead" }));
  const been = one.path.filter((stop) => stop.reached).map((stop) => ({ text: stop.text, at: "past" as const }));
  return [...been, { text: one.state_text, at: "now" }];
}
