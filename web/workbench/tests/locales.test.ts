/* Both languages say everything, and no page says anything of its own. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../src/locales/en.ts";
import zh from "../src/locales/zh-CN.ts";

const src = join(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.(vue|ts)$/.test(name) && !name.includes("locales"));

function flat(tree: object, path = ""): Map<string, string> {
  return new Map(Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[path + key, value] as const] : [...flat(value as object, `${path}${key}.`)])));
}

const chinese = flat(zh);
const english = flat(en);
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

test("both languages have the same messages", () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
});

test("a message has the same blanks in both languages", () => {
  const different = [...chinese].filter(([key, text]) => holes(text).join() !== holes(english.get(key) ?? "").join()).map(([key]) => key);
  expect(different).toEqual([]);
});

test("Chinese sentences use full-width punctuation", () => {
  const wrong = [...chinese].filter(([, text]) => /[一-鿿][,:;!?]|[,;!?][一-鿿]|\([^)]*[一-鿿]/.test(text)).map(([key, text]) => `${key}: ${text}`);
  expect(wrong).toEqual([]);
});

test("no template holds Chinese words", () => {
  const wrong = files.filter((name) => name.endsWith(".vue")).filter((name) => {
    const template = /<template>[\s\S]*<\/template>/.exec(readFileSync(join(src, name), "utf8"))?.[0] ?? "";
    return /[一-鿿]/.test(template);
  });
  expect(wrong).toEqual([]);
});

test("every message a page asks for exists", () => {
  const missing = files.flatMap((name) => {
    const asked = [...readFileSync(join(src, name), "utf8").matchAll(/\bt\(\s*["']([\w.]+)["']/g)].map((found) => found[1] ?? "");
    return asked.filter((key) => !chinese.has(key)).map((key) => `${name}: ${key}`);
  });
  expect(missing).toEqual([]);
});

test("every message is asked for somewhere", () => {
  const all = files.map((name) => readFileSync(join(src, name), "utf8")).join("\n");
  const families = [...all.matchAll(/[`"']([\w.]+)\.\$\{/g)].map((found) => `${found[1]}.`);
  const asked = new Set([...all.matchAll(/["'`]([\w]+(?:\.[\w]+)+)["'`]/g)].map((found) => found[1]));
  const idle = [...chinese.keys()].filter((key) => !asked.has(key) && !families.some((family) => key.startsWith(family)));
  expect(idle).toEqual([]);
});
