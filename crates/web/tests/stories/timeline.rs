//! The card over its dated timeline, 2 November 2020 to 31 August 2023: at each date people pay, and limit, rate,
//! carry-over, the bonus at charge, the city's cap, the year's cap and the 3-billion rule are those of that day.
//!
//! The town is one in ten thousand of the city: 15 billion won for the city are 1,500,000 here, a person's limits are
//! what they are.

use base::date;

use super::common::Town;
use super::common::table::Script;

/// Someone new pays 10,000 more than the month's limit at once: the limit earns 10 %, the rest is paid and earns
/// nothing, and so does all that follows. `at_charge` is what topping up earned; it is spent first.
async fn a_new_persons_month(
    script: &mut Script<'_>,
    name: &str,
    campaign: &str,
    limit: i64,
    at_charge: i64,
) {
    script.citizen(name).await;
    let (put_on, reward) = (limit + 20_000, limit / 10);
    let (paid, left) = (limit + 10_000 + at_charge, 10_000 + reward);
    script
        .run(&format!(
            r#"
        {name} | POST /api/v1/cards/${name}_card/top-ups  | {{"amount":{put_on}}} | 201 | cashback.reward={at_charge}
        {name} | POST /api/v1/payments | {{"card":"${name}_card","merchant":"$shop","amount":{paid}}} | 201 | cashback.campaign={campaign}, cashback.rate=1000, cashback.earned={limit}, cashback.reward={reward}, cashback.cut=month-limit, cashback.month_left=0, balance={left}
        {name} | POST /api/v1/payments | {{"card":"${name}_card","merchant":"$shop","amount":{left}}} | 201 | cashback.base=10000, cashback.reward=0, cashback.cut=month-limit, balance=0
    "#
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_from_november_2020_to_may_2021() {
    for engine in testkit::engines() {
        let town = Town::since(engine, date(2020, 11, 2));
        let mut script = Script::new(&town);
        // 2 November: 500,000 a month, 10 % at once.
        a_new_persons_month(&mut script, "november", "pig-2020-11", 500_000, 0).await;
        // Someone else uses 200,000 of it.
        script.citizen("half").await;
        script
            .run(
                r#"
            half | POST /api/v1/cards/$half_card/top-ups  | {"amount":200000} | 201 | cashback.cut=no-campaign
            half | POST /api/v1/payments | {"card":"$half_card","merchant":"$shop","amount":200000} | 201 | cashback.reward=20000, cashback.month_left=300000, balance=20000
        "#,
            )
            .await;

        // December: 1,000,000, and what November left unused, 1,500,000 at most.
        town.on(2020, 12, 9);
        a_new_persons_month(&mut script, "december", "pig-2020-12", 1_500_000, 0).await;
        script
            .run(
                r#"
            half     | POST /api/v1/cards/$half_card/top-ups  | {"amount":1310000} | 201
            half     | POST /api/v1/payments | {"card":"$half_card","merchant":"$shop","amount":1330000} | 201 | cashback.base=1310000, cashback.earned=1300000, cashback.reward=130000, cashback.cut=month-limit
            november | POST /api/v1/cards/$november_card/top-ups  | {"amount":1100000} | 201
            november | POST /api/v1/payments | {"card":"$november_card","merchant":"$shop","amount":1100000} | 201 | cashback.earned=1000000, cashback.reward=100000, cashback.cut=month-limit
        "#,
            )
            .await;

        // January: 1,000,000, nothing carried over, 10 % at charge and 10 % at payment.
        town.on(2021, 1, 4);
        a_new_persons_month(&mut script, "january", "pig-2021-01", 1_000_000, 100_000).await;
        // 22 February is the last day of the bonus at charge; on the 23rd its budget is closed.
        town.on(2021, 2, 22);
        a_new_persons_month(&mut script, "before", "pig-2021-01", 1_000_000, 100_000).await;
        town.on(2021, 2, 23);
        a_new_persons_month(&mut script, "after", "pig-2021-01", 1_000_000, 0).await;

        // March: the sources conflict; the pack takes 500,000 and says so. April and May: 300,000.
        town.on(2021, 3, 1);
        a_new_persons_month(&mut script, "march", "pig-2021-03", 500_000, 0).await;
        town.on(2021, 4, 1);
        a_new_persons_month(&mut script, "april", "pig-2021-04", 300_000, 0).await;
        town.on(2021, 5, 31);
        a_new_persons_month(&mut script, "may", "pig-2021-04", 300_000, 0).await;
        // The month turns, and who had used it up earns again.
        town.on(2021, 6, 1);
        a_new_persons_month(&mut script, "june", "pig-2021-06", 300_000, 0).await;
        script
            .run(
                r#"
            may | POST /api/v1/cards/$may_card/top-ups  | {"amount":12345} | 201
            may | POST /api/v1/payments | {"card":"$may_card","merchant":"$shop","amount":12345} | 201 | cashback.reward=1234, cashback.cut=full, cashback.month_left=287655
            auditor | GET /api/v1/books | | 200 | backing>backing, owed>owed
        "#,
            )
            .await;
        assert_eq!(script.name("backing"), script.name("owed"));
    }
}

/// So many people use up their month's limit; the next one's payment is cut to what the city's cap leaves.
async fn the_city_reaches_its_cap(script: &mut Script<'_>, month: &str, limit: i64, cap: i64) {
    let mut left = cap;
    let mut people = 0;
    while left > 0 {
        people += 1;
        let name = format!("{month}_{people}");
        script.citizen(&name).await;
        let earned = limit.min(left);
        let cut = if earned < limit { "city-limit" } else { "full" };
        script
            .run(&format!(
                r#"
            {name} | POST /api/v1/cards/${name}_card/top-ups  | {{"amount":{limit}}} | 201
            {name} | POST /api/v1/payments | {{"card":"${name}_card","merchant":"$shop","amount":{limit}}} | 201 | cashback.earned={earned}, cashback.reward={}, cashback.cut={cut}
        "#,
                earned / 10
            ))
            .await;
        left -= earned;
    }
    let late = format!("{month}_late");
    script.citizen(&late).await;
    script
        .run(&format!(
            r#"
        {late} | POST /api/v1/cards/${late}_card/top-ups  | {{"amount":5000}} | 201
        {late} | POST /api/v1/payments | {{"card":"${late}_card","merchant":"$shop","amount":5000}} | 201 | cashback.earned=0, cashback.reward=0, cashback.cut=city-limit, balance=0
    "#
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_citys_cap_from_june_2021() {
    for engine in testkit::engines() {
        let town = Town::since(engine, date(2021, 5, 31));
        let mut script = Script::new(&town);
        // On the last day of May there is no cap: six people use 1,800,000.
        for person in 1..=6 {
            a_new_persons_month(&mut script, &format!("may_{person}"), "pig-2021-04", 300_000, 0).await;
        }
        // June: 15 billion a month.
        town.on(2021, 6, 1);
        the_city_reaches_its_cap(&mut script, "june", 300_000, 1_500_000).await;
        // It begins anew with the month. 2022: 20 billion, as the notice for 2023 calls it "as before".
        town.on(2022, 1, 3);
        the_city_reaches_its_cap(&mut script, "january_2022", 300_000, 2_000_000).await;
        // 2023: 30 billion in January and September, 20 in between; a person's 500,000.
        town.on(2023, 1, 2);
        the_city_reaches_its_cap(&mut script, "january_2023", 500_000, 3_000_000).await;
        town.on(2023, 2, 1);
        the_city_reaches_its_cap(&mut script, "february_2023", 500_000, 2_000_000).await;
        town.on(2023, 9, 1);
        the_city_reaches_its_cap(&mut script, "september_2023", 500_000, 3_000_000).await;
    }
}

/// 2022 adds 2,000,000 a year: seven months of 300,000 would be more.
#[tokio::test(flavor = "multi_thread")]
async fn the_years_cap_of_2022() {
    for engine in testkit::engines() {
        let town = Town::since(engine, date(2021, 12, 31));
        let mut script = Script::new(&town);
        // What was earned in 2021 doesn't count.
        script
            .run(
                r#"
            citizen | POST /api/v1/cards/$card/top-ups  | {"amount":300000} | 201
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":300000} | 201 | cashback.reward=30000, cashback.cut=full
        "#,
            )
            .await;
        let mut cashback = 30_000;
        for (month, earned, cut) in [
            (1, 300_000, "full"),
            (2, 300_000, "full"),
            (3, 300_000, "full"),
            (4, 300_000, "full"),
            (5, 300_000, "full"),
            (6, 300_000, "full"),
            (7, 200_000, "year-limit"),
            (8, 0, "year-limit"),
        ] {
            town.on(2022, month, 10);
            // The month before's cashback is spent first and earns nothing, then 300,000 of own money.
            let paid = 300_000 + cashback;
            script
                .run(&format!(
                    r#"
                citizen | POST /api/v1/cards/$card/top-ups  | {{"amount":300000}} | 201
                citizen | POST /api/v1/payments | {{"card":"$card","merchant":"$shop","amount":{paid}}} | 201 | cashback.campaign=pig-2022, cashback.base=300000, cashback.earned={earned}, cashback.cut={cut}
            "#
                ))
                .await;
            cashback = earned / 10;
        }
        // The next year is a new one, with 500,000 a month.
        town.on(2023, 1, 1);
        a_new_persons_month(&mut script, "january", "pig-2023-01", 500_000, 0).await;
        script
            .run(
                r#"
            citizen | POST /api/v1/cards/$card/top-ups  | {"amount":10000} | 201
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":10000} | 201 | cashback.reward=1000, cashback.cut=full, cashback.month_left=490000
        "#,
            )
            .await;
    }
}

/// From 31 August 2023 there is none at shops with yearly sales over 3 billion won.
#[tokio::test(flavor = "multi_thread")]
async fn the_3_billion_rule_of_2023() {
    for engine in testkit::engines() {
        let town = Town::since(engine, date(2023, 8, 30));
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            officer | POST /api/v1/merchants | {"name":"꼭 30억","business_number":"104-81-36565","trade":"restaurant","district":"4511153000","sales":3000000000} | 201 | merchant>exactly
            officer | POST /api/v1/merchants | {"name":"모름","business_number":"211-86-29993","trade":"restaurant","district":"4511153000"} | 201 | merchant>unknown
            citizen | POST /api/v1/cards/$card/top-ups  | {"amount":500000} | 201
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":50000} | 201 | cashback.reward=5000, cashback.cut=full, cashback.month_left=450000
        "#,
            )
            .await;
        town.on(2023, 8, 31);
        script
            .run(
                r#"
            # paid all the same; what earns nothing uses up no limit
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":55000} | 201 | cashback.campaign=pig-2023-08, cashback.base=50000, cashback.earned=0, cashback.reward=0, cashback.cut=large-shop, cashback.month_left=450000
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$exactly","amount":50000} | 201 | cashback.reward=5000, cashback.cut=full, cashback.month_left=400000
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":55000} | 201 | cashback.base=50000, cashback.reward=5000, cashback.month_left=350000
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$unknown","amount":55000} | 201 | cashback.reward=5000, cashback.month_left=300000
        "#,
            )
            .await;
    }
}
