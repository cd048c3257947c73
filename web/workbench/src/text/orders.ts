/* Small decisions about showing orders. Pure. */
import type { OrderLine } from "@xinfu/shared/types";

export function optionText(options: OrderLine["options"]): string {
  if (typeof options === "string") return options;
  return options.map((option) => option.value).join(" / ");
}

export function statusTone(status: string): string {
  if (status === "delivered" || status === "completed") return "good";
  if (status === "unpaid") return "soon";
  if (status === "cancelled" || status === "returned") return "";
  return "info";
}
