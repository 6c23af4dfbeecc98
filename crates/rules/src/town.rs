//! The synthetic town: weights and name parts the demo makes people, shops and payments from. Settings, not facts.

use base::{Date, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::City;
use crate::living::{self, RawLiving, TownLiving};
use crate::read::{Ids, Reader};

/// A value and how often it is drawn, relative to the others of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted<T> {
    /// What is drawn.
    pub value: T,
    /// Its weight, 1 or more.
    pub weight: u32,
}

/// How people and shops spread over the neighbourhoods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictShare {
    /// The neighbourhood's code; known to the city, and every one of the city's stands here once.
    pub code: String,
    /// Weight of people living there.
    pub people: u32,
    /// Weight of shops standing there.
    pub shops: u32,
}

/// What a payment costs, in won: half of the payments lie under the median, few under `low` or over `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// About the 5th percentile.
    pub low: Won,
    /// The middle.
    pub median: Won,
    /// About the 95th percentile.
    pub high: Won,
}

/// A trade in the synthetic town.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownTrade {
    /// The trade's id; known to the city and not excluded.
    pub trade: String,
    /// Weight among shops.
    pub shops: u32,
    /// Weight of a shop of this trade among payments.
    pub visits: u32,
    /// What a payment costs.
    pub ticket: Ticket,
    /// The id of its [`HourProfile`].
    pub hours: String,
    /// Endings of shop names: a name is a [`Town::shop_first`] and one of these.
    pub endings: Vec<String>,
}

/// When people pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourProfile {
    /// Unique in the file, such as `meals`.
    pub id: String,
    /// A weight for each hour of the day, from 0 to 23; at least one is positive.
    pub hours: [u32; 24],
    /// A weight for each day of the week, Monday first; at least one is positive.
    pub days: [u32; 7],
}

/// People of an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeBand {
    /// Youngest age in years.
    pub from: u8,
    /// Oldest age in years.
    pub until: u8,
    /// Weight among card holders.
    pub weight: u32,
}

/// Shops of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SalesBand {
    /// Least yearly sales, in won.
    pub low: Won,
    /// Most yearly sales, in won.
    pub high: Won,
    /// Weight among shops.
    pub weight: u32,
}

/// Everything the synthetic town is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    /// Neighbourhoods, in the order of their codes.
    pub districts: Vec<DistrictShare>,
    /// Trades.
    pub trades: Vec<TownTrade>,
    /// Hour profiles.
    pub profiles: Vec<HourProfile>,
    /// Ages of card holders.
    pub ages: Vec<AgeBand>,
    /// Yearly sales of shops.
    pub sales: Vec<SalesBand>,
    /// Family names.
    pub surnames: Vec<Weighted<String>>,
    /// First syllables of given names.
    pub given_first: Vec<String>,
    /// Second syllables of given names.
    pub given_second: Vec<String>,
    /// Beginnings of shop names.
    pub shop_first: Vec<String>,
    /// Who gives in the town's history.
    pub giving: Option<TownGiving>,
    /// Who prepays in it.
    pub prepaying: Option<TownPrepaying>,
    /// How people live together, and what is known of them.
    pub living: Option<TownLiving>,
}

/// How much is prepaid in the town's history, by how many, and what associations pledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownPrepaying {
    /// The first day people prepay.
    pub from: Date,
    /// The day by whose end it is together.
    pub until: Date,
    /// How many people.
    pub people: u32,
    /// Won they prepay in all.
    pub won: Won,
    /// How many shops offer it.
    pub shops: u32,
    /// Endings of the names of member firms.
    pub firm_endings: Vec<String>,
    /// Pledges.
    pub pledges: Vec<TownPledge>,
}

/// What an association pledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownPledge {
    /// The association, by its id in the pack.
    pub organisation: String,
    /// Member firms that belong to it directly: those of associations within it come on top.
    pub firms: u32,
    /// Employees who shall take part.
    pub people: u32,
    /// Won they shall prepay.
    pub won: Won,
}

/// How much is given in the town's history, and by how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownGiving {
    /// The first day people give.
    pub from: Date,
    /// The day by whose end it is together.
    pub until: Date,
    /// How many people.
    pub people: u32,
    /// Won they give in all.
    pub won: Won,
    /// How many shops apply to give.
    pub shops: u32,
    /// The day by which they have.
    pub applied: Date,
}

impl Town {
    /// A profile by its id.
    pub fn profile(&self, id: &str) -> Option<&HourProfile> {
        self.profiles.iter().find(|p| p.id == id)
    }

