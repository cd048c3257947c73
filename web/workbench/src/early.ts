/* A small script of its own that runs before the large ones are read: whoever was signed in is signed in again, so the first page's three
   questions can be on their way while the browser still reads the code that will draw the answers. `api/client.ts` takes them over. */

export interface Early {
  shop: string;
  locale: string;
  answers: Map<string, Promise<Response>>;
}

function kept(key: string): string {
  try {
    return String(JSON.parse(localStorage.getItem(`xinfu.${key}`) ?? '""'));
  } catch {
    return "";
  }
}

if (document.cookie.includes("xinfu_csrf=")) {
  const shop = kept("shop");
  const locale = kept("locale") || (navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en");
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": locale, ...(shop ? { "X-Shop": shop } : {}) };
  const ask = (path: string): [string, Promise<Response>] => {
    const answer = fetch(`/api/v1/${path}`, { headers, credentials: "same-origin" });
    // Whoever takes it over hears of the failure; here it must only not be called unhandled.
    answer.catch(() => undefined);
    return [path, answer];
  };
  const first = ["auth/me", "conversations?view=mine&limit=50", "agents"];
  (globalThis as { xinfuEarly?: Early }).xinfuEarly = { shop, locale, answers: new Map(first.map(ask)) };
}
