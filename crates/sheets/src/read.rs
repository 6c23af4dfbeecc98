//! Tables in: XLSX or CSV, told apart by their first bytes.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use crate::restore;
use crate::text::{NotText, decode};

/// How much is taken in at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes it unpacks to.
    pub unpacked: u64,
    /// Rows under the headings.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 16 << 20, unpacked: 128 << 20, rows: 100_000, columns: 64 }
    }
}

/// A row as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1 (the headings' is mostly 1): what a table program shows at its side.
    pub line: usize,
    /// Its cells, as many as there are headings, trimmed.
    pub cells: Vec<String>,
}

/// A table as it came. Rows without any text are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The headings, trimmed.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// The place of the column that has one of these names; upper case, lower case and spaces are the same.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let plain = |text: &str| text.to_lowercase().replace([' ', '_', '-'], "");
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        self.columns.iter().position(|column| names.contains(&plain(column)))
    }
}

/// Why a file is no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It, or what it unpacks to, is larger than this many bytes.
    #[error("the file is larger than {0} bytes, or unpacks to more")]
    Large(u64),
    /// More rows than this.
    #[error("more than {0} rows")]
    Rows(usize),
    /// More columns than this.
    #[error("more than {0} columns")]
    Columns(usize),
    /// No text.
    #[error(transparent)]
    Text(#[from] NotText),
    /// Begins as a table and isn't one to the end: cut off, or damaged.
    #[error("the file is damaged or cut off, at line {line}")]
    Damaged {
        /// Near which line; 0 when that can't be told.
        line: usize,
    },
    /// A row with more cells than headings, at this line.
    #[error("line {0} has more cells than the headings")]
    Wide(usize),
}

/// Reads a table whole.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Table, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::Large(limits.bytes as u64));
    }
    let grid = if bytes.starts_with(b"PK") { from_xlsx(bytes, limits)? } else { from_csv(bytes, limits)? };
    let mut rows = grid.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    let heads = rows.next().ok_or(Unreadable::Empty)?;
    let wide = heads.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    let columns = heads.cells[..wide].to_vec();
    let rows: Result<Vec<Row>, Unreadable> = rows
        .map(|mut row| {
            if row.cells.iter().skip(wide).any(|cell| !cell.is_empty()) {
                return Err(Unreadable::Wide(row.line));
            }
            row.cells.resize(wide, String::new());
            Ok(row)
        })
        .collect();
    Ok(Table { columns, rows: rows? })
}

fn clean(text: &str) -> String {
    restore(text.trim_matches([' ', '\u{3000}', '\u{a0}', '\n', '\r'])).to_owned()
}

/// Lines as RFC 4180 has them; a bare end of line ends one too. What stands behind a closing quote is kept as it is.
fn from_csv(bytes: &[u8], limits: Limits) -> Result<Vec<Row>, Unreadable> {
    let text = decode(bytes)?;
    let mut rows = Vec::new();
    let (mut line, mut begun) = (1, 1);
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            _ if quoted => cell.push(c),
            ',' => {
                cells.push(clean(&std::mem::take(&mut cell)));
                if cells.len() >= limits.columns {
                    return Err(Unreadable::Columns(limits.columns));
                }
            }
            '\n' => {
                cells.push(clean(&std::mem::take(&mut cell)));
                take(&mut rows, Row { line: begun, cells: std::mem::take(&mut cells) }, limits)?;
                begun = line;
            }
            _ => cell.push(c),
        }
    }
    if quoted {
        return Err(Unreadable::Damaged { line: begun });
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(clean(&cell));
        take(&mut rows, Row { line: begun, cells }, limits)?;
    }
    Ok(rows)
}

fn from_xlsx(bytes: &[u8], limits: Limits) -> Result<Vec<Row>, Unreadable> {
    measure(bytes, limits)?;
    let damaged = |line: usize| Unreadable::Damaged { line };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged(0))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| damaged(0))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| damaged(0))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut last = 0;
    // Cell by cell: a table of two cells far apart stays two cells.
    while let Some(cell) = cells.next_cell().map_err(|_| damaged(last))? {
        let (row, column) = cell.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        let text = shown(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column >= limits.columns {
            return Err(Unreadable::Columns(limits.columns));
        }
        if line < last {
            return Err(damaged(line));
        }
        if line > last {
            take(&mut rows, Row { line, cells: Vec::new() }, limits)?;
            last = line;
        }
        let Some(row) = rows.last_mut() else { continue };
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        row.cells[column] = text;
    }
    Ok(rows)
}

fn take(rows: &mut Vec<Row>, row: Row, limits: Limits) -> Result<(), Unreadable> {
    if row.cells.len() > limits.columns {
        return Err(Unreadable::Columns(limits.columns));
    }
    // The headings are a row here.
    if rows.len() > limits.rows {
        return Err(Unreadable::Rows(limits.rows));
    }
    rows.push(row);
    Ok(())
}

/// A cell as people would type it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => clean(text),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Unpacks everything once into nothing, counting: what the file says of its sizes may be a lie.
fn measure(bytes: &[u8], limits: Limits) -> Result<(), Unreadable> {
    let damaged = || Unreadable::Damaged { line: 0 };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut left = limits.unpacked;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| damaged())?;
        let unpacked =
            std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).map_err(|_| damaged())?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::Large(limits.unpacked))?;
    }
    Ok(())
}
