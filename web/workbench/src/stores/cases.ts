/* Which after-sales case took a step last, as the socket tells: lists and pages that show it look again. A link that is back may have missed any of them. */
import { defineStore } from "pinia";
import { shallowRef } from "vue";
import { useDesk } from "./desk.ts";

export const useCases = defineStore("cases", () => {
  const desk = useDesk();
  const latest = shallowRef<{ number: string; version: number } | null>(null);
  desk.onFrame((frame) => {
    if (frame.t === "ev" && frame.kind === "case") latest.value = { number: frame.number, version: frame.version };
  });
  desk.onReady(() => (latest.value = { number: "", version: 0 }));
  return { latest };
});
