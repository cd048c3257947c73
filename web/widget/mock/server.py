"""A pretend centre for looking at the widget while developing it: speaks docs/protocol.md section 1, keeps everything in memory.

Run `python mock/server.py [port]` after `npm run build`, then open /shop/demo or /chat/demo. What the customer writes steers it:
/drop closes the socket before the ack, /slow acks after 3 s, /error <code> refuses, /orders asks which order, /choices offers words,
/queue puts into the queue, /agent a person takes over, /offline outside hours, /rate asks for a rating, /close ends, /expire 4401,
/image and /product show one, /html tries to break the page.
"""

import asyncio
import base64
import json
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).resolve().parents[3] / "src" / "xinfu" / "static"
SHOP = {
    "slug": "demo",
    "name": "心选百货",
    "colour": "#C5412B",
    "welcome": "您好，这里是心选百货。查物流、改地址、退换货都可以直接说。",
    "locale": "zh-CN",
    "open": True,
}

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
app.mount("/pages", StaticFiles(directory=STATIC / "pages"))

threads: dict[str, "Thread"] = {}
tokens: dict[str, "Thread"] = {}
files: dict[str, tuple[str, bytes]] = {}


def now(minutes: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Thread:
    """One visitor's conversation and the sockets that look at it."""

    def __init__(self, visitor: str) -> None:
        self.visitor = visitor
        self.id = secrets.token_hex(16)
        self.messages: list[dict[str, Any]] = []
        self.stored: dict[str, int] = {}
        self.sockets: set[WebSocket] = set()
        self.state = "ai"

    def store(self, **message: Any) -> dict[str, Any]:
        stored = {"t": "msg", "seq": len(self.messages) + 1, "name": "", "kind": "text", "text": "", "at": now(), **message}
        self.messages.append(stored)
        return stored

    async def push(self, frame: dict[str, Any], but: WebSocket | None = None) -> None:
        for socket in list(self.sockets):
            if socket is not but:
                await socket.send_text(json.dumps(frame, ensure_ascii=False))

    async def say(self, text: str, sender: str = "ai", **more: Any) -> None:
        name = {"ai": "小心", "agent": "林小满", "system": ""}[sender]
        await self.push(self.store(**{"from": sender}, text=text, name=name, **more))

    async def turn(self, state: str, **more: Any) -> None:
        self.state = state
        await self.push({"t": "state", "state": state, **more})


def order(no: str, status: str, text: str, name: str, option: str, total: str, **more: Any) -> dict[str, Any]:
    line = {"name": name, "options": {"规格": option}, "quantity": 1, "image": "/pages/goods/apparel.svg"}
    return {
        "no": no, "status": status, "status_text": text, "placed_at": now(2000), "total": total,
        "currency": "CNY", "lines": [line], "gift": False, **more,
    }  # fmt: skip


ORDERS = [
    order("XX2026110500017", "shipped", "运输中", "暖山加绒连帽卫衣 男女同款 宽松版", "雾灰 L", "189.00"),
    order("XX2026110300242", "out_for_delivery", "派送中", "澄泉天然矿泉水 18.9L 桶装", "2 桶", "56.00", gift=True),
    order("XX2026102800009", "completed", "已完成", "棠釉手作汤碗 四件套", "青瓷色", "1299.00"),
]
PRODUCT = {"id": "p1", "name": "暖山加绒连帽卫衣", "image": "", "price": "189.00", "currency": "CNY", "summary": "内里加绒，零下五度也暖"}


@app.get("/widget.js")
def widget() -> FileResponse:
    return FileResponse(STATIC / "widget" / "xinfu.js", media_type="text/javascript")


@app.get("/{page}/{slug}", include_in_schema=False)
def page(page: str, slug: str) -> FileResponse:
    if page not in ("chat", "shop"):
        raise HTTPException(404)
    return FileResponse(STATIC / "pages" / f"{page}.html")


@app.post("/api/v1/widget/sessions")
def sessions(body: dict[str, Any]) -> dict[str, Any]:
    visitor = body.get("visitor") or secrets.token_hex(8)
    thread = threads.setdefault(visitor, Thread(visitor))
    token = secrets.token_urlsafe(16)
    tokens[token] = thread
    return {
        "token": token, "conversation_id": thread.id, "customer_id": thread.visitor, "visitor": visitor,
        "shop": SHOP, "last_seq": len(thread.messages), "state": thread.state,
    }  # fmt: skip


@app.get("/api/v1/widget/config")
def config(shop: str) -> dict[str, Any]:
    return SHOP


@app.get("/api/v1/widget/orders")
def orders(authorization: Annotated[str, Header()]) -> dict[str, Any]:
    return {"items": ORDERS}


@app.get("/api/v1/widget/history")
def history(authorization: Annotated[str, Header()], before: str = "") -> dict[str, Any]:
    if before:
        return {"items": [], "next": None}
    at = now(60 * 24 * 5)
    messages = [
        {"seq": 1, "from": "customer", "name": "", "kind": "text", "text": "发票能开公司抬头吗？", "at": at},
        {"seq": 2, "from": "ai", "name": "小心", "kind": "text", "text": "可以的，在订单页点「开发票」，填抬头和税号就行。", "at": at},
    ]
    return {"items": [{"t": "msg", "conversation_id": "e" * 32, **message} for message in messages], "next": "more"}


@app.post("/api/v1/widget/files")
async def upload(file: UploadFile) -> dict[str, Any]:
    content = await file.read()
    if len(content) > 5_000_000:
        raise HTTPException(413)
    key = secrets.token_hex(16)
    kind = file.content_type or "application/octet-stream"
    files[key] = (kind, content)
    return {
        "id": key, "kind": "image" if kind.startswith("image/") else "file", "name": file.filename, "size": len(content),
        "url": f"/api/v1/files/{key}?sig=x", "width": 400, "height": 300,
    }  # fmt: skip


@app.get("/api/v1/files/{key}")
def stored_file(key: str) -> Response:
    return Response(files[key][1], media_type=files[key][0])


@app.get("/api/v1/widget/products")
def products(shop: str) -> dict[str, Any]:
    rows = [
        ("暖山加绒连帽卫衣", "189.00", "服饰", "apparel", "内里加绒，零下五度也暖"),
        ("云杉 12GB 显卡 静音版", "2399.00", "显卡与处理器", "components", "双风扇，满载 32 分贝"),
        ("星野 S9 手机 256GB", "2899.00", "手机", "phones", "5000 毫安时，80 瓦快充"),
        ("棠釉手作汤碗四件套", "129.00", "易碎品", "fragile", "高温釉下彩，可进微波炉"),
        ("澄泉天然矿泉水 18.9L", "28.00", "桶装水", "heavy", "送货上楼，回收空桶"),
        ("芷兰舒缓精油 10ml", "79.00", "美妆与精油", "beauty", "薰衣草与洋甘菊，敏感肌先试用"),
        ("初芽婴儿棉柔巾 6 包", "59.00", "母婴", "baby", "纯棉，干湿两用"),
        ("静安滚筒洗衣机 10kg", "1999.00", "家电", "appliances", "含上门安装"),
    ]
    items = [
        {
            "id": f"p{i}",
            "name": name,
            "price": price,
            "currency": "CNY",
            "image": f"/pages/goods/{art}.svg",
            "summary": summary,
            "category": category,
        }
        for i, (name, price, category, art, summary) in enumerate(rows * 2)
    ]
    return {"items": items}


@app.get("/api/v1/demo/identities")
def identities() -> list[dict[str, str]]:
    def token(number: str) -> str:
        return f"e30.{base64.urlsafe_b64encode(json.dumps({'sub': number}).encode()).decode().rstrip('=')}.x"

    return [
        {"name": "苏晚晴", "note": "一单在路上，一单派送中", "identity_token": token("C1")},
        {"name": "Daniel Reed", "note": "writes English, one parcel delayed", "identity_token": token("C2")},
    ]


@app.websocket("/ws/customer")
async def customer(socket: WebSocket, token: str) -> None:
    await socket.accept()
    thread = tokens.get(token)
    if thread is None:
        await socket.close(4401)
        return
    thread.sockets.add(socket)
    try:
        while True:
            await serve(thread, socket, json.loads(await socket.receive_text()))
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        thread.sockets.discard(socket)


async def serve(thread: Thread, socket: WebSocket, frame: dict[str, Any]) -> None:
    kind = frame["t"]
    if kind == "ping":
        await socket.send_text('{"t":"pong"}')
    elif kind == "resume":
        for message in thread.messages[frame["after"] :]:
            await socket.send_text(json.dumps(message))
        await socket.send_text(json.dumps({"t": "resumed", "seq": len(thread.messages)}))
        await thread.turn(thread.state, name="小心" if thread.state == "ai" else "林小满")
    elif kind == "human":
        await hand_over(thread)
    elif kind == "send":
        await receive(thread, socket, frame)


async def receive(thread: Thread, socket: WebSocket, frame: dict[str, Any]) -> None:
    text = frame.get("text", "")
    word, _, rest = text.partition(" ")
    if word == "/error" and frame["id"] not in thread.stored:
        thread.stored[frame["id"]] = 0  # refused once; sent again it is taken
        code = rest or "overloaded"
        await socket.send_text(json.dumps({"t": "error", "code": code, "detail": "这条没有收下。", "id": frame["id"], "retry_after_s": 3}))
        return
    if not thread.stored.get(frame["id"]):
        kind = frame.get("kind", "text")
        data = {"order": {"order": ORDERS[0]}, "product": {"product": PRODUCT}}.get(kind)
        if kind in ("image", "file"):
            mime, content = files[frame["file"]]
            data = {
                "file": {
                    "id": frame["file"],
                    "name": "photo.png",
                    "size": len(content),
                    "mime": mime,
                    "url": f"/api/v1/files/{frame['file']}",
                }
            }
        stored = thread.store(**{"from": "customer"}, kind=kind, text=text, id=frame["id"], **({"data": data} if data else {}))
        thread.stored[frame["id"]] = stored["seq"]
        await thread.push(stored, but=socket)
        fresh = True
    else:
        fresh = False
    if word == "/drop" and fresh:
        await socket.close(1001)
        return
    if word == "/slow":
        await asyncio.sleep(3)
    await socket.send_text(json.dumps({"t": "ack", "id": frame["id"], "seq": thread.stored[frame["id"]], "at": now()}))
    if fresh:
        await answer(thread, socket, word, frame)


async def hand_over(thread: Thread) -> None:
    await thread.turn("queued")
    await thread.say("正在为您转人工，前面的聊天客服都能看到。", "system")
    await thread.push({"t": "queue", "position": 4, "eta_s": 130})


async def answer(thread: Thread, socket: WebSocket, word: str, frame: dict[str, Any]) -> None:
    if word == "/queue" or "人工" in frame.get("text", ""):
        await hand_over(thread)
    elif word == "/agent":
        await thread.turn("agent", name="林小满")
        await thread.say("您好，我是林小满，前面的聊天我都看过了。", "agent")
        await thread.push({"t": "read", "seq": len(thread.messages)})
    elif word == "/offline":
        await thread.turn("queued", reason="offline")
    elif word == "/rate":
        await thread.push({"t": "rate"})
    elif word == "/close":
        await thread.turn("closed")
        await thread.push({"t": "rate"})
    elif word == "/expire":
        tokens.clear()
        await socket.close(4401)
    elif word == "/orders":
        await thread.say("您要问的是哪个订单？点一下就行。", kind="orders", data={"orders": ORDERS})
    elif word == "/choices":
        await thread.say("想怎么处理？", data={"choices": ["退货", "换货", "只问问"]})
    elif word == "/html":
        await thread.say("<img src=x onerror=alert(1)> <b>粗体</b> https://example.com/帮助 javascript:alert(1)")
    else:
        await thread.push({"t": "typing"})
        await asyncio.sleep(0.6)
        await thread.say("您的包裹昨天 18:20 到了苏州转运中心，预计明天下午送到。")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8650, log_level="warning")
