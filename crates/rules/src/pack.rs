//! The whole pack: parsed from its files, checked across them, and asked by date.

use std::collections::BTreeMap;

use base::{Date, Source, Won};
use sha2::{Digest, Sha256};

use crate::campaign::{self, Around};
use crate::read::{Ids, Reader};
use crate::{
    Budget, Campaign, CardRules, City, CompartmentRule, Confirmed, Counts, Coupons, FourEyes, FraudRule,
    Giving, Grant, GrantAt, NoticeRules, Organisations, PackError, Prepayment, Purpose, RoleRule, Settlement,
    Town,
};
use crate::{
    budget, card, city, compartments, coupons, four_eyes, fraud, giving, notices, organisations, prepayment,
    roles, settlement, town,
};

/// Files read here, besides those under `campaigns/`.
const REQUIRED: [&str; 5] = ["city.toml", "town.toml", "card.toml", "budgets.toml", "roles.toml"];

/// Files that switch a room on where they stand.
const ROOMS: [&str; 9] = [
    "compartments.toml",
    "four_eyes.toml",
    "giving.toml",
    "organisations.toml",
    "notices.toml",
    "fraud.toml",
    "coupons.toml",
    "prepayment.toml",
    "settlement.toml",
];

/// What else may stand in a pack, as (start, end) of the name. Read by others, but part of the hash.
const BESIDE: [(&str, &str); 4] =
    [("chart", ".toml"), ("texts/", ".ftl"), ("README", ".md"), ("SOURCES", ".md")];

/// A city's rules, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// SHA-256 over the sorted (name, content) pairs of all files; see [`Pack::hash_hex`].
    pub hash: [u8; 32],
    /// The reduction of a demo city as (numerator, denominator); (1, 1) as parsed. See [`scaled`].
    pub scale: (i64, i64),
    /// The city.
    pub city: City,
    /// What the synthetic town is drawn from.
    pub town: Town,
    /// The card's rules, by date.
    pub card: Vec<CardRules>,
    /// What money on the card may be for, by number.
    pub purposes: Vec<Purpose>,
    /// The campaigns, by date.
    pub campaigns: Vec<Campaign>,
    /// The budgets, as they stand in the file.
    pub budgets: Vec<Budget>,
    /// Coupons, sales and releases.
    pub coupons: Coupons,
    /// The roles, as they stand in the file.
    pub roles: Vec<RoleRule>,
    /// The organisations it begins with.
    pub organisations: Organisations,
    /// Good prepayment by date; empty in a city without it.
    pub prepayments: Vec<Prepayment>,
    /// How shops are paid and join.
    pub settlement: Settlement,
    /// The rules of giving, in a city where gifts are taken.
    pub giving: Option<Giving>,
    /// How people are told of things.
    pub notices: NoticeRules,
    /// Signs of illegal exchange, as they stand in the file.
    pub fraud: Vec<FraudRule>,
    /// What a second person confirms, as it stands in the file; empty where nothing is asked for.
    pub four_eyes: Vec<FourEyes>,
    /// Sealed compartments, as they stand in the file.
    pub compartments: Vec<CompartmentRule>,
}

/// What limits a person on a day, for an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitNote {
    /// A person's monthly limit without carry-over.
    pub month: Option<Won>,
    /// A person's yearly limit.
    pub year: Option<Won>,
    /// The whole city's monthly limit.
    pub city_month: Option<Won>,
    /// What they count.
    pub counts: Counts,
    /// The day the monthly limits start anew.
    pub renews: Date,
    /// A person's monthly limit from that day, when a campaign is known for it.
    pub month_then: Option<Won>,
    /// What the rule rests on.
    pub source: Source,
}

