//! Signed sheets that were scanned in: kept sealed, bound to what they prove, sealed anew, and let go: on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::sync::Arc;

use base::{Actor, Area, Client, PersonId, RecordId, Role, Seeded};
use city::read::people::Register;
use city::reseal::ResealFrom;
use city::{Command, NewPerson, OnPapers, OnPeople, Reply, Scan};
use common::{TestCity, facts, masters, refusal};
use economy::Facts;
use pen::{Failure, Request};
use people::consent::Giver;
use people::paper::Media;
use people::{File, paper};
use store::Readers;
use testkit::{Engine, Place, on_each_engine};
use vault::{DataKey, Use};

/// A sheet, with something in it that is looked for in a dump.
fn sheet(text: &str) -> Scan {
    let text = format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\ntrailer\n<<>>\n%%EOF\n");
    Scan(Arc::new(text.into_bytes()))
}

fn enrol(city: &mut TestCity, name: &str, district: Option<&str>) -> PersonId {
    let district = district.map(str::to_owned);
    let wish = NewPerson { name: name.into(), phone: None, birth_day: Some(-9_000), district, card: None };
    match facts(city.ask(Role::System, Command::Enrol(wish))) {
        Facts::Person { person, .. } => person,
        other => panic!("{other:?}"),
    }
}

fn ask(city: &mut TestCity, command: OnPapers) -> Result<Reply, Failure> {
    city.ask(Role::Clerk, Command::OnPapers(command))
}

fn record(reply: Result<Reply, Failure>) -> RecordId {
    match facts(reply) {
        Facts::Record { record, .. } => record,
        other => panic!("{other:?}"),
    }
}

fn consent(city: &mut TestCity, person: PersonId) -> RecordId {
    record(city.ask(
        Role::Clerk,
        Command::OnPeople(OnPeople::GiveConsent {
            person,
            purpose: "care".into(),
            from: None,
            until: None,
            paper: Some("2021-17".into()),
            by: Giver::Own,
            seen_grown: false,
        }),
    ))
}

fn read<T>(city: &TestCity, work: impl FnOnce(&mut Register<'_, '_>) -> Result<T, store::Error>) -> T {
    let vault = Arc::clone(&city.pen.shared().read().town.vault);
    let readers = Readers::open(&city.target, 1).unwrap();
    readers.read(|snapshot| work(&mut Register::new(snapshot, &vault))).unwrap()
}

fn file(city: &TestCity, person: PersonId) -> File {
    read(city, |register| register.file(person))
}

