/* What one person chose for this browser: theme, language, how long a sent message can be taken back. */
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { setLocale, startLocale, type LocaleName } from "../i18n.ts";
import { setContext } from "../api/client.ts";
import { recall, remember } from "../text/storage.ts";

export type Theme = "system" | "light" | "dark";

export const usePrefs = defineStore("prefs", () => {
  const theme = ref<Theme>(recall<Theme>("theme", "system"));
  const locale = ref<LocaleName>(startLocale());
  const undoSeconds = ref<number>(recall("undo", 3));
  const system = matchMedia("(prefers-color-scheme: dark)");

  function paint(): void {
    const dark = theme.value === "dark" || (theme.value === "system" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }

  system.addEventListener("change", paint);
  watch(theme, (value) => {
    remember("theme", value);
    paint();
  });
  watch(undoSeconds, (value) => remember("undo", value));
  watch(
    locale,
    (value) => {
      setContext({ locale: value });
      void setLocale(value);
    },
    { immediate: true },
  );
  paint();

  function cycleTheme(): void {
    theme.value = theme.value === "dark" ? "light" : theme.value === "light" ? "system" : "dark";
  }

  return { theme, locale, undoSeconds, cycleTheme };
});
