//! The city itself: name, zone, neighbourhoods, trades, days off, phone numbers.

use base::{Date, Source, Zone};
use toml::Spanned;
use toml::value::Datetime;

use crate::Name;
use crate::read::{Ids, RawSource, Reader};

/// The widest tile map that fits a phone of 360 px.
const COLUMNS: u32 = 7;

/// When banks begin, where the pack says nothing else.
const PAYOUT_HOUR: i8 = 9;

/// How long a taking in that was begun is kept, where the pack says nothing else.
const DRAFT_DAYS: u32 = 14;

/// The city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// Its name.
    pub name: Name,
    /// What its card is called.
    pub card_name: Name,
    /// IANA time zone, such as `Asia/Seoul`; known to exist.
    pub zone: String,
    /// The hour, 0 to 23, at which shops are paid out on business days: when its banks begin.
    pub payout_hour: i8,
    /// Days after its last change that a taking in begun at a window is kept.
    pub draft_days: u32,
    /// People who live there, for scaling a reduced town.
    pub population: u32,
    /// Its neighbourhoods (행정동), in the order of their codes.
    pub districts: Vec<District>,
    /// Elections and one-off holidays, besides those the law sets.
    pub closures: Vec<Closure>,
    /// Numbers to call.
    pub phones: Vec<Phone>,
    /// What shops sell.
    pub trades: Vec<Trade>,
    /// What people are asked to consent to, each for itself.
    pub consents: Vec<ConsentPurpose>,
}

/// A purpose personal data is used for with the person's consent. Sensitive data (health, disability) is a purpose of
/// its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentPurpose {
    /// Unique in the pack, such as `care`.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Which data, used for what, in a sentence to the person.
    pub what: Name,
    /// The law that asks for consent.
    pub source: Source,
}

/// A neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// The ministry's code, 10 digits.
    pub code: String,
    /// Its name, such as 서신동.
    pub name: Name,
    /// The district it belongs to, such as 완산구.
    pub gu: Name,
    /// Its place on the tile map as (column, row), from the north-west corner; unique, columns 0 to 6.
    pub tile: (u8, u8),
}

/// A day off that no rule can compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// The day.
    pub date: Date,
    /// What it is.
    pub name: Name,
    /// What it rests on.
    pub source: Source,
}

/// A number to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// What pages know it by, such as `card`.
    pub id: String,
    /// As dialled, with hyphens.
    pub number: String,
    /// Who answers.
    pub name: Name,
    /// Where the number was published.
    pub source: Source,
}

/// Why a trade doesn't take the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// In words for the person at the till.
    pub why: Name,
    /// The rule.
    pub source: Source,
}

/// A trade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// Unique in the pack, such as `market-food`.
    pub id: String,
    /// Its name.
    pub name: Name,
    /// Its merchant category (ISO 18245), four digits: what other houses' wallets know a shop's trade by.
    pub mcc: Option<String>,
    /// Set when shops of this trade don't take the card.
    pub exclusion: Option<Exclusion>,
}

impl Trade {
    /// True when shops of this trade don't take the card.
    pub fn is_excluded(&self) -> bool {
        self.exclusion.is_some()
    }
}

