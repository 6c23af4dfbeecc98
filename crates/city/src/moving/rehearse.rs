//! A rehearsal: every file is read whole, every row that can't be taken over is named, and what the rest adds up to is held
//! against what the old system's operator states. Nothing is written. What it comes to has a hash: the cut-over asks for it.

use std::collections::{BTreeMap, HashMap};

use base::{Date, Won, business_number, day_of_date, phone};
use economy::decide::newest_expiry;
use economy::holder::parse_card_number;
use rules::{Coupon, Pack, Prepayment, Purpose};
use sha2::{Digest, Sha256};
use sheets::{Table, defuse};

use super::files::{
    self, CARDS, CONTROL, Columns, LAYOUTS, LIMITS, Layout, NoAmount, PEOPLE, PREPAYMENTS, PURSES, SHOPS,
};
use super::{Differs, Totals};
use crate::on_moving::{Moved, MovedAccount, MovedCard, MovedClaim, MovedPerson, MovedPurse, MovedShop};
use crate::payouts::account::BankAccount;

/// Rows of one part of the cut-over.
const PART: usize = 512;

/// A row that can't be taken over, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// The file's name without ending.
    pub file: &'static str,
    /// Its line, from 1; 0 where it is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would mend it.
    pub mend: &'static str,
}

/// What a rehearsal came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// SHA-256 over the pack's hash and all files: the same ones are asked for at the cut-over.
    pub report: [u8; 32],
    /// Rows read, by file.
    pub rows: Vec<(&'static str, usize)>,
    /// What can't be taken over.
    pub bad: Vec<Bad>,
    /// What the old system's operator states.
    pub control: Totals,
    /// What the files add up to.
    pub found: Totals,
    /// Won that must be voted for budgets before the cut-over, by budget.
    pub needs: Vec<(String, i64)>,
    /// What the cut-over would carry out.
    pub parts: Vec<Moved>,
}

impl Plan {
    /// On which lines the files are not what is stated.
    pub fn differences(&self) -> Vec<Differs> {
        self.control.differences(&self.found)
    }

    /// True when it can be carried out.
    pub fn is_clean(&self) -> bool {
        self.bad.is_empty() && self.differences().is_empty()
    }
}

/// The programme of prepayment that open ones follow from now on: the day's, or the one that sold last.
pub(crate) fn programme(pack: &Pack, date: Date) -> Option<&Prepayment> {
    let before = pack.prepayments.iter().filter(|one| one.from <= date).max_by_key(|one| one.from);
    pack.prepayment_on(date).or(before)
}

struct Reading<'a> {
    pack: &'a Pack,
    today: Date,
    years: u32,
    plan: Plan,
    holders: HashMap<String, u32>,
    shops: HashMap<String, u32>,
    needs: BTreeMap<String, i64>,
}

/// Reads the files, by their names without ending; `None` where there is none. `today` is the day of the cut-over.
pub fn rehearse(pack: &Pack, today: Date, files: &BTreeMap<&str, Vec<u8>>) -> Plan {
    let mut hash = Sha256::new();
    hash.update(b"ongoeul move-in 1\n");
    hash.update(pack.hash);
    for layout in &LAYOUTS {
        let bytes = files.get(layout.name).map_or(&[][..], Vec::as_slice);
        hash.update(layout.name.as_bytes());
        hash.update(Sha256::digest(bytes));
    }
    let plan = Plan {
        report: hash.finalize().into(),
        rows: Vec::new(),
        bad: Vec::new(),
        control: Totals::default(),
        found: Totals::default(),
        needs: Vec::new(),
        parts: Vec::new(),
    };
    let years = pack.card_on(today).map_or(5, |rules| rules.validity_years);
    let (holders, shops, needs) = (HashMap::new(), HashMap::new(), BTreeMap::new());
    let mut reading = Reading { pack, today, years, plan, holders, shops, needs };
    let mut tables = BTreeMap::new();
    for layout in &LAYOUTS {
        if let Some(table) = reading.table(layout, files.get(layout.name)) {
            tables.insert(layout.name, table);
        }
    }
    reading.people(&tables);
    reading.shops(&tables);
    reading.purses(&tables);
    reading.claims(&tables);
    reading.control(&tables);
    reading.backing();
    reading.plan.needs = reading.needs.into_iter().collect();
    reading.plan
}

