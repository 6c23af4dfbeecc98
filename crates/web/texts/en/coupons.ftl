# Coupons, sales, letting out fairly
nav-coupons = Coupons
nav-desk-coupons = Coupons
nav-sales = Sales

coupons-days = { $from } to { $until }
coupons-over = Over
coupons-ahead = Starts soon
coupons-now = On now
coupons-gone = All gone
coupons-had = You have it
coupons-open-now = Open now
coupons-opens-later = Opens later
coupons-drawn = Drawn
coupons-closed = Closed
coupons-ask-now = Open to ask
coupons-not-voted = No budget is voted yet
coupons-budget-left = { $left } of { $voted } left

coupons-mine-title = My coupons
coupons-mine-none = You have no coupons yet
coupons-mine-none-how = Once the city gives you a coupon, you see here how much is left, where it can be spent, and until when.
coupons-mine-total = Coupons you can spend
coupons-of-given = { $given } given
coupons-until = Until { $day }
coupons-went-back = It ended on { $day }; what was left went back to the city’s budget
coupons-everywhere = At every shop that takes the card.
coupons-only-in = Only at: { $trades }.
coupons-named-in = Only at providers the city has named ({ $trades }).
coupons-providers = { $count ->
    [one] { $count } provider
   *[other] { $count } providers
}

coupons-open-title = Sales and coupons
coupons-open-what = Which sales are on, how many coupons are left, and when the next ones open. For everyone to see.
coupons-back-open = To sales and coupons
coupons-sales = Sales
coupons-sales-none = No sale is planned
coupons-sales-none-how = Once the city decides on one, its days and its rate stand here.
coupons-sale-what = { $rate } off, up to { $most } a person
coupons-sale-mine = You saved { $given } so far; { $left } more is possible.
coupons-sale-shops = { $count ->
    [one] { $count } shop takes part
   *[other] { $count } shops take part
}
coupons-sale-no-shops = No shop takes part yet.
coupons-releases = Let out in parts, or by lot
coupons-releases-none = Nothing is let out just now
coupons-releases-none-how = Once the city lets coupons out, you see here how many are left and when the next open.
coupons-release-what = { $each }: { $coupon }
coupons-left-now = { $left } of { $opened } let out so far are left.
coupons-next = { $count } more open { $at }.
coupons-next-district = { $count } more open in each neighbourhood { $at }.
coupons-claim = Take { $each }
coupons-ask = Ask for a chance
coupons-lot-when = From { $from } to { $until } you can ask; { $winners } of those who did will win.
coupons-lot-who = For those whom { $sale } saved { $given } or more.
coupons-lot-tickets = { $count ->
    [one] { $count } person has asked so far.
   *[other] { $count } people have asked so far.
}
coupons-lot-mine = Your number is { $ticket }.
coupons-lot-won = Number { $ticket } has won. The coupon is on its way to you.
coupons-lot-lost = Number { $ticket } was not drawn this time.
coupons-draw-check = Check the draw

draw-bound-title = What was promised first
draw-bound = On { $at } the city chose the draw’s seed and published its fingerprint (SHA-256) first. Another seed would have another fingerprint.
draw-not-bound-yet = The seed is not chosen yet. Until it is, nobody can ask.
draw-beacon-is = Mixed in is something nobody can know before the close: { $beacon }
draw-drawn-title = What was drawn
draw-drawn = { $at }: { $count } of { $tickets } were drawn.
draw-not-drawn = Not drawn yet. Then the seed and the winning numbers will stand here.
draw-seed = Seed
draw-beacon = Mixed in
draw-out = Numbers that could not win any more
draw-winners = Winning numbers
draw-again-title = Anyone can draw again
draw-again = Put the values above into this Python program: the same numbers come out. A number is the place in the order of asking.

