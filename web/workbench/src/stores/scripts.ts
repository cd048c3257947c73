/* Prepared words, fetched when somebody first reaches for them, and again when they may have changed since. */
import type { Script } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, itemsOf } from "../api/client.ts";
import { explain } from "./toasts.ts";

const FRESH_MS = 60_000;

export const useScripts = defineStore("scripts", () => {
  const list = ref<Script[]>([]);
  const loaded = ref(false);
  const failed = ref("");
  let loadedAt = 0;

  /** What is shown stays until the new list is there; a list that is a minute old is good enough to search in. */
  async function load(again = false): Promise<void> {
    if (loaded.value && !again && Date.now() - loadedAt < FRESH_MS) return;
    failed.value = "";
    loadedAt = Date.now();
    try {
      list.value = itemsOf(await api.get<Script[] | { items: Script[] }>("scripts", { all: true }));
      loaded.value = true;
    } catch (error) {
      loadedAt = 0;
      if (!loaded.value || again) failed.value = explain(error);
    }
  }

  function used(id: string, conversationId: string): void {
    // Counting must never stand in the way of an answer.
    void api.post(`scripts/${id}/used`, { conversation_id: conversationId }).catch(() => undefined);
  }

  return { list, loaded, failed, load, used };
});
