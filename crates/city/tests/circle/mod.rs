//! A town whose money goes the whole circle, and a city that lies about it before it seals.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use bank::camt053::{self, Line, Message, Statement};
use base::{CardId, Instant, MerchantId, PersonId, PostingNo, Role, date};
use city::payouts::answer::import;
use city::payouts::end_to_end;
use city::sealing::Sealing;
use city::sealing::closing::{Period, close, closings};
use city::sealing::pack::{Audited, NotAudited, Opened, Source, audit, export};
use city::{CardRef, Command, NewJob, OnCoupons, OnGiving, OnPayouts, OnPrepay, Recipients};
use ledger::{EntryRow, Side};
use seal::{Secret, VerifierKey};
use sha2::{Digest, Sha256};
use store::Readers;
use testkit::{Place, TempDir};

use crate::common::{TestCity, facts, posting, spending};

pub fn secret() -> Secret {
    Secret::new([0x5e; 32])
}

/// Postings that a test lies about.
pub struct Told {
    pub city: TestCity,
    /// A payment half of whose cashback was given.
    pub gift: PostingNo,
    /// A payment that a coupon paid in part.
    pub coupon: PostingNo,
    /// Where it was spent.
    pub market: MerchantId,
    /// A coupon that was given.
    pub given: PostingNo,
    /// A payment with a sale's discount.
    pub discount: PostingNo,
    /// The first payout.
    pub payout: PostingNo,
}

fn coupons(city: &mut TestCity, role: Role, wish: OnCoupons) -> PostingNo {
    posting(&city.ask(role, Command::OnCoupons(wish)))
}

fn pay(city: &mut TestCity, who: (PersonId, CardId), shop: MerchantId, won: i64) -> PostingNo {
    posting(&city.pay(who, shop, won))
}

/// What shops are owed goes out in a file; the bank pays all but what goes to one of them, whose account it closes.
pub fn settled(city: &mut TestCity, closed: Option<MerchantId>) -> Vec<PostingNo> {
    city.ask(Role::Officer, Command::Settle { from: 0, at_most: 50 }).unwrap();
    let open: Vec<(PostingNo, i64, bool)> = {
        let shared = city.pen.shared();
        let view = shared.read();
        let open = view.town.payouts.open.iter();
        let is_closed = |payee| closed.is_some_and(|shop| payee == city::Payee::Shop(shop));
        open.map(|(no, one)| (*no, one.amount, is_closed(one.payee))).collect()
    };
    facts(city.ask(Role::Officer, Command::OnPayouts(OnPayouts::Send { upto: None })));
    let mut lines = Vec::new();
    for (no, amount, closed) in &open {
        let line = Line {
            amount: *amount,
            credit: false,
            booked: true,
            day: date(2021, 3, 12),
            reference: Some(format!("R{no}")),
            end_to_end: Some(end_to_end(*no)),
            returned: None,
            party: Some("받는 사람".into()),
            text: None,
        };
        lines.push(line.clone());
        if *closed {
            let reference = Some(format!("R{no}-back"));
            lines.push(Line { credit: true, returned: Some("AC04".into()), reference, ..line });
        }
    }
    let id = format!("S{}", open[0].0);
    let account = "1013012021001".to_owned();
    let mut one = Statement { id: id.clone(), account, opened: Some(9_000_000), closed: None, lines };
    one.closed = Some(9_000_000 + one.moved());
    let text = camt053::write(&Message { id, statements: vec![one] }, Instant(0));
    let trust = city.pen.shared().read().town.pack.settlement.trust.clone();
    let readers = Readers::open(&city.target, 1).unwrap();
    let ask = &mut |key: String, command| city.ask_as(Role::Officer, &key, command);
    let taken = import(text.as_bytes(), trust.as_ref(), &readers, ask).unwrap();
    assert_eq!((taken.matched + taken.known, taken.open), (lines_of(&open), 0));
    open.into_iter().map(|(no, ..)| no).collect()
}

fn lines_of(open: &[(PostingNo, i64, bool)]) -> u64 {
    open.iter().map(|(.., closed)| if *closed { 2 } else { 1 }).sum()
}

