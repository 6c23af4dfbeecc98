//! A person's purses, and the order in which they are used.

use base::Month;
use rules::Purpose;

/// A purse with something in it, or about to be.
#[derive(Debug, Clone, Copy)]
pub struct Purse<'a> {
    /// What it is for.
    pub purpose: &'a Purpose,
    /// The month at whose end it expires.
    pub expires: Month,
    /// Won in it.
    pub balance: i64,
}

/// The purses that may pay at a shop of this trade in this month, in the order they are used: by the pack's order of
/// purposes (narrowest first, then cashback, then own money), within one purpose the soonest-expiring first.
pub fn spending_order<'a>(purses: &[Purse<'a>], trade: &str, month: Month) -> Vec<Purse<'a>> {
    let mut usable: Vec<Purse<'a>> = purses
        .iter()
        .filter(|p| p.balance > 0 && p.expires >= month && p.purpose.buys_at(trade))
        .copied()
        .collect();
    usable.sort_by_key(|p| (p.purpose.order, p.purpose.number, p.expires));
    usable
}

/// Won in these purses that is still valid this month.
pub fn total(purses: &[Purse<'_>], month: Month) -> i64 {
    purses.iter().filter(|p| p.expires >= month).map(|p| p.balance).sum()
}

/// Won by purpose number after these movements, of what is valid this month; in order, what is empty left out.
pub(super) fn by_purpose(
    purses: &[Purse<'_>],
    month: Month,
    moved: impl Iterator<Item = (u8, i64)>,
) -> Vec<(u8, i64)> {
    let mut held: Vec<(u8, i64)> = Vec::with_capacity(2);
    let valid = purses.iter().filter(|purse| purse.expires >= month);
    for (purpose, amount) in valid.map(|purse| (purse.purpose.number, purse.balance)).chain(moved) {
        match held.iter_mut().find(|(known, _)| *known == purpose) {
            Some((_, sum)) => *sum += amount,
            None => held.push((purpose, amount)),
        }
    }
    held.retain(|(_, amount)| *amount != 0);
    held.sort_unstable();
    held
}

/// The month at whose end money put on now expires: validity runs in years from the day of issue, and a cohort is
/// a month, so it ends with that month.
pub fn newest_expiry(month: Month, validity_years: u32) -> Month {
    month.plus(validity_years.saturating_mul(12))
}
