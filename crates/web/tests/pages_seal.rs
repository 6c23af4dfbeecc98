//! The seal for everybody: the log as programs read it, receipts as files, checking them, and the proof of the float.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use common::{Answer, Browser, Town, door};
use seal::{Checkpoint, Frontier, Hash, Receipt, Tile, Trust, VerifierKey};
use testkit::Engine;
use tower::ServiceExt;

async fn paid(town: &Town, key: &str) -> String {
    let wish =
        format!(r#"{{"card":"{}","merchant":"{}","amount":12000,"order":"A7-3291"}}"#, town.card, town.shop);
    let answer = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &wish).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn sealed(town: &Town) -> u64 {
    let last = town.app.city.shared.read().books.last_posting().0;
    for _ in 0..400 {
        if town.app.city.sealing().unwrap().sealed() >= last {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nothing is sealed");
}

/// A stranger's browser.
fn stranger(town: &Town) -> Browser<'_> {
    Browser { town, cookies: Vec::new(), csrf: String::new() }
}

async fn bytes(town: &Town, path: &str) -> (StatusCode, Vec<u8>, String) {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let response = town.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let kept = response.headers().get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap().to_owned());
    (status, to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec(), kept.unwrap_or_default())
}

/// A program that was written from the specification alone finds the checkpoint's root in the entries that are served.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_what_its_specification_says() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        paid(&town, "a").await;
        let size = sealed(&town).await;
        let (_, key, _) = bytes(&town, "/log/key").await;
        let key = VerifierKey::parse(std::str::from_utf8(&key).unwrap()).unwrap();
        let (status, note, kept) = bytes(&town, "/log/checkpoint").await;
        assert_eq!((status, kept.as_str()), (StatusCode::OK, "no-cache"));
        let checkpoint = Checkpoint::open(std::str::from_utf8(&note).unwrap(), &key).unwrap();
        assert_eq!((checkpoint.size, checkpoint.origin.as_str()), (size, "card.example.kr/log"));
        let width = u16::try_from(size).unwrap();
        let tile = |level| format!("/log/{}", Tile { level, index: 0, width });
        let (status, entries, kept) = bytes(&town, &tile(None)).await;
        assert_eq!(status, StatusCode::OK);
        assert!(kept.contains("immutable"));
        let (_, hashes, _) = bytes(&town, &tile(Some(0))).await;
        let mut edge = Frontier::default();
        for (entry, hash) in entries.chunks(34).zip(hashes.chunks(32)) {
            assert_eq!(&entry[..2], &[0, 32]);
            assert_eq!(Hash::leaf(&entry[2..]).0, hash);
            edge.push(Hash::leaf(&entry[2..]), &mut |_, _| {});
        }
        assert_eq!((edge.size(), edge.root()), (size, checkpoint.root));
        // What isn't in the tree, or is called otherwise, isn't there.
        for path in [
            format!("0/000.p/{}", size + 1),
            "0/000".into(),
            "0/001.p/1".into(),
            "1/000.p/1".into(),
            "8/0/000".into(),
            "0/000.p/0".into(),
            "0/../checkpoint".into(),
            "entries/x000/000".into(),
            "63/000".into(),
        ] {
            assert_eq!(bytes(&town, &format!("/log/tile/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(bytes(&town, "/log/float/2021-02-24").await.0, StatusCode::NOT_FOUND);
        assert_eq!(bytes(&town, "/log/float/..%2Forigin").await.0, StatusCode::NOT_FOUND);
    }
}

fn multipart(file: &str, text: &str) -> String {
    format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.json\"\r\n\r\n{file}\r\n\
         --xyz\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--xyz--\r\n"
    )
}

async fn check(town: &Town, kind: &str, lang: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/verify")
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, format!("lang={lang}"));
    town.send(request.body(body.into()).unwrap()).await
}

const FILE: &str = "multipart/form-data; boundary=xyz";

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_goes_from_hand_to_hand() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let id = paid(&town, "a").await;
        sealed(&town).await;
        let mut citizen = town.browser("citizen").await;
        let page = citizen.get(&format!("/wallet/receipts/{id}")).await;
        let link = format!("/wallet/receipts/{id}/file");
        assert!(page.body.contains(&format!("href=\"{link}\"")), "{}", page.body);
        let file = citizen.get(&link).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.body);
        assert!(
            file.headers[header::CONTENT_DISPOSITION]
                .to_str()
                .unwrap()
                .contains(&format!("receipt-{id}.json"))
        );
        // It tells shop, amount and time, and neither whose it is nor what is left.
        assert!(file.body.contains(&town.shop.to_string()) && !file.body.contains(&town.citizen.to_string()));
        assert!(!file.body.contains(&town.card.to_string()) && !file.body.contains("balance"));
        // What it earned tells of the holder's purses and limits: it is theirs to keep.
        assert!(!file.body.contains("reward"), "{}", file.body);
        assert!(page.body.contains("캐시백도 잔액도 보이지 않아요"), "{}", page.body);
        let whole = citizen.get(&format!("{link}?all=1")).await.body;
        assert!(whole.contains("cashback.reward"), "{whole}");
        assert!(whole.contains("facts.balance") && whole.contains(&town.card.to_string()));
        for text in [&file.body, &whole] {
            let key = town.app.city.sealing().unwrap().key().clone();
            Receipt::read(text).unwrap().check(&Trust::Key(&key)).unwrap();
        }
        for (lang, shop, amount) in [("ko", "남부시장 반찬", "12,000"), ("en", "남부시장 반찬", "12,000")]
        {
            let uploaded = check(&town, FILE, lang, multipart(&file.body, "")).await;
            assert_eq!(uploaded.status, StatusCode::OK, "{}", uploaded.body);
            assert!(
                uploaded.body.contains(shop)
                    && uploaded.body.contains(amount)
                    && uploaded.body.contains("A7-3291")
            );
            assert!(!uploaded.body.contains('⟦'));
            let pasted = check(&town, FILE, lang, multipart("", &file.body)).await;
            assert_eq!(pasted.status, StatusCode::OK);
        }
        let mut visitor = stranger(&town);
        visitor.get("/verify").await;
        assert_eq!(visitor.post("/verify", &[("text", &file.body)]).await.status, StatusCode::OK);
        let changed = file.body.replace("12000", "92000");
        let refused = check(&town, FILE, "ko", multipart(&changed, "")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("봉인된 내용과 달라요"), "{}", refused.body);

        // Nobody else's: over the API as on the pages.
        let mut other = town.browser("merchant").await;
        let sent = other.get(&link).await;
        assert_eq!(sent.headers[header::LOCATION], door(&link).as_str());
        let api = format!("/api/v1/receipts/{id}");
        let answer = town.call("citizen", Method::GET, &api, None, "").await;
        assert_eq!(answer.json()["posting"], id.parse::<base::PostingNo>().unwrap().0);
        assert_eq!(town.call("merchant", Method::GET, &api, None, "").await.status, StatusCode::FORBIDDEN);
        let none = town.call("citizen", Method::GET, "/api/v1/receipts/pst_0000000000zzz", None, "").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_change_nothing() {
    let town = Town::new(Engine::Sqlite);
    let deep = format!("{{\"format\":{}", "[".repeat(30_000));
    for file in ["", "{}", "null", "<script>alert(1)</script>", &deep, "\u{0}\u{1}", "PK\u{3}\u{4}zip"] {
        let answer = check(&town, FILE, "en", multipart(file, "")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", &answer.body[..200]);
        assert!(!answer.body.contains("<script>alert"));
    }
    let mut euc = b"--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
    euc.extend([0xb0, 0xa1, 0xff, 0xfe, 0x00]);
    euc.extend(b"\r\n--xyz--\r\n");
    assert_eq!(check(&town, FILE, "ko", euc).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (kind, body) in
        [("text/plain", "x"), (FILE, "--xyz"), ("multipart/form-data", "--xyz--"), ("application/json", "{}")]
    {
        assert_eq!(check(&town, kind, "ko", body).await.status, StatusCode::BAD_REQUEST, "{kind}");
    }
    let large = multipart(&"x".repeat(70_000), "");
    assert_eq!(check(&town, FILE, "ko", large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_sees_the_float_and_finds_themself_in_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for (lang, title) in [("ko", "맡은 돈이 모두 있어요"), ("en", "All the money held is there")]
        {
            let mut visitor = stranger(&town);
            visitor.get(&format!("/look?lang={lang}&back=/")).await;
            let page = visitor.get("/float").await;
            assert!(page.body.contains(title) && page.body.contains("100,000"), "{}", page.body);
            assert!(!page.body.contains('⟦'), "{}", page.body);
            assert!(page.body.contains("/log/float/2021-02-23"));
        }
        let mut citizen = town.browser("citizen").await;
        let page = citizen.get("/float").await;
        assert!(page.body.contains("내 돈 100,000원이"), "{}", page.body);
        let proof = citizen.get("/float/proof").await;
        assert_eq!(proof.status, StatusCode::OK, "{}", proof.body);
        let checked = check(&town, FILE, "ko", multipart(&proof.body, "")).await;
        assert_eq!(checked.status, StatusCode::OK, "{}", checked.body);
        assert!(checked.body.contains("이 금액이 합계에 들어 있어요") && checked.body.contains("100,000"));
        let more = proof.body.replace("100000", "100001");
        assert_eq!(
            check(&town, FILE, "ko", multipart(&more, "")).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );

        let mut merchant = town.browser("merchant").await;
        assert!(merchant.get("/float").await.body.contains("카드에 맡긴 돈이 없었어요"));
        assert_eq!(merchant.get("/float/proof").await.status, StatusCode::NOT_FOUND);

        let answer = town.send(Request::builder().uri("/api/v1/float").body(Body::empty()).unwrap()).await;
        let json = answer.json();
        assert_eq!((&json["owed"], &json["backing"]), (&100_000.into(), &100_000.into()), "{}", answer.body);
        let own = town.call("citizen", Method::GET, "/api/v1/float/proof", None, "").await;
        assert_eq!(own.json()["won"], 100_000);
        assert_eq!(own.json()["statement"], json["note"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_and_operators_see_how_the_seal_is_doing() {
    let town = Town::new(Engine::Sqlite);
    sealed(&town).await;
    let mut auditor = town.browser("auditor").await;
    let page = auditor.get("/books").await.body;
    assert!(page.contains("기다리는 거래가 없어요") && page.contains("card.example.kr/log+"), "{page}");
    let numbers = auditor.get("/metrics").await.body;
    for name in [
        "ongoeul_seal_postings_total ",
        "ongoeul_seal_lag_postings 0",
        "ongoeul_seal_lag_seconds 0",
        "ongoeul_seal_failing 0",
    ] {
        assert!(numbers.contains(name), "{name}: {numbers}");
    }
}
