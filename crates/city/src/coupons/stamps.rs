//! Which shops gave stamps, to whom, on which day: one for each. How many somebody has is in the books.

use base::{MerchantId, PersonId, day_of_date};
use economy::chart;
use economy::decide::StampsHere;
use economy::facts::{Payment, Refund};
use ledger::Key;
use rules::Sale;

use super::store::{DELETE_STAMP, INSERT_STAMP, stamp_values};
use super::{Change, CouponBook};
use crate::memory::{CityMemory, CityTurn};
use crate::today::Today;

/// A stamp that was given: of which sale (by its number), to whom, where, on which day (since 1970-01-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamped {
    /// The sale's number in the books.
    pub sale: u8,
    /// Whose.
    pub person: PersonId,
    /// Which shop gave it.
    pub merchant: MerchantId,
    /// The day.
    pub day: i32,
}

impl CouponBook {
    pub(super) fn stamps_here(
        &self,
        sale: &Sale,
        today: &Today,
        merchant: MerchantId,
        person: PersonId,
        balance: impl Fn(&Key) -> i64,
    ) -> StampsHere {
        if sale.stamps.is_none() {
            return StampsHere::default();
        }
        let day = day_of_date(today.date);
        let stamped = Stamped { sale: sale.number, person, merchant, day };
        StampsHere {
            have: balance(&chart::stamps_meter(sale.number, Some(person)).key),
            today: self.stamped.contains(&stamped),
        }
    }
}

impl CityMemory {
    /// A payment was worth a stamp: this shop gives this person no other today.
    pub(crate) fn stamp_given(&mut self, turn: &mut CityTurn<'_>, payment: &Payment) {
        let Some(given) = payment.stamp.as_ref().filter(|stamp| stamp.given) else { return };
        let (person, merchant) = (payment.person, payment.merchant);
        let stamp = Stamped { sale: given.number, person, merchant, day: given.day };
        turn.write(INSERT_STAMP, stamp_values(&stamp));
        self.put_coupons(turn, Change::Stamp(stamp, true));
    }

    /// A refund took it back: it may give one again.
    pub(crate) fn stamp_taken_back(&mut self, turn: &mut CityTurn<'_>, refund: &Refund) {
        let Some(back) = refund.stamp else { return };
        let (person, merchant) = (refund.person, refund.merchant);
        let stamp = Stamped { sale: back.number, person, merchant, day: back.day };
        turn.write(DELETE_STAMP, stamp_values(&stamp));
        self.put_coupons(turn, Change::Stamp(stamp, false));
    }
}
