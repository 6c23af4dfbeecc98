//! `ongoeul move-in`: a city that had a card before takes it over. First a rehearsal, as often as needed: it writes nothing and
//! needs no stop. Then the cut-over, with the server stopped; killed in the middle it goes on where it stood.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base::{Actor, Clock, Date, Instant, SystemClock, Won, Zone};
use city::moving::files::{LAYOUTS, LIMITS};
use city::moving::rehearse::{Plan, rehearse};
use city::moving::work::cut_over;
use city::moving::{self, Total, Totals, hex};
use city::open::City;
use city::pack::{Kept, newest, read_folder};
use pen::Request;
use rules::Pack;
use store::{Readers, Target};

use crate::house::Failed;
use crate::serve;

/// Bad rows that are printed; the rest is counted.
const SHOWN: usize = 200;
/// A file's endings, in the order they are looked for.
const ENDINGS: [&str; 2] = ["csv", "xlsx"];

/// Which city, from which files, and whether in earnest.
#[derive(Debug, clap::Args)]
#[command(after_long_help = layouts())]
#[command(group = clap::ArgGroup::new("what").required(true).args(["from", "template"]))]
pub struct Args {
    /// The configuration file.
    #[arg(long, required_unless_present = "template")]
    config: Option<PathBuf>,
    /// The folder of files: read whole and compared with the control file. Nothing is written.
    #[arg(long)]
    from: Option<PathBuf>,
    /// In earnest: the hash of the report that the rehearsal of the same files printed.
    #[arg(long, requires = "from")]
    cut_over: Option<String>,
    /// Write empty files with their headings into a folder.
    #[arg(long, conflicts_with_all = ["config", "from"])]
    template: Option<PathBuf>,
}

/// The files and their columns, in words.
fn layouts() -> String {
    let mut text = String::from(
        "The files, as CSV (UTF-8 or EUC-KR) or XLSX, each with a line of headings (English or Korean):\n",
    );
    for layout in &LAYOUTS {
        let optional = if layout.optional { " (may be left out)" } else { "" };
        write!(text, "\n{}.csv{optional}\n", layout.name).ok();
        for column in layout.columns {
            let optional = if column.optional { ", optional" } else { "" };
            writeln!(text, "  {}{optional}: {}", column.names.join(" or "), column.what).ok();
        }
    }
    text.push_str(
        "\ncontrol.csv is what the old system's operator states, not a sum over the other files: one won or one count of\n\
         difference stops the cut-over. Line by line it must hold that\n\
         bank + treasury + advanced = purses + prepaid + payable.\n\
         treasury: granted by the city and not transferred yet. advanced: prepaid, and paid to shops before it is used.\n\
         What was paid in the old system can't be refunded here, PINs are set anew, and what people used of this month's\n\
         limits is not taken over: the first of a month is a good day. What own money was taken over is the measure for\n\
         withdrawing the rest of it.\n\
         Payout accounts of shops are taken over with shops.csv (bank, account, account_holder); a shop without one keeps what\n\
         it has earned here until it or an officer names an account. Accounts of people are not: who withdraws names one.\n\
         Cashback rules are not taken over: the pack's campaigns hold from the cut-over on, for every payment made here, and\n\
         nothing of what was paid in the old system is earned again. Cashback that was granted there is in purses.csv, as\n\
         reward, with the month it expires in; it is charged to no budget here. Check that the pack's campaign of the day is\n\
         the one people were promised: the rehearsal says which it is.\n\
         Budgets behind coupons and advances are voted before the cut-over; the rehearsal says how much. If the books differ\n\
         at the end, nobody can pay: begin again with an empty city.",
    );
    text
}

pub fn run(args: &Args) -> Result<(), Failed> {
    if let Some(folder) = &args.template {
        return template(folder);
    }
    let (Some(config), Some(from)) = (&args.config, &args.from) else {
        return Err("name the configuration and the folder".into());
    };
    let files = read(from)?;
    match &args.cut_over {
        None => {
            let (config, target) = serve::addressed(config)?;
            let (pack, kept) = pack(&target, &config.pack)?;
            if !kept {
                println!("the city is not made yet: these are the rules of the pack's folder");
            }
            let day = day(&pack, SystemClock.now())?;
            let plan = rehearse(&pack, day, &borrowed(&files));
            print!("{}{}", report(&plan), from_then_on(&pack, day, &plan));
            if plan.is_clean() {
                Ok(())
            } else {
                Err("not ready: mend what is named above, and rehearse again".into())
            }
        }
        Some(hash) => carry_out(config, &files, hash.trim()),
    }
}

