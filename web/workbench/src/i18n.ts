/* Languages. Chinese comes with the first load, English is fetched when somebody wants it. A message is a text with names in braces,
   found by its path; that is all the pages need, so it is all there is. */
import { computed, shallowRef, type ComputedRef } from "vue";
import zh from "./locales/zh-CN.ts";
import { recall, remember } from "./text/storage.ts";

export type LocaleName = "zh-CN" | "en";
type Messages = ReadonlyMap<string, string>;
type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, path = "", into = new Map<string, string>()): Messages {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") into.set(path + key, value);
    else flat(value, `${path}${key}.`, into);
  }
  return into;
}

const chinese = flat(zh);
const known = new Map<LocaleName, Messages>([["zh-CN", chinese]]);
/** Both change together, so that no page is ever drawn in two languages. */
const current = shallowRef<{ name: LocaleName; messages: Messages }>({ name: "zh-CN", messages: chinese });
const locale = computed(() => current.value.name);

export function currentLocale(): LocaleName {
  return current.value.name;
}

export function startLocale(): LocaleName {
  const chosen = recall<string>("locale", "");
  if (chosen === "zh-CN" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export async function setLocale(name: LocaleName): Promise<void> {
  let messages = known.get(name);
  if (!messages) known.set(name, (messages = flat((await import("./locales/en.ts")).default)));
  current.value = { name, messages };
  document.documentElement.lang = name;
  remember("locale", name);
}

/** The message in the reader's language; a name it has no value for stays in sight, and so does a path nobody wrote. */
export function t(key: string, params: Record<string, unknown> = {}): string {
  const message = current.value.messages.get(key) ?? chinese.get(key) ?? key;
  return message.includes("{") ? message.replace(/\{(\w+)\}/g, (whole, name: string) => (params[name] === undefined ? whole : String(params[name]))) : message;
}

/** Whether there is such a message. */
export function te(key: string): boolean {
  return chinese.has(key);
}

export function useI18n(): { t: typeof t; te: typeof te; locale: ComputedRef<LocaleName> } {
  return { t, te, locale };
}
