//! Telephone numbers of this country, in the one form they are kept and looked up in.

/// `010-1234-5678`, from text with or without hyphens, spaces or the country's code; `None` when it can't be one.
pub fn parse(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '.' | '(' | ')')).collect();
    let text = match text.strip_prefix("+82") {
        Some(rest) if rest.starts_with('0') => rest.to_owned(),
        Some(rest) => format!("0{rest}"),
        None => text,
    };
    let good =
        text.starts_with('0') && (9..=11).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !good {
        return None;
    }
    // The capital's area code has two digits, all others three; the last part has four.
    let area = if text.starts_with("02") { 2 } else { 3 };
    let last = text.len() - 4;
    if last <= area || text.len() - area < 7 {
        return None;
    }
    Some([&text[..area], &text[area..last], &text[last..]].join("-"))
}

/// `010-••••-5678`: enough to recognise one's own, too little to call.
pub fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    match (digits.get(..3), digits.len().checked_sub(4).and_then(|from| digits.get(from..))) {
        (Some(first), Some(last)) if digits.len() >= 9 => {
            format!("{}-••••-{}", first.iter().collect::<String>(), last.iter().collect::<String>())
        }
        _ => "••••".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        for (text, form) in [
            ("010-2345-6789", "010-2345-6789"),
            ("01023456789", "010-2345-6789"),
            ("+82 10 2345 6789", "010-2345-6789"),
            ("063) 281-2114", "063-281-2114"),
            ("02-123-4567", "02-123-4567"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(form), "{text}");
        }
        for wrong in
            ["", "119", "1234567890", "010-12-345", "０１０２３４５６７８９", "010-2345-6789-0", "김순자"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn masked_ones_can_not_be_called() {
        assert_eq!(masked("010-2345-6789"), "010-••••-6789");
        assert_eq!(masked("119"), "••••");
    }
}
