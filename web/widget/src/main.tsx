// Where the script tag comes to life: reads its data attributes, makes one shadow root, and gives the page window.Xinfu.
//
//   <script async src="https://centre.example/widget.js" data-shop="demo" data-identity="<jwt>" data-lang="zh-CN"></script>
//
// data-page makes it the whole page (the hosted chat at /chat/<shop>); data-theme="light|dark" overrides the reader's own setting.

import { render } from "preact";
import tokens from "../../shared/tokens.css?inline";
import styles from "./style.css?inline";
import { Api } from "./api";
import { Chat } from "./chat";
import { browserShelf } from "./storage";
import { chooseLang } from "./texts";
import { App } from "./ui/App";

export interface XinfuApi {
  open(): void;
  close(): void;
  /** Ties the visitor to a customer of the shop; an empty text signs them out. */
  identify(jwt: string): void;
  /** Opens the chat and shows a product of the shop in it. */
  sendProduct(id: string): void;
}

declare global {
  interface Window {
    Xinfu?: XinfuApi;
  }
}

function start(tag: HTMLScriptElement): void {
  const { shop, identity, lang: asked, theme, page } = tag.dataset;
  const origin = new URL(tag.src, location.href).origin;
  const hosted = page !== undefined;
  const fromAddress = hosted ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();
  const slug = shop || (hosted ? decodeURIComponent(location.pathname.split("/")[2] ?? "") : "");
  if (!slug) {
    console.error("Xinfu: data-shop is missing on the script tag");
    return;
  }
  const lang = chooseLang(asked, fromAddress.get("lang"), document.documentElement.lang, navigator.language);
  const shelf = browserShelf();
  const api = new Api(origin, () => lang);
  const chat = new Chat(api, shelf, { shop: slug, identity: identity || fromAddress.get("identity") || "", lang: () => lang });

  const host = document.createElement("xinfu-chat");
  // The page's own styles must not reach the element itself; inside, the shadow root keeps them out.
  host.style.setProperty("all", "initial", "important");
  host.lang = lang;
  dress(host, theme);
  const root = host.attachShadow({ mode: "open" });
  style(root);
  document.body.append(host);

  const door = { open: (_: boolean) => undefined as void };
  render(<App chat={chat} shelf={shelf} lang={lang} page={hosted} host={host} door={door} />, root);

  window.Xinfu = {
    open: () => door.open(true),
    close: () => door.open(false),
    identify: (jwt) => chat.identify(jwt),
    sendProduct: (id) => {
      door.open(true);
      chat.sendProduct(id);
    },
  };

  window.addEventListener("online", () => chat.wake());
  window.addEventListener("offline", () => chat.lineGone());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && chat.wake());
  if (hosted || chat.hasOpenThread) chat.connect();
  else void chat.introduce();
}

/** Light or dark as the tag says, else as the reader's device does, following it when it changes. */
function dress(host: HTMLElement, theme: string | undefined): void {
  if (theme === "light" || theme === "dark") {
    host.dataset["theme"] = theme;
    return;
  }
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => void (host.dataset["theme"] = dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener?.("change", apply);
}

/** A constructed sheet passes any Content-Security-Policy; a style element is for browsers that do not know it. */
function style(root: ShadowRoot): void {
  const css = tokens.replace(/:root(\[[^\]]*\])/g, ":host($1)").replace(/:root/g, ":host") + styles;
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const element = document.createElement("style");
    element.textContent = css;
    root.append(element);
  }
}

const tag = document.currentScript as HTMLScriptElement | null;
if (tag && !window.Xinfu) {
  if (document.body) start(tag);
  else document.addEventListener("DOMContentLoaded", () => start(tag));
}
