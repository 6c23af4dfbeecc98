//! What postings about claims change in memory and in their rows.

use base::PostingNo;
use base::{MerchantId, PersonId};
use economy::chart;
use economy::decide::{ClaimStands, OpenClaim, newest_expiry, usable};
use economy::facts::{MovingFacts, Payment, PrepayFacts, Prepayment};
use economy::holder::MerchantState;
use economy::{Class, Facts};
use pen::Stop;
use rules::Pack;

use super::store::{ADVANCE_CLAIM, END_CLAIM, GIVE_CLAIM, INSERT_CLAIM, claim_values};
use super::{Claim, Claims};
use crate::Event;
use crate::memory::{CityMemory, CityTurn, Undo};
use crate::today::Today;

impl Claims {
    /// Somebody's open claims on a shop, in the order they pay: what ends soonest first.
    pub(crate) fn open_at<'a>(
        &self,
        pack: &'a Pack,
        day: i32,
        (person, merchant): (PersonId, MerchantId),
        balance: impl Fn(&ledger::Key) -> i64,
    ) -> Vec<OpenClaim<'a>> {
        let mut open: Vec<(i32, OpenClaim<'a>)> = Vec::new();
        for claim in self.of(person).filter(|c| c.merchant == merchant && day <= c.use_by) {
            let left = balance(&chart::prepaid(person, claim.no).key);
            let Some(programme) = pack.prepayment(&claim.programme).filter(|_| left > 0) else { continue };
            let advanced = balance(&chart::advance(merchant, claim.no).key);
            let guarantee = &programme.guarantee;
            open.push((claim.use_by, OpenClaim { no: claim.no, balance: left, advanced, guarantee }));
        }
        open.sort_by_key(|(use_by, claim)| (*use_by, claim.no));
        open.into_iter().map(|(_, claim)| claim).collect()
    }
}

