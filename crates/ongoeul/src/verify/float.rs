//! `ongoeul verify float`: a statement against the journal it is of, or a holder's proof against the statement in it.

use std::error::Error;
use std::path::PathBuf;

use base::Date;
use city::sealing::{key_of, recompute, stated_in};
use indicatif::{ProgressBar, ProgressStyle};
use seal::{FloatProof, Reader, Statement};
use store::Readers;

use super::whose::{Whose, brought, key};
use crate::house::Failed;

/// What is verified.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    whose: Whose,
    /// The day of the statement; the newest otherwise.
    #[arg(long, value_parser = crate::days::day, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
    /// A holder's proof: nothing else is needed, but the key.
    #[arg(long, requires = "key", conflicts_with = "day")]
    proof: Option<PathBuf>,
    /// The city's key as it was made known, or a file with it.
    #[arg(long)]
    key: Option<String>,
    /// Tell every class and every shop's advance too, not only the sums.
    #[arg(long)]
    lines: bool,
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    match (&args.proof, &args.key) {
        (Some(proof), Some(text)) => {
            let proof = FloatProof::read(&brought(proof)?)?;
            let statement = proof.check(&key(text)?)?;
            println!("{} was owed {} won, and this sum is in the statement", proof.holder, proof.won);
            tell(&statement, args.lines);
            Ok(())
        }
        _ => Ok(against_the_journal(args)?),
    }
}

/// The sums; below them each line of the statement, where they are asked for: a city has hundreds.
fn tell(statement: &Statement, lines: bool) {
    println!("day       {} (made {})", statement.day, statement.at);
    println!("posting   {}", statement.posting);
    println!("backing   {:>16} won", statement.backing());
    println!("owed      {:>16} won", statement.owed());
    let classes = statement.backs.len() + statement.owes.len();
    if !lines {
        println!(
            "in {classes} classes, and {} advances to shops: --lines tells each",
            statement.advances.len()
        );
        return;
    }
    for line in statement.backs.iter().chain(&statement.owes) {
        println!("{:<16} {:>16} won on {} accounts", line.class, line.won, line.accounts);
    }
    for (shop, won) in &statement.advances {
        println!("advance to {shop} {won:>10} won");
    }
}

fn against_the_journal(args: &Args) -> Result<(), Failed> {
    let city = args.whose.city()?;
    let key = key_of(&city.folder, &city.secret)?;
    let stated = stated_in(&city.folder);
    let (Some(newest), Some(oldest)) = (stated.first(), stated.last()) else {
        return Err("no statement was made yet: one is made each night".into());
    };
    let day = args.day.unwrap_or(*newest);
    if !stated.contains(&day) {
        return Err(
            format!("there is no statement of {day}: there are some from {oldest} to {newest}").into()
        );
    }
    let note = brought(&city.folder.join("float").join(format!("{day}.note")))?;
    let statement = Statement::open(&note, &key)?;
    if seal::root(&Reader::of(&city.folder), statement.posting)? != statement.log {
        return Err(format!("the statement of {day} is of other postings than the log has").into());
    }
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} postings counted ({per_sec})")?);
    let mut outcome = Ok(());
    Readers::open(&city.target, 1)?.read(|snapshot| {
        let mut progress = |postings| bar.set_position(postings);
        outcome = recompute(snapshot, &statement, &city.secret, &city.folder, &mut progress);
        Ok(())
    })?;
    bar.finish_and_clear();
    outcome?;
    println!("right: the journal gives every class, every holder's sum and every advance again");
    tell(&statement, args.lines);
    Ok(())
}
