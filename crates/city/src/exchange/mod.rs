//! Illegal exchange: signs of it are looked for each night in the journal, by the pack's rules; a sign opens a case with its
//! evidence, which the shop answers and an officer looks into. Nothing happens to a shop by itself.
//!
//! A case keeps no copies: the rule and its pack, the window and its postings. The evidence is read again from the journal
//! whenever somebody looks, and is the same each time.

mod journal;
mod score;
pub(crate) mod store;

use ::store::{Error, Snapshot};
use base::{Actor, CaseId, Instant, MerchantId, PersonId, PostingNo, date_of_day};
use pen::{Failure, Request};
use rules::FraudRule;
use vault::Vault;

pub use self::score::{Deed, Hit, Shop, What, hits};
use self::store::{ANSWER, CASE, CASES_OF, CLOSED_CASES, CaseRow, NOTE, OPEN_CASES};
use crate::open::City;
use crate::{CityView, Command, Finding, OnTills, Sign};

/// What a shop said, or an officer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Instant,
    /// What.
    pub finding: Finding,
    /// In which words.
    pub note: String,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// At which shop.
    pub merchant: MerchantId,
    /// The rule's id.
    pub rule: String,
    /// The pack it was found by.
    pub pack: u32,
    /// The window's days.
    pub days: (i32, i32),
    /// The window's postings.
    pub postings: (PostingNo, PostingNo),
    /// How much it weighs.
    pub points: u32,
    /// When it was found.
    pub opened: Instant,
    /// What the shop said, and when.
    pub answer: Option<(Instant, String)>,
    /// What came of it.
    pub closing: Option<Closing>,
}

impl Case {
    fn of(vault: &Vault, row: CaseRow) -> Result<Case, Error> {
        let answer = match (row.answered, row.answer) {
            (Some(at), Some(answer)) => Some((at, ANSWER.open(vault, row.id, answer)?)),
            _ => None,
        };
        let finding = row.finding.as_deref().and_then(Finding::coded);
        let closing = match (row.closed, finding, row.note) {
            (Some(at), Some(finding), Some(note)) => {
                Some(Closing { at, finding, note: NOTE.open(vault, row.id, note)? })
            }
            _ => None,
        };
        Ok(Case {
            id: row.id,
            merchant: row.merchant,
            rule: row.rule,
            pack: row.pack,
            days: (row.from_day, row.until_day),
            postings: (row.first_posting, row.last_posting),
            points: row.points,
            opened: row.opened,
            answer,
            closing,
        })
    }
}

/// One case.
pub fn case(snapshot: &mut Snapshot<'_>, vault: &Vault, id: CaseId) -> Result<Option<Case>, Error> {
    snapshot.one::<CaseRow>(CASE, &[id.into()])?.map(|row| Case::of(vault, row)).transpose()
}

fn list(rows: Vec<CaseRow>, vault: &Vault) -> Result<Vec<Case>, Error> {
    rows.into_iter().map(|row| Case::of(vault, row)).collect()
}

/// A shop's cases, the newest first.
pub fn of_shop(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    shop: MerchantId,
    most: u32,
) -> Result<Vec<Case>, Error> {
    list(snapshot.query(CASES_OF, &[shop.into(), most.into()])?, vault)
}

/// Cases that wait for an officer, the heaviest first.
pub fn open_cases(snapshot: &mut Snapshot<'_>, vault: &Vault, most: u32) -> Result<Vec<Case>, Error> {
    list(snapshot.query(OPEN_CASES, &[most.into()])?, vault)
}

/// Cases that are closed, the newest first.
pub fn closed_cases(snapshot: &mut Snapshot<'_>, vault: &Vault, most: u32) -> Result<Vec<Case>, Error> {
    list(snapshot.query(CLOSED_CASES, &[most.into()])?, vault)
}

