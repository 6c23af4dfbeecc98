# Gifts: people and shops that give, and the Chest's desk.
