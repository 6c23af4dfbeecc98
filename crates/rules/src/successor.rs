//! Whether a pack may follow another in a city that lives: what was decided by a rule stays decided by it, and what the books
//! know by a number or a place keeps it. An entry in force is given a last day, and another one begins after it; nothing is
//! backdated.

use base::Date;

use crate::{Budget, Campaign, CardRules, Coupon, Coupons, Pack, Prepayment, Release, Sale};

/// What a later pack does, in a line each, in the order of the pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// What it changes.
    pub changes: Vec<String>,
    /// Why it can't follow; empty when it can. Each line says what would be right.
    pub faults: Vec<String>,
}

/// What changes when `new` follows `old` on this day, and what speaks against it.
pub fn successor(old: &Pack, new: &Pack, today: Date) -> Step {
    let mut step = Step::default();
    step.ground(old, new);
    step.dated(&old.card, &new.card, today);
    step.dated(&old.budgets, &new.budgets, today);
    let earns = |pack: &Pack| -> Vec<Campaign> {
        // A purpose that is new is filled into all campaigns that name none: it was nobody's before.
        let known = |id: &String| old.purposes.iter().any(|purpose| purpose.id == *id);
        let kept = |campaign: &Campaign| {
            let earns = campaign.earns.iter().filter(|id| known(id)).cloned().collect();
            Campaign { earns, ..campaign.clone() }
        };
        pack.campaigns.iter().map(kept).collect()
    };
    step.dated(&earns(old), &earns(new), today);
    step.dated(&old.prepayments, &new.prepayments, today);
    step.dated(&old.coupons.coupons, &new.coupons.coupons, today);
    step.dated(&old.coupons.sales, &new.coupons.sales, today);
    step.dated(&old.coupons.releases, &new.coupons.releases, today);
    step.undated(old, new);
    step
}

impl Step {
    /// What the books and the rows know by its place or its name.
    fn ground(&mut self, old: &Pack, new: &Pack) {
        let city = (&old.city, &new.city);
        if city.0.zone != city.1.zone {
            self.faults.push(format!("city.toml: the time zone stays {}", city.0.zone));
        }
        let districts = |pack: &Pack| pack.city.districts.iter().map(|d| d.code.clone()).collect::<Vec<_>>();
        self.places("city.toml: neighbourhood", &districts(old), &districts(new));
        let trades = |pack: &Pack| pack.city.trades.iter().map(|t| t.id.clone()).collect::<Vec<_>>();
        self.places("city.toml: trade", &trades(old), &trades(new));
        let purposes = |pack: &Pack| pack.purposes.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
        self.places("card.toml: purpose", &purposes(old), &purposes(new));
        let roles = |pack: &Pack| pack.roles.iter().map(|role| role.id.clone()).collect::<Vec<_>>();
        self.names("roles.toml: role", &roles(old), &roles(new));
        let all = |pack: &Pack| pack.organisations.all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        self.names("organisations.toml: organisation", &all(old), &all(new));
        let rooms = |pack: &Pack| pack.compartments.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        self.names("compartments.toml: compartment", &rooms(old), &rooms(new));
    }

    /// New ones stand at the end: the others keep their places.
    fn places(&mut self, what: &str, old: &[String], new: &[String]) {
        for (at, id) in old.iter().enumerate() {
            if new.get(at) != Some(id) {
                self.faults.push(format!(
                    "{what} {id} stays where it is, number {}; new ones come at the end",
                    at + 1
                ));
                return;
            }
        }
        self.changes.extend(new[old.len()..].iter().map(|id| format!("{what} {id} is new")));
    }

    /// Somebody may hold it.
    fn names(&mut self, what: &str, old: &[String], new: &[String]) {
        let gone = old.iter().filter(|id| !new.contains(id));
        self.faults.extend(gone.map(|id| format!("{what} {id} stays: it may be somebody's")));
        let more = new.iter().filter(|id| !old.contains(id));
        self.changes.extend(more.map(|id| format!("{what} {id} is new")));
    }

    fn dated<T: Entry>(&mut self, old: &[T], new: &[T], today: Date) {
        for was in old {
            let what = format!("{} {} (from {})", T::WHAT, was.name(), was.from());
            let begun = was.from() <= today;
            match new.iter().find(|now| now.name() == was.name()) {
                Some(now) if now == was => {}
                Some(now) if !begun && now.from() > today => {
                    self.changes.push(format!("{what}, which is ahead, is changed"));
                }
                Some(_) if !begun => self.backdated(&what, today),
                Some(now) => self.ended(&what, was, now, today),
                None if begun => self.faults.push(format!(
                    "{what} is gone, and was decided by: bring it back, with its last day if it is to end"
                )),
                None => self.changes.push(format!("{what}, which is ahead, is taken back")),
            }
        }
        for now in new.iter().filter(|now| !old.iter().any(|was| was.name() == now.name())) {
            let what = format!("{} {} (from {})", T::WHAT, now.name(), now.from());
            if now.from() > today {
                self.changes.push(format!("{what} is new"));
            } else {
                self.backdated(&what, today);
            }
        }
    }

