/* Which tab stood open in which conversation, for as long as the page lives; and which one another part of the desk wants to see. */
import { ref, shallowRef } from "vue";

export type SideTab = "customer" | "orders" | "history" | "knowledge";

export const tabs = new Map<string, SideTab>();
export const wantedTab = shallowRef<{ tab: SideTab } | null>(null);

/** The article that stands open in the knowledge tab. */
export const opened = ref("");
