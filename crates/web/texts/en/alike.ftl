# Two records that may be of one person: a neighbourhood's window can't see both, so who sees the whole city compares them.

pairs-title = Records that may be of one person
pairs-some = { $count ->
    [one] One pair of records may be of one person
   *[other] { $count } pairs of records may be of one person
}
pairs-none = No records to compare
pairs-what = A record of another neighbourhood is like that of somebody newly taken in. A neighbourhood’s window doesn’t see records elsewhere, so they are compared here. Linked, both records stay, and can be parted again.
pairs-empty = No records to compare.
pairs-empty-how = When somebody new at a window seems to be known in another neighbourhood, both show here.
pairs-since = Waiting since { $time }
pairs-why = What shows that they are one person
pairs-why-hint = Such as: I compared both identity cards
pairs-same = One person: link them
pairs-same-one = { $one } and { $other } are one person: link them
pairs-others = Two people
pairs-others-one = { $one } and { $other } are two people
pairs-task = Records that may be of one person
pairs-task-what = { $count ->
    [one] One pair waits
   *[other] { $count } pairs wait
}. See whether they are one person, and link them.
done-alike-same = The two records are linked. They count as one person now.
done-alike-others = Noted as two people. You won’t be asked again.
look-what-window-alike = Compared whether two records are of one person
refusal-alike-unknown = These two records aren’t waiting
    .why = They were answered or linked already, or there was nothing to compare.
    .remedy = Open the list again.
differ-title = { $count ->
    [one] One pair of linked records differs
   *[other] { $count } pairs of linked records differ
}
differ-how = They are of one person, and can’t both be right. The neighbourhood’s window went by the record it sees, and knows of no other. Open both and mend the wrong one: the pair goes from here.
differ-home = Written down as living in two households at once
differ-age = A consent doesn’t fit the birth date on the other record
differ-helper = The helper is the person, on another of their records
differ-link = Linked in a circle: taking this link back doesn’t part them
differ-task = Linked records that differ
differ-task-what = { $count ->
    [one] One pair waits
   *[other] { $count } pairs wait
}. Mend the wrong one.
