//! Joining as a shop, where shops apply: what stands in the way, until when it is decided, and what can be said against it.
//!
//! Local Gift Certificates Act, Art. 7 (registration, decided within seven days), Art. 8 (cancellation, and how long it
//! bars). All days are the city's, as days since 1970-01-01.

use base::{Arg, Refusal, date_of_day};
use rules::{Ground, Joining, Trade};

/// What is known of who applies, by the business number.
#[derive(Debug, Clone, Default)]
pub struct Applicant<'a> {
    /// The shop that takes the card under this number.
    pub shop: Option<&'a str>,
    /// Whether an application under it waits for an answer, or for the answer to an appeal.
    pub waits: bool,
    /// The last day on which it is barred, and the ground of that.
    pub barred: Option<(i32, &'a Ground)>,
}

/// How far an application or a cancellation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileState {
    /// It waits for papers, or for the city.
    Filed,
    /// The shop is a member.
    Accepted,
    /// It was turned down.
    Refused,
    /// Who applied took it back.
    Withdrawn,
    /// A member's registration was cancelled.
    Cancelled,
    /// It was turned down, or cancelled, and that is appealed against.
    Appealed,
    /// The appeal changed nothing.
    Dismissed,
    /// The appeal was right.
    Upheld,
}

impl FileState {
    /// All of them.
    pub const ALL: [FileState; 8] = [
        FileState::Filed,
        FileState::Accepted,
        FileState::Refused,
        FileState::Withdrawn,
        FileState::Cancelled,
        FileState::Appealed,
        FileState::Dismissed,
        FileState::Upheld,
    ];

    /// The word for it in the database and the API.
    pub fn code(self) -> &'static str {
        match self {
            FileState::Filed => "filed",
            FileState::Accepted => "accepted",
            FileState::Refused => "refused",
            FileState::Withdrawn => "withdrawn",
            FileState::Cancelled => "cancelled",
            FileState::Appealed => "appealed",
            FileState::Dismissed => "dismissed",
            FileState::Upheld => "upheld",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<FileState> {
        FileState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether the city has to do something about it.
    pub fn waits(self) -> bool {
        matches!(self, FileState::Filed | FileState::Appealed)
    }
}

/// Whether a shop may join today, whoever decides it: asked when it applies, and again when the city says yes.
/// Refused: it is a member (`shop.known`), an application waits (`application.waits`), it is barred
/// (`application.barred`), or its trade doesn't take the card (`application.trade`).
pub fn may_join(today: i32, trade: &Trade, applicant: &Applicant<'_>) -> Result<(), Refusal> {
    if let Some(shop) = applicant.shop {
        return Err(Refusal::new("shop.known").with("shop", Arg::Text(shop.to_owned())));
    }
    if applicant.waits {
        return Err(Refusal::new("application.waits"));
    }
    if let Some((until, ground)) = applicant.barred.filter(|(until, _)| *until >= today) {
        return Err(Refusal::new("application.barred")
            .with("until", Arg::Date(date_of_day(until)))
            .because(ground.source.clone()));
    }
    if let Some(exclusion) = &trade.exclusion {
        return Err(Refusal::new("application.trade").because(exclusion.source.clone()));
    }
    Ok(())
}

/// The papers of the pack that the city has not seen yet, by their place in it.
pub fn missing(rules: &Joining, seen: &[String]) -> Vec<usize> {
    let papers = rules.papers.iter().enumerate();
    papers.filter(|(_, paper)| !seen.contains(&paper.id)).map(|(at, _)| at).collect()
}

/// The last day to decide on: so many days after the last paper came in. The time somebody takes to bring one doesn't count.
pub fn due(rules: &Joining, complete: i32) -> i32 {
    complete.saturating_add(days(rules.decide_days))
}

/// The last day to appeal on.
pub fn appeal_until(rules: &Joining, decided: i32) -> i32 {
    decided.saturating_add(days(rules.appeal_days))
}

/// The last day on which a cancelled shop is barred; `None` when its ground bars nobody.
pub fn barred_until(ground: &Ground, cancelled: i32) -> Option<i32> {
    (ground.bars > 0).then(|| cancelled.saturating_add(days(ground.bars)))
}

/// Whether something decided on a day can be appealed against today (`application.not-decided`, `application.appeal-late`).
pub fn may_appeal(today: i32, state: FileState, decided: i32, rules: &Joining) -> Result<(), Refusal> {
    if !matches!(state, FileState::Refused | FileState::Cancelled) {
        return Err(Refusal::new("application.not-decided"));
    }
    let until = appeal_until(rules, decided);
    if today > until {
        return Err(Refusal::new("application.appeal-late")
            .with("until", Arg::Date(date_of_day(until)))
            .because(rules.source.clone()));
    }
    Ok(())
}

fn days(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
