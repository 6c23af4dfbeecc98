//! Coupons, sales and releases as pages see them, at one sequence.

use base::{Date, Instant, Month, PersonId};
use economy::{Class, Meter, chart};
use ledger::Books;
use rules::{Coupon, How, Moment, Pack, Release, Sale};

use crate::CityView;
use crate::coupons::{Draw, instant};

/// A budget's sum and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Voted.
    pub voted: i64,
    /// Not granted yet.
    pub left: i64,
}

/// How a budget stands.
pub fn budget(books: &Books, id: &str) -> Held {
    let of = |class| books.balance_of(&chart::budget(class, id).key);
    Held { voted: of(Class::BudgetVoted), left: of(Class::BudgetLeft) }
}

/// A person's coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mine<'a> {
    /// Which.
    pub coupon: &'a Coupon,
    /// Won left in it.
    pub left: i64,
    /// Won that were given.
    pub given: i64,
}

/// The coupons a person was ever given, the one that ends first at the top; those that ended last.
pub fn of_person<'a>(view: &'a CityView, books: &Books, person: PersonId, today: Date) -> Vec<Mine<'a>> {
    let mut mine: Vec<Mine<'a>> = view
        .pack
        .coupons
        .coupons
        .iter()
        .filter_map(|coupon| {
            let balance = |account: ledger::Account| books.balance_of(&account.key);
            let given = balance(chart::coupon_meter(person, coupon.purpose, coupon.cohort()));
            let left = balance(chart::purse(person, coupon.purpose, coupon.cohort()));
            (given > 0 || left > 0).then_some(Mine { coupon, left, given })
        })
        .collect();
    mine.sort_by_key(|one| (one.coupon.until < today, one.coupon.until));
    mine
}

/// How a sale stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleNow<'a> {
    /// Which.
    pub sale: &'a Sale,
    /// Its budget.
    pub budget: Held,
    /// The shops that take part: their positions in the directory.
    pub shops: Vec<u32>,
}

/// A sale.
pub fn sale<'a>(view: &'a CityView, books: &Books, sale: &'a Sale) -> SaleNow<'a> {
    let joined = view.coupons.joined(&sale.id);
    let shops = joined.iter().filter_map(|shop| view.directory.shop(*shop)).map(|(at, _)| at).collect();
    SaleNow { sale, budget: budget(books, &sale.budget), shops }
}

/// What a sale gave a person.
pub fn given_by_sale(books: &Books, sale: &Sale, person: PersonId) -> i64 {
    books.balance_of(&chart::meter(Meter::Sale, person, u32::from(sale.number)).key)
}

/// A person's stamps of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamps {
    /// How many there are, those of cards that were turned in too.
    pub have: i64,
    /// So many fill a card.
    pub full: i64,
}

impl Stamps {
    /// Stamps on the card in one's hand, when so many full ones were turned in: a full one is in it until it is turned in, or
    /// the next stamp begins another.
    pub fn on_card(&self, turned_in: i64) -> i64 {
        match self.have % self.full.max(1) {
            0 if self.cards() > turned_in => self.full,
            begun => begun,
        }
    }

    /// How many full cards they are.
    pub fn cards(&self) -> i64 {
        self.have / self.full.max(1)
    }
}

/// The stamps a person has of a sale, by the books that `balance` reads.
pub(crate) fn stamps(
    pack: &Pack,
    sale: &str,
    balance: impl Fn(ledger::Account) -> i64,
    person: PersonId,
) -> Stamps {
    let sale = pack.coupons.sale(sale);
    let rule = sale.and_then(|sale| Some((sale.number, sale.stamps?)));
    rule.map_or(Stamps { have: 0, full: 1 }, |(number, rule)| Stamps {
        have: balance(chart::stamps_meter(number, Some(person))),
        full: rule.full,
    })
}

/// The same, as pages see them.
pub fn stamps_of(view: &CityView, books: &Books, sale: &str, person: PersonId) -> Stamps {
    stamps(&view.pack, sale, |account| books.balance_of(&account.key), person)
}

