//! `ongoeul token`: grants an API token, and shows it once. The city must not be running: it is granted by the pen.

use std::path::PathBuf;

use base::{Actor, Entropy, SystemEntropy};
use city::open::CantOpen;
use city::{Command, NewToken, tokens};
use pen::{Failure, Request};

use crate::house::{Failed, hex};
use crate::serve;

/// What its help says of a city that begins.
const TWO_OFFICERS: &str = "\
The first officers for access: what one of them gives waits for another one's yes, and nobody gives a role to themself. So a
city begins with two, each with a key of their own, made here while the server is stopped:

  ongoeul token --config city.toml --role access-officer --name \"first officer for access\"
  ongoeul token --config city.toml --role access-officer --name \"second officer for access\"

Each signs in with the key once, at /sign-in, and makes a passkey. From then on all other keys and roles are given at
/desk/access. Where one of them has left, the next is made here too.";

/// For whom.
#[derive(Debug, clap::Args)]
#[command(after_long_help = TWO_OFFICERS)]
pub struct Args {
    /// The configuration file of the city.
    #[arg(long)]
    config: PathBuf,
    /// A role of the pack (`clerk`, `card-officer`, …), or a kind of role (`officer`).
    #[arg(long)]
    role: String,
    /// The person's or shop's id, where the role has one.
    #[arg(long)]
    subject: Option<String>,
    /// The ten-digit code of the neighbourhood, where the role reaches only one.
    #[arg(long)]
    district: Option<String>,
    /// What it is for.
    #[arg(long)]
    name: String,
}

/// A new token's text: 256 random bits.
pub fn fresh(entropy: &mut dyn Entropy) -> String {
    let words: Vec<u8> = (0..4).flat_map(|_| entropy.next_u64().to_be_bytes()).collect();
    format!("ogl_{}", hex(&words))
}

/// A city has one writer: what to do where that is the server.
fn occupied(error: CantOpen) -> Failed {
    let said = error.to_string();
    match said.contains(store::Error::LeaderAlive.to_string().as_str()) {
        true => format!(
            "not granted: {said}. The city is being served. Stop the server and ask again, or leave it running and let the \
             officer who gives access grant the token at /desk/access/tokens"
        )
        .into(),
        false => error.into(),
    }
}

pub fn run(args: &Args) -> Result<(), Failed> {
    let (config, target, keys) = serve::configured(&args.config)?;
    let city = serve::open_alone(&config, target, keys).map_err(occupied)?;
    let token = fresh(&mut SystemEntropy::new()?);
    let command = Command::Grant(NewToken {
        hash: tokens::hash(&token),
        role: args.role.clone(),
        subject: args.subject.clone(),
        district: args.district.clone(),
        name: args.name.clone(),
    });
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    let outcome = city.ask_waiting(request, command);
    city.close()?;
    match outcome {
        Ok(_) => {
            println!("{token}");
            eprintln!("shown once: the city keeps only its hash");
            Ok(())
        }
        Err(Failure::Refused(no)) if no.code == "role.unknown" => Err(format!(
            "not granted: the pack has no role {} for what was named (roles.toml lists them; role.unknown)",
            args.role
        )
        .into()),
        Err(Failure::Refused(no)) => Err(format!("not granted: {}", no.code).into()),
        Err(failure) => Err(format!("not granted: {failure:?}").into()),
    }
}
