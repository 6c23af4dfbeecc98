//! Years whose time is over go, and everything goes on from what stays: counting, the seal, the float, later packs, a
//! start, payments. What was changed in what stays is found.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::circle;
use crate::common;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use base::{Date, PersonId, PostingNo, Role, date};
use circle::{secret, settled};
use city::disposal::{CantDispose, Open, Plan, Step, dispose, plan};
use city::open::City;
use city::read::history::{chains, lines};
use city::sealing::closing::{Closing, Period, close, closings};
use city::sealing::pack::{Audited, Source, audit, export};
use city::sealing::{recompute, verify_log};
use city::verify::{Counted, Wrong, recount};
use city::{CardRef, Command};
use common::{Live, TestCity, facts, opening, posting, refusal, request, spending, state};
use economy::Class;
use pen::Failure;
use seal::{Checkpoint, Statement};
use store::Readers;
use testkit::{Place, TempDir, on_each_engine};

const ORIGIN: &str = "card.example.kr/log";

/// Postings that tests ask for.
struct Known {
    /// Of 2021, taken back in part in 2022.
    late: PostingNo,
    /// Of 2021, and of nothing after.
    old: PostingNo,
    /// Whose both are.
    who: (PersonId, base::CardId),
    shop: base::MerchantId,
}

/// All of 2021 goes the whole circle; 2022 takes back a payment of it, pays on, and settles. It is January 2027.
fn two_years(place: Place) -> (TestCity, Known) {
    // They earn what they owe.
    two_years_in_which(place, |city, (who, (owing, due))| {
        posting(&city.pay(who, owing, due + 1_000));
    })
}

/// The same, in which shops that owe, since they gave back more than they had coming, end so.
fn two_years_in_which(
    place: Place,
    end: impl Fn(&mut TestCity, ((PersonId, base::CardId), (base::MerchantId, i64))),
) -> (TestCity, Known) {
    let mut city = circle::town(place).city;
    city.on(2021, 12, 29);
    let shop = city.shop("211-86-29993", "restaurant");
    let who = city.person();
    city.top_up(who.0, 90_000);
    let old = posting(&city.pay(who, shop, 7_000));
    let late = posting(&city.pay(who, shop, 20_000));
    city.on(2022, 1, 10);
    city.vote("cashback-2022", 10_000_000);
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment: late, amount: Some(5_000) }));
    city.top_up(who.0, 250_000);
    posting(&city.pay(who, shop, 9_000));
    for one in owing(&city) {
        end(&mut city, (who, one));
    }
    settled(&mut city, None);
    city.on(2022, 6, 1);
    posting(&city.pay(who, shop, 1_000));
    city.on(2027, 1, 4);
    (city, Known { late, old, who, shop })
}

/// Which shops owe, and how much.
fn owing(city: &TestCity) -> Vec<(base::MerchantId, i64)> {
    let shared = city.pen.shared();
    let view = shared.read();
    let owes = |account: &ledger::Account| match account.key.owner {
        ledger::Owner::Merchant(shop) if account.key.class.0 == Class::ShopDue as u8 => Some(shop),
        _ => None,
    };
    let all = view.books.iter().filter(|(.., state)| state.balance > 0);
    all.filter_map(|(_, account, state)| Some((owes(account)?, state.balance))).collect()
}

/// What was never used is kept apart, and what was given is spent.
fn over_and_done(city: &mut TestCity) {
    let mut from = Some(0);
    while let Some(next) = from {
        let reply = city.ask(Role::System, Command::Expire { from: next, at_most: 256 }).unwrap();
        let city::Reply::Batch { next, .. } = reply else { panic!("{reply:?}") };
        from = next;
    }
    // Given for the first purpose, or for all.
    let amount: i64 = {
        let shared = city.pen.shared();
        let view = shared.read();
        view.town.directory.giving.rows().map(|(_, row)| row.left()).sum()
    };
    posting(&city.ask(Role::System, Command::OnGiving(spending(1, amount))));
}

/// The city at work, sealed; the years closed.
struct Sealed {
    live: Live,
    seal: PathBuf,
}

impl Sealed {
    fn of(city: TestCity) -> Sealed {
        let seal = city.folder.path().join("seal");
        let live = city.live();
        live.city.seal(&seal, secret(), ORIGIN).unwrap();
        let sealed = Sealed { live, seal };
        sealed.catch_up();
        sealed
    }

    fn catch_up(&self) {
        let last = self.live.city.shared.read().books.last_posting();
        self.live.city.sealing().unwrap().catch_up(last).unwrap();
    }

