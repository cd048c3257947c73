/* Every pair of text and ground reads well (WCAG 2.1 AA: 4.5 to 1), in the light and in the dark. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../../shared/tokens.css"), "utf8");

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gi)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

const light = tokens(/:root \{[\s\S]*?\n\}/.exec(css)?.[0] ?? "");
const dark = new Map([...light, ...tokens(/\[data-theme="dark"\] \{[\s\S]*?\n\}/.exec(css)?.[0] ?? "")]);

/** Relative luminance, WCAG 2.1. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const GROUNDS = ["paper", "surface", "sunk"];
const TEXT: [string, string[]][] = [
  ["ink", [...GROUNDS, "note", "bubble-customer", "bubble-agent", "bubble-ai", "cinnabar-soft", "amber-soft", "indigo-soft", "celadon-soft"]],
  ["ink-2", [...GROUNDS, "note", "indigo-soft", "bubble-agent"]],
  ["cinnabar", [...GROUNDS, "cinnabar-soft"]],
  ["celadon", [...GROUNDS, "celadon-soft"]],
  ["amber", [...GROUNDS, "amber-soft"]],
  ["indigo", [...GROUNDS, "indigo-soft", "note", "celadon-soft"]],
  ["on-accent", ["cinnabar", "cinnabar-strong"]],
];

for (const [name, theme] of [["light", light], ["dark", dark]] as const) {
  test(`text reads well on every ground in the ${name} theme`, () => {
    const weak = TEXT.flatMap(([text, grounds]) => grounds.map((ground) => [text, ground, contrast(theme.get(text) ?? "", theme.get(ground) ?? "")] as const)).filter(([, , ratio]) => !(ratio >= 4.5));
    expect(weak).toEqual([]);
  });

  test(`edges of fields and marks are seen in the ${name} theme`, () => {
    const weak = ["line-strong", "amber-mark"].flatMap((mark) => GROUNDS.map((ground) => [mark, ground, contrast(theme.get(mark) ?? "", theme.get(ground) ?? "")] as const)).filter(([, , ratio]) => !(ratio >= 3));
    expect(weak).toEqual([]);
  });
}
