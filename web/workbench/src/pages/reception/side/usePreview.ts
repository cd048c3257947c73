/* Shows what a form would do while it is being filled in. The last question wins; a refusal is an answer too. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { explain } from "../../../stores/toasts.ts";
import { freshKey } from "./operations.ts";

export interface Previewing<P> {
  preview: ShallowRef<P | null>;
  refused: Ref<string>;
  busy: Ref<boolean>;
  /** Belongs to the preview on show: sent again after a lost line it acts once. */
  key: Ref<string>;
  again: () => Promise<void>;
}

const PAUSE_MS = 350;

/** `asked` null: the form is not complete yet. */
export function usePreview<A, P>(asked: () => A | null, ask: (asked: A) => Promise<P>): Previewing<P> {
  const preview = shallowRef<P | null>(null);
  const refused = ref("");
  const busy = ref(false);
  const key = ref("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;

  async function again(): Promise<void> {
    const wanted = asked();
    const mine = (round += 1);
    if (!wanted) return void (busy.value = false);
    busy.value = true;
    try {
      const answer = await ask(wanted);
      if (mine !== round) return;
      preview.value = answer;
      refused.value = "";
      key.value = freshKey();
    } catch (error) {
      if (mine !== round) return;
      preview.value = null;
      refused.value = explain(error);
    }
    busy.value = false;
  }

  watch(
    () => JSON.stringify(asked()),
    (now, before) => {
      clearTimeout(timer);
      round += 1;
      preview.value = null;
      refused.value = "";
      busy.value = now !== "null";
      timer = setTimeout(() => void again(), before === undefined ? 0 : PAUSE_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    clearTimeout(timer);
    round += 1;
  });
  return { preview, refused, busy, key, again };
}
