//! The report of a moving-in.

use super::*;

pub(in super::super) fn moving(lang: Lang) -> MovingPage {
    let t = tongue(lang);
    let line = |name: String, count: Option<i64>, won: Option<i64>| MovingLine {
        name,
        stated: count,
        stated_won: won.map(Won),
        found: count,
        found_won: won.map(Won),
    };
    let said = |key: &str| t.say(key).to_string();
    let shop = pick(lang, "남부시장 반찬과 이것저것", "Nambu Market Side Dishes and More");
    MovingPage {
        t,
        page: frame(lang, "/desk/moving-in", hall(lang, "role-auditor", "nav-books", "/books")),
        home: "/books",
        moving: Some(MovingShown {
            report: "0f3a".repeat(16),
            begun: at(1, 12),
            ended: Some(at(2, 40)),
            done: 1_204,
            parts: 1_204,
            lines: vec![
                line(said("moving-people"), Some(232_104), None),
                line(said("moving-cards"), Some(240_881), None),
                line(said("moving-shops"), Some(30_112), None),
                line(pick(lang, "내 돈", "My money"), Some(198_004), Some(41_123_456_789)),
                line(t.say("moving-prepaid").text("shop", shop).to_string(), Some(37), Some(3_700_000)),
                line(said("moving-bank"), None, Some(43_123_456_789)),
            ],
            owed: Won(43_127_156_789),
        }),
    }
}

pub(in super::super) fn moving_under_way(lang: Lang) -> MovingPage {
    let full = moving(lang);
    let moving = full.moving.map(|one| MovingShown { ended: None, done: 311, ..one });
    MovingPage { moving, ..full }
}

pub(in super::super) fn moving_none(lang: Lang) -> MovingPage {
    MovingPage { moving: None, ..moving(lang) }
}
