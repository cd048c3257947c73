/* Small values kept in this browser. A browser that refuses storage only forgets. */

export function recall<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`xinfu.${key}`);
    if (text === null) return otherwise;
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    if (value === null || value === undefined || value === "") localStorage.removeItem(`xinfu.${key}`);
    else localStorage.setItem(`xinfu.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}
