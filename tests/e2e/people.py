"""The two sides of the counter in a real browser: a customer on the hosted page, a member of staff at the workbench."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from tests.demo_centre import DemoCentre

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 800}
PATIENCE_MS = 10_000

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Person:
    """A page in a context of its own: nobody else's cookies, storage or sockets."""

    def __init__(self, browser: Browser, locale: str, size: ViewportSize) -> None:
        self.context = browser.new_context(locale=locale, viewport=size)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()

    def leave(self) -> None:
        self.context.close()


class Customer(Person):
    """Someone on the shop's chat page."""

    def __init__(self, browser: Browser, centre: DemoCentre) -> None:
        super().__init__(browser, "zh-CN", DESKTOP)
        self.page.goto(f"{centre.url}/chat/{centre.shop}")

    def write(self, text: str) -> None:
        self.page.get_by_label("说说您的问题").fill(text)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".line.mine:not(.waiting)", has_text=text)).to_have_count(1)

    def ask_for_person(self) -> None:
        self.page.locator(".chip.human").click()
        expect(self.page.locator(".serving")).to_have_class(re.compile("queued|agent"))

    def reads_once(self, text: str) -> None:
        expect(self.page.locator(".line:not(.mine) .bubble", has_text=text)).to_have_count(1)

    def never_saw(self, text: str) -> None:
        """Neither on the page nor in anything the centre gives this customer after a fresh start."""
        expect(self.page.get_by_text(text)).to_have_count(0)
        self.page.reload()
        expect(self.page.locator(".line.mine").first).to_be_visible()
        expect(self.page.get_by_text(text)).to_have_count(0)


class Colleague(Person):
    """Someone signed in at the workbench; what they send leaves at once unless they want to be able to take it back."""

    def __init__(self, browser: Browser, centre: DemoCentre, login: str, locale: str = "zh-CN", size: ViewportSize = DESKTOP) -> None:
        super().__init__(browser, locale, size)
        self.page.add_init_script("localStorage.setItem('xinfu.undo', '0')")
        self.page.goto(f"{centre.url}/workbench/")
        self.page.locator("input[autocomplete=username]").fill(login)
        self.page.locator("input[type=password]").fill(centre.password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".me .face")).to_be_visible()

    @property
    def word(self) -> Locator:
        return self.page.locator(".me .word")

    def be(self, state: str) -> None:
        self.page.locator(".me .face").click()
        self.page.get_by_role("menuitemradio", name=state, exact=True).click()
        expect(self.word).to_have_text(state)

    def view(self, name: str) -> None:
        self.page.locator(".pane").get_by_role("tab", name=name).click()

    def row(self, text: str) -> Locator:
        return self.page.locator(".pane .row-button", has_text=text)

    @property
    def composer(self) -> Locator:
        return self.page.locator(".composer textarea")

    def answer(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, text: str) -> None:
        expect(self.page.locator(".chat-pane .scroll").get_by_text(text).first).to_be_visible()

    def act(self, name: str) -> None:
        """One of the conversation's actions, from the full menu so that it does not matter which ones have buttons."""
        self.page.get_by_role("button", name="更多操作").click()
        self.page.get_by_role("menuitem", name=name, exact=True).click()

    def go(self, where: str) -> None:
        self.page.evaluate("where => { location.hash = where }", f"#/{where}")


def here(url: str) -> str:
    """The conversation an open workbench page shows."""
    return url.rpartition("/")[2]