fn template(folder: &Path) -> Result<(), Failed> {
    fs::create_dir_all(folder)?;
    for layout in &LAYOUTS {
        let path = folder.join(layout.name).with_extension("csv");
        if path.exists() {
            return Err(format!("{} is there already: nothing is written over", path.display()).into());
        }
        let columns = layout.columns.iter().map(|column| column.names[0].to_owned()).collect();
        fs::write(
            &path,
            sheets::csv(&sheets::Sheet { name: layout.name.into(), columns, rows: Vec::new() }),
        )?;
        println!("{}", path.display());
    }
    Ok(())
}

type Files = Vec<(&'static str, Vec<u8>)>;

/// The files that are there. One that is too large is not even read.
fn read(folder: &Path) -> Result<Files, Failed> {
    let mut files = Vec::new();
    for layout in &LAYOUTS {
        let found = ENDINGS.iter().map(|ending| folder.join(layout.name).with_extension(ending));
        let Some(path) = found.into_iter().find(|path| path.exists()) else { continue };
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        if fs::metadata(&path).map_err(|error| named(&error))?.len() > LIMITS.bytes as u64 {
            return Err(named(&format!("larger than {} bytes", LIMITS.bytes)).into());
        }
        files.push((layout.name, fs::read(&path).map_err(|error| named(&error))?));
    }
    Ok(files)
}

fn borrowed(files: &Files) -> BTreeMap<&str, Vec<u8>> {
    files.iter().map(|(name, bytes)| (*name, bytes.clone())).collect()
}

/// The pack in force, and whether the city has one; else its folder's.
fn pack(target: &Target, folder: &Path) -> Result<(Pack, bool), Failed> {
    let made = target.path().is_none_or(Path::exists);
    let kept =
        if made { Readers::open(target, 1).and_then(|readers| readers.read(newest)) } else { Ok(None) };
    // A database without tables is a city that is not made yet; any other trouble the cut-over says.
    let (kept, is_kept) = match kept {
        Ok(Some((_, _, kept))) => (kept, true),
        Ok(None) | Err(_) => (Kept { files: read_folder(folder)?, scale: (1, 1) }, false),
    };
    let pack = kept.parse().map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        faults.join("\n")
    })?;
    Ok((pack, is_kept))
}

/// The city's day of an instant.
fn day(pack: &Pack, at: Instant) -> Result<Date, Failed> {
    let zone = Zone::named(&pack.city.zone).ok_or("the pack names an unknown time zone")?;
    Ok(zone.date(at))
}

fn shown(total: Total) -> String {
    match (total.count, total.won) {
        (count, 0) => count.to_string(),
        (0, won) => format!("{} won", Won(won)),
        (count, won) => format!("{count} · {} won", Won(won)),
    }
}

/// Control totals beside what was found, line by line.
fn beside(control: &Totals, found: &Totals, head: &str) -> String {
    let mut text = format!("{:<26}{:>28}{head:>28}\n", "control totals", "stated");
    let mut lines: Vec<&String> = control.0.keys().chain(found.0.keys()).collect();
    lines.sort_unstable();
    lines.dedup();
    for line in lines {
        let (stated, there) = (control.line(line), found.line(line));
        let mark = if stated == there { ' ' } else { '!' };
        writeln!(text, "{mark} {line:<24}{:>28}{:>28}", shown(stated), shown(there)).ok();
    }
    text
}

