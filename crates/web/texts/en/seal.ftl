# The seal of the books, and verifying them.
