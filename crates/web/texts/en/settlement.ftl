# Shops joining, settlement, bank files.

refusal-payout-bank = Choose the bank
    .why = We can only send to the banks on the list.
    .remedy = Choose one from the list.
refusal-payout-number = Look at the account number again
    .why = An account number has 8 to 16 digits.
    .remedy = Type it as it stands in your bank book, digits only; hyphens don’t matter.
refusal-payout-holder = Say whose account it is
    .why = The holder’s name has up to 60 characters.
    .remedy = Type the name as it stands in the bank book.
refusal-payout-holder-other = The account is in another name
    .why = “{ $holder }” is not the name we know. This keeps money from going to somebody else.
    .remedy = To use an account in another name, bring a copy of the bank book to the card desk.
refusal-payout-no-trust = There is no account to pay from
    .why = The city’s rules name no account that holds the card’s money.
    .remedy = Ask whoever keeps the rules to write [trust] in settlement.toml.
refusal-payout-nothing = There is nothing to send
    .why = No payout waits for the bank.
    .remedy = Try again after the next settlement.
refusal-withdraw-no-account = Tell us where to send it
    .why = We know no bank account of yours.
    .remedy = Fill in bank, number and holder, and try again.
refusal-line-unknown = There is no such line
    .why = None of the bank’s lines that wait has this number.
    .remedy = Choose it from the list again.
refusal-line-note = Say what it was
    .why = Others must understand it later: a sentence at least, up to 500 characters.
    .remedy = Write what you found, and try again.
refusal-line-done = Somebody has done this already
    .why = The line was dealt with meanwhile.
    .remedy = Open the list again.
refusal-line-payout = It doesn’t fit that payout
    .why = It has to be money that went out, for a payout that is with the bank, of the same amount.
    .remedy = Look at the payout’s number again; leave it out if it was none.
refusal-answer-encoding = The file can’t be read as text
    .why = It is written neither in UTF-8 nor in EUC-KR.
    .remedy = Send the file as it came from the bank.
refusal-answer-large = The file is too large
    .why = It is larger than we take. Nothing was changed.
    .remedy = Ask the bank for one day at a time.
refusal-answer-hostile = We don’t take this file
    .why = It holds definitions or layers that no bank writes. Nothing was changed.
    .remedy = Find out where it came from, and tell those in charge of security.
refusal-answer-sum = The file doesn’t add up
    .why = Opening balance, movements and closing balance of statement { $id } don’t agree. Nothing was changed.
    .remedy = Fetch the file from the bank again.
refusal-answer-unreadable = This is no file of a bank
    .why = It has to be camt.053 or pain.002: { $why }
    .remedy = Send the whole file as it came from the bank.
refusal-answer-account = The statement is of another account
    .why = It is about the account { $account }.
    .remedy = Send that of the account that holds the card’s money.
refusal-answer-file = It is about a file that isn’t ours
    .why = It answers { $file }, and we made no such payout file.
    .remedy = Ask the bank whether it is the right one.
refusal-answer-type = This is not sent as a bank's file
    .why = The content type is not application/xml.
    .remedy = Send the bank's XML file as application/xml.
refusal-answer-none = Choose a file
    .why = No file came with the form.
    .remedy = Choose the file from the bank, and try again.

deed-payout-failed = Payout came back
summary-confirm = The bank confirmed { $count } { $count ->
    [one] payout
   *[other] payouts
  }, { $amount }.
summary-payout-failed = { $amount } didn’t arrive and are owed again (the bank’s reason: { $code }).
fact-payout = Payout
fact-answer = Bank’s file
fact-code = Bank’s reason
fact-returned = Sent again after it came back
fact-support = Card fee support
move-support = Card fee support
move-returned = Came back
move-withdrawal-back = Back in the purse
class-shop-returned = Returned to shops
    .what = Sent to a shop and come back from its bank: sent again as it is with its next settlement.
meter-17 = Card fee support in { $period }
history-payout-failed = Withdrawal came back
why-withdrawal-back = It didn’t reach the bank account, so it is in your purse again.

nav-payouts = Payouts
nav-desk-payouts = Payouts
payouts-title = Payouts
payouts-list = Earlier payouts
payouts-back = All payouts
payouts-empty = Nothing was paid out yet
payouts-empty-how = Each business morning what you sold until then is listed here and sent to your account.
payout-title = A payout
payout-of = Settled { $at }
payout-settled = Settled
payout-state = Where it is
payout-state-waiting = Ready to send
payout-state-sent = With the bank
payout-state-paid = Arrived
payout-state-failed = Came back
payout-made-of = What it is made of
payout-part = Part
payout-each = One by one ({ $count })
payout-what = What
payout-many = There are too many to list: these are the sums. Each stands among your sales.
payout-none-yet = Nothing is coming yet
payout-none-yet-how = What you sell is added here.
payout-sold = Sold
payout-refunded = Given back
payout-gift = Donated
payout-support = Card fee support
payout-returned = Sent again after it came back
payout-netted = Kept for what you owe
payout-part-sale = Payment
payout-prepaid = Prepaid
payout-part-prepaid = Prepayment
payout-part-used = Prepayment used
payout-part-prepaid-back = Prepayment given back
payout-part-refund = Refund
payout-name = Payout
payout-whose = To whom
payout-reason = Bank’s reason
payout-account-title = Your account
account-none = We don’t know where to send it
account-none-how = Tell us an account, and we pay from the next business day. Until then what you earned stays yours.
account-fault = Look at it
account-fault-what = The bank couldn’t send to this account (reason { $code }). Please tell us another.
account-since = Since { $at }
account-bank = Bank
account-bank-choose = Choose one
account-number = Account number
account-holder = In whose name
account-note = The name has to be that of the shop or its owner. The number is kept sealed.
account-do = Pay me there
account-set-title = Set an account for a shop
account-seen-note = Look at a copy of the bank book first. A different name is noted as seen by you.
account-seen-do = Seen, save it
withdraw-other-account = To another account
desk-payouts-title = Payouts
desk-payouts-wait = { $count } { $count ->
    [one] payout waits
   *[other] payouts wait
  } for the bank: { $amount }
