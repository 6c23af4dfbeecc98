//! Good prepayment as rows.

use base::{MerchantId, OrganisationId, PersonId, PostingNo};
use economy::facts::Prepayment;
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};

use super::{Claim, Claims};

/// Its tables. A claim's row follows its postings: the journal says what is in it.
pub(crate) const PREPAY: Migration = Migration {
    name: "prepay-1",
    sql: "
CREATE TABLE prepayments (
    claim BIGINT PRIMARY KEY,
    posting BIGINT NOT NULL,
    programme TEXT NOT NULL,
    merchant TEXT NOT NULL,
    buyer TEXT NOT NULL,
    holder TEXT NOT NULL,
    amount BIGINT NOT NULL,
    use_by BIGINT NOT NULL,
    bought BIGINT NOT NULL,
    advanced BIGINT NOT NULL,
    state TEXT NOT NULL,
    back BIGINT NOT NULL,
    borne BIGINT NOT NULL,
    organisation TEXT
);
CREATE INDEX prepayments_at ON prepayments (merchant);
CREATE TABLE prepay_offers (
    merchant TEXT PRIMARY KEY,
    since BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE prepay_pledges (
    organisation TEXT PRIMARY KEY,
    people BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    since BIGINT NOT NULL
);
CREATE TABLE prepay_joined (
    person TEXT PRIMARY KEY,
    organisation TEXT NOT NULL,
    since BIGINT NOT NULL
);
CREATE TABLE prepay_products (
    no BIGINT PRIMARY KEY,
    merchant TEXT NOT NULL,
    name TEXT NOT NULL,
    price BIGINT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT
);
CREATE TABLE prepay_orders (
    no BIGINT PRIMARY KEY,
    product BIGINT NOT NULL,
    buyer TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    since BIGINT NOT NULL,
    paid BIGINT
);
",
};

/// A claim was bought.
pub(crate) const INSERT_CLAIM: Sql =
    sql("INSERT INTO prepayments (claim, posting, programme, merchant, buyer, \
     holder, amount, use_by, bought, advanced, state, back, borne, organisation) \
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, 0, 'open', 0, 0, $9)");
/// Its shop was advanced its share.
pub(crate) const ADVANCE_CLAIM: Sql = sql("UPDATE prepayments SET advanced = 1 WHERE claim = $1");
/// It was given.
pub(crate) const GIVE_CLAIM: Sql = sql("UPDATE prepayments SET holder = $2 WHERE claim = $1");
/// It ended: why, what went back, what the guarantee bore of that.
pub(crate) const END_CLAIM: Sql =
    sql("UPDATE prepayments SET state = $2, back = $3, borne = $4 WHERE claim = $1");
const OPEN_CLAIMS: Sql =
    sql("SELECT claim, posting, programme, merchant, buyer, holder, amount, use_by, bought, advanced \
     FROM prepayments WHERE state = 'open' ORDER BY claim");
/// The posting a claim was bought by.
pub(crate) const POSTING_OF_CLAIM: Sql = sql("SELECT posting FROM prepayments WHERE claim = $1");
/// Every claim there ever was.
pub(crate) const ALL_CLAIMS: Sql =
    sql("SELECT claim, posting, merchant, holder, amount, state FROM prepayments ORDER BY claim");
const LAST_CLAIM: Sql = sql("SELECT claim FROM prepayments ORDER BY claim DESC LIMIT 1");
/// Every claim a shop ever had, the newest first.
pub(crate) const CLAIMS_OF_SHOP: Sql =
    sql("SELECT claim, amount, bought, state, back, borne FROM prepayments \
     WHERE merchant = $1 ORDER BY claim DESC LIMIT $2");
/// What a shop had in all.
pub(crate) const SUM_OF_SHOP: Sql =
    sql("SELECT COUNT(*) AS count, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS sum, \
     CAST(COALESCE(SUM(back), 0) AS BIGINT) AS back FROM prepayments WHERE merchant = $1");
/// What everyone prepaid: who, in how many, how much, of which went back.
pub(crate) const SUM_OF_ALL: Sql = sql("SELECT COUNT(DISTINCT buyer) AS people, COUNT(*) AS count, \
     CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS sum, CAST(COALESCE(SUM(back), 0) AS BIGINT) AS back FROM prepayments");
/// Closed shops whose claims the guarantee bore.
pub(crate) const BORNE: Sql = sql("SELECT merchant, COUNT(*) AS count, CAST(SUM(back) AS BIGINT) AS sum, \
     CAST(SUM(borne) AS BIGINT) AS borne FROM prepayments WHERE state = 'closed' GROUP BY merchant ORDER BY merchant");
/// What was prepaid for each organisation's pledge. What was returned does not count.
pub(crate) const SUM_BY_ORGANISATION: Sql = sql("SELECT organisation, COUNT(DISTINCT buyer) AS people, \
     CAST(SUM(CASE WHEN state = 'returned' THEN amount - back ELSE amount END) AS BIGINT) AS sum \
     FROM prepayments WHERE organisation IS NOT NULL GROUP BY organisation ORDER BY organisation");

/// A shop offers it.
pub(crate) const PUT_OFFER: Sql =
    sql("INSERT INTO prepay_offers (merchant, since, ended) VALUES ($1, $2, NULL) \
     ON CONFLICT (merchant) DO UPDATE SET since = excluded.since, ended = NULL");
/// It doesn't any more.
pub(crate) const END_OFFER: Sql =
    sql("UPDATE prepay_offers SET ended = $2 WHERE merchant = $1 AND ended IS NULL");
/// Whether a shop offers it.
pub(crate) const OFFER_OF: Sql =
    sql("SELECT merchant FROM prepay_offers WHERE merchant = $1 AND ended IS NULL");
/// Who offers it.
pub(crate) const OFFERS: Sql =
    sql("SELECT merchant FROM prepay_offers WHERE ended IS NULL ORDER BY merchant");

/// An organisation pledges, or more.
pub(crate) const PUT_PLEDGE: Sql = sql(
    "INSERT INTO prepay_pledges (organisation, people, amount, code, since) VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (organisation) DO UPDATE SET people = excluded.people, amount = excluded.amount",
);
/// All pledges.
pub(crate) const PLEDGES: Sql =
    sql("SELECT organisation, people, amount, code FROM prepay_pledges ORDER BY since, organisation");
/// The pledge behind a code.
pub(crate) const PLEDGE_CODED: Sql =
    sql("SELECT organisation, people, amount, code FROM prepay_pledges WHERE code = $1");
/// An employee joins.
pub(crate) const PUT_JOINED: Sql =
    sql("INSERT INTO prepay_joined (person, organisation, since) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET organisation = excluded.organisation, since = excluded.since");
/// They leave.
pub(crate) const DELETE_JOINED: Sql = sql("DELETE FROM prepay_joined WHERE person = $1");
/// Whom somebody joined.
pub(crate) const JOINED: Sql = sql("SELECT organisation FROM prepay_joined WHERE person = $1");

/// A product is listed.
pub(crate) const INSERT_PRODUCT: Sql = sql(
    "INSERT INTO prepay_products (no, merchant, name, price, since, ended) VALUES ($1, $2, $3, $4, $5, NULL)",
);
/// It isn't any more.
pub(crate) const END_PRODUCT: Sql = sql("UPDATE prepay_products SET ended = $2 WHERE no = $1");
/// A product.
pub(crate) const PRODUCT: Sql =
    sql("SELECT no, merchant, name, price FROM prepay_products WHERE no = $1 AND ended IS NULL");
/// All that are listed, the newest first.
pub(crate) const PRODUCTS: Sql = sql(
    "SELECT no, merchant, name, price FROM prepay_products WHERE ended IS NULL ORDER BY no DESC LIMIT $1",
);
/// The last product's number.
pub(crate) const LAST_PRODUCT: Sql = sql("SELECT no FROM prepay_products ORDER BY no DESC LIMIT 1");
/// A firm pledges to buy.
pub(crate) const INSERT_ORDER: Sql =
    sql("INSERT INTO prepay_orders (no, product, buyer, quantity, amount, since, paid) \
     VALUES ($1, $2, $3, $4, $5, $6, NULL)");
/// It paid: by which posting.
pub(crate) const PAY_ORDER: Sql = sql("UPDATE prepay_orders SET paid = $2 WHERE no = $1");
/// An order.
pub(crate) const ORDER: Sql =
    sql("SELECT o.no, o.product, o.buyer, o.quantity, o.amount, o.paid, p.merchant, p.name \
     FROM prepay_orders o JOIN prepay_products p ON p.no = o.product WHERE o.no = $1");
/// A firm's orders, as buyer or seller, the newest first.
pub(crate) const ORDERS_OF: Sql =
    sql("SELECT o.no, o.product, o.buyer, o.quantity, o.amount, o.paid, p.merchant, p.name \
     FROM prepay_orders o JOIN prepay_products p ON p.no = o.product WHERE o.buyer = $1 OR p.merchant = $1 \
     ORDER BY o.no DESC LIMIT $2");
/// The last order's number.
pub(crate) const LAST_ORDER: Sql = sql("SELECT no FROM prepay_orders ORDER BY no DESC LIMIT 1");
/// All orders, and those that are paid.
pub(crate) const SUM_OF_ORDERS: Sql = sql(
    "SELECT COUNT(*) AS count, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS sum, \
     CAST(COALESCE(SUM(CASE WHEN paid IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS paid, \
     CAST(COALESCE(SUM(CASE WHEN paid IS NULL THEN 0 ELSE amount END), 0) AS BIGINT) AS paid_sum FROM prepay_orders",
);

/// All statements, for the test that prepares each on both engines.
pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_CLAIM,
    ADVANCE_CLAIM,
    GIVE_CLAIM,
    END_CLAIM,
    OPEN_CLAIMS,
    POSTING_OF_CLAIM,
    LAST_CLAIM,
    ALL_CLAIMS,
    CLAIMS_OF_SHOP,
    SUM_OF_SHOP,
    SUM_OF_ALL,
    BORNE,
    SUM_BY_ORGANISATION,
    PUT_OFFER,
    END_OFFER,
    OFFER_OF,
    OFFERS,
    PUT_PLEDGE,
    PLEDGES,
    PLEDGE_CODED,
    PUT_JOINED,
    DELETE_JOINED,
    JOINED,
    INSERT_PRODUCT,
    END_PRODUCT,
    PRODUCT,
    PRODUCTS,
    LAST_PRODUCT,
    INSERT_ORDER,
    PAY_ORDER,
    ORDER,
    ORDERS_OF,
    LAST_ORDER,
    SUM_OF_ORDERS,
];

