//! What pages and the API say of a time that was disposed of: that it was, and until when; never that it wasn't there.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::{Actor, PostingNo, date};
use city::on_disposal::Run;
use city::sealing::closing::Closing;
use city::{Command, OnDisposal};
use common::{Answer, Town};
use seal::{Frontier, Secret};

async fn paid(town: &Town, key: &str, won: u32) -> String {
    let wish = format!(r#"{{"card":"{}","merchant":"{}","amount":{won}}}"#, town.card, town.shop);
    let answer = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &wish).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn ask(town: &Town, command: OnDisposal) {
    let command = Command::OnDisposal(command);
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

/// Everything up to now goes, as if it were of a year whose time is over.
async fn disposed_of_all(town: &Town) {
    let (last, entry) = {
        let view = town.app.city.shared.read();
        (view.books.last_posting().0, view.books.last_entry().0)
    };
    let sealing = town.app.city.sealing().unwrap().clone();
    tokio::task::spawn_blocking(move || sealing.catch_up(PostingNo(last)).unwrap()).await.unwrap();
    let closing = Closing {
        origin: "card.example.kr/log".into(),
        from: date(2015, 1, 1),
        until: date(2015, 12, 31),
        first: 1,
        last,
        entry,
        at: 0,
        books: Frontier::default().root(),
        backing: 0,
        owed: 0,
        edge: Frontier::default(),
        before: String::new(),
    };
    let note = closing.sign(&Secret::new([7; 32]).signer("card.example.kr/log").unwrap());
    ask(town, OnDisposal::Begin { closing: note, requests: 0, memory: String::new() }).await;
    let run = Run { postings: (1, last), entries: (1, entry) };
    ask(town, OnDisposal::Forget { runs: vec![run] }).await;
}

fn is_gone(answer: &Answer, words: &str) {
    assert_eq!(answer.status, StatusCode::GONE, "{}", answer.body);
    assert!(answer.body.contains(words), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_disposed_of_is_said_to_be() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let old = paid(&town, "old", 12_000).await;
        disposed_of_all(&town).await;
        let (gone, until) = ("보존 기한이 지나", "2015년 12월 31일");
        let mut citizen = town.browser("citizen").await;
        // Nothing is left to list, and the page says why instead of that nothing ever was.
        let history = citizen.get("/wallet/history").await;
        assert_eq!(history.status, StatusCode::OK);
        assert!(history.body.contains(gone) && history.body.contains(until), "{}", history.body);
        assert!(!history.body.contains("아직 내역이 없어요"));
        let new = paid(&town, "new", 3_000).await;
        let history = citizen.get("/wallet/history").await.body;
        assert!(history.contains(&new) && !history.contains(&old) && history.contains(gone));
        is_gone(&citizen.get(&format!("/wallet/receipts/{old}")).await, gone);
        is_gone(&citizen.get(&format!("/wallet/receipts/{old}/file")).await, gone);
        assert_eq!(citizen.get(&format!("/wallet/receipts/{new}")).await.status, StatusCode::OK);
        let mut shop = town.browser("merchant").await;
        is_gone(&shop.get(&format!("/shop/receipts/{old}")).await, gone);
        let mut auditor = town.browser("auditor").await;
        is_gone(&auditor.get(&format!("/books/postings/{old}")).await, until);
        let books = auditor.get("/books/postings/1").await;
        is_gone(&books, gone);

        for (role, path) in [
            ("citizen", format!("/api/v1/payments/{old}")),
            ("merchant", format!("/api/v1/payments/{old}")),
            ("auditor", format!("/api/v1/postings/{old}")),
        ] {
            let answer = town.call(role, Method::GET, &path, None, "").await;
            assert_eq!(
                (answer.status, answer.json()["code"].as_str()),
                (StatusCode::GONE, Some("posting.disposed"))
            );
        }
        let refund = format!("/api/v1/payments/{old}/refunds");
        let answer = town.call("merchant", Method::POST, &refund, Some("back"), r#"{"amount":1000}"#).await;
        assert_eq!(answer.json()["code"], "posting.disposed", "{}", answer.body);
        let entries = format!("/api/v1/cards/{}/entries", town.card);
        let list = town.call("citizen", Method::GET, &entries, None, "").await.json();
        assert_eq!(
            (list["items"].as_array().unwrap().len(), &list["disposed_until"]),
            (1, &"2015-12-31".into())
        );
        // The posting that says so explains itself.
        let number = town.app.city.shared.read().books.last_posting().0 - 1;
        let said = auditor.get(&format!("/books/postings/{number}")).await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.body);
        assert!(said.body.contains(gone), "{}", said.body);
    }
}
