//! Helpers: family, carers and guardians whom a person lets see, apply, or pay up to a sum.
//!
//! A delegation is dated and can be revoked at any time; from that moment it allows nothing. Withdrawing money, giving it
//! away and letting others help are never a helper's, whatever was agreed. Each use yields a [`Notice`] to the person.

use base::{Arg, Date, PersonId, Refusal, Won};
use serde::{Deserialize, Serialize};

use crate::notice::About;
use crate::{Notice, Period};

/// How the helper stands to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// Kin or partner.
    Family,
    /// Looks after them, for pay or not.
    Carer,
    /// Appointed by a court.
    Guardian,
}

/// Up to how much a helper pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PayLimits {
    /// With one payment.
    pub per_payment: Won,
    /// In a calendar month, all payments together.
    pub per_month: Won,
}

/// What a helper may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grants {
    /// See balance, payments and applications.
    pub see: bool,
    /// Apply in their name.
    pub apply: bool,
    /// Pay from their purses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay: Option<PayLimits>,
}

/// A revocation. From its day on nothing is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Revoked {
    /// The day.
    pub on: Date,
    /// Who revoked it: the person, the helper, or a clerk whom the person asked.
    pub by: PersonId,
}

/// What one person lets another do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Who is helped.
    pub person: PersonId,
    /// Who helps.
    pub helper: PersonId,
    /// How the helper stands to them.
    pub tie: Tie,
    /// What the helper may do.
    pub grants: Grants,
    /// From the first to the last day.
    pub period: Period,
    /// Set when it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

/// What a helper wants to do in the person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Act {
    /// Look.
    See,
    /// Apply for something.
    Apply,
    /// Pay this amount.
    Pay {
        /// How much.
        amount: Won,
    },
    /// Have a balance paid out: never.
    Withdraw,
    /// Give money to somebody: never.
    Gift,
    /// Let somebody else help: never.
    Delegate,
}

impl Delegation {
    /// A delegation that can be kept. Refused for oneself (`delegation.self`), without anything allowed
    /// (`delegation.empty`), and with limits that are not positive or fit no payment into a month (`delegation.limits`).
    pub fn give(
        person: PersonId,
        helper: PersonId,
        tie: Tie,
        grants: Grants,
        period: Period,
    ) -> Result<Delegation, Refusal> {
        if person == helper {
            return Err(Refusal::new("delegation.self"));
        }
        match grants.pay {
            None if !grants.see && !grants.apply => return Err(Refusal::new("delegation.empty")),
            Some(PayLimits { per_payment, per_month })
                if !per_payment.is_positive() || per_month < per_payment =>
            {
                return Err(Refusal::new("delegation.limits"));
            }
            _ => {}
        }
        Ok(Delegation { person, helper, tie, grants, period, revoked: None })
    }

    /// Revokes it. Refused (`delegation.revoked`) when it is by that day; a later end that was set is brought forward.
    pub fn revoke(self, on: Date, by: PersonId) -> Result<Delegation, Refusal> {
        match self.revoked {
            Some(revoked) if revoked.on <= on => {
                Err(Refusal::new("delegation.revoked").with("day", Arg::Date(revoked.on)))
            }
            _ => Ok(Delegation { revoked: Some(Revoked { on, by }), ..self }),
        }
    }
}