fn dump(place: &Place) -> Vec<u8> {
    match place.engine() {
        Engine::Sqlite => {
            let file = std::path::PathBuf::from(place.location());
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
            bytes
        }
        Engine::Postgres => testkit::dump(&place.location()),
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text, &hex].iter().any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn a_sheet_is_kept_with_what_it_proves_and_a_wrong_one_goes() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let me = enrol(&mut city, "김순자", Some("4511153000"));
        let other = enrol(&mut city, "이복순", Some("4511160500"));
        let (mine, theirs) = (consent(&mut city, me), consent(&mut city, other));
        let keep = |person, of, scan: &Scan| OnPapers::Keep { person, of, scan: scan.clone() };
        let good = sheet("signed-by-hand");
        let active = Scan(Arc::new(b"%PDF-1.4\n<< /OpenAction 1 0 R >>\n%%EOF".to_vec()));
        let html = Scan(Arc::new(b"<html>".to_vec()));
        let large = Scan(Arc::new(vec![0; paper::LARGEST + 1]));
        for (command, code) in [
            (keep(me, Some(theirs), &good), "paper.of-unknown"),
            (keep(me, Some(RecordId(4)), &good), "paper.of-unknown"),
            (keep(PersonId(4), None, &good), "person.unknown"),
            (keep(me, None, &active), "paper.active"),
            (keep(me, None, &html), "paper.kind"),
            (keep(me, None, &large), "paper.large"),
            (keep(me, None, &Scan(Arc::default())), "paper.empty"),
        ] {
            assert_eq!(refusal(ask(&mut city, command.clone())), code, "{command:?}");
        }
        for role in [Role::Citizen(me), Role::Officer, Role::Auditor] {
            let command = Command::OnPapers(keep(me, None, &good));
            assert_eq!(refusal(city.ask(role, command)), "role.needed");
        }
        // A clerk of another neighbourhood.
        let area = city.pen.shared().read().town.directory.holder(other).unwrap().person.district.unwrap();
        let command = Command::OnPapers(keep(me, None, &good));
        let actor = Actor { area: Area::District(area), ..Actor::new(Role::Clerk, Client(7)) };
        let request = Request { actor, key: "away".into(), input_hash: command.input_hash() };
        assert_eq!(refusal(city.ask_all(vec![(request, command)]).pop().unwrap()), "person.unknown");
        assert!(file(&city, me).papers.is_empty(), "what is refused is not kept");

        // One key, one sheet: sent twice it is kept once.
        let wish = Command::OnPapers(keep(me, Some(mine), &good));
        let paper = record(city.ask_as(Role::Clerk, "once", wish.clone()));
        assert_eq!(record(city.ask_as(Role::Clerk, "once", wish)), paper);
        let another = Command::OnPapers(keep(me, Some(mine), &sheet("another")));
        assert_eq!(refusal(city.ask_as(Role::Clerk, "once", another)), "key.reused");
        let kept = file(&city, me).papers;
        assert_eq!(
            (kept.len(), kept[0].what.paper.of, kept[0].what.paper.media),
            (1, Some(mine), Media::Pdf)
        );
        let (scan, seen) = read(&city, |register| {
            let scan = register.scan(paper)?;
            let file = register.file(me)?;
            Ok((scan, file.records))
        });
        assert_eq!(scan.as_ref(), Some(&*good.0));
        assert!(seen.contains(&me));
        let bytes = dump(&city.place);
        assert!(holds(&bytes, &paper.to_string()) && !holds(&bytes, "signed-by-hand"));

        let drop = |why: &str, paper| OnPapers::Drop { person: me, paper, why: why.into() };
        for (command, code) in [
            (drop("확인", paper), "reason.short"),
            (drop("다른 분의 종이였어요", RecordId(4)), "paper.unknown"),
        ] {
            assert_eq!(refusal(ask(&mut city, command)), code);
        }
        record(ask(&mut city, drop("다른 분의 종이였어요", paper)));
        assert_eq!(refusal(ask(&mut city, drop("다른 분의 종이였어요", paper))), "paper.struck");
        assert_eq!(read(&city, |register| register.scan(paper)), None);
        assert!(file(&city, me).papers[0].what.struck.is_some(), "that it was there stays");
        let city = city.again(9);
        assert_eq!(file(&city, me).papers.len(), 1);
    });
}

#[test]
fn sheets_are_sealed_anew_and_let_go_with_the_names() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        let me = enrol(&mut city, "김순자", None);
        let scans: Vec<Scan> = (0..11).map(|n| sheet(&format!("sheet {n}"))).collect();
        let keep = |scan: &Scan| OnPapers::Keep { person: me, of: None, scan: scan.clone() };
        let papers: Vec<RecordId> = scans.iter().map(|scan| record(ask(&mut city, keep(scan)))).collect();
        let key =
            DataKey::fresh(3, people::naming::GENERAL, Use::Seal, &masters(), &mut Seeded::new(9)).unwrap();
        facts(city.ask(Role::System, Command::AddKey { key }));
        let (mut from, mut resealed) = (ResealFrom::default(), 0);
        loop {
            let asked = city.ask(Role::System, Command::Reseal { from, at_most: 16 }).unwrap();
            let Reply::Resealed { done, broken, next } = asked else { panic!("a part answers as one") };
            assert!(broken.is_empty() && done <= 16, "{broken:?}");
            resealed += done;
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        // A person, eleven documents, eleven scans.
        assert_eq!(resealed, 23);
        let readers = Readers::open(&city.target, 1).unwrap();
        for (paper, scan) in papers.iter().zip(&scans) {
            let row = readers.read(|snapshot| people::store::scan(snapshot, *paper)).unwrap().unwrap();
            assert_eq!(vault::Sealed(row.sealed).key_no(), Ok(3));
            assert_eq!(read(&city, |register| register.scan(*paper)).as_ref(), Some(&*scan.0));
        }
        // Five years after they left, what they signed goes with their names.
        city.on(2026, 2, 24);
        let let_go = |dry| Command::LetGo { from: 0, at_most: 256, dry };
        assert_eq!(city.ask(Role::System, let_go(true)).unwrap(), Reply::Batch { done: 1, next: None });
        assert!(read(&city, |register| register.scan(papers[0])).is_some(), "dry changes nothing");
        assert_eq!(city.ask(Role::System, let_go(false)).unwrap(), Reply::Batch { done: 1, next: None });
        assert!(papers.iter().all(|paper| read(&city, |register| register.scan(*paper)).is_none()));
    });
}
