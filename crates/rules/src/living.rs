//! How people of the synthetic town live together, and what is known of them beside their names. Settings, not facts.

use toml::Spanned;

use crate::City;
use crate::read::{Ids, Reader};

/// Of so many people a share is.
pub const OF: u32 = 1_000;

/// How people live together and what is known of them. Shares are of [`OF`] people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownLiving {
    /// Weights of households of 1 person, of 2, and so on.
    pub households: Vec<u32>,
    /// Share of places beside a couple, in households of their age, that children too young for a card have.
    pub too_young: u32,
    /// What a window is shown by who lives in the city, such as a certificate's name.
    pub residence_paper: String,
    /// What a window is shown by who was born on a day.
    pub birth_paper: String,
    /// The register that livelihood, disability and care come from.
    pub register: String,
    /// Share that receives basic livelihood security.
    pub basic_livelihood: u32,
    /// Share with a severe registered disability.
    pub disability_major: u32,
    /// Share with another one.
    pub disability_minor: u32,
    /// Share, of those from 65 years on, with a grade of long-term care.
    pub care_grade: u32,
    /// Share, of those from 70 years on, whom somebody of the family helps.
    pub helped: u32,
    /// What people agreed to.
    pub consents: Vec<TownConsent>,
}

/// What so many people agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownConsent {
    /// The purpose; known to the city.
    pub purpose: String,
    /// Share, of those of this age.
    pub share: u32,
    /// From this age on, in years.
    pub from_age: u32,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLiving {
    households: Spanned<Vec<u32>>,
    too_young: Spanned<i64>,
    residence_paper: Spanned<String>,
    birth_paper: Spanned<String>,
    register: Spanned<String>,
    basic_livelihood: Spanned<i64>,
    disability_major: Spanned<i64>,
    disability_minor: Spanned<i64>,
    care_grade: Spanned<i64>,
    helped: Spanned<i64>,
    #[serde(default)]
    consent: Vec<RawConsent>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsent {
    purpose: Spanned<String>,
    share: Spanned<i64>,
    from_age: Spanned<i64>,
}

pub(crate) fn read(reader: &mut Reader<'_>, raw: RawLiving, city: Option<&City>) -> TownLiving {
    let weights = raw.households.get_ref();
    if weights.is_empty()
        || weights.len() > 10
        || weights.iter().any(|weight| !(1..=1_000_000).contains(weight))
    {
        let fix = "write weights of households of 1 person, of 2, and so on: up to ten, each 1 to 1_000_000";
        reader.fault(raw.households.span(), "no weights of households", fix);
    }
    TownLiving {
        too_young: share(reader, "too_young", &raw.too_young),
        residence_paper: line(reader, "residence_paper", raw.residence_paper),
        birth_paper: line(reader, "birth_paper", raw.birth_paper),
        register: line(reader, "register", raw.register),
        basic_livelihood: share(reader, "basic_livelihood", &raw.basic_livelihood),
        disability_major: share(reader, "disability_major", &raw.disability_major),
        disability_minor: share(reader, "disability_minor", &raw.disability_minor),
        care_grade: share(reader, "care_grade", &raw.care_grade),
        helped: share(reader, "helped", &raw.helped),
        consents: read_consents(reader, raw.consent, city),
        households: raw.households.into_inner(),
    }
}

fn read_consents(reader: &mut Reader<'_>, entries: Vec<RawConsent>, city: Option<&City>) -> Vec<TownConsent> {
    let known: Option<Vec<&str>> = city.map(|c| c.consents.iter().map(|one| one.id.as_str()).collect());
    let mut seen = Ids::default();
    let mut consents = Vec::new();
    for raw in entries {
        if let Some(known) = &known {
            reader.known("consent", &raw.purpose, known);
        }
        reader.once("purpose", raw.purpose.get_ref(), raw.purpose.span(), &mut seen);
        consents.push(TownConsent {
            share: share(reader, "share", &raw.share),
            // Younger ones don't consent for themselves (Personal Information Protection Act §22-2).
            from_age: reader.number("from_age", &raw.from_age, 14..121),
            purpose: raw.purpose.into_inner(),
        });
    }
    consents
}

fn share(reader: &mut Reader<'_>, field: &str, value: &Spanned<i64>) -> u32 {
    reader.number(field, value, 0..OF + 1)
}

/// What names a paper or a register: one line of up to 100 letters, as it is kept with a fact.
fn line(reader: &mut Reader<'_>, field: &str, value: Spanned<String>) -> String {
    let text = value.get_ref();
    if text.trim().is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        let fix = "write its name in one line, up to 100 letters";
        reader.fault(value.span(), format!("{field} {text:?}: not a name"), fix);
    }
    value.into_inner()
}
