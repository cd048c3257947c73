"""Xinfu 心服: a customer-service centre for e-commerce. Start reading at app.py; the folders are the parts of the business."""

__version__ = "0.1.0"