fn report(plan: &Plan) -> String {
    let mut text = String::from("a rehearsal: nothing is written\n\n");
    for (file, rows) in &plan.rows {
        writeln!(text, "{file:<26}{rows:>10} rows").ok();
    }
    if !plan.bad.is_empty() {
        write!(text, "\n{} rows or files can't be taken over:\n", plan.bad.len()).ok();
        for bad in plan.bad.iter().take(SHOWN) {
            let line = if bad.line == 0 { String::new() } else { format!(", line {}", bad.line) };
            writeln!(text, "  {}{line}: {}; {}", bad.file, bad.what, bad.mend).ok();
        }
        if plan.bad.len() > SHOWN {
            writeln!(text, "  and {} more", plan.bad.len() - SHOWN).ok();
        }
    }
    write!(text, "\n{}", beside(&plan.control, &plan.found, "in the files")).ok();
    let differences = plan.differences();
    if differences.is_empty() {
        text.push_str("no difference\n");
    }
    for one in &differences {
        let (stated, found) = (one.stated, one.found);
        writeln!(
            text,
            "difference in {}: {} won, {} in number",
            one.line,
            Won(found.won - stated.won),
            found.count - stated.count
        )
        .ok();
    }
    text.push_str("\nwhat the cut-over would post, against bank.trust:\n");
    for (line, total) in &plan.found.0 {
        let class = match line.split_once('/') {
            Some(("purses", purpose)) => format!("holder.purse/{purpose}"),
            Some(("prepaid", shop)) => format!("holder.prepaid at {shop}"),
            _ if line == "payable" => "shop.payable".to_owned(),
            _ => continue,
        };
        writeln!(text, "  C {class:<32}{:>22}", Won(total.won).to_string()).ok();
    }
    for (line, class) in [("advanced", "shop.advance"), ("treasury", "treasury.due"), ("bank", "bank.trust")]
    {
        writeln!(text, "  D {class:<32}{:>22}", Won(plan.found.line(line).won).to_string()).ok();
    }
    for (budget, won) in &plan.needs {
        writeln!(text, "before the cut-over, {} won must be voted for {budget}", Won(*won)).ok();
    }
    write!(text, "\nreport {}\n", hex(&plan.report)).ok();
    text
}

/// What payments earn from the cut-over on, and how many shops could not be paid out.
fn from_then_on(pack: &Pack, day: Date, plan: &Plan) -> String {
    let mut text = String::from("\nfrom the cut-over on\n");
    let campaign = pack.campaigns.iter().find(|one| one.holds_on(day));
    match campaign {
        Some(one) => writeln!(text, "  payments earn by {} ({})", one.id, one.name.en).ok(),
        None => writeln!(text, "  payments earn nothing: the pack has no campaign on {day}").ok(),
    };
    let without = plan.found.line("shops").count - plan.found.line("accounts").count;
    if without > 0 {
        writeln!(text, "  {without} shops have no payout account: what they earn waits for one").ok();
    }
    text
}

fn carry_out(config: &Path, files: &Files, hash: &str) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(config)?;
    // Before anything is made: other files, another pack, or rows to mend are no cut-over.
    let (rules, made) = pack(&target, &config.pack)?;
    // What was begun goes on by the rules of the day it began on: months of expiry are that day's.
    // A city that an older program made has no such table yet: opening it makes one.
    let moving = if made { Readers::open(&target, 1)?.read(moving::read).unwrap_or(None) } else { None };
    let begun = moving.filter(|one| one.is_under_way()).map(|one| one.begun);
    let day = day(&rules, begun.unwrap_or_else(|| SystemClock.now()))?;
    let plan = rehearse(&rules, day, &borrowed(files));
    if hex(&plan.report) != hash {
        return Err(format!(
            "these are not the files and the pack that were rehearsed: their report is {}, not {hash}; rehearse again",
            hex(&plan.report)
        )
        .into());
    }
    if !plan.is_clean() {
        print!("{}", report(&plan));
        return Err("not ready: mend what is named above, and rehearse again".into());
    }
    let city = serve::open_alone(&config, target, keys)?;
    let outcome = work(&city, plan);
    city.close()?;
    outcome
}

fn work(city: &City, plan: Plan) -> Result<(), Failed> {
    let moving = city.shared.read().town.open.moving.clone();
    if let Some(one) = moving.as_ref().filter(|one| one.is_under_way()) {
        println!("going on at part {} of {}", one.next + 1, one.parts);
    }
    let mut ask = |key: String, command: city::Command| {
        let request = Request { actor: Actor::SYSTEM, key, input_hash: command.input_hash() };
        city.ask_waiting(request, command)
    };
    let mut progress = |done: usize, of: usize| {
        println!("part {done} of {of}");
        // Whoever watches it sees each part as it is durable; if nobody can, it goes on.
        std::io::stdout().flush().ok();
    };
    cut_over(plan, &moving, &mut ask, &mut progress)?;
    let moving = city.shared.read().town.open.moving.clone();
    let done = moving.ok_or("the city does not say that it moved in")?;
    print!("{}", beside(&done.control, &done.books, "in the books"));
    println!("no difference: the cut-over is done, people can pay");
    Ok(())
}
