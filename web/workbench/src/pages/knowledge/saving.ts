/* What the editors of articles and scripts do alike: send, say that it worked, or say why not and keep what was written. */
import { ref, type Ref } from "vue";
import { t } from "../../i18n.ts";
import { explain, useToasts } from "../../stores/toasts.ts";

export interface Saving {
  wrong: Ref<string>;
  busy: Ref<boolean>;
  attempt: (work: () => Promise<unknown>, said?: string) => Promise<void>;
}

export function useSaving(done: () => void): Saving {
  const toasts = useToasts();
  const wrong = ref("");
  const busy = ref(false);

  async function attempt(work: () => Promise<unknown>, said = t("common.saved")): Promise<void> {
    busy.value = true;
    wrong.value = "";
    try {
      await work();
      toasts.good(said);
      done();
    } catch (error) {
      wrong.value = explain(error);
    } finally {
      busy.value = false;
    }
  }

  return { wrong, busy, attempt };
}
