/* Languages. Chinese comes with the first load, English is fetched when somebody wants it. */
import { createI18n, type Composer } from "vue-i18n";
import zh from "./locales/zh-CN.ts";
import { recall, remember } from "./text/storage.ts";

export type LocaleName = "zh-CN" | "en";

export const i18n = createI18n({ legacy: false, locale: "zh-CN", fallbackLocale: "zh-CN", messages: { "zh-CN": zh } });

/** The same, without tying every call to the shape of the Chinese file. */
const composer = i18n.global as unknown as Composer;

export function currentLocale(): string {
  return composer.locale.value;
}

export function startLocale(): LocaleName {
  const chosen = recall<string>("locale", "");
  if (chosen === "zh-CN" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export async function setLocale(locale: LocaleName): Promise<void> {
  if (!composer.availableLocales.includes(locale)) {
    composer.setLocaleMessage(locale, (await import("./locales/en.ts")).default);
  }
  composer.locale.value = locale;
  document.documentElement.lang = locale;
  remember("locale", locale);
}

export function t(key: string, params: Record<string, unknown> = {}): string {
  return composer.t(key, params);
}
