# Shops joining, settlement, bank files.
