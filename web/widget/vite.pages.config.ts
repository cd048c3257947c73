// The hosted chat page and the demo shop page: static HTML under /pages/, each loading the widget by its real script tag.

import { resolve } from "node:path";
import { defineConfig } from "vite";

const pages = resolve(import.meta.dirname, "pages");

export default defineConfig({
  root: pages,
  base: "/pages/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: ["es2019", "chrome69", "safari13"],
    outDir: resolve(import.meta.dirname, "../dist/pages"),
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: { input: { chat: resolve(pages, "chat.html"), shop: resolve(pages, "shop.html") } },
  },
});