impl City {
    /// The days off as (day, Korean name), as the calendar takes them.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, String)> + '_ {
        self.closures.iter().map(|c| (c.date, c.name.ko.clone()))
    }

    /// A neighbourhood by its code.
    pub fn district(&self, code: &str) -> Option<&District> {
        self.districts.iter().find(|d| d.code == code)
    }

    /// A trade by its id.
    pub fn trade(&self, id: &str) -> Option<&Trade> {
        self.trades.iter().find(|t| t.id == id)
    }

    /// A purpose of consent by its id.
    pub fn consent(&self, id: &str) -> Option<&ConsentPurpose> {
        self.consents.iter().find(|c| c.id == id)
    }

    /// A number by its id.
    pub fn phone(&self, id: &str) -> Option<&Phone> {
        self.phones.iter().find(|p| p.id == id)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    name: Spanned<Name>,
    card_name: Spanned<Name>,
    zone: Spanned<String>,
    payout_hour: Option<Spanned<i64>>,
    draft_days: Option<Spanned<i64>>,
    population: Spanned<i64>,
    #[serde(default)]
    district: Vec<RawDistrict>,
    #[serde(default)]
    closure: Vec<Spanned<RawClosure>>,
    #[serde(default)]
    phone: Vec<Spanned<RawPhone>>,
    #[serde(default)]
    trade: Vec<Spanned<RawTrade>>,
    #[serde(default)]
    consent: Vec<Spanned<RawConsent>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsent {
    id: Spanned<String>,
    name: Spanned<Name>,
    what: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDistrict {
    code: Spanned<String>,
    name: Spanned<Name>,
    gu: Spanned<Name>,
    tile: Spanned<(i64, i64)>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClosure {
    date: Spanned<Datetime>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhone {
    id: Spanned<String>,
    number: Spanned<String>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrade {
    id: Spanned<String>,
    name: Spanned<Name>,
    mcc: Option<Spanned<String>>,
    excluded: Option<Spanned<Name>>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `city.toml`.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<City> {
    let file = reader.document::<RawFile>()?;
    if Zone::named(file.zone.get_ref()).is_none() {
        let what = format!("zone {:?} is not a time zone", file.zone.get_ref());
        reader.fault(file.zone.span(), what, "write an IANA name such as \"Asia/Seoul\"");
    }
    if file.district.is_empty() {
        reader.fault(0..0, "no neighbourhoods", "write at least one [[district]] entry");
    }
    let mut districts = read_districts(reader, file.district);
    districts.sort_by(|a, b| a.code.cmp(&b.code));
    Some(City {
        name: reader.name(&file.name),
        card_name: reader.name(&file.card_name),
        zone: file.zone.get_ref().clone(),
        payout_hour: file.payout_hour.map_or(PAYOUT_HOUR, |hour| {
            i8::try_from(reader.number("payout_hour", &hour, 0..24)).unwrap_or(PAYOUT_HOUR)
        }),
        draft_days: file.draft_days.map_or(DRAFT_DAYS, |days| reader.number("draft_days", &days, 1..366)),
        population: reader.number("population", &file.population, 1..100_000_000),
        districts,
        closures: read_closures(reader, file.closure),
        phones: read_phones(reader, file.phone),
        trades: read_trades(reader, file.trade),
        consents: read_consents(reader, file.consent),
    })
}

fn read_districts(reader: &mut Reader<'_>, entries: Vec<RawDistrict>) -> Vec<District> {
    let (mut codes, mut names, mut tiles) = (Ids::default(), Ids::default(), Ids::default());
    let mut districts = Vec::new();
    for raw in entries {
        let code = raw.code.get_ref();
        if code.len() != 10 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let fix = "write the ministry's 10 digits, such as \"4511168000\"";
            reader.fault(raw.code.span(), format!("code {code:?}: not a neighbourhood code"), fix);
        }
        reader.once("code", code, raw.code.span(), &mut codes);
        reader.once("neighbourhood", &raw.name.get_ref().ko, raw.name.span(), &mut names);
        let (column, row) = *raw.tile.get_ref();
        let tile = match (u8::try_from(column), u8::try_from(row)) {
            (Ok(column), Ok(row)) if u32::from(column) < COLUMNS => (column, row),
            _ => {
                let fix = format!("write [column, row], columns 0 to {}", COLUMNS - 1);
                reader.fault(raw.tile.span(), format!("tile [{column}, {row}]: off the map"), fix);
                (0, 0)
            }
        };
        reader.once("tile", format!("{column}, {row}"), raw.tile.span(), &mut tiles);
        districts.push(District {
            code: code.clone(),
            name: reader.name(&raw.name),
            gu: reader.name(&raw.gu),
            tile,
        });
    }
    districts
}

fn read_closures(reader: &mut Reader<'_>, entries: Vec<Spanned<RawClosure>>) -> Vec<Closure> {
    let mut days = Ids::default();
    let mut closures = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let date = reader.date(&raw.date);
        reader.once("date", date, raw.date.span(), &mut days);
        let source = reader.source(at, raw.source.as_ref());
        closures.push(Closure { date, name: reader.name(&raw.name), source });
    }
    closures.sort_by_key(|c| c.date);
    closures
}

fn read_phones(reader: &mut Reader<'_>, entries: Vec<Spanned<RawPhone>>) -> Vec<Phone> {
    let mut ids = Ids::default();
    let mut phones = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let number = raw.number.get_ref();
        let well_formed =
            number.len() >= 3 && number.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'+');
        if !well_formed {
            let fix = "write digits and hyphens, such as \"063-281-2514\"";
            reader.fault(raw.number.span(), format!("number {number:?}: not a phone number"), fix);
        }
        phones.push(Phone {
            id: reader.id(&raw.id, &mut ids),
            number: number.clone(),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    phones
}

fn read_consents(reader: &mut Reader<'_>, entries: Vec<Spanned<RawConsent>>) -> Vec<ConsentPurpose> {
    let mut ids = Ids::default();
    let mut consents = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        consents.push(ConsentPurpose {
            id: reader.id(&raw.id, &mut ids),
            name: reader.name(&raw.name),
            what: reader.name(&raw.what),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    consents
}

fn read_trades(reader: &mut Reader<'_>, entries: Vec<Spanned<RawTrade>>) -> Vec<Trade> {
    let mut ids = Ids::default();
    let mut trades = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let exclusion = raw
            .excluded
            .as_ref()
            .map(|why| Exclusion { why: reader.name(why), source: reader.source(at, raw.source.as_ref()) });
        if let Some(mcc) = &raw.mcc
            && (mcc.get_ref().len() != 4 || !mcc.get_ref().bytes().all(|b| b.is_ascii_digit()))
        {
            let what = format!("mcc {:?}: not a merchant category", mcc.get_ref());
            reader.fault(mcc.span(), what, "write ISO 18245's 4 digits, such as \"5812\"");
        }
        trades.push(Trade {
            id: reader.id(&raw.id, &mut ids),
            name: reader.name(&raw.name),
            mcc: raw.mcc.map(Spanned::into_inner),
            exclusion,
        });
    }
    trades
}
