//! The bank of a demo: it takes a payout file, and answers with a statement as a bank would, in XML.

use bank::camt053::{self, Line, Message, Statement};
use bank::pain001;
use base::{Date, Instant};
use economy::{Class, chart};
use pen::Failure;
use rules::Trust;
use tracing::warn;

use super::answer::{self, CantImport};
use super::{file, posting_of};
use crate::open::City;
use crate::{Command, Reply};

/// One payout in so many goes to an account that was closed meanwhile.
const CLOSED_ONE_IN: u64 = 9_973;

/// The statement of a day on which these payments were carried out. What went to a closed account comes back.
pub fn statement(
    trust: &Trust,
    id: &str,
    day: Date,
    opened: i64,
    payments: impl Iterator<Item = (String, i64)>,
) -> Message {
    let mut lines = Vec::new();
    for (end_to_end, amount) in payments {
        let closed = posting_of(&end_to_end).is_some_and(|no| no.0 % CLOSED_ONE_IN == 3);
        let line = Line {
            amount,
            credit: false,
            booked: true,
            day,
            reference: Some(format!("{id}-{}", lines.len() + 1)),
            end_to_end: Some(end_to_end),
            returned: None,
            party: None,
            text: None,
        };
        lines.push(line.clone());
        if closed {
            let reference = Some(format!("{id}-{}", lines.len() + 1));
            lines.push(Line { credit: true, returned: Some("AC04".to_owned()), reference, ..line });
        }
    }
    let mut statement = Statement {
        id: format!("S{id}"),
        account: trust.account.clone(),
        opened: Some(opened),
        closed: None,
        lines,
    };
    statement.closed = Some(opened + statement.moved());
    Message { id: format!("M{id}"), statements: vec![statement] }
}

/// Answers every payout file that is with the bank. What can't be read or taken in is said, and tried again next time.
pub fn answer_all(
    city: &City,
    now: Instant,
    ask: &mut dyn FnMut(String, Command) -> Result<Reply, Failure>,
) -> Option<Failure> {
    let (pack, vault, directory, files) = {
        let view = city.shared.read();
        let mut files: Vec<u64> = view.town.payouts.open.values().filter_map(|payout| payout.file).collect();
        files.dedup();
        files.sort_unstable();
        files.dedup();
        if files.is_empty() {
            return None;
        }
        let town = &view.town;
        (town.pack.clone(), town.vault.clone(), town.directory.clone(), files)
    };
    let trust = pack.settlement.trust.as_ref()?;
    for no in files {
        let made = city.readers.read(|snapshot| Ok(file::read(snapshot, &vault, &directory, no)));
        let text = match made.map_err(file::CantMake::from).flatten().and_then(|file| file.text(&pack)) {
            Ok(text) => text,
            Err(why) => {
                warn!(file = no, %why, "the payout file can't be made");
                continue;
            }
        };
        let Ok(told) = pain001::read(&text) else { continue };
        let opened = city.shared.read().books.balance_of(&chart::scheme(Class::BankTrust).key);
        let payments = told.payments.into_iter().map(|payment| (payment.end_to_end, payment.amount));
        let message = statement(trust, &told.message, told.day, opened, payments);
        let text = camt053::write(&message, now);
        match answer::import(text.as_bytes(), Some(trust), &city.readers, ask) {
            Ok(_) => {}
            Err(CantImport::Failed(failure)) => return Some(failure),
            Err(why) => warn!(file = no, %why, "the played bank's answer can't be taken in"),
        }
    }
    None
}
