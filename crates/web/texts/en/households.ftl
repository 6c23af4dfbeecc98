# Who lives together
household-title = Who lives together
household-me = Me
household-none = No household is written down
household-none-how = Once the window knows whom you live with, it stands here.
household-size = { $count ->
    [one] Lives alone
   *[other] { $count } people live together
}
household-size-said = { $count ->
    [one] Is said to live alone
   *[other] { $count } people are said to live together
}
household-counts-members = “{ $other }” was said as well; those written down one by one count.
household-counts-paper = { $other } are written down one by one. A paper seen after that is newer, so it counts.
household-elsewhere = { $count } more whom this window may not see
household-past = { $count } earlier
household-was = { $relation } · from { $from } to { $until }
household-since = { $relation } · since { $from }
household-struck = { $relation } · from { $from } · struck out: { $why }
relation-head = Head of the household
relation-partner = Husband, wife or partner
relation-child = Child
relation-parent = Parent
relation-kin = Other kin
relation-housemate = Housemate
household-relation = What are they to the head?
household-who = Who lives here too
household-with = Whose household
household-who-hint = A telephone number, a card number, or an id (per_…)
household-from = Since when
household-last = Last day there
household-day-hint = Empty means today. For example 2021-02-01
household-begin-title = Write down a new household
household-begin-do = Write down as its head
household-join-title = Put into somebody’s household
household-join-do = Put into this household
household-add-title = Add somebody who lives here
household-add-do = Add
household-change-title = Change what they are to the head
household-change-from = Since when is it so
household-change-do = Change
household-leave-title = They moved out
household-leave-do = Write down that they left
household-strike-title = Strike out what was written wrongly
done-household-in = It is written down that they live together.
done-household-as = What they are to the head is changed.
done-household-out = The day they left is written down. What was stays.
told-household-changed = What is kept about whom you live with has changed. If it isn’t so, tell a window.
look-what-window-household = Seen at a window as one who lives together
look-what-me-household = A member of the household saw the masked name
refusal-household-none = They are of no household
    .why = Today they are written down in none.
    .remedy = Write them down as the head of a new one first.
refusal-household-future = That day hasn’t come yet
    .why = { $day } is still to come. Who lives together can be written down once it is so.
    .remedy = Write today or an earlier day.
refusal-household-head-already = There is a head already
    .why = Somebody else is the head since { $day }. A household has one head.
    .remedy = Change what they are first, or write down the day they left.
refusal-household-full = No more can be written down in one household
    .why = One household has { $most } people at most; more are an institution.
    .remedy = If somebody left, write down that day first.
refusal-household-relation-day = It was written down on that very day
    .why = It stands so since { $day }. It didn’t change, it was written down wrongly.
    .remedy = Strike out what is wrong and write it down again.
refusal-household-unknown = There is no such household
    .why = Nothing is known under the id that was sent.
    .remedy = Read the person’s household again and take its id (hsh_…) from there.
refusal-many-most = Too many at once
    .why = Up to { $most } people are written down at once, so that nothing else has to wait.
    .remedy = Divide the list and write down one part after the other.

refusal-household-member-already = They belong to this household already
    .why = They have been in it since { $day }.
    .remedy = If the dates differ, enter first when they left.
refusal-household-in-another = They belong to another household
    .why = They have been there since { $day }. Nobody is in two households at once.
    .remedy = Enter first when they left it.
refusal-household-not-member = They don’t belong to this household
    .why = On { $day } they are not in it.
    .remedy = Check the date and the household.
