# The texts of the pages. Amounts arrive with their unit, days with their weekday.
# Here is the frame that all pages share; each room has a file of its own.

product = Ongoeul
skip = Skip to content
look = Display
look-large = Large print
look-contrast = High contrast
look-system = Same as device
look-light = Light
look-dark = Dark
nav-label = My pages
nav-town = The town today
nav-wallet = Wallet
nav-large = Large-print wallet
nav-history = History
nav-me = My record
nav-looks = Who looked
nav-desk-looks = Reviews
nav-inspection = Inspection
nav-shop = Shop
nav-till = Till
nav-desk = Card desk
nav-group-deals = Take part
nav-group-shops = Shops
nav-group-records = Records
nav-group-mine = About me
nav-group-tools = Connections
nav-books = Books
nav-clerk = Counter
role-citizen = Citizen
role-merchant = Shop owner
role-till = Shop staff
role-clerk = Counter clerk
role-officer = City officer
role-auditor = Auditor
foot-help = Need help? Call us
foot-api = For programs (API)
foot-what = Runs the local card and cashback of { $city }.
scale-label = Size of the city
notice-label = Notice
scale-notice = Small-scale city (1/{ $scale }): budgets and limits are smaller too.

alert-done = Done
alert-info = Good to know
alert-warning = Take care
alert-danger = Not done
alert-source = Based on
alert-next = What you can do:
alert-code = If you call us, give this code:
errors-title = Please correct the following
busy-again = Open it again
request-id = Request number
go-back = Go back
call = Call { $phone }
print = Print
scan = Scan code
as-table = Show as table
amount = Amount
day = Day
left = Left
none = none

title-not-paid = Your payment didn’t go through
title-not-found = There is no such page
title-not-allowed = You can’t see this page
title-failed = Something went wrong
title-refused = We couldn’t do that

nav-access = Access

nav-tokens = Keys
