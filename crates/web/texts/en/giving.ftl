# Gifts: people and shops that give, and the Chest's desk.

# What the books and receipts say
class-chest-bank = The Chest’s account
    .what = What the Community Chest was passed and has not spent, less what it owes back.
class-gift-collected = Gifts collected
    .what = Given, not yet passed on to the Community Chest; by what it is for.
class-chest-purpose = Held for a purpose
    .what = What the Community Chest holds and may spend; by what it was given for.
class-gift-due = Due from the Chest
    .what = Gifts that came back after they were passed on. They are kept from what is passed on next.
deed-give = Gift
deed-pass-gifts = Gifts passed on
deed-spend-gifts = Gifts spent
summary-give = { $amount } of cashback was given.
summary-pass-gifts = Gifts of { $amount } were passed on to the Community Chest.
summary-spend-gifts = The Community Chest spent { $amount } of gifts.
move-given = Given
move-gift-back = A gift that came back with its payment
move-gift-passed = Gifts passed on
move-gift-netted = Kept from what the Chest owes
move-chest-received = Received by the Chest
move-chest-spent = Paid by the Chest
fact-gift = Given
fact-gift-share = Share given
fact-gift-row = Its place in the row
fact-gift-won = { $purpose }, won { $from } to { $until }
fact-gift-back = Gift that came back
fact-gift-owed = Of it owed by the Chest
fact-gift-borne = Gift borne by the budget
fact-gift-above = Gift above what is borne in a month
fact-gift-sent = Sent
fact-gift-purpose = Spent on
fact-of-purpose = { $purpose }: { $amount }
leg-gifts = Gifts collected
leg-chest = The Community Chest
leg-chest-purpose = What the Chest may spend
why-donated = Given out of your cashback.
why-gift-back = The gift wasn’t spent yet, so it came back.
why-gift-owed = The Chest had it already, so the Chest gives it back.
why-gift-borne = The gift was spent already, so the named budget paid instead.
why-cover = The city bears only so much of one person’s spent gifts a month.
meter-cover = what the city bears of my spent gifts this month
meter-20 = Spent gifts borne by the city, { $period }
history-donated = Cashback given
because-donated = You gave { $amount } of the { $reward } you earned.
because-gift-back = { $amount } you had given wasn’t spent yet, so it came back in the same proportion.
because-gift-borne = { $amount } you had given was spent already and doesn’t come back. It was borne by: { $budget }.
because-gift-receipted = You have a receipt for the gift you made of its cashback, so that stays given. Its share of the cashback came out of what you got back.
because-gift-above = { $amount } you had given was spent already. The city bears only so much of one person’s spent gifts a month, so this came out of what you got back.

# Refusals
refusal-giving-none = This city takes no gifts
    .why = The city’s rules have no gifts.
    .remedy = Ask at the city hall.
refusal-giving-not-yet = It is too early to give
    .why = Gifts are taken from { $day } on.
    .remedy = Try again from that day on.
refusal-giving-amount = This amount can’t be given
    .why = One gift can be { $least } to { $most }.
    .remedy = Change the amount and try again.
refusal-giving-short = There isn’t enough cashback
    .why = You can give { $here } of cashback; { $missing } is missing.
    .remedy = Give less and try again.
refusal-giving-share = This share can’t be given
    .why = The share you give is 0% to 100%.
    .remedy = Change the share and try again.
refusal-giving-purpose-unknown = There is no such purpose
    .why = Only purposes the Community Chest has opened can be chosen.
    .remedy = Choose again from the list.
refusal-giving-nothing = There are no gifts to pass on
    .why = All that came in was passed on already.
    .remedy = It can be passed on again once something comes in.
refusal-giving-spend-short = There isn’t enough for this purpose
    .why = { $here } can be spent; { $missing } is missing. What was given for another purpose can’t be used.
    .remedy = Spend less, or try again once gifts were passed on.
refusal-giving-shop-excluded = { $shop } can’t be a giving shop
    .why = The card can’t be used in its trade.
    .remedy = Ask at the city hall.
refusal-giving-applied-already = The shop has applied already
    .why = Its application was received.
    .remedy = You can change the share it gives now.
