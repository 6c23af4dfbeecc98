//! What two people do: an operation that a second person confirms before it is carried out. Roles that are given say so
//! themselves, in `roles.toml`.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::RoleRule;
use crate::read::{Ids, RawSource, Reader};

/// What can be kept for a second person's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirmed {
    /// The file of payouts for the bank. Its sum is what is in it.
    SendPayouts,
    /// A refund. Its sum is all that was taken back of the payment, so that parts count together; or all that its shop owes
    /// afterwards, if that is more, so that payments do.
    Refund,
    /// A later pack. Its sum is in how many places it changes the rules.
    BringPack,
    /// A coupon for many. Its sum is what all of them would be given.
    BeginCoupons,
}

impl Confirmed {
    /// The operation's name.
    pub fn operation(self) -> &'static str {
        match self {
            Confirmed::SendPayouts => "send-payouts",
            Confirmed::Refund => "refund",
            Confirmed::BringPack => "bring-pack",
            Confirmed::BeginCoupons => "begin-coupons",
        }
    }

    /// From the operation's name.
    pub fn named(operation: &str) -> Option<Confirmed> {
        let all = [Confirmed::SendPayouts, Confirmed::Refund, Confirmed::BringPack, Confirmed::BeginCoupons];
        all.into_iter().find(|one| one.operation() == operation)
    }
}

/// That a second person confirms an operation, for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FourEyes {
    /// Unique in the pack.
    pub id: String,
    /// Which operation.
    pub operation: Confirmed,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Up to this sum one person is enough.
    pub above: Won,
    /// As long as what was proposed can be confirmed.
    pub days: u32,
    /// The roles that may confirm it.
    pub confirm: Vec<String>,
    /// What it rests on.
    pub source: Source,
}

impl FourEyes {
    /// Whether it is asked for on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }

    /// Whether a sum needs a second person.
    pub fn asks(&self, amount: i64) -> bool {
        amount > self.above.0
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    operation: Spanned<Confirmed>,
    from: Spanned<Datetime>,
    until: Option<Spanned<Datetime>>,
    above: Option<Spanned<i64>>,
    days: Spanned<i64>,
    confirm: Spanned<Vec<Spanned<String>>>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `four_eyes.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>, roles: Option<&[RoleRule]>) -> Option<Vec<FourEyes>> {
    let file = reader.document::<RawFile>()?;
    let mut ids = Ids::default();
    let mut rules: Vec<FourEyes> = Vec::new();
    for entry in file.rule {
        let at = entry.span();
        let raw = entry.into_inner();
        let operation = *raw.operation.get_ref();
        let (from, until) = reader.period(&raw.from, raw.until.as_ref());
        let meets = rules.iter().find(|one| {
            one.operation == operation
                && one.until.is_none_or(|end| from <= end)
                && until.is_none_or(|end| one.from <= end)
        });
        if let Some(other) = meets {
            let what = format!("it holds on days on which {:?} does", other.id);
            reader.fault(raw.from.span(), what, "end one before the other begins");
        }
        let confirm = confirming(reader, raw.confirm, operation, roles);
        rules.push(FourEyes {
            id: reader.id(&raw.id, &mut ids),
            operation,
            from,
            until,
            above: raw.above.map_or(Won(0), |above| reader.won("above", &above)),
            days: reader.number("days", &raw.days, 1..91),
            confirm,
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    Some(rules)
}

/// The roles that may confirm: such as may do it themselves, and confirm at all.
fn confirming(
    reader: &mut Reader<'_>,
    named: Spanned<Vec<Spanned<String>>>,
    operation: Confirmed,
    roles: Option<&[RoleRule]>,
) -> Vec<String> {
    if named.get_ref().is_empty() {
        reader.fault(named.span(), "nobody could confirm it", "name the roles that may");
    }
    let named = named.into_inner();
    for role in &named {
        let Some(roles) = roles else { continue };
        let known: Vec<&str> = roles.iter().map(|role| role.id.as_str()).collect();
        reader.known("role", role, &known);
        let Some(rule) = roles.iter().find(|rule| rule.id == *role.get_ref()) else { continue };
        for needed in [operation.operation(), "confirm-proposal", "refuse-proposal"] {
            if !rule.operations.iter().any(|one| one == needed) {
                let what = format!("role {:?} may not {needed:?}", rule.id);
                reader.fault(role.span(), what, "give it that operation in roles.toml, or name another role");
            }
        }
    }
    named.into_iter().map(Spanned::into_inner).collect()
}
