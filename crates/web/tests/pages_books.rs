//! The auditor's pages in both languages: totals, counting again, finding a posting, and all its legs.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use common::{Browser, Town, door};
use testkit::{Engine, Place};

/// Writes a page where people can look at it, when `ONGOEUL_LOOK` names a folder.
fn show(name: &str, lang: &str, html: &str) {
    assert!(!html.contains("{$") && !html.contains('⟦'), "{name}: a text lacks something");
    if let Ok(folder) = std::env::var("ONGOEUL_LOOK") {
        std::fs::write(format!("{folder}/{name}.{lang}.html"), html.replace("/assets/", "")).unwrap();
    }
}

async fn speak(browser: &mut Browser<'_>, lang: &str) {
    browser.get(&format!("/look?lang={lang}&back=/")).await;
}

/// What a reader sees, without the tags.
fn seen(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<').skip(1) {
        text.push_str(part.split_once('>').map_or("", |(_, after)| after));
        text.push(' ');
    }
    text
}

/// A payment of 12,000 with an order number, of which 5,000 come back, and a reservation that is taken in part.
async fn deeds(town: &Town) -> [String; 4] {
    let call = async |role: &str, key: &str, path: &str, body: String| {
        let answer = town.call(role, Method::POST, path, Some(key), &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let wish = |amount: i64, more: &str| {
        format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}{more}}}"#, town.card, town.shop)
    };
    let paid = call("citizen", "a", "/api/v1/payments", wish(12_000, r#","order":"A7-3291""#)).await;
    let back =
        call("till", "b", &format!("/api/v1/payments/{paid}/refunds"), r#"{"amount":5000}"#.into()).await;
    let held = call("citizen", "c", "/api/v1/authorizations", wish(20_000, "")).await;
    let path = format!("/api/v1/authorizations/{held}/capture");
    let taken = call("merchant", "d", &path, r#"{"amount":15000}"#.into()).await;
    [paid, back, held, taken]
}

fn number(id: &str) -> u64 {
    id.parse::<base::PostingNo>().unwrap().0
}

/// Waits until the check that was started has ended, and gives the page.
async fn checked(auditor: &mut Browser<'_>) -> String {
    for _ in 0..200 {
        let page = auditor.get("/books").await;
        if !page.body.contains("data-reload") {
            return page.body;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the check does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_finding_and_legs() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let [paid, back, held, taken] = deeds(&town).await;
        let mut auditor = town.browser("auditor").await;
        for (lang, right, purse, kind, reason) in [
            ("ko", "장부가 맞아요", "지갑", "결제", "낸 돈"),
            ("en", "The books are right", "Purses", "Payment", "What was paid"),
        ] {
            speak(&mut auditor, lang).await;
            let books = auditor.get("/books").await;
            let text = seen(&books.body);
            for wanted in [right, purse] {
                assert!(text.contains(wanted), "{lang}: {wanted}: {text}");
            }
            show("real_books", lang, &books.body);
            // By number, id, order and amount.
            let by_number = number(&paid).to_string();
            for wanted in [by_number.as_str(), &paid, "A7-3291", "12,000", "12000"] {
                let found = auditor.get(&format!("/books?find={}", wanted.replace(',', "%2C"))).await;
                let href = format!("href=\"/books/postings/{by_number}\"");
                assert!(found.body.contains(&href), "{lang}: {wanted}");
                show("real_books_found", lang, &found.body);
            }
            let none = auditor.get("/books?find=Z9-0000").await;
            assert!(none.body.contains("class=\"empty\""));
            // One posting: by number as by id.
            let page = auditor.get(&format!("/books/postings/{by_number}")).await;
            assert_eq!(page.status, StatusCode::OK);
            let same = auditor.get(&format!("/books/postings/{paid}")).await;
            assert_eq!(seen(&same.body), seen(&page.body));
            let text = seen(&page.body);
            for wanted in [kind, reason, "12,000", "1,200", "A7-3291", &town.citizen.to_string(), &paid] {
                assert!(text.contains(wanted), "{lang}: {wanted}: {text}");
            }
            // What took it back is linked, and leads back.
            assert!(page.body.contains(&format!("href=\"/books/postings/{}\"", number(&back))));
            let refund = auditor.get(&format!("/books/postings/{}", number(&back))).await;
            assert!(refund.body.contains(&format!("href=\"/books/postings/{by_number}\"")));
            let hold = auditor.get(&format!("/books/postings/{}", number(&held))).await;
            assert!(hold.body.contains(&format!("href=\"/books/postings/{}\"", number(&taken))));
            show("real_posting", lang, &page.body);
            show("real_posting_refund", lang, &refund.body);
            let last = town.app.city.shared.read().books.last_posting().0;
            for no in 1..=last {
                let page = auditor.get(&format!("/books/postings/{no}")).await;
                assert_eq!(page.status, StatusCode::OK);
                assert!(!page.body.contains('⟦'), "{lang} {no}: {}", page.body);
                for name in ["김순자", "남부시장", "010-2345"] {
                    assert!(!page.body.contains(name), "{lang} {no}: {name}");
                }
            }
            assert!(!books.body.contains('⟦') && !books.body.contains("남부시장"));
        }
        let end = town.app.city.shared.read().books.last_posting().0;
        for odd in ["0", "-1", "x", "99999999999999999999", &(end + 1).to_string()] {
            let answer = auditor.get(&format!("/books/postings/{odd}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{odd}");
        }
        for odd in ["%00", "%25", "_", "%27", "%22", "99999999999999999999", "-5", "!"] {
            let answer = auditor.get(&format!("/books?find={odd}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{odd}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_again_agrees_until_someone_tampers() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let [paid, ..] = deeds(&town).await;
        let mut auditor = town.browser("auditor").await;
        let before = auditor.get("/books").await;
        assert!(seen(&before.body).contains("아직 맞춰 보지 않았어요"));
        let started = auditor.post("/books/verify", &[]).await;
        assert_eq!(started.headers[header::LOCATION], "/books");
        let text = seen(&checked(&mut auditor).await);
        let last = town.app.city.shared.read().books.last_posting().0;
        assert!(text.contains(&format!("기록 {last}건이 모두 맞아요")), "{text}");

        let no = number(&paid);
        tamper(&town, &format!("UPDATE entries SET amount = amount + 1 WHERE posting = {no}"));
        auditor.post("/books/verify", &[]).await;
        for (lang, said) in [("ko", format!("기록 {no}: 분개")), ("en", format!("Posting {no}: At entry"))]
        {
            speak(&mut auditor, lang).await;
            let page = checked(&mut auditor).await;
            assert!(seen(&page).contains(&said), "{lang}: {}", seen(&page));
            assert!(page.contains(&format!("href=\"/books/postings/{no}\"")), "{lang}");
            show("real_books_wrong", lang, &page);
        }
        // The same difference is what the recount itself gives.
        let readers = town.app.city.readers.clone();
        let count = move || readers.read(|snapshot| Ok(city::verify::recount(snapshot, None, &mut |_| ())));
        let wrong = tokio::task::spawn_blocking(count).await.unwrap().unwrap().unwrap_err();
        assert!(
            matches!(wrong, city::verify::Wrong::Difference(ledger::Difference::Balance { .. })),
            "{wrong}"
        );

        tamper(&town, &format!("UPDATE entries SET amount = amount - 1 WHERE posting = {no}"));
        tamper(&town, &format!("DELETE FROM entries WHERE posting = {last}"));
        tamper(&town, &format!("DELETE FROM postings WHERE no = {last}"));
        auditor.post("/books/verify", &[]).await;
        let page = checked(&mut auditor).await;
        assert!(
            page.contains("alert danger"),
            "a journal cut short must not agree with the books: {}",
            seen(&page)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_auditor() {
    let town = Town::new(Engine::Sqlite);
    for persona in ["citizen", "merchant", "till", "clerk", "officer"] {
        let mut other = town.browser(persona).await;
        for path in ["/books", "/books?find=1", "/books/postings/1"] {
            assert_eq!(other.get(path).await.headers[header::LOCATION], door(path), "{persona} {path}");
        }
        assert_eq!(other.post("/books/verify", &[]).await.headers[header::LOCATION], "/enter?refused=/books");
    }
    let mut auditor = town.browser("auditor").await;
    auditor.get("/books").await;
    auditor.csrf = "x".into();
    assert_eq!(auditor.post("/books/verify", &[]).await.status, StatusCode::FORBIDDEN);
    assert!(seen(&auditor.get("/books").await.body).contains("아직 맞춰 보지 않았어요"));
}

/// Changes the database behind the program's back.
fn tamper(town: &Town, sql: &str) {
    match &town.place {
        Place::Sqlite { file, .. } => {
            let db = rusqlite::Connection::open(file).unwrap();
            db.busy_timeout(Duration::from_secs(5)).unwrap();
            assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        }
        Place::Postgres(database) => {
            database.psql(sql);
        }
    }
}
