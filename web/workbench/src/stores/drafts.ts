/* Half-written answers, one per conversation, kept in this browser; other parts of the page may put words into them. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { recall, remember } from "../text/storage.ts";

export const useDrafts = defineStore("drafts", () => {
  const texts = ref<Record<string, string>>({});
  /** Counts insertions from outside, so that the composer can take the focus. */
  const inserted = ref(0);

  function get(id: string): string {
    return texts.value[id] ?? recall(`draft.${id}`, "");
  }

  function set(id: string, text: string): void {
    texts.value = { ...texts.value, [id]: text };
    remember(`draft.${id}`, text);
  }

  function insert(id: string, text: string): void {
    const before = get(id);
    set(id, before ? `${before}${/\s$/.test(before) ? "" : "\n"}${text}` : text);
    inserted.value += 1;
  }

  return { texts, inserted, get, set, insert };
});