/// March: a coupon given, claimed, and given to many; spent in part; a sale's discount; a standing gift, and one once;
/// a prepayment, advanced and used; payouts, one of which comes back. April: refunds of March, a shop that gives nothing, a
/// coupon past its day, gifts passed on and spent, a claim returned.
pub fn town(place: Place) -> Told {
    let mut city = TestCity::new(place);
    city.on(2021, 3, 8);
    for (budget, won) in [
        ("cashback-2021", 10_000_000),
        ("market-coupon-2021", 1_000_000),
        ("joint-sale-2021", 1_000_000),
        ("relief-2021", 1_000_000),
        ("gift-cover", 100_000),
        ("guarantee-prepay-2021", 1_000_000),
    ] {
        city.vote(budget, won);
    }
    let people = city.people(4, 400_000);
    let (giver, shopper, buyer) = (people[0], people[1], people[2]);
    let market = city.shop("123-45-67891", "market-food");
    let grocer = city.shop("220-81-62517", "supermarket");
    let kitchen = city.shop("124-81-00998", "restaurant");
    let stand = OnGiving::Stand { person: giver.0, share: 5_000, purpose: 1, named: false };
    facts(city.ask(Role::Citizen(giver.0), Command::OnGiving(stand)));
    pay(&mut city, shopper, kitchen, 30_000);
    let once = OnGiving::Once { person: shopper.0, amount: 1_000, purpose: 0, named: true };
    facts(city.ask(Role::Citizen(shopper.0), Command::OnGiving(once)));
    let gift = pay(&mut city, giver, kitchen, 12_000);

    let give = OnCoupons::Give { coupon: "market-2021".into(), person: giver.0, amount: 20_000 };
    let given = coupons(&mut city, Role::Officer, give);
    let claim = OnCoupons::Claim { release: "market-spring".into(), person: shopper.0 };
    coupons(&mut city, Role::Citizen(shopper.0), claim);
    let rows = people.iter().map(|who| (who.0, 10_000)).collect();
    let to = Recipients::Listed { hash: [7; 32], rows };
    let begin = OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to });
    facts(city.ask(Role::Officer, Command::OnCoupons(begin)));
    let step = OnCoupons::Step { job: 1, from: 0, at_most: 100 };
    city.ask(Role::System, Command::OnCoupons(step)).unwrap();
    let coupon = pay(&mut city, giver, market, 35_000);
    pay(&mut city, shopper, market, 5_000);
    let join = OnCoupons::Join { sale: "joint-2021-03".into(), merchant: grocer, on: true };
    facts(city.ask(Role::Merchant(grocer), Command::OnCoupons(join)));
    let discount = pay(&mut city, people[3], grocer, 23_450);

    facts(city.ask(Role::Merchant(kitchen), Command::OnPrepay(OnPrepay::Offer { merchant: kitchen })));
    let buy = OnPrepay::Buy { person: buyer.0, merchant: kitchen, amount: 150_000 };
    facts(city.ask(Role::Citizen(buyer.0), Command::OnPrepay(buy)));
    city.on(2021, 3, 9);
    let payouts = settled(&mut city, Some(grocer));
    city.on(2021, 3, 10);
    pay(&mut city, buyer, kitchen, 47_000);
    let hold =
        Command::Authorise { card: CardRef::Id(giver.1), merchant: kitchen, amount: 20_000, pin: None };
    city.on(2021, 3, 30);
    let held = posting(&city.ask(Role::Citizen(giver.0), hold));

    city.on(2021, 4, 1);
    let capture = Command::Capture { authorisation: held, amount: Some(15_000) };
    facts(city.ask(Role::Merchant(kitchen), capture));
    facts(city.ask(Role::Merchant(kitchen), Command::Refund { payment: gift, amount: Some(6_000) }));
    facts(city.ask(Role::Merchant(grocer), Command::Refund { payment: discount, amount: Some(10_000) }));
    posting(&city.ask(Role::Officer, Command::OnGiving(OnGiving::Pass)));
    posting(&city.ask(Role::System, Command::OnGiving(spending(1, 500))));
    facts(city.ask(Role::Merchant(market), Command::Refund { payment: coupon, amount: Some(30_000) }));
    city.account(city::Payee::Shop(grocer));
    settled(&mut city, None);
    city.on(2021, 4, 20);
    let mut from = Some(0);
    while let Some(next) = from {
        let reply = city.ask(Role::System, Command::Expire { from: next, at_most: 256 }).unwrap();
        let city::Reply::Batch { next, .. } = reply else { panic!("{reply:?}") };
        from = next;
    }
    let claim = city.pen.shared().read().town.claims.all().next().map(|claim| claim.no).unwrap();
    let back = OnPrepay::Return { claim };
    facts(city.ask(Role::Merchant(kitchen), Command::OnPrepay(back)));
    city.on(2021, 5, 2);
    pay(&mut city, shopper, kitchen, 100);
    Told { city, gift, coupon, market, given, discount, payout: payouts[0] }
}

