//! Persons, cards and shops, as decisions see them.

use base::{CardId, MerchantId, PersonId, Won};
use rules::Trade;

/// A person, without anything that names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Opaque.
    pub id: PersonId,
    /// Position of their neighbourhood in the pack; `None` for who lives elsewhere.
    pub district: Option<u8>,
}

/// What a card is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardKind {
    /// Plastic, with a large printed number and a code for the shop to scan.
    Plastic,
    /// On a phone.
    Phone,
}

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardState {
    /// It pays.
    Active,
    /// Its holder has stopped it for now.
    Frozen,
    /// Reported lost: never again.
    Lost,
    /// Replaced or given back.
    Closed,
    /// Too many wrong PINs: a window unlocks it.
    Locked,
}

/// A card. Money and limits belong to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Opaque.
    pub id: CardId,
    /// Its holder.
    pub person: PersonId,
    /// The 16 printed digits.
    pub number: u64,
    /// What it is made of.
    pub kind: CardKind,
    /// Where it stands.
    pub state: CardState,
    /// Keyed hash of its PIN, if one is set.
    pub pin: Option<[u8; 16]>,
    /// Wrong PINs that count for it: see [`crate::decide::wrong_pin`].
    pub wrong: u8,
}

impl Card {
    /// Stands for a number that is no card's, where a till must not learn that: no row has its id.
    pub const NOBODYS: Card = Card {
        id: CardId(0),
        person: PersonId(0),
        number: 0,
        kind: CardKind::Plastic,
        state: CardState::Active,
        pin: None,
        wrong: 0,
    };
}

/// Where a shop stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MerchantState {
    /// It takes the card.
    Open,
    /// Closed for good: its codes are dead.
    Closed,
}

/// A shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// Opaque.
    pub id: MerchantId,
    /// Its name on the sign: public.
    pub name: String,
    /// Ten digits.
    pub business_number: String,
    /// Position of its trade in the pack.
    pub trade: u8,
    /// Position of its neighbourhood in the pack.
    pub district: u8,
    /// Yearly sales in won, if known.
    pub sales: Option<Won>,
    /// Its owner, if a holder of this city's card.
    pub owner: Option<PersonId>,
    /// Where it stands.
    pub state: MerchantState,
}

/// A shop as a decision sees it: with its trade from the pack.
#[derive(Debug, Clone, Copy)]
pub struct Shop<'a> {
    /// The shop.
    pub merchant: &'a Merchant,
    /// Its trade.
    pub trade: &'a Trade,
}

macro_rules! coded {
    ($name:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        impl $name {
            /// The word for it in the database and the API.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code),* }
            }

            /// From the word.
            pub fn coded(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)* _ => None }
            }
        }
    };
}

coded!(CardKind { Plastic = "plastic", Phone = "phone" });
coded!(CardState { Active = "active", Frozen = "frozen", Lost = "lost", Closed = "closed", Locked = "locked" });
coded!(MerchantState { Open = "open", Closed = "closed" });

/// The check digit that makes 15 digits a card number (ISO/IEC 7812, Luhn).
pub fn card_number(fifteen: u64) -> u64 {
    let fifteen = fifteen % 1_000_000_000_000_000;
    let mut rest = fifteen;
    let mut sum = 0;
    for position in 0..15 {
        let digit = rest % 10;
        rest /= 10;
        // Counting from the right, the check digit will stand first: even positions here are doubled.
        sum += if position % 2 == 0 { (digit * 2) / 10 + (digit * 2) % 10 } else { digit };
    }
    fifteen * 10 + (10 - sum % 10) % 10
}

/// A card number from what was typed or scanned: 16 digits with a right check digit; spaces and hyphens are let go.
pub fn parse_card_number(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    (card_number(number / 10) == number).then_some(number)
}

/// `9410 1234 5678 9012`.
pub fn show_card_number(number: u64) -> String {
    let digits = format!("{number:016}");
    [&digits[0..4], &digits[4..8], &digits[8..12], &digits[12..16]].join(" ")
}

/// Where others could look: `9410 •••• •••• 2075`.
pub fn mask_card_number(number: u64) -> String {
    let digits = format!("{number:016}");
    format!("{} •••• •••• {}", &digits[..4], &digits[12..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_carry_their_check_digit() {
        // The textbook example 7992739871(3), padded to 15 digits.
        assert_eq!(card_number(7_992_739_871), 79_927_398_713);
        let number = card_number(941_012_345_678_901);
        assert_eq!(parse_card_number(&show_card_number(number)), Some(number));
        assert_eq!(parse_card_number(&show_card_number(number + 1)), None);
        assert_eq!(parse_card_number("9410"), None);
        assert_eq!(parse_card_number("９４１０123456789012"), None);
    }
}
