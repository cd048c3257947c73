/* Prepared words, fetched when somebody first reaches for them. */
import type { Script } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, itemsOf } from "../api/client.ts";
import { explain } from "./toasts.ts";

export const useScripts = defineStore("scripts", () => {
  const list = ref<Script[]>([]);
  const loaded = ref(false);
  const failed = ref("");

  async function load(again = false): Promise<void> {
    if (loaded.value && !again) return;
    failed.value = "";
    try {
      list.value = itemsOf(await api.get<Script[] | { items: Script[] }>("scripts", { all: true }));
      loaded.value = true;
    } catch (error) {
      failed.value = explain(error);
    }
  }

  function used(id: string, conversationId: string): void {
    // Counting must never stand in the way of an answer.
    void api.post(`scripts/${id}/used`, { conversation_id: conversationId }).catch(() => undefined);
  }

  return { list, loaded, failed, load, used };
});
