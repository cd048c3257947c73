/* What the command palette can do: pages bring their commands when they are on screen and take them away when they leave. */
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { IconName } from "../components/icons.ts";

export interface Command {
  id: string;
  label: string;
  hint?: string;
  icon?: IconName;
  run: () => void;
}

export const useCommands = defineStore("commands", () => {
  const open = ref(false);
  const sources = shallowRef<ReadonlyMap<string, () => Command[]>>(new Map());

  function provide(name: string, source: () => Command[]): void {
    sources.value = new Map(sources.value).set(name, source);
  }

  function withdraw(name: string): void {
    const next = new Map(sources.value);
    next.delete(name);
    sources.value = next;
  }

  return { open, sources, provide, withdraw };
});