coupons-desk-title = Coupons
coupons-back-desk = Back to coupons
coupons-jobs = To many people
coupons-jobs-none = No coupon was given to many yet
coupons-jobs-none-how = Bring a list, or give to everyone: how far it is will stand here.
coupons-job-sums = { $people ->
    [one] { $amount } to one person
   *[other] { $amount } to { $people } people
}; { $skipped } could not get it
coupons-job-running = On its way
coupons-job-stopped = Stopped
coupons-job-done = Done
coupons-job-progress = { $done } of { $all } people looked at.
coupons-job-people = Got it
coupons-job-amount = Given
coupons-job-skipped = Could not get it
coupons-job-begun = Begun
coupons-job-stop = Stop
coupons-job-go-on = Go on
coupons-job-running-what = It goes out in small parts, so that payments go on. Close this page, or even restart the server: it continues.
coupons-job-who-not = Who could not get it, and why
coupons-to-everyone = { $each } for everyone in the city
coupons-to-district = { $each } for everyone in { $district }
coupons-to-list = A list of { $count }
coupons-why-budget = The budget is too small. Once it is raised, the job can go on.
coupons-why-days = Not a day on which this coupon is given.
coupons-why-most = With what they were given before, it would be more than one person gets.
coupons-why-unknown = This person can’t be found.
coupons-give = Give a coupon
coupons-none-today = No coupon can be given today. The days of each stand below.
coupons-import = Give by a list
coupons-import-what = Bring an XLSX or CSV file: it is only checked at first, line by line. You give once you have seen that.
coupons-coupon = Coupon
coupons-file = File
coupons-file-hint = The first line names a column “card” (or “person”) and a column “amount”. Up to 8 MB and 50,000 lines.
coupons-check = Check it
coupons-give-one = Give to one person
coupons-person = Card number or person’s number
coupons-person-hint = The card’s 16 digits, or a number that begins with per_
coupons-give-do = Give the coupon
coupons-everyone = Give to everyone
coupons-everyone-what = Everyone enrolled by now is given the same. It can be done once. You see first how many people and how much it is.
coupons-where = Where they live
coupons-whole-city = The whole city
coupons-each = Each
coupons-budgets = Coupons and their budgets
coupons-most = up to { $most } a person
coupons-providers-of = Where { $name } is spent
coupons-providers-none = No provider is named yet
coupons-providers-none-how = Until one is, this coupon can’t be spent anywhere. Name them by business number.
coupons-name-shop = Shop
coupons-name-hint = Business number, 10 digits
coupons-name-do = Name it
coupons-unname = Remove
coupons-unname-one = Remove { $shop }
coupons-draw-make = Draw: { $name }
coupons-draw-tickets = Closed. { $count } asked.
coupons-draw-beacon-hint = Just as it was published: anyone must be able to draw again with it.
coupons-draw-do = Draw

import-title = The list, checked
import-none-good = No line can be done
import-all-good = { $good ->
    [one] The one line can be given
   *[other] All { $good } can be given
}
import-some-bad = { $good } can be given; { $bad } lines need mending
import-nothing-yet = Nothing has been given yet.
import-lines = Lines in the file
import-budget = Budget
import-sum = To be given
import-known = This file was given already. The same file is never given twice.
import-known-job = See job { $job }
import-not-covered = The budget is { $short } short. Raise it, or shorten the list.
import-begin = { $good ->
    [one] Give { $sum } to one person
   *[other] Give { $sum } to { $good } people
}
import-bad = { $count ->
    [one] { $count } line to mend
   *[other] { $count } lines to mend
}
import-bad-what = These lines are left out. Mend them and bring them in another file.
import-line = Line
import-place = Place
import-who = What it says
import-why = Why
import-wrong-nobody = It doesn’t say who.
import-wrong-number = Neither a card’s nor a person’s number.
import-wrong-digits = Not a right card number. See whether the spreadsheet changed the last digits to 0; make the column “text” and write it anew.
import-wrong-unknown = There is no such person.
import-wrong-amount = The amount is no whole number of won, 1 or more.
import-wrong-twice = The same person stands on line { $line }.
import-wrong-most = More than one person gets. This one can get { $room }.

