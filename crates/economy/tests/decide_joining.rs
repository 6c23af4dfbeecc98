//! Joining by application: what stands in the way and in which order, how long everything takes, and what can be said
//! against it, each as a table.

use base::Source;
use economy::decide::joining::{
    Applicant, FileState, appeal_until, barred_until, due, may_appeal, may_join, missing,
};
use rules::{Ground, Joining, Name, Paper, Trade};

fn name(text: &str) -> Name {
    Name { ko: text.to_owned(), en: text.to_owned() }
}

fn ground(bars: u32) -> Ground {
    Ground { id: "false".into(), name: name("거짓"), bars, source: Source::from("법 제8조") }
}

fn trade(excluded: bool) -> Trade {
    let exclusion =
        excluded.then(|| rules::Exclusion { why: name("안 돼요"), source: Source::from("법 제7조") });
    Trade { id: "cafe".into(), name: name("카페"), mcc: None, exclusion }
}

fn rules_of(papers: &[&str]) -> Joining {
    let papers = papers.iter().map(|id| Paper { id: (*id).to_owned(), name: name(id) }).collect();
    Joining { papers, ..Joining::default() }
}

/// Each row: a member?, one waits?, barred until (today is 100), an excluded trade?, and what comes out.
#[test]
fn what_stands_in_the_way_comes_in_order() {
    let ground = ground(365);
    const TABLE: [(bool, bool, Option<i32>, bool, &str); 9] = [
        (true, true, Some(200), true, "shop.known"),
        (false, true, Some(200), true, "application.waits"),
        (false, false, Some(200), true, "application.barred"),
        (false, false, Some(100), false, "application.barred"),
        (false, false, Some(99), false, ""),
        (false, false, Some(99), true, "application.trade"),
        (false, false, None, true, "application.trade"),
        (true, false, None, false, "shop.known"),
        (false, false, None, false, ""),
    ];
    for (member, waits, barred, excluded, expected) in TABLE {
        let barred = barred.map(|until| (until, &ground));
        let applicant = Applicant { shop: member.then_some("가게"), waits, barred };
        let said = may_join(100, &trade(excluded), &applicant);
        assert_eq!(said.as_ref().err().map_or("", |refusal| refusal.code), expected, "{applicant:?}");
        if let Err(refusal) = said
            && ["application.barred", "application.trade"].contains(&expected)
        {
            assert!(refusal.source.is_some(), "{expected} cites its clause");
        }
    }
}

#[test]
fn days_are_counted_from_what_began_them() {
    let rules = Joining::default();
    assert_eq!((due(&rules, 100), appeal_until(&rules, 100)), (107, 130), "Art. 7: within seven days");
    assert_eq!(barred_until(&ground(365), 100), Some(465), "a year after false grounds");
    assert_eq!(barred_until(&ground(0), 100), None);
    assert_eq!(due(&rules, i32::MAX), i32::MAX);
}

#[test]
fn papers_are_missing_until_each_was_seen() {
    let rules = rules_of(&["registration", "account"]);
    let seen =
        |papers: &[&str]| missing(&rules, &papers.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>());
    assert_eq!(seen(&[]), [0, 1]);
    assert_eq!(seen(&["account"]), [0]);
    assert_eq!(seen(&["something", "registration", "account"]), Vec::<usize>::new());
    assert_eq!(missing(&rules_of(&[]), &[]), Vec::<usize>::new());
}

/// Only what was decided against a shop is appealed against, and only in time.
#[test]
fn appeals() {
    let rules = Joining::default();
    for state in FileState::ALL {
        let against = matches!(state, FileState::Refused | FileState::Cancelled);
        for (today, expected) in [(100, ""), (130, ""), (131, "application.appeal-late")] {
            let expected = if against { expected } else { "application.not-decided" };
            let said = may_appeal(today, state, 100, &rules);
            assert_eq!(said.err().map_or("", |refusal| refusal.code), expected, "{state:?} {today}");
        }
        assert_eq!(FileState::coded(state.code()), Some(state));
    }
    assert_eq!(FileState::coded("gone"), None);
}
