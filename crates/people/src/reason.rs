//! Why somebody did something that others will ask about: a sentence, not a filler.

use std::fmt;

use base::{Arg, Refusal};
use serde::{Deserialize, Serialize};

/// Fewer letters say nothing. Five, since a real reason can be short: `응급실 이송`.
pub const LEAST: usize = 5;
/// More characters than this are a document, not a reason.
pub const MOST: usize = 500;
/// Fewer different letters than this are a key held down.
const DIFFERENT: usize = 4;
/// As many letters have to be left when the fillers are taken out.
const OWN: usize = 4;

/// Words that are typed to get past a field; they may stand in a reason, but don't make one.
const FILLERS: [&str; 34] = [
    "업무상",
    "업무",
    "확인",
    "조회",
    "열람",
    "기타",
    "테스트",
    "긴급",
    "필요",
    "사유",
    "없음",
    "이유",
    "상황",
    "민원",
    "가나다라마바사",
    "가나다라",
    "work",
    "check",
    "test",
    "none",
    "other",
    "reason",
    "urgent",
    "emergency",
    "needed",
    "because",
    "lookup",
    "nothing",
    "asdf",
    "qwer",
    "zxcv",
    "hjkl",
    "abcd",
    "xxxx",
];

/// A reason that was given: at least [`LEAST`] letters, and not a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl Reason {
    /// Refused when it is too short (`reason.short`), too long (`reason.long`) or a filler (`reason.placeholder`).
    pub fn given(text: &str) -> Result<Reason, Refusal> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > MOST {
            return Err(Refusal::new("reason.long").with("most", Arg::Count(MOST as i64)));
        }
        let letters: String =
            text.chars().filter(|c| says_something(*c)).flat_map(char::to_lowercase).collect();
        if letters.chars().count() < LEAST {
            return Err(Refusal::new("reason.short").with("least", Arg::Count(LEAST as i64)));
        }
        if text.chars().any(base::is_unseen) || is_placeholder(&letters) {
            return Err(Refusal::new("reason.placeholder"));
        }
        Ok(Reason(text))
    }

    /// As it was given, with single spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Letters do; digits, marks and consonants typed alone (`ㅇㅇㅇㅇ`) don't.
fn says_something(c: char) -> bool {
    c.is_alphabetic() && !('\u{3131}'..='\u{318e}').contains(&c)
}

fn is_placeholder(letters: &str) -> bool {
    let mut different: Vec<char> = letters.chars().collect();
    different.sort_unstable();
    different.dedup();
    let own = FILLERS.iter().fold(letters.to_owned(), |rest, filler| rest.replace(filler, ""));
    different.len() < DIFFERENT || own.chars().count() < OWN
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}

impl TryFrom<String> for Reason {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Reason, Self::Error> {
        Reason::given(&text).map_err(|refusal| refusal.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        let long = "가을 하늘 ".repeat(100);
        for (text, code) in [
            ("응급실 이송", None),
            ("  집 앞에\n쓰러져 계심 ", None),
            ("실종 신고가 들어와 확인 필요", None),
            ("Found unconscious at home", None),
            ("My mother asked me to check", None),
            ("", Some("reason.short")),
            ("확인", Some("reason.short")),
            ("12345678", Some("reason.short")),
            ("........", Some("reason.short")),
            ("ㅁㄴㅇㄹㅁㄴㅇㄹ", Some("reason.short")),
            ("업무 확인 필요", Some("reason.placeholder")),
            ("긴급 민원 조회", Some("reason.placeholder")),
            ("하하하하하하하", Some("reason.placeholder")),
            ("asdfasdf", Some("reason.placeholder")),
            ("urgent work", Some("reason.placeholder")),
            ("aaaaaaaaaa", Some("reason.placeholder")),
            ("응급실로 \u{0}옮김", Some("reason.placeholder")),
            (long.as_str(), Some("reason.long")),
        ] {
            assert_eq!(Reason::given(text).err().map(|no| no.code), code, "{text}");
        }
        assert_eq!(Reason::given("  집 앞에\n쓰러져 계심 ").unwrap().as_str(), "집 앞에 쓰러져 계심");
        assert!(serde_json::from_str::<Reason>("\"응급실 이송\"").is_ok());
        assert!(serde_json::from_str::<Reason>("\"확인\"").is_err());
    }
}
