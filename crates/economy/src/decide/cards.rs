//! How many cards one person may have.

use base::{Arg, Refusal};
use rules::CardRules;

/// Somebody's cards, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardCount {
    /// That can still pay, be they frozen or locked at the moment.
    pub usable: u32,
    /// That there ever were.
    pub made: u32,
}

/// Whether somebody gets one more card; `by_oneself`: they ask for it without anybody who looks at them.
///
/// Refusals, in order: `card.many`, `card.many-made`. Each says how many there may be.
pub fn another_card(count: CardCount, by_oneself: bool, rules: &CardRules) -> Result<(), Refusal> {
    reaches(count.usable, rules.cards_at_once, "card.many", rules)?;
    reaches(count.made, rules.cards_by_oneself.filter(|_| by_oneself), "card.many-made", rules)
}

fn reaches(count: u32, most: Option<u32>, code: &'static str, rules: &CardRules) -> Result<(), Refusal> {
    match most {
        Some(most) if count >= most => {
            Err(Refusal::new(code).with("most", Arg::Count(i64::from(most))).because(rules.source.clone()))
        }
        _ => Ok(()),
    }
}
