// The widget as one plain script: no modules, no eval, no inline script, so that any page with a strict policy can load it.

import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: ["es2019", "chrome69", "safari13"],
    outDir: resolve(import.meta.dirname, "../dist/widget"),
    emptyOutDir: true,
    lib: { entry: resolve(import.meta.dirname, "src/main.tsx"), formats: ["iife"], name: "XinfuWidget", fileName: () => "xinfu.js" },
  },
  test: { include: ["tests/**/*.test.ts"] },
} as import("vitest/config").ViteUserConfig);
