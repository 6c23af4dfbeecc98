//! Good prepayment: claims, who offers them, the board.

pub(super) mod board;
pub(super) mod claims;
pub(super) mod offers;