coupons-job-waits = Waits for a second person
coupons-job-dropped = Not begun
coupons-job-waits-what = { $sum }: given once somebody else confirms it.
coupons-job-dropped-what = Nobody confirmed it, and nothing was given. Propose it again if it is still needed.
coupons-job-listed = The list
coupons-job-listed-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
coupons-job-untold = { $count } of those who got it are still to be told: by day and little by little, once all is given.
coupons-second = More than { $above } is given once somebody else confirms it.
import-propose = { $good ->
    [one] Propose { $sum } for one person
   *[other] Propose { $sum } for { $good } people
}
coupons-job-left = { $left ->
    [one] One person is
   *[other] { $left } people are
} left.
coupons-job-budget = It stopped because the budget is too small. Once the council has voted more and it is in the books, press “Go on” for those who are left.
everyone-title = Give to everyone: check
everyone-people = { $people ->
    [one] { $each } to one person
   *[other] { $each } to each of { $people } people
}
everyone-nobody = There is nobody to give to
everyone-full = Would get more than one person may
everyone-known = Giving this much to everyone was begun already. The same is never done twice.
everyone-not-covered = The budget is { $short } short. Give once the council has voted more and it is in the books, or give each person less.

coupons-shop-title = Join a sale
coupons-shop-what = In a sale, customers pay the lower price and the city pays the difference. You get the full price.
coupons-shop-join = Join
coupons-shop-leave = Leave
coupons-shop-joined = You take part
coupons-shop-not = This sale is for another trade, or for smaller shops.

pay-sale = { $sale }: { $rate } off here, up to { $room } more for you.
pay-sale-off = { $sale }: { $amount } off.
pay-sale-to-pay = You pay { $amount }.

because-sale = { $sale } took { $amount } off; { $paid } was paid.
because-sale-person = { $sale } took only { $amount } off: one person gets no more.
because-sale-budget = { $sale } took only { $amount } off: its budget is spent.
because-sale-reserved = { $sale } takes { $amount } off, so only { $paid } is kept. It is taken off when the shop takes the payment, even after the sale.
because-sale-person-reserved = { $sale } takes only { $amount } off: one person gets no more. { $paid } is kept.
because-sale-budget-reserved = { $sale } takes only { $amount } off: its budget is spent. { $paid } is kept.
because-coupon-part = { $amount } went from { $coupon }, the other { $rest } from other purses.
because-coupon-all = All of it went from { $coupon }.

done-claimed = You have a coupon of { $amount }.
done-asked = You are in. Your number is { $ticket }.
done-joined = Your shop takes part now.
done-left = Your shop doesn’t take part any more.
done-given = The coupon is given.
done-named = The shop is named.
done-unnamed = The shop is removed.
done-drawn = Drawn. The winners’ coupons are on their way.

field-coupon-person = Write the card’s 16 digits, or a number that begins with per_. There is no such person.
field-coupon-amount = Write an amount of 1 won or more.

history-coupon-back = After its last day the rest of the coupon went back to the city’s budget
receipt-coupon = It can be spent until { $until }. Rests on: { $source }
why-discount = the city pays what is taken off
why-discount-back = what was taken off goes back to the city
why-coupon = a coupon from the city
why-coupon-back = after its last day, back to the budget
meter-coupon = coupons for one person
meter-sale = discounts of the sale
meter-release = coupons let out in parts

summary-coupon = A coupon of { $amount } was given; the city owes so much more.
summary-claim = A coupon of { $amount } was let out.
summary-coupons = { $people } people were given coupons of { $amount } together.
summary-coupon-back = { $amount } of a coupon past its last day went back to the budget.
fact-coupon = Coupon
fact-release = Release
fact-job = Job
fact-people = People
fact-skipped = Could not get it
fact-sale = Sale
fact-discount = Discount
fact-discount-back = Discount back to the city
fact-prize-back = What cards of stamps gave, back
fact-prize-spent = Of it out of the refund
fact-eligible = Eligible for coupons

refusal-purse-short-part = There isn’t enough for what the coupon can’t pay
    .why = { $coupon_en } pays { $part }. The other { $rest } must come from other purses; they hold { $others }, so { $missing } is missing.
    .remedy = Top up at least { $missing }, or pay only for what the coupon buys.