/// May the helper do this, today? `spent` is what they paid under this delegation in this calendar month, net of refunds.
///
/// In this order: what is never delegated (`delegation.never`); revoked (`delegation.revoked`), not begun
/// (`delegation.not-yet`), over (`delegation.ended`); not part of it (`delegation.not-given`); an amount that is none
/// (`amount.range`), too much at once (`delegation.payment-limit`) or in a month (`delegation.month-limit`).
pub fn allows(delegation: &Delegation, act: Act, on: Date, spent: Won) -> Result<Notice, Refusal> {
    let Delegation { grants, period, revoked, .. } = *delegation;
    let given = match act {
        Act::See => grants.see,
        Act::Apply => grants.apply,
        Act::Pay { .. } => grants.pay.is_some(),
        Act::Withdraw | Act::Gift | Act::Delegate => return Err(Refusal::new("delegation.never")),
    };
    if let Some(revoked) = revoked.filter(|revoked| revoked.on <= on) {
        return Err(Refusal::new("delegation.revoked").with("day", Arg::Date(revoked.on)));
    }
    if on < period.from() {
        return Err(Refusal::new("delegation.not-yet").with("day", Arg::Date(period.from())));
    }
    if let Some(until) = period.until().filter(|until| *until < on) {
        return Err(Refusal::new("delegation.ended").with("day", Arg::Date(until)));
    }
    if !given {
        return Err(Refusal::new("delegation.not-given"));
    }
    if let (Act::Pay { amount }, Some(limits)) = (act, grants.pay) {
        within(limits, amount, spent)?;
    }
    let about = About::Helped { helper: delegation.helper, act, on };
    Ok(Notice { to: delegation.person, about })
}

