//! Illegal exchange: signs of it are looked for each night in the journal, by the pack's rules; a sign opens a case with its
//! evidence, which the shop answers and an officer looks into. Nothing happens to a shop by itself.
//!
//! A case keeps no copies: the rule and its pack, the window and its postings. The evidence is read again from the journal
//! whenever somebody looks, and is the same each time.

mod journal;
mod score;
pub(crate) mod store;
mod watch;

use ::store::{Error, Snapshot};
use base::{CaseId, Instant, MerchantId, PersonId, PostingNo};
use rules::FraudRule;
use vault::Vault;

pub use self::score::{Deed, Hit, Shop, What, Window, hits};
use self::store::{ANSWER, CASE, CASES_OF, CLOSED_CASES, CaseRow, NOTE, OPEN_CASES};
pub use self::watch::{Watch, look};
use crate::{CityView, Finding};

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
    let mut deeds = Vec::new();
    journal::read(snapshot, case.postings, &mut deeds)?;
    let merchant = case.merchant;
    let shops = |id| if id == merchant { shop } else { Shop::default() };
    let found = hits(&rule, &Window::of(&deeds), &shops);
    let again = found.into_iter().find(|hit| hit.shop == merchant);
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
