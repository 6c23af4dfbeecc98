//! Houses that vouch.

use askama::Template;

use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A house that vouches.
#[derive(Debug, Clone)]
pub struct HouseShown {
    /// In addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its word counts for whoever looks.
    pub linked: bool,
}

/// `GET /account/links`. `GET /account/links/{house}?csrf=…` goes there and back; `POST /account/links/remove` —
/// `house`, `csrf`.
#[derive(Template)]
#[template(path = "links.html")]
pub struct LinksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// All there are.
    pub houses: Vec<HouseShown>,
}