fn within(limits: PayLimits, amount: Won, spent: Won) -> Result<(), Refusal> {
    let PayLimits { per_payment, per_month } = limits;
    // Refunds of last month's payments leave no more room than the month has.
    let left = per_month.minus(spent.max(Won::ZERO)).unwrap_or(Won::ZERO).max(Won::ZERO);
    if !amount.is_positive() {
        return Err(Refusal::new("amount.range")
            .with("least", Arg::Won(Won(1)))
            .with("most", Arg::Won(per_payment)));
    }
    if amount > per_payment {
        return Err(Refusal::new("delegation.payment-limit")
            .with("limit", Arg::Won(per_payment))
            .with("room", Arg::Won(left.min(per_payment))));
    }
    if amount > left {
        return Err(Refusal::new("delegation.month-limit")
            .with("limit", Arg::Won(per_month))
            .with("room", Arg::Won(left)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    const MOTHER: PersonId = PersonId(1);
    const SON: PersonId = PersonId(2);
    const PAY: PayLimits = PayLimits { per_payment: Won(30_000), per_month: Won(100_000) };

    fn may(day: i8) -> Date {
        date(2021, 5, day)
    }

    fn grants(see: bool, apply: bool, pay: Option<PayLimits>) -> Grants {
        Grants { see, apply, pay }
    }

    fn delegation(grants: Grants) -> Delegation {
        let period = Period::new(may(3), Some(may(20))).unwrap();
        Delegation::give(MOTHER, SON, Tie::Family, grants, period).unwrap()
    }

    fn pay(amount: i64) -> Act {
        Act::Pay { amount: Won(amount) }
    }

    #[test]
    fn what_a_helper_may() {
        let all = delegation(grants(true, true, Some(PAY)));
        let sees = delegation(grants(true, false, None));
        let pays = delegation(grants(false, false, Some(PAY)));
        let revoked = all.revoke(may(10), MOTHER).unwrap();
        for (given, act, day, spent, code) in [
            (all, Act::See, 3, 0, None),
            (all, Act::Apply, 20, 0, None),
            (all, pay(30_000), 10, 70_000, None),
            (sees, Act::See, 10, 0, None),
            (pays, pay(1), 10, 99_999, None),
            // Refunds give no more room than there was.
            (pays, pay(30_000), 10, -500_000, None),
            // Never, even before anything else is asked.
            (all, Act::Withdraw, 10, 0, Some("delegation.never")),
            (all, Act::Gift, 10, 0, Some("delegation.never")),
            (all, Act::Delegate, 10, 0, Some("delegation.never")),
            (revoked, Act::Gift, 30, 0, Some("delegation.never")),
            (revoked, Act::See, 9, 0, None),
            (revoked, Act::See, 10, 0, Some("delegation.revoked")),
            (revoked, Act::See, 30, 0, Some("delegation.revoked")),
            (all, Act::See, 2, 0, Some("delegation.not-yet")),
            (sees, pay(1), 2, 0, Some("delegation.not-yet")),
            (all, Act::See, 21, 0, Some("delegation.ended")),
            (sees, pay(1), 21, 0, Some("delegation.ended")),
            (sees, pay(1), 10, 0, Some("delegation.not-given")),
            (sees, Act::Apply, 10, 0, Some("delegation.not-given")),
            (pays, Act::See, 10, 0, Some("delegation.not-given")),
            (all, pay(0), 10, 0, Some("amount.range")),
            (all, pay(-5), 10, 100_000, Some("amount.range")),
            (all, pay(30_001), 10, 0, Some("delegation.payment-limit")),
            (all, pay(30_001), 10, 100_000, Some("delegation.payment-limit")),
            (all, pay(30_000), 10, 70_001, Some("delegation.month-limit")),
            (all, pay(1), 10, 100_000, Some("delegation.month-limit")),
            (all, pay(1), 10, i64::MAX, Some("delegation.month-limit")),
        ] {
            let found = allows(&given, act, may(day), Won(spent));
            assert_eq!(found.as_ref().err().map(|no| no.code), code, "{act:?} {day} {spent}");
            if let Ok(notice) = found {
                let about = About::Helped { helper: SON, act, on: may(day) };
                assert_eq!(notice, Notice { to: MOTHER, about }, "the person is told");
            }
        }
    }

    #[test]
    fn a_limit_says_what_would_go() {
        let all = delegation(grants(true, true, Some(PAY)));
        for (amount, spent, limit, room) in
            [(40_000, 0, 30_000, 30_000), (40_000, 85_000, 30_000, 15_000), (20_000, 85_000, 100_000, 15_000)]
        {
            let no = allows(&all, pay(amount), may(10), Won(spent)).unwrap_err();
            assert_eq!(no.args, [("limit", Arg::Won(Won(limit))), ("room", Arg::Won(Won(room)))]);
        }
    }

    #[test]
    fn what_can_be_given() {
        let limits = |per_payment, per_month| {
            grants(true, false, Some(PayLimits { per_payment: Won(per_payment), per_month: Won(per_month) }))
        };
        let period = Period::since(may(3));
        for (helper, grants, code) in [
            (SON, grants(true, false, None), None),
            (SON, limits(1, 1), None),
            (MOTHER, grants(true, false, None), Some("delegation.self")),
            (SON, grants(false, false, None), Some("delegation.empty")),
            (SON, limits(0, 10), Some("delegation.limits")),
            (SON, limits(-1, 10), Some("delegation.limits")),
            (SON, limits(10, 9), Some("delegation.limits")),
        ] {
            let found = Delegation::give(MOTHER, helper, Tie::Carer, grants, period);
            assert_eq!(found.err().map(|no| no.code), code, "{grants:?}");
        }
        let revoked = delegation(grants(true, false, None)).revoke(may(10), SON).unwrap();
        for (day, code) in [(9, None), (10, Some("delegation.revoked")), (11, Some("delegation.revoked"))] {
            let again = revoked.revoke(may(day), MOTHER);
            assert_eq!(again.as_ref().err().map(|no| no.code), code, "{day}");
            let end = again.map_or(may(10), |again| again.revoked.unwrap().on);
            assert_eq!(end, may(day.min(10)), "an end is only ever brought forward");
        }
    }

    #[test]
    fn kept_as_documents() {
        let kept = delegation(grants(true, false, Some(PAY))).revoke(may(4), SON).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Delegation>(&text).unwrap(), kept);
        let notice = allows(&delegation(kept.grants), pay(5), may(5), Won(0)).unwrap();
        let text = serde_json::to_string(&notice).unwrap();
        assert_eq!(serde_json::from_str::<Notice>(&text).unwrap(), notice);
    }
}
