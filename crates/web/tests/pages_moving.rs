//! The report of a moving-in: what was stated beside the books, for who looks into the house, in both languages.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use base::{Actor, Seeded, Zone, date};
use city::clock::HandClock;
use city::moving::rehearse::rehearse;
use city::moving::work::cut_over;
use city::open::{City, Opening};
use city::pack::{Kept, read_folder};
use common::{Town, masters, someone};
use pen::{Options, Request};
use store::Target;
use testkit::{Engine, Place, TempDir};

/// Two people, a shop that is owed something, and what was stated of them.
fn files() -> BTreeMap<&'static str, Vec<u8>> {
    let number = |at: u64| economy::holder::card_number(941_200_000_000_000 + at);
    BTreeMap::from([
        ("people", "holder,name\nA1,이영희\nA2,박지훈\n".into()),
        ("cards", format!("holder,card\nA1,{:016}\nA2,{:016}\n", number(1), number(2)).into_bytes()),
        ("purses", "holder,purpose,won\nA1,cash,51000\nA1,reward,2000\nA2,cash,7000\n".into()),
        (
            "shops",
            "business_number,name,trade,district,payable\n402-81-00017,오래된 빵집,bakery,4511153000,30000\n"
                .replace("402-81-00017", &shop_number())
                .into_bytes(),
        ),
        (
            "control",
            "line,count,won\npeople,2,\ncards,2,\nshops,1,\npurses/cash,2,58000\npurses/reward,1,2000\n\
             payable,1,30000\ntreasury,,2000\nbank,,88000\n"
                .into(),
        ),
    ])
}

fn shop_number() -> String {
    let nine = [4, 0, 2, 8, 1, 0, 0, 0, 1];
    nine.iter().chain([&economy::business_number::check_digit(&nine)]).map(ToString::to_string).collect()
}

/// Moves a city in at the place where the town is made afterwards.
fn moved_in(place: &Place) {
    let folder = TempDir::new();
    let zone = Zone::named("Asia/Seoul").unwrap();
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let target = match place.engine() {
        Engine::Sqlite => Target::Sqlite(place.location().into()),
        Engine::Postgres => Target::Postgres(place.location().to_string()),
    };
    let kept = Kept { files: read_folder(&pack).unwrap(), scale: (20_000, 650_000) };
    let plan = rehearse(&kept.parse().unwrap(), date(2021, 2, 22), &files());
    assert!(plan.is_clean(), "{:?} {:?}", plan.bad, plan.differences());
    let city = City::open(Opening {
        target,
        checkpoints: folder.path().join("checkpoints"),
        access: folder.path().join("access.sqlite"),
        pack: kept,
        pin_key: [7; 32],
        masters: masters(),
        clock: Arc::new(HandClock::at(zone.instant(date(2021, 2, 22), 9, 0))),
        entropy: Box::new(Seeded::new(11)),
        nonces: Box::new(Seeded::new(12)),
        options: Options::default(),
        accept_clock: false,
        use_checkpoint: true,
    })
    .unwrap();
    let mut ask = |key: String, command: city::Command| {
        let request = Request { actor: Actor::SYSTEM, key, input_hash: command.input_hash() };
        city.ask_waiting(request, command)
    };
    cut_over(plan, &None, &mut ask, &mut |_, _| ()).unwrap();
    city.close().unwrap();
    // The database may need a moment to let go of this writer's lock.
    std::thread::sleep(Duration::from_millis(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stated_stands_beside_the_books() {
    for engine in testkit::engines() {
        let town = std::thread::spawn(move || {
            let place = Place::fresh(engine);
            moved_in(&place);
            Town::at(place, |_| {})
        })
        .join()
        .unwrap();
        for persona in ["officer", "auditor"] {
            let mut browser = town.browser(persona).await;
            let page = browser.get("/desk/moving-in").await;
            assert_eq!(page.status, StatusCode::OK);
            for words in [
                "1원도 다르지 않게",
                "58,000원",
                "30,000원",
                "88,000원",
                "시에서 받을 돈",
                "2건",
                "예행연습 보고서",
            ] {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
            for name in ["이영희", "박지훈"] {
                assert!(!page.body.contains(name), "nobody is named");
            }
            assert!(page.body.contains("href=\"/desk/moving-in\""), "it is on the way");
            assert!(page.body.contains("\">돌아가기</a>"), "and there is a way back: {}", page.body);
            browser.cookies.push(("lang".into(), "en".into()));
            let page = browser.get("/desk/moving-in").await;
            for words in
                ["The old card was taken over to the won", "58,000 won", "Old operator", "Due from the city"]
            {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
        }
        // The postings of it say what they are.
        let mut auditor = town.browser("auditor").await;
        let page = auditor.get("/books/postings/1").await;
        assert!(page.body.contains("예전 카드에서 넘겨받"), "{}", page.body);
        // Who is no officer for it comes to the door.
        let mut access = someone(&town, "giver", "access-officer").await;
        assert_eq!(access.get("/desk/moving-in").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_city_that_had_no_card_says_so() {
    let town = Town::new(Engine::Sqlite);
    let mut officer = town.browser("officer").await;
    let page = officer.get("/desk/moving-in").await;
    assert!(page.body.contains("넘겨받은 것이 없어요"), "{}", page.body);
    assert!(!page.body.contains("href=\"/desk/moving-in\""), "nothing is on the way to nothing");
}
