/* What an audit action is called: its own words, else those of what it is about together with its last part. */

/** Actions on orders, cases, rules and the AI; the rest are in words.ts. */
export const MORE_ACTIONS = [
  "ai.corrected", "llm.changed", "staff.skills", "customer.address_changed", "script_sample.created", "script_sample.changed", "script_sample.deleted",
  "order.review", "order.hold", "order.release", "order.intercept", "order.cancel", "order.change_address", "order.change_note", "order.change_items", "order.change_payment", "order.urge_payment", "order.urge_parcel", "order.reissue", "order.invoice", "order.change_invoice",
  "aftersales.opened", "aftersales.appeal_opened", "aftersales.accepted", "aftersales.declined", "aftersales.withdrawn", "authority.asked", "authority.agreed", "authority.used", "authority.released", "authority.limits_saved", "packs.chosen", "packs.published", "packs.withdrawn",
] as const;

type Say = (key: string) => string;
type Knows = (key: string) => boolean;

export function actionWords(name: string, t: Say, te: Knows): string {
  const code = name.replaceAll(".", "_");
  const known = [`audit.action.${code}`, `audit_action.${code}`].find((key) => te(key));
  if (known) return t(known);
  const [family = "", ...rest] = name.split(".");
  return te(`audit_family.${family}`) ? `${t(`audit_family.${family}`)} · ${rest.join(" ").replaceAll("_", " ")}` : name;
}