/// A town that was sealed, closed and exported.
pub struct Packed {
    pub key: VerifierKey,
    pub packs: Vec<PathBuf>,
    /// Keeps the folders.
    _archive: TempDir,
}

/// Seals what stands in the database now, closes March and April, and exports both.
pub fn packed(told: &Told) -> Packed {
    packed_to(&told.city, &[date(2021, 3, 31), date(2021, 4, 30)])
}

/// The same of March alone.
pub fn march(told: &Told) -> Packed {
    packed_to(&told.city, &[date(2021, 3, 31)])
}

/// The same of any city, by the ends of its periods.
pub fn packed_to(city: &TestCity, ends: &[base::Date]) -> Packed {
    let folder = city.folder.path().join("seal");
    let readers = Readers::open(&city.target, 1).unwrap();
    let sealing = Sealing::open(&folder, secret(), "card.example.kr/log", readers.clone()).unwrap();
    sealing.catch_up(city.pen.shared().read().books.last_posting()).unwrap();
    let (key, salts, archive) = (sealing.key().clone(), secret().salts(), TempDir::new());
    let (vault, pack) = {
        let shared = city.pen.shared();
        let view = shared.read();
        (view.town.vault.clone(), view.town.pack.clone())
    };
    for until in ends {
        let period = Period { until: *until, today: city.zone.date(city.now()) };
        readers
            .read(|snapshot| {
                close(snapshot, &folder, &secret(), &key, period, false, &mut |_| ())
                    .map_err(store::Error::other)
            })
            .unwrap();
    }
    let all = closings(&folder, &key).unwrap();
    let mut packs = Vec::new();
    for (at, (closing, note)) in all.iter().enumerate() {
        let to = archive.path().join(closing.until.to_string());
        let bank = Some(Opened { vault: &vault, pack: &pack });
        let source = Source { folder: &folder, key: &key, salts: &salts, city: "전주", bank };
        let before = at.checked_sub(1).map(|before| &all[before]);
        readers
            .read(|snapshot| {
                export(snapshot, source, (closing, note), before, &to, &mut |_| ())
                    .map_err(store::Error::other)
            })
            .unwrap();
        packs.push(to);
    }
    Packed { key, packs, _archive: archive }
}

impl Packed {
    pub fn audit(&self, at: usize) -> Result<Audited, NotAudited> {
        audit(&self.packs[at], &self.key, &mut |_| ())
    }

    /// A copy of the first pack, for a test to spoil.
    pub fn copy(&self) -> (TempDir, PathBuf) {
        self.copy_of(0)
    }

    /// The same of another.
    pub fn copy_of(&self, at: usize) -> (TempDir, PathBuf) {
        let copy = TempDir::new();
        let to = copy.path().join("pack");
        copied(&self.packs[at], &to);
        (copy, to)
    }

    pub fn audit_of(&self, folder: &Path) -> NotAudited {
        audit(folder, &self.key, &mut |_| ()).unwrap_err()
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(file.file_name());
        if file.path().is_dir() {
            copied(&file.path(), &to);
        } else {
            fs::copy(file.path(), to).unwrap();
        }
    }
}

