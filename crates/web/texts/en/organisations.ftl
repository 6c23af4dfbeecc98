# Organisations, households, businesses, sealed compartments.

role-organisation = Organisation
nav-organisation = Our organisation

refusal-organisation-unknown = There is no such organisation
    .why = It was not found among this city’s organisations.
    .remedy = Choose the organisation again.
refusal-organisation-name = This name can’t be used
    .why = An organisation’s name is one line of 1 to 100 characters.
    .remedy = Write the name again.
refusal-organisation-already = This organisation is there already
    .why = One has the same name, or there can only be one of its kind.
    .remedy = Find it in the list of organisations.
refusal-organisation-ended = This organisation has closed already
    .why = Its last day is set.
    .remedy = If it is needed again, enter it as a new one.
refusal-organisation-members-to-come = Members are still to come
    .why = Somebody is to join after the last day.
    .remedy = Close it once that day is past.
refusal-organisation-circle = Two associations can’t contain each other
    .why = This one is within that association already.
    .remedy = Check which of them is the larger.
refusal-business-unknown = There is no such business
    .why = It was not found among the registered businesses.
    .remedy = Check its number, or register the business first.
refusal-business-name = This name can’t be used
    .why = A business’s name is one line of 1 to 100 characters.
    .remedy = Write the name again.
refusal-business-known = This business is registered already
    .why = A business has the same number.
    .remedy = Find it by that number.
refusal-business-owner-already = They are its owner already
    .why = Nothing would change.
    .remedy = Choose the new owner again.

nav-organisations = Organisations
organisations-title = Organisations
organisations-none = There are no organisations yet.
organisations-windows = { $count ->
    [one] One neighbourhood window
   *[other] { $count } neighbourhood windows
}
organisations-found = Enter a new organisation
organisations-found-do = Enter organisation
organisation-kind = Kind
organisation-kind-department = Department of the city
organisation-kind-window = Neighbourhood window
organisation-kind-agency = Agency
organisation-kind-community-chest = Community Chest
organisation-kind-association = Association
organisation-name = Name
organisation-english = Name in English
organisation-english-hint = Leave it empty if there is none.
organisation-since = since { $day }
organisation-until = until { $day }
organisation-closed = Closed
organisation-closed-on = Closed on { $day }
organisation-part-of = It belongs to { $name }.
organisation-firms = { $count ->
    [0] no member firms
   *[other] member firms: { $count }
}
organisation-firms-all = { $count ->
    [0] No member firms
   *[other] Member firms: { $count }
}
organisation-through = { $count } of them through associations within it. A firm of several associations is counted once.
organisation-no-members = No member firms yet. Enter them by their business numbers.
organisation-members-list = Members
organisation-more = { $count } more are not listed here.
organisation-leave = Let go
organisation-leave-one = Let { $name } go
organisation-join = Enter a firm or an association
organisation-join-do = Enter member
organisation-member = Business number, or an association’s name
organisation-member-hint = A number has 10 digits.
organisation-firm-name = The firm’s name
organisation-firm-name-hint = Only for a firm that is entered for the first time.
organisation-trade = Trade
organisation-staff = Staff entered
organisation-people = { $count }
organisation-id = Organisation number
organisation-close = Close this organisation
organisation-close-what = Today becomes its last day, and whoever speaks for it is signed out at once. What was recorded stays.
organisation-close-do = Close it today
organisation-did-founded = The organisation is entered.
organisation-did-joined = The member is entered.
organisation-did-left = Today is entered as the last day.
organisation-did-closed = The organisation is closed as of today.
field-member-unknown = No registered business number or association’s name. For a firm that is new, write its name as well.
field-member-number = This business number can’t be right. Check its 10 digits.
persona-chest = Looks after the gifts, spends them and tells about it.
persona-association = Looks after member firms and gathers prepayments with them.
about-firms = { $count ->
    [0] no member firms
   *[other] member firms: { $count }
}

access-organisation = Organisation
access-organisation-hint = Only for the role of somebody who speaks for one.
access-no-organisation = No organisation
api-tag-organisations = Organisations and businesses

refusal-organisation-closed = It isn’t there on that day
    .why = On { $day } this organisation hasn’t begun or has closed.
    .remedy = Change the date or choose another one.
refusal-organisation-member-kind = They can’t join this organisation
    .why = Firms and organisations join associations only. All others have people.
    .remedy = Choose an association, or a person.
refusal-organisation-member-already = They belong to it already
    .why = They have belonged to it since { $day }.
    .remedy = If the dates differ, enter first when they left.
refusal-organisation-not-member = They don’t belong to this organisation
    .why = On { $day } they are not in it.
    .remedy = Check the date and the organisation.
