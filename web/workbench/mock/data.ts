/* Made-up people, orders and talk for working on pages without a server. Nothing of it is in the bundle. */
import type { AgentPresence, CustomerProfile, Emotion, Me, Message, MessageData, Note, NoteKind, Order, Sender, Summary } from "@xinfu/shared/types";

export const start = Date.now();
export const ME = "a".repeat(32);
const SHOP = "5".repeat(32);
const id = (n: number): string => n.toString(16).padStart(32, "0");
const MINUTE = 60_000;

export const me: Me = {
  id: ME, login: "lin", name: "林晓雨", role: "owner", locale: "zh-CN", password_once: false, opening_line: "您好，我是小林，您的问题我来跟进。",
  shops: [{ id: SHOP, slug: "demo", name: "小满生活馆" }, { id: "6".repeat(32), slug: "second", name: "Second shop" }],
  permissions: ["conversations.serve", "conversations.read_all", "conversations.lead", "customers.read", "customers.edit", "customers.unmask", "orders.read", "orders.import", "knowledge.read", "knowledge.edit", "scripts.shared_edit", "staff.read", "staff.manage", "roles.manage", "settings.read", "settings.edit", "tokens.manage", "audit.read", "metrics.read"],
};

export const agents: AgentPresence[] = [
  { id: ME, name: "林晓雨", role: "owner", state: "online", reason: "", since: start - 95 * MINUTE, load: 4, capacity: 5 },
  { id: id(901), name: "陈一诺", role: "agent", state: "online", reason: "", since: start - 60 * MINUTE, load: 2, capacity: 5 },
  { id: id(902), name: "周可", role: "agent", state: "busy", reason: "", since: start - 12 * MINUTE, load: 5, capacity: 5 },
  { id: id(903), name: "吴思远", role: "lead", state: "online", reason: "", since: start - 180 * MINUTE, load: 0, capacity: 5 },
  { id: id(904), name: "郑南", role: "agent", state: "break", reason: "吃饭", since: start - 22 * MINUTE, load: 0, capacity: 5 },
  { id: id(905), name: "何青", role: "specialist", state: "acw", reason: "", since: start - 3 * MINUTE, load: 1, capacity: 5 },
  { id: id(906), name: "许诺", role: "agent", state: "offline", reason: "", since: start - 600 * MINUTE, load: 0, capacity: 5 },
];

type Row = [name: string, state: Summary["state"], emotion: Emotion, intensity: number, text: string, waitedS: number | null, unread: number, intent: string, stage: string, vip: number];
const rows: Row[] = [
  ["王可心", "agent", "anger", 3, "三天了还没有动静，你们到底发没发货？", 41, 2, "logistics_exception", "mid", 2],
  ["访客 4821", "agent", "anxiety", 2, "后天要用，来得及吗", 19, 1, "delivery_schedule", "mid", 0],
  ["赵小满", "agent", "confusion", 1, "这款精油孕妇可以用吗？", 8, 1, "product_usage", "pre", 0],
  ["钱多多", "agent", "happiness", 1, "好的好的，谢谢你呀", null, 0, "thanks_bye", "after", 1],
  ["孙立", "queued", "loss", 2, "转人工", 96, 3, "refund_request", "after", 0],
  ["Maria Stone", "queued", "worry", 1, "Where is my parcel? It should be here by now.", 34, 1, "logistics_tracking", "mid", 0],
  ["李木子", "ai", "calm", 0, "有没有 40 码的？", null, 0, "stock", "pre", 0],
  ["访客 1077", "ai", "calm", 0, "发票怎么开", null, 0, "invoice", "any", 0],
  ["冯夏", "agent", "worry", 2, "宝宝身上起了红点", 12, 1, "complaint", "after", 3],
  ["褚言", "agent", "calm", 0, "那我再看看", null, 0, "price", "pre", 0],
  ["卫东", "closed", "calm", 0, "收到了，没问题", null, 0, "order_status", "after", 0],
];

export const conversations: Summary[] = rows.map(([name, state, emotion, intensity, text, waited, unread, intent, stage, vip], i) => ({
  id: id(i + 1), shop_id: SHOP, customer_id: id(100 + i), name, channel: "widget", state, language: /[a-z]/i.test(name[0] ?? "") ? "en" : "zh", vip, stage, intent, emotion, intensity,
  danger: name === "冯夏" ? "allergy" : null, last_seq: 9, last_note: 2, last_at: start - (waited ?? 300 + i * 400) * 1000, last_text: text, last_sender: waited === null && state !== "agent" ? "ai" : "customer", unread,
  agent_read: 9 - unread, customer_read: 8, waiting_since: waited === null ? null : start - waited * 1000, queued_at: state === "queued" ? start - 96_000 : null, handed_at: state === "agent" ? start - 10 * MINUTE : null,
  first_response_ms: i % 2 ? 9000 : null, assignee_id: state === "agent" ? (i >= 8 ? id(901) : ME) : null, assignee: state === "agent" ? (i >= 8 ? "陈一诺" : "林晓雨") : "", offered_to: null, offered_at: null, skill: "", priority: name === "冯夏" ? 2 : 0,
  opened_at: start - 30 * MINUTE, closed_at: state === "closed" ? start - 5 * MINUTE : null, rating: state === "closed" ? 5 : null, rating_asked: false, spared: false, consulting: null, curve: [0, 8, 12, 13, 17, 18, 25, 26, 27].slice(0, 3 + (i % 7)),
  tags: i === 0 ? ["催发货"] : [], outcome: state === "closed" ? "solved" : "", callback: "", excluded: false, version: 1,
}));