impl<'a> Reading<'a> {
    fn bad(&mut self, file: &'static str, line: usize, what: impl Into<String>, mend: &'static str) {
        self.plan.bad.push(Bad { file, line, what: what.into(), mend });
    }

    fn table(&mut self, layout: &Layout, bytes: Option<&Vec<u8>>) -> Option<Table> {
        let Some(bytes) = bytes else {
            if !layout.optional {
                self.bad(layout.name, 0, "the file is missing", "bring it; --template writes an empty one");
            }
            return None;
        };
        match sheets::read(bytes, LIMITS) {
            Ok(table) => {
                self.plan.rows.push((layout.name, table.rows.len()));
                match Columns::of(&table, layout) {
                    Ok(_) => return Some(table),
                    Err(column) => self.bad(
                        layout.name,
                        1,
                        format!("there is no column {column}"),
                        "name the columns as --template writes them",
                    ),
                }
            }
            Err(error) => {
                self.bad(layout.name, 0, error.to_string(), "export it again, as CSV in UTF-8 or EUC-KR");
            }
        }
        None
    }

    /// A text that people read: not empty, not long, and nothing that runs when a list of it is opened.
    fn text(&mut self, file: &'static str, line: usize, what: &str, text: &str) -> bool {
        let wrong = match text {
            "" => "is empty",
            _ if text.chars().count() > 100 => "has more than 100 letters",
            _ if defuse(text) != text => "begins as a formula does",
            _ => return true,
        };
        self.bad(file, line, format!("the {what} {wrong}"), "write it as people say it");
        false
    }

    fn won(&mut self, file: &'static str, line: usize, column: &str, text: &str) -> Option<i64> {
        match files::won(text) {
            Ok(won) => Some(won),
            Err(NoAmount::Negative) => {
                let mend = "settle in the old system what is below zero there, then export again";
                self.bad(file, line, format!("{column} is below zero: {}", short(text)), mend);
                None
            }
            Err(NoAmount::NotWhole) => {
                let mend = "write digits, with or without a comma at every third";
                self.bad(file, line, format!("{column} is no whole number of won: {:?}", short(text)), mend);
                None
            }
        }
    }

    fn holder(&mut self, file: &'static str, line: usize, text: &str) -> Option<u32> {
        let found = self.holders.get(text).copied();
        if found.is_none() {
            let what = format!("nobody in people has the number {:?}", short(text));
            self.bad(file, line, what, "add them to people, or correct the number");
        }
        found
    }

    fn people(&mut self, tables: &BTreeMap<&str, Table>) {
        let mut people: Vec<MovedPerson> = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        for (row, cells) in rows(tables, &PEOPLE) {
            let [holder, name, telephone, birth, district] = cells[..] else { continue };
            let (file, line) = (PEOPLE.name, row);
            let mut good = self.text(file, line, "holder's number", holder);
            good &= self.text(file, line, "name", name);
            if let Some(first) = lines.insert(holder.to_owned(), line) {
                let what = format!("holder {:?} stands on line {first} already", short(holder));
                self.bad(file, line, what, "leave one of them out");
                good = false;
            }
            let (phone, birth_day) = (phone::parse(telephone), files::date(birth));
            if !telephone.is_empty() && phone.is_none() {
                self.bad(file, line, "the telephone's number is none", "correct it, or leave it empty");
                good = false;
            }
            let late = birth_day.is_some_and(|day| day > self.today);
            if !birth.is_empty() && (birth_day.is_none() || late) {
                self.bad(file, line, "the birth date is none", "write 1960-12-31, or leave it empty");
                good = false;
            }
            let code = files::district(&self.pack.city, district);
            if !district.is_empty() && code.is_none() {
                let what = format!("the pack has no neighbourhood {:?}", short(district));
                self.bad(file, line, what, "write its code or name, or leave it empty");
                good = false;
            }
            if good {
                self.holders.insert(holder.to_owned(), u32::try_from(people.len()).unwrap_or(u32::MAX));
                people.push(MovedPerson {
                    name: name.to_owned(),
                    phone,
                    birth_day: birth_day.map(day_of_date),
                    district: code,
                    cards: Vec::new(),
                });
                self.plan.found.add("people", 1, 0);
            }
        }
        self.cards(tables, &mut people);
        self.part(people, Moved::People);
    }

