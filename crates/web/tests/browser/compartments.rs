//! A sealed compartment at a real browser: taking in, a note, the end, and who looked.

use common::Served;
use serde_json::json;
use testkit::Engine;

use crate::common;
use crate::visitor::{Visitor, WAYS};

/// Comes in with a role of the centre's.
fn come_in(who: &Visitor<'_>, site: &Served, duty: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let cookie = runtime.block_on(site.town.at_desk(duty, duty, "victim-centre"));
    let cookie = json!({"name": "session", "value": cookie, "url": site.url});
    who.browser.devtools("Network.setCookie", &cookie);
}

#[test]
fn somebody_is_taken_in_and_the_reviewer_sees_who_looked() {
    for way in WAYS {
        let site = Served::start(Engine::Sqlite);
        let me = Visitor::new(&site, way);
        me.open("/");
        come_in(&me, &site, "victim-counsellor");
        me.open("/organisation");
        me.arrives("/sealed/victim-support");
        me.sound();
        me.picture("compartment-empty");
        me.browser.click("a[href$='/new']");
        me.arrives("/new");
        me.sound();
        // What is empty doesn't get past the browser; what is too long is told at its field.
        me.browser.fill("#name", way.says("새벽", "Dawn"));
        me.browser.eval("document.querySelector('#reach').maxLength = 999");
        me.browser.fill("#reach", &"0".repeat(130));
        me.browser.fill("#note", way.says("밤에 혼자 있기 무서워요.", "Is afraid to be alone at night."));
        me.browser.click("form[action$='/new'] button");
        me.browser.wait_for("#reach-error");
        me.sound_refusal();
        me.browser.fill("#reach", "010-5555-4444");
        me.browser.click("form[action$='/new'] button");
        me.browser.wait_for_text(way.says("기록을 만들었어요.", "The record is made."));
        me.sound();
        me.browser.fill("#note", way.says("경찰에 같이 갔어요.", "Went to the police together."));
        me.browser.click("form[action$='/notes'] button");
        me.browser.wait_for_text(way.says("글을 더했어요.", "The note is added."));
        me.sound();
        me.picture("compartment-record");
        let record = me.browser.url().split('?').next().unwrap().to_owned();
        me.open("/sealed/victim-support");
        me.browser.wait_for_text(way.says("열린 기록 1건", "1 open record"));
        me.sound();
        me.picture("compartment");
        me.browser.goto(&record);
        me.browser.click("details.fold summary");
        me.sound();
        me.browser.click("form[action$='/close'] button");
        me.browser.wait_for_text(way.says("기록을 닫았어요.", "The record is closed."));
        me.sound();

        let reviewer = Visitor::new(&site, way);
        reviewer.open("/");
        come_in(&reviewer, &site, "victim-reviewer");
        reviewer.open("/organisation");
        reviewer.arrives("/looks");
        reviewer.sound();
        reviewer.picture("compartment-looks");
        assert!(!reviewer.browser.text("main").contains(way.says("새벽", "Dawn")));
        reviewer.open("/sealed/victim-support");
        reviewer.sound_refusal();
    }
}
