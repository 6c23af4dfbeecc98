//! Amounts as they are said aloud: the shop hears that it was paid.

use base::{Lang, Won};

/// A whole number in Sino-Korean words, spoken in groups of ten thousand: 12000 → `만 이천`.
pub fn spoken_count(number: u64) -> String {
    if number == 0 {
        return "영".to_owned();
    }
    const GROUPS: [&str; 5] = ["", "만", "억", "조", "경"];
    let mut words: Vec<String> = Vec::new();
    let mut rest = number;
    for name in GROUPS {
        let group = rest % 10_000;
        rest /= 10_000;
        match (group, name) {
            (0, _) => {}
            // Ten thousand is 만, not 일만; but 일억, 일조.
            (1, "만") if rest == 0 => words.push("만".to_owned()),
            (group, name) => words.push(format!("{}{name}", below_ten_thousand(group))),
        }
    }
    words.reverse();
    words.join(" ")
}

fn below_ten_thousand(number: u64) -> String {
    const DIGITS: [&str; 10] = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
    let mut text = String::new();
    for (size, name) in [(1_000, "천"), (100, "백"), (10, "십"), (1, "")] {
        let digit = number / size % 10;
        let word = DIGITS.get(usize::try_from(digit).unwrap_or(0)).copied().unwrap_or("");
        match digit {
            0 => {}
            // 천, 백, 십 without 일 before them.
            1 if size > 1 => text.push_str(name),
            _ => {
                text.push_str(word);
                text.push_str(name);
            }
        }
    }
    text
}

/// `만 이천 원`; in English the digits, which every voice reads right.
pub fn spoken_won(lang: Lang, amount: Won) -> String {
    match lang {
        Lang::Ko if amount.0 < 0 => format!("마이너스 {} 원", spoken_count(amount.0.unsigned_abs())),
        Lang::Ko => format!("{} 원", spoken_count(amount.0.unsigned_abs())),
        Lang::En => format!("{} won", amount.0),
    }
}

/// What the shop's speaker says: `만 이천 원 결제됐습니다`.
pub fn spoken_payment(lang: Lang, amount: Won) -> String {
    match lang {
        Lang::Ko => format!("{} 결제됐습니다", spoken_won(lang, amount)),
        Lang::En => format!("{} paid", spoken_won(lang, amount)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_said() {
        for (number, words) in [
            (0, "영"),
            (1, "일"),
            (10, "십"),
            (11, "십일"),
            (100, "백"),
            (1_000, "천"),
            (1_100, "천백"),
            (2_345, "이천삼백사십오"),
            (10_000, "만"),
            (12_000, "만 이천"),
            (10_001, "만 일"),
            (20_000, "이만"),
            (110_000, "십일만"),
            (123_400, "십이만 삼천사백"),
            (1_000_000, "백만"),
            (10_000_000, "천만"),
            (100_000_000, "일억"),
            (100_010_000, "일억 일만"),
            (320_000_000, "삼억 이천만"),
            (1_000_000_000_000, "일조"),
        ] {
            assert_eq!(spoken_count(number), words);
        }
    }

    #[test]
    fn the_shop_hears_it() {
        assert_eq!(spoken_payment(Lang::Ko, Won(12_000)), "만 이천 원 결제됐습니다");
        assert_eq!(spoken_payment(Lang::En, Won(12_000)), "12000 won paid");
    }
}
