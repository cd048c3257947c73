/* Which operations an order offers to whom, and what a form asks the centre for. Pure: the centre decides, this only leaves out what it would refuse. */
import type { components } from "@xinfu/shared/api.d.ts";
import type { Order } from "@xinfu/shared/types";

type Schemas = components["schemas"];
export type Preview = Schemas["PreviewOut"];
export type Done = Schemas["DoneOut"];
export type Histories = Schemas["HistoriesOut"];
export type Marks = Schemas["MarksOut"];
export type Asked = Schemas["OperationPreviewIn"]["asked"];
export type Operation = Preview["operation"];

const PERMISSION: Record<Operation, string> = {
  urge_parcel: "orders.urge",
  urge_payment: "orders.urge",
  change_address: "orders.modify",
  change_note: "orders.modify",
  change_items: "orders.reprice",
  change_payment: "orders.reprice",
  review: "orders.review",
  hold: "orders.review",
  release: "orders.review",
  intercept: "orders.review",
  invoice: "orders.invoice",
  change_invoice: "orders.invoice",
  reissue: "orders.reissue",
  cancel: "orders.cancel",
};

/** In the order they stand in the menu: harmless ones first, what ends the order last. */
const OPERATIONS = Object.keys(PERMISSION) as Operation[];

const HOUSE = ["unpaid", "paid", "packed"];
const MOVING = ["shipped", "out_for_delivery"];
const ARRIVED = ["delivered", "completed"];

type Known = Pick<Marks, "held_at" | "reviewed_at" | "intercept_at" | "invoice_asked"> | null;

/** Without marks (not fetched yet) only the status speaks. */
function fits(operation: Operation, status: string, marks: Known): boolean {
  const house = HOUSE.includes(status);
  const paid = house && status !== "unpaid";
  switch (operation) {
    case "review":
      return paid && !marks?.held_at && !marks?.reviewed_at;
    case "hold":
      return house && !marks?.held_at;
    case "release":
      return house && Boolean(marks?.held_at);
    case "intercept":
      return MOVING.includes(status) && !marks?.intercept_at;
    case "cancel":
    case "change_address":
    case "change_note":
      return house;
    case "change_items":
      return status === "unpaid" || status === "paid";
    case "change_payment":
    case "urge_payment":
      return status === "unpaid";
    case "urge_parcel":
      return paid || MOVING.includes(status);
    case "reissue":
      return MOVING.includes(status) || ARRIVED.includes(status);
    case "invoice":
      return !marks?.invoice_asked && (paid || MOVING.includes(status) || ARRIVED.includes(status));
    case "change_invoice":
      return Boolean(marks?.invoice_asked) && status !== "cancelled" && status !== "returned";
  }
}

export function offered(status: string, marks: Known, can: (permission: string) => boolean): Operation[] {
  return OPERATIONS.filter((one) => can(PERMISSION[one]) && fits(one, status, marks));
}

/** Everything any operation may ask for. `to` and `again` by line. */
export interface Form {
  reason: string;
  note: string;
  receiver: string;
  phone: string;
  address: string;
  method: string;
  title: string;
  taxNo: string;
  email: string;
  electronic: boolean;
  to: Record<number, string>;
  again: Record<number, number>;
}

export function emptyForm(order: Pick<Order, "note">): Form {
  return { reason: "", note: order.note, receiver: "", phone: "", address: "", method: "", title: "", taxNo: "", email: "", electronic: true, to: {}, again: {} };
}

/** What the form asks for; null while something needed is still missing. */
export function askedOf(operation: Operation, form: Form): Asked | null {
  const reason = form.reason.trim();
  switch (operation) {
    case "hold":
    case "intercept":
    case "cancel":
      return { operation, reason };
    case "review":
      return { operation, note: reason };
    case "urge_parcel":
      return { operation, words: reason };
    case "release":
    case "urge_payment":
      return { operation };
    case "change_note":
      return { operation, note: form.note.trim() };
    case "change_address": {
      const changed = { receiver: form.receiver.trim(), phone: form.phone.trim(), address: form.address.trim() };
      const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value));
      return Object.keys(given).length ? { operation, ...given } : null;
    }
    case "change_payment":
      return form.method.trim() ? { operation, method: form.method.trim() } : null;
    case "change_items": {
      const changes = Object.entries(form.to).filter(([, sku]) => sku).map(([line, to_sku]) => ({ line: Number(line), to_sku }));
      return changes.length ? { operation, changes, method: "" } : null;
    }
    case "reissue": {
      const items = Object.entries(form.again).filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ line: Number(line), quantity }));
      return items.length ? { operation, items, reason } : null;
    }
    case "invoice":
    case "change_invoice":
      return form.title.trim() ? { operation, title: form.title.trim(), tax_no: form.taxNo.trim(), email: form.email.trim(), electronic: form.electronic } : null;
  }
}

/** Whether an amount as text is anything at all. */
export function some(amount: string): boolean {
  return /[1-9]/.test(amount);
}

/** A key of one's own per preview: sent again after a lost line it gets the first answer. */
export function freshKey(): string {
  return `desk-${crypto.randomUUID()}`;
}
