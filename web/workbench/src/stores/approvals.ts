/* How many approvals wait for someone who may decide them: asked when the socket is ready, and again when it tells of one. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { api } from "../api/client.ts";
import { t } from "../i18n.ts";
import { router } from "../router.ts";
import { useDesk } from "./desk.ts";
import { useSession } from "./session.ts";
import { useToasts } from "./toasts.ts";

export const useApprovals = defineStore("approvals", () => {
  const desk = useDesk();
  const session = useSession();
  const toasts = useToasts();
  const waiting = ref(0);

  async function count(): Promise<void> {
    if (!session.can("aftersales.approve")) return;
    try {
      waiting.value = (await api.get<{ waiting: number }>("authority/approvals/count")).waiting;
    } catch {
      // The number is a convenience; the page itself says what went wrong.
    }
  }

  desk.onReady(() => void count());
  desk.onFrame((frame) => {
    if (frame.t !== "ev" || frame.kind !== "approval") return;
    void count();
    const run = (): void => void router.push(`/aftersales/approvals/${frame.approval_id}`);
    // Who decided it knows; who was asked needs no word once it is over.
    if (frame.state === "waiting") toasts.show({ tone: "info", text: t("approvals.told", { who: frame.who, amount: frame.amount }), action: { label: t("approvals.look"), run } }, 12_000);
    else if (!session.can("aftersales.approve")) toasts.show({ tone: frame.state === "approved" ? "good" : "info", text: t(`approvals.heard.${frame.state}`, { who: frame.who, case: frame.case_no }), action: { label: t("approvals.look"), run } }, 12_000);
  });

  return { waiting, count };
});