refusal-till-short-part = There isn’t enough for what the coupon can’t pay
    .why = { $coupon_en } pays { $part }. The other { $rest } must come from other purses, which don’t hold as much. How much they hold only the holder can see.
    .remedy = Take what the coupon buys by itself, and the rest another way.
refusal-coupon-unknown = There is no such coupon
    .why = The city’s rules don’t name it.
    .remedy = Choose a coupon again.
refusal-coupon-not-today = This coupon can’t be given today
    .why = It is given from { $from } to { $until }.
    .remedy = Try again within those days.
refusal-coupon-person-most = That is more than one person gets
    .why = One person gets up to { $most }; this one can still get { $room }.
    .remedy = Write { $room } or less.
refusal-coupon-budget = The coupon’s budget is too small
    .why = { $left } is left in it.
    .remedy = Try again once more is voted.
refusal-coupon-total = The budget is too small for all of them
    .why = It comes to { $sum }. With what is being given just now taken off, { $left } is left in the budget: { $short } too little.
    .remedy = Give once more is voted, to fewer people, or less to each.
refusal-coupon-list = This list can’t be begun
    .why = A list names between 1 and { $most } different people.
    .remedy = Check the file again.
refusal-coupon-same-list = This list was given already
    .why = The same list is never given twice. It is job { $job }.
    .remedy = See how far that job is.
refusal-coupon-job-unknown = There is no such job
    .why = No job has this number.
    .remedy = Choose it from the list.
refusal-coupon-job-done = That job is done
    .why = All were served.
    .remedy = There is nothing left to do.
refusal-coupon-job-not-begun = It hasn’t begun
    .why = It begins once somebody else confirms it, and doesn’t where nobody did.
    .remedy = Confirm it in the list of what waits, or propose it again.
refusal-coupon-job-already = It is so already
    .why = Somebody else may have been first.
    .remedy = Reload the page and look.
refusal-coupon-other-trade = Not a trade for this coupon
    .why = { $coupon_en } is spent at certain trades only.
    .remedy = Choose a shop of such a trade.
refusal-coupon-eligible = The eligible part can’t be right
    .why = It lies between 0 and the amount.
    .remedy = Check it at the till.
refusal-sale-unknown = There is no such sale
    .why = The city’s rules don’t name it.
    .remedy = Choose it from the list.
refusal-sale-over = That sale is over
    .why = It ended on { $until }.
    .remedy = Join the next one.
refusal-sale-not-for-this-shop = Your shop can’t join this sale
    .why = It is for small shops of certain trades.
    .remedy = If that seems wrong, call the number below.
refusal-release-unknown = Nothing like that is let out
    .why = The city’s rules don’t name it.
    .remedy = Choose it from the list.
refusal-release-by-lot = This is given by lot
    .why = It doesn’t go to whoever comes first.
    .remedy = Ask for a chance.
refusal-release-first-come = This goes to whoever comes first
    .why = There is no draw.
    .remedy = Take it when it opens.
refusal-release-elsewhere = This is let out by neighbourhood
    .why = Your neighbourhood in this city must be known.
    .remedy = Have it noted at a community centre.
refusal-release-had = You have it already
    .why = One each.
    .remedy = See it among your coupons.
refusal-release-not-open = It isn’t open yet
    .why = It opens first on { $day }, { $time }.
    .remedy = Come back then.
refusal-release-gone = This part is all gone
    .why = It is let out in parts, and others are to come.
    .remedy = The next opens on { $day }, { $time }.
refusal-release-over = All of it is gone
    .why = The last part is gone too.
    .remedy = Wait for the next time.
refusal-draw-not-bound = Nobody can ask yet
    .why = The draw’s seed must be chosen and its fingerprint published first.
    .remedy = Come back in a while.
refusal-draw-not-open = You can’t ask yet
    .why = It begins on { $day }, { $time }.
    .remedy = Come back then.
refusal-draw-closed = It is closed
    .why = It closed on { $day }, { $time }.
    .remedy = Wait for the result.
