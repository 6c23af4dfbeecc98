//! The chart of accounts. The city's `chart.toml` names each class for people and works every operation through.

use base::{MerchantId, Month, PersonId, PostingNo};
use ledger::{Account, ClassNo, Key, Owner, Side, UnitNo};

/// What accounts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Unit {
    /// Money.
    Won = 0,
    /// Authority to spend: what a council voted, not money.
    Budget = 1,
    /// Metered won: how much of a limit is used.
    Base = 2,
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $no:literal, $code:literal, $unit:ident, $side:ident, $floor:literal;)*) => {
        /// A class of account. Numbers are kept in the journal: never change or reuse one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Class { $($(#[$doc])* $name = $no,)* }

        impl Class {
            /// All classes, in order of number.
            pub const ALL: &'static [Class] = &[$(Class::$name,)*];

            /// The class's code in `chart.toml` and on the auditor's pages.
            pub fn code(self) -> &'static str {
                match self { $(Class::$name => $code,)* }
            }

            /// What its accounts count.
            pub fn unit(self) -> Unit {
                match self { $(Class::$name => Unit::$unit,)* }
            }

            /// The side on which they grow.
            pub fn side(self) -> Side {
                match self { $(Class::$name => Side::$side,)* }
            }

            /// Whether they may not fall below zero.
            pub fn floor(self) -> bool {
                match self { $(Class::$name => $floor,)* }
            }

            /// By its number in the journal.
            pub fn numbered(no: ClassNo) -> Option<Class> {
                match no.0 { $($no => Some(Class::$name),)* _ => None }
            }
        }
    };
}

classes! {
    /// The bank account that backs everything below.
    BankTrust = 0, "bank.trust", Won, Debit, true;
    /// Granted on the city's behalf, not yet transferred by the city. Below zero the scheme owes the city: cashback
    /// that the city had paid for already was taken back by a refund.
    TreasuryDue = 1, "treasury.due", Won, Debit, false;
    /// What a shop owes back (a refund after it was paid out).
    ShopDue = 2, "shop.due", Won, Debit, true;
    /// What a shop was paid out of a claim before it was used.
    ShopAdvance = 3, "shop.advance", Won, Debit, true;
    /// The collector's account at its bank, less what it owes the scheme. The collector is an entity of its own: see
    /// [`chest_sides`].
    ChestBank = 4, "chest.bank", Won, Debit, true;
    /// Sent to a shop once, and come back from its bank: owed, and paid as it is with its next settlement.
    ShopReturned = 7, "shop.returned", Won, Credit, true;
    /// A person's purse, by purpose and the month it expires in.
    Purse = 10, "holder.purse", Won, Credit, true;
    /// Reserved for a shop by an authorisation, not yet its own.
    Hold = 11, "hold", Won, Credit, true;
    /// Earned by a shop, not yet paid out.
    ShopPayable = 12, "shop.payable", Won, Credit, true;
    /// On its way through the bank.
    PayoutSent = 13, "payout.sent", Won, Credit, true;
    /// Past validity, for the ordinance to decide.
    Expired = 14, "expired", Won, Credit, true;
    /// Given, not yet passed on to the collector; by what it is for.
    GiftCollected = 15, "gift.collected", Won, Credit, true;
    /// What the collector holds and may spend; by what it was given for.
    ChestPurpose = 16, "chest.purpose", Won, Credit, true;
    /// What the collector owes back: gifts it holds whose payments were taken back. Kept from what it is passed next.
    GiftDue = 18, "gift.due", Won, Debit, true;
    /// A person's claim on one shop: prepaid, not yet used.
    Prepaid = 17, "holder.prepaid", Won, Credit, true;
    /// The part of a guarantee that was spent where a shop closed: the city's claim on that shop.
    CityClaim = 19, "city.claim", Budget, Debit, true;
    /// What a budget may still grant.
    BudgetLeft = 20, "budget.left", Budget, Debit, true;
    /// What a budget keeps for open authorisations.
    BudgetReserved = 21, "budget.reserved", Budget, Debit, true;
    /// What a budget has granted.
    BudgetGranted = 22, "budget.granted", Budget, Debit, true;
    /// What was voted: the sum of the three above, and of the claims on shops it was spent for.
    BudgetVoted = 23, "budget.voted", Budget, Credit, true;
    /// How much of a limit a person, or the city, has used in a period.
    Meter = 30, "meter", Base, Debit, true;
    /// The other side of every meter.
    MeterTotal = 31, "meter.total", Base, Credit, true;
}

