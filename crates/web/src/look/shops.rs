//! Where the card can be used.

use askama::Template;

use super::clerk::Choice;
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A shop that takes the card.
#[derive(Debug, Clone)]
pub struct ShopFound {
    /// On its sign.
    pub name: String,
    /// Its trade and neighbourhood.
    pub about: String,
    /// Its page as a giving shop, if it has a plaque.
    pub angel: Option<String>,
}

/// `GET /shops`: `name`, `trade`, `district`, `gives`, `from`, for anybody.
#[derive(Template)]
#[template(path = "shops.html")]
pub struct ShopsPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Something was looked for; else all are shown.
    pub asked: bool,
    /// What was typed.
    pub name: String,
    /// Giving shops only.
    pub gives: bool,
    /// Trades that take the card.
    pub trades: Vec<Choice>,
    /// Neighbourhoods.
    pub districts: Vec<Choice>,
    /// What was found.
    pub shops: Vec<ShopFound>,
    /// The shop after these.
    pub next: Option<String>,
}
