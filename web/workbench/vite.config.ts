/* Builds the workbench into the Python package; `--mode mock` serves it against made-up data in the browser, for working on pages without a server. */
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

const server = process.env.XINFU_URL ?? "http://127.0.0.1:8000";

function mockEntry(): Plugin {
  return {
    name: "mock-entry",
    transformIndexHtml: { order: "pre", handler: (html) => html.replace("/src/main.ts", "/mock/main.ts") },
  };
}

/** early.ts as a script of its own, named first in the page and not waiting for anything. */
function earlyEntry(): Plugin {
  return {
    name: "early-entry",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: "src/early.ts", name: "early" });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) => {
        const made = Object.values(bundle ?? {}).find((one) => one.type === "chunk" && one.name === "early");
        if (!made) throw new Error("early.ts was not built");
        return [{ tag: "script", attrs: { type: "module", async: true, crossorigin: true, src: `/workbench/${made.fileName}` }, injectTo: "head-prepend" }];
      },
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: "/workbench/",
  plugins: [vue(), earlyEntry(), ...(mode === "mock" ? [mockEntry()] : [])],
  define: { __VUE_OPTIONS_API__: "false" },
  build: {
    outDir: "../dist/workbench",
    emptyOutDir: true,
    target: "es2022",
    // What every page shares is one file: each one more costs a round before anything is drawn.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: /node_modules|plugin-vue|src\/(i18n|api\/|locales\/zh|components\/AppIcon|components\/icons)/ }] } } },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: server }, "/ws": { target: server, ws: true } },
  },
}));