    /// Ends it, and opens what it left; without its checkpoint.
    fn again(self) -> Sealed {
        let Sealed { live: Live { city, clock, target, place, folder }, seal } = self;
        city.close().unwrap();
        fs::remove_dir_all(folder.path().join("checkpoints")).unwrap();
        let city = City::open(opening(target.clone(), folder.path(), clock.clone(), 5)).unwrap();
        assert!(!city.report.from_checkpoint);
        city.seal(&seal, secret(), ORIGIN).unwrap();
        Sealed { live: Live { city, clock, target, place, folder }, seal }
    }

    fn read<T>(&self, read: impl FnOnce(&mut store::Snapshot<'_>) -> T) -> T {
        Readers::open(&self.live.target, 1).unwrap().read(|snapshot| Ok(read(snapshot))).unwrap()
    }

    fn close(&self, until: Date, today: Date) -> Closing {
        let key = self.live.city.sealing().unwrap().key().clone();
        let period = Period { until, today };
        self.read(|snapshot| close(snapshot, &self.seal, &secret(), &key, period, false, &mut |_| ()))
            .unwrap()
    }

    fn closed(&self, until: Date) -> (Closing, String) {
        let all = closings(&self.seal, self.live.city.sealing().unwrap().key()).unwrap();
        all.into_iter().find(|(closing, _)| closing.until == until).unwrap()
    }

    fn plan(&self, year: i16, today: Date) -> Result<Plan, CantDispose> {
        let (closing, note) = self.closed(date(year, 12, 31));
        plan(&self.live.city, (&closing, &note), (today, 5), &mut |_| ())
    }

    fn counted(&self) -> Result<Counted, Wrong> {
        self.read(|snapshot| recount(snapshot, None, &mut |_| ()))
    }

    /// Every row that is left against the log.
    fn log(&self, earlier: Option<&Checkpoint>) -> Result<u64, String> {
        let sealing = self.live.city.sealing().unwrap();
        let signed = sealing.signed().unwrap();
        let verified = self.read(|snapshot| {
            verify_log(snapshot, sealing.reader(), sealing.salts(), &signed, earlier, &mut |_| ())
        });
        verified.map(|verified| verified.disposed).map_err(|wrong| wrong.to_string())
    }

    fn audit(&self, at: usize) -> Audited {
        let key = self.live.city.sealing().unwrap().key().clone();
        let all = closings(&self.seal, &key).unwrap();
        let (closing, note) = &all[at];
        let (archive, salts) = (TempDir::new(), secret().salts());
        let to = archive.path().join("pack");
        let source = Source { folder: &self.seal, key: &key, salts: &salts, city: "전주", bank: None };
        let before = at.checked_sub(1).map(|before| &all[before]);
        self.read(|snapshot| export(snapshot, source, (closing, note), before, &to, &mut |_| ())).unwrap();
        audit(&to, &key, &mut |_| ()).unwrap()
    }

    /// Today's statement of the float is what the journal gives.
    fn float(&self, day: Date) {
        let sealing = self.live.city.sealing().unwrap();
        let now = base::Clock::now(self.live.clock.as_ref());
        assert!(sealing.state(&self.live.city.shared, day, now).unwrap());
        let statement: Statement = sealing.statement(day).unwrap().unwrap();
        self.read(|snapshot| recompute(snapshot, &statement, &secret(), &self.seal, &mut |_| ())).unwrap();
    }

    fn ask(&self, role: Role, key: &str, command: Command) -> Result<city::Reply, Failure> {
        self.live.city.ask_waiting(request(role, key, &command), command)
    }

    fn left(&self, upto: u64) -> (Vec<u64>, u64) {
        self.read(|snapshot| {
            let mut rows = Vec::new();
            let mut entries = 0;
            let all = snapshot.for_each_posting(PostingNo(1), Some(PostingNo(upto)), &mut |posting, its| {
                rows.push(posting.no.0);
                entries += its.len() as u64;
                Ok(())
            });
            all.unwrap();
            (rows, entries)
        })
    }
}

fn behind(place: &Place, sql: &str) {
    match place {
        Place::Sqlite { file, .. } => rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap(),
        Place::Postgres(database) => drop(database.psql(sql)),
    }
}

#[test]
fn the_first_of_two_years_goes_and_everything_goes_on() {
    on_each_engine(|place| {
        let (mut city, known) = two_years(Place::fresh(place.engine()));
        let today = date(2027, 1, 4);
        let sealed = Sealed::of({
            over_and_done(&mut city);
            city
        });
        let first = sealed.close(date(2021, 12, 31), today);
        let second = sealed.close(date(2022, 12, 31), today);
        let kept = sealed.live.city.sealing().unwrap().signed().unwrap();
        let before = (sealed.counted().unwrap(), sealed.audit(1), state(&sealed.live.city.shared));
        assert!(matches!(sealed.plan(2022, today), Err(CantDispose::NotYet { .. })));
        assert!(matches!(sealed.plan(2021, date(2026, 12, 31)), Err(CantDispose::NotYet { .. })));

        let plan = sealed.plan(2021, today).unwrap();
        assert_eq!(plan.depends, []);
        let own = &sealed.closed(first.until).0;
        assert_eq!((own, plan.begun), (&first, false));
        // The payment that 2022 took back in part stays, with what 2022 settled of 2021's answers.
        assert!(plan.stay >= 1 && plan.postings + plan.stay == first.last, "{plan:?}");
        assert!(plan.requests > 10);
        dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();

        let (left, entries) = sealed.left(first.last);
        assert!(left.contains(&known.late.0) && !left.contains(&known.old.0));
        assert_eq!((left.len() as u64, entries > 0), (plan.stay, true));
        let counted = sealed.counted().unwrap();
        assert_eq!((counted.disposed, counted.backing), (first.last, before.0.backing));
        assert_eq!(counted.postings + first.last, before.0.postings + 1);
        // Closings and later packs go on.
        let again = sealed.audit(1);
        assert_eq!(
            (again.postings, again.decided, &again.closing),
            (before.1.postings, before.1.decided, &second)
        );
        sealed.float(today);
        sealed.catch_up();
        assert_eq!(sealed.log(Some(&kept)), Ok(first.last));

        // A start without a checkpoint has the same memory, but for the posting that says so.
        let now = state(&sealed.live.city.shared);
        let sealed = sealed.again();
        assert_eq!(state(&sealed.live.city.shared), now);
        assert!(sealed.live.city.report.replayed < before.0.postings);
        assert_eq!(sealed.live.city.shared.read().town.open.disposed.unwrap().until, first.until);
        // What was paid then is not taken back any more, nor found; the list ends where it went.
        let refund = |payment| Command::Refund { payment, amount: Some(1) };
        for (key, payment) in [("r-1", known.old), ("r-2", known.late)] {
            let answer = sealed.ask(Role::Merchant(known.shop), key, refund(payment));
            assert_eq!(refusal(answer), "posting.disposed");
        }
        let chains = {
            let view = sealed.live.city.shared.read();
            chains(view.town.directory.holder(known.who.0).unwrap(), &view.books, |_| true)
        };
        let found = sealed.read(|snapshot| lines(snapshot, &chains, None, 100)).unwrap();
        assert!(found.disposed && found.older.is_none());
        assert!(
            !found.lines.is_empty()
                && found.lines.iter().all(|line| line.no.0 > first.last || line.no == known.late)
        );
        // It pays on.
        let (person, card) = known.who;
        let pay = Command::Pay {
            card: CardRef::Id(card),
            merchant: known.shop,
            amount: 1_000,
            pin: None,
            order: None,
        };
        posting(&sealed.ask(Role::Citizen(person), "after", pay));
        sealed.catch_up();
        assert_eq!(sealed.log(Some(&kept)), Ok(first.last));
        sealed.counted().unwrap();

        // A year later the second goes, with what stayed of the first for its sake.
        let zone = base::Zone::named("Asia/Seoul").unwrap();
        sealed.live.clock.set(zone.instant(date(2028, 1, 4), 12, 0));
        let expire = Command::Expire { from: 0, at_most: 1_000 };
        sealed.ask(Role::System, "", expire).unwrap();
        let plan = sealed.plan(2022, date(2028, 1, 4)).unwrap();
        assert_eq!(plan.depends, []);
        dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();
        assert_eq!(sealed.left(second.last).0.len() as u64, plan.stay);
        assert!(matches!(sealed.plan(2021, date(2028, 1, 4)), Err(CantDispose::Gone(_))));
        sealed.catch_up();
        assert_eq!(sealed.log(Some(&kept)), Ok(second.last));
        let now = state(&sealed.live.city.shared);
        let sealed = sealed.again();
        assert_eq!(state(&sealed.live.city.shared), now);
        sealed.counted().unwrap();
        sealed.live.close();
    });
}

#[test]
fn nothing_goes_while_something_depends_on_it() {
    on_each_engine(|place| {
        let (city, _) = two_years(Place::fresh(place.engine()));
        let sealed = Sealed::of(city);
        let today = date(2027, 1, 4);
        let first = sealed.close(date(2021, 12, 31), today);
        let plan = sealed.plan(2021, today).unwrap();
        let open: Vec<Open> = plan.depends.iter().map(|one| one.what).collect();
        // Money was never used, gifts were not spent.
        assert!(open.contains(&Open::Purses) && open.contains(&Open::Gifts), "{open:?}");
        assert!(plan.depends.iter().all(|one| one.count > 0));
        assert!(matches!(dispose(&sealed.live.city, &plan, &mut |_| ()), Err(CantDispose::Open)));
        assert_eq!(sealed.left(first.last).0.len() as u64, first.last);
        assert_eq!(sealed.counted().unwrap().disposed, 0);
    });
}

#[test]
fn what_a_closed_shop_owes_goes_on_from_closing_to_closing() {
    on_each_engine(|place| {
        let closes = |city: &mut TestCity, (_, (merchant, _))| {
            facts(city.ask(Role::Officer, Command::CloseShop { merchant }));
        };
        let (mut city, known) = two_years_in_which(Place::fresh(place.engine()), closes);
        over_and_done(&mut city);
        let owed = owing(&city);
        assert!(!owed.is_empty());
        let today = date(2027, 1, 4);
        let sealed = Sealed::of(city);
        let first = sealed.close(date(2021, 12, 31), today);
        let second = sealed.close(date(2022, 12, 31), today);
        let float = |sealed: &Sealed| {
            let view = sealed.live.city.shared.read();
            let all = view.books.iter().map(|(_, account, state)| (*account, state.balance));
            let due = |(account, won): (ledger::Account, i64)| match account.key.owner {
                ledger::Owner::Merchant(shop) if account.key.class.0 == Class::ShopDue as u8 => {
                    (won > 0).then_some((shop, won))
                }
                _ => None,
            };
            all.filter_map(due).collect::<Vec<_>>()
        };
        let (before, audited) = (sealed.counted().unwrap(), sealed.audit(1));
        // What stays of it: the posting that says what it is.
        let plan = sealed.plan(2021, today).unwrap();
        assert_eq!(plan.depends, []);
        let carried: Vec<_> = plan.carried.iter().map(|one| (one.shop, one.won)).collect();
        // One was moved again in 2022: it is that year's.
        assert!(!carried.is_empty() && carried.iter().all(|one| owed.contains(one)), "{carried:?}");
        dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();
        let (left, _) = sealed.left(first.last);
        assert_eq!(left.len() as u64, plan.stay);

        // Nothing that is owed is lost: the float is what it was, and so it is after a start.
        let sealed = sealed.again();
        let after = sealed.counted().unwrap();
        assert_eq!(
            (after.backing, after.disposed, float(&sealed)),
            (before.backing, first.last, owed.clone())
        );
        sealed.float(today);
        sealed.catch_up();
        assert_eq!(sealed.log(None), Ok(first.last));
        let again = sealed.audit(1);
        assert_eq!((again.decided, &again.closing), (audited.decided, &second));

        // The next year goes too, once what its open shop earned last was moved.
        let (person, card) = known.who;
        let (card, merchant) = (CardRef::Id(card), known.shop);
        let pay = Command::Pay { card, merchant, amount: 1_000, pin: None, order: None };
        posting(&sealed.ask(Role::Citizen(person), "after", pay));
        let zone = base::Zone::named("Asia/Seoul").unwrap();
        sealed.live.clock.set(zone.instant(date(2028, 1, 4), 12, 0));
        sealed.ask(Role::System, "", Command::Expire { from: 0, at_most: 1_000 }).unwrap();
        let backing = sealed.counted().unwrap().backing;
        let plan = sealed.plan(2022, date(2028, 1, 4)).unwrap();
        let carried: Vec<_> = plan.carried.iter().map(|one| (one.shop, one.won)).collect();
        assert_eq!((plan.depends.as_slice(), &carried), (&[][..], &owed));
        dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();
        let why = sealed.read(|snapshot| {
            plan.carried
                .iter()
                .map(|one| {
                    let view = sealed.live.city.shared.read();
                    let due = view.books.find(&economy::chart::shop_due(one.shop).key).unwrap();
                    let entry = snapshot.entry(view.books.state(due).last).unwrap().unwrap();
                    snapshot.posting_alone(entry.posting).unwrap().unwrap().kind.to_string()
                })
                .collect::<Vec<_>>()
        });
        assert!(
            why.iter().all(|kind| ["refund", "return-claim", "settle"].contains(&kind.as_str())),
            "{why:?}"
        );
        let sealed = sealed.again();
        let after = sealed.counted().unwrap();
        assert_eq!((after.backing, after.disposed, float(&sealed)), (backing, second.last, owed));
        sealed.live.close();
    });
}

#[test]
fn whoever_was_stopped_goes_on_where_it_stood() {
    on_each_engine(|place| {
        for stop_at_begun in [true, false] {
            let (mut city, _) = two_years(Place::fresh(place.engine()));
            over_and_done(&mut city);
            let sealed = Sealed::of(city);
            let today = date(2027, 1, 4);
            let first = sealed.close(date(2021, 12, 31), today);
            let plan = sealed.plan(2021, today).unwrap();
            let stopped = catch_unwind(AssertUnwindSafe(|| {
                dispose(&sealed.live.city, &plan, &mut |step| match step {
                    Step::Begun(_) if stop_at_begun => panic!("stopped"),
                    Step::Gone(_) => panic!("stopped"),
                    _ => {}
                })
            }));
            assert!(stopped.is_err());
            let now = state(&sealed.live.city.shared);
            // The rows are there still, or gone: a start, counting and the seal go on alike.
            let sealed = sealed.again();
            assert_eq!(state(&sealed.live.city.shared), now);
            assert_eq!(sealed.counted().unwrap().disposed, first.last);
            let left = sealed.left(first.last).0.len() as u64;
            assert_eq!(left == first.last, stop_at_begun);
            let plan = sealed.plan(2021, today).unwrap();
            assert!(plan.begun && plan.depends.is_empty() && (plan.postings > 0) == stop_at_begun);
            dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();
            assert_eq!(sealed.left(first.last).0.len() as u64, plan.stay);
            sealed.catch_up();
            assert_eq!(sealed.log(None), Ok(first.last));
            sealed.counted().unwrap();
            let plan = sealed.plan(2021, today).unwrap();
            assert_eq!((plan.postings, plan.requests), (0, 0));
            sealed.live.close();
        }
    });
}

#[test]
fn what_was_changed_in_what_stays_is_found() {
    on_each_engine(|place| {
        let (mut city, known) = two_years(Place::fresh(place.engine()));
        over_and_done(&mut city);
        let sealed = Sealed::of(city);
        let today = date(2027, 1, 4);
        let first = sealed.close(date(2021, 12, 31), today);
        let plan = sealed.plan(2021, today).unwrap();
        dispose(&sealed.live.city, &plan, &mut |_| ()).unwrap();
        sealed.catch_up();
        let place = &sealed.live.place;
        let change = |sql: &str, back: &str, books: &str, log: &str| {
            behind(place, sql);
            let wrong = sealed.counted().map(|_| String::new()).unwrap_or_else(|wrong| wrong.to_string());
            let log_says = sealed.log(None).map(|_| String::new()).unwrap_or_else(|wrong| wrong);
            assert!(wrong.contains(books) && (books.is_empty() == wrong.is_empty()), "{sql}: {wrong}");
            assert!(log_says.contains(log) && (log.is_empty() == log_says.is_empty()), "{sql}: {log_says}");
            behind(place, back);
            sealed.counted().unwrap();
            sealed.log(None).unwrap();
        };
        let one = "WHERE account = (SELECT MIN(account) FROM stood)";
        change(
            &format!("UPDATE stood SET balance = balance + 1 {one}"),
            &format!("UPDATE stood SET balance = balance - 1 {one}"),
            "what accounts stood at is not what the closing says",
            "",
        );
        let (owed, more) = (format!("\nowed {}\n", first.owed), format!("\nowed {}\n", first.owed + 1));
        change(
            &format!("UPDATE disposals SET closing = REPLACE(closing, '{owed}', '{more}')"),
            &format!("UPDATE disposals SET closing = REPLACE(closing, '{more}', '{owed}')"),
            "the closing is not the one that was disposed with",
            "the closing is not the one that was disposed with",
        );
        change(
            "UPDATE disposals SET memory = memory || ' '",
            "UPDATE disposals SET memory = TRIM(memory)",
            "what is kept for the city's memory",
            "what is kept for the city's memory",
        );
        // Whoever makes the posting fit as well changes what was sealed.
        let fit = |from: &str, to: &str| {
            format!("UPDATE postings SET facts = REPLACE(facts, '{from}', '{to}') WHERE kind = 'dispose'")
        };
        change(
            &fit("2021-12-31", "2021-12-30"),
            &fit("2021-12-30", "2021-12-31"),
            "",
            "is not what was sealed",
        );
        // What stays for a later one's sake is still what was sealed.
        let late = known.late.0;
        change(
            &format!("UPDATE postings SET amount = amount + 1 WHERE no = {late}"),
            &format!("UPDATE postings SET amount = amount - 1 WHERE no = {late}"),
            "",
            "is not what was sealed",
        );
    });
}
