//! Mail addresses, in the one form they are kept and written to.

/// As long as a whole address may be (RFC 5321, 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;
/// As long as the part before the @ may be.
const LOCAL: usize = 64;

/// `name@example.kr`, from what was typed: trimmed, its domain in small letters; `None` when it can't be one. Only what every
/// relay takes: no quotes, no comments, nothing but ASCII, and so neither a break of lines nor a second address.
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    // The last label of a name has a letter in it: a number would be an address of a machine.
    let named = domain.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| b.is_ascii_alphabetic()));
    let good = text.len() <= LONGEST
        && local.len() <= LOCAL
        && local.split('.').all(atom)
        && domain.contains('.')
        && domain.split('.').all(label)
        && named;
    good.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

/// `so••••@example.kr`: enough to recognise one's own.
pub fn masked(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "••••".to_owned() };
    let shown: String = local.chars().take(if local.len() > 3 { 2 } else { 0 }).collect();
    format!("{shown}••••@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        for (text, form) in [
            (" soonja@Example.KR ", "soonja@example.kr"),
            ("Soon.Ja+card@mail.example.co.kr", "Soon.Ja+card@mail.example.co.kr"),
            ("a@b.kr", "a@b.kr"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(form), "{text}");
        }
        let long = format!("{}@example.kr", "a".repeat(65));
        let longest = format!("a@{}.kr", ["b".repeat(63).as_str(); 4].join("."));
        for wrong in [
            "",
            "soonja",
            "soonja@",
            "@example.kr",
            "soonja@localhost",
            "soonja@127.0.0.1",
            "soonja@[127.0.0.1]",
            "soon ja@example.kr",
            "soonja@exam_ple.kr",
            "soonja@-example.kr",
            ".soonja@example.kr",
            "soon..ja@example.kr",
            "\"soon ja\"@example.kr",
            "soonja@example.kr, other@example.kr",
            "soonja@example.kr\r\nBcc: other@example.kr",
            "soonja\n@example.kr",
            "<soonja@example.kr>",
            "순자@example.kr",
            "soonja@한글.kr",
            "a@b@c.kr",
            long.as_str(),
            longest.as_str(),
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn masked_ones_are_recognised_and_no_more() {
        assert_eq!(masked("soonja@example.kr"), "so••••@example.kr");
        assert_eq!(masked("me@example.kr"), "••••@example.kr");
        assert_eq!(masked("x"), "••••");
    }
}
