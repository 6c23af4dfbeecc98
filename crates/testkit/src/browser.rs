//! A real browser: headless Chromium, driven through its own driver.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Guarded, Signal};
use crate::webdriver::{Refused, Session, is_ready};
use crate::{TempDir, free_port, wait_for};

/// How long an element may take to appear and to be ready for a click.
const PATIENCE: Duration = Duration::from_secs(10);
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The version of axe-core the tests are written against; `cargo xtask setup` fetches it.
pub const AXE_VERSION: &str = "4.14.1";

/// How a browser is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the browser asks pages for, best first: `ko-KR,ko` or `en-US,en`.
    pub languages: String,
    /// Width of the page in CSS pixels.
    pub width: u32,
    /// Height of the page in CSS pixels.
    pub height: u32,
    /// More command line arguments for Chromium, such as a fake camera.
    pub arguments: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { languages: "ko-KR,ko".to_owned(), width: 412, height: 900, arguments: Vec::new() }
    }
}

/// One browser with a profile of its own. Every call blocks until done; call it from a plain `#[test]`.
///
/// Elements are named by CSS selectors. Calls that need an element wait up to ten seconds for it.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    height: std::cell::Cell<u32>,
    _driver: Guarded,
    _profile: TempDir,
}

impl Browser {
    /// A Korean phone.
    pub fn start() -> Self {
        Self::start_with(&Options::default())
    }

