//! What waits for a second person's yes.

use super::*;

fn change(was: &str, now: &str) -> RuleChange {
    let place = "campaigns/pig-card.toml campaign[pig-2021-04].person_month".to_owned();
    RuleChange { place, was: was.to_owned(), now: now.to_owned() }
}

pub(in super::super) fn waiting(lang: Lang) -> WaitingPage {
    let t = tongue(lang);
    let error = t.say("refusal-reason-short").to_string();
    let officer = pick(lang, "카드 담당 공무원", "Card officer at the city hall");
    let source =
        pick(lang, "설정: 한 사람이 큰돈을 되돌리지 않아요", "setting: nobody takes back a large sum alone");
    let file = t.say("waiting-send-payouts").count("count", 1_204).to_string();
    let shop = pick(lang, "남부시장 반찬", "Nambu Market Side Dishes");
    let refund =
        t.say("waiting-refund-at").text("shop", shop).text("payment", "pst_000000000001k").to_string();
    let one = WaitingLine {
        id: "prp_0000000000001".to_owned(),
        what: file.clone(),
        more_at: String::new(),
        amount: Some(Won(34_567_800)),
        coupons: None,
        who: format!("{officer} acc_0000000000001"),
        since: at(9, 12),
        until: at(18, 0),
        source,
        can_decide: true,
        own: false,
        request_key: "k1".to_owned(),
        why: Field::default(),
        changes: Vec::new(),
        more: 0,
    };
    let id = |no: u8| format!("prp_000000000000{no}");
    let why = Field::wrong("싫어", error.clone());
    WaitingPage {
        t,
        page: frame(lang, "/waiting", owner(lang, "nav-waiting")),
        errors: vec![FieldError { field: "why", error }],
        mine: 2,
        roles: 1,
        waiting: vec![
            one.clone(),
            WaitingLine {
                id: id(5),
                what: t.say("waiting-pack").to_string(),
                amount: None,
                changes: vec![change("300000", "400000"), change("", "kakao, sms, email")],
                more: 3,
                ..one.clone()
            },
            WaitingLine {
                id: id(7),
                what: pick(
                    lang,
                    "2021년 생활 지원금: 시민 모두에게 100,000원씩",
                    "Relief grant 2021: 100,000 won for everyone",
                ),
                amount: Some(Won(64_998_800_000)),
                coupons: Some(CouponsWait { people: 649_988, budget: (Won(65_000_000_000), Won(1_200_000)) }),
                more_at: "/desk/coupons/jobs/4".to_owned(),
                ..one.clone()
            },
            WaitingLine { id: id(2), what: refund.clone(), amount: Some(Won(600_000)), why, ..one.clone() },
            WaitingLine { id: id(3), can_decide: false, own: true, what: refund.clone(), ..one.clone() },
            WaitingLine { id: id(4), can_decide: false, source: String::new(), ..one },
        ],
        news: vec![EndedLine {
            id: id(5),
            who: pick(lang, "가게 주인 acc_0000000000002", "Shop owner acc_0000000000002"),
            request_key: "k5".to_owned(),
            what: refund.clone(),
            amount: Some(Won(700_000)),
            since: at(8, 0),
            became: t.say("proposal-refused").text("time", t.moment(&at(8, 30))).to_string(),
            said: pick(lang, "영수증의 금액과 달라요", "The sum on the receipt is another one"),
        }],
        ended: vec![
            EndedLine {
                id: id(6),
                who: pick(lang, "가게 주인 acc_0000000000002", "Shop owner acc_0000000000002"),
                request_key: "k6".to_owned(),
                what: refund,
                amount: Some(Won(700_000)),
                since: at(8, 0),
                became: t.say("proposal-refused").text("time", t.moment(&at(8, 30))).to_string(),
                said: pick(
                    lang,
                    "손님이 영수증을 가져오지 않았어요",
                    "The customer did not bring the receipt",
                ),
            },
            EndedLine {
                id: id(7),
                who: String::new(),
                request_key: "k7".to_owned(),
                what: file,
                amount: Some(Won(34_567_800)),
                since: at(7, 0),
                became: t.say("proposal-expired").to_string(),
                said: String::new(),
            },
        ],
    }
}

pub(in super::super) fn waiting_empty(lang: Lang) -> WaitingPage {
    let full = waiting(lang);
    WaitingPage {
        errors: Vec::new(),
        waiting: Vec::new(),
        mine: 0,
        roles: 0,
        news: Vec::new(),
        ended: Vec::new(),
        ..full
    }
}
