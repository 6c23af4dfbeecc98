//! Facts, consents and delegations in words, and facts from what was typed.

use base::{Date, Won};
use people::consent::{Giver, Way};
use people::delegation::Tie;
use people::fact::{Datum, Disability, Kind, Source, Value};
use people::{Consent, Delegation, Fact};

use crate::look::Tongue;
use crate::pages::wallet::typed;

/// The kinds a window can write down, as forms name them.
pub(super) const KINDS: [&str; 9] = [
    "household-size",
    "lives-alone",
    "birth-date",
    "residence-since",
    "income-band",
    "assets",
    "basic-livelihood",
    "disability",
    "care-grade",
];

/// The sources, as forms name them.
pub(super) const SOURCES: [&str; 4] = ["declared", "observed", "document", "register"];

/// A kind's name.
pub(super) fn kind(t: Tongue, kind: &Kind) -> String {
    let key = match kind {
        Kind::BirthDate => "known-birth-date",
        Kind::ResidenceSince => "known-residence-since",
        Kind::HouseholdSize => "known-household-size",
        Kind::LivesAlone => "known-lives-alone",
        Kind::IncomeBand => "known-income-band",
        Kind::Assets => "known-assets",
        Kind::BasicLivelihood => "known-basic-livelihood",
        Kind::Disability => "known-disability",
        Kind::CareGrade => "known-care-grade",
        Kind::Other(name) => return name.clone(),
    };
    t.say(key).to_string()
}

/// What a fact says.
pub(super) fn value(t: Tongue, datum: &Datum) -> String {
    let count = |key: &str, count: i64| t.say(key).count("count", count).to_string();
    let yes = |yes: bool| t.say(if yes { "known-is-yes" } else { "known-is-no" }).to_string();
    match datum {
        Datum::BirthDate(day) | Datum::ResidenceSince(day) => t.full_day(*day),
        Datum::HouseholdSize(size) => count("known-is-people", i64::from(*size)),
        Datum::LivesAlone(is) | Datum::BasicLivelihood(is) => yes(*is),
        Datum::IncomeBand(percent) => count("known-is-percent", i64::from(*percent)),
        Datum::Assets(won) => t.won(*won),
        Datum::Disability(Disability::Severe) => t.say("known-is-severe").to_string(),
        Datum::Disability(Disability::NotSevere) => t.say("known-is-not-severe").to_string(),
        Datum::Disability(Disability::None) => t.say("known-is-none").to_string(),
        Datum::CareGrade(6) => t.say("known-is-cognitive").to_string(),
        Datum::CareGrade(grade) => count("known-is-grade", i64::from(*grade)),
        Datum::Other { value, .. } => match value {
            Value::Flag(is) => yes(*is),
            Value::Count(count) => t.number(*count),
            Value::Won(won) => t.won(*won),
            Value::Date(day) => t.full_day(*day),
            Value::Word(word) => word.clone(),
        },
    }
}

fn source(t: Tongue, source: &Source) -> String {
    match source {
        Source::Declared => t.say("known-by-declared").to_string(),
        Source::Observed => t.say("known-by-observed").to_string(),
        Source::Document { what } => t.say("known-of-document").text("what", what).to_string(),
        Source::Register { name } => t.say("known-of-register").text("what", name).to_string(),
    }
}

/// From whom a fact is, and since when.
pub(super) fn origin(t: Tongue, fact: &Fact) -> String {
    let said = t.say("known-since").text("source", source(t, &fact.source));
    said.text("day", t.full_day(fact.holds.from())).to_string()
}

/// A better source that says otherwise.
pub(super) fn against(t: Tongue, fact: &Fact) -> String {
    let said = t.say("known-against").text("source", origin(t, fact));
    said.text("value", value(t, &fact.datum)).to_string()
}

/// When and how a consent was given, or withdrawn.
pub(super) fn since(t: Tongue, consent: &Consent) -> String {
    if let Some(withdrawn) = &consent.withdrawn {
        return t.say("consent-withdrawn").text("day", t.full_day(withdrawn.on)).to_string();
    }
    let given = &consent.given;
    let said = match &given.way {
        Way::Online => t.say("consent-online"),
        Way::Window { .. } => t.say("consent-window"),
        Way::Paper { kept } => t.say("consent-on-paper").text("kept", kept),
    };
    let said = said.text("day", t.full_day(given.holds.from())).to_string();
    match given.by {
        Giver::Own => said,
        Giver::Parent(_) | Giver::Appointed(_) => format!("{said} · {}", t.say("consent-by-guardian")),
    }
}

