# The window's one page, hand-over, two people's yes.

account-ways = Ways in
account-passkeys = Passkeys
account-passkeys-what = Come in with your phone or a security key. Make another, or remove one.
account-links = Other sign-ins
account-links-what = See which other houses’ sign-ins are linked to this account, and unlink them.

# To do today
today-title = { $count ->
    [one] One thing to do today
   *[other] { $count } things to do today
}
today-nothing = Nothing is left to do today
today-list = Who to see first
today-order = What colleagues handed over, then people whose card is locked, people no notice reached, and those who were not taken in to the end.
today-untold = No way reached them with a notice. Tell them when they come, or when you get through by telephone.
today-taken = Handed over to you: { $why }
today-offered = A colleague hands this over: { $why }
today-offered-draft = Somebody not taken in to the end
today-glass = Your emergency look waits for its review, and is closed by it.
today-draft = Not taken in to the end. Kept until { $until }, then deleted.
today-draft-nameless = Somebody without a name yet

# Taking in that was begun
draft-later = Go on later
draft-saved = What you typed is kept.
draft-unsaved = Not kept yet. Please press “Go on later”.
draft-kept = Kept at { $at }. You can go on until { $until }.
draft-note = To know when going on (may be empty)
draft-note-hint = Such as: went home for the identity card
draft-drop-title = Stop taking them in
draft-drop-what = All that was typed is deleted. It can’t be brought back.
draft-drop-do = Delete what was typed
done-draft-kept = What you typed is kept. Go on from today’s list.
done-draft-dropped = What was typed is deleted.
enrol-no-card = None for now
enrol-elsewhere-known = Similar people are looked for among the records this window may see. The counter of the whole city compares the others later.
done-enrolled-no-card = { $name } is registered.

# Handing over
handover-title = Hand over to a colleague
handover-to = To whom
handover-why = What is to do
handover-why-hint = In one sentence. Only the two of you see it.
handover-do = Hand over
handover-nobody = No colleague can take this on
handover-nobody-how = Other clerks who may see this person are listed here.
handover-given = Handed over by you
handover-draft = Somebody not taken in to the end
handover-offered = Not taken yet.
handover-taken = Your colleague has taken it on.
handover-on-its-way = Handed over to a colleague, who has not taken it yet.
handover-accept-do = Take it
handover-end-do = Done
handover-back-do = Take back
done-handed = Handed over. It is listed here until it is done.
done-accepted = It is yours now.
done-ended = Taken off the list.
persona-counter = At the city hall’s counter, takes on what a neighbourhood’s window hands over.
colleague = { $place } · { $role } · { $code }

refusal-draft-unknown = There is no such draft
    .why = It was finished or deleted, or is not of this window.
    .remedy = Please choose from today’s list again.
refusal-draft-empty = Nothing was typed yet
    .why = A name, a birth date, a telephone or a note is needed to keep it.
    .remedy = Type one of them and press again.
refusal-draft-form = Something can’t be kept
    .why = Each field is one line of { $most } characters at most.
    .remedy = Please make it shorter.
refusal-handover-unknown = There is no such handing over
    .why = Only who hands over and who takes it can see it.
    .remedy = Please choose from today’s list again.
refusal-handover-self = You can’t hand over to yourself
    .why = It is yours already.
    .remedy = Please choose a colleague.
refusal-handover-open = This was handed over already
    .why = Your colleague has not taken it yet, or is at it.
    .remedy = Take it back under “Handed over by you”, then hand it over again.
refusal-handover-over = This handing over has ended
    .why = It was taken, taken back or done.
    .remedy = There is nothing more to do.
refusal-handover-nobody = This colleague can’t take it
    .why = They are no clerk, or may not see this person.
    .remedy = Please choose one of the list.
