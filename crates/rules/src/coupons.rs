//! `coupons.toml`: coupons (purses with a purpose, until a day), sales (a discount the city pays), and releases (an
//! incentive let out fairly). A pack may do without the file.

use base::{Date, Month, Source, Won};
use toml::Spanned;
use toml::value::Datetime;

use crate::read::{Ids, RawSource, Reader};
use crate::{Budget, City, Name, Purpose, Rate};

/// Money of a purpose, given by the city until a day. What is not spent by then goes back to the budget it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Unique in the pack, such as `care-2021`.
    pub id: String,
    /// The purpose's number: where it buys.
    pub purpose: u8,
    /// The id of the budget it comes out of, and goes back to.
    pub budget: String,
    /// The first day it is given out.
    pub from: Date,
    /// The last day it can be spent.
    pub until: Date,
    /// The most one person gets of it, in won.
    pub most: Won,
    /// Whoever is given it is told.
    pub tell: bool,
    /// Its name.
    pub name: Name,
    /// The notice it rests on.
    pub source: Source,
}

impl Coupon {
    /// The month at whose end its purses would expire. Within it the purpose's last day is this coupon's.
    pub fn cohort(&self) -> Month {
        Month::of(self.until)
    }

    /// True on the days it can be given out.
    pub fn is_given_on(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }
}

/// A card of stamps that goes with a sale: a stamp a shop and day, kept with the person, whatever card they pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StampCard {
    /// A payment of at least so much is worth a stamp, in won.
    pub least: Won,
    /// So many stamps fill a card.
    pub full: i64,
}

/// A discount at shops that join; the city pays the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// Unique in the pack.
    pub id: String,
    /// Its number in the books: never changed, never used again.
    pub number: u8,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The trades that may join.
    pub trades: Vec<String>,
    /// Shops with yearly sales above this may not join.
    pub sales_over: Option<Won>,
    /// The discount's share of the price.
    pub rate: Rate,
    /// The most one person is given over all its days, in won.
    pub person_most: Won,
    /// The stamps it gives, if it does.
    pub stamps: Option<StampCard>,
    /// The id of the budget that pays.
    pub budget: String,
    /// Its name.
    pub name: Name,
    /// The notice it rests on.
    pub source: Source,
}

impl Sale {
    /// True on its days.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }

    /// Whether a shop may join.
    pub fn admits(&self, trade: &str, yearly_sales: Option<Won>) -> bool {
        let small = match (self.sales_over, yearly_sales) {
            (Some(over), Some(sales)) => sales <= over,
            _ => true,
        };
        small && self.trades.iter().any(|one| one == trade)
    }
}

/// A time of a day on the city's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The day.
    pub day: Date,
    /// The hour.
    pub hour: i8,
    /// The minute.
    pub minute: i8,
}

/// How an incentive is let out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// In parts: whoever comes first after each opening. What is left of a part stays for the next.
    Tranches {
        /// When a part opens, in order.
        opens: Vec<Moment>,
        /// How many people each part is for; by neighbourhood where `by_district` says so.
        count: i64,
        /// Each neighbourhood has such a part of its own.
        by_district: bool,
    },
    /// By lot among those who asked.
    Draw {
        /// Since when one may ask.
        from: Moment,
        /// Until when.
        until: Moment,
        /// How many win.
        winners: i64,
        /// What is mixed into the draw that nobody knows before it closed; named here, so that everyone can look it up.
        beacon: Option<Name>,
        /// Who may ask: whoever was given at least so much by a sale.
        after: Option<(String, Won)>,
        /// Who may ask: whoever has a full card of a sale's stamps.
        stamped: Option<String>,
    },
    /// For each full card of stamps, to whom it belongs.
    Cards {
        /// The sale's id.
        sale: String,
        /// Its first day.
        from: Date,
        /// What it gave goes back with the stamps it was given for.
        goes_back: bool,
    },
}

impl How {
    /// The first day on which somebody may ask.
    pub fn begins(&self) -> Date {
        match self {
            How::Tranches { opens, .. } => opens.first().map_or(Date::MAX, |moment| moment.day),
            How::Draw { from, .. } => from.day,
            How::Cards { from, .. } => *from,
        }
    }
}

/// A coupon let out in a fair way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Unique in the pack.
    pub id: String,
    /// Its number in the books: never changed, never used again.
    pub number: u8,
    /// The coupon's id.
    pub coupon: String,
    /// What each gets, in won.
    pub each: Won,
    /// How.
    pub how: How,
    /// Its name.
    pub name: Name,
    /// The notice it rests on.
    pub source: Source,
}

