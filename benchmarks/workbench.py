"""How fast the workbench is for someone at it, in a real Chromium against a running centre.

    python benchmarks/workbench.py --url http://127.0.0.1:8600 --login lead1 [--password …] [--rounds 7] [--json]

Each round is a fresh browser context, signed in beforehand, whose cache one earlier visit has warmed. Measured by the page's own clock:
from the start of the navigation to the first conversation in the list, and from the click on one to its words on the screen (the next
painted frame). Counts the API calls of each, and the compressed bytes of a first load with an empty cache.
"""

import argparse
import json
import shutil
import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

PATIENCE_MS = 30_000

WATCH = """
(() => {
  const marks = (window.benchmark = {});
  const note = (name, selector) => {
    if (marks[name] || !document.querySelector(selector)) return;
    marks[name] = -1;
    requestAnimationFrame(() => requestAnimationFrame(() => (marks[name] = performance.now())));
  };
  new MutationObserver(() => {
    note("list", ".pane .row-button");
    note("chat", ".chat-pane .scroll .bubble, .chat-pane .scroll .folded");
  }).observe(document, { childList: true, subtree: true });
  addEventListener("click", (event) => {
    if (event.target.closest(".row-button")) marks.click = event.timeStamp;
  }, true);
})();
"""
CALLS = "since => performance.getEntriesByType('resource').filter(e => e.name.includes('/api/') && e.startTime >= since).length"
BYTES = "performance.getEntries().reduce((sum, e) => sum + (e.transferSize ?? 0), 0)"


def sign_in(browser: Browser, url: str, login: str, password: str) -> StorageState:
    """The cookies of someone signed in who serves a customer, and stays: signing in and accepting is not what is measured."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{url}/workbench/")
    page.locator("input[autocomplete=username]").fill(login)
    page.locator("input[type=password]").fill(password)
    page.keyboard.press("Enter")
    page.locator(".me .face").wait_for()
    page.wait_for_load_state("networkidle")
    if page.locator(".pane .row-button").count() == 0:
        page.locator(".pane [role=tab]").nth(1).click()
        page.locator(".pane .row-button").last.click()
        page.locator(".composer .bar .button.primary").first.click()
        page.locator(".composer .modes").wait_for()
    return context.storage_state()


def marked(page: Page, name: str) -> float:
    page.wait_for_function("name => window.benchmark[name] > 0", arg=name, timeout=PATIENCE_MS)
    return float(page.evaluate("name => window.benchmark[name]", name))


def to_list(page: Page, url: str) -> None:
    page.goto(f"{url}/workbench/#/desk")
    page.locator(".pane [role=tab]").first.wait_for()


def one_round(browser: Browser, url: str, state: StorageState) -> dict[str, float]:
    context = browser.new_context(locale="zh-CN", storage_state=state, viewport={"width": 1440, "height": 900})
    warm = context.new_page()
    to_list(warm, url)
    warm.wait_for_load_state("networkidle")
    cold_bytes = float(warm.evaluate(BYTES))
    warm.close()
    page = context.new_page()
    page.add_init_script(WATCH)
    to_list(page, url)
    found = {"first_load_kb": cold_bytes / 1024, "list_ms": marked(page, "list"), "list_calls": float(page.evaluate(CALLS, 0))}
    page.locator(".pane .row-button").first.click()
    shown = marked(page, "chat")
    clicked = float(page.evaluate("window.benchmark.click"))
    found |= {"open_ms": shown - clicked, "open_calls": float(page.evaluate(CALLS, clicked))}
    context.close()
    return found


def measure(url: str, login: str, password: str, rounds: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        state = sign_in(browser, url, login, password)
        runs = [one_round(browser, url, state) for _ in range(rounds)]
        version = browser.version
        browser.close()
    medians = {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}
    return {"chromium": version, "rounds": rounds, **medians}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--login", default="lead1", help="someone who serves a customer, or can take one from the queue")
    parser.add_argument("--password", default="xinfu-demo-2026")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.url.rstrip("/"), options.login, options.password, options.rounds)
    if options.json:
        json.dump(found, sys.stdout)
        return
    for name, value in found.items():
        print(f"{name:>14}  {value}")


if __name__ == "__main__":
    main()
