//! Decisions: pure. Each sees what it needs of the city as plain values and gives a [`Decision`] (a balanced posting
//! with its explanation) or a refusal that says which rule failed and what would change it.

mod cards;
mod cashback;
mod coupons;
pub mod draw;
mod giving;
mod hold;
pub mod joining;
mod moving;
mod pay;
mod payout;
mod pin;
mod prepay;
mod purses;
mod refund;
mod settle;
mod top_up;
mod transfer;
mod treasury;

pub use cards::{CardCount, another_card};
pub use cashback::{Earning, Limits, Room, ShopSize, grant};
pub use coupons::{
    CouponStanding, CouponsHere, ManyStanding, Part, Prize, SaleHere, StampsHere, claim, discount, give,
    give_many, may_begin, may_give, take_back,
};
pub use giving::{
    Bears, GiftStands, OnceCase, SpendCase, Standing, cover_meter, gift_of, give_once, not_yet, pass, spend,
};
pub use hold::{Held, HeldClaim, authorise, capture, release};
pub use moving::{OpeningClaim, OpeningPurse, open_bank, open_claim, open_payables, open_purses};
pub use pay::{Helper, PayCase, PinState, pay, without_card};
pub use payout::{
    Back, PayoutStands, PayoutState, Puzzle, Says, Verdict, account_at_fault, confirm, fail, judge,
};
pub use pin::{Tried, Wrong, is_used_up, short, wrong as wrong_pin};
pub use prepay::{
    ClaimStands, EndCase, OpenClaim, PassCase, PrepayCase, ToAdvance, Wisher, advance, another_claim_today,
    claim_can_be_given, close_out, give_back, give_claim, may_return, prepay, run_out, usable,
};
pub use purses::{Purse, newest_expiry, spending_order, total};
pub use refund::{RefundCase, refund};
pub use settle::{SettleCase, ShopGift, Support, settle};
pub use top_up::{TopUpCase, room_for_top_ups, top_up};
pub use transfer::{GiftCase, SinceTopUp, WithdrawCase, another_gift_today, can_give, gift, withdraw};
pub use treasury::{dispose, expire, transfer, treasury, vote};

use base::{Arg, PostingNo, Refusal, Won};
use ledger::Account;

use crate::{Class, Facts, chart};

/// One leg, by what its accounts are; the pen's turn finds or opens them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// To debit.
    pub debit: Account,
    /// To credit.
    pub credit: Account,
    /// Above zero.
    pub amount: i64,
}

/// A decided posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What happens: `pay`, `refund`…
    pub kind: &'static str,
    /// The principal in won.
    pub amount: i64,
    /// The earlier posting it corrects or continues.
    pub reverses: Option<PostingNo>,
    /// All legs, in order; none is zero.
    pub moves: Vec<Move>,
    /// Meters with the limit of that day.
    pub guards: Vec<(Account, i64)>,
    /// Its explanation.
    pub facts: Facts,
}

/// No single amount may be larger than this: far above any limit, far below an overflow.
pub const LARGEST: i64 = 1_000_000_000_000;

/// Legs being collected; zero amounts vanish.
#[derive(Debug, Default)]
struct Moves(Vec<Move>);

impl Moves {
    fn add(&mut self, debit: Account, credit: Account, amount: i64) {
        if amount > 0 {
            self.0.push(Move { debit, credit, amount });
        }
    }

    /// A meter goes up.
    fn meter_up(&mut self, meter: Account, amount: i64) {
        self.add(meter, chart::scheme(Class::MeterTotal), amount);
    }

    /// A meter goes back.
    fn meter_back(&mut self, meter: Account, amount: i64) {
        self.add(chart::scheme(Class::MeterTotal), meter, amount);
    }
}

fn check_amount(amount: i64) -> Result<(), Refusal> {
    if (1..=LARGEST).contains(&amount) {
        Ok(())
    } else {
        Err(Refusal::new("amount.range").with("least", Arg::Won(Won(1))).with("most", Arg::Won(Won(LARGEST))))
    }
}
