//! What a line on the work list says beside its amount: who is on its other side, and what they wrote. Sealed.

use base::Entropy;
use people::naming::GENERAL;
use serde::{Deserialize, Serialize};
use vault::{CantOpen, Locked, Place, Sealed, Vault};

use crate::AnswerLine;

/// What it says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The bank's reference.
    pub reference: Option<String>,
    /// The id of the payout it names, be it one of ours or not.
    pub end_to_end: Option<String>,
    /// The bank's reason.
    pub code: Option<String>,
    /// Who is on the other side.
    pub party: Option<String>,
    /// What they wrote.
    pub text: Option<String>,
}

impl Said {
    pub(crate) fn of(line: &AnswerLine) -> Said {
        Said {
            reference: line.reference.clone(),
            end_to_end: line.end_to_end.clone(),
            code: line.code.clone(),
            party: line.party.clone(),
            text: line.text.clone(),
        }
    }

    /// Seals it under its line's id.
    pub fn seal(&self, vault: &Vault, line: &str, entropy: &mut dyn Entropy) -> Result<Sealed, Locked> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        vault.seal(GENERAL, place(line, "sealed"), &text, entropy)
    }

    /// Opens it.
    pub fn open(vault: &Vault, line: &str, sealed: &Sealed) -> Result<Said, CantOpen> {
        let text = vault.open(place(line, "sealed"), sealed)?;
        serde_json::from_slice(&text).map_err(|_| CantOpen::Form)
    }
}

/// Seals what somebody found about a line.
pub fn seal_note(vault: &Vault, line: &str, note: &str, entropy: &mut dyn Entropy) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, place(line, "note"), note.as_bytes(), entropy)
}

/// Opens it.
pub fn open_note(vault: &Vault, line: &str, sealed: &Sealed) -> Result<String, CantOpen> {
    let text = vault.open(place(line, "note"), sealed)?;
    String::from_utf8(text.to_vec()).map_err(|_| CantOpen::Form)
}

/// The id of a part of a bank's file: the parts of one stand in order, between `answer/` and `answer0`.
pub fn text_id(answer: &str, part: u32) -> String {
    format!("{answer}/{part:08}")
}

/// Seals a part of a bank's file under its id.
pub fn seal_text(vault: &Vault, id: &str, text: &[u8], entropy: &mut dyn Entropy) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, text_place(id), text, entropy)
}

/// Opens it.
pub fn open_text(vault: &Vault, id: &str, sealed: &Sealed) -> Result<Vec<u8>, CantOpen> {
    Ok(vault.open(text_place(id), sealed)?.to_vec())
}

fn text_place(id: &str) -> Place<'_> {
    Place { table: "bank_answer_texts", record: id, field: "sealed" }
}

fn place<'a>(line: &'a str, field: &'a str) -> Place<'a> {
    Place { table: "bank_lines", record: line, field }
}
