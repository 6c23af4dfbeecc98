//! A taking in that was begun and not finished, as it was typed; and handing over between clerks.
//!
//! A draft is no record of anybody: nothing in it was checked, nobody finds it by a search, and it is let go when the
//! city's days for it are over. It belongs to the window where it was begun, so that a colleague can go on with it.

use base::{AccountId, Arg, Instant, Refusal};
use serde::{Deserialize, Serialize};

use crate::Reason;

/// The longest that one field is kept.
pub const LONGEST: usize = 200;

/// The fields of a taking in, just as they were typed: a half birth date, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// Born on.
    pub born: String,
    /// A telephone.
    pub phone: String,
    /// The code of a neighbourhood.
    pub district: String,
    /// The first card.
    pub kind: String,
    /// What the next one who goes on with it should know.
    pub note: String,
}

impl Typed {
    /// Whether it can be kept: something a person says of themselves, each field in one line and not too long
    /// (`draft.form`, `draft.empty`). The choices count for nothing alone.
    pub fn check(&self) -> Result<(), Refusal> {
        let fields = [&self.name, &self.born, &self.phone, &self.district, &self.kind, &self.note];
        let fits = |text: &&String| text.chars().count() <= LONGEST && !text.chars().any(base::is_unseen);
        if !fields.iter().all(fits) {
            return Err(Refusal::new("draft.form").with("most", Arg::Count(LONGEST as i64)));
        }
        let said = [&self.name, &self.born, &self.phone, &self.note];
        if said.iter().all(|text| text.trim().is_empty()) {
            return Err(Refusal::new("draft.empty"));
        }
        Ok(())
    }
}

/// Where something handed over stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The other one has not taken it yet.
    Offered,
    /// The other one has it.
    Taken,
    /// It is done, or was taken back.
    Ended,
}

/// What one clerk hands over to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handing {
    /// From whom.
    pub by: AccountId,
    /// To whom.
    pub to: AccountId,
    /// When it was taken.
    pub accepted: Option<Instant>,
    /// When it was done or taken back.
    pub ended: Option<Instant>,
}

impl Handing {
    /// Begins it, with a sentence. `open` says whether the same thing is on its way already.
    /// Refused: to oneself (`handover.self`), on its way already (`handover.open`), and what is no [`Reason`].
    pub fn begin(by: AccountId, to: AccountId, open: bool, why: &str) -> Result<(Handing, Reason), Refusal> {
        if by == to {
            return Err(Refusal::new("handover.self"));
        }
        if open {
            return Err(Refusal::new("handover.open"));
        }
        Ok((Handing { by, to, accepted: None, ended: None }, Reason::given(why)?))
    }

    /// Where it stands.
    pub fn stage(&self) -> Stage {
        match (self.accepted, self.ended) {
            (_, Some(_)) => Stage::Ended,
            (Some(_), None) => Stage::Taken,
            (None, None) => Stage::Offered,
        }
    }

    /// Whether somebody has to do with it: for everybody else there is none.
    pub fn concerns(&self, who: AccountId) -> bool {
        who == self.by || who == self.to
    }

    /// The other one takes it. Refused to everybody else (`handover.unknown`), and when it is not offered any more
    /// (`handover.over`).
    pub fn accept(&self, who: AccountId, at: Instant) -> Result<Handing, Refusal> {
        if who != self.to {
            return Err(Refusal::new("handover.unknown"));
        }
        match self.stage() {
            Stage::Offered => Ok(Handing { accepted: Some(at), ..*self }),
            Stage::Taken | Stage::Ended => Err(Refusal::new("handover.over")),
        }
    }

    /// It ends: whoever gave it takes it back while it is offered, whoever took it has done it.
    pub fn end(&self, who: AccountId, at: Instant) -> Result<Handing, Refusal> {
        if !self.concerns(who) {
            return Err(Refusal::new("handover.unknown"));
        }
        match self.stage() {
            Stage::Offered if who == self.by => Ok(Handing { ended: Some(at), ..*self }),
            Stage::Taken if who == self.to => Ok(Handing { ended: Some(at), ..*self }),
            _ => Err(Refusal::new("handover.over")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: AccountId = AccountId(1);
    const B: AccountId = AccountId(2);
    const C: AccountId = AccountId(3);
    const WHY: &str = "서류를 받으면 이어서 해 주세요";

    #[test]
    fn what_can_be_kept() {
        let typed = |name: &str, phone: &str| Typed {
            name: name.into(),
            phone: phone.into(),
            kind: "plastic".into(),
            ..Typed::default()
        };
        for (draft, code) in [
            (typed("이복", ""), None),
            (typed("", "010"), None),
            (typed("  ", ""), Some("draft.empty")),
            (typed("이\n복", ""), Some("draft.form")),
            (typed("이\0", ""), Some("draft.form")),
            (typed(&"가".repeat(LONGEST), ""), None),
            (typed(&"가".repeat(LONGEST + 1), ""), Some("draft.form")),
        ] {
            assert_eq!(draft.check().err().map(|no| no.code), code, "{draft:?}");
        }
    }

    #[test]
    fn who_may_do_what_with_what_is_handed_over() {
        let begin = |to, open, why| Handing::begin(A, to, open, why).err().map(|no| no.code);
        assert_eq!(begin(A, false, WHY), Some("handover.self"));
        assert_eq!(begin(B, true, WHY), Some("handover.open"));
        assert_eq!(begin(B, false, "네"), Some("reason.short"));
        let offered = Handing::begin(A, B, false, WHY).unwrap().0;
        let taken = offered.accept(B, Instant(5)).unwrap();
        let ended = taken.end(B, Instant(6)).unwrap();
        let code = |done: Result<Handing, Refusal>| done.err().map(|no| no.code);
        for (at, who, accept, end) in [
            (offered, A, Some("handover.unknown"), None),
            (offered, B, None, Some("handover.over")),
            (offered, C, Some("handover.unknown"), Some("handover.unknown")),
            (taken, A, Some("handover.unknown"), Some("handover.over")),
            (taken, B, Some("handover.over"), None),
            (taken, C, Some("handover.unknown"), Some("handover.unknown")),
            (ended, A, Some("handover.unknown"), Some("handover.over")),
            (ended, B, Some("handover.over"), Some("handover.over")),
        ] {
            assert_eq!(code(at.accept(who, Instant(7))), accept, "{at:?} {who}");
            assert_eq!(code(at.end(who, Instant(7))), end, "{at:?} {who}");
        }
        assert_eq!(
            (offered.stage(), taken.stage(), ended.stage()),
            (Stage::Offered, Stage::Taken, Stage::Ended)
        );
    }
}
