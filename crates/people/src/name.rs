//! Names as people write them, and the one form they are compared and indexed in.
//!
//! A name comes from paper, from phones that send conjoining jamo, from registers in full-width letters, with a middle
//! dot, with Chinese characters in brackets. [`Name`] drops all of that: it is never shown, only compared. What was
//! written stays with the person.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Family names of two syllables that are met in practice. `선우진` may also be 선 with the given name 우진: a flag in an
/// inspection, where the family name is used, is a question and not an answer.
const LONG_FAMILY_NAMES: [&str; 8] = ["남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방"];

/// The normal form of a name: letters alone, composed, folded. Two spellings of one name have one `Name`.
///
/// - Compatibility forms become plain ones and jamo become syllables (Unicode NFKC).
/// - Latin and other cased letters are lower case.
/// - Spaces, hyphens, dots, marks and **digits** go: a digit in a name field is a clerk's note (`김순자2`), never a part
///   of the name; counting it would hide exactly the double that the note is about.
/// - A part in brackets goes (`김철수(金哲洙)`), unless there is nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// The normal form of what was written; `None` when there is no letter in it.
    pub fn of(written: &str) -> Option<Name> {
        let plain: String = written.nfkc().collect();
        let outside = letters(&without_brackets(&plain));
        let normal = if outside.is_empty() { letters(&plain) } else { outside };
        (!normal.is_empty()).then_some(Name(normal))
    }

    /// For a blind index.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tolerant key: syllables taken apart into jamo, accents into marks, so that one wrong key on the keyboard is
    /// one letter here. Korean names have six to nine.
    pub fn jamo(&self) -> String {
        self.0.nfd().collect()
    }

    /// How many slips of a finger lie between the two: letters (jamo) added, left out, mistaken or swapped with their
    /// neighbour.
    pub fn slips(&self, other: &Name) -> usize {
        strsim::osa_distance(&self.jamo(), &other.jamo())
    }

    /// The family name of a name in Hangul, by which the inspection of looks finds relatives. `None` for names in other
    /// scripts, where its place can't be told.
    pub fn family(&self) -> Option<&str> {
        let first = self.0.chars().next().filter(|c| is_syllable(*c))?;
        // A name of two syllables has a family name of one: 남궁 alone is 남 and 궁.
        let long =
            LONG_FAMILY_NAMES.iter().find(|long| self.0.starts_with(**long) && self.0.len() > long.len());
        long.copied().or_else(|| self.0.get(..first.len_utf8()))
    }
}

fn is_syllable(c: char) -> bool {
    ('가'..='힣').contains(&c)
}

fn letters(text: &str) -> String {
    // Hangul fillers are letters to Unicode and nothing to the eye.
    let seen = |c: &char| c.is_alphabetic() && !matches!(c, '\u{115f}' | '\u{1160}');
    // Once more at the end: jamo that a dot kept apart now touch.
    text.chars().filter(seen).flat_map(char::to_lowercase).nfkc().filter(seen).collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::new();
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '〔' => depth += 1,
            ')' | ']' | '}' | '〕' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    outside
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Name, Self::Error> {
        Name::of(&text).ok_or("a name without a letter")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_form() {
        for (written, normal) in [
            ("김순자", Some("김순자")),
            (" 김 순 자 ", Some("김순자")),
            // Conjoining jamo, as some phones send them.
            ("\u{1100}\u{1175}\u{11b7}순자", Some("김순자")),
            ("김·순·자", Some("김순자")),
            ("김순자2", Some("김순자")),
            ("김순자(金順子)", Some("김순자")),
            ("김순자（金順子）", Some("김순자")),
            ("(김순자)", Some("김순자")),
            ("김순자(", Some("김순자")),
            ("金順子", Some("金順子")),
            // A compatibility ideograph and its plain twin.
            ("\u{f90a}順子", Some("金順子")),
            ("Ｎｇｕｙễｎ　Ｔｈị", Some("nguyễnthị")),
            ("NGUYỄN THỊ", Some("nguyễnthị")),
            ("O'Brien-Kim", Some("obrienkim")),
            // Half-width Hangul letters.
            ("ﾡ", Some("\u{1100}")),
            ("\u{3164}", None),
            ("", None),
            ("  -- 12", None),
        ] {
            assert_eq!(Name::of(written).as_ref().map(Name::as_str), normal, "{written}");
        }
    }

    #[test]
    fn slips_are_counted_in_jamo() {
        for (a, b, slips) in [
            ("김순자", "김순자", 0),
            ("김순자", "김숙자", 1),
            ("김순자", "김수자", 1),
            ("유영희", "류영희", 1),
            ("이세진", "이새진", 1),
            ("김순자", "김순희", 2),
            ("kim soon", "kim sono", 1),
            ("김순자", "박철수", 8),
        ] {
            let (a, b) = (Name::of(a).unwrap(), Name::of(b).unwrap());
            assert_eq!((a.slips(&b), b.slips(&a)), (slips, slips), "{a:?} {b:?}");
        }
    }

    #[test]
    fn family_names() {
        for (name, family) in [
            ("김순자", Some("김")),
            ("남궁민", Some("남궁")),
            ("남궁", Some("남")),
            ("Nguyen", None),
            ("金順子", None),
        ] {
            assert_eq!(Name::of(name).unwrap().family(), family, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(written in "\\PC{0,24}") {
            if let Some(name) = Name::of(&written) {
                prop_assert_eq!(Name::of(name.as_str()), Some(name));
            }
        }

        #[test]
        fn composed_and_taken_apart_are_one(written in "[가-힣a-zA-Z ()·0-9é]{0,12}") {
            let apart: String = written.nfd().collect();
            prop_assert_eq!(Name::of(&written), Name::of(&apart));
        }
    }
}
