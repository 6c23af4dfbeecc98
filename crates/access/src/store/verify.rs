//! Verification: everything is counted again, and the first entry that doesn't fit is named.

use std::collections::HashMap;

use rusqlite::Connection;

use super::read::agrees;
use super::{WHO, WHOM, columns, entry, head, latest_upto, read_head, start};
use crate::chain::Chain;
use crate::{Broken, Entry, Error, Head, LookNo, NotVerified, Readers, Verified};

/// Entries read in one state of the file: a long look at one state would keep the WAL from starting over.
const CHUNK: i64 = 8_192;

/// A list of last entries: by kind, then by id.
type Lasts = HashMap<(i64, String), LookNo>;

/// Where a verification is.
struct Walk {
    from: Head,
    chain: Chain,
    lasts: Lasts,
    /// Nothing before `from` is left: then the lists of last entries can be checked as well.
    whole: bool,
}

impl Readers {
    /// Recomputes the chain: from what was disposed of last (or the very beginning), or from a later head that was kept
    /// elsewhere. In itself the file can't show that someone who may write it has written all of it anew, or has cut it
    /// off with its heads: keep heads, and [`Readers::compare`] them. From the beginning, the links from look to look
    /// and the list of last looks are checked too, so that nobody's looks are hidden from their pages; SQLite's index by
    /// instant is not (`PRAGMA integrity_check` does that).
    pub fn verify(&self, from: Option<Head>) -> Result<Verified, NotVerified> {
        loop {
            let mut walk = self.read(|connection| begin(connection, from))?;
            let mut ended = false;
            let outcome = loop {
                match self.read(|connection| walk.chunk(connection, &mut ended)) {
                    Ok(()) if ended => break Ok(walk.verified()),
                    Ok(()) => {}
                    Err(error) => break Err(error),
                }
            };
            // A disposal may have overtaken us: what it took is not missing.
            let start = self.read(start)?;
            match outcome {
                Err(_) if walk.chain.head().no < start.no && walk.from.no < start.no => {}
                outcome => return outcome,
            }
        }
    }
}

fn begin(connection: &Connection, from: Option<Head>) -> Result<Walk, NotVerified> {
    let start = start(connection)?;
    let first: Option<i64> = connection.query_row("SELECT min(no) FROM looks", [], |row| row.get(0))?;
    if let Some(first) = first.filter(|first| *first <= start.no.0.cast_signed()) {
        return Err(Broken::Stray(LookNo(first.max(0).cast_unsigned())).into());
    }
    let from = match from {
        Some(kept) if kept.no >= start.no => {
            agrees(connection, start, head(connection)?.no, kept)?;
            kept
        }
        _ => start,
    };
    Ok(Walk { from, chain: Chain::from(from), lasts: Lasts::new(), whole: from.no == start.no })
}

impl Walk {
    fn verified(&self) -> Verified {
        Verified { from: self.from, to: self.chain.head() }
    }

    fn chunk(&mut self, connection: &Connection, ended: &mut bool) -> Result<(), NotVerified> {
        const TEXT: &str =
            concat!("SELECT ", columns!(), " FROM looks WHERE no > ?1 AND no <= ?1 + ?2 ORDER BY no");
        let after = self.chain.head().no.0.cast_signed();
        let mut heads = heads(connection, after)?.into_iter().peekable();
        let mut statement = connection.prepare_cached(TEXT)?;
        let mut rows = statement.query([after, CHUNK])?;
        let mut last_head = None;
        while let Some(row) = rows.next()? {
            let (no, found) = entry(row)?;
            let head = self.entry(no, found)?;
            if let Some(kept) = heads.next_if(|kept| kept.no == no) {
                if kept != head {
                    return Err(Broken::Head(no).into());
                }
                last_head = Some(no);
            }
        }
        let end = head(connection)?.no;
        let here = self.chain.head().no;
        if end < here {
            return Err(Broken::CutOff { last: end, kept: here }.into());
        }
        if end > here && here.0.cast_signed() < after + CHUNK {
            return Err(Broken::Missing(here.next()).into());
        }
        if end > here {
            return Ok(());
        }
        *ended = true;
        match heads.next() {
            Some(beyond) => return Err(Broken::CutOff { last: end, kept: beyond.no }.into()),
            // Every group's last entry has its head, so the last one has.
            None if last_head != Some(end) && here.0.cast_signed() > after => {
                return Err(Broken::Head(end).into());
            }
            None => {}
        }
        if self.whole { self.check_latest(connection) } else { Ok(()) }
    }