    fn backdated(&mut self, what: &str, today: Date) {
        self.faults.push(format!("{what} would be backdated: let it begin after {today}"));
    }

    /// An entry that has begun may only be given another last day, and none that is over.
    fn ended<T: Entry>(&mut self, what: &str, was: &T, now: &T, today: Date) {
        let over = |until: Option<Date>| until.is_some_and(|until| until < today);
        match was.until_instead(now) {
            Some(same) if same == *now && !over(was.until()) && !over(now.until()) => {
                let day = now.until().map_or("no day".to_owned(), |day| day.to_string());
                self.changes.push(format!("{what} holds until {day}"));
            }
            Some(same) if same == *now => self.faults.push(format!(
                "{what} would end in the past, or begin again after its end: a last day is {today} or later"
            )),
            _ => self.faults.push(format!(
                "{what} holds already and is changed: leave it as it is, give it a last day, and add another one \
                 that begins after it"
            )),
        }
    }

    /// What has no dates holds from the moment on; every posting names the pack it was decided under. Every part of a pack
    /// is named here, so that one that is new can't be left out.
    fn undated(&mut self, old: &Pack, new: &Pack) {
        let Pack {
            hash: _,
            scale: _,
            city,
            town,
            card: _,
            purposes,
            campaigns: _,
            budgets: _,
            coupons: Coupons { coupons: _, sales: _, releases: _ },
            roles,
            organisations,
            prepayments: _,
            settlement,
            giving,
            notices,
            fraud,
            four_eyes,
            compartments,
        } = old;
        let files = [
            ("city.toml", *city != new.city),
            ("town.toml", *town != new.town),
            ("card.toml: purposes", *purposes != new.purposes),
            ("roles.toml", *roles != new.roles),
            ("organisations.toml", *organisations != new.organisations),
            ("compartments.toml", *compartments != new.compartments),
            ("settlement.toml", *settlement != new.settlement),
            ("giving.toml", *giving != new.giving),
            ("notices.toml", *notices != new.notices),
            ("fraud.toml", *fraud != new.fraud),
            ("four_eyes.toml", *four_eyes != new.four_eyes),
        ];
        let changed = files.into_iter().filter(|(_, changed)| *changed);
        self.changes.extend(changed.map(|(file, _)| format!("{file} is changed, from now on")));
    }
}

/// A rule with days.
trait Entry: PartialEq + Clone {
    /// What it is, for people.
    const WHAT: &'static str;
    /// What tells it from others of its kind.
    fn name(&self) -> String;
    /// Its first day.
    fn from(&self) -> Date;
    /// Its last day; `None` while no end is decided.
    fn until(&self) -> Option<Date>;
    /// The same with the last day of another, where a last day may be moved.
    fn until_instead(&self, other: &Self) -> Option<Self>;
}

/// Kinds whose last day may still be decided.
macro_rules! open_ended {
    ($($of:ident, $what:literal, $name:expr;)*) => {$(
        impl Entry for $of {
            const WHAT: &'static str = $what;
            fn name(&self) -> String {
                let name: fn(&$of) -> String = $name;
                name(self)
            }
            fn from(&self) -> Date {
                self.from
            }
            fn until(&self) -> Option<Date> {
                self.until
            }
            fn until_instead(&self, other: &Self) -> Option<Self> {
                Some($of { until: other.until, ..self.clone() })
            }
        }
    )*};
}

/// Kinds whose last day is promised: what was given out or sold names it.
macro_rules! promised {
    ($($of:ident, $what:literal, $from:expr;)*) => {$(
        impl Entry for $of {
            const WHAT: &'static str = $what;
            fn name(&self) -> String {
                self.id.clone()
            }
            fn from(&self) -> Date {
                let from: fn(&$of) -> Date = $from;
                from(self)
            }
            fn until(&self) -> Option<Date> {
                None
            }
            fn until_instead(&self, _: &Self) -> Option<Self> {
                None
            }
        }
    )*};
}

open_ended! {
    CardRules, "card.toml: rules", |rules| rules.from.to_string();
    Budget, "budgets.toml: budget", |budget| budget.id.clone();
    Campaign, "campaign", |campaign| campaign.id.clone();
}

promised! {
    Prepayment, "prepayment.toml: programme", |one| one.from;
    Coupon, "coupons.toml: coupon", |one| one.from;
    Sale, "coupons.toml: sale", |one| one.from;
    Release, "coupons.toml: release", |one| one.how.begins();
}
