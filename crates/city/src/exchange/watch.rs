//! The nightly look: every rule over the window of its days.

use std::collections::{BTreeMap, HashMap};

use base::{Actor, MerchantId, PostingNo, date_of_day};
use pen::{Failure, Request};
use rules::FraudRule;
use store::Error;

use super::score::{Deed, Shop, What, Window, hits};
use super::{journal, known};
use crate::open::City;
use crate::{Command, OnTills, Sign};

/// What was read of the journal, up to where. A look that follows another one reads only what is new since.
#[derive(Debug, Default)]
pub struct Watch {
    deeds: Vec<Deed>,
    /// The postings that were read, both included.
    read: Option<(PostingNo, PostingNo)>,
}

/// Adds the deeds between two postings, both included.
type ReadPart<'a> = dyn FnMut((PostingNo, PostingNo), &mut Vec<Deed>) -> Result<(), Error> + 'a;

/// Looks for every sign in the days up to one, and opens a case for each that shows; gives how many it opened. Asked again
/// for the same day, it finds the same, and opens nothing twice.
pub fn look(city: &City, until: i32) -> Result<u32, Failure> {
    Watch::default().look(city, until)
}

impl Watch {
    /// As [`look`] does; what it has read it keeps for the next day's.
    pub fn look(&mut self, city: &City, until: i32) -> Result<u32, Failure> {
        let (rules, last) = {
            let view = city.shared.read();
            let today = date_of_day(until);
            let mut by_days: BTreeMap<u32, Vec<FraudRule>> = BTreeMap::new();
            for rule in view.town.pack.fraud.iter().filter(|rule| rule.from <= today) {
                by_days.entry(rule.days).or_default().push(rule.clone());
            }
            (by_days, view.books.last_posting())
        };
        let mut opened = 0;
        // The longest window first: the others lie in it.
        for (days, rules) in rules.into_iter().rev() {
            let from = until.saturating_sub(i32::try_from(days).unwrap_or(i32::MAX) - 1);
            let window = city.readers.read(|snapshot| {
                let window = journal::window(snapshot, (from, until), last)?;
                self.reach(window, &mut |part, deeds| journal::read(snapshot, part, deeds))?;
                Ok(window)
            });
            let (first, last) = window.map_err(|error: Error| Failure::Broken(error.to_string()))?;
            let deeds = self.between(first, last);
            let shops = shops(city, deeds);
            let sorted = Window::of(deeds);
            for rule in rules {
                for hit in hits(&rule, &sorted, &|id| shops.get(&id).copied().unwrap_or_default()) {
                    let (rule, merchant, points) = (rule.id.clone(), hit.shop, hit.points);
                    opened += open(city, Sign { rule, merchant, from, until, first, last, points })?;
                }
            }
        }
        Ok(opened)
    }

    fn between(&self, first: PostingNo, last: PostingNo) -> &[Deed] {
        let start = self.deeds.partition_point(|deed| deed.no < first);
        let end = self.deeds.partition_point(|deed| deed.no <= last);
        self.deeds.get(start..end).unwrap_or_default()
    }

    /// Reads what of a window is not there yet, and lets go what lies before it, if it is beyond what was read before.
    fn reach(&mut self, (first, last): (PostingNo, PostingNo), read: &mut ReadPart<'_>) -> Result<(), Error> {
        let known = self.read.filter(|(start, end)| *start <= first && first.0 <= end.0 + 1);
        if let Some((_, end)) = known {
            if last > end {
                // What lies beyond the end was left by a reading that broke off.
                self.deeds.retain(|deed| (first..=end).contains(&deed.no));
                self.read = Some((first, end));
                read((PostingNo(end.0 + 1), last), &mut self.deeds)?;
                self.read = Some((first, last));
            }
        } else {
            *self = Watch::default();
            read((first, last), &mut self.deeds)?;
            self.read = Some((first, last));
        }
        Ok(())
    }
}

/// What is known of the shops that were paid at.
fn shops(city: &City, deeds: &[Deed]) -> HashMap<MerchantId, Shop> {
    let mut shops = HashMap::new();
    let view = city.shared.read();
    for deed in deeds {
        if let What::Paid { shop, .. } = deed.what {
            shops.entry(shop).or_insert_with(|| known(&view.town, shop));
        }
    }
    shops
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

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Instant, PersonId};

    fn journal(all: &[u64]) -> impl FnMut((PostingNo, PostingNo), &mut Vec<Deed>) -> Result<(), Error> {
        let all = all.to_vec();
        move |(first, last), deeds| {
            let what = What::ToppedUp { person: PersonId(1) };
            let within = all.iter().filter(|no| (first.0..=last.0).contains(no));
            deeds.extend(within.map(|no| Deed { no: PostingNo(*no), at: Instant(0), what, amount: 1 }));
            Ok(())
        }
    }

    fn numbers(watch: &Watch, first: u64, last: u64) -> Vec<u64> {
        watch.between(PostingNo(first), PostingNo(last)).iter().map(|deed| deed.no.0).collect()
    }

    #[test]
    fn a_window_that_moves_on_is_the_same_as_one_read_anew() {
        let all: Vec<u64> = (1..=60).filter(|no| no % 3 > 0).collect();
        let windows = [(1, 10), (1, 10), (4, 20), (12, 20), (4, 31), (25, 40), (50, 60), (2, 58), (61, 60)];
        let mut watch = Watch::default();
        for (first, last) in windows {
            watch.reach((PostingNo(first), PostingNo(last)), &mut journal(&all)).unwrap();
            let anew: Vec<u64> = all.iter().copied().filter(|no| (first..=last).contains(no)).collect();
            assert_eq!(numbers(&watch, first, last), anew, "{first} to {last}");
        }
    }

    #[test]
    fn what_broke_off_is_read_again() {
        let mut watch = Watch::default();
        watch.reach((PostingNo(1), PostingNo(5)), &mut journal(&[1, 5])).unwrap();
        let mut broken = |_, deeds: &mut Vec<Deed>| {
            journal(&[6])((PostingNo(6), PostingNo(6)), deeds)?;
            Err(Error::Shape("the connection was lost".to_owned()))
        };
        watch.reach((PostingNo(1), PostingNo(9)), &mut broken).unwrap_err();
        watch.reach((PostingNo(1), PostingNo(9)), &mut journal(&[6, 8])).unwrap();
        assert_eq!(numbers(&watch, 1, 9), [1, 5, 6, 8]);
    }
}
