//! Closing periods, and auditing them from their packs alone.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs;
use std::path::{Path, PathBuf};

use base::{Date, PostingNo, Role, date};
use city::sealing::Sealing;
use city::sealing::closing::{CantClose, Closing, Period, close, closings, hash_of};
use city::sealing::pack::{NotAudited, Source, audit, disposable, dispose, export};
use city::{CardRef, Command};
use common::{TestCity, facts, posting};
use seal::{Secret, VerifierKey};
use store::Readers;
use testkit::{Place, TempDir, on_each_engine};

fn secret() -> Secret {
    Secret::new([0x5e; 32])
}

struct Sealed {
    /// Keeps its database.
    _city: TestCity,
    folder: PathBuf,
    key: VerifierKey,
    readers: Readers,
    archive: TempDir,
}

/// February and March: top-ups, payments, a refund in March of what was paid in February, a reservation taken in March,
/// payouts.
fn town(place: Place) -> Sealed {
    let mut city = TestCity::new(place);
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 10_000_000);
    let people = city.people(8, 90_000);
    city.on(2021, 2, 24);
    let paid: Vec<PostingNo> =
        people.iter().map(|who| posting(&city.pay(*who, shop, 12_000 + who.0.0.cast_signed() % 7))).collect();
    let (person, card) = people[2];
    let card = CardRef::Id(card);
    let hold = Command::Authorise { card, merchant: shop, amount: 20_000, pin: None };
    city.on(2021, 2, 28);
    let held = posting(&city.ask(Role::Citizen(person), hold));
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment: paid[0], amount: Some(5_000) }));
    city.on(2021, 3, 2);
    facts(city.ask(Role::Merchant(shop), Command::Capture { authorisation: held, amount: Some(15_000) }));
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment: paid[1], amount: Some(3_000) }));
    city.ask(Role::System, Command::Settle { from: 0, at_most: 10 }).unwrap();
    city.on(2021, 3, 20);
    facts(city.pay(people[4], shop, 9_900));
    let folder = city.folder.path().join("seal");
    let readers = Readers::open(&city.target, 1).unwrap();
    let sealing = Sealing::open(&folder, secret(), "card.example.kr/log", readers.clone()).unwrap();
    let (shared, now) = (city.pen.shared(), city.now());
    assert!(sealing.state(&shared, date(2021, 3, 20), now).unwrap());
    city.on(2021, 4, 2);
    facts(city.pay(people[5], shop, 100));
    let last = city.pen.shared().read().books.last_posting();
    sealing.catch_up(last).unwrap();
    let key = sealing.key().clone();
    Sealed { _city: city, folder, key, readers, archive: TempDir::new() }
}

impl Sealed {
    fn close(&self, until: Date, dry: bool) -> Result<Closing, CantClose> {
        let period = Period { until, today: date(2021, 4, 3) };
        let mut closed = None;
        self.readers
            .read(|snapshot| {
                closed = Some(close(snapshot, &self.folder, &secret(), &self.key, period, dry, &mut |_| ()));
                Ok(())
            })
            .unwrap();
        closed.unwrap()
    }

    fn export(&self, at: usize) -> PathBuf {
        let all = closings(&self.folder, &self.key).unwrap();
        let (closing, note) = &all[at];
        let to = self.archive.path().join(closing.until.to_string());
        let salts = secret().salts();
        let source =
            Source { folder: &self.folder, key: &self.key, salts: &salts, city: "전주", bank: None };
        let before = at.checked_sub(1).map(|before| &all[before]);
        self.readers
            .read(|snapshot| {
                export(snapshot, source, (closing, note), before, &to, &mut |_| ())
                    .map_err(store::Error::other)
            })
            .unwrap();
        to
    }

    fn audit(&self, folder: &Path) -> Result<city::sealing::pack::Audited, NotAudited> {
        audit(folder, &self.key, &mut |_| ())
    }
}

/// Changes a file of a pack, and its line in the manifest with it: somebody who covers their tracks.
fn forge(folder: &Path, name: &str, from: &str, to: &str) {
    use sha2::{Digest, Sha256};
    let path = folder.join(name);
    let old = fs::read_to_string(&path).unwrap();
    assert!(old.contains(from), "{name} has no {from}");
    let new = old.replacen(from, to, 1);
    fs::write(&path, &new).unwrap();
    let hash = |text: &str| seal::hex(&Sha256::digest(text));
    let manifest = folder.join("manifest.json");
    let listed = fs::read_to_string(&manifest).unwrap();
    let listed = listed.replace(&hash(&old), &hash(&new));
    let listed = listed.replace(&format!("\"bytes\": {},", old.len()), &format!("\"bytes\": {},", new.len()));
    fs::write(&manifest, listed).unwrap();
}

