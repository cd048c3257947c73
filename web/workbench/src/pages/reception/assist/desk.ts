/* What one part of the desk asks of another: an order dialog from the side or from a next step, a tab, the composer's attention. */
import type { Order } from "@xinfu/shared/types";
import { ref, shallowRef } from "vue";
import type { WishKind, WishReason } from "../side/aftersales.ts";
import type { Operation } from "../side/operations.ts";

export const doing = shallowRef<{ order: Order; operation: Operation } | null>(null);
export const asking = shallowRef<{ order: Order; kind?: WishKind; reason?: WishReason } | null>(null);

/** Counts what was done to orders here, so that everything showing them looks again. */
export const touched = ref(0);

export type ComposerWish = "draft" | "note";
export const wished = shallowRef<{ what: ComposerWish } | null>(null);

export function wish(what: ComposerWish): void {
  wished.value = { what };
}
