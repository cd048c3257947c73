/* The shop's settings as the desk needs them: reply limits and the time zone. Standards apply until they are in. */
import type { SettingsAnswer } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { ref } from "vue";
import { api } from "../api/client.ts";
import { timeZone } from "../text/time.ts";

export const useSettings = defineStore("settings", () => {
  const limits = ref({ first_response_s: 15, round_response_s: 30 });
  const answer = ref<SettingsAnswer | null>(null);

  async function load(): Promise<SettingsAnswer> {
    const got = await api.get<SettingsAnswer>("settings");
    answer.value = got;
    limits.value = { first_response_s: got.current.first_response_s, round_response_s: got.current.round_response_s };
    timeZone.value = got.current.time_zone;
    return got;
  }

  return { limits, answer, load };
});
