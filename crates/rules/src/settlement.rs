//! Paying shops out: from which account, through which banks, with which support, and how shops join.

use base::{Date, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::read::{Ids, RawSource, Reader};
use crate::{Budget, Name, Rate};

/// How shops are paid and join. All of it may be left out: then nobody is supported, and no bank is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settlement {
    /// The account that backs the card, from which payouts go.
    pub trust: Option<Trust>,
    /// The account of who collects gifts, where they are passed on.
    pub collector: Option<Trust>,
    /// The banks of the country's clearing.
    pub banks: Vec<Bank>,
    /// Support of shops' card fees, by date.
    pub support: Vec<FeeSupport>,
    /// How shops join and leave, where they apply.
    pub joining: Joining,
}

/// An account of the scheme's own, or of who works with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Its bank's code.
    pub bank: String,
    /// Its number.
    pub account: String,
    /// Whose name it is in.
    pub name: String,
}

/// A bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// Its code in the country's clearing: three digits.
    pub code: String,
    /// Its name.
    pub name: Name,
}

/// The city bears part of small shops' card fees: so much of what is sold on the card, paid with each settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeSupport {
    /// Unique in the pack.
    pub id: String,
    /// First day of settlements it comes with.
    pub from: Date,
    /// Last one.
    pub until: Option<Date>,
    /// Shops with more sales in the year before get none; whose sales aren't known gets none either.
    pub sales_up_to: Won,
    /// The share of what is settled.
    pub rate: Rate,
    /// A shop gets no more than this in a calendar year.
    pub cap_year: Won,
    /// The budget it comes from.
    pub budget: String,
    /// Trades that get none.
    pub barred: Vec<String>,
    /// What it rests on.
    pub source: Source,
}

/// How shops join and leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// An application is decided within so many days.
    pub decide_days: u32,
    /// A decision can be appealed against for so many days.
    pub appeal_days: u32,
    /// Who was registered on false grounds can't come back for so many days.
    pub barred_false: u32,
    /// Who was in a restricted trade can't for so many.
    pub barred_trade: u32,
    /// What an application comes with: the city sees each before it decides.
    pub papers: Vec<Paper>,
    /// Why one is refused, or a member's registration cancelled.
    pub grounds: Vec<Ground>,
    /// What all that rests on.
    pub source: Source,
}

/// A paper an application comes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Unique in the pack.
    pub id: String,
    /// Its name.
    pub name: Name,
}

/// Why an application is refused, or a registration cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Unique in the pack.
    pub id: String,
    /// In words.
    pub name: Name,
    /// Who is cancelled on it can't come back for so many days.
    pub bars: u32,
    /// The clause.
    pub source: Source,
}

/// How long a ground keeps a shop out.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Bar {
    /// As whoever was registered on false grounds.
    False,
    /// As whoever was in a restricted trade.
    Trade,
}

impl Joining {
    /// A ground by its id.
    pub fn ground(&self, id: &str) -> Option<&Ground> {
        self.grounds.iter().find(|ground| ground.id == id)
    }
}

impl Default for Joining {
    /// The Act's.
    fn default() -> Joining {
        let source = Source {
            ko: "지역사랑상품권 이용 활성화에 관한 법률 제7조·제8조".to_owned(),
            en: "Local Gift Certificates Act, arts. 7 and 8".to_owned(),
        };
        Joining {
            decide_days: 7,
            appeal_days: 30,
            barred_false: 365,
            barred_trade: 183,
            papers: Vec::new(),
            grounds: Vec::new(),
            source,
        }
    }
}

impl Settlement {
    /// A bank by its code.
    pub fn bank(&self, code: &str) -> Option<&Bank> {
        self.banks.iter().find(|bank| bank.code == code)
    }

