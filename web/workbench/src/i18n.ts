/* Languages. Chinese comes with the first load, English is fetched when somebody wants it. */
import { createI18n } from "vue-i18n";
import zh from "./locales/zh-CN.ts";
import { recall, remember } from "./text/storage.ts";

export type LocaleName = "zh-CN" | "en";

export const i18n = createI18n({ legacy: false, locale: "zh-CN", fallbackLocale: "zh-CN", messages: { "zh-CN": zh } as Record<string, object> });

export function startLocale(): LocaleName {
  const chosen = recall<string>("locale", "");
  if (chosen === "zh-CN" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export async function setLocale(locale: LocaleName): Promise<void> {
  if (!i18n.global.availableLocales.includes(locale)) {
    i18n.global.setLocaleMessage(locale, (await import("./locales/en.ts")).default);
  }
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
  remember("locale", locale);
}

export function t(key: string, params: Record<string, unknown> = {}): string {
  return i18n.global.t(key, params);
}
