"""What the commerce folder refuses, each with its reason."""

from xinfu.kit.errors import Refusal


class OrderNotFound(Refusal):
    code, status = "order_not_found", 404
    zh, en = "找不到这个订单。", "There is no such order."


class ProductNotFound(Refusal):
    code, status = "product_not_found", 404
    zh, en = "找不到这件商品。", "There is no such product."


class SkuTaken(Refusal):
    code, status = "sku_taken", 409
    zh, en = "货号 {sku} 已经属于另一件商品。", "The sku {sku} already belongs to another product."
