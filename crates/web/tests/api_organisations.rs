//! Organisations and businesses over the API: who keeps the city's list, and an association its own members.
use crate::common;

use common::Town;
use common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_keeps_the_list_and_an_association_its_members() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        {
            let view = town.app.city.shared.read();
            let known = |word: &str| view.town.directory.organisations.known_as(word).unwrap().id.to_string();
            script.names.insert("own".into(), known("sme-federation"));
            script.names.insert("chest".into(), known("chest"));
        }
        script
            .run(
                r#"
    officer     | POST /api/v1/organisations | {"kind":"association","name":"남부시장 상인회","english":"Nambu Market Merchants"} | 201 | organisation>market
    officer     | POST /api/v1/organisations | {"kind":"association","name":"남부시장 상인회"} | 422 organisation.already
    officer     | POST /api/v1/organisations | {"kind":"association","name":" "} | 422 organisation.name
    officer     | POST /api/v1/organisations | {"kind":"window","name":"창구"} | 400 body.malformed
    officer     | POST /api/v1/organisations | {"kind":"agency","name":"복지관","from":"soon"} | 400 date.form
    association | POST /api/v1/organisations | {"kind":"association","name":"우리 모임"} | 403 role.needed
    clerk       | GET /api/v1/organisations | | 403 role.needed
    citizen     | GET /api/v1/organisations/$market | | 403 role.needed
    officer     | GET /api/v1/organisations?limit=2 | | 200 | next>more
    officer     | GET /api/v1/organisations?limit=1&cursor=$more | | 200 | items.0.id=$more
    officer     | GET /api/v1/organisations?limit=0 | | 422 query.limit
    officer     | GET /api/v1/organisations?cursor=x | | 400 query.cursor
    officer     | GET /api/v1/organisations/$market | | 200 | kind=association, name=남부시장 상인회, english=Nambu Market Merchants, firms=0, until!
    officer     | GET /api/v1/organisations/org_0000000000001 | | 404 organisation.unknown

    officer     | POST /api/v1/businesses | {"number":"104-81-36565","name":"한옥 빵집","trade":"bakery"} | 201 | business>bakery
    officer     | POST /api/v1/businesses | {"number":"104-81-36565","name":"한옥 빵집","trade":"bakery"} | 422 business.known
    officer     | POST /api/v1/businesses | {"number":"123","name":"빵집","trade":"bakery"} | 422 business-number.wrong
    officer     | POST /api/v1/businesses | {"number":"130-82-00011","name":"빵집","trade":"x"} | 404 trade.unknown
    officer     | POST /api/v1/businesses | {"number":"130-82-00011","name":"빵집","trade":"bakery","owner":"per_0000000000001"} | 404 person.unknown
    association | POST /api/v1/businesses | {"number":"130-82-00011","name":"빵집","trade":"bakery","owner":"$citizen"} | 404 organisation.unknown
    association | GET /api/v1/businesses/$bakery | | 404 business.unknown
    officer     | GET /api/v1/businesses/$bakery | | 200 | name=한옥 빵집, member_of.0!
    clerk       | GET /api/v1/businesses/$bakery | | 403 role.needed

    association | POST /api/v1/organisations/$own/members | {"member":"$bakery"} | 201
    association | POST /api/v1/organisations/$own/members | {"member":"$bakery"} | 422 organisation.member-already
    association | POST /api/v1/organisations/$own/members | {"member":"$citizen"} | 404 business.unknown
    association | POST /api/v1/organisations/$market/members | {"member":"$bakery"} | 404 organisation.unknown
    association | GET /api/v1/organisations/$own/members | | 200 | items.0.member=$bakery, items.0.name=한옥 빵집, people=0, next!
    association | GET /api/v1/organisations/$own | | 200 | firms=1
    association | GET /api/v1/businesses/$bakery | | 200 | member_of.0=$own
    association | GET /api/v1/organisations/$market | | 404 organisation.unknown
    association | GET /api/v1/organisations/$market/members | | 404 organisation.unknown
    chest       | GET /api/v1/organisations/$chest | | 200 | kind=community-chest
    officer     | POST /api/v1/organisations/$market/members | {"member":"$bakery"} | 201
    officer     | POST /api/v1/organisations/$own/members/leave | {"member":"$bakery","last":"2021-02-22"} | 422 organisation.not-member
    association | POST /api/v1/organisations/$own/members/leave | {"member":"$bakery"} | 200
    officer     | POST /api/v1/businesses/$bakery/owner | {"owner":"$citizen"} | 200 | business=$bakery
    officer     | POST /api/v1/businesses/$bakery/owner | {"owner":"$citizen"} | 422 business.owner-already
    association | POST /api/v1/businesses/$bakery/owner | {} | 403 role.needed
    officer     | POST /api/v1/organisations/$market/close | | 200 | organisation=$market
    officer     | POST /api/v1/organisations/$market/close | | 422 organisation.ended
    officer     | GET /api/v1/organisations/$market | | 200 | until=2021-02-23
"#,
            )
            .await;
    }
}