impl Pack {
    /// Reads and checks a pack from its files, by their names inside the pack (`campaigns/pig-card.toml`).
    /// Fails with every fault found, sorted by file and line; a file with a faulty shape shows its first only.
    pub fn parse(files: &BTreeMap<String, String>) -> Result<Pack, Vec<PackError>> {
        let mut errors = unexpected(files);
        let city = with(files, "city.toml", &mut errors, city::read).flatten();
        let trades: Option<Vec<&str>> =
            city.as_ref().map(|c| c.trades.iter().map(|t| t.id.as_str()).collect());
        let town =
            with(files, "town.toml", &mut errors, |reader| town::read(reader, city.as_ref())).flatten();
        let card =
            with(files, "card.toml", &mut errors, |reader| card::read(reader, trades.as_deref())).flatten();
        let budgets = with(files, "budgets.toml", &mut errors, budget::read).flatten();
        let roles = with(files, "roles.toml", &mut errors, roles::read).flatten();
        let organisations = with(files, "organisations.toml", &mut errors, organisations::read)
            .unwrap_or(Some(Organisations::default()));
        let coupons = with(files, "coupons.toml", &mut errors, |reader| {
            let around = coupons::Around {
                city: city.as_ref(),
                purposes: card.as_ref().map(|(_, purposes)| purposes.as_slice()),
                budgets: budgets.as_deref(),
            };
            coupons::read(reader, &around)
        });
        let prepayments = with(files, "prepayment.toml", &mut errors, |reader| {
            prepayment::read(reader, budgets.as_deref())
        })
        .unwrap_or_default();
        let settlement = match files.contains_key("settlement.toml") {
            true => with(files, "settlement.toml", &mut errors, |reader| {
                settlement::read(reader, trades.as_deref(), budgets.as_deref())
            })
            .flatten(),
            false => Some(Settlement::default()),
        };
        let ids = |purposes: &[Purpose]| purposes.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
        let named: Option<Vec<String>> = card.as_ref().map(|(_, purposes)| ids(purposes));
        let named: Option<Vec<&str>> = named.as_ref().map(|ids| ids.iter().map(String::as_str).collect());
        let votes: Option<Vec<&str>> =
            budgets.as_ref().map(|all| all.iter().map(|b| b.id.as_str()).collect());
        let giving = with(files, "giving.toml", &mut errors, |reader| {
            giving::read(reader, named.as_deref(), votes.as_deref())
        })
        .flatten();
        let notices = with(files, "notices.toml", &mut errors, notices::read).flatten().unwrap_or_default();
        let fraud = with(files, "fraud.toml", &mut errors, fraud::read).flatten().unwrap_or_default();
        let four_eyes =
            with(files, "four_eyes.toml", &mut errors, |reader| four_eyes::read(reader, roles.as_deref()))
                .flatten()
                .unwrap_or_default();
        let compartments = with(files, "compartments.toml", &mut errors, |reader| {
            compartments::read(reader, roles.as_deref(), organisations.as_ref().map(|all| all.all.as_slice()))
        })
        .flatten()
        .unwrap_or_default();
        let mut around = Around {
            budgets: budgets.as_deref(),
            purposes: card.as_ref().map(|(_, purposes)| purposes.as_slice()),
            periods: BTreeMap::new(),
            ids: Ids::default(),
        };
        let mut campaigns = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| is_campaign(name)) {
            campaigns.extend(campaign::read(&mut Reader::new(name, text, &mut errors), &mut around));
        }
        campaigns.sort_by_key(|c| c.from);
        errors.sort();
        match (city, town, card, budgets, roles, organisations, settlement) {
            (
                Some(city),
                Some(town),
                Some((card, mut purposes)),
                Some(budgets),
                Some(roles),
                Some(organisations),
                Some(settlement),
            ) if errors.is_empty() => {
                let (hash, scale) = (hash(files), (1, 1));
                let coupons = coupons.flatten().unwrap_or_default();
                for coupon in coupons.coupons.iter().filter(|c| c.until < c.cohort().last_day()) {
                    purposes[usize::from(coupon.purpose)].ends.push(coupon.until);
                }
                Ok(Pack {
                    hash,
                    scale,
                    city,
                    town,
                    card,
                    purposes,
                    campaigns,
                    budgets,
                    coupons,
                    roles,
                    organisations,
                    giving,
                    prepayments,
                    settlement,
                    notices,
                    fraud,
                    four_eyes,
                    compartments,
                })
            }
            _ => Err(errors),
        }
    }

    /// Whether a second person confirms an operation of such a sum on a day, and by which rule.
    pub fn four_eyes_on(&self, date: Date, operation: Confirmed, amount: i64) -> Option<&FourEyes> {
        let mut rules = self.four_eyes.iter();
        rules.find(|one| one.operation == operation && one.holds_on(date) && one.asks(amount))
    }

    /// The hash as 64 hexadecimal digits.
    pub fn hash_hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The campaign that holds on a day.
    pub fn campaign_on(&self, date: Date) -> Option<&Campaign> {
        self.campaigns.iter().find(|c| c.holds_on(date))
    }

    /// A campaign by its id.
    pub fn campaign(&self, id: &str) -> Option<&Campaign> {
        self.campaigns.iter().find(|c| c.id == id)
    }

    /// The card's rules that hold on a day.
    pub fn card_on(&self, date: Date) -> Option<&CardRules> {
        self.card.iter().find(|c| c.holds_on(date))
    }

    /// What can be prepaid on a day.
    pub fn prepayment_on(&self, date: Date) -> Option<&Prepayment> {
        self.prepayments.iter().find(|p| p.sells_on(date))
    }

    /// A programme of prepayment by its id.
    pub fn prepayment(&self, id: &str) -> Option<&Prepayment> {
        self.prepayments.iter().find(|p| p.id == id)
    }

    /// A budget by its id.
    pub fn budget(&self, id: &str) -> Option<&Budget> {
        self.budgets.iter().find(|b| b.id == id)
    }

    /// A purpose by its id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|p| p.id == id)
    }

    /// A purpose by its number.
    pub fn purpose_numbered(&self, number: u8) -> Option<&Purpose> {
        self.purposes.get(usize::from(number))
    }

    /// The purposes in the order they are spent.
    pub fn spending_order(&self) -> Vec<&Purpose> {
        let mut purposes: Vec<&Purpose> = self.purposes.iter().collect();
        purposes.sort_by_key(|p| p.order);
        purposes
    }

    /// What is granted on a day at a moment, each with its budget: only grants whose budget is open that day.
    pub fn grants_on(&self, date: Date, at: GrantAt) -> Vec<(&Grant, &Budget)> {
        let grants = self.campaign_on(date).into_iter().flat_map(|c| c.grants_at(at));
        grants
            .filter_map(|grant| Some((grant, self.budget(&grant.budget)?)))
            .filter(|(_, budget)| budget.is_open(date))
            .collect()
    }

    /// The next day after `date` on which other campaign rules hold, or none do any more.
    pub fn next_change(&self, date: Date) -> Option<Date> {
        let starts = self.campaigns.iter().map(|c| c.from);
        let ends = self.campaigns.iter().filter_map(|c| c.until?.tomorrow().ok());
        starts.chain(ends).filter(|day| *day > date).min()
    }

    /// What limits a person on a day; `None` without a campaign.
    pub fn explain_limit(&self, date: Date) -> Option<LimitNote> {
        let campaign = self.campaign_on(date)?;
        let renews = Campaign::renews(date);
        Some(LimitNote {
            month: campaign.person_month,
            year: campaign.person_year,
            city_month: campaign.city_month,
            counts: campaign.counts,
            renews,
            month_then: self.campaign_on(renews).and_then(|c| c.person_month),
            source: campaign.source.clone(),
        })
    }
}

