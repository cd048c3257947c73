/* Customers and their orders, fetched once per opening of the side column. */
import type { CustomerProfile, Order } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, itemsOf } from "../api/client.ts";
import { explain } from "./toasts.ts";

export const useCustomers = defineStore("customers", () => {
  const profiles = ref<Record<string, CustomerProfile>>({});
  const orders = ref<Record<string, Order[]>>({});
  const failed = ref<Record<string, string>>({});

  async function load(id: string): Promise<void> {
    await Promise.all([
      keep(`p${id}`, async () => {
        const profile = await api.get<CustomerProfile>(`customers/${id}`);
        profiles.value = { ...profiles.value, [id]: profile };
      }),
      keep(`o${id}`, async () => {
        const answer = await api.get<Order[] | { items: Order[] }>(`customers/${id}/orders`);
        orders.value = { ...orders.value, [id]: itemsOf(answer) };
      }),
    ]);
  }

  async function keep(key: string, fetching: () => Promise<void>): Promise<void> {
    failed.value = { ...failed.value, [key]: "" };
    try {
      await fetching();
    } catch (error) {
      failed.value = { ...failed.value, [key]: explain(error) };
    }
  }

  async function edit(id: string, change: { tags?: string[]; vip?: number; note?: string }): Promise<void> {
    const answer = await api.patch<CustomerProfile | undefined>(`customers/${id}`, change);
    if (answer && "notes" in answer) profiles.value = { ...profiles.value, [id]: answer };
    else await load(id);
  }

  return { profiles, orders, failed, load, edit };
});
