//! Signed sheets at the window: scanned in, opened for a reason, given out as files, and what hostile files get.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use common::table::Script;
use common::{Answer, Browser, Town, field};
use testkit::Engine;

const PDF: &str = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], name).unwrap()
}

/// What a browser sends of a form with a file.
fn parts(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(
        b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../a.html\"\r\nContent-Type: text/html\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend(b"\r\n--X--\r\n");
    body
}

async fn sent(clerk: &Browser<'_>, person: &str, body: Vec<u8>) -> Answer {
    let cookies: Vec<String> = clerk.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::post(format!("/clerk/people/{person}/papers"))
        .header(header::COOKIE, cookies.join("; "))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    clerk.town.send(request.body(Body::from(body)).unwrap()).await
}

/// Uploads a file through the form of the page.
async fn upload(clerk: &mut Browser<'_>, person: &str, of: &str, file: &[u8]) -> Answer {
    let action = format!("/clerk/people/{person}/papers");
    let page = clerk.get(&format!("/clerk/people/{person}/records")).await;
    let (csrf, key) = (in_form(&page.body, &action, "csrf"), in_form(&page.body, &action, "request_key"));
    sent(clerk, person, parts(&[("csrf", &csrf), ("request_key", &key), ("of", of)], file)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_scanned_in_and_opened_for_a_reason() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let me = town.citizen.to_string();
        let mut script = Script::new(&town);
        script
            .run(
                r#"clerk | POST /api/v1/people/$citizen/consents | {"purpose":"care","paper":"2021-17"} | 201 | record>consent"#,
            )
            .await;
        let consent = script.name("consent").to_owned();
        let mut clerk = town.browser("clerk").await;
        let shown = clerk.get(&format!("/clerk/people/{me}/records")).await;
        assert!(shown.body.contains("스캔해 둔 서류가 없어요"), "{}", shown.body);
        assert!(shown.body.contains(&format!("value=\"{consent}\"")), "{}", shown.body);
        let kept = upload(&mut clerk, &me, &consent, PDF.as_bytes()).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let shown = clerk.get(&format!("/clerk/people/{me}/records?did=paper")).await;
        assert!(shown.body.contains("보관했어요.") && shown.body.contains("PDF · 1KB"), "{}", shown.body);
        let begins = format!("action=\"/clerk/people/{me}/papers/");
        let at = shown.body.find(&begins).unwrap() + begins.len();
        let paper = shown.body[at..].split(['/', '"']).next().unwrap().to_owned();
        let open = format!("/clerk/people/{me}/papers/{paper}");
        let key = in_form(&shown.body, &open, "request_key");
        let short = clerk.post(&open, &[("request_key", &key), ("why", "확인")]).await;
        assert!(short.body.contains("reason.short") && !short.body.contains("%PDF"), "{}", short.body);
        let why = "동의를 거두시려고 다시 보여 달라고 하셨어요";
        let opened = clerk.post(&open, &[("request_key", &key), ("why", why)]).await;
        assert_eq!((opened.status, opened.body.as_str()), (StatusCode::OK, PDF));
        let told = |name: header::HeaderName| opened.headers[&name].to_str().unwrap().to_owned();
        assert_eq!(told(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(told(header::CONTENT_DISPOSITION), format!("attachment; filename=\"{paper}.pdf\""));
        assert_eq!(told(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(told(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
        assert_eq!(told(header::CACHE_CONTROL), "no-store");
        let readers = town.app.city.access.readers();
        let looks = readers.of_person(town.citizen, None, 1_000).unwrap();
        // The ledger of looks names the download that the reason is sealed with.
        let for_download = |look: &access::Look| {
            look.what == "window.paper" && look.reason.as_deref().is_some_and(|id| id.starts_with("dnl_"))
        };
        assert!(looks.iter().any(|entry| for_download(&entry.look)), "{looks:?}");
        // Their own page gives it to them, and to nobody else.
        let mut citizen = town.browser("citizen").await;
        let own = citizen.get(&format!("/me/papers/{paper}")).await;
        assert_eq!((own.status, own.body.as_str()), (StatusCode::OK, PDF));
        assert_eq!(readers.of_person(town.citizen, None, 1_000).unwrap().len(), looks.len(), "no look");
        let nothing = citizen.get("/me/papers/rec_0000000000001").await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
        for persona in ["merchant", "officer", "auditor"] {
            let mut other = town.browser(persona).await;
            let answer = other.post(&open, &[("why", why)]).await;
            assert!(answer.status == StatusCode::SEE_OTHER && !answer.body.contains("%PDF"), "{persona}");
        }
        // The wrong sheet: the file goes, the reason stays.
        let page = clerk.get(&format!("/clerk/people/{me}/records")).await;
        let strike = format!("{open}/strike");
        let key = in_form(&page.body, &strike, "request_key");
        let struck =
            clerk.post_and_follow(&strike, &[("request_key", &key), ("why", "다른 분의 종이였어요")]).await;
        assert!(struck.body.contains("지웠어요: 다른 분의 종이였어요"), "{}", struck.body);
        let gone = clerk.post(&open, &[("request_key", "again"), ("why", why)]).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        assert_eq!(citizen.get(&format!("/me/papers/{paper}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_by_their_content() {
    let town = Town::new(Engine::Sqlite);
    let me = town.citizen.to_string();
    let mut clerk = town.browser("clerk").await;
    let script = PDF.replace("/Type /Catalog", "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>");
    let hidden = PDF.replace("/Type /Catalog", "/S /#4a#61vaScript");
    let page = format!("{PDF}<html><script>alert(1)</script>");
    let large = vec![b' '; people::paper::LARGEST + 1];
    for (what, file, status, code) in [
        ("nothing", Vec::new(), 422, "paper.empty"),
        ("a page", b"<!doctype html><script>alert(1)</script>".to_vec(), 422, "paper.kind"),
        (
            "a drawing",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>".to_vec(),
            422,
            "paper.kind",
        ),
        ("a program", b"MZ\x90\0".to_vec(), 422, "paper.kind"),
        ("an archive", b"PK\x03\x04".to_vec(), 422, "paper.kind"),
        ("half a picture", b"\x89PNG\r\n\x1a\n".to_vec(), 422, "paper.kind"),
        ("a page behind a sheet", page.into_bytes(), 422, "paper.kind"),
        ("a script", script.into_bytes(), 422, "paper.active"),
        ("a script in disguise", hidden.into_bytes(), 422, "paper.active"),
        ("too much", large, 422, "paper.large"),
    ] {
        let answer = upload(&mut clerk, &me, "", &file).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
        assert!(answer.body.contains(code), "{what}: {}", answer.body);
    }
    // Much more isn't even read; a form without its token, or no form at all, does nothing.
    let answer = upload(&mut clerk, &me, "", &vec![b' '; 8 << 20]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let stolen =
        sent(&clerk, &me, parts(&[("csrf", "x"), ("request_key", "k"), ("of", "")], PDF.as_bytes())).await;
    assert_eq!(stolen.status, StatusCode::FORBIDDEN, "{}", stolen.body);
    let wrong = upload(&mut clerk, &me, "rec_0000000000001", PDF.as_bytes()).await;
    assert!(wrong.body.contains("paper.of-unknown"), "{}", wrong.body);
    let shown = clerk.get(&format!("/clerk/people/{me}/records")).await;
    assert!(shown.body.contains("스캔해 둔 서류가 없어요"), "nothing was kept: {}", shown.body);
}

/// A call with a scan as its body.
async fn scanned_in(town: &Town, who: &str, path: &str, media: &str, body: Vec<u8>) -> Answer {
    let key = format!("{who}-{media}-{path}-{}", body.len()).replace(['/', '?'], "-");
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer token-{who}"))
        .header("Idempotency-Key", key)
        .header(header::CONTENT_TYPE, media);
    town.send(request.body(Body::from(body)).unwrap()).await
}

/// A call with a text.
async fn asked(town: &Town, who: &str, path: &str, body: &str) -> Answer {
    town.call(who, Method::POST, path, Some(&format!("{who}{}{}", path.len(), body.len())), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_over_the_api() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let me = town.citizen.to_string();
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"clerk | POST /api/v1/people/$citizen/consents | {"purpose":"care","paper":"2021-17"} | 201 | record>consent"#,
            )
            .await;
        let consent = script.name("consent").to_owned();
        let papers = format!("/api/v1/people/{me}/papers");
        let of = format!("{papers}?of={consent}");
        let kept = scanned_in(&town, "clerk", &of, "application/pdf", PDF.into()).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
        let paper = kept.json()["record"].as_str().unwrap().to_owned();
        // Asked again it is the same; another under its key is not.
        assert_eq!(scanned_in(&town, "clerk", &of, "application/pdf", PDF.into()).await.body, kept.body);
        for who in ["clerk", "citizen"] {
            let list = town.call(who, Method::GET, &papers, None, "").await.json();
            let one = &list["papers"][0];
            assert_eq!(list["papers"].as_array().unwrap().len(), 1, "{list}");
            assert_eq!((one["id"].as_str(), one["of"].as_str()), (Some(&*paper), Some(&*consent)));
            assert_eq!((one["media"].as_str(), one["size"].as_u64()), (Some("application/pdf"), Some(64)));
        }
        let open = format!("{papers}/{paper}/open");
        let readers = town.app.city.access.readers();
        let looks = || readers.of_person(town.citizen, None, 1_000).unwrap();
        let before = looks().len();
        for (body, code) in [("{}", "reason.short"), (r#"{"why":"확인"}"#, "reason.short")] {
            let answer = asked(&town, "clerk", &open, body).await;
            assert!(answer.code() == code && !answer.body.contains("%PDF"), "{}", answer.body);
        }
        assert_eq!(looks().len(), before, "nothing was shown");
        let why = r#"{"why":"동의를 거두시려고 다시 보여 달라고 하셨어요"}"#;
        let opened = asked(&town, "clerk", &open, why).await;
        assert_eq!((opened.status, opened.body.as_str()), (StatusCode::OK, PDF));
        let told = |name: header::HeaderName| opened.headers[&name].to_str().unwrap().to_owned();
        assert_eq!(told(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(told(header::CONTENT_DISPOSITION), format!("attachment; filename=\"{paper}.pdf\""));
        assert_eq!(
            (told(header::CACHE_CONTROL), told(header::X_CONTENT_TYPE_OPTIONS)),
            ("no-store".into(), "nosniff".into())
        );
        let is_for_a_reason = |look: &access::Look| {
            look.what == "api.paper" && look.reason.as_deref().is_some_and(|id| id.starts_with("dnl_"))
        };
        assert_eq!(looks().iter().filter(|entry| is_for_a_reason(&entry.look)).count(), 1);
        // Their own without a reason, and it is no look; nobody else's.
        let all = looks().len();
        let own = asked(&town, "citizen", &open, "{}").await;
        assert_eq!((own.status, own.body.as_str(), looks().len()), (StatusCode::OK, PDF, all));
        assert_eq!(asked(&town, "neighbour", &open, why).await.code(), "person.unknown");
        for who in ["merchant", "till", "officer", "auditor"] {
            assert_eq!(asked(&town, who, &open, why).await.code(), "role.needed", "{who}");
        }
        // By way of another person's record there is none.
        let theirs = format!("/api/v1/people/{}/papers/{paper}/open", script.name("neighbour"));
        assert_eq!(asked(&town, "clerk", &theirs, why).await.code(), "paper.unknown");
        let strike = format!("{papers}/{paper}/strike");
        let gone = asked(&town, "clerk", &strike, r#"{"why":"다른 분의 종이였어요"}"#).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        for who in ["clerk", "citizen"] {
            let answer = asked(&town, who, &open, r#"{"why":"지운 뒤에도 남아 있는지 보려고요"}"#).await;
            assert_eq!(answer.code(), "paper.unknown", "{who}");
        }
        let list = town.call("clerk", Method::GET, &papers, None, "").await.json();
        assert_eq!(list["papers"][0]["struck"], "다른 분의 종이였어요");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_scans_over_the_api() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let papers = format!("/api/v1/people/{}/papers", town.citizen);
        let script = PDF.replace("/Type /Catalog", "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>");
        let large = |more: usize| vec![b' '; people::paper::LARGEST + more];
        let (pdf, png, jpeg) = ("application/pdf", "image/png", "image/jpeg");
        let whole = PDF.as_bytes();
        for (what, media, file, status, code) in [
            ("nothing", pdf, Vec::new(), 422, "paper.empty"),
            ("a page", pdf, b"<!doctype html><script>alert(1)</script>".to_vec(), 422, "paper.kind"),
            ("a script", pdf, script.into_bytes(), 422, "paper.active"),
            ("half a sheet", pdf, whole[..whole.len() - 8].to_vec(), 422, "paper.kind"),
            ("half a picture", png, b"\x89PNG\r\n\x1a\n".to_vec(), 422, "paper.kind"),
            ("another kind", png, whole.to_vec(), 422, "paper.kind"),
            ("another kind again", jpeg, whole.to_vec(), 422, "paper.kind"),
            ("a byte too much", pdf, large(1), 413, "paper.large"),
            ("far too much", pdf, large(8 << 20), 413, "paper.large"),
            ("no scan's type", "application/json", b"{}".to_vec(), 415, "body.type"),
            ("no type", "", whole.to_vec(), 415, "body.type"),
            ("a page's type", "text/html", whole.to_vec(), 415, "body.type"),
        ] {
            let answer = scanned_in(&town, "clerk", &papers, media, file).await;
            assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.body);
            assert_eq!(answer.code(), code, "{what}");
        }
        for (path, status, code) in [
            (format!("{papers}?of=rec_0000000000001"), 422, "paper.of-unknown"),
            (format!("{papers}?of=nonsense"), 422, "paper.of-unknown"),
            ("/api/v1/people/per_0000000000001/papers".to_owned(), 404, "person.unknown"),
            ("/api/v1/people/nobody/papers".to_owned(), 404, "id.unknown"),
        ] {
            let answer = scanned_in(&town, "clerk", &path, pdf, whole.to_vec()).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code.to_owned()), "{path}");
        }
        let odd = scanned_in(&town, "clerk", &format!("{papers}?what=1"), pdf, whole.to_vec()).await;
        assert_eq!(odd.code(), "query.form");
        let citizen = scanned_in(&town, "citizen", &papers, pdf, whole.to_vec()).await;
        assert_eq!(citizen.code(), "role.needed");
        // A clerk of another neighbourhood finds nobody.
        let there = "4511160500";
        town.grant_in("far", base::Role::Clerk, Some(there)).await;
        for (method, path) in
            [(Method::GET, papers.clone()), (Method::POST, format!("{papers}/rec_0000000000001/open"))]
        {
            let answer =
                town.call("far", method, &path, Some("far"), r#"{"why":"옆 동의 기록을 보려고요"}"#).await;
            assert_eq!(answer.code(), "person.unknown", "{path}");
        }
        let list = town.call("clerk", Method::GET, &papers, None, "").await.json();
        assert_eq!(list["papers"].as_array().unwrap().len(), 0, "nothing was kept");
    }
}
