//! Shares of an amount.

use std::fmt;
use std::str::FromStr;

use base::{Won, share_floor};

/// A share from 0 % to 100 %, in basis points (1 % = 100). Written `10%` or `0.8%` in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

/// Why a text is no [`Rate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRate {
    /// It isn't digits, at most two decimals, and a percent sign.
    #[error("not a percentage")]
    Form,
    /// It is a percentage over 100.
    #[error("more than 100%")]
    TooMuch,
}

impl Rate {
    /// Nothing.
    pub const ZERO: Rate = Rate(0);
    /// The whole.
    pub const WHOLE: Rate = Rate(10_000);

    /// From basis points; `None` outside 0 to 10,000.
    pub fn from_basis_points(points: i64) -> Option<Rate> {
        (0..=10_000).contains(&points).then_some(Rate(points))
    }

    /// In basis points, 0 to 10,000.
    pub fn basis_points(self) -> i64 {
        self.0
    }

    /// `floor(amount × rate)` in whole won. Negative amounts have no share.
    pub fn of(self, amount: Won) -> Won {
        if !amount.is_positive() {
            return Won::ZERO;
        }
        // A rate is at most the whole, so the share always fits.
        Won(share_floor(amount.0, self.0, 10_000).unwrap_or_default())
    }

    /// The smallest amount whose share is at least `share`: how much base earned it. `None` for a rate of zero
    /// (unless nothing was earned) or when it doesn't fit.
    pub fn base_for(self, share: Won) -> Option<Won> {
        if !share.is_positive() {
            return Some(Won::ZERO);
        }
        if self.0 == 0 {
            return None;
        }
        let base = (i128::from(share.0) * 10_000 + i128::from(self.0) - 1) / i128::from(self.0);
        i64::try_from(base).ok().map(Won)
    }
}

impl fmt::Display for Rate {
    /// `10%`, `0.8%`, `12.25%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            _ if rest % 10 == 0 => write!(f, "{whole}.{}%", rest / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Rate, BadRate> {
        let number = text.strip_suffix('%').ok_or(BadRate::Form)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 2 || whole.len() > 9 {
            return Err(BadRate::Form);
        }
        let whole: i64 = whole.parse().map_err(|_| BadRate::Form)?;
        let hundredths: i64 = format!("{decimals:0<2}").parse().map_err(|_| BadRate::Form)?;
        Rate::from_basis_points(whole * 100 + hundredths).ok_or(BadRate::TooMuch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, points) in [("10%", 1_000), ("0.8%", 80), ("12.25%", 1_225), ("0%", 0), ("100%", 10_000)] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.basis_points(), points);
            assert_eq!(rate.to_string(), text);
        }
        for text in ["", "%", "10", "11x%", "-1%", "1.%", ".5%", "1.234%", "10 %", "+1%"] {
            assert_eq!(text.parse::<Rate>(), Err(BadRate::Form), "{text}");
        }
        for text in ["100.01%", "110%", "999999999%"] {
            assert_eq!(text.parse::<Rate>(), Err(BadRate::TooMuch), "{text}");
        }
    }

    #[test]
    fn shares_are_floored() {
        let ten: Rate = "10%".parse().unwrap();
        for (amount, share) in
            [(0, 0), (9, 0), (10, 1), (12_345, 1_234), (-500, 0), (i64::MAX, i64::MAX / 10)]
        {
            assert_eq!(ten.of(Won(amount)), Won(share));
        }
        assert_eq!(Rate::WHOLE.of(Won(i64::MAX)), Won(i64::MAX));
    }

    #[test]
    fn the_base_behind_a_share() {
        let ten: Rate = "10%".parse().unwrap();
        assert_eq!(ten.base_for(Won(1_200)), Some(Won(12_000)));
        assert_eq!("8%".parse::<Rate>().unwrap().base_for(Won(1)), Some(Won(13)));
        assert_eq!(Rate::ZERO.base_for(Won(1)), None);
        assert_eq!(Rate::ZERO.base_for(Won(0)), Some(Won(0)));
        assert_eq!("0.01%".parse::<Rate>().unwrap().base_for(Won(i64::MAX)), None);
    }
}