    fn cards(&mut self, tables: &BTreeMap<&str, Table>, people: &mut [MovedPerson]) {
        let mut lines: HashMap<u64, usize> = HashMap::new();
        for (line, cells) in rows(tables, &CARDS) {
            let [holder, card, kind, state] = cells[..] else { continue };
            let file = CARDS.name;
            let person = self.holder(file, line, holder);
            let number = parse_card_number(card);
            match number {
                None => {
                    let mend = "type it again from the card; in table programs the column must be text";
                    self.bad(file, line, "the card's number is not 16 digits with a right check digit", mend);
                }
                Some(number) => {
                    if let Some(first) = lines.insert(number, line) {
                        let what = format!("the card stands on line {first} already");
                        self.bad(file, line, what, "leave one of them out");
                        continue;
                    }
                }
            }
            let (kind, state) = (files::kind(kind), files::state(state));
            if kind.is_none() {
                self.bad(file, line, "the card is made of nothing that is known", "write plastic or phone");
            }
            if state.is_none() {
                let mend = "write active, frozen, lost or closed";
                self.bad(file, line, "the card's state is none that is known", mend);
            }
            if let (Some(person), Some(number), Some(kind), Some(state)) = (person, number, kind, state) {
                people[person as usize].cards.push(MovedCard { number, kind, state });
                self.plan.found.add("cards", 1, 0);
            }
        }
    }

    fn shops(&mut self, tables: &BTreeMap<&str, Table>) {
        let mut shops: Vec<MovedShop> = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        for (line, cells) in rows(tables, &SHOPS) {
            let [number, name, trade, district, sales, owner, payable, bank, account, held_by] = cells[..]
            else {
                continue;
            };
            let file = SHOPS.name;
            let before = self.plan.bad.len();
            self.text(file, line, "name", name);
            let normal = business_number::parse(number);
            match &normal {
                None => {
                    let mend = "correct it from the registration; in table programs the column must be text";
                    let what = "the business number is not ten digits with a right check digit";
                    self.bad(file, line, what, mend);
                }
                Some(normal) => {
                    if let Some(first) = lines.insert(normal.clone(), line) {
                        let what = format!("the business number stands on line {first} already");
                        self.bad(file, line, what, "leave one of them out");
                    }
                }
            }
            let known_trade = files::trade(&self.pack.city, trade);
            if known_trade.is_none() {
                let what = format!("the pack has no trade {:?}", short(trade));
                self.bad(file, line, what, "write the id or name of one of the pack's trades");
            }
            let code = files::district(&self.pack.city, district);
            if code.is_none() {
                let what = format!("the pack has no neighbourhood {:?}", short(district));
                self.bad(file, line, what, "write its code or name");
            }
            let owner = if owner.is_empty() { None } else { self.holder(file, line, owner) };
            let sales = if sales.is_empty() { None } else { self.won(file, line, "sales", sales) };
            let payable = if payable.is_empty() { Some(0) } else { self.won(file, line, "payable", payable) };
            let account = self.account(line, [bank, account, held_by]);
            let (Some(normal), Some(trade), Some(district)) = (normal, known_trade, code) else { continue };
            if self.plan.bad.len() > before {
                continue;
            }
            let payable = payable.unwrap_or(0);
            self.shops.insert(normal.clone(), u32::try_from(shops.len()).unwrap_or(u32::MAX));
            self.plan.found.add("shops", 1, 0);
            self.plan.found.add("payable", i64::from(payable > 0), payable);
            self.plan.found.add("accounts", i64::from(account.is_some()), 0);
            shops.push(MovedShop {
                name: name.to_owned(),
                business_number: normal,
                trade,
                district,
                sales: sales.map(Won),
                owner,
                payable,
                account,
            });
        }
        self.part(shops, Moved::Shops);
    }

