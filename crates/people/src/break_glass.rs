//! Breaking the glass: a look at what somebody may not see otherwise, for a reason given first.
//!
//! The person is told at once. An opened glass stays open, on everybody's list, until somebody else reviews it; there is
//! no other way to close it, so a forgotten one is never quietly gone.

use base::{Instant, PersonId, Refusal};
use serde::{Deserialize, Serialize};

use crate::notice::About;
use crate::{Links, Notice, Reason};

/// Who works with records: an account, and the person behind it where the city knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account's opaque id, as the access ledger has it.
    pub account: String,
    /// The person.
    pub person: Option<PersonId>,
}

impl Viewer {
    fn is(&self, other: &Viewer, links: &Links) -> bool {
        self.account == other.account
            || self.person.zip(other.person).is_some_and(|(one, other)| links.are_same(one, other))
    }
}

/// Who broke it, for whom, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Who looks.
    pub by: Viewer,
    /// At whom.
    pub whom: PersonId,
    /// Since when.
    pub at: Instant,
    /// Why.
    pub why: Reason,
}

/// What a reviewer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// There was need.
    Justified,
    /// There was none: what follows is the city's procedure.
    Unjustified,
}

/// A review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who reviewed it.
    pub by: Viewer,
    /// When.
    pub at: Instant,
    /// What they found.
    pub finding: Finding,
    /// In their words.
    pub note: Reason,
}

/// A broken glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Glass {
    /// It lets look, and waits for a review.
    Open {
        /// How it was opened.
        opening: Opening,
    },
    /// It was reviewed, and lets nobody look any more.
    Reviewed {
        /// How it was opened.
        opening: Opening,
        /// What came of it.
        review: Review,
    },
}

impl Glass {
    /// Breaks it, with the notice to the person. The text has to be a [`Reason`]: it is refused as one.
    pub fn open(by: Viewer, whom: PersonId, at: Instant, why: &str) -> Result<(Glass, Notice), Refusal> {
        let why = Reason::given(why)?;
        let notice = Notice { to: whom, about: About::GlassOpened { by: by.clone(), at, why: why.clone() } };
        Ok((Glass::Open { opening: Opening { by, whom, at, why } }, notice))
    }

    /// Reviews it. Refused when it was already (`glass.reviewed`) and to who opened it or is looked at, under any of their
    /// records (`glass.review-own`). What the reviewer says has to be a [`Reason`].
    pub fn review(
        self,
        by: Viewer,
        at: Instant,
        finding: Finding,
        note: &str,
        links: &Links,
    ) -> Result<Glass, Refusal> {
        let Glass::Open { opening } = self else {
            return Err(Refusal::new("glass.reviewed"));
        };
        let looked_at = by.person.is_some_and(|me| links.are_same(me, opening.whom));
        if by.is(&opening.by, links) || looked_at {
            return Err(Refusal::new("glass.review-own"));
        }
        let note = Reason::given(note)?;
        Ok(Glass::Reviewed { opening, review: Review { by, at, finding, note } })
    }

    /// How it was opened.
    pub fn opening(&self) -> &Opening {
        match self {
            Glass::Open { opening } | Glass::Reviewed { opening, .. } => opening,
        }
    }

    /// Whether it lets this one look at that one.
    pub fn lets(&self, account: &str, whom: PersonId) -> bool {
        matches!(self, Glass::Open { opening } if opening.by.account == account && opening.whom == whom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Deed, LinkEvent};

    const CLERK: PersonId = PersonId(1);
    const WHOM: PersonId = PersonId(2);
    const HEAD: PersonId = PersonId(3);
    /// A second record of the clerk.
    const TWIN: PersonId = PersonId(4);

    fn viewer(person: PersonId) -> Viewer {
        Viewer { account: format!("acc_{}", person.0), person: Some(person) }
    }

    fn opened() -> (Glass, Notice) {
        Glass::open(viewer(CLERK), WHOM, Instant(5), "연락이 닿지 않아 주소를 봅니다").unwrap()
    }

    fn links() -> Links {
        let why = Reason::given("같은 사람의 두 기록이에요").unwrap();
        Links::after(&[LinkEvent {
            deed: Deed::Linked,
            one: CLERK,
            other: TWIN,
            at: Instant(0),
            by: HEAD,
            why,
        }])
    }

    fn reviewed(by: PersonId, note: &str) -> Result<Glass, &'static str> {
        let glass = opened().0;
        glass.review(viewer(by), Instant(9), Finding::Justified, note, &links()).map_err(|no| no.code)
    }

    #[test]
    fn a_reason_comes_first() {
        for (why, code) in [
            ("", Some("reason.short")),
            ("업무 확인 필요", Some("reason.placeholder")),
            ("연락이 닿지 않아 주소를 봅니다", None),
        ] {
            let found = Glass::open(viewer(CLERK), WHOM, Instant(5), why);
            assert_eq!(found.err().map(|no| no.code), code, "{why}");
        }
    }

    #[test]
    fn the_person_is_told_and_it_lets_only_them_look() {
        let (glass, notice) = opened();
        let why = glass.opening().why.clone();
        let about = About::GlassOpened { by: viewer(CLERK), at: Instant(5), why };
        assert_eq!(notice, Notice { to: WHOM, about });
        for (by, whom, lets) in [(CLERK, WHOM, true), (HEAD, WHOM, false), (CLERK, HEAD, false)] {
            assert_eq!(glass.lets(&viewer(by).account, whom), lets);
        }
    }

    #[test]
    fn who_may_review() {
        let good = "실종 신고와 맞춰 보았어요";
        for (by, note, code) in [
            (HEAD, good, None),
            (HEAD, "확인", Some("reason.short")),
            (CLERK, good, Some("glass.review-own")),
            (TWIN, good, Some("glass.review-own")),
            (WHOM, good, Some("glass.review-own")),
        ] {
            assert_eq!(reviewed(by, note).err(), code, "{by:?} {note}");
        }
        let closed = reviewed(HEAD, good).unwrap();
        assert!(!closed.lets(&viewer(CLERK).account, WHOM));
        let again =
            closed.clone().review(viewer(PersonId(9)), Instant(10), Finding::Unjustified, good, &links());
        assert_eq!(again.map_err(|no| no.code), Err("glass.reviewed"));
        let text = serde_json::to_string(&closed).unwrap();
        assert!(text.contains(r#""state":"reviewed""#), "{text}");
        assert_eq!(serde_json::from_str::<Glass>(&text).unwrap(), closed);
    }
}
