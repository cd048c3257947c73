/* First letters of Chinese words, from the browser's own pinyin order: 转接 is found by zj. No dictionary to load. */
const BOUNDS = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";
const order = new Intl.Collator("zh-CN-u-co-pinyin");
const cache = new Map<string, string>();

export function initials(text: string): string {
  return [...text].map(initial).join("");
}

function initial(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x4e00 || code > 0x9fff) return char.toLowerCase();
  const known = cache.get(char);
  if (known !== undefined) return known;
  let found = "a";
  for (let i = 0; i < BOUNDS.length; i += 1) {
    if (order.compare(char, BOUNDS[i] ?? "") < 0) break;
    found = LETTERS[i] ?? found;
  }
  cache.set(char, found);
  return found;
}

/** Whether the text holds the words, as written or by first letters. */
export function matches(text: string, query: string): boolean {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return true;
  return text.toLowerCase().includes(wanted) || initials(text).includes(wanted.replace(/\s+/g, ""));
}
