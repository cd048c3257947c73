/* Who is signed in, to which shop, and what they may do. The server decides; the page only hides what would be refused. */
import type { Me, ShopRef } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { api, Problem, setContext } from "../api/client.ts";
import { recall, remember } from "../text/storage.ts";

export const useSession = defineStore("session", () => {
  const me = ref<Me | null>(null);
  const shopId = ref(recall<string>("shop", ""));
  const failure = ref<unknown>(null);
  setContext({ shop: shopId.value });

  const shop = computed<ShopRef | null>(() => me.value?.shops.find((one) => one.id === shopId.value) ?? me.value?.shops[0] ?? null);

  function can(permission: string): boolean {
    return me.value?.permissions.includes(permission) ?? false;
  }

  /** True when signed in. A shop remembered from another person's sign-in is forgotten. */
  async function load(): Promise<boolean> {
    failure.value = null;
    try {
      me.value = await api.get<Me>("auth/me");
    } catch (error) {
      me.value = null;
      if (error instanceof Problem && error.status === 401) return false;
      if (error instanceof Problem && shopId.value && (error.status === 403 || error.status === 404)) {
        chooseShop("");
        return load();
      }
      failure.value = error;
      throw error;
    }
    if (shop.value && shop.value.id !== shopId.value) chooseShop(shop.value.id);
    return true;
  }

  function chooseShop(id: string): void {
    shopId.value = id;
    setContext({ shop: id });
    remember("shop", id);
  }

  /** Only opens the door; whoever asked then starts the desk, which loads the person with everything else. */
  async function signIn(login: string, password: string): Promise<void> {
    await api.post("auth/login", { login, password });
  }

  async function signOut(): Promise<void> {
    await api.post("auth/logout");
    me.value = null;
  }

  async function update(change: Partial<Pick<Me, "name" | "opening_line" | "locale">>): Promise<void> {
    await api.patch("auth/me", change);
    if (me.value) me.value = { ...me.value, ...change };
  }

  return { me, shop, shopId, failure, can, load, chooseShop, signIn, signOut, update };
});
