//! What a line of text may not hold, whoever typed it.

/// Whether a character is not seen where it stands, or changes how what stands around it is read: control characters and
/// breaks of lines, marks that turn the direction of writing (with U+202E in it a name reads as another), and such as
/// have no width, so that two names look alike. Joiners of emoji are none of them.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::is_unseen;

    #[test]
    fn what_turns_or_hides_is_told_from_what_is_read() {
        for c in [
            '\r', '\n', '\t', '\0', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}',
            '\u{2028}',
        ] {
            assert!(is_unseen(c), "{c:?}");
        }
        for c in "남부시장 반찬 (주)A&B 2호점·카페 é ㈜ 🍚 ‐–—\u{200d}".chars() {
            assert!(!is_unseen(c), "{c:?}");
        }
    }
}
