//! `ongoeul inspect`: a month's looks at personal records, the unusual ones first. It reads beside a running city.

use std::path::PathBuf;

use access::Readers;
use base::Zone;
use city::looks::inspection::{self, Inspection, Unusual};
use city::looks::ties::Ties;
use store::Target;

use crate::house::{ACCESS, Failed};

/// Which month of which city.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The month: `2021-02`.
    #[arg(long)]
    month: String,
    /// The city's folder, with its access ledger.
    #[arg(long, default_value = "ongoeul-demo")]
    dir: PathBuf,
    /// The database of a PostgreSQL city.
    #[arg(long)]
    postgres: Option<String>,
}

pub fn run(args: &Args) -> Result<(), Failed> {
    let month = inspection::month(&args.month)
        .ok_or_else(|| format!("{:?} is no month: write it as 2021-02", args.month))?;
    let target = match &args.postgres {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(args.dir.join("city.sqlite")),
    };
    let file = args.dir.join(ACCESS);
    if target.path().is_some_and(|path| !path.exists()) || !file.exists() {
        return Err(format!("there is no city with an access ledger in {}", args.dir.display()).into());
    }
    let city = store::Readers::open(&target, 1)?;
    let (kept, made) =
        city.read(|snapshot| Ok((city::pack::newest(snapshot)?, inspection::made_of(snapshot, month)?)))?;
    let (.., kept) = kept.ok_or("the city has no pack yet")?;
    let pack = kept.parse().map_err(city::open::CantOpen::Pack)?;
    let zone = Zone::named(&pack.city.zone).ok_or("the pack names an unknown time zone")?;
    let readers = Readers::open(&file)?;
    let verified = readers.verify(None)?;
    readers.compare(&made.iter().map(|made| made.head).collect::<Vec<_>>())?;
    print(&inspection::inspect(&readers, month, &zone, |_| Ok(Ties::default()))?, &zone);
    match made {
        Some(made) => println!("inspected by itself at {}: {} looks", made.made.rfc3339(), made.looks),
        None => println!("not inspected by itself yet: that is done on the first of the next month"),
    }
    println!("the access ledger is right up to look {}: {}", verified.to.no, verified.to.hash);
    Ok(())
}

/// Opaque ids only: whose they are stands sealed in the city.
fn print(found: &Inspection, zone: &Zone) {
    let Inspection { month, looks, people, by_purpose, unusual } = found;
    println!("{}: {looks} looks at {people} people, {} unusual", inspection::named(*month), unusual.len());
    for Unusual { entry, points, signs } in unusual {
        let look = &entry.look;
        let signs: Vec<String> = signs.iter().map(|sign| format!("{sign:?}")).collect();
        println!(
            "{points:>3}  {}  {}  {}  {}/{}  {}",
            zone.civil(look.at).strftime("%Y-%m-%d %H:%M:%S"),
            look.who,
            look.whom,
            look.what,
            look.purpose,
            signs.join(", ")
        );
    }
    for ((role, purpose), count) in by_purpose {
        println!("{count:>9}  {role} {purpose}");
    }
}
