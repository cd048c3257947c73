// Every word of the demo shop page that is not a product's own.

import type { Lang } from "../src/texts";

interface ShopTexts {
  shop: string;
  search: string;
  orders: string;
  signed_in: string;
  visitor: string;
  categories: string;
  all: string;
  ask: string;
  loading: string;
  failed: string;
  none: string;
  promises: string[];
  footer: string;
}

export const SHOP_TEXTS: Record<Lang, ShopTexts> = {
  "zh-CN": {
    shop: "心选百货",
    search: "搜商品",
    orders: "联系客服",
    signed_in: "身份",
    visitor: "访客",
    categories: "商品分类",
    all: "全部",
    ask: "问这件",
    loading: "正在上架…",
    failed: "商品没取到，请刷新再试。",
    none: "没有找到，换个词试试，或者问问客服。",
    promises: ["满 99 元包邮", "七天无理由退货", "破损包赔", "客服全天在线"],
    footer: "这是演示店铺，商品、订单和人物都是虚构的。",
  },
  en: {
    shop: "Heartpick Store",
    search: "Search products",
    orders: "Contact us",
    signed_in: "You are",
    visitor: "a visitor",
    categories: "Categories",
    all: "All",
    ask: "Ask about it",
    loading: "Filling the shelves…",
    failed: "The products did not load. Please reload the page.",
    none: "Nothing found. Try another word, or ask us.",
    promises: ["Free delivery from ¥99", "7 days to return", "Breakage covered", "Here day and night"],
    footer: "This is a demo shop. Its goods, orders and people are invented.",
  },
};
