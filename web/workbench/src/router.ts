/* Pages. Reception is in the first load, the others come when they are opened. The address lives behind the #, so that any server of files will do. */
import { createRouter, createWebHashHistory } from "vue-router";
import ReceptionPage from "./pages/reception/ReceptionPage.vue";
import type { IconName } from "./components/icons.ts";

export interface PageLink {
  name: string;
  path: string;
  icon: IconName;
  /** Any of these permissions shows the page. */
  needs: readonly string[];
}

export const pages: readonly PageLink[] = [
  { name: "desk", path: "/desk", icon: "chat", needs: ["conversations.serve", "conversations.read_all"] },
  { name: "wall", path: "/wall", icon: "wall", needs: ["conversations.read_all"] },
  { name: "aftersales", path: "/aftersales", icon: "box", needs: ["aftersales.read"] },
  { name: "risk", path: "/risk", icon: "shield", needs: ["risk.read"] },
  { name: "customers", path: "/customers", icon: "people", needs: ["customers.read"] },
  { name: "knowledge", path: "/knowledge", icon: "book", needs: ["knowledge.read"] },
  { name: "ai", path: "/ai", icon: "ai", needs: ["knowledge.edit"] },
  { name: "training", path: "/training", icon: "spark", needs: ["understanding.train"] },
  { name: "settings", path: "/settings", icon: "gear", needs: ["settings.read", "staff.read"] },
  { name: "audit", path: "/audit", icon: "audit", needs: ["audit.read"] },
];

export const router = createRouter({
  history: createWebHashHistory("/workbench/"),
  routes: [
    { path: "/", redirect: "/desk" },
    { path: "/desk/:id?", name: "desk", component: ReceptionPage },
    { path: "/wall", name: "wall", component: () => import("./pages/wall/WallPage.vue") },
    {
      path: "/aftersales",
      name: "aftersales",
      component: () => import("./pages/aftersales/AftersalesPage.vue"),
      redirect: "/aftersales/cases",
      children: [
        { path: "cases/:number?", component: () => import("./pages/cases/CasesPage.vue") },
        { path: "approvals/:id?", component: () => import("./pages/authority/ApprovalsPage.vue") },
        { path: "ledger", component: () => import("./pages/authority/LedgerPage.vue") },
        { path: "packs", component: () => import("./pages/packs/PacksPage.vue") },
        { path: "listings/:id?", component: () => import("./pages/listing/ListingsPage.vue") },
      ],
    },
    { path: "/risk/:tab?/:id?", name: "risk", component: () => import("./pages/risk/RiskPage.vue") },
    { path: "/customers/:id?", name: "customers", component: () => import("./pages/customers/CustomersPage.vue") },
    { path: "/knowledge/:tab?/:id?", name: "knowledge", component: () => import("./pages/knowledge/KnowledgePage.vue") },
    { path: "/ai", name: "ai", component: () => import("./pages/ai/AiPage.vue") },
    { path: "/training/:tab?", name: "training", component: () => import("./pages/training/TrainingPage.vue") },
    { path: "/settings/:tab?", name: "settings", component: () => import("./pages/settings/SettingsPage.vue") },
    { path: "/audit", name: "audit", component: () => import("./pages/audit/AuditPage.vue") },
    { path: "/:rest(.*)*", redirect: "/desk" },
  ],
});
