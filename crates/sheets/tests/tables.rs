//! Tables go out and come back as they were; hostile ones are refused.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use sheets::{Cell, Limits, NotText, Sheet, Unreadable, csv, decode, defuse, read, restore, xlsx};

fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet { name: "정산".into(), columns: vec!["이름".into(), "금액".into()], rows }
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.trim_matches([' ', '\u{3000}', '\u{a0}', '\n', '\r']).to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    }
}

proptest! {
    #[test]
    fn what_goes_out_comes_back(texts in prop::collection::vec(("[ -~가-힣＝\t]{0,12}", -9_007_199_254_740_000i64..9_007_199_254_740_000), 1..9)) {
        let rows: Vec<Vec<Cell>> = texts.into_iter().map(|(text, number)| vec![text.into(), number.into()]).collect();
        let out = sheet(rows);
        let expected: Vec<Vec<String>> = out.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        for bytes in [csv(&out), xlsx(std::slice::from_ref(&out), 1_614_042_000).unwrap()] {
            let back = read(&bytes, Limits::default()).unwrap();
            prop_assert_eq!(&back.columns, &out.columns);
            let rows: Vec<Vec<String>> = back.rows.into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(&rows, &expected);
        }
    }

    #[test]
    fn nothing_is_written_that_runs(text in "['=+@＝－\t\r-]{1,4}[a-z]{0,3}") {
        prop_assert!(!defuse(&text).starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
        let defused = defuse(&text);
        prop_assert_eq!(restore(&defused), text.as_str());
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), zip in any::<bool>()) {
        let bytes = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        let _heard = read(&bytes, Limits::default()).is_ok();
    }
}

#[test]
fn the_same_table_is_the_same_file() {
    let table = sheet(vec![vec!["=1+1".into(), 12_300.into()]]);
    assert_eq!(xlsx(std::slice::from_ref(&table), 5).unwrap(), xlsx(&[table], 5).unwrap());
}

#[test]
fn a_formula_leaves_as_a_word() {
    let table = sheet(vec![vec!["=HYPERLINK(\"http://x\")".into(), Cell::Number(-5)]]);
    let text = String::from_utf8(csv(&table)).unwrap();
    assert_eq!(text, "\u{feff}이름,금액\r\n\"'=HYPERLINK(\"\"http://x\"\")\",-5\r\n");
}

#[test]
fn what_offices_save_is_read() {
    let (euc, _, lossy) = encoding_rs::EUC_KR.encode("이름,금액\r\n뚝배기 집,12300\r\n똠방각하,1\r\n");
    assert!(!lossy);
    let table = read(&euc, Limits::default()).unwrap();
    assert_eq!(table.columns, ["이름", "금액"]);
    assert_eq!(table.rows[1].cells, ["똠방각하", "1"]);
    assert_eq!(table.rows[1].line, 3);
    assert_eq!(table.column(&["name", "이 름"]), Some(0));
    assert_eq!(decode(b"\xef\xbb\xbfa"), Ok("a".into()));
}

#[test]
fn hostile_files_are_refused() {
    let limits = Limits { rows: 2, columns: 3, bytes: 1 << 20, unpacked: 1 << 20 };
    let refused = |bytes: &[u8]| read(bytes, limits).unwrap_err();
    assert_eq!(refused(b""), Unreadable::Empty);
    assert_eq!(refused(b"\r\n,,\r\n"), Unreadable::Empty);
    assert_eq!(refused(&vec![b'a'; (1 << 20) + 1]), Unreadable::Large(1 << 20));
    assert_eq!(refused(b"a\xff\xfe\xff"), Unreadable::Text(NotText::Encoding));
    assert_eq!(refused(b"a,b\nc\0,d"), Unreadable::Text(NotText::Control(5)));
    assert_eq!(refused(b"a\n1\n2\n3\n"), Unreadable::Rows(2));
    assert_eq!(refused(b"a,b,c,d\n"), Unreadable::Columns(3));
    assert_eq!(refused(b"a,b\n1,2,3\n"), Unreadable::Wide(2));
    assert_eq!(refused(b"a,b\n1,\"never ends\n"), Unreadable::Damaged { line: 2 });
    assert_eq!(refused(b"PK\x03\x04 no archive"), Unreadable::Damaged { line: 0 });
    let whole = xlsx(&[sheet(vec![vec!["가".into(), 1.into()]])], 0).unwrap();
    assert_eq!(refused(&whole[..whole.len() / 2]), Unreadable::Damaged { line: 0 });
    // 64 MB of zeros in a few kB.
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    bomb.write_all(&vec![0; 64 << 20]).unwrap();
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refused(&bomb), Unreadable::Large(1 << 20));
}
