//! Every test of this crate in one binary: one link instead of dozens. What each file tells is at its head.

mod chart;
mod decide_any;
mod decide_coupons;
mod decide_hold;
mod decide_hold_claims;
mod decide_joining;
mod decide_pay;
mod decide_payout;
mod decide_prepay;
mod decide_refund;
mod decide_top_up;
mod decide_transfer;
mod facts;
mod support;
mod timeline;
