//! Passkeys, with a device that the browser pretends to have.

use base::Role;
use city::{Command, NewGrant, tokens};
use common::{Served, ask};
use serde_json::{Value, json};
use testkit::Engine;

use crate::common;
use crate::visitor::{Visitor, WAYS};

fn sign_in_with_token(me: &Visitor<'_>, token: &str) {
    me.open("/sign-in");
    // After a refusal it stands open already.
    me.browser.eval("document.querySelector('#by-token').open = true");
    me.browser.fill("#token", token);
    me.browser.click("#by-token button");
}

fn sign_in_with_passkey(me: &Visitor<'_>) {
    me.open("/sign-in");
    me.browser.click("form[action='/sign-in/passkey'] button");
}

fn make(me: &Visitor<'_>, name: &str) {
    me.browser.fill("#name", name);
    me.browser.click("form[data-passkey=create] button");
}

/// Staff come with a token once; from then on by passkey only, and they can't lock themselves out.
#[test]
fn staff_make_a_passkey_and_come_in_by_it() {
    for way in WAYS {
        let site = Served::in_earnest(Engine::Sqlite);
        let me = Visitor::new(&site, way);
        let device = me.browser.add_authenticator("internal");
        me.see("/sign-in");
        sign_in_with_token(&me, "token-clerk");
        me.browser.wait_for("form[data-passkey=create]");
        me.sound();
        make(&me, "창구 1");
        me.arrives("/clerk");
        me.see("/account/passkeys");
        assert!(me.browser.text("main ul.list").contains("창구 1"));
        // The same device makes no second one; the page says so, and nothing has happened.
        make(&me, "창구 1");
        me.browser.wait_for("[data-note=failed]:not([hidden])");
        me.browser.click("form[action='/account/passkeys/remove'] button");
        me.browser.wait_for_text("passkey.last");
        me.sound_refusal();
        me.browser.clear_cookies();

        sign_in_with_token(&me, "token-clerk");
        me.browser.wait_for("#token-error");
        me.sound_refusal();
        // Without being unlocked the device signs nothing.
        me.browser.set_user_verified(&device, false);
        sign_in_with_passkey(&me);
        me.browser.wait_for("[data-note=failed]:not([hidden])");
        me.sound();
        me.browser.set_user_verified(&device, true);
        me.browser.click("form[action='/sign-in/passkey'] button");
        me.arrives("/clerk");

        // Another device, and the first one can go.
        me.browser.remove_authenticator(&device);
        me.browser.add_authenticator("usb");
        me.open("/account/passkeys");
        make(&me, "창구 2");
        me.browser.wait_for_text("창구 2");
        me.sound();
        me.browser.click("main ul.list li:first-child button");
        me.browser.wait_for("main ul.list li:only-child");
        assert!(me.browser.text("main ul.list").contains("창구 2"));
        me.browser.clear_cookies();
        sign_in_with_passkey(&me);
        me.arrives("/clerk");
    }
}

/// Signs by script: the fields of the form as it would be sent.
const SIGNED: &str = "const done = arguments[arguments.length - 1];
    const form = document.querySelector('form[data-passkey]');
    form.submit = () => done(Object.fromEntries(new FormData(form)));
    form.querySelector('button').click();";

fn signed(me: &Visitor<'_>) -> Value {
    me.open("/sign-in");
    me.browser.eval_async(SIGNED)
}

