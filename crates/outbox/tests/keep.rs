//! Once from each record, in order in each lane, and nothing forgotten.

use base::Instant;
use outbox::{Crowd, Cursor, Error, Fate, NewMessage, Outbox, Outcome, Which};
use testkit::TempDir;

const ME: &str = "city";

fn message(key: &str, lane: &str, next: i64) -> NewMessage {
    NewMessage {
        key: key.into(),
        lane: lane.into(),
        channel: if lane.starts_with("hook") { "hook" } else { "sms" }.into(),
        to: lane.into(),
        kind: "paid".into(),
        body: "{}".into(),
        at: Instant(1),
        next: Instant(next),
    }
}

fn at(posting: u64, request: u64) -> Cursor {
    Cursor { posting, request }
}

fn keys(messages: &[outbox::Message]) -> Vec<&str> {
    messages.iter().map(|one| one.new.key.as_str()).collect()
}

#[test]
fn a_record_makes_its_messages_once() {
    let folder = TempDir::new();
    let file = folder.path().join("outbox.sqlite");
    let outbox = Outbox::open(&file).unwrap();
    assert_eq!(outbox.begin(ME, at(10, 3)).unwrap(), at(10, 3));
    outbox.append(ME, at(12, 3), &[message("p11", "a", 0), message("p12", "b", 0)]).unwrap();
    // The same again, as after a stop between: nothing twice. And two followers of one name.
    outbox.append(ME, at(12, 3), &[message("p12", "b", 0), message("px", "b", 0)]).unwrap();
    outbox.append(ME, at(12, 4), &[message("p12", "b", 0), message("q4", "b", 0)]).unwrap();
    drop(outbox);
    let outbox = Outbox::open(&file).unwrap();
    assert_eq!(outbox.cursor(ME).unwrap(), Some(at(12, 4)));
    assert_eq!(outbox.begin(ME, at(40, 9)).unwrap(), at(12, 4), "it goes on where it stood");
    assert_eq!(keys(&outbox.list(&Which::Channel("sms"), 9).unwrap()), ["q4", "p12", "p11"]);
    // Another journal, or an older backup of it.
    for end in [at(11, 4), at(12, 3)] {
        assert!(matches!(outbox.begin(ME, end), Err(Error::Ahead(_))));
    }
}

#[test]
fn a_crowd_is_told_once_whoever_tells_it() {
    let folder = TempDir::new();
    let file = folder.path().join("outbox.sqlite");
    let outbox = Outbox::open(&file).unwrap();
    outbox.begin(ME, at(10, 3)).unwrap();
    let crowd = |posting, cause: &str| Crowd { posting, cause: cause.into(), people: 2 };
    let crowds = [crowd(11, "job/1"), crowd(12, "job/1"), crowd(13, "job/2")];
    outbox.append_with(ME, at(13, 3), &[message("p9", "a", 0)], &crowds).unwrap();
    outbox.append_with(ME, at(13, 3), &[], &crowds).unwrap();
    assert_eq!((outbox.untold("job/1").unwrap(), outbox.untold("job/2").unwrap()), (4, 2));
    assert_eq!(keys(&outbox.list(&Which::Channel("sms"), 9).unwrap()), ["p9"], "nobody of them is told yet");
    assert_eq!(outbox.crowd().unwrap(), Some(crowd(11, "job/1")));
    let told = [message("p11/0", "a", 0), message("p11/1", "b", 0)];
    outbox.tell(11, &told).unwrap();
    outbox.tell(11, &[message("p11/2", "c", 0)]).unwrap();
    drop(outbox);
    let outbox = Outbox::open(&file).unwrap();
    assert_eq!(keys(&outbox.list(&Which::Channel("sms"), 9).unwrap()), ["p11/1", "p11/0", "p9"]);
    assert_eq!((outbox.untold("job/1").unwrap(), outbox.crowd().unwrap()), (2, Some(crowd(12, "job/1"))));
    outbox.tell(12, &[]).unwrap();
    outbox.tell(13, &[]).unwrap();
    assert_eq!(outbox.crowd().unwrap(), None);
}

#[test]
fn lanes_go_in_order_and_apart() {
    let folder = TempDir::new();
    let outbox = Outbox::open(&folder.path().join("outbox.sqlite")).unwrap();
    let all = [message("1", "hook/a", 5), message("2", "hook/a", 0), message("3", "hook/b", 0)];
    outbox.append(ME, at(3, 0), &all).unwrap();
    // The second of a lane waits for the first, whose time has not come.
    assert_eq!(keys(&outbox.due(Instant(4), 9).unwrap()), ["3"]);
    let due = outbox.due(Instant(5), 9).unwrap();
    assert_eq!(keys(&due), ["3", "1"]);
    outbox.tried(due[1].no, Instant(5), "503", &Outcome::Again(Instant(50))).unwrap();
    assert_eq!(keys(&outbox.due(Instant(49), 9).unwrap()), ["3"]);
    outbox.tried(due[1].no, Instant(50), "no\nanswer", &Outcome::Dead(None)).unwrap();
    let first = outbox.message(due[1].no).unwrap().unwrap();
    assert_eq!(
        (first.fate, first.tries, first.said.as_str(), first.done),
        (Fate::Dead, 2, "noanswer", Some(Instant(50)))
    );
    assert_eq!(
        outbox.tries(first.no).unwrap(),
        [(Instant(5), "503".into()), (Instant(50), "noanswer".into())]
    );
    // What is given up stands in nobody's way; sent again it comes in its old place.
    assert_eq!(keys(&outbox.due(Instant(50), 9).unwrap()), ["2", "3"]);
    assert!(!outbox.again(first.no, "hook/b", Instant(60)).unwrap(), "another lane's is not theirs");
    assert!(outbox.again(first.no, "hook/a", Instant(60)).unwrap());
    assert!(!outbox.again(first.no, "hook/a", Instant(60)).unwrap(), "it waits already");
    assert_eq!(keys(&outbox.due(Instant(60), 9).unwrap()), ["3", "1"]);
    outbox.tried(first.no, Instant(61), "200", &Outcome::Delivered).unwrap();
    assert_eq!(outbox.tries(first.no).unwrap().len(), 3, "what came before stays");
    let newest = outbox.list(&Which::Lane("hook/a"), 1).unwrap();
    assert_eq!(keys(&newest), ["2"]);
    let older = outbox.list(&Which::LaneBefore("hook/a", newest[0].no), 9).unwrap();
    assert!(older.iter().all(|one| one.no < newest[0].no && one.new.lane == "hook/a"));
    assert_eq!(older.len() + 1, outbox.list(&Which::Lane("hook/a"), 9).unwrap().len());
}

