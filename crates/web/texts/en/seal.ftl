# The seal of the books, and checking it.

verify-link = Check a receipt
verify-page-title = Check a receipt
verify-lead = Upload the receipt file you were given, or paste what is in it. We check from the file alone whether the payment stands in the sealed books. Files of “Is my money in it?” are checked here too.
verify-file = Receipt file
verify-text = Or what is in it
verify-check = Check it
verify-privacy = We don’t keep what you check.
verify-another = Check another file
verify-closed = Whoever made the file chose not to show { $count } parts, such as what is left on the card.
verify-holds = It is just as it was sealed: this stands in the books
verify-holds-float = It is: this amount is in the total
verify-float-kind = Money held
verify-empty = There is no file to check
    .why = Choose a file, or paste what is in it.
verify-form = This is no receipt file
    .why = It takes the whole file as it was downloaded from a receipt’s page. A photo or a screenshot can’t be checked.
verify-path = This is not what was sealed
    .why = The file was changed, or is of other books. Ask whoever gave it to you for a new one.
verify-note = The signature is wrong
    .why = Somebody changed the seal in the file. Don’t trust it.
verify-other-log = This receipt is from elsewhere
    .why = It isn’t signed with this city’s key.
verify-statement = This statement contradicts itself
    .why = The signature is right, but the totals differ. Please call the card’s help line.
verify-sum = This amount is not in the total
    .why = The file was changed, or is of another day. Download a new one.
verify-no-seal = These books are not sealed yet
verify-no-seal-how = Once they are, anyone can check here.
verify-yourself = You don’t need this page
verify-yourself-what = { $count } postings are sealed so far. With the public key alone you can do the same on your own computer, without the internet.
verify-key = This city’s key
verify-command = Command
verify-checkpoint = See the seal now

proved-at = When
proved-shop = Shop
proved-order = Order
proved-reward = Cashback
proved-number = Number in the books
proved-sealed = Sealed
proved-sealed-in = in a seal over { $count } postings
proved-holder = Whose money
proved-day = Of which day
proved-owed = All that the card owes

float-link = Proof of the money held
float-title = Proof of the money held
float-holds = All the money held is there
float-fails = What is held is not what is owed
float-lead = As of { $at }, up to number { $posting } in the books. It is counted and signed anew each night.
float-owes = What the card owes
float-backs = Where that money is
float-sum = Total
float-accounts = { $count ->
    [one] One account
   *[other] { $count } accounts
}
float-advances = Advanced to shops
float-advances-all = { $count ->
    [one] The shop
   *[other] The { $count } shops
  }
float-advances-what = Money sent ahead to shops whose customers paid in advance. It falls as they use it.
float-own = Is my money in it?
float-own-in = Yes. { $amount } of yours were in the total then.
float-own-file = Download the proof
float-own-what = The file holds your amount and a few totals without names. Nobody else’s name or balance can be read from it.
float-own-check = Check the file
float-own-nothing = Nothing of yours was on the card then.
float-own-sign-in = Come in to see whether your money is in this total.
float-sign-in = Come in
float-how = Why believe it?
float-how-what = Each night all accounts are added up and signed. A signed statement can’t be changed, and auditors count the books from the beginning to see that the same amounts come out.
float-signed = See the signed statement
float-none = There is no statement yet
float-none-how = The first one appears here when the day changes.
float-earlier-all = { $count ->
    [one] The one day
   *[other] The { $count } days
}
float-earlier = Earlier statements

receipt-file-title = Receipt file
receipt-file-what = With it you can show anyone that this stands in the sealed books. The file to show tells shop, amount, time and order number only: no cashback, no balance.
receipt-file-show = Download one to show
receipt-file-all = Download one to keep

seal-title = The seal
seal-sealed = { $count } postings are sealed.
seal-waiting = { $count } are waiting to be sealed.
seal-level = None are waiting.
seal-failing = Postings can’t be sealed. The server’s log says why.
seal-none = These books are not sealed.

refusal-seal-none = These books are not sealed
    .why = This city does not seal its books yet.
    .remedy = Once it does, there are receipt files.
refusal-seal-waiting = It isn’t sealed yet
    .why = What was done just now is sealed within seconds.
    .remedy = Download it again in a moment.
refusal-float-none = There is no amount to prove
    .why = There is no statement yet, or nothing was held for you when it was made.
    .remedy = Look again after the day has changed.
refusal-verify-form = This can’t be read
    .why = What was sent is neither a file nor a text.
    .remedy = Choose a file on the page, or paste what is in it.
look-what-audit-pack = Put a payout account into an auditor’s pack

# Records whose time is over
history-disposed = What was up to { $until } is gone: its time was over. A receipt file you kept from then can still be checked.
refusal-posting-disposed = This record is gone: its time was over
    .why = Records of payments are kept for five years. Those up to { $until } were disposed of after that; only a signed closing with what every account stood at then is left.
    .remedy = If you kept its receipt file, the checking page still checks it.
deed-dispose = Old records let go
summary-dispose = { $count } postings up to { $until } were disposed of: their time was over. The fingerprint of the closing that stays is in this posting.
fact-disposed-until = End of what went
fact-disposed-last = Last posting that went
fact-disposed-closing = Fingerprint of the closing that stays
fact-disposed-memory = Fingerprint of the tallies that stay
meter-19 = Postings of { $period } that were disposed of
