//! The seal of a city at work: what is paid is sealed within moments; what is changed behind its back is found by its
//! number; a restored backup is refused; each night is stated.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::path::PathBuf;
use std::time::Duration;

use base::{PersonId, Role, date};
use city::chores::Keeper;
use city::open::City;
use city::sealing::{CantSeal, WrongLog, recompute, verify_log};
use city::{CardRef, Command};
use common::{Live, TestCity, opening, posting, request};
use seal::{Checkpoint, Secret, Trust};
use store::Readers;
use testkit::{Engine, Place, on_each_engine, wait_until};

const ORIGIN: &str = "card.example.kr/log";

fn secret() -> Secret {
    Secret::new([0x5e; 32])
}

fn fresh(place: &Place) -> Place {
    Place::fresh(place.engine())
}

fn town(place: Place) -> (TestCity, Vec<(PersonId, base::CardId)>, base::MerchantId) {
    let mut city = TestCity::new(place);
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 10_000_000);
    let people = city.people(30, 90_000);
    (city, people, shop)
}

fn folder(live: &Live) -> PathBuf {
    live.folder.path().join("seal")
}

fn seal(live: &Live) {
    live.city.seal(&folder(live), secret(), ORIGIN).unwrap();
}

fn pay(
    live: &Live,
    (person, card): (PersonId, base::CardId),
    shop: base::MerchantId,
    key: &str,
) -> base::PostingNo {
    let card = CardRef::Id(card);
    let pay = Command::Pay { card, merchant: shop, amount: 1_200, pin: None, order: None };
    posting(&live.city.ask_waiting(request(Role::Citizen(person), key, &pay), pay))
}

fn wait_sealed(city: &City) -> u64 {
    let last = city.shared.read().books.last_posting();
    let sealing = city.sealing().unwrap();
    wait_until("the seal", Duration::from_secs(20), || sealing.sealed() >= last.0);
    last.0
}

fn verified(live: &Live, earlier: Option<&Checkpoint>) -> Result<u64, WrongLog> {
    let sealing = live.city.sealing().unwrap();
    let signed = sealing.signed().unwrap();
    let mut outcome = Ok(0);
    Readers::open(&live.target, 1)
        .unwrap()
        .read(|snapshot| {
            outcome = verify_log(snapshot, sealing.reader(), sealing.salts(), &signed, earlier, &mut |_| ())
                .map(|verified| verified.leaves);
            Ok(())
        })
        .unwrap();
    outcome
}

#[test]
fn what_is_paid_is_sealed_and_goes_on_over_starts() {
    on_each_engine(|place| {
        let (city, people, shop) = town(fresh(place));
        let live = city.live();
        seal(&live);
        for round in 0..20 {
            pay(&live, people[round % people.len()], shop, &format!("a-{round}"));
        }
        let first = wait_sealed(&live.city);
        let kept = live.city.sealing().unwrap().signed().unwrap();
        assert_eq!((verified(&live, None).unwrap(), kept.size), (first, first));
        // A stop in the middle of a tile, and more behind it.
        let Live { city, clock, target, place, folder } = live;
        city.close().unwrap();
        let city = City::open(opening(target.clone(), folder.path(), clock.clone(), 3)).unwrap();
        let live = Live { city, clock, target, place, folder };
        seal(&live);
        for round in 0..300 {
            pay(&live, people[round % people.len()], shop, &format!("b-{round}"));
        }
        let last = wait_sealed(&live.city);
        assert_eq!(last, first + 300);
        assert_eq!(verified(&live, Some(&kept)).unwrap(), last);
        let another = Checkpoint { root: seal::Hash::leaf(b"another"), ..kept };
        assert!(matches!(verified(&live, Some(&another)), Err(WrongLog::Inconsistent { .. })));
        let lag = live.city.sealing().unwrap().lag(base::PostingNo(last));
        assert_eq!((lag.sealed, lag.postings, lag.failing), (last, 0, false));
        live.close();
    });
}

/// Changes the database behind everybody's back.
fn tamper(live: &Live, sql: &str) {
    match &live.place {
        Place::Sqlite { file, .. } => {
            let db = rusqlite::Connection::open(file).unwrap();
            assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        }
        Place::Postgres(database) => {
            database.psql(sql);
        }
    }
}

