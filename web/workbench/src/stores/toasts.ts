/* Short words at the edge of the screen: done, failed, or done with a way back. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { Problem } from "../api/client.ts";
import { t } from "../i18n.ts";

export interface Toast {
  id: number;
  tone: "info" | "good" | "bad";
  text: string;
  action?: { label: string; run: () => void };
}

/** A sentence a person understands, whatever was thrown. */
export function explain(error: unknown): string {
  if (error instanceof Problem) {
    if (error.code === "network") return t("problem.network");
    return error.detail || t("problem.status", { status: error.status });
  }
  return t("problem.unknown");
}

export const useToasts = defineStore("toasts", () => {
  const list = ref<Toast[]>([]);
  let last = 0;

  function show(toast: Omit<Toast, "id">, ms = 5000): void {
    last += 1;
    const id = last;
    list.value = [...list.value, { ...toast, id }].slice(-4);
    setTimeout(() => dismiss(id), toast.action ? Math.max(ms, 8000) : ms);
  }

  function dismiss(id: number): void {
    list.value = list.value.filter((toast) => toast.id !== id);
  }

  const good = (text: string, action?: Toast["action"]): void => show({ tone: "good", text, action });
  const info = (text: string): void => show({ tone: "info", text });
  const bad = (error: unknown): void => show({ tone: "bad", text: typeof error === "string" ? error : explain(error) }, 8000);

  return { list, show, dismiss, good, info, bad };
});
