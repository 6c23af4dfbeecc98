//! `ongoeul close`, `ongoeul export`: closing a period, handing it to auditors. Neither needs the server to stop.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use access::{AccessLedger, Look, Options};
use base::{Clock, Date, PersonId, SystemClock, Zone};
use city::pack::newest;
use city::sealing::closing::{Period, close, closings};
use city::sealing::key_of;
use city::sealing::pack::{Opened, Source, export, payees};
use indicatif::{ProgressBar, ProgressStyle};
use rules::Pack;
use store::Readers;
use vault::{Masters, Vault};

use crate::verify::Whose;

/// Which period.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    #[command(flatten)]
    whose: Whose,
    /// Its last day; it begins where the last one closed ended.
    #[arg(long, value_parser = crate::days::day, value_name = "YYYY-MM-DD")]
    until: Date,
    /// Only say what would be signed.
    #[arg(long)]
    dry_run: bool,
}

/// Which pack, and where to.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("bank").required(true).args(["why", "without_bank"]))]
pub struct ExportArgs {
    #[command(flatten)]
    whose: Whose,
    /// The last day of a closed period; of the one closed last otherwise.
    #[arg(long, value_parser = crate::days::day, value_name = "YYYY-MM-DD")]
    until: Option<Date>,
    /// A folder of its own for the pack.
    #[arg(long)]
    to: PathBuf,
    /// Why payout files and the bank's answers are handed out: they name people and their accounts. It is kept with a
    /// look at each of them.
    #[arg(long)]
    why: Option<String>,
    /// Leave them out: the audit then says that the bank's part was not looked at.
    #[arg(long)]
    without_bank: bool,
}

pub(crate) fn bar() -> Result<ProgressBar, Box<dyn Error>> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings ({per_sec})")?);
    Ok(bar)
}

/// The city's name, and its day.
pub(crate) fn city_of(readers: &Readers) -> Result<(String, Date), Box<dyn Error>> {
    let kept = readers.read(newest)?.ok_or("the city has no pack of rules")?.2;
    let pack = kept.parse().map_err(|faults| format!("the kept pack has {} faults", faults.len()))?;
    let zone = Zone::named(&pack.city.zone).ok_or("the pack names an unknown time zone")?;
    // A demo's clock stands where its last posting was made: its periods are over by that.
    let last = readers.read(|snapshot| {
        let last = snapshot.last_group()?.map_or(0, |group| group.last_posting);
        Ok(snapshot.posting_alone(base::PostingNo(last))?.map(|posting| posting.day))
    })?;
    let today = zone.date(SystemClock.now());
    Ok((pack.city.name.ko.clone(), last.map_or(today, base::date_of_day).min(today)))
}

pub fn run_close(args: &CloseArgs) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let readers = Readers::open(&city.target, 1)?;
    let (_, today) = city_of(&readers)?;
    let (bar, period) = (bar()?, Period { until: args.until, today });
    let mut closed = None;
    readers.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        let made = close(snapshot, &city.folder, &city.secret, &key, period, args.dry_run, &mut progress);
        closed = Some(made);
        Ok(())
    })?;
    bar.finish_and_clear();
    let closing = closed.ok_or("nothing was closed")??;
    println!("period    {} to {}", closing.from, closing.until);
    println!("postings  {} to {}", closing.first, closing.last);
    println!("backing   {:>16} won", closing.backing);
    println!("owed      {:>16} won", closing.owed);
    println!("books     {}", closing.books);
    println!("log       {}", closing.edge.root());
    println!("{}", if args.dry_run { "nothing was signed" } else { "closed and signed" });
    Ok(())
}

pub fn run_export(args: &ExportArgs) -> Result<(), Box<dyn Error>> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let all = closings(&city.folder, &key)?;
    let wanted = match args.until {
        Some(until) => all.iter().position(|(closing, _)| closing.until == until),
        None => all.len().checked_sub(1),
    };
    let at = wanted.ok_or("no such period is closed: close it first with ongoeul close")?;
    let (closing, note) = &all[at];
    let before = at.checked_sub(1).map(|before| &all[before]);
    let readers = Readers::open(&city.target, 1)?;
    let (name, _) = city_of(&readers)?;
    let salts = city.secret.salts();
    let opened = match &args.why {
        Some(why) => {
            let people = readers.read(|snapshot| payees(snapshot, closing))?;
            look_at(&city.access, &people, why)?;
            Some(opened(&readers, &city.masters)?)
        }
        None => None,
    };
    let bank = opened.as_ref().map(|(vault, pack)| Opened { vault, pack });
    let source = Source { folder: &city.folder, key: &key, salts: &salts, city: &name, bank };
    let bar = bar()?;
    let mut written = None;
    readers.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        written = Some(export(snapshot, source, (closing, note), before, &args.to, &mut progress));
        Ok(())
    })?;
    bar.finish_and_clear();
    let written = written.ok_or("nothing was written")??;
    println!("period    {} to {}", closing.from, closing.until);
    println!("postings  {:>14}", written.postings);
    println!("earlier   {:>14}", written.earlier);
    println!("{} files in {}", written.files, args.to.display());
    println!("check it with: ongoeul verify pack {} --key '{key}'", quoted(&args.to));
    println!(
        "who audits takes the key from the city's page /verify, not from the pack or from whoever hands it over"
    );
    Ok(())
}

/// A path as a shell takes it, whatever is in it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A look at everyone whose account goes out, kept before it does. A server that runs holds the ledger: then it must stop
/// first, unless no person is in those files.
fn look_at(ledger: &Path, people: &BTreeSet<PersonId>, why: &str) -> Result<(), Box<dyn Error>> {
    if people.is_empty() {
        return Ok(());
    }
    let why = city::looks::words(why).map_err(|_| "say in a few words why: --why \"…\"")?;
    let (handle, joiner) = AccessLedger::open(ledger, Options::default()).map_err(|error| {
        format!(
            "the access ledger can't be opened ({error}): stop the server first, or export --without-bank"
        )
    })?;
    let at = SystemClock.now();
    let look = |whom: &PersonId| Look {
        at,
        who: "command-line".into(),
        role: "system".into(),
        whom: *whom,
        what: "audit.pack".into(),
        purpose: "audit".into(),
        from: "console".into(),
        reason: Some(why.clone()),
        task: None,
    };
    handle.record(people.iter().map(look).collect())?.wait()?;
    drop(handle);
    Ok(joiner.join()?)
}

/// The city's vault and its rules.
fn opened(readers: &Readers, masters: &Masters) -> Result<(Vault, Pack), Box<dyn Error>> {
    let (keys, kept) = readers.read(|snapshot| {
        let keys = people::keys::all(snapshot.query(people::store::KEYS, &[])?)?;
        Ok((keys, newest(snapshot)?))
    })?;
    let (.., kept) = kept.ok_or("the city has no pack of rules")?;
    let pack = kept.parse().map_err(|faults| format!("the kept pack has {} faults", faults.len()))?;
    Ok((Vault::unlock(masters, &keys)?, pack))
}