#[test]
fn a_changed_row_is_found_by_its_number() {
    on_each_engine(|place| {
        let (city, people, shop) = town(fresh(place));
        let live = city.live();
        seal(&live);
        for round in 0..40 {
            pay(&live, people[round % people.len()], shop, &format!("a-{round}"));
        }
        let last = wait_sealed(&live.city);
        for (sql, no) in [
            ("UPDATE postings SET facts = REPLACE(facts, '1200', '1300') WHERE no = 50", 50),
            ("UPDATE entries SET credit_after = credit_after + 1 WHERE posting = 40", 40),
            ("UPDATE postings SET request_key = 'x' WHERE no = 33", 33),
        ] {
            tamper(&live, sql);
            match verified(&live, None) {
                Err(WrongLog::Row(found)) => assert_eq!(found.0, no, "{sql}"),
                other => panic!("{sql}: {other:?}"),
            }
        }
        // The row that was changed is among the last ones sealed: the next start sees it too.
        let Live { city, clock, target, place: _place, folder } = live;
        city.close().unwrap();
        let city = City::open(opening(target, folder.path(), clock, 3)).unwrap();
        let refused = city.seal(&folder.path().join("seal"), secret(), ORIGIN);
        assert!(matches!(refused, Err(CantSeal::Another(no)) if no.0 == 33), "{refused:?}");
        assert!(last > 50);
        city.close().unwrap();
    });
}

#[test]
fn a_log_ahead_of_its_journal_is_refused() {
    let (city, people, shop) = town(Place::fresh(Engine::Sqlite));
    let live = city.live();
    seal(&live);
    pay(&live, people[0], shop, "before");
    let copy = live.folder.path().join("copy.db");
    store::backup(&live.target, &copy, &mut |_, _| ()).unwrap();
    let lost = pay(&live, people[1], shop, "lost");
    wait_sealed(&live.city);
    let Live { city, clock, folder, place: _place, .. } = live;
    city.close().unwrap();
    let restored = City::open(opening(store::Target::Sqlite(copy), folder.path(), clock, 3)).unwrap();
    let refused = restored.seal(&folder.path().join("seal"), secret(), ORIGIN).unwrap_err();
    match &refused {
        CantSeal::Ahead { sealed, journal, .. } => assert_eq!((*sealed, *journal), (lost.0, lost.0 - 1)),
        other => panic!("{other:?}"),
    }
    assert!(refused.to_string().contains("seal_origin"));
    // The restored city goes another way: what stands at the sealed number is another payment.
    let pay =
        Command::Pay { card: CardRef::Id(people[2].1), merchant: shop, amount: 700, pin: None, order: None };
    restored.ask_waiting(request(Role::Citizen(people[2].0), "other", &pay), pay).unwrap();
    let refused = restored.seal(&folder.path().join("seal"), secret(), ORIGIN).unwrap_err();
    assert!(matches!(refused, CantSeal::Another(no) if no == lost), "{refused:?}");
    // Another secret doesn't find its own signature; another folder begins anew, under another name.
    assert!(matches!(
        restored.seal(&folder.path().join("seal"), Secret::new([1; 32]), ORIGIN),
        Err(CantSeal::Damage(_))
    ));
    restored.seal(&folder.path().join("seal-2"), secret(), "card.example.kr/log-2").unwrap();
    wait_sealed(&restored);
    assert_eq!(restored.sealing().unwrap().signed().unwrap().origin, "card.example.kr/log-2");
    restored.close().unwrap();
}

