//! Good prepayment: a citizen's claims, what came in at a shop, the desk's guarantee, and the public board.

use askama::Template;
use base::{Date, Won};

use super::kit::{Field, FieldError};
use super::page::{Page, TourStep};
use super::texts::Tongue;

/// One of a citizen's claims.
#[derive(Debug, Clone)]
pub struct ClaimLine {
    /// Its number.
    pub no: u32,
    /// Its shop.
    pub shop: String,
    /// Won in it.
    pub left: Won,
    /// Won it was bought for.
    pub amount: Won,
    /// The last day of use.
    pub use_by: Date,
    /// Of 1,000: how much is left.
    pub thousandths: u32,
    /// Why it can't be returned today, if so.
    pub kept: Option<String>,
    /// Won that reservations hold of it: not used yet.
    pub reserved: Won,
    /// Bought by somebody else.
    pub given: bool,
    /// Key of its gift form.
    pub give_key: String,
    /// The receiver, as typed.
    pub to: Field,
    /// Key of its return form.
    pub return_key: String,
}

impl ClaimLine {
    /// The receiver's field: the one that is wrong is what the list of errors leads to.
    pub fn to_id(&self) -> String {
        if self.to.error.is_some() { "to".to_owned() } else { format!("to-{}", self.no) }
    }
}

/// A claim of a citizen's with nothing left in it.
#[derive(Debug, Clone)]
pub struct UsedClaim {
    /// Its shop.
    pub shop: String,
    /// Won it was bought for.
    pub amount: Won,
    /// The day it was bought.
    pub bought: Date,
}

/// A shop that takes prepayments.
#[derive(Debug, Clone)]
pub struct OfferLine {
    /// What a form calls it.
    pub id: String,
    /// On its sign.
    pub name: String,
    /// Its neighbourhood.
    pub place: String,
}

/// Shops that take prepayments.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// How many there are.
    pub all: usize,
    /// A page of them, or of those whose name was looked for, by name.
    pub lines: Vec<OfferLine>,
    /// Where the next page begins.
    pub next: Option<usize>,
}

/// What can be bought today.
#[derive(Debug, Clone)]
pub struct OnSale {
    /// The programme's name.
    pub name: String,
    /// At least.
    pub least: Won,
    /// At most.
    pub most: Won,
    /// The last day of buying.
    pub until: Date,
    /// The last day of use.
    pub use_by: Date,
    /// The rate of cashback that comes at once, in basis points; 0 for none.
    pub rate: i64,
    /// Days within which it can be returned.
    pub days: u32,
    /// The share after which the rest can be returned, in basis points.
    pub share: i64,
    /// The notice it rests on.
    pub source: String,
}

/// What one's own firm ordered of another, to be paid.
#[derive(Debug, Clone)]
pub struct DueOrder {
    /// Its number.
    pub no: u32,
    /// What, how many.
    pub what: String,
    /// Whom it is paid to.
    pub seller: String,
    /// The firm that ordered.
    pub buyer: String,
    /// Won.
    pub amount: Won,
    /// Key of its form.
    pub request_key: String,
}

/// `GET /wallet/prepaid`. Forms, all with `csrf` and `request_key`: `POST /wallet/prepaid` — `shop`, `amount`;
/// `POST /wallet/prepaid/{claim}/gift` — `to`; `POST /wallet/prepaid/{claim}/return`; `POST /wallet/prepaid/join` — `code`
/// (empty: leave); `POST /wallet/orders/{no}/pay`.
#[derive(Template)]
#[template(path = "prepaid.html")]
pub struct PrepaidPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// Won in all claims.
    pub left: Won,
    /// The claims, what ends soonest first.
    pub claims: Vec<ClaimLine>,
    /// Those with nothing left in them that a refund could still fill.
    pub used_up: Vec<UsedClaim>,
    /// Whether this citizen never had any.
    pub never: bool,
    /// What can be bought today.
    pub on_sale: Option<OnSale>,
    /// Shops that offer it.
    pub offers: Offers,
    /// Key of the buying form.
    pub request_key: String,
    /// The shop, as typed.
    pub shop: Field,
    /// The amount, as typed.
    pub amount: Field,
    /// Own money, with which it is bought.
    pub cash: Won,
    /// What one's own firms ordered and have not paid.
    pub due: Vec<DueOrder>,
    /// The organisation whose pledge it counts for.
    pub joined: Option<String>,
    /// Key of the joining form.
    pub join_key: String,
    /// The code, as typed.
    pub code: Field,
}

/// A prepayment that came in at a shop.
#[derive(Debug, Clone)]
pub struct CameInLine {
    /// Its number.
    pub no: u32,
    /// The day.
    pub day: Date,
    /// Won.
    pub amount: Won,
    /// What has become of it, in words.
    pub state: String,
    /// Won that went back.
    pub back: Won,
    /// Key of the form that takes it back; empty where it is over.
    pub return_key: String,
}