/// What a meter counts, and over which period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Meter {
    /// A person's spending that earned, by month.
    SpendMonth = 1,
    /// A person's spending that earned, by year.
    SpendYear = 2,
    /// The city's spending that earned, by month.
    CityMonth = 3,
    /// A person's top-ups that earned at charge, by month.
    ChargeMonth = 4,
    /// A person's top-ups where the campaign limits them, by month.
    TopUpMonth = 5,
    /// A person's top-ups where the campaign limits them, by year.
    TopUpYear = 6,
    /// The city's top-ups where the campaign limits them, by month.
    CityTopUpMonth = 7,
    /// What a helper paid from a person's purses, by month; see [`helper_meter`].
    HelperMonth = 8,
    /// What a person was given of a coupon; see [`coupon_meter`].
    Coupon = 13,
    /// What a person was given by a sale's discount, over all its days.
    Sale = 14,
    /// What a release has let out, of the whole city or of a neighbourhood; see [`release_meter`].
    Release = 15,
    /// What a person got of a release.
    Claim = 16,
    /// A shop's support of card fees, in won, by year.
    FeeSupportYear = 17,
    /// Stamps of a sale, one each: a person's, and all of the city's; see [`stamps_meter`].
    Stamp = 18,
    /// Postings that were disposed of when their time was over, by the year they were of.
    Disposed = 19,
    /// Spent gifts of a person's that the city bore when their payments came back, by month.
    GiftCover = 20,
}

/// So many delegations of one person, over all time, have a meter of their own.
pub const MOST_HELPERS: u16 = 512;
/// Bits of a month's number: enough until the year 2730.
const MONTH_BITS: u32 = 15;

fn account(class: Class, owner: Owner, sub: u32) -> Account {
    Account {
        key: Key { class: ClassNo(class as u8), owner, sub },
        unit: UnitNo(class.unit() as u8),
        side: class.side(),
        floor: class.floor(),
    }
}

/// The scheme's one account of a class.
pub fn scheme(class: Class) -> Account {
    account(class, Owner::None, 0)
}

/// A person's purse: by the purpose's number and the month at whose end it expires.
pub fn purse(person: PersonId, purpose: u8, expires: Month) -> Account {
    account(Class::Purse, Owner::Person(person), purse_sub(purpose, expires))
}

/// Purpose and expiry month in one number: purpose × 2^24 + month.
pub fn purse_sub(purpose: u8, expires: Month) -> u32 {
    (u32::from(purpose) << 24) | (expires.0 & 0x00ff_ffff)
}

/// The reverse of [`purse_sub`].
pub fn purse_of(sub: u32) -> (u8, Month) {
    ((sub >> 24) as u8, Month(sub & 0x00ff_ffff))
}

/// What a shop has earned and not yet been paid.
pub fn payable(merchant: MerchantId) -> Account {
    account(Class::ShopPayable, Owner::Merchant(merchant), 0)
}

/// What was given for a purpose and not passed on yet.
pub fn gifts(purpose: u16) -> Account {
    account(Class::GiftCollected, Owner::None, u32::from(purpose))
}

/// What the collector holds for a purpose.
pub fn chest_purpose(purpose: u16) -> Account {
    account(Class::ChestPurpose, Owner::None, u32::from(purpose))
}

/// What a shop owes back.
pub fn shop_due(merchant: MerchantId) -> Account {
    account(Class::ShopDue, Owner::Merchant(merchant), 0)
}

/// A person's claim on one shop. Claims are numbered through; the one who holds it owns the account.
pub fn prepaid(person: PersonId, claim: u32) -> Account {
    account(Class::Prepaid, Owner::Person(person), claim)
}

/// What a shop was advanced of a claim and did not earn yet: never more than the claim holds.
pub fn advance(merchant: MerchantId, claim: u32) -> Account {
    account(Class::ShopAdvance, Owner::Merchant(merchant), claim)
}

/// What a shop was advanced of the part of a claim that authorisations reserve: it is released with a capture, and goes
/// back with what isn't taken.
pub fn advance_held(merchant: MerchantId, claim: u32) -> Account {
    account(Class::ShopAdvance, Owner::Merchant(merchant), claim | HELD)
}

/// The claim of an advance's account, and whether it is of a reserved part.
pub fn advance_of(sub: u32) -> (u32, bool) {
    (sub & !HELD, sub & HELD != 0)
}

