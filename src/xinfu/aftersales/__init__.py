"""After-sales: what customers ask for after they bought, judged by the shop's policy as data."""