/// How a helper stands to the person, and since when.
pub(super) fn tie(t: Tongue, delegation: &Delegation) -> String {
    let tie = t.say(match delegation.tie {
        Tie::Family => "helper-family",
        Tie::Carer => "helper-carer",
        Tie::Guardian => "helper-guardian",
    });
    let from = t.full_day(delegation.period.from());
    match (delegation.revoked, delegation.period.until()) {
        (Some(revoked), _) => {
            t.say("helper-ended").text("tie", tie).text("day", t.full_day(revoked.on)).to_string()
        }
        (None, Some(until)) => {
            let said = t.say("helper-from-until").text("tie", tie).text("day", from);
            said.text("until", t.full_day(until)).to_string()
        }
        (None, None) => t.say("helper-since").text("tie", tie).text("day", from).to_string(),
    }
}

/// What a helper may do.
pub(super) fn may(t: Tongue, delegation: &Delegation) -> Vec<String> {
    let grants = delegation.grants;
    let pay = grants.pay.map(|pay| {
        let said = t.say("helper-may-pay").won("once", pay.per_payment);
        said.won("month", pay.per_month).to_string()
    });
    [
        grants.see.then(|| t.say("helper-may-see").to_string()),
        grants.apply.then(|| t.say("helper-may-apply").to_string()),
        pay,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A day, `2021-02-01`, `2021.2.1` or `20210201`.
pub(super) fn day(text: &str) -> Option<Date> {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] => (*year, *month, *day),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// What was typed, as a fact of a kind; `None` when it is none.
pub(super) fn datum(kind: &str, text: &str) -> Option<Datum> {
    let text = text.trim();
    let word = text.to_lowercase();
    let number = || -> Option<u16> {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        digits.parse().ok()
    };
    let yes = || match word.as_str() {
        "예" | "네" | "yes" | "y" => Some(true),
        "아니요" | "아니오" | "no" | "n" => Some(false),
        _ => None,
    };
    match kind {
        "birth-date" => day(text).map(Datum::BirthDate),
        "residence-since" => day(text).map(Datum::ResidenceSince),
        "household-size" => number().map(Datum::HouseholdSize),
        "lives-alone" => yes().map(Datum::LivesAlone),
        "income-band" => number().map(Datum::IncomeBand),
        "assets" if text == "0" => Some(Datum::Assets(Won(0))),
        "assets" => typed::amount(text).map(|won| Datum::Assets(Won(won))),
        "basic-livelihood" => yes().map(Datum::BasicLivelihood),
        "disability" => match word.as_str() {
            "심함" | "심한 장애" | "severe" => Some(Datum::Disability(Disability::Severe)),
            "심하지 않음" | "심하지 않은 장애" | "not severe" => {
                Some(Datum::Disability(Disability::NotSevere))
            }
            "없음" | "none" => Some(Datum::Disability(Disability::None)),
            _ => None,
        },
        "care-grade" => number().and_then(|grade| u8::try_from(grade).ok()).map(Datum::CareGrade),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base::date;

    use super::*;

    #[test]
    fn facts_as_people_write_them() {
        for (kind, text, found) in [
            ("birth-date", " 1943.5.1 ", Some(Datum::BirthDate(date(1943, 5, 1)))),
            ("birth-date", "1943", None),
            ("household-size", "2명", Some(Datum::HouseholdSize(2))),
            ("household-size", "two", None),
            ("household-size", "-2", None),
            ("lives-alone", "예", Some(Datum::LivesAlone(true))),
            ("lives-alone", "No", Some(Datum::LivesAlone(false))),
            ("lives-alone", "2", None),
            ("income-band", "50%", Some(Datum::IncomeBand(50))),
            ("assets", "12,000,000원", Some(Datum::Assets(Won(12_000_000)))),
            ("assets", "0", Some(Datum::Assets(Won(0)))),
            ("disability", "심하지 않음", Some(Datum::Disability(Disability::NotSevere))),
            ("disability", "3급", None),
            ("care-grade", "3등급", Some(Datum::CareGrade(3))),
            ("care-grade", "300", None),
            ("shoe-size", "250", None),
        ] {
            assert_eq!(datum(kind, text), found, "{kind} {text}");
        }
    }
}
