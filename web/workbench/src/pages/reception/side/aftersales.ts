/* After-sales requests as the desk speaks of them. Pure. */
import type { components } from "@xinfu/shared/api.d.ts";

type Schemas = components["schemas"];
export type AfterSale = Schemas["CaseOut"];
export type CasePreview = Schemas["CasePreviewOut"];
export type Wish = Schemas["WishIn"]["wish"];
export type WishKind = Wish["kind"];
export type WishReason = Wish["reason"];

const GOODS: WishReason[] = ["quality", "damaged", "wrong_item", "missing", "not_as_described", "adverse_reaction"];

/** Which reasons go with which wish, the commonest first. */
const REASONS: Record<WishKind, WishReason[]> = {
  return: ["no_reason", "size", ...GOODS],
  exchange: ["size", ...GOODS, "no_reason"],
  repair: ["quality", "damaged"],
  refund_only: ["not_received", "missing", "late", ...GOODS.filter((one) => one !== "missing")],
  reissue: ["missing", "damaged", "wrong_item", "not_received"],
  price_protection: ["price_drop"],
  compensation: ["service", "late", "unclear_spec", "installation_fee", ...GOODS, "other"],
  dispute: ["service", "unclear_spec", "installation_fee", "not_as_described", "other"],
  adverse_reaction: ["adverse_reaction"],
  goodwill: ["service", "late", "other"],
};
export const KINDS = Object.keys(REASONS) as WishKind[];

export function reasonsFor(kind: WishKind): WishReason[] {
  return REASONS[kind];
}

export interface WishForm {
  kind: WishKind;
  reason: WishReason;
  /** Units by line; 0 = not this one. */
  units: Record<number, number>;
  /** What a line is exchanged for; "" = the same again. */
  to: Record<number, string>;
  party: NonNullable<Wish["party"]>;
  words: string;
}

export function wishOf(form: WishForm): Wish | null {
  const items = Object.entries(form.units)
    .filter(([, quantity]) => quantity > 0)
    .map(([line, quantity]) => ({ line: Number(line), quantity, to_sku: form.kind === "exchange" ? (form.to[Number(line)] ?? "") : "" }));
  if (items.length === 0) return null;
  return { kind: form.kind, reason: form.reason, items, party: form.party, words: form.words.trim(), remedy: "", photos: [], late: false, refund_to: "" };
}

/** The newest first, for the order they belong to. */
export function casesOf(list: readonly AfterSale[], orderNo: string): AfterSale[] {
  return list.filter((one) => one.order_no === orderNo).sort((a, b) => b.opened_at - a.opened_at);
}
