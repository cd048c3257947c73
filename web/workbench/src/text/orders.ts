/* Small decisions about showing orders. Pure. */
import type { OrderLine, TimelineStep } from "@xinfu/shared/types";

export function optionText(options: OrderLine["options"]): string {
  if (typeof options === "string") return options;
  const pairs = Array.isArray(options) ? options : Object.entries(options);
  return pairs.map(([, value]) => value).join(" / ");
}

export function statusTone(status: string): string {
  if (status === "delivered" || status === "completed") return "good";
  if (status === "unpaid") return "soon";
  if (status === "cancelled" || status === "returned") return "";
  return "info";
}

export function stepText(step: TimelineStep, locale: string): string {
  return step.text ?? (locale === "en" ? step.en : step.zh) ?? step.key;
}
