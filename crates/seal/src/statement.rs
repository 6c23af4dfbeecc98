//! The nightly statement: what the city owes against what backs it, by class, at one posting. A signed note in plain
//! lines, so that a person reads it and a program checks it.

use std::fmt::Write as _;

use crate::sums::SumRoot;
use crate::{BadNote, Hash, Signer, VerifierKey};

/// A class of accounts and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassLine {
    /// The class's code in the chart.
    pub class: String,
    /// Accounts with something on them.
    pub accounts: u64,
    /// Won; what backs may be below zero.
    pub won: i64,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose log it is about.
    pub origin: String,
    /// The day that ended: `2021-02-23`.
    pub day: String,
    /// When it was made, RFC 3339.
    pub at: String,
    /// After this group of the journal.
    pub sequence: u64,
    /// After this posting: the log's first so many leaves are the books it is about.
    pub posting: u64,
    /// The root over those leaves.
    pub log: Hash,
    /// What is owed, by class.
    pub owes: Vec<ClassLine>,
    /// What backs it, by class.
    pub backs: Vec<ClassLine>,
    /// Advances to shops, each by the shop's id: they are in the backing, and whoever doubts one can ask about it.
    pub advances: Vec<(String, i64)>,
    /// The tree of what is owed to each.
    pub sums: SumRoot,
}

/// The statement contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    /// Not a statement.
    #[error("this is not a statement of the float")]
    Form,
    /// What backs is not what is owed.
    #[error("{owed} won are owed, and {backing} won back them")]
    Unbalanced {
        /// Won.
        owed: i64,
        /// Won.
        backing: i64,
    },
    /// The holders' sums aren't what is owed.
    #[error("{owed} won are owed by class, and {sums} won by holder")]
    Sums {
        /// Won.
        owed: i64,
        /// Won.
        sums: u64,
    },
    /// The advances aren't their class.
    #[error("the advances listed come to {listed} won, their class to {class} won")]
    Advances {
        /// Won.
        listed: i64,
        /// Won.
        class: i64,
    },
}

/// The class of advances in the chart.
const ADVANCE: &str = "shop.advance";

/// Won in all.
fn total(lines: &[ClassLine]) -> Option<i64> {
    lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.won))
}

impl Statement {
    /// Won owed.
    pub fn owed(&self) -> i64 {
        total(&self.owes).unwrap_or(i64::MAX)
    }

    /// Won that back it.
    pub fn backing(&self) -> i64 {
        total(&self.backs).unwrap_or(i64::MIN)
    }

    /// Whether it holds together: each class, each holder and each advance add up to the same.
    pub fn consistent(&self) -> Result<(), BadStatement> {
        let owed = total(&self.owes).ok_or(BadStatement::Form)?;
        let backing = total(&self.backs).ok_or(BadStatement::Form)?;
        if owed != backing {
            return Err(BadStatement::Unbalanced { owed, backing });
        }
        if u64::try_from(owed) != Ok(self.sums.sum) {
            return Err(BadStatement::Sums { owed, sums: self.sums.sum });
        }
        let listed = self.advances.iter().try_fold(0_i64, |sum, (_, won)| sum.checked_add(*won));
        let listed = listed.ok_or(BadStatement::Form)?;
        let class = self.backs.iter().find(|line| line.class == ADVANCE).map_or(0, |line| line.won);
        if listed == class { Ok(()) } else { Err(BadStatement::Advances { listed, class }) }
    }

    /// Signed.
    pub fn sign(&self, signer: &Signer) -> String {
        signer.sign(&self.text())
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{}/float\nday {}\nat {}\nsequence {}\nposting {}\nlog {}\n",
            self.origin, self.day, self.at, self.sequence, self.posting, self.log
        );
        let mut line = |words: std::fmt::Arguments<'_>| {
            // Writing into a string doesn't fail.
            if text.write_fmt(words).is_err() {
                text.clear();
            }
        };
        for owes in &self.owes {
            line(format_args!("owes {} {} {}\n", owes.class, owes.accounts, owes.won));
        }
        line(format_args!("owed {}\n", self.owed()));
        for backs in &self.backs {
            line(format_args!("backs {} {} {}\n", backs.class, backs.accounts, backs.won));
        }
        for (shop, won) in &self.advances {
            line(format_args!("advance {shop} {won}\n"));
        }
        line(format_args!("backing {}\n", self.backing()));
        line(format_args!("sums {} {} {}\n", self.sums.hash, self.sums.leaves, self.sums.sum));
        text
    }

    /// What a note says, if the key signed it and it holds together.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Statement, crate::UnprovedSum> {
        let statement = Statement::read(key.open(note)?).ok_or(BadStatement::Form)?;
        statement.consistent()?;
        Ok(statement)
    }

    /// What a note says, without asking whether it holds together: for who wants to see what is wrong.
    pub fn signed(note: &str, key: &VerifierKey) -> Result<Option<Statement>, BadNote> {
        Ok(Statement::read(key.open(note)?))
    }

    fn read(text: &str) -> Option<Statement> {
        let mut lines = text.lines();
        let origin = lines.next()?.strip_suffix("/float")?.to_owned();
        let mut field = |name: &str| {
            let (found, value) = lines.next()?.split_once(' ')?;
            (found == name).then_some(value)
        };
        let (day, at) = (field("day")?.to_owned(), field("at")?.to_owned());
        let (sequence, posting) = (field("sequence")?.parse().ok()?, field("posting")?.parse().ok()?);
        let log = Hash::from_base64(field("log")?)?;
        let (mut owes, mut backs, mut advances) = (Vec::new(), Vec::new(), Vec::new());
        let (mut owed, mut backing, mut sums) = (None, None, None);
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match *words.as_slice() {
                ["owes", class, accounts, won] => owes.push(class_line(class, accounts, won)?),
                ["backs", class, accounts, won] => backs.push(class_line(class, accounts, won)?),
                ["advance", shop, won] => advances.push((shop.to_owned(), won.parse().ok()?)),
                ["owed", won] => owed = Some(won.parse::<i64>().ok()?),
                ["backing", won] => backing = Some(won.parse::<i64>().ok()?),
                ["sums", hash, leaves, sum] => {
                    let (sum, leaves) = (sum.parse().ok()?, leaves.parse().ok()?);
                    sums = Some(SumRoot { sum, hash: Hash::from_base64(hash)?, leaves });
                }
                _ => return None,
            }
        }
        let statement =
            Statement { origin, day, at, sequence, posting, log, owes, backs, advances, sums: sums? };
        // One text for one meaning: what reads another way than it is written is none.
        let same = statement.text() == text
            && owed == Some(statement.owed())
            && backing == Some(statement.backing());
        same.then_some(statement)
    }
}

fn class_line(class: &str, accounts: &str, won: &str) -> Option<ClassLine> {
    Some(ClassLine { class: class.to_owned(), accounts: accounts.parse().ok()?, won: won.parse().ok()? })
}
