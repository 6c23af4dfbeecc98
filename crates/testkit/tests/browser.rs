//! The browser and its accessibility engine, for real.

use testkit::browser::Options;
use testkit::{Browser, TempDir};

const PAGE: &str = r#"<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>온고을</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>지갑</h1>
<label>금액 <input id="amount"></label> <label>가게 <select><option value="1">하나</option>
<option value="2">둘</option></select></label>
<button id="pay" onclick="setTimeout(() => document.querySelector('#answer').textContent = '결제 ' +
document.querySelector('#amount').value + '원 ' + document.querySelector('select').value, 200)">결제하기</button>
<p id="answer"></p></main></body></html>"#;

const FAULTY: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Faulty</title></head>
<body><main><h1>Faulty</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><input id="nameless">
<p style="color:#bbb;background:#fff">pale</p><div style="width:2000px">wide</div>
<script>console.error('planted')</script></main></body></html>"#;

#[test]
fn a_page_is_walked_and_its_faults_are_found() {
    let dir = TempDir::new();
    let (good, faulty) = (dir.path().join("good.html"), dir.path().join("faulty.html"));
    std::fs::write(&good, PAGE).unwrap();
    std::fs::write(&faulty, FAULTY).unwrap();

    let browser = Browser::start();
    browser.goto(&format!("file://{}", good.display()));
    assert_eq!(browser.title(), "온고을");
    browser.fill("#amount", "99");
    browser.fill("#amount", "12000");
    browser.choose("select", "2");
    browser.click_text("결제하기");
    browser.wait_for_text("결제 12000원 2");
    assert_eq!(browser.text("#answer"), "결제 12000원 2");
    assert_eq!(browser.texts("option").len(), 2);
    assert_eq!(browser.attribute("#pay", "id").as_deref(), Some("pay"));
    assert!(browser.exists("#pay") && !browser.exists("#nothing"));
    assert_eq!(browser.eval("return navigator.language"), "ko-KR");
    browser.set_width(360);
    assert_eq!(browser.eval("return window.innerWidth"), 360);
    browser.assert_sound();
    let picture = dir.path().join("page.png");
    browser.screenshot(&picture);
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));

    browser.goto(&format!("file://{}", faulty.display()));
    let found = browser.axe().join("\n");
    for rule in ["image-alt", "label", "color-contrast"] {
        assert!(found.contains(&format!(": {rule}: ")), "{rule} is not in:\n{found}");
    }
    assert!(browser.overflow().iter().any(|line| line.contains("width:2000px")), "{:?}", browser.overflow());
    let errors = browser.console_errors();
    assert!(errors.len() == 1 && errors[0].contains("planted"), "{errors:?}");
    assert!(browser.console_errors().is_empty());
}

#[test]
fn a_browser_asks_in_the_language_it_is_given() {
    let browser = Browser::start_with(&Options { languages: "en-US,en".to_owned(), ..Options::default() });
    browser.goto("data:text/html,<title>x</title>");
    assert_eq!(browser.eval("return navigator.languages.join()"), "en-US,en");
    browser.set_offline(true);
    assert_eq!(browser.eval("return navigator.onLine"), false);
}
