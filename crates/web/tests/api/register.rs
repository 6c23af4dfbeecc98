//! People and shops: taken in, looked up, closed.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn people() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let long = "가".repeat(100);
        let mut script = Script::new(&town);
        script.names.insert("long".into(), long);
        script
            .run(
                r#"
            # sign-up works with a name alone, and without a card
            clerk   | POST /api/v1/people | {"name":"박이름"} | 201 | person>person, card!, amount!
            clerk   | POST /api/v1/people | {"name":"박이름","phone":"010-1111-2222","born":"1943-05-01","district":"4511153000","card":"phone"} | 201 | card>card2, person>person2
            clerk   | POST /api/v1/cards/$card2/top-ups | {"amount":1000} | 201 | balance=1000
            clerk   | POST /api/v1/cards | {"kind":"plastic","person":"$person"} | 201 | person=$person
            clerk   | POST /api/v1/people | {"name":"$long"} | 201
            clerk   | POST /api/v1/people | {"name":"$long가"} | 422 person.name
            clerk   | POST /api/v1/people | {"name":""} | 422 person.name
            clerk   | POST /api/v1/people | {"name":" \t "} | 422 person.name
            clerk   | POST /api/v1/people | {"name":"a\u0000b"} | 400 text.nul
            clerk   | POST /api/v1/people | {"name":"a","phone":"010\u0000"} | 400 text.nul
            clerk   | POST /api/v1/people | {"name":"a","district":"45\u0000"} | 400 text.nul
            clerk   | POST /api/v1/people | {"name":"a","phone":"010-1234-5678-90123456"} | 400 phone.form
            clerk   | POST /api/v1/people | {"name":"a","born":"1943-13-01"} | 400 date.form
            clerk   | POST /api/v1/people | {"name":"a","born":"yesterday"} | 400 date.form
            clerk   | POST /api/v1/people | {"name":"a","born":""} | 400 date.form
            clerk   | POST /api/v1/people | {"name":"a","district":"0000000000"} | 404 district.unknown
            clerk   | POST /api/v1/people | {"name":"a","card":"gold"} | 422 card.kind
            citizen | POST /api/v1/people | {"name":"a"} | 403 role.needed
            officer | POST /api/v1/people | {"name":"a"} | 403 role.needed
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn merchants() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            officer  | POST /api/v1/merchants | {"name":"새 가게","business_number":"1048136565","trade":"bakery","district":"4511153000","sales":300000000,"owner":"$citizen"} | 201 | merchant>new, person!
            citizen  | GET /api/v1/merchants/$new | | 200 | id=$new, name=새 가게, business_number=104-81-36565, trade=bakery, district=4511153000, state=open, sales!, owner!
            # an owner doesn't earn cashback by paying themselves
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$new","amount":1000} | 422 shop.own
            officer  | POST /api/v1/merchants | {"name":"또","business_number":"104-81-36565","trade":"bakery","district":"4511153000"} | 422 shop.known
            officer  | POST /api/v1/merchants | {"name":"","business_number":"2208162517","trade":"bakery","district":"4511153000"} | 422 shop.name
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"1048136566","trade":"bakery","district":"4511153000"} | 422 business-number.wrong
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"","trade":"bakery","district":"4511153000"} | 422 business-number.wrong
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"123-45-67891\u0000","trade":"bakery","district":"4511153000"} | 422 business-number.wrong
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"wand-maker","district":"4511153000"} | 404 trade.unknown
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"1"} | 404 district.unknown
            officer  | POST /api/v1/merchants | {"name":"a\u0000","business_number":"211-86-29993","trade":"bakery","district":"4511153000"} | 400 text.nul
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000","owner":"me"} | 404 person.unknown
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000","owner":"per_0000000000007"} | 404 person.unknown
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000","sales":-1} | 422 shop.sales
            officer  | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000","sales":9223372036854775807} | 422 shop.sales
            merchant | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000"} | 403 role.needed
            clerk    | POST /api/v1/merchants | {"name":"a","business_number":"211-86-29993","trade":"bakery","district":"4511153000"} | 403 role.needed
            # an excluded trade can be a shop, and takes no card
            officer  | POST /api/v1/merchants | {"name":"백화점","business_number":"211-86-29993","trade":"department-store","district":"4511153000"} | 201 | merchant>store
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$store","amount":1000} | 422 shop.excluded
            auditor  | GET /api/v1/merchants/mer_0000000000007 | | 404 shop.unknown
            auditor  | GET /api/v1/merchants/$card | | 404 id.unknown
            # closed by its owner or the city, for good
            other    | POST /api/v1/merchants/$shop/close | | 404 shop.unknown
            till     | POST /api/v1/merchants/$shop/close | | 403 role.needed
            citizen  | POST /api/v1/merchants/$new/close | | 403 role.needed
            merchant | POST /api/v1/merchants/$shop/close | | 200 | merchant=$shop
            merchant | POST /api/v1/merchants/$shop/close | | 422 shop.closed
            officer  | POST /api/v1/merchants/$new/close | | 200 | merchant=$new
            officer  | POST /api/v1/merchants/mer_0000000000007/close | | 404 shop.unknown
            citizen  | GET /api/v1/merchants/$shop | | 200 | state=closed
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 422 shop.closed
        "#,
            )
            .await;
    }
}
