//! What must hold, whatever happened: what was answered is there and is answered alike, nothing is there twice,
//! nothing half, and the books are right.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use base::PostingNo;
use store::Readers;

use super::http::{Answer, Ask, Line};
use super::load::{Kind, Told};
use super::server::ongoeul;
use super::town::{CITIZENS, FUNDED, Town};

/// What was proven so far, in how many requests.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Answered at once.
    pub answered: usize,
    /// Not answered, and there.
    pub there: usize,
    /// Not answered, and not there.
    pub absent: usize,
}

/// The journal as far as it was read, and what must be in it.
pub struct Proof {
    last_posting: u64,
    last_request: u64,
    /// The record of each key.
    keys: BTreeMap<String, String>,
    wallets: [i64; CITIZENS],
    pub tally: Tally,
}

impl Proof {
    /// Of a new town.
    pub fn of(town: &Town) -> Proof {
        let mut proof = Proof {
            last_posting: 0,
            last_request: 0,
            keys: BTreeMap::new(),
            wallets: [FUNDED; CITIZENS],
            tally: Tally::default(),
        };
        assert!(proof.read_on(town).is_empty(), "the founding had no keys");
        proof
    }

    /// After a round: the server runs again (or still).
    pub fn check(&mut self, town: &Town, address: SocketAddr, told: &[Told]) {
        self.read_on(town);
        let mut absent = BTreeSet::new();
        for Told { asked, answer } in told {
            match (self.keys.get(&asked.key), answer) {
                (Some(there), Some(answer)) => {
                    assert_eq!(*there, answer.id(), "{asked:?} was answered so, and is there otherwise");
                    self.tally.answered += 1;
                }
                (None, Some(answer)) => panic!("{asked:?} was answered ({answer:?}) and is lost"),
                (Some(_), None) => self.tally.there += 1,
                (None, None) => {
                    self.tally.absent += 1;
                    absent.insert(asked.key.clone());
                }
            }
        }
        let again = ask_again(address, told);
        // Asking again carried out what was not there, and nothing else.
        let new: BTreeSet<String> = self.read_on(town).into_iter().collect();
        assert_eq!(new, absent, "what was carried out when asked again is not what was missing");
        for (Told { asked, answer }, again) in told.iter().zip(&again) {
            assert_eq!(self.keys.get(&asked.key), Some(&again.id()), "{asked:?}: {again:?}");
            if let Some(answer) = answer {
                assert_eq!(answer, again, "{asked:?} is answered otherwise");
            }
            self.wallets[asked.citizen] += change(asked.kind, again);
        }
        self.compare_wallets(town, address);
    }

    /// Reads what the journal has more; the new keys. No key may be there twice, and no posting in part.
    fn read_on(&mut self, town: &Town) -> Vec<String> {
        let readers = Readers::open(&town.target, 1).unwrap();
        let mut found = Vec::new();
        readers
            .read(|snapshot| {
                snapshot.for_each_posting(PostingNo(self.last_posting + 1), None, &mut |row, entries| {
                    assert_eq!(row.no.0, self.last_posting + 1, "a gap in the journal");
                    assert_eq!(usize::from(row.entries), entries.len(), "half a posting: {row:?}");
                    assert!(entries.iter().all(|entry| entry.posting == row.no), "{row:?}: {entries:?}");
                    self.last_posting = row.no.0;
                    found.push((row.request_key, row.no.to_string()));
                    Ok(())
                })?;
                snapshot.for_each_request(self.last_request + 1, &mut |row| {
                    assert_eq!(row.no, self.last_request + 1, "a gap in the requests");
                    self.last_request = row.no;
                    found.push((row.request_key, format!("req_{}", row.no)));
                    Ok(())
                })
            })
            .unwrap();
        found.retain(|(key, _)| !key.is_empty());
        for (key, id) in &found {
            let before = self.keys.insert(key.clone(), id.clone());
            assert_eq!(before, None, "{key} is there twice: again as {id}");
        }
        found.into_iter().map(|(key, _)| key).collect()
    }

    fn compare_wallets(&self, town: &Town, address: SocketAddr) {
        let mut line = Line::to(address);
        for (citizen, expected) in town.citizens.iter().zip(self.wallets) {
            let wallet = line.ask(&Ask::get("/api/v1/wallet", &citizen.token)).unwrap();
            assert_eq!(wallet.json()["total"], expected, "{}: {wallet:?}", citizen.person);
        }
    }
}

/// The same requests with the same keys, all citizens at once; answers in the order of the requests.
pub fn ask_again(address: SocketAddr, told: &[Told]) -> Vec<Answer> {
    std::thread::scope(|scope| {
        // Each citizen's requests are in a row.
        let parts: Vec<_> = told
            .chunk_by(|one, next| one.asked.citizen == next.asked.citizen)
            .map(|part| {
                scope.spawn(move || {
                    let mut line = Line::to(address);
                    let ask = |told: &Told| {
                        let answer = line.ask(&told.asked.ask()).unwrap();
                        assert!(answer.is_good(), "{:?}: {answer:?}", told.asked);
                        answer
                    };
                    part.iter().map(ask).collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

/// Won that an answered request has put on its citizen's wallet.
fn change(kind: Kind, answer: &Answer) -> i64 {
    let json = answer.json();
    let won = |value: &serde_json::Value| value.as_i64().unwrap_or_else(|| panic!("{answer:?}"));
    match kind {
        Kind::Pay => won(&json["cashback"]["reward"]) - won(&json["amount"]),
        Kind::TopUp => won(&json["amount"]) + won(&json["cashback"]["reward"]),
        Kind::Refund => won(&json["amount"]) - won(&json["reward"]),
        Kind::Hold => -won(&json["amount"]),
        Kind::Capture => won(&json["cashback"]["reward"]),
        Kind::Pin => 0,
    }
}

/// `ongoeul verify` finds nothing wrong, nor does `ongoeul verify log`.
pub fn verify(town: &Town) -> String {
    let arguments = town.verify_arguments();
    let output = ongoeul(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("the books are right"), "{said}");
    let sealed = ongoeul(&["verify", "log", "--config", town.config.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&sealed.stdout);
    assert!(sealed.status.success(), "{told}{}", String::from_utf8_lossy(&sealed.stderr));
    assert!(told.contains("every row of the journal is what was sealed"), "{told}");
    said
}
