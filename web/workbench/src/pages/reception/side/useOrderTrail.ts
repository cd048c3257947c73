/* What was done to the orders on show and what is asked for after the sale: fetched when an order is opened, again after every change. */
import { ref, type Ref } from "vue";
import { api, type Query } from "../../../api/client.ts";
import { explain } from "../../../stores/toasts.ts";
import type { AfterSale } from "./aftersales.ts";
import type { Histories } from "./operations.ts";

const MOST = 100;

export interface OrderTrail {
  histories: Ref<Record<string, Histories>>;
  requests: Ref<AfterSale[] | null>;
  failed: Ref<string>;
  loadHistory: (no: string) => Promise<void>;
  loadCases: () => Promise<void>;
}

export function useOrderTrail(customerId: () => string, mayReadCases: () => boolean): OrderTrail {
  const histories = ref<Record<string, Histories>>({});
  const requests = ref<AfterSale[] | null>(null);
  const failed = ref("");

  async function loadHistory(no: string): Promise<void> {
    if (!no) return;
    try {
      histories.value = { ...histories.value, [no]: await api.get<Histories>(`orders/${encodeURIComponent(no)}/operations`) };
      failed.value = "";
    } catch (error) {
      failed.value = explain(error);
    }
  }

  async function loadCases(): Promise<void> {
    if (!mayReadCases()) return;
    const query: Query = { customer_id: customerId(), limit: MOST };
    try {
      requests.value = (await api.get<{ items: AfterSale[] }>("aftersales/cases", query)).items;
      failed.value = "";
    } catch (error) {
      failed.value = explain(error);
    }
  }

  return { histories, requests, failed, loadHistory, loadCases };
}
