/* The language model's setup as the API tells it (the key itself never comes back). Pure. */
export interface LlmSetup {
  enabled: boolean;
  url: string;
  model: string;
  key_set: boolean;
  rewrite: boolean;
  converse: boolean;
  draft: boolean;
  voice: string;
  temperature: number;
  customer_limit_ms: number;
  draft_limit_ms: number;
  budget_tokens: number;
  used_tokens: number;
  version: number;
  outcomes: Record<string, Record<string, number>>;
}

/** Whole percent of the month's budget; a started budget is never shown as untouched. */
export function spentShare(used: number, budget: number): number {
  if (budget <= 0) return 0;
  const share = (used / budget) * 100;
  return share > 0 && share < 1 ? 1 : Math.floor(share);
}

export function tokens(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}
