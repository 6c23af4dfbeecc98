//! The history over many payments and months.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_history_goes_on_without_gaps_or_repeats() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        // Purses of several months, so that several chains are merged.
        for (index, day) in [(0, 24), (1, 25)] {
            let view = town.app.city.shared.read();
            let at = view.town.zone.instant(base::date(2021, 2, day), 10, 0);
            drop(view);
            town.clock.jump_to(at);
            for n in 0..12 {
                pay(&town, town.card, 1_000 + n, &format!("d{index}-{n}"));
            }
        }
        let march = town.app.city.shared.read().town.zone.instant(base::date(2021, 3, 2), 10, 0);
        town.clock.jump_to(march);
        system(&town, "march", Command::TopUp { person: town.citizen, amount: 30_000 });
        for n in 0..20 {
            pay(&town, town.card, 2_000 + n, &format!("m{n}"));
        }
        let mut me = town.browser("citizen").await;
        let mut path = "/wallet/history".to_owned();
        let mut seen = Vec::new();
        for _ in 0..10 {
            let page = me.get(&path).await;
            assert!(text(&page).contains("쓰고"), "{}", page.body);
            let ids = page.body.split("/wallet/receipts/").skip(1).map(|rest| rest[..17].to_owned());
            seen.extend(ids);
            match page.body.split("href=\"/wallet/history?before=").nth(1) {
                Some(rest) => path = format!("/wallet/history?before={}", rest.split('"').next().unwrap()),
                None => break,
            }
        }
        // 44 payments and 2 top-ups, each once, newest first.
        assert_eq!(seen.len(), 46);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
        // Every line's change adds up to what the purses hold.
        let (chains, total) = {
            let view = town.app.city.shared.read();
            let holder = view.town.directory.holder(town.citizen).unwrap();
            let total: i64 = holder.purses().map(|(_, _, account)| view.books.balance(account)).sum();
            (city::read::history::chains(holder, &view.books, |_| true), total)
        };
        assert!(chains.len() >= 3, "several months, several chains");
        let readers = town.app.city.readers.clone();
        let read = move || readers.read(|s| city::read::history::lines(s, &chains, None, 100)).unwrap();
        let lines = std::thread::spawn(read).join().unwrap();
        assert_eq!(lines.lines.iter().map(|line| line.change).sum::<i64>(), total);
        assert_eq!(lines.older, None);
        assert_eq!(me.get("/wallet/history?before=nonsense").await.status, StatusCode::OK);
        let none = me.get(&format!("/wallet/history?before={}", PostingNo(1))).await;
        assert!(text(&none).contains("아직 내역이 없어요"));
    }
}