#[test]
fn periods_are_closed_in_order_and_audited_alone() {
    on_each_engine(|place| {
        let town = town(Place::fresh(place.engine()));
        assert!(matches!(town.close(date(2021, 4, 3), false), Err(CantClose::NotOver(_))));
        let dry = town.close(date(2021, 2, 28), true).unwrap();
        assert!(closings(&town.folder, &town.key).unwrap().is_empty(), "a dry run signs nothing");
        let february = town.close(date(2021, 2, 28), false).unwrap();
        assert_eq!(dry, february);
        assert!(matches!(town.close(date(2021, 2, 28), false), Err(CantClose::Closed(_))));
        let march = town.close(date(2021, 3, 31), false).unwrap();
        assert_eq!((march.from, march.first), (date(2021, 3, 1), february.last + 1));
        let [(_, first), (kept, _)] = &closings(&town.folder, &town.key).unwrap()[..] else { panic!() };
        assert_eq!((kept, hash_of(first).as_str()), (&march, march.before.as_str()));

        let audited = town.audit(&town.export(0)).unwrap();
        assert_eq!((audited.postings, audited.payments), (february.last, 8));
        // A vote, eight top-ups and payments, a reservation and a refund: all there is.
        assert_eq!((audited.decided, audited.banked), (19, None));
        assert_eq!((audited.postings, audited.undecided), (19, Vec::new()));
        // March refers to February: what was paid then comes with its proof.
        let folder = town.export(1);
        let audited = town.audit(&folder).unwrap();
        assert_eq!((audited.postings, audited.payments), (march.last - february.last, 2));
        // A capture, a refund, a payout and a payment.
        assert_eq!(audited.decided, 4);
        assert_eq!((audited.closing.owed, audited.statements), (audited.closing.backing, 1));
        assert_eq!(fs::read_to_string(folder.join("earlier.jsonl")).unwrap().lines().count(), 2);
        let other = Secret::new([1; 32]).signer("card.example.kr/log").unwrap().verifier();
        assert!(matches!(audit(&folder, &other, &mut |_| ()), Err(NotAudited::Note(..))));
    });
}

#[test]
fn what_was_forged_is_named() {
    let town = town(Place::fresh(testkit::Engine::Sqlite));
    town.close(date(2021, 2, 28), false).unwrap();
    town.close(date(2021, 3, 31), false).unwrap();
    let folder = town.export(1);
    let forged = |name: &str, from: &str, to: &str| {
        let copy = TempDir::new();
        for file in fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        fs::create_dir(copy.path().join("float")).unwrap();
        let note = "float/2021-03-20.note";
        fs::copy(folder.join(note), copy.path().join(note)).unwrap();
        forge(copy.path(), name, from, to);
        town.audit(copy.path()).unwrap_err()
    };
    let clean = fs::read_to_string(folder.join("journal.jsonl")).unwrap();
    fs::write(folder.join("journal.jsonl"), clean.replacen("9900", "9800", 1)).unwrap();
    assert!(matches!(town.audit(&folder), Err(NotAudited::File(name)) if name == "journal.jsonl"));
    fs::write(folder.join("journal.jsonl"), &clean).unwrap();
    town.audit(&folder).unwrap();

    assert!(matches!(
        forged("journal.jsonl", "\"kind\":\"pay\"", "\"kind\":\"paid\""),
        NotAudited::Posting(..)
    ));
    assert!(matches!(
        forged("before.jsonl", "00,", "01,"),
        NotAudited::Closing(_) | NotAudited::Difference(_)
    ));
    assert!(matches!(forged("closing.note", "owed ", "owed 1"), NotAudited::Note(..)));
    assert!(matches!(forged("float/2021-03-20.note", "owed ", "owed 1"), NotAudited::Statement(_)));
    assert!(matches!(
        forged("earlier.jsonl", "\"kind\":\"pay\"", "\"kind\":\"paid\""),
        NotAudited::Posting(..)
    ));
    assert!(matches!(forged("packs.jsonl", "10%", "20%"), NotAudited::Pack(_)));
    assert!(matches!(
        forged("checkpoint.note", "card.example.kr/log\n", "card.example.kr/lag\n"),
        NotAudited::Note(..)
    ));
}

#[test]
fn a_pack_whose_time_is_over_goes_and_its_closing_stays() {
    let town = town(Place::fresh(testkit::Engine::Sqlite));
    town.close(date(2021, 2, 28), false).unwrap();
    town.close(date(2021, 3, 31), false).unwrap();
    let february = town.export(0);
    let archive = town.archive.path();
    let over = date(2026, 4, 1);
    assert!(disposable(archive, &town.key, over, 5).unwrap().is_empty(), "nothing goes on from it yet");
    let march = town.export(1);
    assert!(disposable(archive, &town.key, date(2026, 2, 27), 5).unwrap().is_empty(), "its time is not over");
    let packs = disposable(archive, &town.key, over, 5).unwrap();
    assert_eq!(packs.iter().map(|pack| &pack.folder).collect::<Vec<_>>(), [&february]);
    dispose(&packs[0]).unwrap();
    let left: Vec<_> = fs::read_dir(&february).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["closing.note"]);
    // Verification starts from there.
    town.audit(&march).unwrap();
    assert!(disposable(archive, &town.key, over, 5).unwrap().is_empty());
}
