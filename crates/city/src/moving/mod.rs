//! Moving in: a city that had a card before takes it over, once, before anything else has happened in it.
//!
//! Files are read and compared with what the old system's operator states (a rehearsal: nothing is written); then the same
//! files are carried out in parts, and at the end the books are compared with the same statement. While it is under way
//! nobody pays. The people's place in the file is their place in the directory, so that no table of old numbers is needed.

pub mod files;
pub mod rehearse;
pub(crate) mod store;
pub mod totals;
pub mod work;

use base::{Instant, Refusal};
pub use totals::{Differs, Total, Totals};

use crate::{Command, OnPeople};

/// A moving-in, under way or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The rehearsal's hash.
    pub report: [u8; 32],
    /// What the old system's operator states.
    pub control: Totals,
    /// In how many parts it is carried out.
    pub parts: u32,
    /// The next of them.
    pub next: u32,
    /// When it began.
    pub begun: Instant,
    /// When the books were found to be as stated.
    pub ended: Option<Instant>,
    /// What the books held then.
    pub books: Totals,
}

impl Move {
    /// True until the books were found to be as stated.
    pub fn is_under_way(&self) -> bool {
        self.ended.is_none()
    }

    /// The report's hash in hexadecimal digits.
    pub fn report_hex(&self) -> String {
        hex(&self.report)
    }
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The moving-in there is, from the database.
///
/// # Errors
/// Where it can't be read.
pub fn read(snapshot: &mut ::store::Snapshot<'_>) -> Result<Memory, ::store::Error> {
    store::load(snapshot)
}

/// Whether a command waits until a moving-in has ended: whatever moves money, and whatever would make the books something
/// else than what is taken over, rules among it. Who may come in, keys and looks go on.
///
/// # Errors
/// `moving.under-way`.
pub(crate) fn waits(moving: Option<&Move>, command: &Command) -> Result<(), Refusal> {
    let goes_on = matches!(
        command,
        Command::OnMoving(_)
            | Command::Vote { .. }
            | Command::Grant(_)
            | Command::RotateToken { .. }
            | Command::EndToken { .. }
            | Command::OpenAccount { person: None }
            | Command::EndAccount { .. }
            | Command::GiveRole(_)
            | Command::ConfirmRole { .. }
            | Command::EndRole { .. }
            | Command::SignIn { .. }
            | Command::EndSession { .. }
            | Command::AddPasskey(_)
            | Command::UsePasskey { .. }
            | Command::RemovePasskey { .. }
            | Command::LinkVouched { .. }
            | Command::KeepSaid { .. }
            | Command::UnlinkVouched { .. }
            | Command::OpenGlass { .. }
            | Command::ReviewGlass { .. }
            | Command::Inspect { .. }
            | Command::Download { .. }
            | Command::DisposeLooks { .. }
            | Command::AddKey { .. }
            | Command::UseMasters { .. }
            | Command::RewrapKeys
            | Command::DropKey { .. }
            | Command::KeepMarks { .. }
            | Command::SealTokens
            | Command::Reseal { .. }
            | Command::Reindex { .. }
            | Command::DropIndexKey { .. }
            | Command::OnPeople(OnPeople::See { .. })
    );
    match moving {
        Some(moving) if moving.is_under_way() && !goes_on => Err(Refusal::new("moving.under-way")),
        _ => Ok(()),
    }
}

/// What memory holds: none, or the one there is.
pub type Memory = Option<std::sync::Arc<Move>>;