/// How many stamps a sale has given, less what refunds took back.
pub fn stamps_given(books: &Books, sale: &Sale) -> i64 {
    books.balance_of(&chart::stamps_meter(sale.number, None).key)
}

/// How many cards of stamps a person has turned in for a release.
pub fn turned_in(books: &Books, release: &Release, person: PersonId) -> i64 {
    let meter = chart::meter(Meter::Claim, person, u32::from(release.number));
    let each = release.each.0.max(1);
    (books.balance_of(&meter.key) + each - 1) / each
}

/// How a release stands just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseNow<'a> {
    /// In parts.
    Parts {
        /// For how many people there is something now: in a neighbourhood, where each has parts of its own.
        left: i64,
        /// For how many people all parts that opened were.
        opened: i64,
        /// For how many people one part is.
        count: i64,
        /// When the next opens.
        next: Option<Moment>,
        /// Whether each neighbourhood has its own.
        by_district: bool,
    },
    /// For each full card of a sale's stamps.
    Cards {
        /// How many were turned in, of everyone.
        turned_in: i64,
        /// The sale's id.
        sale: &'a str,
    },
    /// By lot.
    Lot {
        /// Tickets so far.
        tickets: usize,
        /// Since when one may ask.
        from: Moment,
        /// Until when.
        until: Moment,
        /// How many win.
        winners: i64,
        /// Whether one may ask now.
        open: bool,
        /// Whether it is closed.
        closed: bool,
        /// The commitment, and what came out.
        draw: Option<&'a Draw>,
    },
}

/// A release, for whoever lives in a neighbourhood (`None`: the whole city, summed up).
pub fn release<'a>(
    view: &'a CityView,
    books: &Books,
    release: &'a Release,
    district: Option<u8>,
    now: Instant,
) -> ReleaseNow<'a> {
    match &release.how {
        How::Tranches { opens, count, by_district } => {
            let opened = opens.iter().take_while(|one| instant(&view.zone, **one) <= now).count();
            let next = opens.get(opened).copied();
            let opened = i64::try_from(opened).unwrap_or(i64::MAX).saturating_mul(*count);
            let out = |district| {
                let meter = chart::release_meter(release.number, district);
                books.balance_of(&meter.key) / release.each.0.max(1)
            };
            let districts = u8::try_from(view.pack.city.districts.len()).unwrap_or(u8::MAX);
            let (left, opened) = match (by_district, district) {
                (false, _) => (opened - out(None), opened),
                (true, Some(one)) => (opened - out(Some(one)), opened),
                (true, None) => {
                    let all = opened.saturating_mul(i64::from(districts));
                    (all - (0..districts).map(|one| out(Some(one))).sum::<i64>(), all)
                }
            };
            ReleaseNow::Parts { left: left.max(0), opened, count: *count, next, by_district: *by_district }
        }
        How::Cards { sale, .. } => {
            let out = books.balance_of(&chart::release_meter(release.number, None).key);
            ReleaseNow::Cards { turned_in: out / release.each.0.max(1), sale }
        }
        How::Draw { from, until, winners, .. } => {
            let (opens, closes) = (instant(&view.zone, *from), instant(&view.zone, *until));
            let draw = view.coupons.draw(&release.id).map(AsRef::as_ref);
            ReleaseNow::Lot {
                tickets: view.coupons.tickets(&release.id).len(),
                from: *from,
                until: *until,
                winners: *winners,
                open: draw.is_some() && opens <= now && now < closes,
                closed: closes <= now,
                draw,
            }
        }
    }
}

/// Whether a person got their part of a release.
pub fn has_claimed(books: &Books, release: &Release, person: PersonId) -> bool {
    books.balance_of(&chart::meter(Meter::Claim, person, u32::from(release.number)).key) > 0
}

/// The last day on which money of a purpose that expires with this month can be spent.
pub fn last_day(view: &CityView, purpose: u8, expires: Month) -> Date {
    view.pack.purpose_numbered(purpose).map_or(expires.last_day(), |purpose| purpose.last_day(expires))
}
