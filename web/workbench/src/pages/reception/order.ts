/* Which conversations a list shows and in what order: what needs me most stands first. Pure. */
import type { Summary } from "@xinfu/shared/types";

export type View = "mine" | "queue" | "all" | "closed";

export function inView(summary: Summary, view: View, me: string): boolean {
  switch (view) {
    case "mine":
      return summary.state === "agent" && summary.assignee_id === me;
    case "queue":
      return summary.state === "queued";
    case "all":
      return summary.state !== "closed";
    case "closed":
      return summary.state === "closed";
  }
}

/** Danger before urgency, who waits before who was answered, the longest wait first, then the latest word. */
export function byNeed(a: Summary, b: Summary): number {
  return (
    b.priority - a.priority ||
    Number(b.waiting_since !== null) - Number(a.waiting_since !== null) ||
    (a.waiting_since ?? 0) - (b.waiting_since ?? 0) ||
    b.last_at - a.last_at ||
    (a.id < b.id ? -1 : 1)
  );
}

export function byLatest(a: Summary, b: Summary): number {
  return b.last_at - a.last_at || (a.id < b.id ? -1 : 1);
}

/** While somebody types the rows stay where they are: those already shown keep their place, new ones join at the end. */
export function keepPlaces(shown: readonly string[], wanted: readonly string[]): string[] {
  const present = new Set(wanted);
  const known = new Set(shown);
  return [...shown.filter((id) => present.has(id)), ...wanted.filter((id) => !known.has(id))];
}

export interface Limits {
  first_response_s: number;
  round_response_s: number;
}

export interface Clock {
  waitedS: number;
  /** 0..1 of the reply limit, more when it is past. */
  share: number;
  tone: "calm" | "soon" | "late";
}

export function replyClock(summary: Summary, now: number, limits: Limits): Clock | null {
  if (summary.waiting_since === null || summary.state === "closed" || summary.state === "ai") return null;
  const waitedS = Math.max(0, (now - summary.waiting_since) / 1000);
  const limit = summary.first_response_ms === null ? limits.first_response_s : limits.round_response_s;
  const share = limit > 0 ? waitedS / limit : 1;
  return { waitedS, share, tone: share >= 1 ? "late" : share >= 0.5 ? "soon" : "calm" };
}
