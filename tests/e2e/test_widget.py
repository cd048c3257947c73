"""The customer's chat in a real browser: what is said arrives once, whatever the page, the network or the customer does."""

import re
import shutil
import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

pytestmark = pytest.mark.e2e

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Centre(Protocol):
    url: str
    shop: str


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def foreign_shop(centre: Centre) -> Iterator[str]:
    """A shop's own site on another origin, with styles that would ruin anything they reached."""
    html = f"""<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><style>
        * {{ color: lime !important; font-size: 11px !important; }} button, textarea {{ display: none !important; }}
        xinfu-chat, div {{ position: absolute; left: -9999px; transform: scale(0); }}
    </style></head><body><h1>别人的店</h1>
    <script async src="{centre.url}/widget.js" data-shop="{centre.shop}"></script></body></html>""".encode()

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def open_chat(visitor: BrowserContext, centre: Centre) -> Page:
    page = visitor.new_page()
    page.goto(f"{centre.url}/chat/{centre.shop}")
    return page


def write(page: Page, text: str) -> None:
    page.get_by_label("说说您的问题").fill(text)
    page.keyboard.press("Enter")


def own(page: Page, text: str) -> None:
    """The words stand in the conversation exactly once, stored."""
    expect(page.locator(".line.mine:not(.waiting)", has_text=text)).to_have_count(1)
    expect(page.locator(".line.waiting")).to_have_count(0)


def test_a_visitor_is_answered_and_finds_the_conversation_again_after_a_reload(visitor: BrowserContext, centre: Centre) -> None:
    page = open_chat(visitor, centre)
    write(page, "你们几天能发货")
    own(page, "你们几天能发货")
    expect(page.locator(".line.ai .mark").first).to_be_visible()
    page.reload()
    own(page, "你们几天能发货")


def test_words_written_while_the_centre_cannot_be_reached_are_kept_over_a_reload_and_stored_once(
    visitor: BrowserContext, centre: Centre
) -> None:
    page = visitor.new_page()
    page.route("**/api/v1/widget/sessions", lambda route: route.abort())
    page.goto(f"{centre.url}/chat/{centre.shop}")
    write(page, "断网时写的话")
    expect(page.get_by_text("待发送")).to_be_visible()
    page.unroute_all()
    page.reload()
    own(page, "断网时写的话")
    page.reload()
    own(page, "断网时写的话")


def test_a_person_can_be_asked_for_at_any_time(visitor: BrowserContext, centre: Centre) -> None:
    page = open_chat(visitor, centre)
    page.get_by_role("button", name="转人工").click()
    expect(page.locator(".serving")).to_have_class(re.compile(r"queued|agent"))


def test_what_looks_like_code_is_shown_as_words(visitor: BrowserContext, centre: Centre) -> None:
    page = open_chat(visitor, centre)
    code = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
    write(page, code)
    own(page, code)
    page.reload()
    own(page, code)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".log img[src='x']").count() == 0


def test_a_picture_is_sent_shown_and_can_be_looked_at_closely(visitor: BrowserContext, centre: Centre, tmp_path: Path) -> None:
    picture = tmp_path / "damage.png"
    picture.write_bytes(_png(40, 30))
    page = open_chat(visitor, centre)
    page.locator("input[type=file]").first.set_input_files(picture)
    shown = page.locator(".line.mine:not(.waiting) .picture")
    expect(shown).to_have_count(1)
    shown.click()
    expect(page.locator(".zoom img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".zoom")).to_have_count(0)


def test_a_large_picture_is_made_smaller_before_it_travels(visitor: BrowserContext, centre: Centre, tmp_path: Path) -> None:
    picture = tmp_path / "screenshot.png"
    picture.write_bytes(_png(4096, 1024))
    page = open_chat(visitor, centre)
    with page.expect_response(lambda answer: answer.url.endswith("/widget/files")) as stored:
        page.locator("input[type=file]").first.set_input_files(picture)
    made = stored.value.json()
    assert (made["width"], made["height"]) == (2048, 512)
    assert made["name"] == "screenshot.webp"


def test_a_line_that_is_gone_is_told_and_so_is_nothing_when_it_is_back(visitor: BrowserContext, centre: Centre) -> None:
    page = open_chat(visitor, centre)
    write(page, "你们几天能发货")
    own(page, "你们几天能发货")
    visitor.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    write(page, "退货运费谁出")
    expect(page.locator(".bar")).to_contain_text("网络断开了")
    visitor.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    own(page, "退货运费谁出")
    expect(page.locator(".bar")).to_have_count(0)


def test_one_script_tag_works_on_another_site_whatever_its_styles(visitor: BrowserContext, foreign_shop: str) -> None:
    page = visitor.new_page()
    page.goto(foreign_shop)
    page.get_by_role("button", name="打开在线客服").click()
    write(page, "从别的网站来问一句")
    own(page, "从别的网站来问一句")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "11px"


def test_the_keyboard_opens_keeps_inside_and_closes_the_window(visitor: BrowserContext, foreign_shop: str) -> None:
    page = visitor.new_page()
    page.goto(foreign_shop)
    launcher = page.get_by_role("button", name="打开在线客服")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("说说您的问题")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('xinfu-chat').shadowRoot.activeElement?.closest('.panel') !== null")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(launcher).to_be_focused()


def test_the_page_can_open_close_and_show_a_product(visitor: BrowserContext, centre: Centre, foreign_shop: str) -> None:
    page = visitor.new_page()
    page.goto(foreign_shop)
    page.wait_for_function("window.Xinfu")
    products = page.request.get(f"{centre.url}/api/v1/widget/products", params={"shop": centre.shop}).json()["items"]
    page.evaluate("id => window.Xinfu.sendProduct(id)", products[0]["id"])
    expect(page.locator(".line.mine .card.product")).to_contain_text(products[0]["name"])
    page.evaluate("window.Xinfu.close()")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_english_reader_on_a_phone_gets_english_on_the_whole_screen(chromium: Browser, centre: Centre) -> None:
    context = chromium.new_context(locale="en-US", viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{centre.url}/chat/{centre.shop}")
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\x00" + b"\xc5\x41\x2b" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
