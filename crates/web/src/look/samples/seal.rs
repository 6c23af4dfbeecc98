//! The seal: checking a file, and the float.

use base::{Lang, Won, date};

use super::super::*;
use super::{TODAY, at, citizen, frame, pick, tongue};

const KEY: &str = "card.hanbit.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// Checking, before a file.
pub(in super::super) fn verify(lang: Lang) -> VerifyPage {
    VerifyPage {
        t: tongue(lang),
        page: frame(lang, "/verify", None),
        text: String::new(),
        proof: None,
        key: KEY.into(),
        zone: "Asia/Seoul".into(),
        sealed: 2_104_882,
    }
}

/// A receipt that holds.
pub(in super::super) fn verify_holds(lang: Lang) -> VerifyPage {
    let t = tongue(lang);
    let line = |key: &str, value: String| ProvedLine { name: t.say(key).to_string(), value };
    VerifyPage {
        proof: Some(Proof::Holds {
            title: t.say("verify-holds").to_string(),
            kind: pick(lang, "결제", "Payment"),
            amount: Won(12_000),
            lines: vec![
                line("proved-at", t.full_moment(&at(14, 5))),
                line("proved-shop", pick(lang, "가람시장 분식", "Garam Market Snacks")),
                line("proved-order", "A7-3291".into()),
                line("proved-reward", t.won(Won(1_200))),
                line("proved-number", t.number(2_104_882)),
                line("proved-sealed", t.say("proved-sealed-in").count("count", 2_104_990).to_string()),
            ],
            closed: 14,
        }),
        ..verify(lang)
    }
}

/// A receipt that was changed.
pub(in super::super) fn verify_fails(lang: Lang) -> VerifyPage {
    let t = tongue(lang);
    VerifyPage {
        proof: Some(Proof::Fails {
            what: t.say("verify-path").to_string(),
            why: t.say("verify-path.why").to_string(),
        }),
        text: "{\n  \"format\": \"ongoeul receipt 1\"\n}".into(),
        ..verify(lang)
    }
}

/// The float, with the reader's own money.
pub(in super::super) fn float(lang: Lang) -> FloatPage {
    let class = |ko, en, accounts, won| FloatClass { name: pick(lang, ko, en), accounts, won: Won(won) };
    let advance = |ko, en, won| FloatAdvance { shop: pick(lang, ko, en), won: Won(won) };
    FloatPage {
        t: tongue(lang),
        page: frame(lang, "/float", citizen(lang, "nav-wallet")),
        stated: Some(FloatStated {
            day: TODAY,
            at: at(0, 0),
            posting: 2_104_882,
            owed: Won(3_204_118_400),
            backing: Won(3_204_118_400),
            owes: vec![
                class("지갑", "Purses", 41_204, 2_790_006_100),
                class("가게에 줄 돈", "Owed to shops", 3_000, 414_112_300),
            ],
            backs: vec![
                class("신탁 예금", "Trust account", 1, 3_100_118_400),
                class("시가 보낼 돈", "Due from the city", 1, 101_000_000),
                class("가게에 미리 준 돈", "Advances to shops", 2, 3_000_000),
            ],
            advances: vec![
                advance("가람시장 분식", "Garam Market Snacks", 2_000_000),
                advance("한들 책방", "Handeul Books", 1_000_000),
            ],
            holds: true,
        }),
        newest: true,
        own: OwnSum::In(Won(123_400)),
        days: vec![date(2021, 2, 22), date(2021, 2, 21)],
        sealed: true,
    }
}

/// Before the first night.
pub(in super::super) fn float_none(lang: Lang) -> FloatPage {
    FloatPage {
        page: frame(lang, "/float", None),
        stated: None,
        newest: false,
        own: OwnSum::SignIn,
        days: Vec::new(),
        ..float(lang)
    }
}
