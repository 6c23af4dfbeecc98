//! Taking back a part of an earlier posting, exact to the won over any number of steps.

/// What to take back of one leg now: the cumulative take-back is `floor(leg × reversed so far / original)`,
/// posted as the difference to what was taken back before. When the whole original is reversed, the whole leg is.
///
/// `original > 0`, `0 ≤ before`, `0 ≤ now`, `before + now ≤ original`; outside of that `None`.
pub fn part(leg: i64, original: i64, before: i64, now: i64) -> Option<i64> {
    let after = before.checked_add(now)?;
    if original <= 0 || before < 0 || now < 0 || after > original || leg < 0 {
        return None;
    }
    let cumulative = |reversed: i64| i128::from(leg) * i128::from(reversed) / i128::from(original);
    i64::try_from(cumulative(after) - cumulative(before)).ok()
}

/// Splits what goes back to the payer over the legs that paid, so that after every step each leg has had back
/// its share by largest remainder (ties in order), the shares add up to the won, and none is ever taken back again.
///
/// Returns one amount per leg, summing to `now`; `None` on the conditions of [`part`], with `original` = sum of legs.
pub fn split_by_remainder(legs: &[i64], before: i64, now: i64) -> Option<Vec<i64>> {
    let original = legs.iter().try_fold(0i64, |sum, leg| sum.checked_add(*leg))?;
    let after = before.checked_add(now)?;
    if original <= 0 || before < 0 || now < 0 || after > original || legs.iter().any(|leg| *leg < 0) {
        return None;
    }
    let earlier = running_split(legs, original, before);
    let later = running_split(legs, original, after);
    Some(later.iter().zip(&earlier).map(|(late, early)| late - early).collect())
}

/// The running split of `reversed` over the legs: the last leg's share, rounded up, then the one before it out of the rest, and
/// so on. Each share grows with what is split, so no step takes back what an earlier one gave: differences of rounded-down
/// boundaries did, by a won.
fn running_split(legs: &[i64], original: i64, reversed: i64) -> Vec<i64> {
    let (mut whole, mut rest) = (i128::from(original), i128::from(reversed));
    let mut shares: Vec<i64> = legs
        .iter()
        .rev()
        .map(|leg| {
            let before = whole - i128::from(*leg);
            let left = if whole > 0 { rest * before / whole } else { 0 };
            let amount = rest - left;
            (whole, rest) = (before, left);
            i64::try_from(amount).unwrap_or(0)
        })
        .collect();
    shares.reverse();
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `LEDGER.md` line 10's shape: three refunds of a 1,000 payment with legs 333 + 667.
    #[test]
    fn no_step_takes_back_what_an_earlier_one_gave() {
        let legs = [7_777, 4_663, 9_999, 77_561];
        for (before, now) in (0..100_000).map(|before| (before, 1)).chain([(10_000, 4), (10_004, 89_996)]) {
            let parts = split_by_remainder(&legs, before, now).unwrap();
            assert!(parts.iter().all(|part| *part >= 0), "{before} {now} {parts:?}");
            assert_eq!(parts.iter().sum::<i64>(), now);
        }
    }

    #[test]
    fn three_refunds_give_each_leg_to_the_won() {
        let mut back = [0, 0];
        for (before, now) in [(0, 333), (333, 333), (666, 334)] {
            let parts = split_by_remainder(&[333, 667], before, now).unwrap();
            assert_eq!(parts.iter().sum::<i64>(), now);
            back[0] += parts[0];
            back[1] += parts[1];
        }
        assert_eq!(back, [333, 667]);
    }

    #[test]
    fn more_than_the_original_is_refused() {
        assert_eq!(part(100, 1000, 900, 101), None);
        assert_eq!(part(100, 0, 0, 0), None);
        assert_eq!(split_by_remainder(&[500, 500], 600, 401), None);
    }

    proptest! {
        #[test]
        fn any_walk_to_the_end_returns_everything(
            legs in prop::collection::vec(0i64..5_000_000, 1..5),
            cuts in prop::collection::vec(0i64..1000, 0..8),
            reward in 0i64..1_000_000,
        ) {
            let original: i64 = legs.iter().sum();
            prop_assume!(original > 0);
            let mut points: Vec<i64> = cuts.iter().map(|c| c * original / 1000).collect();
            points.push(original);
            points.sort_unstable();
            let mut before = 0;
            let mut back = vec![0i64; legs.len()];
            let mut reward_back = 0;
            for point in points {
                let now = point - before;
                let parts = split_by_remainder(&legs, before, now).unwrap();
                prop_assert_eq!(parts.iter().sum::<i64>(), now);
                for (slot, amount) in back.iter_mut().zip(&parts) {
                    prop_assert!(*amount >= 0);
                    *slot += amount;
                }
                reward_back += part(reward, original, before, now).unwrap();
                before = point;
                prop_assert!(reward_back <= reward);
            }
            prop_assert_eq!(back, legs);
            prop_assert_eq!(reward_back, reward);
        }
    }
}