desk-payouts-lines = { $count } { $count ->
    [one] line
   *[other] lines
  } of the bank to look at
desk-payouts-calm = Nothing to send, nothing to look at
desk-payouts-sent = { $count } { $count ->
    [one] payout is
   *[other] payouts are
  } with the bank: { $amount }.
desk-payouts-none-sent = No payout waits for the bank’s answer.
desk-payouts-send = Make the payout file
bank-lines-title = Lines to look at
bank-lines-empty = Nothing to look at
bank-lines-empty-how = A line of the bank that fits no payout will stand here.
bank-line-out = Money that went out
bank-line-in = Money that came in
bank-line-back = Money that came back
bank-line-rejected = A refused payout
bank-puzzle-unknown = It names no payout of ours.
bank-puzzle-incoming = It came in without a payout.
bank-puzzle-amount = The amount is not the payout’s.
bank-puzzle-not-sent = The payout was in no file yet.
bank-puzzle-not-paid = It came back without having gone out.
bank-puzzle-failed = A payout that had failed went out.
bank-puzzle-twice = The same payout went out twice.
bank-puzzle-paid = It is said to be refused after it went out.
bank-puzzle-collector = What was passed to the Chest didn’t arrive.
bank-line-payout = Payout
bank-line-payout-hint = If you know which payout this is, write its number. Leave it empty if it is none.
bank-line-note = What you found
bank-line-do = Done with it
bank-settled-see = See { $count ->
    [one] one line
   *[other] { $count } lines
  } settled in the last four weeks
bank-settled-see-none = See settled lines
bank-settled-title = Settled lines of the bank
bank-settled-head = { $count ->
    [one] One line of the bank was
   *[other] { $count } lines of the bank were
  } settled in the last { $weeks } weeks
bank-settled-none = No line of the bank was settled in the last { $weeks } weeks
bank-settled-what = What was found about each line that fitted no payout. Looking at a citizen’s line is noted in the record of looks.
bank-settled-back = Back to payouts
bank-settled-empty = What will stand here
bank-settled-empty-how = Write what you found about a line that waits and settle it: what was found, by whom and when, stands here for four weeks.
bank-settled-newest = The newest { $shown } are shown.
bank-settled-no-payout = No payout
bank-settled-found = What was found
bank-settled-by-me = Settled by you
bank-settled-by-other = Settled by another officer ({ $who })
bank-settled-by-unknown = Settled before it was kept who did
bank-answer-title = Take in a bank’s file
bank-answer-what = A statement (camt.053) or a status report (pain.002). The same file twice does nothing twice.
bank-answer-file = File
bank-answer-do = Take it in
bank-answer-done = The bank’s file was taken in
bank-answer-before = This file was taken in { $at } already. Nothing was changed
bank-answer-counts = matched { $matched } (of these failed { $failed }), known { $known }, to look at { $open }
bank-answers-title = Files taken in
bank-answers-empty = No file was taken in yet
bank-answers-month = { $month } · { $count ->
    [one] one answer
   *[other] { $count } answers
  }
bank-answers-empty-how = What each of the bank’s files led to will stand here.
bank-answer-message = File
bank-answer-at = Taken in
bank-answer-said = Result
payout-files-title = Payout files
payout-files-empty = No file was made yet
payout-files-month = { $month } · { $count ->
    [one] one file
   *[other] { $count } files
  }, { $amount }
payout-files-empty-how = After a settlement, make the payout file: then download it here for the bank.
payout-file-sum = { $count }, { $amount }
payout-file-state = { $state } { $count }, { $amount }
payout-file-get = Download
payout-file-why = Why you download it
payout-file-why-hint = It holds account numbers, so a reason is kept.
payout-file-xml = Bank’s file (XML)
payouts-failed-title = Payouts that came back
payouts-failed-what = The money is owed to the shop again, or is back in the purse. Mend the account, and it goes out with the next settlement.
without-account-title = Shops without an account
without-account-none = Every shop that is owed something has an account.
without-account-what = { $count } { $count ->
    [one] shop is
   *[other] shops are
  } owed something and can’t be paid for want of an account.
without-account-shop = Shop
without-account-number = Business number
look-what-payouts-line = Saw who a line of the bank is about
look-what-payouts-file = Downloaded a payout file
look-why-payout = Payouts
report-get = Half-yearly issue report (XLSX)
report-by-month = By month
report-by-trade = By trade
report-by-district = By neighbourhood
report-now = Outstanding
report-month = Month
report-top-ups = Top-ups
report-topped-up = Topped up (won)
report-reward = Cashback (won)
report-issued = Issued (won)
report-payments = Payments
report-paid = Paid (won)
report-refunds = Refunds
report-refunded = Refunded (won)
report-all = All
report-trade = Trade
report-district = Neighbourhood
report-what = What
report-day = As of
report-shops = Member shops
refusal-report-half = There is no such half year
    .why = It is a year and 1 or 2, such as 2021-1, and not ahead of us.
    .remedy = Choose another half year.