impl CityMemory {
    /// Somebody's open claims on a shop, in the order they pay: see [`Claims::open_at`].
    pub(crate) fn claims_at<'a>(
        &self,
        pack: &'a Pack,
        turn: &CityTurn<'_>,
        who: (PersonId, MerchantId),
    ) -> Vec<OpenClaim<'a>> {
        self.claims.open_at(pack, turn.day, who, |key| turn.books().balance_of(key))
    }

    /// What the claims that paid were bought by, as their postings kept it: of those that have ended meanwhile.
    pub(crate) fn ended_claims(
        &self,
        turn: &mut CityTurn<'_>,
        payment: &Payment,
    ) -> Result<Vec<Option<Prepayment>>, Stop> {
        let mut found = Vec::with_capacity(payment.prepaid.len());
        for (claim, ..) in &payment.prepaid {
            found.push(if self.can_be_filled(*claim, turn.day) { None } else { bought(turn, *claim)? });
        }
        Ok(found)
    }

    fn can_be_filled(&self, claim: u32, day: i32) -> bool {
        self.claims.get(claim).is_some_and(|claim| {
            let state =
                self.directory.shop(claim.merchant).map_or(MerchantState::Closed, |(_, shop)| shop.state);
            usable(claim.use_by, state, day)
        })
    }

    /// Where the claims stand that paid.
    pub(crate) fn claims_stand<'a>(
        &self,
        pack: &'a Pack,
        turn: &CityTurn<'_>,
        today: &Today,
        payment: &Payment,
        ended: &'a [Option<Prepayment>],
    ) -> Result<Vec<ClaimStands<'a>>, Stop> {
        let years = CityMemory::card_rules(pack, today)?.validity_years;
        let mut stands = Vec::with_capacity(ended.len());
        for ((claim, ..), ended) in payment.prepaid.iter().zip(ended) {
            let missing = || Stop::Broken(format!("claim {claim} is not kept as it should be"));
            stands.push(match ended {
                Some(bought) => ClaimStands::Ended {
                    bought,
                    campaign: pack.campaign(&bought.cashback.campaign),
                    expires: newest_expiry(today.month, years),
                },
                None => {
                    let open = self.claims.get(*claim).ok_or_else(missing)?;
                    let programme = pack.prepayment(&open.programme).ok_or_else(missing)?;
                    let left = chart::budget(Class::BudgetLeft, &programme.guarantee);
                    ClaimStands::Open {
                        holder: open.holder,
                        guarantee: &programme.guarantee,
                        guarantee_left: turn.books().balance_of(&left.key),
                    }
                }
            });
        }
        Ok(stands)
    }

    /// Keeps claims, and their rows.
    pub(crate) fn follow_claims(&mut self, turn: &mut CityTurn<'_>, no: PostingNo, facts: &PrepayFacts) {
        match facts {
            PrepayFacts::Bought(bought) => self.claim_bought(turn, no, bought),
            PrepayFacts::Advanced(advanced) => {
                for (claim, _) in &advanced.claims {
                    self.claim_was_advanced(turn, *claim);
                }
            }
            PrepayFacts::Given(given) => {
                turn.write(GIVE_CLAIM, vec![i64::from(given.claim).into(), given.to.into()]);
                if let Some(claim) = self.claims.get(given.claim).cloned() {
                    self.put_claim(turn, Claim { holder: given.to, ..claim });
                }
            }
            PrepayFacts::Ended(ended) => {
                let (back, borne) = (ended.amount, ended.from_guarantee);
                self.end_claim(turn, ended.claim, (ended.why.code(), back, borne));
            }
            PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => {}
        }
    }

    /// A claim is new: bought, or taken over from an older system.
    pub(crate) fn claim_bought(&mut self, turn: &mut CityTurn<'_>, no: PostingNo, bought: &Prepayment) {
        turn.write(INSERT_CLAIM, claim_values(bought, no, turn.day));
        self.put_claim(
            turn,
            Claim {
                no: bought.claim,
                posting: no,
                programme: bought.programme.clone(),
                merchant: bought.merchant,
                buyer: bought.person,
                holder: bought.person,
                amount: bought.amount,
                use_by: bought.use_by,
                bought: turn.day,
                advanced: false,
            },
        );
    }

    /// Its shop was advanced its share, and is not again.
    pub(crate) fn claim_was_advanced(&mut self, turn: &mut CityTurn<'_>, no: u32) {
        turn.write(ADVANCE_CLAIM, vec![i64::from(no).into()]);
        if let Some(claim) = self.claims.get(no).cloned() {
            self.put_claim(turn, Claim { advanced: true, ..claim });
        }
    }

    /// A claim is no more: why, what went back, what the guarantee bore.
    pub(crate) fn end_claim(&mut self, turn: &mut CityTurn<'_>, no: u32, end: (&'static str, i64, i64)) {
        turn.write(END_CLAIM, vec![i64::from(no).into(), end.0.into(), end.1.into(), end.2.into()]);
        if let Some(was) = self.claims.remove(no) {
            self.undo(Undo::ClaimWas(Box::new(was)));
            turn.tell(Event::ClaimEnded(no));
        }
    }

    fn put_claim(&mut self, turn: &mut CityTurn<'_>, claim: Claim) {
        turn.tell(Event::Claim(Box::new(claim.clone())));
        let undo = match self.claims.put(claim) {
            Some(was) => Undo::ClaimWas(Box::new(was)),
            None => Undo::ClaimAdded,
        };
        self.undo(undo);
    }
}

/// What buying a claim kept: found by the claim's row, read in the journal.
fn bought(turn: &mut CityTurn<'_>, claim: u32) -> Result<Option<Prepayment>, Stop> {
    let found =
        turn.query::<super::store::OfPosting>(super::store::POSTING_OF_CLAIM, &[i64::from(claim).into()])?;
    let missing = || Stop::Broken(format!("claim {claim} has no row"));
    let no = found.first().ok_or_else(missing)?.posting;
    bought_by(turn, no).map(Some)
}

/// What a posting kept of a claim that was bought.
pub(crate) fn bought_by(turn: &mut CityTurn<'_>, no: PostingNo) -> Result<Prepayment, Stop> {
    let missing = || Stop::Broken(format!("posting {no} is no prepayment"));
    let (row, _) = turn.posting(no)?.ok_or_else(missing)?;
    match Facts::read(&row.facts).map_err(|error| Stop::Broken(error.to_string()))? {
        Facts::Prepay(PrepayFacts::Bought(bought)) | Facts::Moving(MovingFacts::Claim(bought)) => Ok(bought),
        _ => Err(missing()),
    }
}
