/* What an entry of the audit list says, in words instead of keys, codes and milliseconds. */
import { exact } from "../../text/time.ts";

/** Everything the centre writes down, in the order it is looked for. */
export const ACTIONS = [
  "sign_in.ok", "sign_in.failed", "sign_in.ended", "staff.created", "staff.changed", "staff.renamed", "staff.password_changed", "staff.password_reset", "role.changed", "token.created", "token.revoked",
  "settings.saved", "shop.created", "customer.unmasked", "customer.edited", "customers.imported", "orders.imported", "products.imported", "article.created", "article.changed", "article.archived",
  "authority.asked", "authority.agreed", "authority.approved", "authority.declined", "authority.expired", "authority.withdrawn", "authority.used", "authority.released", "authority.limits_saved",
  "script.created", "script.changed", "script.deleted", "labels.added", "labels.imported", "labels.removed", "training.begun", "training.cancelled", "training.done", "model.published", "demo.simulator",
  "risk.confirmed", "risk.dismissed", "risk.appealed", "risk.trusted", "risk.distrusted", "risk.warned", "risk.ended", "risk.left_out", "risk.counted_again", "risk.rules_saved",
] as const;

type Say = (key: string) => string;
type Knows = (key: string) => boolean;

/** A moment as a person reads it; a number this large can be nothing else. */
const EARLIEST_MS = 1_000_000_000_000;
/** Values that are codes, by the family of messages their words stand in. */
const CODES: Record<string, readonly string[]> = {
  role: ["role"],
  granted: ["approvals.action"],
  status: ["knowledge.state", "scripts.review"],
  was_status: ["knowledge.state", "scripts.review"],
  field: ["customer"],
  verdict: ["training.verdict"],
  pattern: ["risk.pattern"],
  relation: ["risk.relation"],
  intent: ["intent"],
  emotion: ["emotion"],
  permissions: ["permission"],
  before: ["permission"],
  after: ["permission"],
};
/** Ids and counters only a program reads. */
const UNSAID = new Set(["approval", "member_of", "based_on"]);

export function particulars(detail: Record<string, unknown>, t: Say, te: Knows): string {
  return Object.entries(detail)
    .filter(([key, value]) => !UNSAID.has(key) && value !== null && value !== "" && (value !== false || te(`audit.not.${key}`)))
    .map(([key, value]) => {
      if (value === false) return t(`audit.not.${key}`);
      const label = te(`audit.key.${key}`) ? t(`audit.key.${key}`) : key;
      return value === true ? label : `${label}${t("common.colon")}${inWords(key, value, t, te)}`;
    })
    .join(" · ");
}

function inWords(key: string, value: unknown, t: Say, te: Knows): string {
  if (Array.isArray(value)) return value.map((one) => inWords(key, one, t, te)).join(t("common.list_comma"));
  if (typeof value === "number" && value > EARLIEST_MS) return exact(value);
  if (typeof value === "object" && value !== null) return particulars(value as Record<string, unknown>, t, te);
  const code = String(value).replaceAll(".", "_");
  const known = (CODES[key] ?? []).map((family) => `${family}.${code}`).find((path) => te(path));
  return known ? t(known) : String(value);
}