    fn entry(&mut self, no: LookNo, found: Option<Entry>) -> Result<Head, NotVerified> {
        let expected = self.chain.head().no.next();
        if no != expected {
            return Err(Broken::Missing(expected).into());
        }
        let Some(Entry { look, whom_before, who_before, hash, .. }) = found else {
            return Err(Broken::Changed(no).into());
        };
        let before = self.chain.head();
        let head = self.chain.add(&look, whom_before, who_before);
        let linked = !self.whole || {
            let whom = self.lasts.insert((WHOM, look.whom.to_string()), no);
            let who = self.lasts.insert((WHO, look.who), no);
            self.links(whom, whom_before) && self.links(who, who_before)
        };
        if head.hash != hash || !linked {
            // A disposal that has overtaken us is told by where we were.
            self.chain = Chain::from(before);
            return Err(Broken::Changed(no).into());
        }
        Ok(head)
    }

    /// What comes before a first entry is disposed of.
    fn links(&self, last: Option<LookNo>, before: LookNo) -> bool {
        match last {
            Some(last) => last == before,
            None => before <= self.from.no,
        }
    }

    /// The file's list has everyone's last entry up to where it was written last.
    fn check_latest(&mut self, connection: &Connection) -> Result<(), NotVerified> {
        let (upto, gone) = (latest_upto(connection)?, start(connection)?.no);
        self.go_back_to(connection, upto)?;
        let mut statement = connection.prepare_cached("SELECT kind, id, no FROM latest")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let read = || Ok::<_, Error>(((row.get(0)?, row.get(1)?), row.get::<_, i64>(2)?));
            let (key, no) = read()?;
            let no = LookNo(no.cast_unsigned());
            match self.lasts.remove(&key) {
                Some(last) if last == no => {}
                _ if no <= gone => {}
                _ => return Err(Broken::Latest(key.1).into()),
            }
        }
        match self.lasts.iter().filter(|(_, no)| **no > gone).map(|(key, _)| key).min() {
            None => Ok(()),
            Some((_, id)) => Err(Broken::Latest(id.clone()).into()),
        }
    }

    /// Takes what the newest entries changed out of our own list.
    fn go_back_to(&mut self, connection: &Connection, upto: LookNo) -> Result<(), NotVerified> {
        const TEXT: &str = concat!("SELECT ", columns!(), " FROM looks WHERE no > ?1 ORDER BY no DESC");
        let mut statement = connection.prepare_cached(TEXT)?;
        let mut rows = statement.query([upto.0.cast_signed()])?;
        while let Some(row) = rows.next()? {
            let (no, Some(entry)) = entry(row)? else { continue };
            let whom = ((WHOM, entry.look.whom.to_string()), entry.whom_before);
            let who = ((WHO, entry.look.who), entry.who_before);
            for (key, before) in [whom, who] {
                if self.lasts.get(&key) != Some(&no) {
                    continue;
                }
                if before <= self.from.no {
                    self.lasts.remove(&key);
                } else {
                    self.lasts.insert(key, before);
                }
            }
        }
        Ok(())
    }
}

/// The heads that belong to a chunk, and one more.
fn heads(connection: &Connection, after: i64) -> Result<Vec<Head>, Error> {
    const TEXT: &str = "SELECT no, hash FROM heads WHERE no > ?1 ORDER BY no LIMIT ?2";
    let mut statement = connection.prepare_cached(TEXT)?;
    let mut rows = statement.query([after, CHUNK + 1])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_head(row)?);
    }
    Ok(found)
}
