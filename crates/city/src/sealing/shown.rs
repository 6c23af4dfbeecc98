//! What a receipt file opens.

use base::PersonId;
use economy::Facts;

/// Members of the facts that say what a stranger should see: how much, at which shop, under which order, what it corrects.
/// Not what it earned: that tells how much of it was own money, and what is left of the holder's limits.
const TO_SHOW: [&str; 9] = [
    "facts",
    "facts.amount",
    "facts.merchant",
    "facts.order",
    "facts.payment",
    "facts.authorisation",
    "facts.payment.amount",
    "facts.payment.merchant",
    "facts.payment.order",
];

/// Members of the facts that say what was given: a stranger who sees a gift need not see where its giver shops.
const OF_GIFT: [&str; 7] = [
    "facts",
    "facts.gift.amount",
    "facts.gift.purpose",
    "facts.payment.gift.amount",
    "facts.payment.gift.purpose",
    "facts.once.gift.amount",
    "facts.once.gift.purpose",
];

/// How much of a posting its holder takes home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To show to others: no balance, no limit, no cashback, nobody's id.
    ToOthers,
    /// To show to others what was given with it, and nothing else.
    GiftToOthers,
    /// Everything that is about the holder, for their own drawer.
    ToOneself,
}

impl Shown {
    /// Whether a part is opened for somebody whose posting it is.
    pub fn opens(self, part: &str, facts: &Facts, holder: Option<PersonId>) -> bool {
        match self {
            Shown::ToOthers => TO_SHOW.contains(&part),
            Shown::GiftToOthers => OF_GIFT.contains(&part),
            // The receiver of a gift has no business with what the giver has left.
            Shown::ToOneself => {
                let giver = match facts {
                    Facts::Gift(gift) => Some(gift.from),
                    _ => holder,
                };
                (part.starts_with("facts") || part == "moves") && (part != "facts.balance" || giver == holder)
            }
        }
    }
}
