/* Start: the first calls go out before anything is drawn. */
import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import "./base.css";
import { setLocale, startLocale } from "./i18n.ts";
import { router } from "./router.ts";
import { usePrefs } from "./stores/prefs.ts";
import { startClock } from "./text/time.ts";

const app = createApp(App);
app.use(createPinia());
app.use(router);
usePrefs();
startClock();
// Drawn once, in the reader's language; should that not load, Chinese is better than nothing.
void setLocale(startLocale())
  .catch(() => undefined)
  .then(() => app.mount("#app"));
