//! Money: whole won, checked.

use std::fmt;

/// An amount in won. Won has no minor unit. Arithmetic is checked: an overflow is a `None`, never a wrap.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Won(pub i64);

impl Won {
    /// Nothing.
    pub const ZERO: Won = Won(0);

    /// The sum, or `None` on overflow.
    pub fn plus(self, other: Won) -> Option<Won> {
        self.0.checked_add(other.0).map(Won)
    }

    /// The difference, or `None` on overflow.
    pub fn minus(self, other: Won) -> Option<Won> {
        self.0.checked_sub(other.0).map(Won)
    }

    /// `floor(self × numerator / denominator)`, exact in 128 bits; `None` if it doesn't fit or divides by zero.
    pub fn times(self, numerator: i64, denominator: i64) -> Option<Won> {
        share_floor(self.0, numerator, denominator).map(Won)
    }

    /// True for one won or more.
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }
}

impl fmt::Display for Won {
    /// `-1,234,567` — the unit is the reader's language's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// `floor(amount × numerator / denominator)` for a non-negative result's sake in 128 bits.
pub fn share_floor(amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    if denominator == 0 {
        return None;
    }
    let product = i128::from(amount) * i128::from(numerator);
    i64::try_from(product.div_euclid(i128::from(denominator))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_three() {
        for (won, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (-1234567, "-1,234,567"), (12300, "12,300")]
        {
            assert_eq!(Won(won).to_string(), text);
        }
    }

    #[test]
    fn arithmetic_is_checked() {
        assert_eq!(Won(i64::MAX).plus(Won(1)), None);
        assert_eq!(Won(i64::MIN).minus(Won(1)), None);
        assert_eq!(Won(i64::MAX).times(2, 1), None);
        assert_eq!(Won(i64::MAX).times(1, 2), Some(Won(i64::MAX / 2)));
        assert_eq!(Won(12_345).times(1000, 10_000), Some(Won(1_234)));
        assert_eq!(Won(1).times(1, 0), None);
    }
}