    /// What support comes with a day's settlements.
    pub fn support_on(&self, date: Date) -> Option<&FeeSupport> {
        self.support.iter().find(|one| one.from <= date && one.until.is_none_or(|until| date <= until))
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    trust: Option<Spanned<RawTrust>>,
    collector: Option<Spanned<RawTrust>>,
    #[serde(default)]
    bank: Vec<Spanned<RawBank>>,
    #[serde(default)]
    fee_support: Vec<Spanned<RawSupport>>,
    joining: Option<Spanned<RawJoining>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrust {
    bank: Spanned<String>,
    account: Spanned<String>,
    name: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBank {
    code: Spanned<String>,
    name: Spanned<Name>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSupport {
    id: Spanned<String>,
    from: Spanned<Datetime>,
    until: Option<Spanned<Datetime>>,
    sales_up_to: Spanned<i64>,
    rate: Spanned<String>,
    cap_year: Spanned<i64>,
    budget: Spanned<String>,
    #[serde(default)]
    barred: Vec<Spanned<String>>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJoining {
    decide_days: Spanned<i64>,
    appeal_days: Spanned<i64>,
    barred_false: Spanned<i64>,
    barred_trade: Spanned<i64>,
    #[serde(default)]
    paper: Vec<RawPaper>,
    #[serde(default)]
    ground: Vec<Spanned<RawGround>>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPaper {
    id: Spanned<String>,
    name: Spanned<Name>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGround {
    id: Spanned<String>,
    name: Spanned<Name>,
    bars: Option<Bar>,
    source: Option<Spanned<RawSource>>,
}

/// Reads `settlement.toml`; `None` when its shape is at fault.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    trades: Option<&[&str]>,
    budgets: Option<&[Budget]>,
) -> Option<Settlement> {
    let file = reader.document::<RawFile>()?;
    let mut codes = Ids::default();
    let mut banks = Vec::new();
    for raw in file.bank.into_iter().map(Spanned::into_inner) {
        digits(reader, "bank", &raw.code, 3..=3);
        reader.once("bank", raw.code.get_ref(), raw.code.span(), &mut codes);
        banks.push(Bank { code: raw.code.into_inner(), name: reader.name(&raw.name) });
    }
    let known: Vec<&str> = banks.iter().map(|bank| bank.code.as_str()).collect();
    let mut account = |raw: Spanned<RawTrust>| {
        let raw = raw.into_inner();
        reader.known("bank", &raw.bank, &known);
        digits(reader, "account", &raw.account, 8..=16);
        Trust { bank: raw.bank.into_inner(), account: raw.account.into_inner(), name: raw.name }
    };
    let trust = file.trust.map(&mut account);
    let collector = file.collector.map(&mut account);
    let mut ids = Ids::default();
    let mut support: Vec<FeeSupport> = Vec::new();
    for entry in file.fee_support {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, raw.until.as_ref());
        if let Some(budgets) = budgets {
            let known: Vec<&str> = budgets.iter().map(|budget| budget.id.as_str()).collect();
            reader.known("budget", &raw.budget, &known);
        }
        for trade in &raw.barred {
            if let Some(trades) = trades {
                reader.known("trade", trade, trades);
            }
        }
        let meets = support
            .iter()
            .find(|one| one.until.is_none_or(|end| from <= end) && until.is_none_or(|end| one.from <= end));
        if let Some(other) = meets {
            let what = format!("it holds on days on which {:?} does", other.id);
            reader.fault(raw.from.span(), what, "end one before the other begins");
        }
        support.push(FeeSupport {
            id: reader.id(&raw.id, &mut ids),
            from,
            until,
            sales_up_to: reader.won("sales_up_to", &raw.sales_up_to),
            rate: reader.rate("rate", &raw.rate),
            cap_year: reader.won("cap_year", &raw.cap_year),
            budget: raw.budget.into_inner(),
            barred: raw.barred.into_iter().map(Spanned::into_inner).collect(),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    let joining = file.joining.map_or_else(Joining::default, |entry| read_joining(reader, entry));
    Some(Settlement { trust, collector, banks, support, joining })
}

fn read_joining(reader: &mut Reader<'_>, entry: Spanned<RawJoining>) -> Joining {
    let at = entry.span();
    let raw = entry.into_inner();
    let barred_false = reader.number("barred_false", &raw.barred_false, 0..3_660);
    let barred_trade = reader.number("barred_trade", &raw.barred_trade, 0..3_660);
    let (mut papers, mut grounds) = (Ids::default(), Ids::default());
    Joining {
        decide_days: reader.number("decide_days", &raw.decide_days, 1..366),
        appeal_days: reader.number("appeal_days", &raw.appeal_days, 1..366),
        barred_false,
        barred_trade,
        papers: raw
            .paper
            .into_iter()
            .map(|raw| Paper { id: reader.id(&raw.id, &mut papers), name: reader.name(&raw.name) })
            .collect(),
        grounds: raw
            .ground
            .into_iter()
            .map(|entry| {
                let at = entry.span();
                let raw = entry.into_inner();
                Ground {
                    id: reader.id(&raw.id, &mut grounds),
                    name: reader.name(&raw.name),
                    bars: match raw.bars {
                        Some(Bar::False) => barred_false,
                        Some(Bar::Trade) => barred_trade,
                        None => 0,
                    },
                    source: reader.source(at, raw.source.as_ref()),
                }
            })
            .collect(),
        source: reader.source(at, raw.source.as_ref()),
    }
}

fn digits(
    reader: &mut Reader<'_>,
    field: &str,
    value: &Spanned<String>,
    long: std::ops::RangeInclusive<usize>,
) {
    let text = value.get_ref();
    if !long.contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        let fix = format!("write {} to {} digits between quotes", long.start(), long.end());
        reader.fault(value.span(), format!("{field} {text:?}: not such a number"), fix);
    }
}
