# The demo: whom to be, its clock, the tour.

demo = Demo
demo-label = Demo controls
demo-who = Switch person
demo-pause = Pause
demo-run = Resume
demo-time = Time
demo-speed = ×{ $speed }
demo-jump = Go to { $day }
demo-pace = { $count } a minute
demo-pace-life = As often as people of this town pay at this hour, at the clock’s speed.
demo-pace-lively = So that there is something to see, { $times } times as often as in life. A faster clock brings more.
demo-pace-bound = The clock runs at ×{ $speed }, payments only at ×{ $times }.
demo-leap = Living the days until { $day }
demo-stay = Stay here
demo-look = Look again
jump-new-month = limits start anew
jump-month-end = last day of the month
jump-rule-change = the rules change
jump-half-year = second half-year begins

enter-title = Who would you like to be?
enter-next = Then you go straight to the page you wanted.
enter-demo = This is a demo.
enter-demo-what = The people and shops of { $city } are made up, and no money is real.

tour-label = Five-minute tour
tour-step = Step { $step } of { $all }
tour-next = Next
tour-end = Finish
tour-skip-step = Skip this step
tour-stop = Leave the tour
tour-1-title = A citizen of 78 pays 12,000 won at the market
tour-1-text = With a plastic { $card }: the shop scans its number and it is done. Take 12,000 won at the shop’s till.
tour-1-do = Amount and card number are filled in. Press “Take from card”.
tour-1-done = 12,000 won is paid, without an app or a PIN.
tour-short = Only { $left } is left on this citizen’s card, too little to pay 12,000 won. First { $top_up } is put on from their own bank account.
tour-top-up = Top up { $amount }
tour-2-title = The shop hears it and sees tomorrow’s money
tour-2-text = A voice tells the shop it was paid. At the top is what reaches its account tomorrow.
tour-2-do = See the number at the top and press “Hear it again”.
tour-2-done = What was just paid is part of tomorrow’s money.
tour-3-title = The cashback arrives and says why
tour-3-text = This is the citizen’s wallet. Cashback was added, and it says why that much.
tour-3-do = Open the receipt of the payment just made.
tour-3-done = How the money moved and the rule behind it, on one page.
tour-4-title = An officer tries 8% instead of 10%
tour-4-text = Before changing anything, rehearse it on the real payments of the last 30 days.
tour-4-do = The rate says 8. Press “Rehearse”.
tour-4-done = You see how much less it costs, and who gets less.
tour-5-title = A stranger finds the payment in the books
tour-5-text = The books hold no names. Still, anyone can see that the payment was written down right.
tour-5-do = Press “Find” to look up the first 12,000 won.
tour-5-done = You found it. Now look around as you like.

done-jumped = It is now { $day }.

persona-newcomer = Has just got a card on the phone. Nothing has happened yet.
persona-citizen = 78 years old, shops at the market with a plastic card. The PIN is 1234.
persona-merchant = Owns a small food shop and wonders what tomorrow brings.
persona-till = Works at the till and sees no totals.
persona-clerk = Finds and replaces cards at a neighbourhood counter.
persona-officer = Card officer at the city hall. Looks after the cashback budget and its rules.
persona-auditor = Checks that the books are right.

persona-access = Officer for access. Decides who does which job, and confirms roles that others gave.
