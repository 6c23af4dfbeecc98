# Tills, webhooks, and illegal exchange.
