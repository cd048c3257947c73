/* What a script's blanks are filled with, from the conversation and the customer's newest order as far as it is loaded. */
import type { Summary } from "@xinfu/shared/types";
import { computed, type ComputedRef } from "vue";
import { useCustomers } from "../../stores/customers.ts";
import { useSession } from "../../stores/session.ts";
import type { Variables } from "../../text/scripts.ts";

export function useVariables(conversation: () => Summary): ComputedRef<Variables> {
  const customers = useCustomers();
  const session = useSession();
  return computed(() => {
    const { customer_id: id, name } = conversation();
    const order = customers.orders[id]?.[0];
    const parcel = order?.parcels?.[0];
    return {
      客户: name,
      客服: session.me?.name ?? "",
      订单号: order?.no ?? "",
      物流: parcel ? `${parcel.carrier} ${parcel.tracking_no}` : "",
    };
  });
}
