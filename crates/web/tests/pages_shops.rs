//! Where the card can be used: found by name, trade and neighbourhood by anybody, with the mark of giving shops; the town's
//! map carries it too.
use crate::common;

use axum::http::StatusCode;
use base::Role;
use city::{Command, OnGiving};
use common::{Browser, Town, ask};

fn does(town: &Town, role: Role, key: &str, command: Command) {
    tokio::task::block_in_place(|| ask(&town.app.city, role, key, command));
}

fn joins(town: &Town, number: &str, name: &str, trade: &str) {
    let shop = city::NewMerchant {
        name: name.into(),
        business_number: number.into(),
        trade: trade.into(),
        district: "4511153000".into(),
        sales: None,
        owner: None,
    };
    does(town, Role::System, number, Command::Join(shop));
}

#[tokio::test(flavor = "multi_thread")]
async fn shops_are_found_and_giving_ones_marked() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let name = {
            let view = town.app.city.shared.read();
            view.town.directory.shop(town.shop).unwrap().1.name.clone()
        };
        let mut anyone = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        let none = anyone.get("/shops?gives=1").await;
        assert!(none.body.contains("아직 기부천사 가게가 없어요"), "{}", none.body);
        let map = anyone.get("/").await;
        assert!(!map.body.contains("class=\"heart\""), "no giving shop, no mark");

        let merchant = town.shop;
        let apply = OnGiving::Apply { merchant, rate: Some(100), purpose: 0 };
        does(&town, Role::Merchant(merchant), "shops-apply", Command::OnGiving(apply));
        let check = OnGiving::Check { merchant, fit: true, note: String::new() };
        does(&town, Role::Officer, "shops-check", Command::OnGiving(check));
        does(&town, Role::Officer, "shops-plaque", Command::OnGiving(OnGiving::Plaque { merchant }));
        let page = anyone.get("/shops").await;
        assert_eq!(page.status, StatusCode::OK);
        let mark = format!("<a class=\"chip angel\" href=\"/angels/{merchant}\">");
        assert!(page.body.contains(&mark) && page.body.contains("</svg>기부천사</a>"), "{}", page.body);
        assert_eq!(page.body.matches("chip angel").count(), 1, "the other shop gives nothing");
        let only = anyone.get("/shops?gives=1").await;
        assert_eq!(only.body.matches("<li class=\"stack-s\">").count(), 1, "{}", only.body);
        let english = anyone.get("/shops?lang=en").await;
        assert_eq!(english.status, StatusCode::OK);
        let map = anyone.get("/").await;
        assert!(map.body.contains("기부천사 1곳</title>") && map.body.contains("class=\"heart\""));

        // By name, however it is written; what is no trade of ours was not chosen from the list.
        let letters: String = name.chars().take(2).collect();
        let encoded: String = letters.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let found = anyone.get(&format!("/shops?name=%20{encoded}&trade=nothing")).await;
        assert!(found.body.contains(&name), "{}", found.body);
        let nothing = anyone.get("/shops?name=%EA%B0%80%EB%82%98%EB%8B%A4%EB%9D%BC").await;
        assert!(nothing.body.contains("이런 가게가 없어요"), "{}", nothing.body);
        for hostile in
            ["name=%00", "name=%3Cscript%3E", "from=x&trade=%27&district=%22", "gives=&name=%F0%9F"]
        {
            let answer = anyone.get(&format!("/shops?{hostile}")).await;
            assert!(answer.status.is_success() || answer.status.is_client_error(), "{hostile}");
            assert!(!answer.body.contains("<script>"), "{hostile}");
        }

        // Shops that don't take the card are not among them; and a long list goes on where it ended.
        joins(&town, "104-82-93675", "밤의집", "nightlife");
        let numbers = (0..35u32).map(|at| {
            let nine: Vec<u32> =
                format!("{:09}", 200_000_000 + at).chars().filter_map(|c| c.to_digit(10)).collect();
            let check = economy::business_number::check_digit(&nine.try_into().unwrap());
            format!("{:09}{check}", 200_000_000 + at)
        });
        for (at, number) in numbers.enumerate() {
            joins(&town, &number, &format!("긴줄 {at}"), "cafe");
        }
        let first = anyone.get("/shops?name=%EA%B8%B4%EC%A4%84").await;
        assert_eq!(first.body.matches("<strong>긴줄").count(), 30, "{}", first.body);
        let from = first.body.split("name=\"from\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let rest = anyone.get(&format!("/shops?name=%EA%B8%B4%EC%A4%84&from={from}")).await;
        assert_eq!(rest.body.matches("<strong>긴줄").count(), 5, "{}", rest.body);
        assert!(!anyone.get("/shops?name=%EB%B0%A4").await.body.contains("밤의집"));
    }
}
