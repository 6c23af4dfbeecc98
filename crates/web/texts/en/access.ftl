# Who may do what, and keys (API tokens).

access-title = Access
access-none-wait = No role waits to be confirmed
access-wait = { $count ->
    [one] One role waits to be confirmed
   *[other] { $count } roles wait to be confirmed
 }
access-confirm = Confirm
access-confirm-one = Confirm { $role } for { $who }
access-others-confirm = An officer confirms it who neither gave nor gets it.
access-alone = There is no other officer for access yet who could confirm
access-alone-how = Whoever runs the server stops it and makes the second officer’s key with this command. Only that officer should see the key.
access-alone-command = The command that makes the second officer’s key
access-find = Whose access do you want to see?
access-find-hint = A card number, a person’s id (per_…) or an account’s id (acc_…)
access-nobody = Nobody found
access-nobody-how = Look at the number from beginning to end. Names are not searched here.
access-without = They have no account yet. Open one, and it can be given roles.
access-ended = ended
access-no-roles = No role yet.
access-take-back = Take back
access-take-back-one = Take back { $role }
access-give = Give a role
access-role = Role
access-district = Neighbourhood
access-district-hint = Only for clerks of a neighbourhood’s counter.
access-no-district = None
access-shop = Shop
access-shop-hint = Only for a shop’s roles: its business number
access-from = First day
access-until = Last day
access-until-hint = Empty: until it is taken back.
access-give-do = Give the role
access-own = Nobody gives roles to their own account, or ends it. Another officer does.
access-sign-ins = Signed in at { $count ->
    [one] one place
   *[other] { $count } places
 }
access-end-sessions = End them all
access-end-title = End the account
access-end-what = For someone who leaves. All its roles end, and it is signed out everywhere at once. This can’t be undone.
access-end-do = End the account
access-accounts = Accounts at the counters and the city hall
access-accounts-none = None yet. Open an account and give it a role, and it stands here.
access-more = And { $count } more. Find them by their number.
access-open-title = Open an account
access-open-what = For staff who are not citizens here. For a citizen, find them by card number first.
access-open-do = Open an account
done-account-opened = The account is open. Now it can be given roles.
done-account-ended = The account has ended, and is signed out everywhere.
done-role-given = The role is given. It holds from its first day on.
done-role-waits = The role is given. It holds once another officer confirms it.
done-role-confirmed = The role is confirmed.
done-role-taken = The role is taken back. It is gone from the next page on.
field-shop-unknown = There is no such shop. Look at the 10 digits of its business number again.

tokens-title = Keys
tokens-none = No keys yet
tokens-count = { $count ->
    [one] One key is in use
   *[other] { $count } keys are in use
 }
tokens-begin = Make one, and it stands here with when it was last used.
token-new = Make a key
token-new-what = For an institution’s system, or someone of the staff. Where a role needs a second person, it opens once that one confirms.
token-new-till = Make one for each till. It takes and cancels payments, and sees no totals.
token-name = What is it for?
token-name-hint = For example: till on the ground floor
token-new-do = Make the key
token-fresh = The new key for { $name }
token-fresh-what = It is shown only here. Copy it to where it is used, and show it to nobody else.
token-number = Number
token-since = made { $time }
token-last = Last used { $time }
token-unused = No use on record
token-ends = old one, works until { $time }
token-rotate = Change (old one works a day more)
token-rotate-one = { $name }: change the key, the old one works a day more
token-leaked = It leaked: change now
token-leaked-one = { $name }: change the key, the old one ends at once
token-end = End
token-end-one = { $name }: end the key
token-end-sure = Whatever uses this key can’t come in any more, from this moment. An ended key can’t be used again.
done-token-ended = The key is ended. It opens nothing any more.
field-token-name = Say what it is for, in 60 letters at most.

refusal-role-own = Nobody does this for themself
    .why = Giving roles and ending accounts is for somebody else to do. (Standard for Safeguarding Personal Information, Art. 5)
    .remedy = Ask another officer for access.
refusal-role-second-person = Someone else has to confirm this
    .why = This role holds once an officer confirms it who neither gave nor gets it.
    .remedy = Ask another officer for access to confirm it. While there is only one, whoever runs the server makes the second one’s key with ongoeul token.
refusal-role-area = The neighbourhood doesn’t fit
    .why = A role at a neighbourhood’s counter needs one neighbourhood; any other role has none.
    .remedy = Choose the neighbourhood, or leave it empty for other roles.
refusal-role-subject = This account can’t have this role
    .why = A citizen’s role goes to a citizen’s account, and a shop’s role needs the shop. A role at the city hall has no shop.
    .remedy = Look at the role and the shop again.
refusal-role-confirmed = This role is confirmed already
    .why = Someone else was first.
    .remedy = There is nothing left to do.
refusal-account-known = They have an account already
    .why = One person has one account.
    .remedy = Find that account and give it the role.
refusal-account-unknown = There is no such account
    .why = The number is another, or the account has ended.
    .remedy = Look at the number again.
refusal-token-unknown = There is no such key
    .why = The number is another, or the key has ended.
    .remedy = Choose it from the list again.
refusal-token-guarded = This key can’t be changed here
    .why = Whoever makes another secret sees it, and could be its holder. So nobody else’s key is changed here.
    .remedy = End this key and give a new one; a second person confirms it. A till’s key is changed by the shop’s owner.
refusal-token-name = Say what the key is for
    .why = It has to be known by it later. 60 letters at most.
    .remedy = Write in a few words where it is used.
