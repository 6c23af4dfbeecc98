//! Someone at a real browser: what they do, and that every page they see is sound.

use common::Served;
use serde_json::json;
use testkit::Browser;
use testkit::browser::Options;

use crate::common;

/// Every walk is taken on a small Korean phone and at an English desk.
pub const WAYS: [Way; 2] = [Way { lang: "ko", width: 360 }, Way { lang: "en", width: 1280 }];

#[derive(Clone, Copy)]
pub struct Way {
    pub lang: &'static str,
    pub width: u32,
}

impl Way {
    pub fn is_ko(self) -> bool {
        self.lang == "ko"
    }

    /// The text of this way's language.
    pub fn says<'a>(self, ko: &'a str, en: &'a str) -> &'a str {
        if self.is_ko() { ko } else { en }
    }

    /// `12,000원` or `12,000 won`.
    pub fn won(self, number: &str) -> String {
        if self.is_ko() { format!("{number}원") } else { format!("{number} won") }
    }
}

pub struct Visitor<'a> {
    pub browser: Browser,
    pub way: Way,
    site: &'a Served,
}

impl<'a> Visitor<'a> {
    pub fn new(site: &'a Served, way: Way) -> Visitor<'a> {
        let languages = way.says("ko-KR,ko", "en-US,en").to_owned();
        let options = Options { languages, width: way.width, ..Options::default() };
        Visitor { browser: Browser::start_with(&options), way, site }
    }

    /// Opens a page of the town.
    pub fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.site.url));
    }

    /// Opens a page and looks it over.
    pub fn see(&self, path: &str) {
        self.open(path);
        self.sound();
    }

    /// Comes in as a persona, by the door.
    pub fn enter(&self, persona: &str) {
        self.open("/enter");
        self.browser.click(&format!("button[name=persona][value={persona}]"));
        // Who is somebody already has a menu on this page too: the next page is what to wait for.
        let limit = std::time::Duration::from_secs(10);
        testkit::wait_until("the persona's home", limit, || !self.browser.url().ends_with("/enter"));
        self.browser.wait_for("nav.nav");
    }

    /// The page is whole: nothing serious for axe, nothing sticks out at any width, nothing in the console.
    pub fn sound(&self) {
        self.browser.assert_sound();
        self.whole();
    }

    /// The same of a page that answers with a refusal: the browser notes the status, and only that.
    pub fn sound_refusal(&self) {
        let noted = "Failed to load resource: the server responded with a status of 4";
        let mut found = self.browser.axe();
        found.extend(self.browser.console_errors().into_iter().filter(|line| !line.contains(noted)));
        assert!(found.is_empty(), "{}:\n{}", self.browser.url(), found.join("\n"));
        self.whole();
    }

    fn whole(&self) {
        let page = self.browser.source();
        assert!(!page.contains('⟦'), "{}: a text is missing: {page}", self.browser.url());
        let lang = self.browser.eval("return document.documentElement.lang");
        assert_eq!(lang, self.way.lang, "{}", self.browser.url());
        assert_eq!(self.browser.eval("return document.querySelectorAll('h1').length"), 1);
        // The narrowest phone, and where the columns begin to stand side by side.
        for width in [320, 768, 1024] {
            self.browser.set_width(width);
            let found = self.browser.overflow();
            assert!(found.is_empty(), "{} at {width}:\n{}", self.browser.url(), found.join("\n"));
        }
        self.browser.set_width(self.way.width);
    }

    /// Pictures the page, where `ONGOEUL_PICTURES` names a folder.
    pub fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("ONGOEUL_PICTURES").map(std::path::PathBuf::from) {
            std::fs::create_dir_all(&folder).unwrap();
            self.browser.screenshot(&folder.join(format!("{name}.{}.png", self.way.lang)));
        }
    }

    /// Waits until the address has `part` in it.
    pub fn arrives(&self, part: &str) {
        testkit::wait_until(part, std::time::Duration::from_secs(10), || self.browser.url().contains(part));
    }

    /// Presses a key that types nothing, as `Tab`.
    pub fn press(&self, key: &str, code: u32) {
        let mut down = json!({ "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code });
        if key == "Enter" {
            down["text"] = "\r".into();
        }
        self.browser.devtools("Input.dispatchKeyEvent", &down);
        let up = json!({ "type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code });
        self.browser.devtools("Input.dispatchKeyEvent", &up);
    }

    /// Types where the focus is.
    pub fn type_in(&self, text: &str) {
        for letter in text.chars() {
            let letter = letter.to_string();
            let down = json!({ "type": "keyDown", "text": letter, "key": letter });
            self.browser.devtools("Input.dispatchKeyEvent", &down);
            self.browser.devtools("Input.dispatchKeyEvent", &json!({ "type": "keyUp", "key": letter }));
        }
    }

    /// Goes on with `Tab` to an element; every stop on the way shows where the focus is.
    pub fn tab_to(&self, css: &str) {
        for _ in 0..80 {
            self.press("Tab", 9);
            let seen = self.browser.eval(
                "const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) && b.width > 0 && b.height > 0
                    ? '' : e.outerHTML.slice(0, 200)",
            );
            assert_eq!(seen, "", "the focus can't be seen");
            if self.browser.eval_with("return document.activeElement.matches(arguments[0])", &[json!(css)])
                == true
            {
                return;
            }
        }
        panic!("Tab does not lead to {css} on {}", self.browser.url());
    }
}