#[test]
fn another_way_takes_the_place_of_a_dead_one() {
    let folder = TempDir::new();
    let outbox = Outbox::open(&folder.path().join("outbox.sqlite")).unwrap();
    outbox.append(ME, at(1, 0), &[message("p1/sms", "per_1", 0)]).unwrap();
    let first = outbox.due(Instant(1), 9).unwrap().remove(0);
    let letter = NewMessage { channel: "letter".into(), ..message("p1/letter", "per_1", 1) };
    let dead = Outcome::Dead(Some(Box::new(letter)));
    outbox.tried(first.no, Instant(1), "no telephone", &dead).unwrap();
    // A second answer to the same try changes nothing.
    outbox.tried(first.no, Instant(2), "late", &Outcome::Delivered).unwrap();
    let second = outbox.due(Instant(2), 9).unwrap();
    assert_eq!(keys(&second), ["p1/letter"]);
    outbox.tried(second[0].no, Instant(3), "moved away", &Outcome::Dead(None)).unwrap();
    assert_eq!(keys(&outbox.list(&Which::DeadNotChannel("hook"), 9).unwrap()), ["p1/letter", "p1/sms"]);
    assert!(outbox.told(second[0].no, Instant(9), "acc_1").unwrap());
    assert!(!outbox.told(second[0].no, Instant(9), "acc_1").unwrap());
    let told = outbox.keyed("p1/letter").unwrap().unwrap();
    assert_eq!((told.fate, told.done, told.said.as_str()), (Fate::Delivered, Some(Instant(9)), "acc_1"));
}

#[test]
fn what_was_delivered_is_let_go_of_and_counted() {
    let folder = TempDir::new();
    let file = folder.path().join("outbox.sqlite");
    let outbox = Outbox::open(&file).unwrap();
    let many: Vec<NewMessage> = (0..2_500).map(|no| message(&format!("m{no}"), "a", 0)).collect();
    let rest = [message("late", "b", 0), message("dead", "c", 0), message("waits", "d", 0)];
    outbox.append(ME, at(1, 0), &[many.as_slice(), rest.as_slice()].concat()).unwrap();
    let no = |key: &str| outbox.keyed(key).unwrap().unwrap().no;
    for number in 0..2_500 {
        outbox.tried(no(&format!("m{number}")), Instant(10), "200", &Outcome::Delivered).unwrap();
    }
    outbox.tried(no("late"), Instant(90), "200", &Outcome::Delivered).unwrap();
    outbox.tried(no("dead"), Instant(10), "410", &Outcome::Dead(None)).unwrap();
    assert_eq!(outbox.disposable(Instant(50)).unwrap(), 2_500);
    assert!(outbox.disposed().unwrap().is_empty(), "counting lets nothing go");
    assert_eq!(outbox.dispose(Instant(50)).unwrap(), 2_500);
    assert_eq!(outbox.dispose(Instant(50)).unwrap(), 0);
    assert_eq!(outbox.disposed().unwrap(), [("sms".into(), "paid".into(), 2_500, Instant(10))]);
    // What waits, what nobody received and what is not old yet stays, with its tries.
    assert_eq!(keys(&outbox.list(&Which::Channel("sms"), 9).unwrap()), ["waits", "dead", "late"]);
    assert_eq!(outbox.tries(no("late")).unwrap(), [(Instant(90), "200".to_owned())]);
    // The follower has gone by: what is gone is not told again.
    outbox.append(ME, at(1, 0), &many).unwrap();
    assert_eq!(outbox.disposable(Instant(1_000)).unwrap(), 1);
    assert_eq!(outbox.dispose(Instant(1_000)).unwrap(), 1);
    assert_eq!(outbox.disposed().unwrap()[0].2, 2_501);
}

#[test]
fn a_file_of_the_version_before_goes_on() {
    let folder = TempDir::new();
    let file = folder.path().join("outbox.sqlite");
    drop(Outbox::open(&file).unwrap());
    for (version, older) in [
        (1, "DROP TABLE crowds; DROP TABLE disposed; DROP INDEX messages_done; PRAGMA user_version = 1;"),
        (2, "DROP TABLE crowds; PRAGMA user_version = 2;"),
    ] {
        let db = rusqlite::Connection::open(&file).unwrap();
        db.execute_batch(older).unwrap();
        drop(db);
        let outbox = Outbox::open(&file).unwrap();
        let crowd = Crowd { posting: version, cause: "job/1".into(), people: 3 };
        outbox.append_with(ME, at(version, 0), &[message(older, "a", 0)], &[crowd]).unwrap();
        let no = outbox.keyed(older).unwrap().unwrap().no;
        outbox.tried(no, Instant(10), "200", &Outcome::Delivered).unwrap();
        assert_eq!((outbox.dispose(Instant(11)).unwrap(), outbox.untold("job/1").unwrap()), (1, 3));
    }
}