/// What the server answers to those fields, sent with the form token of the page as it is by now: the status, and where it
/// ended.
fn send(me: &Visitor<'_>, fields: &Value) -> (u64, String) {
    let script = "const done = arguments[arguments.length - 1];
        fetch('/sign-in').then(page => page.text()).then(page => {
            const csrf = page.match(/name=\"csrf\" value=\"([^\"]+)\"/)[1];
            const body = new URLSearchParams({ ...FIELDS, csrf });
            return fetch('/sign-in/passkey', { method: 'POST', body });
        }).then(answer => done([answer.status, new URL(answer.url).pathname]));";
    let answer = me.browser.eval_async(&script.replace("FIELDS", &fields.to_string()));
    (answer[0].as_u64().unwrap(), answer[1].as_str().unwrap().to_owned())
}

#[test]
fn what_was_signed_is_good_once_and_a_copy_is_found_out() {
    let site = Served::in_earnest(Engine::Sqlite);
    let me = Visitor::new(&site, WAYS[0]);
    let device = me.browser.add_authenticator("internal");
    sign_in_with_token(&me, "token-citizen");
    me.arrives("/wallet");
    me.open("/account/passkeys");
    make(&me, "내 전화기");
    me.browser.wait_for("main ul.list");
    let copy = me.browser.credentials(&device)[0].clone();
    let wrong = (401, "/sign-in/passkey".to_owned());

    let good = signed(&me);
    let changed = |field: &str, value: Value| {
        let mut fields = good.clone();
        fields[field] = value;
        fields
    };
    assert_eq!(send(&me, &changed("state", json!("0123"))), wrong, "no such challenge");
    assert_eq!(send(&me, &changed("credential", json!("{}"))), wrong, "and that spoilt it");
    assert_eq!(send(&me, &good), wrong);
    let good = signed(&me);
    assert_eq!(send(&me, &good), (200, "/wallet".into()));
    assert_eq!(send(&me, &good), wrong, "once");
    // An answer to another challenge.
    let (one, other) = (signed(&me), signed(&me));
    let mut mixed = one.clone();
    mixed["credential"] = other["credential"].clone();
    assert_eq!(send(&me, &mixed), wrong);
    assert_eq!(send(&me, &other), (200, "/wallet".into()));

    // Somebody has the key from before: their count is behind.
    me.browser.remove_authenticator(&device);
    let stolen = me.browser.add_authenticator("internal");
    me.browser.add_credential(&stolen, &copy);
    let fields = signed(&me);
    assert_eq!(send(&me, &fields), wrong);
    // The page says it calmly.
    me.browser.clear_cookies();
    sign_in_with_passkey(&me);
    me.browser.wait_for("form[data-passkey] p.error[role=alert]:not([hidden])");
    me.sound_refusal();
}

#[test]
fn someone_with_two_roles_chooses() {
    for way in WAYS {
        let site = Served::in_earnest(Engine::Sqlite);
        let town = &site.town;
        let account = {
            let view = town.app.city.shared.read();
            let grant = view.town.doors.grant_of_token(&tokens::hash("token-citizen")).unwrap();
            view.town.doors.grant(grant).unwrap().account
        };
        let (role, subject) = ("merchant".to_owned(), Some(town.shop.to_string()));
        let wish = NewGrant { account, role, subject, district: None, from: 0, until: None };
        ask(&town.app.city, Role::System, "hat", Command::GiveRole(wish));
        let me = Visitor::new(&site, way);
        me.browser.add_authenticator("internal");
        sign_in_with_token(&me, "token-citizen");
        me.arrives("/wallet");
        me.open("/account/passkeys");
        make(&me, "phone");
        me.browser.wait_for("main ul.list");
        for home in ["/shop", "/wallet"] {
            me.browser.clear_cookies();
            sign_in_with_passkey(&me);
            me.browser.wait_for("form[action='/sign-in/role']");
            me.sound();
            let shown = me.browser.texts("button[name=grant]");
            assert_eq!(shown.len(), 2, "{shown:?}");
            let of_shop = |text: &String| text.contains("남부시장 반찬") == (home == "/shop");
            let place = shown.iter().position(of_shop).unwrap() + 1;
            me.browser.click(&format!("button[name=grant]:nth-of-type({place})"));
            me.arrives(home);
        }
    }
}

/// Another house stands among the ways in; what is linked is seen and can be unlinked.
#[test]
fn houses_that_vouch_are_shown() {
    for way in WAYS {
        let site = Served::at(Engine::Sqlite, "localhost", |app| {
            app.mode = web::Mode::Real;
            let house = |id: &str, name: &str| web::VouchingHouse {
                id: id.into(),
                name: name.into(),
                issuer: "http://127.0.0.1:9".into(),
                client_id: "ongoeul".into(),
                client_secret: None,
                scopes: Vec::new(),
                second_factor: Vec::new(),
            };
            app.vouched_by(vec![house("one", "One ID"), house("two", "Two ID")]).unwrap();
        });
        let town = &site.town;
        let account = {
            let view = town.app.city.shared.read();
            let grant = view.town.doors.grant_of_token(&tokens::hash("token-citizen")).unwrap();
            view.town.doors.grant(grant).unwrap().account
        };
        let (said, how) = (people::vouched::said("http://127.0.0.1:9", "kim"), people::How::Token);
        let link = Command::LinkVouched { account, said, house: "one".into(), how };
        ask(&town.app.city, Role::System, "link", link);
        let me = Visitor::new(&site, way);
        me.see("/sign-in");
        // The house is away: it is said calmly.
        me.browser.click("a[href^='/sign-in/with/two']");
        me.browser.wait_for_text("vouch.away");
        assert_eq!(me.browser.axe(), Vec::<String>::new());
        // The browser notes the status, and only that.
        let noted = me.browser.console_errors();
        assert!(noted.iter().all(|line| line.contains("status of 503")), "{noted:?}");
        sign_in_with_token(&me, "token-citizen");
        me.arrives("/wallet");
        me.see("/account/links");
        assert!(me.browser.exists("a[href^='/account/links/two?csrf=']"));
        me.browser.click("form[action='/account/links/remove'] button");
        me.browser.wait_for("a[href^='/account/links/one?csrf=']");
        me.sound();
    }
}