/// All of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coupons {
    /// The coupons.
    pub coupons: Vec<Coupon>,
    /// The sales.
    pub sales: Vec<Sale>,
    /// The releases.
    pub releases: Vec<Release>,
}

impl Coupons {
    /// A coupon by its id.
    pub fn coupon(&self, id: &str) -> Option<&Coupon> {
        self.coupons.iter().find(|one| one.id == id)
    }

    /// The coupon whose purses these are.
    pub fn of_purse(&self, purpose: u8, expires: Month) -> Option<&Coupon> {
        self.coupons.iter().find(|one| one.purpose == purpose && one.cohort() == expires)
    }

    /// A sale by its id.
    pub fn sale(&self, id: &str) -> Option<&Sale> {
        self.sales.iter().find(|one| one.id == id)
    }

    /// The sale of a day; there is one at most.
    pub fn sale_on(&self, date: Date) -> Option<&Sale> {
        self.sales.iter().find(|one| one.holds_on(date))
    }

    /// The release that full cards of a sale's stamps are turned in for, if what it gives goes back with them; and its coupon.
    pub fn prize(&self, sale: &str) -> Option<(&Release, &Coupon)> {
        let goes_back = |how: &How| matches!(how, How::Cards { sale: of, goes_back: true, .. } if of == sale);
        let release = self.releases.iter().find(|one| goes_back(&one.how))?;
        Some((release, self.coupon(&release.coupon)?))
    }

    /// A release by its id.
    pub fn release(&self, id: &str) -> Option<&Release> {
        self.releases.iter().find(|one| one.id == id)
    }