/// Claims are numbered below it.
const HELD: u32 = 1 << 31;

/// What a guarantee bore for a shop that closed, by the budget's id in the pack.
pub fn city_claim(merchant: MerchantId, guarantee: &str) -> Account {
    account(Class::CityClaim, Owner::Merchant(merchant), budget_sub(guarantee))
}

/// What was sent to a shop and came back.
pub fn shop_returned(merchant: MerchantId) -> Account {
    account(Class::ShopReturned, Owner::Merchant(merchant), 0)
}

/// What an authorisation reserves. The number is the authorisation's posting.
pub fn hold(authorisation: PostingNo) -> Account {
    account(Class::Hold, Owner::Posting(authorisation), 0)
}

/// A person's meter. `period` is a month's number or a year.
pub fn meter(meter: Meter, person: PersonId, period: u32) -> Account {
    account(Class::Meter, Owner::Person(person), (u32::from(meter as u8) << 24) | period)
}

/// What a helper paid from a person's purses in a month. `place` is that of the delegation among all this person ever
/// gave, from 0: below [`MOST_HELPERS`].
pub fn helper_meter(person: PersonId, place: u16, month: Month) -> Account {
    meter(Meter::HelperMonth, person, (u32::from(place % MOST_HELPERS) << MONTH_BITS) | month.0)
}

/// A shop's meter. `period` is a month's number or a year.
pub fn shop_meter(meter: Meter, merchant: MerchantId, period: u32) -> Account {
    account(Class::Meter, Owner::Merchant(merchant), (u32::from(meter as u8) << 24) | period)
}

/// The place and the month of a helper's meter, from its period; see [`helper_meter`].
pub fn helper_period(period: u32) -> (u16, Month) {
    ((period >> MONTH_BITS) as u16, Month(period & ((1 << MONTH_BITS) - 1)))
}

/// What a person was given of a coupon: by its purpose's number and the month it ends in.
pub fn coupon_meter(person: PersonId, purpose: u8, ends: Month) -> Account {
    let month = ends.0 & ((1 << MONTH_BITS) - 1);
    meter(Meter::Coupon, person, (u32::from(purpose) << MONTH_BITS) | month)
}

/// What a release let out: of a neighbourhood by its position in the pack, or of the whole city.
pub fn release_meter(number: u8, district: Option<u8>) -> Account {
    city_meter(Meter::Release, (u32::from(number) << 8) | u32::from(district.unwrap_or(u8::MAX)))
}

/// Stamps a person has of a sale, or `None`: of all people together.
pub fn stamps_meter(sale: u8, person: Option<PersonId>) -> Account {
    let period = u32::from(sale);
    person.map_or_else(|| city_meter(Meter::Stamp, period), |person| meter(Meter::Stamp, person, period))
}

/// The city's meter.
pub fn city_meter(meter: Meter, period: u32) -> Account {
    account(Class::Meter, Owner::None, (u32::from(meter as u8) << 24) | period)
}

/// One of a budget's accounts, by the budget's id in the pack.
pub fn budget(class: Class, id: &str) -> Account {
    account(class, Owner::None, budget_sub(id))
}

/// A budget's number; the pack's check sees to it that no two budgets have one.
pub fn budget_sub(id: &str) -> u32 {
    rules::budget_number(id)
}

/// The accounts whose two sides must always be equal, in won: what backs the scheme, and what it owes.
/// `bank.trust + treasury.due + Σ shop.due + Σ shop.advance + gift.due = Σ purses + Σ prepaid + Σ holds + Σ shop.payable +
/// Σ shop.returned +
/// payout.sent + expired + Σ gift.collected`.
pub fn float_sides() -> (&'static [Class], &'static [Class]) {
    const BACKING: &[Class] =
        &[Class::BankTrust, Class::TreasuryDue, Class::ShopDue, Class::ShopAdvance, Class::GiftDue];
    const OWED: &[Class] = &[
        Class::ShopReturned,
        Class::Purse,
        Class::Hold,
        Class::ShopPayable,
        Class::PayoutSent,
        Class::Expired,
        Class::Prepaid,
        Class::GiftCollected,
    ];
    (BACKING, OWED)
}

/// The same of the collector's own books: `chest.bank = Σ chest.purpose`.
pub fn chest_sides() -> (&'static [Class], &'static [Class]) {
    (&[Class::ChestBank], &[Class::ChestPurpose])
}
