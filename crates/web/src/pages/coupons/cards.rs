//! What several of these pages show: sales and releases, in words.

use base::{Date, PersonId, Source, Won};
use city::CityView;
use city::coupons::instant;
use city::read::coupons::{self as read, ReleaseNow};
use ledger::Books;
use rules::{How, Moment, Release, Sale};

use crate::app::App;
use crate::look::{ReleaseCard, ReleaseDo, SaleCard, Tongue};

/// Shops shown of a sale.
const SHOPS: usize = 200;

/// For whom a card is made.
#[derive(Clone, Copy)]
pub(super) struct For<'a> {
    pub app: &'a App,
    pub view: &'a CityView,
    pub books: &'a Books,
    pub t: Tongue,
    pub person: Option<PersonId>,
}

fn thousandths(left: i64, all: i64) -> i64 {
    if all <= 0 { 0 } else { left.clamp(0, all).saturating_mul(1_000) / all }
}

/// A notice is worth naming to people; a figure that a pack's maker chose has none.
fn cited(source: &Source, t: Tongue) -> Option<String> {
    (!source.is_setting()).then(|| source.in_lang(t.lang).to_owned())
}

impl For<'_> {
    /// A time of a day: `3월 8일(월) 09:00`.
    fn moment(&self, moment: Moment) -> String {
        self.t.moment(&self.view.zone.civil(instant(&self.view.zone, moment)))
    }

    fn days(&self, from: Date, until: Date) -> String {
        self.t.say("coupons-days").day("from", from).day("until", until).to_string()
    }

    /// The sales of today and ahead; those of the past are over.
    pub(super) fn sales(&self) -> Vec<SaleCard> {
        let sales = self.view.pack.coupons.sales.iter();
        sales.filter(|sale| sale.until >= self.t.today).map(|sale| self.sale(sale)).collect()
    }

    pub(super) fn sale(&self, sale: &Sale) -> SaleCard {
        let now = read::sale(self.view, self.books, sale);
        let t = self.t;
        let chip = match () {
            () if t.today < sale.from => ("soon", "coupons-ahead"),
            () if t.today > sale.until => ("", "coupons-over"),
            () if now.budget.voted > 0 && now.budget.left <= 0 => ("off", "coupons-gone"),
            () => ("on", "coupons-now"),
        };
        let mine = self.person.filter(|_| sale.holds_on(t.today)).map(|person| {
            let given = read::given_by_sale(self.books, sale, person);
            let left = (sale.person_most.0 - given).max(0);
            t.say("coupons-sale-mine").won("given", Won(given)).won("left", Won(left)).to_string()
        });
        let place = |at: u32| {
            let shop = self.view.directory.shops().get(at as usize)?;
            let district = self.view.pack.city.districts.get(usize::from(shop.district));
            let district = district.map(|one| one.name.in_lang(t.lang).replace('\u{ad}', ""));
            Some((shop.name.clone(), district.unwrap_or_default()))
        };
        let left = t
            .say("coupons-budget-left")
            .about("left", Won(now.budget.left))
            .about("voted", Won(now.budget.voted));
        SaleCard {
            name: sale.name.in_lang(t.lang).to_owned(),
            chip: (chip.0, t.say(chip.1).to_string()),
            days: self.days(sale.from, sale.until),
            what: t
                .say("coupons-sale-what")
                .percent("rate", sale.rate.basis_points())
                .about("most", sale.person_most)
                .to_string(),
            budget: (now.budget.voted > 0)
                .then(|| (left.to_string(), thousandths(now.budget.left, now.budget.voted))),
            mine,
            stamps: self.stamps(sale),
            card: self
                .card(sale)
                .map_or_else(Vec::new, |(have, full)| (0..full).map(|at| at < have).collect()),
            more: now.shops.len().saturating_sub(SHOPS),
            shops: now.shops.iter().take(SHOPS).filter_map(|at| place(*at)).collect(),
            source: cited(&sale.source, t),
        }
    }

    /// How a sale gives stamps, how many it gave, and how one's own card stands.
    fn stamps(&self, sale: &Sale) -> Vec<String> {
        let Some(rule) = sale.stamps else { return Vec::new() };
        let t = self.t;
        let mut lines =
            vec![t.say("stamps-what").won("least", rule.least).count("full", rule.full).to_string()];
        let given = read::stamps_given(self.books, sale);
        if given > 0 && self.person.is_none() {
            lines.push(t.say("stamps-given").count("count", given).to_string());
        }
        if let (Some((have, full)), Some(person)) = (self.card(sale), self.person) {
            lines.push(t.say("stamps-mine").count("have", have).count("full", full).to_string());
            let cards = read::stamps_of(self.view, self.books, &sale.id, person).cards();
            if cards > 0 {
                lines.push(t.say("stamps-cards").count("cards", cards).to_string());
            }
        }
        lines
    }

    /// Stamps on the card in one's hand, and how many fill it.
    fn card(&self, sale: &Sale) -> Option<(i64, i64)> {
        let (person, _) = (self.person?, sale.stamps?);
        let stamps = read::stamps_of(self.view, self.books, &sale.id, person);
        let of_it =
            |release: &&Release| matches!(&release.how, How::Cards { sale: of, .. } if *of == sale.id);
        let releases = self.view.pack.coupons.releases.iter().filter(of_it);
        let turned_in = releases.map(|release| read::turned_in(self.books, release, person)).sum();
        Some((stamps.on_card(turned_in), stamps.full))
    }

    /// For each full card of stamps.
    fn cards(&self, release: &Release, now: &ReleaseNow<'_>, card: &mut ReleaseCard) {
        let ReleaseNow::Cards { turned_in, sale } = *now else { return };
        let t = self.t;
        let name = self.view.pack.coupons.sale(sale).map(|sale| sale.name.in_lang(t.lang));
        card.lines.push(t.say("stamps-for-card").text("sale", name.unwrap_or_default()).to_string());
        if turned_in > 0 && self.person.is_none() {
            card.lines.push(t.say("stamps-turned-in").count("count", turned_in).to_string());
        }
        let coupon = self.view.pack.coupons.coupon(&release.coupon);
        let given = coupon.is_some_and(|coupon| coupon.is_given_on(t.today));
        card.chip = if given { self.chip("on", "coupons-now") } else { self.chip("soon", "coupons-ahead") };
        let Some(person) = self.person else { return };
        let mine = read::turned_in(self.books, release, person);
        let full = read::stamps_of(self.view, self.books, sale, person).cards() - mine;
        if mine > 0 {
            card.lines.push(t.say("stamps-turned-in-mine").count("count", mine).to_string());
        }
        if full > 0 && given {
            card.can = Some(ReleaseDo {
                action: "/wallet/coupons/claim",
                request_key: self.app.request_key(),
                label: t.say("stamps-claim").won("each", release.each).to_string(),
            });
        }
    }

    /// The releases whose coupon can still be spent.
    pub(super) fn releases(&self) -> Vec<ReleaseCard> {
        let pack = &self.view.pack.coupons;
        let spendable = |release: &&Release| {
            pack.coupon(&release.coupon).is_some_and(|coupon| coupon.until >= self.t.today)
        };
        pack.releases.iter().filter(spendable).map(|release| self.release(release)).collect()
    }

    fn release(&self, release: &Release) -> ReleaseCard {
        let t = self.t;
        let lives = self.person.and_then(|person| self.view.directory.holder(person));
        let district = lives.and_then(|holder| holder.person.district);
        let now = read::release(self.view, self.books, release, district, self.app.now());
        let coupon = self.view.pack.coupons.coupon(&release.coupon);
        let mut card = ReleaseCard {
            id: release.id.clone(),
            name: release.name.in_lang(t.lang).to_owned(),
            chip: ("", String::new()),
            what: t
                .say("coupons-release-what")
                .won("each", release.each)
                .text("coupon", coupon.map(|one| one.name.in_lang(t.lang)).unwrap_or_default())
                .to_string(),
            lines: Vec::new(),
            left: None,
            can: None,
            check: None,
            source: cited(&release.source, t),
        };
        match now {
            ReleaseNow::Parts { .. } => self.parts(release, &now, &mut card),
            ReleaseNow::Lot { .. } => self.lot(release, &now, &mut card),
            ReleaseNow::Cards { .. } => self.cards(release, &now, &mut card),
        }
        card
    }

    fn chip(&self, class: &'static str, key: &str) -> (&'static str, String) {
        (class, self.t.say(key).to_string())
    }

    fn parts(&self, release: &Release, now: &ReleaseNow<'_>, card: &mut ReleaseCard) {
        let ReleaseNow::Parts { left, opened, count, next, by_district } = *now else { return };
        let t = self.t;
        let had = self.person.is_some_and(|person| read::has_claimed(self.books, release, person));
        card.chip = match () {
            () if had => self.chip("on", "coupons-had"),
            () if left > 0 => self.chip("on", "coupons-open-now"),
            () if next.is_some() => self.chip("soon", "coupons-opens-later"),
            () => self.chip("off", "coupons-gone"),
        };
        if opened > 0 {
            card.left = Some(thousandths(left, opened));
            card.lines
                .push(t.say("coupons-left-now").count("left", left).count("opened", opened).to_string());
        }
        if let Some(next) = next {
            let key = if by_district { "coupons-next-district" } else { "coupons-next" };
            card.lines.push(t.say(key).text("at", self.moment(next)).count("count", count).to_string());
        }
        if left > 0 && !had && self.person.is_some() {
            card.can = Some(ReleaseDo {
                action: "/wallet/coupons/claim",
                request_key: self.app.request_key(),
                label: t.say("coupons-claim").won("each", release.each).to_string(),
            });
        }
    }

    fn lot(&self, release: &Release, now: &ReleaseNow<'_>, card: &mut ReleaseCard) {
        let ReleaseNow::Lot { tickets, from, until, winners, open, closed, draw } = *now else { return };
        let t = self.t;
        let ticket = self.person.and_then(|person| self.view.coupons.ticket(&release.id, person));
        let drawn = draw.and_then(|draw| draw.drawn.as_ref());
        card.chip = match () {
            () if drawn.is_some() => self.chip("", "coupons-drawn"),
            () if closed => self.chip("soon", "coupons-closed"),
            () if open => self.chip("on", "coupons-ask-now"),
            () => self.chip("soon", "coupons-ahead"),
        };
        card.check = Some(format!("/coupons/draws/{}", release.id));
        card.lines.extend(self.lot_lines(release, (from, until), winners));
        card.lines.push(t.say("coupons-lot-tickets").count("count", tickets).to_string());
        match (ticket, drawn) {
            (Some(ticket), Some(drawn)) => {
                let key =
                    if drawn.winners.contains(&ticket) { "coupons-lot-won" } else { "coupons-lot-lost" };
                card.lines.push(t.say(key).count("ticket", ticket).to_string());
            }
            (Some(ticket), None) => {
                card.lines.push(t.say("coupons-lot-mine").count("ticket", ticket).to_string());
            }
            (None, None) if open && self.person.is_some() => {
                card.can = Some(ReleaseDo {
                    action: "/wallet/coupons/ask",
                    request_key: self.app.request_key(),
                    label: t.say("coupons-ask").to_string(),
                });
            }
            _ => {}
        }
    }

    /// Until when, how many win, and who may ask.
    pub(super) fn lot_lines(
        &self,
        release: &Release,
        (from, until): (Moment, Moment),
        winners: i64,
    ) -> Vec<String> {
        let t = self.t;
        let mut lines = vec![
            t.say("coupons-lot-when")
                .text("from", self.moment(from))
                .text("until", self.moment(until))
                .count("winners", winners)
                .to_string(),
        ];
        if let How::Draw { after: Some((sale, given)), .. } = &release.how
            && let Some(sale) = self.view.pack.coupons.sale(sale)
        {
            let who = t.say("coupons-lot-who").text("sale", sale.name.in_lang(t.lang)).won("given", *given);
            lines.push(who.to_string());
        }
        if let How::Draw { stamped: Some(sale), .. } = &release.how
            && let Some(sale) = self.view.pack.coupons.sale(sale)
        {
            lines.push(t.say("stamps-lot-who").text("sale", sale.name.in_lang(t.lang)).to_string());
        }
        lines
    }
}
