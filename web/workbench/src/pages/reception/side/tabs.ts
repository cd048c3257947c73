/* Which tab stood open in which conversation, for as long as the page lives. */
export type SideTab = "customer" | "orders" | "history" | "knowledge";

export const tabs = new Map<string, SideTab>();
