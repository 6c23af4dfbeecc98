//! Korean particles that follow the sound a word ends in.

/// How a word ends, as far as particles care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    Rieul,
    Consonant,
    Unknown,
}

/// The ending of the last letter or digit that is spoken; quotes and brackets behind it are passed over.
fn ending(word: &str) -> Ending {
    let Some(last) = word.chars().rev().find(|c| c.is_alphanumeric()) else { return Ending::Unknown };
    match last {
        '가'..='힣' => match (last as u32 - 0xAC00) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 영 일 이 삼 사 오 육 칠 팔 구
        '0' | '3' | '6' => Ending::Consonant,
        '1' | '7' | '8' => Ending::Rieul,
        '2' | '4' | '5' | '9' => Ending::Vowel,
        // Single letters as they are read: 엘 and 알 end in ㄹ, 엠 and 엔 in a consonant.
        'l' | 'L' | 'r' | 'R' => Ending::Rieul,
        'm' | 'M' | 'n' | 'N' => Ending::Consonant,
        c if c.is_ascii_alphabetic() => Ending::Vowel,
        _ => Ending::Unknown,
    }
}

/// The word with the particle that fits: `pair` names both forms, the one after a consonant first
/// (`은/는`, `이/가`, `을/를`, `과/와`, `으로/로`). A word whose sound is unknown gets both: `은(는)`.
pub fn with_particle(word: &str, pair: &str) -> String {
    let Some((closed, open)) = pair.split_once('/') else { return format!("{word}{pair}") };
    let particle = match (ending(word), closed) {
        (Ending::Vowel, _) | (Ending::Rieul, "으로") => open.to_owned(),
        (Ending::Consonant | Ending::Rieul, _) => closed.to_owned(),
        (Ending::Unknown, _) => format!("{closed}({open})"),
    };
    format!("{word}{particle}")
}

#[cfg(test)]
mod tests {
    use super::with_particle;

    #[test]
    fn the_particle_follows_the_sound() {
        for (word, pair, text) in [
            ("가게", "은/는", "가게는"),
            ("분식집", "은/는", "분식집은"),
            ("12,000원", "을/를", "12,000원을"),
            ("서울", "으로/로", "서울로"),
            ("부산", "으로/로", "부산으로"),
            ("카페 24", "이/가", "카페 24가"),
            ("마트 3", "이/가", "마트 3이"),
            ("김밥(본점)", "을/를", "김밥(본점)을"),
            ("CU", "을/를", "CU를"),
            ("★", "은/는", "★은(는)"),
            ("우리말", "이/가", "우리말이"),
        ] {
            assert_eq!(with_particle(word, pair), text);
        }
    }
}
