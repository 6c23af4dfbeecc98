# What two people do: propose, confirm, refuse, withdraw.

nav-waiting = To confirm
waiting-title = Waiting for a second person
waiting-some = { $count ->
    [one] One thing to confirm
   *[other] { $count } things to confirm
}
waiting-none = Nothing to confirm right now
waiting-what = What one person proposes happens once another confirms it. Until then no money moves.
waiting-roles = { $count ->
    [one] One role waits to be confirmed
   *[other] { $count } roles wait to be confirmed
}
waiting-empty = Nothing waits.
waiting-empty-how = A large refund, a payout file for the bank, or a coupon for many shows up here once somebody proposes it.
waiting-by = Proposed by { $who }, { $time }
waiting-until = Can be confirmed until { $time }
waiting-people = People who get it
waiting-budget-now = Budget free now
waiting-budget-after = Budget left after it
waiting-see = See more
waiting-see-one = { $what }: see more
waiting-confirm = Confirm and carry out
waiting-confirm-one = Confirm and carry out: { $what }, { $amount }
waiting-refuse = Refuse
waiting-why = Why not
waiting-why-hint = Whoever proposed it reads this.
waiting-refuse-do = Refuse
waiting-withdraw = Withdraw
waiting-withdraw-one = Withdraw: { $what }, { $amount }
waiting-others = It happens once somebody else confirms it.
waiting-ended = What you proposed before
waiting-news = { $count ->
    [one] One thing you proposed was answered
   *[other] { $count } things you proposed were answered
}
nav-news = { $count ->
    [one] 1 answer
   *[other] { $count } answers
}
waiting-said = Why: { $why }
waiting-answered-by = Answered by { $who }
waiting-proposed = Proposed { $time }
waiting-heard = Got it
waiting-heard-one = { $what }, { $amount }: got it
done-proposal-heard = Noted as read. It stays in the list below.
waiting-send-payouts = { $count ->
    [one] Send one payout to the bank
   *[other] Send { $count } payouts to the bank
}
waiting-refund = Refund of payment { $payment }
waiting-refund-at = { $shop }: refund of payment { $payment }
proposal-carried-out = Confirmed and carried out, { $time }
proposal-refused = Refused, { $time }
proposal-withdrawn = Withdrawn, { $time }
proposal-expired = Nobody confirmed it in time
done-proposed = Proposed. It happens once somebody else confirms it.
done-proposal-confirmed = Confirmed. It is done.
done-proposal-refused = Refused. Nothing has happened.
done-proposal-withdrawn = Withdrawn. Nothing has happened.

desk-payouts-proposed = A payout file waits for somebody else to confirm it
persona-colleague = Another card officer. Confirms, as a second person, payout files, large refunds and coupons for many that another officer proposed.
refusal-proposal-unknown = This doesn’t wait any more
    .why = It was confirmed, refused or withdrawn already, or it can’t be seen from here.
    .remedy = Open the list of what waits again.
refusal-proposal-over = It is too late to confirm this
    .why = It could be confirmed until { $day }. What is old isn’t carried out into other circumstances.
    .remedy = Propose it again if it is still needed.
refusal-proposal-known = This is proposed already
    .why = The same waits for somebody else to confirm it. There can be one at a time.
    .remedy = Confirm or withdraw that one in the list of what waits, then propose again.
refusal-proposal-many = Too much waits
    .why = One person may have { $most } proposals waiting.
    .remedy = Have somebody confirm earlier ones, or withdraw those you don’t need.
refusal-proposal-proposer = Whoever proposed it may not do this any more
    .why = Their role has ended or changed, so that this would not be the work of two.
    .remedy = Refuse it, and have somebody who may propose it again.
refusal-proposal-changed = The sum has changed since
    .why = It was { $was } when it was proposed and is { $now } now. What nobody has seen isn’t carried out.
    .remedy = Withdraw or refuse it, and propose it again.
refusal-proposal-own = Only who proposed it can withdraw it
    .why = What somebody else proposed is confirmed or refused.
    .remedy = Refuse it with a reason if it should not happen.
refusal-second-same = Somebody else has to confirm this
    .why = Who proposes and who confirms must be two people.
    .remedy = Ask somebody else who may do the same.
refusal-second-person = This is another account of the same person
    .why = Both accounts are one person’s, so two people have not seen it.
    .remedy = Ask somebody else who may do the same.
refusal-second-made = One of you gave the other’s access
    .why = Where one of the two gave the other’s access, both may be one person’s.
    .remedy = Ask somebody whose role was given by another. For a shop, the city’s card officer can confirm too.
refusal-second-nobodys = Nobody can tell that these are two people
    .why = One person gave both accounts their roles, and not both belong to a person’s record: one could use both.
    .remedy = Ask somebody whose role another officer for access gave. Or have both accounts opened for each one’s own record, and the roles given anew.
waiting-pack = New rules
waiting-changes = See the { $count } places that change
waiting-place = File and key
waiting-was = Now
waiting-now = Then
waiting-nothing = nothing
refusal-pack-rewrites = These rules would rewrite what was decided
    .why = { $errors }
    .remedy = Leave past rules as they are, and write new entries that begin tomorrow or later.
refusal-pack-same = These are the rules in force
    .why = Nothing changes.
    .remedy = See whether these are the files you changed.
refusal-pack-second = Rules are brought by two people
    .why = A second person can say yes only where the first is known.
    .remedy = Name the account of whoever brings them.
waiting-theirs = Waiting for somebody else