    /// Where a shop is paid out: all three cells, or none.
    fn account(&mut self, line: usize, [bank, number, holder]: [&str; 3]) -> Option<MovedAccount> {
        if [bank, number, holder].iter().all(|cell| cell.is_empty()) {
            return None;
        }
        let file = SHOPS.name;
        let banks = self.pack.settlement.banks.iter();
        let named =
            banks.into_iter().find(|one| one.code == bank || one.name.ko == bank || one.name.en == bank);
        let typed = BankAccount::typed(
            &self.pack.settlement,
            named.map_or(bank, |one| one.code.as_str()),
            number,
            holder,
        );
        match typed {
            Ok(BankAccount { bank, number, holder }) if defuse(&holder) == holder => {
                Some(MovedAccount { bank, number, holder })
            }
            Ok(_) => {
                let what = "the account's holder begins as a formula does";
                self.bad(file, line, what, "write the name as the bank has it");
                None
            }
            Err(refusal) => {
                let (what, mend) = match refusal.code {
                    "payout.bank" => ("the bank is none of the pack's", "write a bank's code or name"),
                    "payout.number" => (
                        "the account's number is not 8 to 16 digits",
                        "correct it; in table programs the column must be text",
                    ),
                    _ => {
                        ("the account's holder is no name a bank takes", "write the name as the bank has it")
                    }
                };
                self.bad(file, line, what, mend);
                None
            }
        }
    }

    fn purses(&mut self, tables: &BTreeMap<&str, Table>) {
        let mut purses: Vec<MovedPurse> = Vec::new();
        let mut lines: HashMap<(u32, u8, u32), usize> = HashMap::new();
        let pack = self.pack;
        for (line, cells) in rows(tables, &PURSES) {
            let [holder, purpose, expires, won] = cells[..] else { continue };
            let file = PURSES.name;
            let person = self.holder(file, line, holder);
            let amount = self.won(file, line, "won", won);
            if amount == Some(0) {
                self.bad(file, line, "there is nothing in it", "leave empty purses out");
            }
            let known = named_purpose(pack, purpose);
            if known.is_none() {
                let what = format!("the pack has no purpose {:?}", short(purpose));
                self.bad(file, line, what, "write one of the pack's, or add it to the pack first");
            }
            let Some(known) = known else { continue };
            let Some((purpose, month, coupon)) = self.expiry(line, known, expires) else { continue };
            let (Some(person), Some(amount)) = (person, amount.filter(|won| *won > 0)) else { continue };
            if let Some(first) = lines.insert((person, purpose.number, month), line) {
                let what = format!("this purse stands on line {first} already");
                self.bad(file, line, what, "add them up on one line");
                continue;
            }
            if let Some(coupon) = coupon {
                if amount > coupon.most.0 {
                    let what = format!("more than one person gets of {}: {} at most", coupon.id, coupon.most);
                    self.bad(file, line, what, "correct the amount, or the pack");
                    continue;
                }
                *self.needs.entry(coupon.budget.clone()).or_default() += amount;
            }
            self.plan.found.add(&format!("purses/{}", purpose.id), 1, amount);
            purses.push(MovedPurse { person, purpose: purpose.number, expires: month, amount });
        }
        self.part(purses, Moved::Purses);
    }