row! {
    struct ClaimRow {
        claim: i64, posting: PostingNo, programme: String, merchant: MerchantId, buyer: PersonId,
        holder: PersonId, amount: i64, use_by: i64, bought: i64, advanced: i64,
    }
}
row! { struct LastClaim { claim: i64 } }
row! { pub(crate) struct OfPosting { pub posting: PostingNo } }
row! { pub(crate) struct No { pub no: i64 } }
row! { pub(crate) struct OfMerchant { pub merchant: MerchantId } }
row! { pub(crate) struct OfOrganisation { pub organisation: OrganisationId } }

/// All that have not ended.
pub(crate) fn claims(snapshot: &mut Snapshot<'_>) -> Result<Claims, Error> {
    let mut claims = Claims::default();
    let number =
        |value: i64| u32::try_from(value).map_err(|_| Error::Shape(format!("no claim has number {value}")));
    let day =
        |value: i64| i32::try_from(value).map_err(|_| Error::Shape(format!("no day has number {value}")));
    snapshot.for_each(OPEN_CLAIMS, &[], &mut |row: ClaimRow| {
        claims.put(Claim {
            no: number(row.claim)?,
            posting: row.posting,
            programme: row.programme,
            merchant: row.merchant,
            buyer: row.buyer,
            holder: row.holder,
            amount: row.amount,
            use_by: day(row.use_by)?,
            bought: day(row.bought)?,
            advanced: row.advanced != 0,
        });
        Ok(())
    })?;
    if let Some(last) = snapshot.one::<LastClaim>(LAST_CLAIM, &[])? {
        claims.count_from(number(last.claim)?);
    }
    Ok(claims)
}

/// The values of [`INSERT_CLAIM`].
pub(crate) fn claim_values(bought: &Prepayment, posting: PostingNo, day: i32) -> Vec<Value> {
    vec![
        i64::from(bought.claim).into(),
        posting.into(),
        bought.programme.clone().into(),
        bought.merchant.into(),
        bought.person.into(),
        bought.amount.into(),
        i64::from(bought.use_by).into(),
        i64::from(day).into(),
        bought.organisation.clone().into(),
    ]
}
