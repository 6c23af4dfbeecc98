# The window's one page, hand-over, two people's yes.

account-ways = Ways in
account-passkeys = Passkeys
account-passkeys-what = Come in with your phone or a security key. Make another, or remove one.
account-links = Other sign-ins
account-links-what = See which other houses’ sign-ins are linked to this account, and unlink them.
