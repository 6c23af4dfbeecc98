//! What may be written. Pure.

use base::{Arg, Refusal};

use crate::room::Standing;
use crate::written::Said;

/// The longest name or alias, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest way to reach somebody, in characters.
pub const LONGEST_REACH: usize = 120;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 4_000;

/// Somebody to take in, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRecord {
    /// A name, or what the person wants to be called here.
    pub name: String,
    /// How they can be reached safely; may be empty.
    pub reach: String,
    /// What they came with.
    pub note: String,
}

/// Begins a record. Refused with `compartment.name`, `compartment.reach` or `compartment.note`.
pub(crate) fn take_in(wish: &NewRecord) -> Result<Said, Refusal> {
    let name = line(&wish.name, LONGEST_NAME, "compartment.name")?;
    let name = name.ok_or_else(|| limited("compartment.name", LONGEST_NAME))?;
    let reach = line(&wish.reach, LONGEST_REACH, "compartment.reach")?;
    Ok(Said::TakenIn { name, reach, note: text(&wish.note)? })
}

/// Adds a note. Refused with `compartment.closed` or `compartment.note`.
pub(crate) fn note(standing: &Standing, typed: &str) -> Result<Said, Refusal> {
    is_open(standing)?;
    Ok(Said::Note { text: text(typed)? })
}

/// Ends a record. Refused with `compartment.closed` or `compartment.note`.
pub(crate) fn close(standing: &Standing, typed: &str) -> Result<Said, Refusal> {
    is_open(standing)?;
    let text = if typed.trim().is_empty() { String::new() } else { text(typed)? };
    Ok(Said::Closed { text })
}

fn is_open(standing: &Standing) -> Result<(), Refusal> {
    if standing.closed { Err(Refusal::new("compartment.closed")) } else { Ok(()) }
}

fn limited(code: &'static str, most: usize) -> Refusal {
    Refusal::new(code).with("most", Arg::Count(i64::try_from(most).unwrap_or(i64::MAX)))
}

/// One line with single blanks; `None` when there is nothing in it.
fn line(typed: &str, most: usize, code: &'static str) -> Result<Option<String>, Refusal> {
    let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(limited(code, most));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Some lines, with something in them.
fn text(typed: &str) -> Result<String, Refusal> {
    let text = typed.replace("\r\n", "\n");
    let text = text.trim();
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.is_empty() || text.chars().count() > LONGEST_NOTE || text.chars().any(odd) {
        return Err(limited("compartment.note", LONGEST_NOTE));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use base::Instant;

    use super::*;

    fn wish(name: &str, reach: &str, note: &str) -> NewRecord {
        NewRecord { name: name.into(), reach: reach.into(), note: note.into() }
    }

    fn standing(closed: bool) -> Standing {
        Standing { record: base::RecordId(1), since: Instant(1), last: Instant(2), closed }
    }

    #[test]
    fn somebody_is_taken_in_as_they_want_to_be_called() {
        let said = take_in(&wish("  새벽  씨 ", "", " 첫 줄\r\n둘째 줄 ")).unwrap();
        let note = "첫 줄\n둘째 줄".to_owned();
        assert_eq!(said, Said::TakenIn { name: "새벽 씨".into(), reach: None, note });
        let (long, longer) = ("가".repeat(LONGEST_NAME), "가".repeat(LONGEST_NAME + 1));
        assert!(take_in(&wish(&long, "", "글")).is_ok());
        for (name, reach, note, code) in [
            ("", "", "글", "compartment.name"),
            (" \n ", "", "글", "compartment.name"),
            (&longer, "", "글", "compartment.name"),
            ("새\u{7}벽", "", "글", "compartment.name"),
            ("새벽", &"0".repeat(LONGEST_REACH + 1), "글", "compartment.reach"),
            ("새벽", "", "", "compartment.note"),
            ("새벽", "", " \r\n ", "compartment.note"),
            ("새벽", "", &"글".repeat(LONGEST_NOTE + 1), "compartment.note"),
            ("새벽", "", "글\u{0}", "compartment.note"),
        ] {
            assert_eq!(take_in(&wish(name, reach, note)).unwrap_err().code, code, "{name:?} {note:?}");
        }
    }

    #[test]
    fn what_is_closed_stays_so() {
        assert_eq!(note(&standing(false), "글").unwrap(), Said::Note { text: "글".into() });
        assert_eq!(close(&standing(false), " ").unwrap(), Said::Closed { text: String::new() });
        assert_eq!(note(&standing(false), "").unwrap_err().code, "compartment.note");
        for refused in [note(&standing(true), "글"), close(&standing(true), "")] {
            assert_eq!(refused.unwrap_err().code, "compartment.closed");
        }
    }
}
