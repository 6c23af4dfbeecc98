//! Business registration numbers: ten digits, the last a check digit.

/// Weights of the first nine digits (National Tax Service's published rule).
const WEIGHTS: [u32; 9] = [1, 3, 7, 1, 3, 7, 1, 3, 5];

/// The check digit for nine digits: `s = Σ d·w + ⌊d9·5/10⌋`, then `(10 − s mod 10) mod 10`.
pub fn check_digit(nine: &[u32; 9]) -> u32 {
    let sum: u32 =
        nine.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum::<u32>() + nine[8] * 5 / 10;
    (10 - sum % 10) % 10
}

/// Ten digits in normal form, from text with or without hyphens; `None` when the number can't be one.
pub fn parse(text: &str) -> Option<String> {
    let normal: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    if normal.len() != 10 {
        return None;
    }
    let digits: Vec<u32> =
        normal.chars().map(|c| if c.is_ascii() { c.to_digit(10) } else { None }).collect::<Option<_>>()?;
    let nine: &[u32; 9] = digits.first_chunk()?;
    (check_digit(nine) == digits[9]).then_some(normal)
}

/// `123-45-67891`.
pub fn show(normal: &str) -> String {
    match (normal.get(0..3), normal.get(3..5), normal.get(5..)) {
        (Some(office), Some(kind), Some(serial)) => format!("{office}-{kind}-{serial}"),
        _ => normal.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        assert_eq!(parse("123-45-67891").as_deref(), Some("1234567891"));
        for wrong in ["123-45-67890", "12345", "", "12345678911", "abc4567891", "１２３4567891"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(show("1234567891"), "123-45-67891");
    }
}