refusal-draw-asked = You have asked already
    .why = One each. Your number is { $ticket }.
    .remedy = Wait for the result.
refusal-draw-not-yet-yours = You can’t ask yet
    .why = { $sale_en } must have saved you { $wanted } or more; so far it was { $given }.
    .remedy = Buy more at the shops of the sale, and ask then.
refusal-draw-bound = The seed is chosen already
    .why = It is chosen once.
    .remedy = There is nothing left to do.
refusal-draw-done = It was drawn already
    .why = It is drawn once.
    .remedy = See the winning numbers.
refusal-draw-still-open = People can still ask
    .why = Until { $day }, { $time }.
    .remedy = Draw after that.
refusal-draw-beacon = What is mixed in can’t be right
    .why = It is what the rules name, in up to 200 letters; nothing where they name nothing.
    .remedy = Write it just as it was published.
refusal-import-columns = Which column is which?
    .why = The first line must name a column “card” (or “person”) and a column “amount”.
    .remedy = Name the columns and bring the file again.
refusal-import-empty = The file is empty
    .why = No line names a person and an amount.
    .remedy = Check the file and bring it again.
refusal-import-large = The file is too large
    .why = Up to { $most } MB, and no file that unpacks to much more.
    .remedy = Bring it in parts.
refusal-import-rows = Too many lines
    .why = Up to { $most } in one file.
    .remedy = Bring it in parts, or give to everyone.
refusal-import-wide = Too many columns
    .why = Up to { $most } in a line.
    .remedy = Keep only those that are needed.
refusal-import-encoding = The letters can’t be read
    .why = They are neither UTF-8 nor EUC-KR.
    .remedy = Save it as “CSV UTF-8” or XLSX and bring it again.
refusal-import-kind = That is no table
    .why = It is neither CSV nor XLSX.
    .remedy = Save it as XLSX or CSV and bring it again.
refusal-import-damaged = The file is damaged or cut off
    .why = It can’t be read to its end. Nothing was changed.
    .remedy = Save it again and bring it.
refusal-import-old = That was too long ago
    .why = A checked file waits for ten minutes.
    .remedy = Bring it again.

# Cards of stamps
stamps-what = A payment of { $least } or more is worth a stamp, one a shop and day. { $full } stamps fill a card.
stamps-given = Stamps given so far: { $count }
stamps-mine = { $have ->
    [one] One stamp now; { $full } fill a card.
   *[other] { $have } stamps now; { $full } fill a card.
}
stamps-cards = Full cards: { $cards }
stamps-for-card = For each full card of { $sale }.
stamps-turned-in = { $count ->
    [one] One card was turned in so far.
   *[other] { $count } cards were turned in so far.
}
stamps-turned-in-mine = You have turned in: { $count }
stamps-claim = Get { $each } for a full card
stamps-lot-who = Whoever has filled a card of { $sale }
because-stamp = You got a stamp: { $have } of { $full } now.
because-stamp-full = Your card of stamps is full. Turn it in under coupons in your wallet, or at a window.
because-stamp-small = A payment of { $least } or more is worth a stamp. { $have } of { $full } now.
because-stamp-today = This shop has given you today’s stamp. { $have } of { $full } now.
because-stamp-back = The stamp of this payment was taken back too.
because-prize-back = Your card of stamps isn’t full any more, so { $amount } of what it gave went back.
because-prize-back-spent = Your card of stamps isn’t full any more, so { $amount } of what it gave went back. { $spent } of it was spent already and came out of this refund.
refusal-stamps-not-full = Your card of stamps is not full yet
    .why = It takes { $full } stamps, and there are { $have }.
    .remedy = Payments at shops that take part add to it.
refusal-draw-card-not-full = This draw is for full cards of stamps
    .why = It takes { $full } stamps, and there are { $have }.
    .remedy = Try again once your card is full.
meter-18 = stamps
stamps-at-window = { $sale }: { $have } of { $full } stamps
stamps-give = Give { $each } for a full card
done-stamps = The coupon for the full card is given.