/// The pack of a reduced demo city: budgets and the city's own caps are multiplied by `numerator / denominator`
/// (people / population) and floored; what a single person or shop may do is unchanged. The hash stays that of
/// the files, `scale` says the rest. `None` unless `0 < numerator ≤ denominator`.
pub fn scaled(pack: &Pack, numerator: i64, denominator: i64) -> Option<Pack> {
    if numerator < 1 || denominator < numerator {
        return None;
    }
    let mut small = pack.clone();
    small.scale = (numerator, denominator);
    // What a single person and a single shop may do stays as it is, so what stands behind it does too.
    let guarantees: Vec<&str> = pack.prepayments.iter().map(|p| p.guarantee.as_str()).collect();
    for budget in small.budgets.iter_mut().filter(|b| !guarantees.contains(&b.id.as_str())) {
        budget.amount = budget.amount.times(numerator, denominator)?;
    }
    for campaign in &mut small.campaigns {
        if let Some(cap) = &mut campaign.city_month {
            *cap = cap.times(numerator, denominator)?;
        }
    }
    small.coupons.scale(numerator, denominator);
    Some(small)
}

fn is_campaign(name: &str) -> bool {
    name.starts_with("campaigns/") && name.ends_with(".toml")
}

/// Reads one required file; its absence is a fault found by [`unexpected`].
fn with<T>(
    files: &BTreeMap<String, String>,
    name: &str,
    errors: &mut Vec<PackError>,
    read: impl FnOnce(&mut Reader<'_>) -> T,
) -> Option<T> {
    let text = files.get(name)?;
    Some(read(&mut Reader::new(name, text, errors)))
}

/// Files that are missing, and files nothing reads: a misspelt folder must not silently switch a rule off.
fn unexpected(files: &BTreeMap<String, String>) -> Vec<PackError> {
    let fault = |file: &str, what: &str, fix: &str| PackError {
        file: file.to_owned(),
        line: 1,
        what: what.to_owned(),
        fix: fix.to_owned(),
    };
    let missing = REQUIRED.iter().filter(|name| !files.contains_key(**name));
    let missing = missing.map(|name| fault(name, "the file is missing", "add it to the pack"));
    let odd = files.keys().filter(|name| {
        let beside = BESIDE.iter().any(|(start, end)| name.starts_with(start) && name.ends_with(end));
        let known = REQUIRED.contains(&name.as_str()) || ROOMS.contains(&name.as_str());
        !known && !is_campaign(name) && !beside
    });
    let odd = odd
        .map(|name| fault(name, "nothing reads this file", "rename it to what it should be, or remove it"));
    missing.chain(odd).collect()
}

/// Lengths go in too, so that no two different packs run together to the same bytes.
fn hash(files: &BTreeMap<String, String>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in files.iter().flat_map(|(name, text)| [name, text]) {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
