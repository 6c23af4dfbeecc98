//! Tables out.

use std::borrow::Cow;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::{defuse, is_dangerous};

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words, ids, numbers that are names (a business number, an account).
    Text(String),
    /// An amount or a count. Shown with thousands parted.
    Number(i64),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// A table with a heading for each column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// On its tab: 1 to 31 characters, none of `[ ] : * ? / \`.
    pub name: String,
    /// The headings.
    pub columns: Vec<String>,
    /// The rows; shorter ones end empty.
    pub rows: Vec<Vec<Cell>>,
}

/// A table that doesn't fit into the form.
#[derive(Debug, thiserror::Error)]
#[error("the table can't be written: {0}")]
pub struct CantWrite(#[from] XlsxError);

/// Larger integers would be shown rounded: table programs count in binary fractions.
const EXACT: i64 = 1 << 53;
/// In characters, the widths that columns may have.
const WIDTHS: std::ops::RangeInclusive<usize> = 8..=48;

/// The file of some tables. `at`, in seconds since 1970, is when it says it was made: the same tables at the same
/// instant are the same bytes.
pub fn xlsx(sheets: &[Sheet], at: i64) -> Result<Vec<u8>, CantWrite> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_timestamp(at)?));
    let heading = Format::new().set_bold();
    let amount = Format::new().set_num_format("#,##0");
    let quoted = Format::new().set_quote_prefix();
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?.set_freeze_panes(1, 0)?;
        for (column, name) in (0u16..).zip(&sheet.columns) {
            page.write_string_with_format(0, column, name, &heading)?;
            let cells = sheet.rows.iter().filter_map(|row| row.get(usize::from(column)));
            let widest = cells.map(width).chain([letters(name)]).max().unwrap_or_default();
            let width = (widest + 2).clamp(*WIDTHS.start(), *WIDTHS.end());
            page.set_column_width(column, u32::try_from(width).unwrap_or(8))?;
        }
        for (line, row) in (1u32..).zip(&sheet.rows) {
            for (column, cell) in (0u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Number(number) if number.abs() < EXACT => {
                        // Exact: checked just above.
                        page.write_number_with_format(line, column, *number as f64, &amount)?;
                    }
                    Cell::Number(number) => {
                        page.write_string(line, column, number.to_string())?;
                    }
                    // A text cell is no formula; the quote keeps it one when somebody edits it.
                    // An apostrophe of its own gets another, as the reader takes one away.
                    Cell::Text(text) if is_dangerous(text) => {
                        let text = if text.starts_with('\'') { defuse(text) } else { text.into() };
                        page.write_string_with_format(line, column, text, &quoted)?;
                    }
                    Cell::Text(text) => {
                        page.write_string(line, column, text)?;
                    }
                }
            }
        }
    }
    Ok(book.save_to_buffer()?)
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => letters(text),
        // With a comma every three digits.
        Cell::Number(number) => number.to_string().len() * 4 / 3,
        Cell::Empty => 0,
    }
}

/// Syllables are twice as wide as letters.
fn letters(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// The file of one table: UTF-8 with the mark without which table programs take it for something else.
pub fn csv(sheet: &Sheet) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    let heads = sheet.columns.iter().map(|name| defuse(name));
    line(&mut text, heads);
    for row in &sheet.rows {
        line(
            &mut text,
            row.iter().map(|cell| match cell {
                Cell::Text(text) => defuse(text),
                Cell::Number(number) => number.to_string().into(),
                Cell::Empty => Cow::Borrowed(""),
            }),
        );
    }
    text.into_bytes()
}

/// One line as RFC 4180 has it.
fn line<'a>(out: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}