    /// A browser with these options.
    pub fn start_with(options: &Options) -> Self {
        let chromium = chromium().unwrap_or_else(|| panic!("Chromium {MISSING}"));
        let driver = chromedriver().unwrap_or_else(|| panic!("Chromium's driver {MISSING}"));
        let profile = TempDir::new();
        let (driver, port) = start_driver(&driver, profile.path());
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--disable-crash-reporter",
            // The browser then ends when the driver does, even if the driver is killed.
            "--remote-debugging-pipe",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--user-data-dir={}", profile.path().join("profile").display()));
        arguments.push(format!("--accept-lang={}", options.languages));
        arguments.extend_from_slice(&options.arguments);
        let capabilities = json!({
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": chromium,
                "args": arguments,
                "prefs": { "intl.accept_languages": options.languages },
            },
            "timeouts": { "script": 60_000, "pageLoad": 60_000 },
        });
        let session = Session::open(port, &capabilities);
        let browser = Self {
            session,
            height: std::cell::Cell::new(options.height),
            _driver: driver,
            _profile: profile,
        };
        browser.set_width(options.width);
        browser
    }

    /// Opens a page and waits until it has loaded.
    pub fn goto(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        self.get("/url")
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.get("/title")
    }

    /// The page's markup as it stands now.
    pub fn source(&self) -> String {
        self.get("/source")
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Clicks an element as a person would: it must be visible and nothing may cover it.
    pub fn click(&self, css: &str) {
        self.with_element(css, |id| self.session.post(&format!("/element/{id}/click"), &json!({})));
    }

    /// Clicks the first link, button, label or summary whose visible text, with spaces squeezed, is `text`.
    pub fn click_text(&self, text: &str) {
        // XPath has no escapes: a text with both kinds of quotes cannot be written.
        let quoted = if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") };
        let path = format!(
            "//*[self::a or self::button or self::label or self::summary][normalize-space(.)={quoted}]"
        );
        self.with("xpath", &path, |id| self.session.post(&format!("/element/{id}/click"), &json!({})));
    }

    /// Empties a field and types into it.
    pub fn fill(&self, css: &str, text: &str) {
        self.with_element(css, |id| {
            self.session.post(&format!("/element/{id}/clear"), &json!({}))?;
            self.session.post(&format!("/element/{id}/value"), &json!({ "text": text }))
        });
    }

    /// Chooses the option of a `select` by its value.
    pub fn choose(&self, css: &str, value: &str) {
        let option = format!("{css} option[value=\"{value}\"]");
        self.with_element(&option, |id| self.session.post(&format!("/element/{id}/click"), &json!({})));
    }

    /// The visible text of an element.
    pub fn text(&self, css: &str) -> String {
        let text = self.with_element(css, |id| self.session.get(&format!("/element/{id}/text")));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The visible texts of all elements that match now; none is an answer too.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)";
        let found = self.eval_with(script, &[json!(css)]);
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// An attribute of an element.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let path = |id: &str| format!("/element/{id}/attribute/{name}");
        self.with_element(css, |id| self.session.get(&path(id))).as_str().map(str::to_owned)
    }

    /// Whether an element is there now.
    pub fn exists(&self, css: &str) -> bool {
        self.find("css selector", css).is_ok()
    }

    /// Waits until an element is there.
    pub fn wait_for(&self, css: &str) {
        self.with_element(css, |_| Ok(Value::Null));
    }

    /// Waits until the page shows `text` somewhere.
    pub fn wait_for_text(&self, text: &str) {
        let start = Instant::now();
        while !self.text("body").contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "{} does not show {text:?} but:\n{}",
                self.url(),
                self.text("body")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs a script in the page (`return …` for a value).
    pub fn eval(&self, script: &str) -> Value {
        self.eval_with(script, &[])
    }

    /// Runs a script with `arguments`.
    pub fn eval_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that calls its last argument with its value.
    pub fn eval_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Gives the page another width in CSS pixels; below 800 it is a phone with touch.
    pub fn set_width(&self, width: u32) {
        let phone = width < 800;
        let metrics = json!({
            "width": width, "height": self.height.get(), "deviceScaleFactor": 1, "mobile": phone,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Cuts the page off from the network, or connects it again.
    pub fn set_offline(&self, offline: bool) {
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.enable", &json!({}));
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    /// Writes a PNG of the whole page, however long.
    pub fn screenshot(&self, file: &Path) {
        let options = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.devtools("Page.captureScreenshot", &options);
        std::fs::write(file, base64(shot["data"].as_str().expect("a picture"))).unwrap();
    }

    /// The elements that stick out of the page to the right, one line each; none where nothing overflows.
    pub fn overflow(&self) -> Vec<String> {
        let script = "const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.body.querySelectorAll('*')]
                .filter(e => e.getBoundingClientRect().right > width + 0.5)
                .map(e => e.cloneNode(false).outerHTML + ' reaches ' + e.getBoundingClientRect().right
                    + ' of ' + width);";
        lines(&self.eval(script))
    }

    /// What axe-core finds on the page of serious or critical impact: a line for each rule and element.
    pub fn axe(&self) -> Vec<String> {
        if self.eval("return typeof window.axe") != "object" {
            let engine = std::fs::read_to_string(axe_file()).unwrap();
            self.eval(&engine);
        }
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
                found => done(found.violations
                    .filter(v => v.impact === 'serious' || v.impact === 'critical')
                    .flatMap(v => v.nodes.map(n =>
                        `${v.impact}: ${v.id}: ${v.help}: ${n.html} (${n.target.join(' ')}): ${n.failureSummary}`))),
                error => done(['axe failed: ' + error]));";
        lines(&self.post("/execute/async", &json!({ "script": script, "args": [] })))
    }

    /// Panics with what [`Self::axe`], [`Self::overflow`] and [`Self::console_errors`] find, if anything.
    pub fn assert_sound(&self) {
        let mut found = self.axe();
        found.extend(self.overflow());
        found.extend(self.console_errors());
        assert!(found.is_empty(), "{}:\n{}", self.url(), found.join("\n"));
    }

    /// The errors the browser's console showed since the last call: scripts, missing files, broken policies.
    pub fn console_errors(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Gives the browser a device that makes passkeys and whose user always says yes; its id. `transport`: `internal`,
    /// `usb`.
    pub fn add_authenticator(&self, transport: &str) -> String {
        let device = json!({
            "protocol": "ctap2", "transport": transport, "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        let id = self.post("/webauthn/authenticator", &device);
        id.as_str().expect("an authenticator's id").to_owned()
    }

    /// Whether the user unlocks the device when it asks.
    pub fn set_user_verified(&self, authenticator: &str, verified: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        self.post(&path, &json!({ "isUserVerified": verified }));
    }

    /// The device's passkeys, with their private keys.
    pub fn credentials(&self, authenticator: &str) -> Vec<Value> {
        let path = format!("/webauthn/authenticator/{authenticator}/credentials");
        let all = self.session.get(&path).unwrap_or_else(|refused| panic!("{path}: {}", refused.message));
        all.as_array().expect("credentials").clone()
    }

    /// Puts a passkey into the device, as from a copy.
    pub fn add_credential(&self, authenticator: &str, credential: &Value) {
        self.post(&format!("/webauthn/authenticator/{authenticator}/credential"), credential);
    }

    /// Takes the device away.
    pub fn remove_authenticator(&self, authenticator: &str) {
        let path = format!("/webauthn/authenticator/{authenticator}");
        self.session.delete(&path).unwrap_or_else(|refused| panic!("{path}: {}", refused.message));
    }

    /// Forgets who is signed in.
    pub fn clear_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", &json!({}));
    }

    /// Calls the browser's own developer protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn with_element(&self, css: &str, act: impl FnMut(&str) -> Result<Value, Refused>) -> Value {
        self.with("css selector", css, act)
    }

    /// Acts on an element, again and again while the page is still moving.
    fn with(&self, by: &str, what: &str, mut act: impl FnMut(&str) -> Result<Value, Refused>) -> Value {
        let start = Instant::now();
        loop {
            let refused = match self.find(by, what).and_then(|id| act(&id)) {
                Ok(value) => return value,
                Err(refused) => refused,
            };
            let moving = [
                "no such element",
                "stale element reference",
                "element not interactable",
                "element click intercepted",
                "invalid element state",
            ];
            // The driver has no word of its own for an element whose page went away while it was being read.
            let left = refused.message.contains("does not belong to the document");
            assert!(
                (left || moving.contains(&refused.error.as_str())) && start.elapsed() < PATIENCE,
                "{what} on {}: {}",
                self.url(),
                refused.message
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn find(&self, by: &str, what: &str) -> Result<String, Refused> {
        let found = self.session.post("/element", &json!({ "using": by, "value": what }))?;
        Ok(found[ELEMENT].as_str().expect("an element id").to_owned())
    }

    fn get(&self, path: &str) -> String {
        let value = self.session.get(path).unwrap_or_else(|refused| panic!("{path}: {}", refused.message));
        value.as_str().unwrap_or_default().to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.session.post(path, body).unwrap_or_else(|refused| panic!("{path}: {}", refused.message))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Err(refused) = self.session.close() {
            eprintln!("the browser does not close: {}", refused.message);
        }
    }
}

/// Starts the driver on a free port and waits until it answers.
fn start_driver(program: &Path, profile: &Path) -> (Guarded, u16) {
    // The port may be taken between the asking and the start: then the driver ends at once, and we try another.
    for _ in 0..5 {
        let port = free_port();
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).arg("--log-level=SEVERE").env("TMPDIR", profile);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut driver = Guarded::spawn_with(command, Signal::Term, Some(profile.to_owned()));
        let ready = wait_for("Chromium's driver", Duration::from_secs(30), || {
            if driver.ended().is_some() { Some(false) } else { is_ready(port).then_some(true) }
        });
        if ready {
            return (driver, port);
        }
    }
    panic!("Chromium's driver {} ends as soon as it is started", program.display());
}

const MISSING: &str = "is not here. Run `cargo xtask setup`, or install it (Debian: apt-get install chromium \
    chromium-driver fonts-noto-cjk), or name it in ONGOEUL_TEST_CHROMIUM and ONGOEUL_TEST_CHROMEDRIVER";

/// The browser, if it is on this machine.
pub fn chromium() -> Option<PathBuf> {
    program(
        "ONGOEUL_TEST_CHROMIUM",
        &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    )
}

/// The browser's driver, if it is on this machine.
pub fn chromedriver() -> Option<PathBuf> {
    program("ONGOEUL_TEST_CHROMEDRIVER", &["chromedriver"])
}

fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        let named = PathBuf::from(named);
        assert!(named.is_file(), "{variable}={}: no such file", named.display());
        return Some(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// Where axe-core is: `ONGOEUL_TEST_AXE`, else where `cargo xtask setup` lays it.
fn axe_file() -> PathBuf {
    let file = std::env::var_os("ONGOEUL_TEST_AXE").map_or_else(
        || {
            let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
            tools.join(format!("axe-core-{AXE_VERSION}/axe.min.js"))
        },
        PathBuf::from,
    );
    assert!(
        file.is_file(),
        "{} is not here: run `cargo xtask setup`, which fetches axe-core",
        file.display()
    );
    file
}

fn lines(value: &Value) -> Vec<String> {
    let items = value.as_array().expect("a list");
    items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

/// Decodes what the developer protocol wraps pictures in.
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).expect("one byte"));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn pictures_are_unwrapped() {
        assert_eq!(base64("7Jio6rOg7J2E"), "온고을".as_bytes());
        assert_eq!(base64("YQ=="), b"a");
    }
}
