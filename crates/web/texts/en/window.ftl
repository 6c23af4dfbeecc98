# The window's one page, hand-over, two people's yes.