    /// The month a purse expires in, and its coupon where its purpose is restricted.
    fn expiry(
        &mut self,
        line: usize,
        purpose: &'a Purpose,
        text: &str,
    ) -> Option<(&'a Purpose, u32, Option<&'a Coupon>)> {
        let this = base::Month::of(self.today);
        let newest = newest_expiry(this, self.years);
        let free = [Purpose::CASH, Purpose::REWARD].contains(&purpose.id.as_str());
        let month = if text.is_empty() && free { Some(newest) } else { files::month(text) };
        let (what, mend) = match month {
            None => ("the month of expiry is none", "write 2026-02"),
            Some(month) if month < this => {
                ("it has expired", "leave it in the old system, where it is the ordinance's to decide")
            }
            Some(month) if free && month > newest => {
                ("it expires later than money put on today", "correct the month, or the pack's years")
            }
            Some(month) if free => return Some((purpose, month.0, None)),
            Some(month) => {
                let pack = self.pack;
                let of = pack.coupons.coupons.iter().find(|one| {
                    one.purpose == purpose.number && one.cohort() == month && one.until >= self.today
                });
                match of {
                    Some(coupon) => return Some((purpose, month.0, Some(coupon))),
                    None => (
                        "no coupon of this purpose ends that month",
                        "correct the month, or add the coupon to the pack's coupons.toml",
                    ),
                }
            }
        };
        self.bad(PURSES.name, line, format!("{what}: {:?}", short(text)), mend);
        None
    }

    fn claims(&mut self, tables: &BTreeMap<&str, Table>) {
        let mut claims: Vec<MovedClaim> = Vec::new();
        for (line, cells) in rows(tables, &PREPAYMENTS) {
            let [holder, number, won, advanced, use_by] = cells[..] else { continue };
            let file = PREPAYMENTS.name;
            let before = self.plan.bad.len();
            let person = self.holder(file, line, holder);
            let normal = business_number::parse(number).unwrap_or_default();
            let shop = self.shops.get(&normal).copied();
            if shop.is_none() {
                let what = format!("no shop in shops has the business number {:?}", short(number));
                self.bad(file, line, what, "add the shop, or return this prepayment in the old system");
            }
            let amount = self.won(file, line, "won", won);
            let advanced =
                if advanced.is_empty() { None } else { self.won(file, line, "advanced", advanced) };
            if amount == Some(0) {
                self.bad(file, line, "nothing is left of it", "leave it out");
            }
            if advanced > amount {
                let mend = "what was used already counts on neither side";
                self.bad(file, line, "its shop was paid more than is left of it", mend);
            }
            let day = files::date(use_by);
            if day.is_none_or(|day| day < self.today) {
                let what = format!("the last day of use is none, or over: {:?}", short(use_by));
                self.bad(file, line, what, "return it in the old system, or correct the day");
            }
            let programme = programme(self.pack, self.today).map(|one| one.guarantee.clone());
            if programme.is_none() {
                self.bad(file, line, "the pack has no prepayment by now", "add it to prepayment.toml");
            }
            let (Some(person), Some(shop), Some(amount), Some(day), Some(guarantee)) =
                (person, shop, amount, day, programme)
            else {
                continue;
            };
            if self.plan.bad.len() > before {
                continue;
            }
            self.plan.found.add(&format!("prepaid/{normal}"), 1, amount);
            let paid = advanced.unwrap_or(0);
            self.plan.found.add("advanced", i64::from(paid > 0), paid);
            if paid > 0 {
                *self.needs.entry(guarantee).or_default() += paid;
            }
            claims.push(MovedClaim { person, shop, amount, advanced, use_by: day_of_date(day) });
        }
        self.part(claims, Moved::Claims);
    }

