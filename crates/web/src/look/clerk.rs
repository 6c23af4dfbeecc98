//! The clerk's window.

use askama::Template;
use base::Won;

use super::kit::Field;
use super::page::{Page, TourStep};
use super::texts::Tongue;
use super::wallet::CardInHand;

/// Something waiting: a lost card not reissued yet, for instance.
#[derive(Debug, Clone)]
pub struct ClerkTask {
    /// Who.
    pub name: String,
    /// What is to do, in a sentence.
    pub what: String,
    /// `/clerk?find=…`.
    pub href: String,
}

/// A card that was found, with the key for its reissue.
#[derive(Debug, Clone)]
pub struct FoundCard {
    /// The card.
    pub card: CardInHand,
    /// Key for reissuing it.
    pub request_key: String,
}

/// A person that was found.
#[derive(Debug, Clone)]
pub struct FoundPerson {
    /// Their id, in forms.
    pub id: String,
    /// Name, masked until they are looked at.
    pub name: String,
    /// Year of birth.
    pub born: i16,
    /// Neighbourhood.
    pub place: String,
    /// Phone, masked.
    pub phone: String,
    /// Everything they can spend.
    pub balance: Won,
    /// Their cards.
    pub cards: Vec<FoundCard>,
}

/// `GET /clerk?find=…` (name, phone or card number).
/// `POST /clerk/cards/{id}/lost` — `csrf`; `POST /clerk/cards/{id}/reissue` — `new_number` (printed on the new plastic
/// card), `csrf`, `request_key`.
#[derive(Template)]
#[template(path = "clerk.html")]
pub struct ClerkPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Waiting, most urgent first.
    pub tasks: Vec<ClerkTask>,
    /// What was looked for.
    pub find: Field,
    /// Who was found; `None` when nobody was looked for.
    pub found: Option<Vec<FoundPerson>>,
    /// An error of the new card's number.
    pub new_number: Field,
}
