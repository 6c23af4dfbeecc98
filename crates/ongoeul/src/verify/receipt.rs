//! `ongoeul verify receipt FILE`: a receipt, checked from the checkpoint in it alone.

use std::error::Error;
use std::path::PathBuf;

use base::{Instant, Won, Zone};
use seal::{Checked, Checkpoint, Receipt, Trust, VerifierKey};
use serde_json::Value;

use super::whose::{brought, key};

/// Which receipt, and whom to believe.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The receipt file.
    file: PathBuf,
    /// The city's key as it was made known (or a file with it). Without one, compare the key that is told by eye.
    #[arg(long)]
    key: Option<String>,
    /// A checkpoint that was had from elsewhere: the receipt must lead to this one.
    #[arg(long)]
    checkpoint: Option<PathBuf>,
    /// The city's time zone, such as `Asia/Seoul`: a receipt holds instants. Without it they are told in UTC.
    #[arg(long, value_parser = zone)]
    zone: Option<Zone>,
}

fn zone(name: &str) -> Result<Zone, String> {
    Zone::named(name).ok_or_else(|| format!("there is no time zone {name:?}: it is named like Asia/Seoul"))
}

pub fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let receipt = Receipt::read(&brought(&args.file)?)?;
    let known: Option<VerifierKey> = args.key.as_deref().map(key).transpose()?;
    let held = match &args.checkpoint {
        None => None,
        Some(path) => {
            let note = brought(path)?;
            Some(match &known {
                Some(key) => Checkpoint::open(&note, key)?,
                None => Checkpoint::unverified(&note)?,
            })
        }
    };
    let mut checked = match (&held, &known) {
        (Some(held), _) => receipt.check(&Trust::Checkpoint(held))?,
        (None, Some(key)) => receipt.check(&Trust::Key(key))?,
        (None, None) => receipt.check(&Trust::ItsOwn)?,
    };
    if let (Some(_), Some(key)) = (&held, &known) {
        checked = receipt.check(&Trust::Key(key))?;
    }
    println!("the receipt is what was sealed");
    for (name, text) in told(&checked, args.zone.as_ref()) {
        println!("{name:<9} {text}");
    }
    println!("kept back {} parts", checked.closed);
    println!("log       {}", checked.checkpoint.origin);
    println!("sealed    in a log of {} postings, root {}", checked.checkpoint.size, checked.checkpoint.root);
    println!("key       {}", checked.key);
    if known.is_none() {
        println!("compare the key with the one the city made known, or name it with --key");
    }
    Ok(())
}

/// What is open, in plain words; a part without words here as it was sealed. The file knows numbers of shops and no names.
fn told(checked: &Checked, zone: Option<&Zone>) -> Vec<(String, String)> {
    let mut told = vec![("posting".to_owned(), checked.posting.to_string())];
    let kind = checked.head("kind").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let sum = checked.head("amount").and_then(|won| won.as_i64()).unwrap_or_default();
    told.push(("what".to_owned(), format!("{}, {} won", deed(&kind), Won(sum))));
    if let Some(at) = checked.head("at").and_then(|at| at.as_i64()) {
        told.push(("when".to_owned(), moment(Instant(at), zone)));
    }
    if let Some(day) = checked.head("day").and_then(|day| i32::try_from(day.as_i64()?).ok()) {
        told.push(("day".to_owned(), format!("{} (the city's)", base::date_of_day(day))));
    }
    for (name, text) in checked.shown.iter().filter(|(name, _)| name != "head" && name != "facts") {
        let value: Value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        let short = name.trim_start_matches("facts.").trim_start_matches("payment.");
        match (short, &value) {
            (_, Value::Null) => {}
            // The head has it already.
            ("amount", Value::Number(won)) if won.as_i64() == Some(sum) => {}
            ("merchant", Value::String(shop)) => told.push(("shop".to_owned(), format!("number {shop}"))),
            ("order", Value::String(order)) => told.push(("order".to_owned(), order.clone())),
            ("cashback.reward" | "reward", Value::Number(won)) => {
                told.push(("cashback".to_owned(), format!("{} won", Won(won.as_i64().unwrap_or_default()))));
            }
            _ => told.push((name.clone(), text.clone())),
        }
    }
    told
}

/// An instant to the second, where it was; in UTC where nobody said where.
fn moment(at: Instant, zone: Option<&Zone>) -> String {
    match zone {
        Some(zone) => format!("{} ({})", zone.civil(at).strftime("%Y-%m-%d %H:%M:%S"), zone.name()),
        None => {
            let whole = Instant(at.0.div_euclid(1_000_000) * 1_000_000).rfc3339();
            let when = whole.trim_end_matches('Z').replace('T', " ");
            format!("{when} (UTC; --zone tells it in the city's time)")
        }
    }
}

/// A kind of posting in a word; those that few receipts are of, as the journal calls them.
fn deed(kind: &str) -> &str {
    match kind {
        "pay" => "a payment",
        "refund" => "a refund",
        "authorise" => "a reservation",
        "capture" => "a payment that was reserved",
        "void" => "a reservation let go",
        "top-up" => "a top-up",
        "withdraw" => "a withdrawal",
        "gift" => "a gift",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_told_in_plain_words() {
        let head =
            r#"{"no":7,"at":1614038712345678,"day":18681,"kind":"pay","amount":12000,"pack":1,"reverses":0}"#;
        let parts = [
            ("head", head),
            ("facts", "{}"),
            ("facts.amount", "12000"),
            ("facts.merchant", "\"mer_0123\""),
            ("facts.order", "null"),
            ("facts.cashback.reward", "1200"),
            ("moves", "1>2:12000"),
        ];
        let checked = Checked {
            posting: 7,
            shown: parts.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec(),
            closed: 3,
            checkpoint: Checkpoint { origin: "city/log".into(), size: 9, root: seal::Hash([0; 32]) },
            key: String::new(),
        };
        let seoul = Zone::named("Asia/Seoul").unwrap();
        let lines = |zone| -> Vec<String> {
            told(&checked, zone).iter().map(|(name, text)| format!("{name} {text}")).collect()
        };
        assert_eq!(lines(None)[2], "when 2021-02-23 00:05:12 (UTC; --zone tells it in the city's time)");
        assert_eq!(
            lines(Some(&seoul)),
            [
                "posting 7",
                "what a payment, 12,000 won",
                "when 2021-02-23 09:05:12 (Asia/Seoul)",
                "day 2021-02-23 (the city's)",
                "shop number mer_0123",
                "cashback 1,200 won",
                "moves 1>2:12000",
            ]
        );
    }
}
