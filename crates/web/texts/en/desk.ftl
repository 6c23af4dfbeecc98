# The card desk: budget, limits, rules, rehearsals.

desk-title = Card desk
desk-runs-out = The cashback budget runs out on { $day }
desk-lasts = The cashback budget lasts until { $day }
desk-gone = The cashback budget is used up
desk-rests = { $left } of the cashback budget is left
desk-pace = { $over ->
        [1] About { $daily } was given yesterday.
        [14] Over the last two weeks about { $daily } a day was given.
       *[other] Over the last { $over } days about { $daily } a day was given.
    }
desk-left = { $left } is left.
desk-quiet = { $over ->
        [0] The budget begins today; how fast it goes will be seen from tomorrow on.
        [14] Nothing was given over the last two weeks, so it can't be said yet when it will be gone.
       *[other] Nothing was given over the last { $over } days, so it can't be said yet when it will be gone.
    }
desk-back = ← Card desk
burn-title = How the budget goes down
burn-sentence = { $left } of { $total } is left. The dotted line is the way on at this pace.
burn-beside = { $beside } went otherwise than at payments, such as cashback for prepayments, so the line begins lower by that much.
caps-title = Limits
caps-people = { $at_limit ->
        [0] None of the { $payers } people who earned cashback this month has used up their limit.
       *[other] { $at_limit } of the { $payers } people who earned cashback this month have used up their limit.
    }
caps-city = City-wide, { $used } ({ $percent }%) of this month’s { $total } is used.
caps-none = There is no city-wide limit at the moment.
campaigns-title = Cashback rules
campaigns-what = A rule takes effect on its day. Past rules are kept as they were.
campaign = Rule
campaign-from = Period
campaign-rate = Cashback
campaign-person = A person a month
campaign-city = The city a month
campaign-source = Source
state-now = now
state-ahead = ahead
state-past = past
rehearsal-ask = What would another rule cost?
rehearsal-what = Tries a new rule on the real payments of the last 30 days. Nothing is changed.
rehearsal-rate = Cashback rate
rehearsal-limit = Limit a person a month
rehearsal-do = Rehearse
rehearsal-title = Rehearsal
rehearsal-head = Going from { $now } to { $draft }
rehearsal-less = less
rehearsal-more = more
rehearsal-same = no difference
rehearsal-basis = Tried on { $payments } real payments from { $from } to { $until }.
rehearsal-cost = Cost over 30 days
rehearsal-as-is = Now { $rate } · limit { $limit }
rehearsal-as-draft = Draft { $rate } · limit { $limit }
rehearsal-ends-now = As it is, the budget runs out on { $day }.
rehearsal-ends-draft = With the draft, on { $day }.
rehearsal-lasts-now = As it is, the budget lasts the whole period.
rehearsal-lasts-draft = With the draft it lasts the whole period.
rehearsal-caveat = This assumes people spend just the same. With another rate they may spend differently.
rehearsal-again = Try another
gain-bands = Big and small spenders
gain-band = Spent in a month
gain-trades = By trade
gain-trade = Trade
gain-places = By neighbourhood
gain-count = People
gain-now = Now
gain-draft = Draft
gain-change = Change

field-rate = Enter a number from 0 to 20, such as 8 or 7.5

gain-others = Show the other { $count }
campaigns-others = Past rules and rules far ahead: { $count }
desk-none = There is no cashback budget to spend right now
rehearsal-head-limit = With another limit a person a month
rehearsal-as-is-free = Now { $rate } · no limit
rehearsal-as-draft-free = Draft { $rate } · no limit
rehearsal-people = { $more ->
        [0] { $less } people get less, { $same } the same, and nobody more.
       *[other] { $less } people get less, { $more } get more, { $same } the same.
    }
rehearsal-note-checked = Decided again under the rules of the time, every payment came out as recorded.
rehearsal-note-changed = The rules changed on { $day }. “Now” is what was really given before and after.
rehearsal-note-budget = In this period the budget cut some cashback. The draft was kept within the same budget.
rehearsal-wrong = Deciding again does not give what was recorded
rehearsal-wrong-first = Postings that differ: { $count }. The first is { $number }: { $recorded } was recorded, deciding again gives { $again }.
rehearsal-running = Deciding the payments of the last 30 days again
rehearsal-progress = { $done } of { $all } postings read.
rehearsal-waiting = Waiting for a rehearsal that began earlier.
rehearsal-running-what = The result will appear on this page.
gain-shops = Shops
gain-elsewhere = People who live elsewhere
gain-band-under = Under { $to }
gain-band-between = { $from } to { $to }
gain-band-over = { $from } and more
field-limit = Enter a number from 0 to { $most }, such as 300,000

refusal-rehearsal-busy = Other rehearsals are running
    .why = Deciding past payments again takes time.
    .remedy = Try the same values again in a moment. What has begun goes on.
refusal-rate-range = This rate can’t be tried
    .why = A rate is 0 to 10,000 basis points (800 is 8%).
    .remedy = Give a value between those.
