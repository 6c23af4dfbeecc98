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
