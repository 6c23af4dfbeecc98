//! The payout file of a number: made of its rows, the same whenever it is asked for.

use bank::Account;
use bank::pain001::{self, Initiation, Payment};
use bank::schema::Breach;
use base::date_of_day;
use rules::{Pack, Trust};
use store::{Error, Snapshot};
use vault::{Sealed, Vault};

use super::account::BankAccount;
use super::store::{FILE, FILE_LINES, FileLine, FileRow, payee};
use super::{end_to_end, message};
use crate::{Directory, Payee};

/// Why there is no such file.
#[derive(Debug, thiserror::Error)]
pub enum CantMake {
    /// No file of this number.
    #[error("there is no payout file of this number")]
    Unknown,
    /// The pack says no account to pay from.
    #[error("the pack names no account that payouts go from")]
    NoTrust,
    /// It would break its schema's rules.
    #[error("the payout file breaks its schema: {0}")]
    Breach(#[from] Breach),
    /// What is kept can't be read.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A payout of a file, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The bank knows it by this.
    pub end_to_end: String,
    /// To whom.
    pub payee: Payee,
    /// What they are called, where that is public: a shop's name.
    pub name: Option<String>,
    /// To which account.
    pub account: BankAccount,
    /// Won.
    pub amount: i64,
}

/// A file, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutFile {
    /// Its row.
    pub row: FileRow,
    /// Its payouts.
    pub lines: Vec<Line>,
}

/// Reads a file's payouts and opens their accounts.
pub fn read(
    snapshot: &mut Snapshot<'_>,
    vault: &Vault,
    directory: &Directory,
    no: u64,
) -> Result<PayoutFile, CantMake> {
    let row: Option<FileRow> = snapshot.one(FILE, &[no.into()])?;
    let row = row.ok_or(CantMake::Unknown)?;
    let mut lines = Vec::new();
    snapshot.for_each(FILE_LINES, &[no.into()], &mut |line: FileLine| {
        let account = BankAccount::open(vault, line.account, &Sealed(line.sealed))
            .map_err(|why| Error::Shape(format!("{}: {why}", line.account)))?;
        let payee = payee(&line.payee)?;
        let name = match payee {
            Payee::Shop(shop) => directory.shop(shop).map(|(_, shop)| shop.name.clone()),
            Payee::Person(_) | Payee::Collector => None,
        };
        let (end_to_end, amount) = (end_to_end(line.posting), line.amount);
        lines.push(Line { end_to_end, payee, name, account, amount });
        Ok(())
    })?;
    Ok(PayoutFile { row, lines })
}

impl PayoutFile {
    /// What the bank is told.
    pub fn initiation(&self, pack: &Pack) -> Result<Initiation, CantMake> {
        let trust = pack.settlement.trust.as_ref().ok_or(CantMake::NoTrust)?;
        let text = format!("{} 정산", pack.city.card_name.ko);
        let payments = self.lines.iter().map(|line| Payment {
            end_to_end: line.end_to_end.clone(),
            amount: line.amount,
            to: Account {
                bank: line.account.bank.clone(),
                number: line.account.number.clone(),
                name: line.account.holder.clone(),
            },
            text: text.clone(),
        });
        Ok(Initiation {
            message: message(self.row.no.unsigned_abs()),
            made: self.row.at,
            payer: payer(trust),
            day: date_of_day(i32::try_from(self.row.day).unwrap_or_default()),
            payments: payments.collect(),
        })
    }

    /// The file itself, held against its schema.
    pub fn text(&self, pack: &Pack) -> Result<String, CantMake> {
        Ok(pain001::write(&self.initiation(pack)?)?)
    }
}

fn payer(trust: &Trust) -> Account {
    Account { bank: trust.bank.clone(), number: trust.account.clone(), name: trust.name.clone() }
}