    /// Of a city that is reduced: counts of people go down with it, to one at least.
    pub(crate) fn scale(&mut self, numerator: i64, denominator: i64) {
        let fewer = |count: &mut i64| {
            *count = (i128::from(*count) * i128::from(numerator) / i128::from(denominator)).max(1) as i64;
        };
        for release in &mut self.releases {
            match &mut release.how {
                How::Tranches { count, .. } => fewer(count),
                How::Draw { winners, .. } => fewer(winners),
                How::Cards { .. } => {}
            }
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    coupon: Vec<Spanned<RawCoupon>>,
    #[serde(default)]
    sale: Vec<Spanned<RawSale>>,
    #[serde(default)]
    release: Vec<Spanned<RawRelease>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoupon {
    id: Spanned<String>,
    purpose: Spanned<String>,
    budget: Spanned<String>,
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    most: Spanned<i64>,
    tell: Option<bool>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSale {
    id: Spanned<String>,
    number: Spanned<i64>,
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    trades: Vec<Spanned<String>>,
    sales_over: Option<Spanned<i64>>,
    rate: Spanned<String>,
    person_most: Spanned<i64>,
    stamps: Option<RawStamps>,
    budget: Spanned<String>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStamps {
    least: Spanned<i64>,
    full: Spanned<i64>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCards {
    sale: Spanned<String>,
    #[serde(default)]
    goes_back: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRelease {
    id: Spanned<String>,
    number: Spanned<i64>,
    coupon: Spanned<String>,
    each: Spanned<i64>,
    tranches: Option<RawTranches>,
    draw: Option<RawDraw>,
    cards: Option<RawCards>,
    name: Spanned<Name>,
    source: Option<Spanned<RawSource>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTranches {
    opens: Vec<Spanned<Datetime>>,
    count: Spanned<i64>,
    #[serde(default)]
    by_district: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDraw {
    from: Spanned<Datetime>,
    until: Spanned<Datetime>,
    winners: Spanned<i64>,
    beacon: Option<Spanned<Name>>,
    after: Option<RawAfter>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAfter {
    sale: Spanned<String>,
    /// So much was given by it.
    given: Option<Spanned<i64>>,
    /// Its card of stamps is full.
    #[serde(default)]
    full_card: bool,
}

/// What the file may refer to; `None` where that file is at fault, and then it goes unchecked.
pub(crate) struct Around<'a> {
    pub(crate) city: Option<&'a City>,
    pub(crate) purposes: Option<&'a [Purpose]>,
    pub(crate) budgets: Option<&'a [Budget]>,
}

impl Around<'_> {
    fn budget(&self, reader: &mut Reader<'_>, id: &Spanned<String>) -> String {
        if let Some(budgets) = self.budgets {
            reader.known("budget", id, &budgets.iter().map(|b| b.id.as_str()).collect::<Vec<_>>());
        }
        id.get_ref().clone()
    }
}

/// Reads `coupons.toml`; `None` when its shape is at fault.
pub(crate) fn read(reader: &mut Reader<'_>, around: &Around<'_>) -> Option<Coupons> {
    let file = reader.document::<RawFile>()?;
    let coupons = read_coupons(reader, around, file.coupon);
    let sales = read_sales(reader, around, file.sale);
    let releases = read_releases(reader, file.release, &coupons, &sales);
    Some(Coupons { coupons, sales, releases })
}

fn read_coupons(
    reader: &mut Reader<'_>,
    around: &Around<'_>,
    entries: Vec<Spanned<RawCoupon>>,
) -> Vec<Coupon> {
    let mut ids = Ids::default();
    let mut coupons: Vec<Coupon> = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, Some(&raw.until));
        let until = until.unwrap_or(from);
        let mut purpose = 0;
        if let Some(purposes) = around.purposes {
            let known: Vec<&str> =
                purposes.iter().filter(|p| !p.is_everyones()).map(|p| p.id.as_str()).collect();
            reader.known("purpose", &raw.purpose, &known);
            purpose = purposes.iter().find(|p| p.id == *raw.purpose.get_ref()).map_or(0, |p| p.number);
        }
        let coupon = Coupon {
            id: reader.id(&raw.id, &mut ids),
            purpose,
            budget: around.budget(reader, &raw.budget),
            from,
            until,
            most: reader.won("most", &raw.most),
            tell: raw.tell.unwrap_or(true),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        };
        // The books tell purses apart by purpose and month: two coupons of one would share a purse, and its last day.
        if let Some(other) = coupons.iter().find(|o| o.purpose == purpose && o.cohort() == coupon.cohort()) {
            reader.fault(
                raw.until.span(),
                format!("{:?} has the purpose of {:?} and ends in the same month", coupon.id, other.id),
                "end it in another month, or give it a purpose of its own",
            );
        }
        coupons.push(coupon);
    }
    coupons
}

fn read_sales(reader: &mut Reader<'_>, around: &Around<'_>, entries: Vec<Spanned<RawSale>>) -> Vec<Sale> {
    let (mut ids, mut numbers) = (Ids::default(), Ids::default());
    let mut sales: Vec<Sale> = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let (from, until) = reader.period(&raw.from, Some(&raw.until));
        let until = until.unwrap_or(from);
        if let Some(city) = around.city {
            let known: Vec<&str> =
                city.trades.iter().filter(|t| !t.is_excluded()).map(|t| t.id.as_str()).collect();
            raw.trades.iter().for_each(|trade| reader.known("trade", trade, &known));
        }
        let sale = Sale {
            id: reader.id(&raw.id, &mut ids),
            number: numbered(reader, &raw.number, &mut numbers),
            from,
            until,
            trades: raw.trades.into_iter().map(Spanned::into_inner).collect(),
            sales_over: reader.won_if("sales_over", raw.sales_over.as_ref()),
            rate: reader.rate("rate", &raw.rate),
            person_most: reader.won("person_most", &raw.person_most),
            stamps: raw.stamps.map(|stamps| StampCard {
                least: reader.won("least", &stamps.least),
                full: i64::from(reader.number("full", &stamps.full, 1..101)),
            }),
            budget: around.budget(reader, &raw.budget),
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        };
        if let Some(other) = sales.iter().find(|o| o.from <= sale.until && sale.from <= o.until) {
            reader.fault(
                raw.from.span(),
                format!("sale {:?} overlaps {:?}", sale.id, other.id),
                "end the earlier one the day before with until",
            );
        }
        sales.push(sale);
    }
    sales
}

fn read_releases(
    reader: &mut Reader<'_>,
    entries: Vec<Spanned<RawRelease>>,
    coupons: &[Coupon],
    sales: &[Sale],
) -> Vec<Release> {
    let (mut ids, mut numbers) = (Ids::default(), Ids::default());
    let mut releases = Vec::new();
    for entry in entries {
        let at = entry.span();
        let raw = entry.into_inner();
        let known: Vec<&str> = coupons.iter().map(|c| c.id.as_str()).collect();
        reader.known("coupon", &raw.coupon, &known);
        let how = match (raw.tranches, raw.draw, raw.cards) {
            (Some(tranches), None, None) => read_tranches(reader, &tranches),
            (None, Some(draw), None) => read_draw(reader, &draw, sales),
            (None, None, Some(cards)) => {
                let from = with_stamps(reader, &cards.sale, sales);
                How::Cards { sale: cards.sale.into_inner(), from, goes_back: cards.goes_back }
            }
            _ => {
                let what = "a release is either tranches, or a draw, or for full cards of stamps";
                reader.fault(at.clone(), what, "write one of the three");
                continue;
            }
        };
        let each = reader.won("each", &raw.each);
        if let Some(coupon) = coupons.iter().find(|c| c.id == *raw.coupon.get_ref()).filter(|c| each > c.most)
        {
            reader.fault(
                raw.each.span(),
                format!("each {}: more than {:?} gives a person", each.0, coupon.id),
                format!("write {} or less", coupon.most.0),
            );
        }
        releases.push(Release {
            id: reader.id(&raw.id, &mut ids),
            number: numbered(reader, &raw.number, &mut numbers),
            coupon: raw.coupon.into_inner(),
            each,
            how,
            name: reader.name(&raw.name),
            source: reader.source(at, raw.source.as_ref()),
        });
    }
    releases
}

fn numbered(reader: &mut Reader<'_>, value: &Spanned<i64>, seen: &mut Ids) -> u8 {
    let number = reader.number("number", value, 1..128);
    reader.once("number", number, value.span(), seen);
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn count(reader: &mut Reader<'_>, field: &str, value: &Spanned<i64>) -> i64 {
    i64::from(reader.number(field, value, 1..10_000_001))
}

fn read_tranches(reader: &mut Reader<'_>, raw: &RawTranches) -> How {
    let opens: Vec<Moment> = raw.opens.iter().map(|one| moment(reader, one)).collect();
    for (pair, written) in opens.windows(2).zip(raw.opens.iter().skip(1)) {
        if pair[1] <= pair[0] {
            reader.fault(
                written.span(),
                "this part does not open after the one before",
                "write them in order",
            );
        }
    }
    if let (true, first) = (opens.is_empty(), raw.count.span()) {
        reader.fault(first, "no part ever opens", "write opens = [2021-03-08T09:00:00]");
    }
    How::Tranches { opens, count: count(reader, "count", &raw.count), by_district: raw.by_district }
}

/// The first day of a sale that has to give stamps.
fn with_stamps(reader: &mut Reader<'_>, id: &Spanned<String>, sales: &[Sale]) -> Date {
    reader.known("sale", id, &sales.iter().map(|s| s.id.as_str()).collect::<Vec<_>>());
    let sale = sales.iter().find(|sale| sale.id == *id.get_ref());
    if sale.is_some_and(|sale| sale.stamps.is_none()) {
        reader.fault(id.span(), "this sale gives no stamps", "give it stamps = { least = 10_000, full = 5 }");
    }
    sale.map_or(Date::MAX, |sale| sale.from)
}

fn read_draw(reader: &mut Reader<'_>, raw: &RawDraw, sales: &[Sale]) -> How {
    let (from, until) = (moment(reader, &raw.from), moment(reader, &raw.until));
    if until <= from {
        reader.fault(raw.until.span(), "the draw closes before it opens", "write a later time");
    }
    let (mut given, mut stamped) = (None, None);
    if let Some(after) = &raw.after {
        let sale = after.sale.get_ref().clone();
        match (&after.given, after.full_card) {
            (Some(won), false) => {
                reader.known("sale", &after.sale, &sales.iter().map(|s| s.id.as_str()).collect::<Vec<_>>());
                given = Some((sale, reader.won("given", won)));
            }
            (None, true) => {
                with_stamps(reader, &after.sale, sales);
                stamped = Some(sale);
            }
            _ => reader.fault(
                after.sale.span(),
                "after a sale: either so much was given, or its card is full",
                "write given = 2_000 or full_card = true",
            ),
        }
    }
    How::Draw {
        from,
        until,
        winners: count(reader, "winners", &raw.winners),
        beacon: raw.beacon.as_ref().map(|name| reader.name(name)),
        after: given,
        stamped,
    }
}

fn moment(reader: &mut Reader<'_>, value: &Spanned<Datetime>) -> Moment {
    let written = value.get_ref();
    let read = match (written.date, written.time, written.offset) {
        (Some(day), Some(time), None) => (|| {
            let day = Date::new(
                i16::try_from(day.year).ok()?,
                i8::try_from(day.month).ok()?,
                i8::try_from(day.day).ok()?,
            );
            Some(Moment {
                day: day.ok()?,
                hour: i8::try_from(time.hour).ok()?,
                minute: i8::try_from(time.minute).ok()?,
            })
        })(),
        _ => None,
    };
    read.unwrap_or_else(|| {
        let fix = "write a day and a time such as 2021-03-08T09:00:00";
        reader.fault(value.span(), format!("{written}: not a time of a day"), fix);
        Moment { day: Date::ZERO, hour: 0, minute: 0 }
    })
}
