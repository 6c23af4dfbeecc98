# Tills, webhooks, and illegal exchange.

poster-open = Print the counter code
poster-title = The code on your counter
poster-member = A shop that takes the card
poster-how = Scan it with a phone’s camera, type the amount, and pay with { $card }.
poster-other = For other wallet apps
poster-other-how = The same shop in the standard form (EMVCo). A phone’s camera doesn’t open it.
poster-text = What the code says
