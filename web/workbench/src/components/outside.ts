/* v-outside: close what is open when the press lands elsewhere. */
import type { Directive } from "vue";

const handlers = new WeakMap<HTMLElement, (event: PointerEvent) => void>();

export const vOutside: Directive<HTMLElement, () => void> = {
  mounted(element, { value }) {
    const handler = (event: PointerEvent): void => {
      if (!element.contains(event.target as Node)) value();
    };
    handlers.set(element, handler);
    document.addEventListener("pointerdown", handler);
  },
  unmounted(element) {
    const handler = handlers.get(element);
    if (handler) document.removeEventListener("pointerdown", handler);
  },
};