refusal-giving-rate = This share can’t be given
    .why = It has to be more than 0% and no more than { $most }.
    .remedy = Change the share and try again.
refusal-giving-not-applied = This shop hasn’t applied
    .why = There is no application of this shop.
    .remedy = Take in an application first.
refusal-giving-not-now = That can’t be done now
    .why = The application isn’t at that step.
    .remedy = See how far the application is.
refusal-giving-why = Say why
    .why = Turning an application down needs a reason of up to { $most } letters.
    .remedy = Write the reason and try again.
refusal-giving-purpose-name = Write its name
    .why = A purpose needs a Korean and an English name of up to { $most } letters each.
    .remedy = Write both names and try again.
refusal-giving-purpose-known = This purpose is there already
    .why = There is a purpose of this name.
    .remedy = Write another name.
refusal-giving-purpose-many = No more purposes can be opened
    .why = All numbers for purposes are used.
    .remedy = Choose one that is there.
refusal-giving-payee = Write who was paid
    .why = The name of who was paid is needed, up to { $most } letters.
    .remedy = Write the name and try again.
refusal-giving-what = Write what it was for
    .why = What was paid for is needed, up to { $most } letters.
    .remedy = Write it and try again.
refusal-giving-document = Attach the document
    .why = Spending needs a document. Its file’s name can have { $most } letters.
    .remedy = Choose the file and try again.
refusal-giving-document-size = This file can’t be attached
    .why = It is empty, or larger than 2 MB.
    .remedy = Choose another file.
refusal-giving-outcome = Write what it became
    .why = A sentence of up to { $most } letters is needed.
    .remedy = Write the sentence and try again.
refusal-giving-spending-unknown = There is no such spending
    .why = It is no spending of gifts.
    .remedy = Choose again from the list.
refusal-giving-receipt-gifts = Choose the gifts for the receipt
    .why = One to 500 gifts, each once and in order.
    .remedy = Choose again.
refusal-giving-gift-unknown = There is no such gift
    .why = It is none of this giver’s gifts.
    .remedy = Choose again from the list.
refusal-giving-receipted = This gift has a receipt
    .why = There is one receipt for a gift.
    .remedy = You can print the receipt again.
refusal-giving-receipt-years = Gifts of one year only
    .why = Each year has receipts of its own.
    .remedy = Choose gifts of one year.
refusal-giving-receipt-nothing = Nothing is left of the gift
    .why = Its payment was taken back, and the gift came back with it.
    .remedy = Choose other gifts.
refusal-giving-receipt-unknown = There is no such receipt
    .why = No receipt has this number and this word.
    .remedy = Write them as they stand on the paper.

# Menu
nav-giving = Giving
nav-desk-giving = Giving shops
nav-chest = Community Chest

