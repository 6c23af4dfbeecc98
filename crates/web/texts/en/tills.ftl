# Tills, webhooks, and illegal exchange.

poster-open = Print the counter code
poster-title = The code on your counter
poster-member = A shop that takes the card
poster-how = Scan it with a phone’s camera, type the amount, and pay with { $card }.
poster-other = For other wallet apps
poster-other-how = The same shop in the standard form (EMVCo). A phone’s camera doesn’t open it.
poster-text = What the code says

nav-hooks = Webhooks
nav-cases = Questions
nav-exchange = Illegal exchange
hooks-title = Tell your programs (webhooks)
hooks-what = When a payment, a refund or a payout happens, we post it to these addresses at once, signed by the Standard Webhooks specification.
hooks-secret = The signing secret
hooks-secret-what = With this secret your program at { $url } checks that a message is ours. Keep it in the program only.
hooks-url = Address
hooks-url-hint = It begins with https.
hooks-add = Add the address
hooks-empty = No address yet.
hooks-empty-how = Once you add one, what was sent and what came of it is shown here.
hooks-since = Since { $time }
hooks-ended = ended { $time }
hooks-quiet = Nothing was sent yet.
hooks-event = Event
hooks-came = What came of it
hooks-again-head = Again
hooks-tries = { $count ->
    [one] tried once
   *[other] tried { $count } times
    }
hooks-next = goes out { $time }
hooks-again = Send again
hooks-again-one = Send { $kind } no. { $no } again
hooks-show = Show the secret
hooks-rotate = Change the secret
hooks-rotate-one = Change the secret of { $url }
hooks-end = Stop sending
hooks-end-one = Stop sending to { $url }
hooks-url-hint-private = It begins with https. In this demo an http address of this machine (http://127.0.0.1:…) will do too.
hooks-told = What is told and how, and how to verify its signature
hooks-older = Older messages
hooks-whole = Back to all addresses
hooks-why-late = No answer in time.
hooks-why-refused = The connection was refused.
hooks-why-tls = TLS doesn’t fit: check the certificate, or the https address.
hooks-why-status = Answered with { $status }.
hooks-why-address = This address may not be asked.
hooks-why-ended = The address was ended meanwhile.
hooks-why-other = It couldn’t be reached.
sending-waits = Waiting
sending-arrived = Arrived
sending-given-up = Given up

exchange-title = Illegal exchange
exchange-none = No signs to look into
exchange-some = { $count ->
    [one] One sign to look into
   *[other] { $count } signs to look into
    }
exchange-what = A sign is only a reason to look. Hear the shop before you decide; nothing here stops a shop.
exchange-empty = Each night the payments are looked through for signs.
exchange-empty-how = What shows is listed here, the heaviest first.
exchange-closed = Closed
case-sign = Sign
case-shop = Shop
case-opened = Found
case-standing = Standing
case-points = Points
case-points-of = { $count ->
    [one] { $count } point
   *[other] { $count } points
}
case-answered = The shop has answered
case-unanswered = No answer yet.
finding-explained = There is a good reason
finding-inspect = Passed on for inspection
case-about = { $window }: { $count } in all, { $sum } together.
case-no-punishment = A sign punishes nobody and stops no payment.
case-same = Counted again from the books: the same
case-not-same = Counted again from the books: not the same
case-flows = Who paid whom
case-times = Times
case-deeds = Postings
case-posting = Posting
case-what = What
case-more = The first of { $count } are shown.
case-query = How to find it again
case-said = What the shop says
case-holder = Customer { $no }
case-owner = Shop owner
case-other = Somebody else
case-bank = Bank
deed-paid = Payment
deed-refunded = Refund
deed-topped-up = Top-up
deed-gave = Gift
case-note = What you found
case-note-hint = Write what you decided on, and why. The shop sees it.
case-explain = Close: there is a good reason
case-inspect = Pass on for inspection
case-answer = Your answer
case-answer-hint = Please name no customers. You can write it anew until this is closed.
case-answer-do = Send the answer
shop-cases-title = Payments the city asks about
shop-cases-what = When something looks unusual, we ask you why. Your shop takes the card as ever meanwhile.
shop-cases-empty = Nothing is asked.
shop-cases-empty-how = If something is, you get a notice.
look-what-desk-exchange = Payments, while looking into a sign of illegal exchange
look-why-exchange = Illegal exchange
refusal-hook-address = We can’t send there
    .why = The address has to begin with https and be open to the internet.
    .remedy = Please check the address.
refusal-hook-many = No more addresses
    .why = A shop has five at most.
    .remedy = End one you don’t use, then add this one.
refusal-hook-known = You have this address already
    .why = Nothing is sent to one address twice.
    .remedy = Please look in the list below.
refusal-hook-unknown = No such address
    .why = This shop has no such address, or it has ended.
    .remedy = Please open the list again.
refusal-case-known = It is being looked into already
    .why = The same sign at the same shop is not opened twice.
    .remedy = Please look at the open one.
refusal-case-unknown = No such question
    .why = There is none with this number.
    .remedy = Please open the list again.
refusal-case-closed = It is closed
    .why = Nothing can be changed afterwards.
    .remedy = If you have more to say, please call.