/// A case with what it rests on, read again from the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The rule, as it stood in its pack.
    pub rule: FraudRule,
    /// The deeds of the hit, in the journal's order.
    pub deeds: Vec<Deed>,
    /// What looking again finds; `None` when it finds nothing any more, which would be a fault.
    pub again: Option<Hit>,
}

impl Evidence {
    /// Whose movements it shows.
    pub fn people(&self) -> Vec<PersonId> {
        self.again.iter().flat_map(|hit| hit.people.iter().copied()).collect()
    }
}

/// The evidence of a case; `None` when its pack or rule is not there.
pub fn evidence(snapshot: &mut Snapshot<'_>, case: &Case, shop: Shop) -> Result<Option<Evidence>, Error> {
    let Some(pack) = crate::pack::numbered(snapshot, case.pack)? else { return Ok(None) };
    let Some(rule) = pack.fraud.iter().find(|rule| rule.id == case.rule).cloned() else { return Ok(None) };
    let deeds = journal::deeds(snapshot, case.postings)?;
    let merchant = case.merchant;
    let found = hits(&rule, &deeds, &|id| if id == merchant { shop } else { Shop::default() });
    let again = found.into_iter().find(|hit| hit.shop == merchant);
    let mut deeds = deeds;
    deeds.retain(|deed| again.as_ref().is_some_and(|hit| hit.postings.contains(&deed.no)));
    Ok(Some(Evidence { rule, deeds, again }))
}

/// What the patterns know of a shop.
pub fn known(town: &CityView, id: MerchantId) -> Shop {
    town.directory.shop(id).map_or_else(Shop::default, |(_, shop)| Shop {
        owner: shop.owner,
        sales: shop.sales.map(|sales| sales.0),
        excluded: town.pack.city.trades.get(usize::from(shop.trade)).is_some_and(rules::Trade::is_excluded),
    })
}

/// Looks for every sign in the days up to one, and opens a case for each that shows; gives how many it opened. Asked again
/// for the same day, it finds the same, and opens nothing twice.
pub fn look(city: &City, until: i32) -> Result<u32, Failure> {
    let broken = |error: Error| Failure::Broken(error.to_string());
    let (rules, last) = {
        let view = city.shared.read();
        let today = date_of_day(until);
        let rules: Vec<FraudRule> =
            view.town.pack.fraud.iter().filter(|rule| rule.from <= today).cloned().collect();
        (rules, view.books.last_posting())
    };
    let mut opened = 0;
    for rule in rules {
        let days = i32::try_from(rule.days).unwrap_or(i32::MAX);
        let from = until.saturating_sub(days - 1);
        let window = city.readers.read(|snapshot| {
            let window = journal::window(snapshot, (from, until), last)?;
            let deeds = journal::deeds(snapshot, window)?;
            Ok((window, deeds))
        });
        let (window, deeds) = window.map_err(broken)?;
        let found = {
            let mut shops = std::collections::BTreeMap::new();
            let view = city.shared.read();
            for deed in &deeds {
                if let What::Paid { shop, .. } = deed.what {
                    shops.entry(shop).or_insert_with(|| known(&view.town, shop));
                }
            }
            drop(view);
            hits(&rule, &deeds, &|id| shops.get(&id).copied().unwrap_or_default())
        };
        for hit in found {
            let sign = Sign {
                rule: rule.id.clone(),
                merchant: hit.shop,
                from,
                until,
                first: window.0,
                last: window.1,
                points: hit.points,
            };
            opened += open(city, sign)?;
        }
    }
    Ok(opened)
}

fn open(city: &City, sign: Sign) -> Result<u32, Failure> {
    // Without a key: a case that is there already is found by itself, and a repeated answer would count it again.
    let command = Command::OnTills(OnTills::OpenCase(sign));
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command) {
        Ok(_) => Ok(1),
        // It is looked into already.
        Err(Failure::Refused(_)) => Ok(0),
        Err(failure) => Err(failure),
    }
}