# Gifts, for anyone
town-giving = { $shops ->
    [0] { $amount } given so far
    [one] { $amount } given so far · one shop gives or has applied
   *[other] { $amount } given so far · { $shops } shops give or have applied
}
giving-title = What was given
giving-lead = Given to and spent by: { $collector }
giving-from = { $people ->
    [0] By { $shops ->
        [one] one shop.
       *[other] { $shops } shops.
    }
    [one] By one person and { $shops ->
        [one] one shop.
       *[other] { $shops } shops.
    }
   *[other] By { $people } people and { $shops ->
        [one] one shop.
       *[other] { $shops } shops.
    }
}
giving-nobody = Nobody has given yet. Whoever earns cashback can share it from their wallet.
giving-from-people = { $people ->
    [one] By one person.
   *[other] By { $people } people.
}
giving-spent-elsewhere = It went into other purposes on this page.
giving-given = Given
giving-spent = Spent
giving-left = Left
giving-no-spending = Nothing spent yet. Once it is, what it became stands here.
giving-no-outcome = What it became will be told soon.
giving-months = What came in, by month
giving-month = Month
giving-kind = Kind
giving-givers = From
giving-all = See all gifts
giving-order = Every won is numbered in the order of giving and spent from the front, so each can be followed to where it went.
gift-kind-standing = Share of cashback
gift-kind-once = Single gift
gift-kind-shop = Share of a shop’s sales
follow-title = Follow your gift
follow-how = Type the number and the word on a receipt to see what became of the money.
follow-serial = Receipt number
follow-word = Word
follow-do = Follow
follow-where = Where is a receipt’s number?
follow-where-what = The number stands at the top of the receipt, after “Serial number”. The word is what comes after word= in the address at its foot. Scan the receipt’s QR code and nothing has to be typed.
follow-where-again = If the receipt is lost, come in and open it again under “Giving”.
follow-true = This receipt is real. It was given by: { $collector }.
follow-heading = Receipt { $serial }
follow-issued = { $gifts ->
    [one] Given { $at }, for one gift.
   *[other] Given { $at }, for { $gifts } gifts.
}
follow-became = What it became
follow-part = A part of { $whole } in all.
follow-waiting = Not spent yet
follow-waiting-all = Not spent yet
follow-waiting-how = Once the Community Chest spends it, you will see here what on.
follow-back = Gone back with a refund
follow-row = Its place in the row
angels-title = Giving shops
angels-applied = { $count ->
    [0] No shop has applied yet.
    [one] One shop has applied. Once it has a plaque its name stands here.
   *[other] { $count } shops have applied. Once they have a plaque their names stand here.
}
angels-count = { $count ->
    [one] One shop gives of what it sells.
   *[other] { $count } shops give of what they sell.
}
angel-title = Giving shop
angel-stopped = Gives no more
angel-given = { $gifts ->
    [one] Given in one payout.
   *[other] Given in { $gifts } payouts.
}
angel-rate = Share of each payout
angel-plaque = Plaque
angel-plaque-no = No. { $number }
angel-since = Plaque since
angel-collector = Given to
angel-plaque-see = See the plaque
plaque-title = Giving shop
plaque-text = This shop gives { $rate } of what it is paid to: { $purpose }.
plaque-follow = What it has given so far stands here.

# My gifts
mine-title = My gifts
mine-now = You give { $share } of your cashback
mine-not-now = Share your cashback
mine-how = Gifts go to { $collector }, which spends them and gives you a receipt. You needn’t tell your name.
standing-title = Give always
standing-share = Share of each cashback
standing-hint = 100 is all of it, 50 is half.
standing-payments-only = It is of what payments earn. The cashback that comes when you prepay or top up stays yours whole.
standing-do = Start giving
standing-change = Change
standing-stop = Stop giving
give-purpose = What for
give-name = Your name
give-anonymous = Don’t tell it (a faceless angel)
give-named = Tell it
once-title = Give once
once-there = You can give { $amount } of cashback now.
once-amount = Amount to give
once-do = Give
mine-gifts = What you gave
mine-none = You haven’t given yet
mine-none-how = Once you do, when, how much and what became of it stands here.
mine-total = You gave { $amount } so far.
mine-back = { $amount } came back with a refund.
mine-receipts = Your receipts
mine-receipt = Receipt { $serial }
mine-receipt-what = { $gifts ->
    [one] One gift · copies printed: { $copies }
   *[other] { $gifts } gifts · copies printed: { $copies }
}
receipt-year = { $gifts ->
    [one] Receipt for the one gift of { $year }, { $amount }
   *[other] One receipt for { $gifts } gifts of { $year }, { $amount }
}
receipt-one = Get a receipt
became-part = { $amount } went into “{ $what }”.
became-waiting = { $amount } isn’t spent yet.
done-standing = From now on you give of each cashback.
done-standing-stopped = You give no more. Thank you for all you gave.
done-once = Given. Thank you.

