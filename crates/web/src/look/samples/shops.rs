//! Where the card can be used.

use super::*;

fn found(lang: Lang, number: usize, ko: &str, en: &str) -> ShopFound {
    ShopFound {
        name: pick(lang, ko, en),
        about: pick(lang, "분식·치킨 · 한빛1동", "Snacks and fried chicken · Hanbit 1-dong"),
        angel: number.is_multiple_of(2).then(|| "/angels/mer_0000000000001".to_owned()),
    }
}

/// Some shops, the first of them a giving one, and more behind them.
pub(in super::super) fn shops(lang: Lang) -> ShopsPage {
    let choice = |value: &str, ko: &str, en: &str| Choice {
        value: value.to_owned(),
        name: pick(lang, ko, en),
        chosen: value == "snack",
    };
    ShopsPage {
        t: tongue(lang),
        page: frame(lang, "/shops", None),
        asked: true,
        name: pick(lang, "시장", "Market"),
        gives: false,
        trades: vec![choice("cafe", "카페", "Café"), choice("snack", "분식·치킨", "Snacks")],
        districts: vec![choice("1", "한빛1동", "Hanbit 1-dong")],
        shops: vec![
            found(lang, 0, "가람시장 분식", "Garam Market Snacks"),
            found(
                lang,
                1,
                "아주 긴 이름을 가진 가람시장 할머니네 손만두와 떡볶이",
                "The shop with the very long name at Garam Market",
            ),
        ],
        next: Some("mer_0000000000003".to_owned()),
    }
}

/// Nothing is like that.
pub(in super::super) fn shops_none(lang: Lang) -> ShopsPage {
    ShopsPage { gives: true, shops: Vec::new(), next: None, ..shops(lang) }
}