/// The only file of a folder whose text has something in it, by its name within the pack.
pub fn file_with(folder: &Path, within: &str, text: &str) -> String {
    let files = fs::read_dir(folder.join(within)).unwrap().map(|file| file.unwrap());
    let mut named = files.filter(|file| fs::read_to_string(file.path()).unwrap().contains(text));
    let name = named.next().unwrap().file_name().to_string_lossy().into_owned();
    assert!(named.next().is_none(), "{text} stands in several files of {within}");
    format!("{within}/{name}")
}

/// Changes every such text in a file, and the manifest with it: somebody who covers their tracks.
pub fn changed(folder: &Path, name: &str, from: &str, to: &str) {
    let old = fs::read(folder.join(name)).unwrap();
    let text = String::from_utf8(old.clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    let new = text.replace(from, to).into_bytes();
    fs::write(folder.join(name), &new).unwrap();
    listed(folder, &|file: &mut serde_json::Value| {
        if file["name"] == *name {
            file["bytes"] = new.len().into();
            file["sha256"] = seal::hex(&Sha256::digest(&new)).into();
        }
        true
    });
}

/// Takes a file out, and out of the manifest.
pub fn dropped(folder: &Path, name: &str) {
    fs::remove_file(folder.join(name)).unwrap();
    listed(folder, &|file: &mut serde_json::Value| file["name"] != *name);
}

fn listed(folder: &Path, keep: &dyn Fn(&mut serde_json::Value) -> bool) {
    let path = folder.join("manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["files"].as_array_mut().unwrap().retain_mut(|file| keep(file));
    fs::write(path, serde_json::to_vec_pretty(&manifest).unwrap()).unwrap();
}

/// Changes the database behind everybody's back.
pub fn behind(city: &TestCity, sql: &str) {
    match &city.place {
        Place::Sqlite { file, .. } => {
            let db = rusqlite::Connection::open(file).unwrap();
            assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        }
        Place::Postgres(database) => {
            database.psql(sql);
        }
    }
}

/// The journal's entries in order, each with its posting.
pub fn entries(city: &TestCity) -> Vec<EntryRow> {
    let mut all = Vec::new();
    Readers::open(&city.target, 1)
        .unwrap()
        .read(|snapshot| {
            snapshot.for_each_posting(PostingNo(1), None, &mut |_, entries| {
                all.extend(entries.iter().cloned());
                Ok(())
            })
        })
        .unwrap();
    all
}

/// After entries were changed: every balance and link that follows is made to fit, so that only the rules can tell.
pub fn made_to_fit(city: &TestCity) {
    let mut accounts = Vec::new();
    let readers = Readers::open(&city.target, 1).unwrap();
    readers
        .read(|snapshot| {
            snapshot.for_each_account(ledger::AccountNo(0), &mut |row| {
                accounts.push(row.account);
                Ok(())
            })
        })
        .unwrap();
    let mut states = vec![(0i64, 0u64); accounts.len()];
    for entry in entries(city) {
        let up = |grows: bool| if grows { entry.amount } else { -entry.amount };
        let (debit, credit) = (entry.debit.0 as usize, entry.credit.0 as usize);
        let before = (states[debit].1, states[credit].1);
        states[debit] = (states[debit].0 + up(accounts[debit].side == Side::Debit), entry.no.0);
        states[credit] = (states[credit].0 + up(accounts[credit].side == Side::Credit), entry.no.0);
        let after = (states[debit].0, states[credit].0);
        let fits = (entry.debit_after, entry.credit_after) == after
            && (entry.debit_previous.0, entry.credit_previous.0) == before;
        if !fits {
            behind(
                city,
                &format!(
                    "UPDATE entries SET debit_after = {}, credit_after = {}, debit_previous = {}, \
                     credit_previous = {} WHERE no = {}",
                    after.0, after.1, before.0, before.1, entry.no.0
                ),
            );
        }
    }
}

/// The number of an account.
pub fn account(city: &TestCity, account: &ledger::Account) -> u32 {
    city.pen.shared().read().books.find(&account.key).unwrap().0
}
