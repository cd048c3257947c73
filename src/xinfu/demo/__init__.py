"""The demo shop: its goods, people and customers, and simulated visitors who keep the desk busy."""
