/* Amounts come as text with two decimals and are shown, never computed with. */
const SIGNS: Record<string, string> = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", JPY: "¥", HKD: "HK$" };

export function money(amount: string | undefined, currency: string): string {
  if (!amount) return "";
  const [whole = "0", part] = amount.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${SIGNS[currency] ?? `${currency} `}${grouped}${part ? `.${part}` : ""}`;
}
