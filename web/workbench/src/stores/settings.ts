/* The shop's settings as the desk needs them: reply limits and the time zone. Standards apply until they are in. */
import { defineStore } from "pinia";
import { ref } from "vue";
import { api } from "../api/client.ts";
import { timeZone } from "../text/time.ts";

export interface ShopSettings {
  display_name: string;
  display_name_en: string;
  colour: string;
  welcome: string;
  welcome_en: string;
  locale: string;
  time_zone: string;
  hours: { days: number[]; start: string; end: string };
  first_response_s: number;
  round_response_s: number;
  offer_timeout_s: number;
  capacity: number;
  idle_close_min: number;
  reopen_hours: number;
  callback_promise_hours: number;
  ask_rating: boolean;
  allowed_origins: string[];
}

export interface SavedSettings {
  version: number;
  effective_from: number;
  saved_at: number;
  author: string;
  settings: ShopSettings;
}

export interface SettingsAnswer {
  current: ShopSettings;
  version: number;
  effective_from: number;
  history: SavedSettings[];
}

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