# The receipt
gift-receipt-title = Receipt for gifts
gift-receipt-serial = Serial number
gift-receipt-original = Original
gift-receipt-copy = Copy (print no. { $copy })
gift-receipt-back = After this receipt { $amount } went back with a refund. It is no gift any more.
gift-receipt-giver = Giver
gift-receipt-name = Name
gift-receipt-id = Identifying number
gift-receipt-no-id = Resident numbers are not asked for
gift-receipt-address = Address
gift-receipt-body = Received by
gift-receipt-body-name = Name
gift-receipt-body-number = Business number
gift-receipt-no-number = Please ask there
gift-receipt-basis = Legal basis
gift-receipt-lines = Gifts
gift-receipt-code = Code
gift-receipt-kind = Kind
gift-receipt-cash = Money
gift-receipt-day = Day
gift-receipt-what = What
gift-receipt-follow = What became of this money stands here.
gift-proof-title = Check it against the sealed books
gift-proof-what = A file with the amount, the time and the purpose of a gift, and not with the shop it came from. Anyone can check it on the verify page.
gift-proof-file = File of { $day }, { $amount }
proved-gift = Given
gift-receipt-print-again = Get a copy

# Shops
shop-giving-title = Giving shop
shop-giving-lead = Give a little of each sale
shop-giving-applied = Your application was received
shop-giving-checked = Checked. The plaque comes next
shop-giving-plaque = You are a giving shop
shop-giving-stopped = You give no more
shop-giving-turned-down = Your application was turned down
shop-giving-how = A share of what you are paid goes to { $collector }. Giving begins on { $from }; you can stop at any time.
shop-giving-plaque-to = Print the plaque
shop-giving-apply = Apply
shop-giving-change = Change the share
shop-giving-rate = Share to give
shop-giving-rate-hint = 1 is 1,000 won of a payout of 100,000. Less than a won is let go.
shop-giving-apply-do = Apply to give
shop-giving-change-do = Change
shop-giving-stop = Stop giving

# The city hall
desk-giving-title = Giving shops
desk-giving-none = No applications to check
desk-giving-some = { $count ->
    [one] One application to check
   *[other] { $count } applications to check
}
desk-giving-plaques = { $count ->
    [0] No shop has a plaque yet.
    [one] One shop has a plaque.
   *[other] { $count } shops have a plaque.
}
desk-giving-checked = Shops to give a plaque to
desk-giving-plaque = Give the plaque
desk-giving-applied = Applications
desk-giving-when = applied { $at }
desk-giving-note = Why it is turned down
desk-giving-several-what = Tick those that are right, and check them all at once.
desk-giving-several = Check all ticked ones
desk-giving-tick-all = Tick all { $count }
desk-giving-tick-none = Untick all
done-giving-checked = The ticked applications are checked. They can be given their plaque now.
desk-giving-rate = { $rate } of payouts
desk-giving-alone = This one by itself
desk-giving-first = These are the first { $count } of { $all }; the next follow when these are done.
desk-giving-fit = Checked
desk-giving-unfit = Turn down
desk-giving-empty = No applications
desk-giving-empty-how = When a shop applies it stands here.
desk-pass-title = Pass gifts on
desk-pass-what = { $amount } was collected and goes to { $collector }. On the first business day of a month that happens by itself.
desk-pass-do = Pass it on now

# The Community Chest
chest-title = Community Chest
chest-can-spend = { $collector } can spend
chest-held = Of this, can be spent now
chest-collected = Of this, to come from the city
chest-due = To give back to the city
chest-due-what = Gifts whose payments were taken back. It is in none of the sums above; the city keeps it from what it sends next.
chest-purpose-left = Of what is left: { $held } can be spent now, { $coming } to come from the city
chest-spend = Spend gifts
chest-spend-how = What was given for the purpose is spent first, then what was given for all. Never what was given for another.
chest-spend-on = On what
chest-amount = Amount
chest-payee = Paid to
chest-what = What for
chest-document = Document
chest-document-hint = The invoice or receipt as a file, up to 2 MB.
chest-outcome = What it became
chest-outcome-hint = One sentence. It can be told later.
chest-spend-do = Record the spending
chest-tell = What it became
chest-tell-do = Tell
chest-no-months = Nothing has come in yet.
chest-open = Open a purpose
chest-open-ko = Korean name
chest-open-en = English name
chest-open-do = Open
chest-summary = Receipts given in a year
chest-summary-what = Get a year’s receipts as a file. Your reason is kept.
chest-year = Year
chest-issues = Issue log
summary-serial = Serial number
summary-giver = Giver
summary-number = Business number
summary-gifts = Gifts
summary-amount = Amount
summary-issued = Issued
summary-copies = Prints