    fn control(&mut self, tables: &BTreeMap<&str, Table>) {
        let mut lines: HashMap<String, usize> = HashMap::new();
        for (line, cells) in rows(tables, &CONTROL) {
            let [name, count, won] = cells[..] else { continue };
            let file = CONTROL.name;
            let Some(name) = control_line(self.pack, name) else {
                let what = format!("there is no line {:?}", short(name));
                let mend = "people, cards, shops, accounts, purses/{purpose}, prepaid/{business number}, advanced, \
                            payable, treasury, bank";
                self.bad(file, line, what, mend);
                continue;
            };
            if let Some(first) = lines.insert(name.clone(), line) {
                let what = format!("{name} stands on line {first} already");
                self.bad(file, line, what, "state each line once");
                continue;
            }
            let counted = !["treasury", "bank"].contains(&name.as_str());
            let summed = !["people", "cards", "shops", "accounts"].contains(&name.as_str());
            let count =
                if counted || !count.is_empty() { self.won(file, line, "count", count) } else { Some(0) };
            let won = if summed || !won.is_empty() { self.won(file, line, "won", won) } else { Some(0) };
            if let (Some(count), Some(won)) = (count, won) {
                self.plan.control.add(&name, if counted { count } else { 0 }, if summed { won } else { 0 });
            }
        }
        for needed in ["people", "cards", "shops", "bank"] {
            if !lines.contains_key(needed) && tables.contains_key(CONTROL.name) {
                let what = format!("the line {needed} is missing");
                self.bad(CONTROL.name, 0, what, "the old system's operator states it, even where it is 0");
            }
        }
    }

    /// The bank must hold what is owed, but for what the city is still to send and what shops were paid in advance.
    fn backing(&mut self) {
        let treasury = self.plan.control.line("treasury").won;
        let bank = self.plan.found.owed() - self.plan.found.line("advanced").won - treasury;
        self.plan.found.add("treasury", 0, treasury);
        self.plan.found.add("bank", 0, bank);
    }

    fn part<T: Clone>(&mut self, rows: Vec<T>, of: impl Fn(Vec<T>) -> Moved) {
        self.plan.parts.extend(rows.chunks(PART).map(|rows| of(rows.to_vec())));
    }
}

/// The rows of a file that could be read: line and cells.
fn rows<'a>(
    tables: &'a BTreeMap<&str, Table>,
    layout: &Layout,
) -> impl Iterator<Item = (usize, Vec<&'a str>)> + use<'a> {
    let columns = tables.get(layout.name).and_then(|table| Columns::of(table, layout).ok());
    let rows: Vec<(usize, Vec<&'a str>)> = columns
        .map(|columns| columns.rows().map(|(row, cells)| (row.line, cells)).collect())
        .unwrap_or_default();
    rows.into_iter()
}

fn named_purpose<'a>(pack: &'a Pack, text: &str) -> Option<&'a Purpose> {
    pack.purposes.iter().find(|one| one.id == text || one.name.ko == text || one.name.en == text)
}

/// A line of the control file by its one name.
fn control_line(pack: &Pack, text: &str) -> Option<String> {
    let plain = match text {
        "회원" => "people",
        "카드" => "cards",
        "가맹점" => "shops",
        "정산계좌" => "accounts",
        "선지급" => "advanced",
        "정산예정" => "payable",
        "시미수금" => "treasury",
        "은행잔액" => "bank",
        other => other,
    };
    if ["people", "cards", "shops", "accounts", "advanced", "payable", "treasury", "bank"].contains(&plain) {
        return Some(plain.to_owned());
    }
    let (kind, of) = plain.split_once('/')?;
    match kind.trim() {
        "purses" | "지갑" => named_purpose(pack, of.trim()).map(|one| format!("purses/{}", one.id)),
        "prepaid" | "선결제" => {
            business_number::parse(of.trim()).map(|number| format!("prepaid/{number}"))
        }
        _ => None,
    }
}

/// Enough to find a cell again; no more of what may name a person.
fn short(text: &str) -> String {
    text.chars().take(24).collect()
}