#[test]
fn a_receipt_is_made_of_what_was_sealed() {
    let (city, people, shop) = town(Place::fresh(Engine::Sqlite));
    let live = city.live();
    seal(&live);
    let no = pay(&live, people[0], shop, "paid");
    wait_sealed(&live.city);
    let sealing = live.city.sealing().unwrap();
    let row = live.city.readers.read(|snapshot| snapshot.posting(no)).unwrap().unwrap();
    let receipt = sealing.receipt(&row, |part| part == "facts.merchant").unwrap().unwrap();
    let checked = receipt.check(&Trust::Key(sealing.key())).unwrap();
    assert_eq!((checked.posting, checked.head("amount")), (no.0, Some(1_200.into())));
    assert_eq!(checked.part("facts.merchant"), Some(format!("\"{shop}\"").as_str()));
    assert_eq!(checked.part("facts.balance"), None);
    let mut later = row.clone();
    later.0.no.0 += 1_000;
    assert!(sealing.receipt(&later, |_| true).unwrap().is_none(), "what isn't sealed has none");
    live.close();
}

#[test]
fn each_night_is_stated_and_each_holder_is_in_it() {
    on_each_engine(|place| {
        let (city, people, shop) = town(fresh(place));
        let live = city.live();
        seal(&live);
        let mut keeper = Keeper::of_demo(&live.city);
        assert_eq!(keeper.look(&live.city).broken, None);
        let sealing = live.city.sealing().unwrap().clone();
        assert_eq!(sealing.stated(), [date(2021, 2, 23)]);
        pay(&live, people[0], shop, "paid");
        assert_eq!(keeper.look(&live.city).broken, None);
        assert_eq!(sealing.stated().len(), 1, "one a day");
        // A jump over days makes the one of the day it lands on.
        for day in 26..=28 {
            let zone = live.city.shared.read().town.zone.clone();
            live.clock.set(zone.instant(date(2021, 2, day), 0, 1));
            assert_eq!(keeper.look(&live.city).broken, None);
        }
        assert_eq!(sealing.stated(), [28, 27, 26, 23].map(|day| date(2021, 2, day)));
        let statement = sealing.statement(date(2021, 2, 28)).unwrap().unwrap();
        statement.consistent().unwrap();
        let owed = statement.owed();
        let (backing, owing) = {
            let view = live.city.shared.read();
            city::verify::float(view.books.iter().map(|(_, account, state)| (account, state.balance)))
        };
        assert_eq!((statement.backing(), owed), (backing, owing));
        for (person, _) in &people[..3] {
            let proof = sealing.prove_sum(&person.to_string()).unwrap().unwrap();
            assert_eq!(proof.check(sealing.key()).unwrap(), statement);
            let purses: i64 = {
                let view = live.city.shared.read();
                let own = |account: &ledger::Account| account.key.owner == ledger::Owner::Person(*person);
                let purse = |account: &ledger::Account| account.key.class.0 == economy::Class::Purse as u8;
                let all = view.books.iter().filter(|(_, account, _)| own(account) && purse(account));
                all.map(|(_, _, state)| state.balance).sum()
            };
            assert_eq!(proof.won.cast_signed(), purses);
        }
        let shop_owed = sealing.prove_sum(&shop.to_string()).unwrap();
        assert!(shop_owed.is_none_or(|proof| proof.check(sealing.key()).is_ok()));
        assert!(sealing.prove_sum(&PersonId(12_345).to_string()).unwrap().is_none());
        let again = |statement: &seal::Statement| {
            let mut outcome = Ok(());
            Readers::open(&live.target, 1)
                .unwrap()
                .read(|snapshot| {
                    outcome = recompute(snapshot, statement, &secret(), live.folder.path(), &mut |_| ());
                    Ok(())
                })
                .unwrap();
            outcome.map_err(|error| error.to_string())
        };
        assert_eq!(again(&statement), Ok(()));
        let mut untrue = statement.clone();
        untrue.owes[0].won -= 1;
        assert!(again(&untrue).unwrap_err().contains("sum of a class"));
        let mut untrue = statement;
        untrue.sums.hash = seal::Hash::leaf(b"x");
        assert!(again(&untrue).unwrap_err().contains("tree of sums"));
        drop(sealing);
        live.close();
    });
}

#[test]
fn a_city_that_is_not_sealed_states_nothing() {
    let (city, ..) = town(Place::fresh(Engine::Sqlite));
    let live = city.live();
    assert_eq!(Keeper::of_demo(&live.city).look(&live.city).broken, None);
    assert!(live.city.sealing().is_none());
    live.close();
}
