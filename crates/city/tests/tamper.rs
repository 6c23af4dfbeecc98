//! Somebody changes the database behind the program's back: counting again names the first thing that is wrong.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{EntryNo, PostingNo, Role};
use city::verify::{Wrong, checkpoint, recount};
use city::{CityMemory, Command};
use common::{TestCity, facts, opening};
use ledger::{Books, Difference};
use store::Readers;
use testkit::{Place, TempDir};

/// A town's few deeds, its pen laid down.
struct Still {
    readers: Readers,
    books: Books,
    place: Place,
    folder: TempDir,
}

/// Vote (1 entry), top-up (1), two payments (4, and 1 out of cashback), a refund (5): postings
/// 1 to 5, entries 1 to 12.
fn still(place: Place) -> Still {
    let mut city = TestCity::new(place);
    let who = city.person();
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 1_000_000);
    city.on(2021, 2, 24);
    city.top_up(who.0, 100_000);
    city.on(2021, 2, 25);
    let paid = common::posting(&city.pay(who, shop, 12_000));
    city.on(2021, 2, 26);
    facts(city.pay(who, shop, 1_000));
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment: paid, amount: Some(5_000) }));
    let TestCity { pen, place, target, folder, clock, .. } = city;
    drop(pen);
    let mut started = city::open::prepare(opening(target.clone(), folder.path(), clock, 2)).unwrap();
    started.checkpoints.write::<CityMemory>(&started.pen.shared()).unwrap();
    let books = started.pen.shared().read().books.clone();
    drop(started);
    Still { readers: Readers::open(&target, 1).unwrap(), books, place, folder }
}

impl Still {
    fn tamper(&self, sql: &str) {
        match &self.place {
            Place::Sqlite { file, .. } => {
                let db = rusqlite::Connection::open(file).unwrap();
                assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
            }
            Place::Postgres(database) => {
                database.psql(sql);
            }
        }
    }

    fn count(&self, books: Option<&Books>) -> Result<(), Wrong> {
        self.readers.read(|snapshot| Ok(recount(snapshot, books, &mut |_| ()).map(|_| ()))).unwrap()
    }
}

#[test]
fn untouched_it_agrees() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let city = still(place);
        assert_eq!((city.books.last_posting(), city.books.last_entry()), (PostingNo(5), EntryNo(12)));
        city.count(None).unwrap();
        city.count(Some(&city.books)).unwrap();
        assert_eq!(
            checkpoint(&city.readers, &city.folder.path().join("checkpoints")).unwrap(),
            Some(PostingNo(5))
        );
    }
}

#[test]
fn each_kind_of_tampering_is_named() {
    type Wanted = fn(&Wrong) -> bool;
    let cases: &[(&str, Wanted, &str)] = &[
        (
            "UPDATE entries SET amount = amount + 1 WHERE no = 3",
            |w| matches!(w, Wrong::Difference(Difference::Balance { entry: EntryNo(3), .. })),
            "EntryNo(3)",
        ),
        (
            "UPDATE entries SET credit_after = credit_after - 1 WHERE no = 12",
            |w| matches!(w, Wrong::Difference(Difference::Balance { entry: EntryNo(12), .. })),
            "EntryNo(12)",
        ),
        (
            "UPDATE entries SET debit_previous = 1 WHERE no = 3",
            |w| matches!(w, Wrong::Difference(Difference::Chain(EntryNo(3)))),
            "EntryNo(3)",
        ),
        (
            "UPDATE entries SET amount = 0 WHERE no = 4",
            |w| matches!(w, Wrong::Difference(Difference::EntryShape(EntryNo(4)))),
            "EntryNo(4)",
        ),
        (
            "UPDATE entries SET credit = 0 WHERE no = 3",
            |w| matches!(w, Wrong::Difference(Difference::EntryShape(EntryNo(3)))),
            "EntryNo(3)",
        ),
        (
            "DELETE FROM entries WHERE no = 8",
            |w| matches!(w, Wrong::Difference(Difference::EntryPlace(EntryNo(8)))),
            "EntryNo(8)",
        ),
        (
            "UPDATE postings SET at = at - 864000000000 WHERE no = 4",
            |w| matches!(w, Wrong::Difference(Difference::TimeBackwards(PostingNo(4)))),
            "pst_0000000000004",
        ),
        (
            "DELETE FROM postings WHERE no = 2",
            |w| matches!(w, Wrong::Difference(_) | Wrong::Unreadable(_)),
            "",
        ),
        (
            "UPDATE postings SET first_entry = 4 WHERE no = 3",
            |w| matches!(w, Wrong::Difference(_) | Wrong::Unreadable(_)),
            "",
        ),
        (
            "UPDATE accounts SET unit = 2 WHERE no = 2",
            |w| matches!(w, Wrong::Difference(Difference::EntryShape(_))),
            "EntryNo",
        ),
        ("DELETE FROM accounts WHERE no = 1", |w| matches!(w, Wrong::Unreadable(_)), "AccountNo(2)"),
    ];
    for engine in testkit::engines() {
        // The counting is the same on both; a sample shows that the other engine's rows are read alike.
        let step = if engine == testkit::Engine::Sqlite { 1 } else { 4 };
        for (sql, wanted, named) in cases.iter().step_by(step) {
            let city = still(Place::fresh(engine));
            city.tamper(sql);
            let wrong = city.count(None).expect_err(sql);
            assert!(wanted(&wrong), "{engine:?}: {sql}: {wrong:?}");
            assert!(wrong.to_string().contains(named), "{engine:?}: {sql}: {wrong}");
            assert!(city.count(Some(&city.books)).is_err(), "{engine:?}: {sql}");
        }
    }
}

/// A journal that was cut short is whole in itself: only the books and the checkpoint know that there was more.
#[test]
fn a_journal_cut_short_disagrees_with_books_and_checkpoint() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let city = still(place);
        city.tamper("DELETE FROM entries WHERE posting = 5");
        city.tamper("DELETE FROM postings WHERE no = 5");
        let wrong = city.count(Some(&city.books)).expect_err("the books hold more");
        assert!(matches!(wrong, Wrong::Difference(Difference::Books { .. })), "{wrong:?}");
        let wrong =
            checkpoint(&city.readers, &city.folder.path().join("checkpoints")).expect_err("so does it");
        assert!(matches!(wrong, Wrong::Difference(Difference::Books { .. })), "{wrong:?}");
    }
}

/// Someone clever changes amounts and all balances after them: the journal agrees with itself, the rest does not.
#[test]
fn a_journal_changed_with_care_disagrees_with_books_and_checkpoint() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let city = still(place);
        // The vote: one entry that nothing but the budget's own balances follow.
        city.tamper("UPDATE entries SET amount = amount + 7, debit_after = debit_after + 7, credit_after = credit_after + 7 WHERE no = 1");
        city.tamper("UPDATE entries SET debit_after = debit_after + 7 WHERE no > 1 AND debit = 0");
        city.tamper("UPDATE entries SET credit_after = credit_after + 7 WHERE no > 1 AND credit = 0");
        city.count(None).unwrap();
        let wrong = city.count(Some(&city.books)).expect_err("the books know");
        assert!(matches!(wrong, Wrong::Difference(Difference::Books { .. })), "{wrong:?}");
        let wrong =
            checkpoint(&city.readers, &city.folder.path().join("checkpoints")).expect_err("so does it");
        assert!(matches!(wrong, Wrong::Difference(Difference::Books { .. })), "{wrong:?}");
    }
}