    /// A trade by its id.
    pub fn trade(&self, id: &str) -> Option<&TownTrade> {
        self.trades.iter().find(|t| t.trade == id)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    names: RawNames,
    district: Vec<RawDistrict>,
    trade: Vec<RawTrade>,
    profile: Vec<Spanned<RawProfile>>,
    age: Vec<Spanned<RawAge>>,
    sales: Vec<Spanned<RawSales>>,
    giving: Option<RawGiving>,
    prepaying: Option<RawPrepaying>,
    living: Option<RawLiving>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPrepaying {
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    people: Spanned<i64>,
    won: Spanned<i64>,
    shops: Spanned<i64>,
    firm_endings: Spanned<Vec<String>>,
    #[serde(default)]
    pledge: Vec<RawPledge>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPledge {
    organisation: String,
    firms: Spanned<i64>,
    people: Spanned<i64>,
    won: Spanned<i64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGiving {
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    people: Spanned<i64>,
    won: Spanned<i64>,
    shops: Spanned<i64>,
    applied: Spanned<Datetime>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNames {
    surnames: Vec<Spanned<(String, i64)>>,
    given_first: Spanned<Vec<String>>,
    given_second: Spanned<Vec<String>>,
    shop_first: Spanned<Vec<String>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDistrict {
    code: Spanned<String>,
    people: Spanned<i64>,
    shops: Spanned<i64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrade {
    trade: Spanned<String>,
    shops: Spanned<i64>,
    visits: Spanned<i64>,
    ticket: Spanned<[i64; 3]>,
    hours: Spanned<String>,
    endings: Spanned<Vec<String>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    id: Spanned<String>,
    hours: [u32; 24],
    days: [u32; 7],
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAge {
    from: u8,
    until: u8,
    weight: Spanned<i64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSales {
    low: Spanned<i64>,
    high: Spanned<i64>,
    weight: Spanned<i64>,
}

/// The largest weight: sums of whole lists stay far inside 32 bits.
const WEIGHTS: std::ops::Range<u32> = 1..1_000_001;

/// Reads `town.toml`; `city` is `None` when its own file is at fault, and then codes and trades go unchecked.
pub(crate) fn read(reader: &mut Reader<'_>, city: Option<&City>) -> Option<Town> {
    let file = reader.document::<RawFile>()?;
    let profiles = read_profiles(reader, file.profile);
    let surnames = file.names.surnames.iter().map(|entry| {
        let (value, weight) = entry.get_ref().clone();
        Weighted { value, weight: reader.number("weight", &Spanned::new(entry.span(), weight), WEIGHTS) }
    });
    let surnames: Vec<_> = surnames.collect();
    if surnames.is_empty() {
        reader.fault(0..0, "no surnames", "write surnames = [[\"김\", 215], …]");
    }
    Some(Town {
        districts: read_districts(reader, file.district, city),
        trades: read_trades(reader, file.trade, city, &profiles),
        profiles,
        ages: read_ages(reader, file.age),
        sales: read_sales(reader, file.sales),
        surnames,
        given_first: words(reader, "given_first", file.names.given_first),
        given_second: words(reader, "given_second", file.names.given_second),
        shop_first: words(reader, "shop_first", file.names.shop_first),
        giving: file.giving.map(|raw| read_giving(reader, &raw)),
        prepaying: file.prepaying.map(|raw| read_prepaying(reader, raw)),
        living: file.living.map(|raw| living::read(reader, raw, city)),
    })
}

fn read_giving(reader: &mut Reader<'_>, raw: &RawGiving) -> TownGiving {
    let (from, until) = reader.period(&raw.from, Some(&raw.until));
    TownGiving {
        from,
        until: until.unwrap_or(from),
        people: reader.number("people", &raw.people, 1..1_000_000),
        won: reader.won("won", &raw.won),
        shops: reader.number("shops", &raw.shops, 0..1_000_000),
        applied: reader.date(&raw.applied),
    }
}

fn read_prepaying(reader: &mut Reader<'_>, raw: RawPrepaying) -> TownPrepaying {
    let (from, until) = reader.period(&raw.from, Some(&raw.until));
    TownPrepaying {
        from,
        until: until.unwrap_or(from),
        people: reader.number("people", &raw.people, 1..1_000_000),
        won: reader.won("won", &raw.won),
        shops: reader.number("shops", &raw.shops, 1..1_000_000),
        firm_endings: words(reader, "firm_endings", raw.firm_endings),
        pledges: raw
            .pledge
            .into_iter()
            .map(|pledge| TownPledge {
                firms: reader.number("firms", &pledge.firms, 0..100_000),
                people: reader.number("people", &pledge.people, 1..1_000_000),
                won: reader.won("won", &pledge.won),
                organisation: pledge.organisation,
            })
            .collect(),
    }
}

fn words(reader: &mut Reader<'_>, field: &str, list: Spanned<Vec<String>>) -> Vec<String> {
    if list.get_ref().is_empty() || list.get_ref().iter().any(|word| word.trim().is_empty()) {
        let fix = "write at least one word, none of them empty";
        reader.fault(list.span(), format!("{field} has nothing to draw, or an empty word"), fix);
    }
    list.into_inner()
}

fn read_districts(
    reader: &mut Reader<'_>,
    entries: Vec<RawDistrict>,
    city: Option<&City>,
) -> Vec<DistrictShare> {
    let mut seen = Ids::default();
    let known: Option<Vec<&str>> = city.map(|c| c.districts.iter().map(|d| d.code.as_str()).collect());
    let mut shares = Vec::new();
    for raw in entries {
        if let Some(known) = &known {
            reader.known("neighbourhood", &raw.code, known);
        }
        reader.once("code", raw.code.get_ref(), raw.code.span(), &mut seen);
        shares.push(DistrictShare {
            people: reader.number("people", &raw.people, WEIGHTS),
            shops: reader.number("shops", &raw.shops, WEIGHTS),
            code: raw.code.into_inner(),
        });
    }
    for code in known.into_iter().flatten() {
        if !shares.iter().any(|s| s.code == code) {
            let fix = "write a [[district]] for each neighbourhood of city.toml";
            reader.fault(0..0, format!("neighbourhood {code:?} has no share"), fix);
        }
    }
    shares.sort_by(|a, b| a.code.cmp(&b.code));
    shares
}

fn read_trades(
    reader: &mut Reader<'_>,
    entries: Vec<RawTrade>,
    city: Option<&City>,
    profiles: &[HourProfile],
) -> Vec<TownTrade> {
    let mut seen = Ids::default();
    let open: Option<Vec<&str>> =
        city.map(|c| c.trades.iter().filter(|t| !t.is_excluded()).map(|t| t.id.as_str()).collect());
    let profiles: Vec<&str> = profiles.iter().map(|p| p.id.as_str()).collect();
    if entries.is_empty() {
        reader.fault(0..0, "no trades", "write at least one [[trade]] entry");
    }
    let mut trades = Vec::new();
    for raw in entries {
        if let Some(open) = &open {
            reader.known("trade", &raw.trade, open);
        }
        reader.known("hour profile", &raw.hours, &profiles);
        reader.once("trade", raw.trade.get_ref(), raw.trade.span(), &mut seen);
        let [low, median, high] = *raw.ticket.get_ref();
        if low < 1 || median < low || high < median {
            let fix = "write [low, median, high] in won, rising, such as [3_000, 9_000, 30_000]";
            reader.fault(raw.ticket.span(), format!("ticket [{low}, {median}, {high}]: not rising"), fix);
        }
        trades.push(TownTrade {
            shops: reader.number("shops", &raw.shops, WEIGHTS),
            visits: reader.number("visits", &raw.visits, WEIGHTS),
            ticket: Ticket { low: Won(low), median: Won(median), high: Won(high) },
            endings: words(reader, "endings", raw.endings),
            trade: raw.trade.into_inner(),
            hours: raw.hours.into_inner(),
        });
    }
    trades
}

fn read_profiles(reader: &mut Reader<'_>, entries: Vec<Spanned<RawProfile>>) -> Vec<HourProfile> {
    let mut ids = Ids::default();
    let mut profiles = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let largest = raw.hours.iter().chain(&raw.days).copied().max().unwrap_or(0);
        if raw.hours.iter().all(|w| *w == 0) || raw.days.iter().all(|w| *w == 0) || largest > 1_000_000 {
            let fix = "write weights up to 1_000_000, at least one hour and one day above 0";
            reader.fault(at, "a profile that never pays, or weighs too much", fix);
        }
        profiles.push(HourProfile { id: reader.id(&raw.id, &mut ids), hours: raw.hours, days: raw.days });
    }
    profiles
}

fn read_ages(reader: &mut Reader<'_>, entries: Vec<Spanned<RawAge>>) -> Vec<AgeBand> {
    let mut ages = Vec::new();
    for entry in &entries {
        let raw = entry.get_ref();
        if raw.until < raw.from || raw.until > 120 {
            let what = format!("ages {} to {}: not a band", raw.from, raw.until);
            reader.fault(entry.span(), what, "write from ≤ until ≤ 120");
        }
        let weight = reader.number("weight", &raw.weight, WEIGHTS);
        ages.push(AgeBand { from: raw.from, until: raw.until, weight });
    }
    if ages.is_empty() {
        reader.fault(0..0, "no ages", "write at least one [[age]] entry");
    }
    ages
}

fn read_sales(reader: &mut Reader<'_>, entries: Vec<Spanned<RawSales>>) -> Vec<SalesBand> {
    let mut sales = Vec::new();
    for entry in &entries {
        let raw = entry.get_ref();
        let (low, high) = (reader.won("low", &raw.low), reader.won("high", &raw.high));
        if high < low {
            reader.fault(entry.span(), format!("sales {low} to {high}: not a band"), "write low ≤ high");
        }
        sales.push(SalesBand { low, high, weight: reader.number("weight", &raw.weight, WEIGHTS) });
    }
    if sales.is_empty() {
        reader.fault(0..0, "no sales bands", "write at least one [[sales]] entry");
    }
    sales
}
