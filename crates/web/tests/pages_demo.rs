//! The demo's bar: a jump is wanted, shown while it is under way, and ended; how lively the town is, is said.
use crate::common;

use axum::http::StatusCode;
use base::date;
use city::build::{Life, Now};
use common::Town;
use web::Mode;

fn life(town: &Town) -> &Life {
    match &town.app.mode {
        Mode::Demo(demo) => &demo.life,
        Mode::Real => panic!("no demo"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_is_wanted_shown_and_ended() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut visitor = town.browser("citizen").await;
        let zone = town.app.city.shared.read().town.zone.clone();
        let wallet = visitor.get("/wallet").await;
        assert!(wallet.body.contains("value=\"2021-03-01\"") && !wallet.body.contains("<progress"));
        let jump = |day| [("action", "jump"), ("day", day), ("back", "/wallet")];
        // A day that isn't offered is nowhere to go.
        visitor.post("/demo/clock", &jump("2022-01-01")).await;
        assert_eq!(life(&town).leaping(), None);
        let answer = visitor.post("/demo/clock", &jump("2021-03-01")).await;
        assert_eq!(
            (answer.status, &answer.headers["location"]),
            (StatusCode::SEE_OTHER, &"/wallet".parse().unwrap())
        );
        let to = zone.instant(date(2021, 3, 1), 9, 0);
        assert_eq!(life(&town).leaping().unwrap().to, to);
        let wallet = visitor.get("/wallet").await;
        assert!(wallet.body.contains("<progress id=\"leap\" max=\"100\" value=\"0\">"), "{}", wallet.body);
        assert!(!wallet.body.contains("value=\"2021-07-01\""), "one after the other");
        // Whoever runs the demo takes it through the days: here it is half way.
        assert!(town.clock.jump_to(zone.instant(date(2021, 2, 26), 9, 0)));
        let half = visitor.get("/demo/jump").await;
        let said: serde_json::Value = serde_json::from_str(&half.body).unwrap();
        assert_eq!((said["over"].as_bool(), said["done"].as_u64()), (Some(false), Some(50)), "{said}");
        visitor.post("/demo/clock", &jump("2021-07-01")).await;
        assert_eq!(life(&town).leaping().unwrap().to, to, "another one has to wait");
        visitor.post("/demo/clock", &[("action", "stay"), ("back", "/wallet")]).await;
        life(&town).arrived();
        let over: serde_json::Value = serde_json::from_str(&visitor.get("/demo/jump").await.body).unwrap();
        assert_eq!(over["over"].as_bool(), Some(true));
        assert!(visitor.get("/wallet").await.body.contains("value=\"2021-07-01\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_says_how_lively_the_town_is() {
    let town = Town::new(testkit::Engine::Sqlite);
    let mut visitor = town.browser("citizen").await;
    assert!(!visitor.get("/wallet").await.body.contains("class=\"pace"), "there are no townsfolk");
    for (now, says) in [
        (Now { per_minute: 21, times: 6 }, ["1분에 21건", "실제보다 6배 자주"]),
        (Now { per_minute: 4, times: 1 }, ["1분에 4건", "사람들이 쓰는 만큼"]),
    ] {
        life(&town).say(now);
        let page = visitor.get("/wallet").await.body;
        // Numbers in texts are set apart for the direction of writing.
        let page: String = page.chars().filter(|c| !('\u{2068}'..='\u{2069}').contains(c)).collect();
        assert!(says.iter().all(|said| page.contains(said)), "{now:?}");
    }
    town.clock.set_speed(600);
    let page = visitor.get("/wallet").await.body;
    assert!(page.contains("600배로 가지만"), "less than the clock hurries");
    town.clock.set_speed(0);
    assert!(!visitor.get("/wallet").await.body.contains("class=\"pace"), "while it stands nobody pays");
}