/// A product of a firm.
#[derive(Debug, Clone)]
pub struct ProductLine {
    /// Its number.
    pub no: u32,
    /// What it is.
    pub name: String,
    /// Whose.
    pub firm: String,
    /// Won for one.
    pub price: Won,
    /// One's own: it can be taken off the list; else it can be ordered.
    pub own: bool,
    /// Key of its form.
    pub request_key: String,
}

/// An order between firms.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// Its number.
    pub no: u32,
    /// What, how many.
    pub what: String,
    /// The other firm.
    pub firm: String,
    /// Bought by this firm, not from it.
    pub bought: bool,
    /// Won.
    pub amount: Won,
    /// Whether it is paid.
    pub paid: bool,
}

/// `GET /shop/prepaid`. Forms, all with `csrf` and `request_key`: `POST /shop/prepaid/offer` — `action` (`open`, `stop`);
/// `POST /shop/prepaid/{claim}/return`; `POST /shop/products` — `name`, `price`; `POST /shop/products/{no}/unlist`;
/// `POST /shop/products/{no}/order` — `quantity`.
#[derive(Template)]
#[template(path = "shop_prepaid.html")]
pub struct ShopPrepaidPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// Whether the shop offers it.
    pub offers: bool,
    /// What can be bought today.
    pub on_sale: Option<OnSale>,
    /// Key of the offer's form.
    pub offer_key: String,
    /// Open claims.
    pub open: u32,
    /// Won in them.
    pub left: Won,
    /// Won of them that the shop has had already.
    pub advanced: Won,
    /// Won that come with the next payout.
    pub coming: Won,
    /// All that came in.
    pub count: i64,
    /// Won of it.
    pub sum: Won,
    /// Won that went back.
    pub back: Won,
    /// The newest first.
    pub lines: Vec<CameInLine>,
    /// Products of all firms.
    pub products: Vec<ProductLine>,
    /// This firm's orders.
    pub orders: Vec<OrderLine>,
    /// Key of the listing form.
    pub list_key: String,
    /// The product's name, as typed.
    pub named: Field,
    /// Its price, as typed.
    pub price: Field,
}

/// A closed shop whose claims were paid back.
#[derive(Debug, Clone)]
pub struct BorneLine {
    /// The shop.
    pub shop: String,
    /// Its business number.
    pub number: String,
    /// Claims.
    pub count: i64,
    /// Won that went back.
    pub sum: Won,
    /// Won of it that the guarantee bore: the city's claim.
    pub borne: Won,
}

/// A pledge against what was paid.
#[derive(Debug, Clone)]
pub struct PledgeLine {
    /// Whose.
    pub name: String,
    /// Part of the pledge above.
    pub part: bool,
    /// Member firms.
    pub firms: i64,
    /// Employees pledged, and those who paid.
    pub people: (i64, i64),
    /// Won pledged, and paid.
    pub amount: (Won, Won),
    /// Of 1,000: paid of what was pledged.
    pub thousandths: u32,
    /// The code employees join by: for the desk.
    pub code: String,
}

/// `GET /desk/prepaid`. Form: `POST /desk/prepaid/pledges` — `csrf`, `request_key`, `organisation`, `people`,
/// `amount`.
#[derive(Template)]
#[template(path = "desk_prepaid.html")]
pub struct DeskPrepaidPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Form errors.
    pub errors: Vec<FieldError>,
    /// The guarantee as voted.
    pub voted: Won,
    /// Behind what was advanced.
    pub reserved: Won,
    /// Spent where shops closed.
    pub claimed: Won,
    /// Not needed so far.
    pub free: Won,
    /// Of 1,000: reserved and spent.
    pub thousandths: u32,
    /// Won in open claims.
    pub open: Won,
    /// Closed shops.
    pub borne: Vec<BorneLine>,
    /// Pledges with their codes.
    pub pledges: Vec<PledgeLine>,
    /// Key of the form.
    pub request_key: String,
    /// Associations that may pledge: what a form calls them, and their names.
    pub associations: Vec<(String, String)>,
    /// As chosen.
    pub organisation: Field,
    /// As typed.
    pub people: Field,
    /// As typed.
    pub amount: Field,
}

/// `GET /prepaid`. Public.
#[derive(Template)]
#[template(path = "prepaid_board.html")]
pub struct PrepaidBoardPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What can be bought today.
    pub on_sale: Option<OnSale>,
    /// People who prepaid.
    pub people: i64,
    /// Won.
    pub sum: Won,
    /// Pledges: each whole, its parts below it.
    pub pledges: Vec<PledgeLine>,
    /// Pledged in all, wholes only: firms, people, won.
    pub pledged: (i64, i64, Won),
    /// Orders between firms: how many, won, paid.
    pub orders: (i64, Won, Won),
    /// Shops that offer it.
    pub offers: Offers,
    /// The name that was looked for.
    pub name: String,
}
