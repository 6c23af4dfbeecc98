//! Gifts: what may be given, from when on, who collects them, and who bears what was spent before a payment came back.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::read::{Ids, RawSource, Reader};
use crate::{Name, Rate};

/// The rules of giving. A city without any takes no gifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    /// Who collects the gifts, spends them and gives the receipts. The city only passes them on.
    pub collector: Collector,
    /// First day people may give.
    pub from: Date,
    /// First day shops give of what is paid out to them.
    pub shops_from: Date,
    /// A shop's share where it names none.
    pub shop_rate: Rate,
    /// The most a shop may name.
    pub shop_rate_most: Rate,
    /// The least one gift of an amount may be.
    pub once_least: Won,
    /// The most.
    pub once_most: Won,
    /// Ids of the card's purposes that may be given, such as `reward`.
    pub gives: Vec<String>,
    /// The budget that bears a gift which was spent before its payment came back.
    pub bears: String,
    /// So much of it a month for one person; `None`: as far as the budget holds. What is above comes out of the refund.
    pub bears_person_month: Option<Won>,
    /// What gifts may be for, by number. The first is the general one: it may be spent on all of them.
    pub purposes: Vec<GiftPurpose>,
    /// What these rules rest on.
    pub source: Source,
}

/// Who collects the gifts, as receipts name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector {
    /// Its name.
    pub name: Name,
    /// Its address.
    pub address: Name,
    /// The law it collects under.
    pub basis: Name,
    /// The kind of gift in the form's list of codes.
    pub code: String,
    /// The provision of the tax law, printed on each receipt.
    pub tax: Name,
}

/// What a gift may be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftPurpose {
    /// Unique in the pack.
    pub id: String,
    /// Its place in the file, from 0. The books store it, so new ones are added at the end.
    pub number: u16,
    /// Its name.
    pub name: Name,
}

impl Giving {
    /// Numbers from here on are of purposes that the collector opened itself.
    pub const OPENED_FROM: u16 = 64;
    /// The number of the general purpose.
    pub const GENERAL: u16 = 0;

    /// Whether shops give on a day.
    pub fn shops_give(&self, date: Date) -> bool {
        self.shops_from <= date
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    giving: Spanned<RawGiving>,
    collector: RawCollector,
    #[serde(default)]
    purpose: Vec<Spanned<RawPurpose>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGiving {
    from: Spanned<Datetime>,
    shops_from: Spanned<Datetime>,
    shop_rate: Spanned<String>,
    shop_rate_most: Spanned<String>,
    once_least: Spanned<i64>,
    once_most: Spanned<i64>,
    gives: Vec<Spanned<String>>,
    bears: Spanned<String>,
    bears_person_month: Option<Spanned<i64>>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCollector {
    name: Spanned<Name>,
    address: Spanned<Name>,
    basis: Spanned<Name>,
    code: String,
    tax: Spanned<Name>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPurpose {
    id: Spanned<String>,
    name: Spanned<Name>,
}

/// Reads `giving.toml`; the ids it may name are `None` when they can't be known. `None` when its shape is at fault.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    purposes: Option<&[&str]>,
    budgets: Option<&[&str]>,
) -> Option<Giving> {
    let file = reader.document::<RawFile>()?;
    let at = file.giving.span();
    let raw = file.giving.into_inner();
    for purpose in &raw.gives {
        if let Some(known) = purposes {
            reader.known("purpose", purpose, known);
        }
    }
    if let Some(known) = budgets {
        reader.known("budget", &raw.bears, known);
    }
    let (from, shops_from) = (reader.date(&raw.from), reader.date(&raw.shops_from));
    let shop_rate = reader.rate("shop_rate", &raw.shop_rate);
    let shop_rate_most = reader.rate("shop_rate_most", &raw.shop_rate_most);
    if shop_rate > shop_rate_most {
        let fix = format!("write a percentage up to {shop_rate_most}");
        reader.fault(raw.shop_rate.span(), format!("shop_rate {shop_rate}: more than shop_rate_most"), fix);
    }
    let once_least = reader.won("once_least", &raw.once_least);
    let once_most = reader.won("once_most", &raw.once_most);
    if once_least > once_most || !once_least.is_positive() {
        let fix = "write 1 or more, and no more than once_most";
        reader.fault(raw.once_least.span(), format!("once_least {once_least}: out of range"), fix);
    }
    let collector = Collector {
        name: reader.name(&file.collector.name),
        address: reader.name(&file.collector.address),
        basis: reader.name(&file.collector.basis),
        code: file.collector.code,
        tax: reader.name(&file.collector.tax),
    };
    let listed = read_purposes(reader, file.purpose);
    Some(Giving {
        collector,
        from,
        shops_from,
        shop_rate,
        shop_rate_most,
        once_least,
        once_most,
        gives: raw.gives.into_iter().map(Spanned::into_inner).collect(),
        bears: raw.bears.into_inner(),
        bears_person_month: raw.bears_person_month.map(|won| reader.won("bears_person_month", &won)),
        purposes: listed,
        source: reader.source(at, raw.source.as_ref()),
    })
}

fn read_purposes(reader: &mut Reader<'_>, entries: Vec<Spanned<RawPurpose>>) -> Vec<GiftPurpose> {
    if entries.is_empty() {
        reader.fault(0..0, "no purpose of gifts", "write a [[purpose]] entry: the first is the general one");
    }
    let mut ids = Ids::default();
    let mut listed = Vec::new();
    for (place, entry) in entries.into_iter().enumerate() {
        let at = entry.span();
        let raw = entry.into_inner();
        let number = u16::try_from(place).unwrap_or(u16::MAX);
        if number >= Giving::OPENED_FROM {
            reader.fault(at, "more than 64 purposes of gifts", "remove some");
        }
        listed.push(GiftPurpose { id: reader.id(&raw.id, &mut ids), number, name: reader.name(&raw.name) });
    }
    listed
}