export const order: Order = {
  id: id(700), customer_id: id(100), paid_at: start - 4 * 24 * 60 * MINUTE, no: "202611180004512", status: "shipped", status_text: "运输中", placed_at: start - 4 * 24 * 60 * MINUTE, total: "1299.00", freight: "0.00", currency: "CNY", gift: true, note: "请放门口",
  lines: [
    { sku: "YG-M", product_id: "", name: "云感保暖羽绒服 女款中长", options: [{ name: "颜色", value: "月白" }, { name: "尺码", value: "M" }], quantity: 1, image: "", price: "1199.00" },
    { sku: "WJ", product_id: "", name: "羊毛围巾", options: [{ name: "颜色", value: "驼" }], quantity: 1, image: "", price: "100.00" },
  ],
  receiver: "李**", receiver_phone: "138****0002", address: "示例省示例市示例路***", parcels: [{ carrier: "示例快递", tracking_no: "SL0000123456", promised_by: start + 24 * 60 * MINUTE, scans: [] }],
  timeline: [
    { key: "placed", text: "下单", at: start - 96 * 60 * MINUTE, done: true, detail: "" }, { key: "paid", text: "付款", at: start - 95.9 * 60 * MINUTE, done: true, detail: "" },
    { key: "handed_over", text: "交给快递", at: start - 50 * 60 * MINUTE, done: true, detail: "示例快递 SL0000123456" }, { key: "in_transit", text: "运输中", at: start - 30 * 60 * MINUTE, done: true, detail: "已到示例市转运中心" },
    { key: "out_for_delivery", text: "派送", at: null, done: false, detail: "" }, { key: "signed", text: "签收", at: null, done: false, detail: "" },
  ],
};
export const orders: Order[] = [order, { ...order, no: "202610020001277", status: "completed", status_text: "已完成", gift: false, total: "89.90", placed_at: start - 50 * 24 * 60 * MINUTE, lines: [{ sku: "JY", product_id: "", price: "89.90", name: "薰衣草精油 10 ml", options: [], quantity: 1, image: "" }] }];

export const profile: CustomerProfile = {
  id: id(100), number: "C000128", name: "王**", phone: "138****0001", vip: 2, tags: ["老客户", "常买童装"], language: "zh", known: true, created_at: start - 400 * 24 * 60 * MINUTE, email: "w***@example.com",
  addresses: [{ receiver: "李**", phone: "138****0002", address: "示例省示例市示例路***" }], channels: ["widget"], may_unmask: true,
  notes: [{ id: id(800), author: "陈一诺", text: "说话急，但讲道理。先给进度再解释。", at: start - 20 * 24 * 60 * MINUTE }],
};

const talk: [Sender, string, MessageData?][] = [
  ["customer", "在吗"], ["ai", "您好，我是小心。请问有什么可以帮您？"], ["customer", "我的羽绒服到哪了"],
  ["ai", "您 11 月 18 日下的单已交给示例快递，现在在示例市转运中心，预计明天送到。", { sources: [{ kind: "order", id: order.no, title: order.no }, { kind: "parcel", id: "p", title: "示例快递 SL0000123456" }] }],
  ["customer", "昨天就说明天，到底什么时候？我要人工"], ["ai", "是我们没有说准，抱歉让您一直等。马上请同事来帮您，前面的内容 ta 都能看到。"],
  ["agent", "王女士您好，我是小林。我先看一下快递现在在哪。"], ["customer", "快点"], ["customer", "三天了还没有动静，你们到底发没发货？"],
];

export function messagesOf(c: Summary): Message[] {
  return talk.map(([sender, text, data], i) => ({
    conversation_id: c.id, seq: i + 1, sender, sender_id: sender === "agent" ? ME : id(5), name: sender === "customer" ? c.name : sender === "ai" ? "小心" : "林晓雨", kind: i === 7 ? "order" : "text",
    text: i === talk.length - 1 ? c.last_text : i === 7 ? "" : text, at: start - (talk.length - i) * 70_000, data: i === 7 ? { order: { ...order, lines: order.lines.map((line) => ({ ...line, options: "月白 / M" })) } } : data,
  }));
}

export function notesOf(c: Summary): Note[] {
  const make = (n: number, after: number, kind: NoteKind, author: string, text: string, data: Record<string, unknown> = {}): Note => ({ conversation_id: c.id, n, after_seq: after, kind, author_id: id(903), author, text, at: start - (9 - after) * 70_000, data });
  return [
    make(1, 6, "handover", "小心", "客户要人工", { who: "老客户，VIP 2 级，买过 7 次", want: "知道羽绒服今天在哪、哪天一定能到", tried: ["查了订单和物流", "说明了预计明天送到"], promised: ["同事马上接手"], mood: "生气，越来越急", next: "先给快递最新位置，再给一个能做到的时间" }),
    make(2, 6, "event", "林晓雨", "accepted"), make(3, 7, "whisper", "吴思远", "这位是第二次催了，先道歉再给时间点。需要的话可以补偿运费券。"), make(4, 7, "note", "林晓雨", "已联系快递站点，等回电。"),
  ];
}
