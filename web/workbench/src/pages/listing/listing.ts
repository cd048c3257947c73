/* Listings as the API tells them, and how one is laid beside what the catalogue knows. */
export const STATES = ["waiting", "draft", "rejected", "verified", "withdrawn"] as const;
export type ListingState = (typeof STATES)[number];

export interface Finding {
  code: string;
  field: string;
  text: string;
  warning: boolean;
}

export interface SaleFacts {
  product_id: string;
  name: string;
  options: [string, string][];
  category: string;
  image: string;
  price: string;
  currency: string;
  stock: number;
  lowest: string | null;
  floor: string | null;
}

export interface Listing {
  id: string;
  campaign: string;
  sku: string;
  name: string;
  price: string;
  currency: string;
  per_customer: number;
  quantity: number;
  starts_at: number;
  ends_at: number;
  state: ListingState;
  accepted: string[];
  entered_at: number;
  entered_by: string;
  mine: boolean;
  checked_at: number | null;
  checked_by: string;
  note: string;
  version: number;
  facts: SaleFacts | null;
  findings: Finding[];
  drifted: boolean;
}

export interface Listings {
  items: Listing[];
  next: string | null;
  counts: Partial<Record<ListingState, number>>;
}

export interface Looked {
  findings: Finding[];
  facts: SaleFacts | null;
}

export interface ImportReport {
  stored: boolean;
  created: number;
  refused: number;
  problems_total: number;
  problems: { row: number; field: string; zh: string; en: string }[];
}

export interface Terms {
  campaign: string;
  sku: string;
  price: string;
  per_customer: number;
  quantity: number;
  starts_at: number;
  ends_at: number;
}

/** What share of the list price the campaign's is, in percent; null when there is none to compare with. */
export function percentOf(price: string, list: string | undefined): number | null {
  const whole = Math.round(Number(list) * 100);
  return whole > 0 ? Math.round((Math.round(Number(price) * 100) * 100) / whole) : null;
}

/** A moment for <input type="datetime-local">, in the zone of who sits there. */
export function localTime(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16);
}

/** Milliseconds of what such an input gives; NaN for an empty one. */
export function momentOf(text: string): number {
  return new Date(text).getTime();
}

/** May this one be verified with the rest by one click? What needs a tick is looked at by itself. */
export function simple(listing: Listing): boolean {
  return listing.state === "waiting" && !listing.mine && !listing.findings.length;
}

export const EXAMPLE = "campaign,sku,price,per_customer,quantity,starts_at,ends_at\nSpring,SKU-001,59.90,2,100,2026-04-01 00:00,2026-04-04 00:00\n";
