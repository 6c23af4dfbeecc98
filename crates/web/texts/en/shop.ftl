# Shop and till.

shop-title = My shop
shop-pays-in = Paid in { $day }
shop-pays-in-what = Sold and not yet paid in. Whatever you sell before 9 that morning is added.
shop-code = Our shop code
till-open = Open the staff till
till-title = Till
charge-title = Take a payment
charge-amount = Amount
charge-qr = Show a code
charge-card = Or the customer’s card number
charge-pin = Customer’s PIN
charge-do = Take from card
key-back = Delete one digit
unpaid-refused = That payment was refused
unpaid-none = That payment did not go through
unpaid-none-why = The connection broke before it arrived. No money has left the customer’s card.
unpaid-none-next = Take it again on this page. Should the first one arrive late after all, it won’t be paid twice.
hold-title = Do not pay again
hold-text = The connection dropped. We are checking with the same number whether it was paid, and will tell you as soon as we know.
hold-call = In a hurry? Call { $phone }.
sale-done = { $amount } paid
sale-done-what = Order { $order } · { $payer }
sale-cancel = Cancel this payment
sale-last = Last payment
sale-cancel-last = Cancel it
say-again = Hear it again
sales-today = Sold today
sales-count = { $count ->
    [one] { $count } sale.
   *[other] { $count } sales.
}
sales-week = By this time on the same day last week it was { $amount }.
sales-week-none = Nothing was sold by this time on the same day last week.
sales-newest = Showing the latest { $count }.
sales-title = Today’s payments
sales-empty = No payments yet
sales-empty-how = Enter an amount and show the code; the first payment will appear here.
sales-hours = You sold most around { $hour }:00.
sale-order = Order
sale-at = Time
sale-payer = Customer
refund-title = Give a refund
refund-which = Order number
refund-which-hint = The order number on the customer’s receipt, such as J1-5288. The number at its top that begins with pst_ will do too.
refund-amount = Amount to refund
refund-amount-hint = Leave empty to refund everything.
refund-note = The customer’s cashback goes back in proportion.
refund-do = Refund
heard-paid = { $at } { $amount } paid.
payer-card = Card ••{ $last }
qr-title = Show this to the customer
qr-how = The customer scans this code to pay.
qr-label = Payment code
qr-type = Can’t scan? Enter the shop code and the amount in the wallet:
qr-over = This code has ended. Nothing was paid with it.
qr-again = Show a new code
qr-cancel = Stop

done-refund = { $amount } was refunded.
done-refund-reward = { $amount } was refunded. The { $taken } of cashback already spent was taken off the refund.
done-cancelled = The payment was cancelled.
field-card = No card has this number. Check the 16 digits on the front.
field-payment = No payment has this number. Check the receipt, or type the number at its top that begins with pst_.
field-payment-several = Several payments have this order number ({ $days }). Type the number at the top of the receipt that begins with pst_.
field-pin = The card number or the PIN is wrong. After { $left } more this shop can’t take the card for a while.
