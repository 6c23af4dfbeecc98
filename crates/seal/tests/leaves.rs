//! Leaves, receipts, statements and the tree of sums.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use base::{EntryNo, Instant, PostingNo};
use ledger::{AccountNo, EntryRow, PostingRow};
use proptest::prelude::*;
use seal::{
    ClassLine, FloatProof, Hash, Log, NotProved, Owed, Receipt, Salts, Sealed, Secret, Statement, SumTree,
    Trust, UnprovedSum, VerifierKey, build, inclusion,
};
use testkit::TempDir;

fn secret() -> Secret {
    Secret::new([9; 32])
}

fn posting(no: u64, amount: i64) -> (PostingRow, Vec<EntryRow>) {
    let row = PostingRow {
        no: PostingNo(no),
        at: Instant(1_614_038_400_000_000 + no.cast_signed()),
        day: 18_681,
        kind: "pay".into(),
        role: "citizen".into(),
        client: 77,
        request_key: "key \"1\"\\".into(),
        input_hash: [5; 16],
        pack: 1,
        reverses: None,
        amount,
        first_entry: EntryNo(no * 2 - 1),
        entries: 2,
        facts: format!(
            r#"{{"v":1,"pay":{{"card":"crd_1","merchant":"mer_2","amount":{amount},"cashback":{{"rate":1000,"left":77}},"legs":[],"balance":120}}}}"#
        ),
    };
    let entry = |at: u64| EntryRow {
        no: EntryNo(no * 2 - 1 + at),
        posting: PostingNo(no),
        debit: AccountNo(1),
        credit: AccountNo(2),
        amount,
        debit_after: 10,
        credit_after: 20,
        debit_previous: EntryNo(0),
        credit_previous: EntryNo(0),
    };
    (row, vec![entry(0), entry(1)])
}

fn commit(salts: &Salts, posting: &(PostingRow, Vec<EntryRow>)) -> [u8; 32] {
    Sealed::default().commit(&salts.seed(posting.0.no.0), &posting.0, &posting.1)
}

#[test]
fn every_column_is_bound() {
    let salts = secret().salts();
    let whole = posting(4, 1_000);
    let sealed = commit(&salts, &whole);
    assert_eq!(commit(&salts, &whole), sealed);
    type Change = fn(&mut (PostingRow, Vec<EntryRow>));
    let changes: [(&str, Change); 22] = [
        ("at", |p| p.0.at.0 += 1),
        ("day", |p| p.0.day += 1),
        ("kind", |p| p.0.kind = "refund".into()),
        ("role", |p| p.0.role = "till".into()),
        ("client", |p| p.0.client += 1),
        ("request_key", |p| p.0.request_key.push('x')),
        ("input_hash", |p| p.0.input_hash[3] ^= 1),
        ("pack", |p| p.0.pack += 1),
        ("reverses", |p| p.0.reverses = Some(PostingNo(1))),
        ("amount", |p| p.0.amount += 1),
        ("first_entry", |p| p.0.first_entry.0 += 1),
        ("entries", |p| p.0.entries += 1),
        ("facts", |p| p.0.facts = p.0.facts.replace("mer_2", "mer_3")),
        ("facts' form", |p| p.0.facts = p.0.facts.replace("\"pay\"", "\"top-up\"")),
        ("entry.no", |p| p.1[1].no.0 += 1),
        ("entry.posting", |p| p.1[1].posting.0 += 1),
        ("entry.debit", |p| p.1[1].debit.0 += 1),
        ("entry.credit", |p| p.1[0].credit.0 += 1),
        ("entry.amount", |p| p.1[0].amount += 1),
        ("entry.debit_after", |p| p.1[0].debit_after += 1),
        ("entry.credit_previous", |p| p.1[1].credit_previous.0 += 1),
        ("an entry less", |p| p.1.truncate(1)),
    ];
    for (what, change) in changes {
        let mut other = whole.clone();
        change(&mut other);
        assert_ne!(commit(&salts, &other), sealed, "{what}");
    }
    assert_ne!(commit(&Secret::new([8; 32]).salts(), &whole), sealed, "another secret");
}

fn sealed_log(folder: &TempDir, count: u64) -> (Log, Vec<(PostingRow, Vec<EntryRow>)>) {
    let salts = secret().salts();
    let mut log = Log::open(folder.path(), secret().signer("card.example.kr/log").unwrap()).unwrap();
    let postings: Vec<_> = (1..=count).map(|no| posting(no, no.cast_signed() * 100)).collect();
    let leaves: Vec<[u8; 32]> = postings.iter().map(|one| commit(&salts, one)).collect();
    log.append(&leaves).unwrap();
    (log, postings)
}

fn receipt(log: &Log, posting: &(PostingRow, Vec<EntryRow>)) -> Receipt {
    let no = posting.0.no.0;
    let opening = Sealed::default().open(&secret().salts().seed(no), &posting.0, &posting.1);
    let path = inclusion(&log.reader(), no - 1, log.size()).unwrap();
    let show =
        |part: &str| part.starts_with("facts") && !part.ends_with("balance") && !part.ends_with("left");
    Receipt::new(no, &opening, show, &path, &log.reader().note().unwrap(), &log.signer().verifier())
}

#[test]
fn a_receipt_shows_what_it_opens_and_proves_it() {
    let folder = TempDir::new();
    let (log, postings) = sealed_log(&folder, 300);
    let text = receipt(&log, &postings[41]).write();
    assert!(
        !text.contains("balance") && !text.contains("left") && !text.contains("key \\"),
        "what isn't opened isn't there"
    );
    let key = log.signer().verifier();
    for trust in [Trust::ItsOwn, Trust::Key(&key), Trust::Checkpoint(log.signed())] {
        let checked = Receipt::read(&text).unwrap().check(&trust).unwrap();
        assert_eq!((checked.posting, checked.part("facts.amount")), (42, Some("4200")));
        assert_eq!(checked.part("facts.merchant"), Some("\"mer_2\""));
        assert_eq!(checked.head("amount"), Some(4_200.into()));
        assert_eq!(checked.part("facts.cashback.rate"), Some("1000"));
        assert_eq!((checked.closed, checked.checkpoint.size), (5, 300));
    }
}

#[test]
fn a_receipt_that_was_touched_proves_nothing() {
    let folder = TempDir::new();
    let (log, postings) = sealed_log(&folder, 300);
    let text = receipt(&log, &postings[41]).write();
    let check = |text: &str| Receipt::read(text).and_then(|receipt| receipt.check(&Trust::ItsOwn));
    assert!(check(&text).is_ok());
    assert_eq!(check(&text.replace("\"4200\"", "\"9200\"")), Err(NotProved::Path));
    assert_eq!(check(&text.replace("\"facts.amount\"", "\"facts.balance\"")), Err(NotProved::Path));
    assert_eq!(check(&text.replace("\"posting\": 42", "\"posting\": 43")), Err(NotProved::Path));
    assert_eq!(check(&text.replace("\"posting\": 42", "\"posting\": 0")), Err(NotProved::Number));
    assert!(matches!(check(&text.replace("\\n300\\n", "\\n301\\n")), Err(NotProved::Note(_))));
    for hostile in
        ["", "{}", "[]", "null", "{\"format\":\"ongoeul receipt 1\"}", &"[".repeat(100_000), &text[1..]]
    {
        assert_eq!(Receipt::read(hostile), Err(NotProved::Form), "{}", &hostile[..hostile.len().min(40)]);
    }
    // Whole, and of somebody else's log.
    let other = Secret::new([1; 32]).signer("card.example.kr/log").unwrap().verifier();
    assert!(matches!(Receipt::read(&text).unwrap().check(&Trust::Key(&other)), Err(NotProved::Note(_))));
    let elsewhere = seal::Checkpoint { size: 299, ..log.signed().clone() };
    assert_eq!(
        Receipt::read(&text).unwrap().check(&Trust::Checkpoint(&elsewhere)),
        Err(NotProved::OtherCheckpoint)
    );
}

fn statement(root: seal::SumRoot, owed: i64) -> Statement {
    let line = |class: &str, won| ClassLine { class: class.into(), accounts: 3, won };
    Statement {
        origin: "card.example.kr/log".into(),
        day: "2021-02-23".into(),
        at: "2021-02-23T15:00:00Z".into(),
        sequence: 12,
        posting: 300,
        log: Hash::leaf(b"log"),
        owes: vec![line("holder.purse", owed - 10), line("expired", 10)],
        backs: vec![line("bank.trust", owed + 5), line("treasury.due", -25), line("shop.advance", 20)],
        advances: vec![("mer_1".into(), 15), ("mer_2".into(), 5)],
        sums: root,
    }
}

fn holders(sums: &[u64]) -> Vec<Owed> {
    sums.iter().enumerate().map(|(at, won)| Owed { who: format!("per_{at}"), won: *won }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn each_holder_is_in_the_sum(sums in prop::collection::vec(prop_oneof![0_u64..3, 0_u64..5_000_000], 1..70)) {
        let folder = TempDir::new();
        let file = folder.path().join("tree");
        let all = holders(&sums);
        let root = build(&[6; 32], &all, &file).unwrap().unwrap();
        prop_assert_eq!(root.sum, sums.iter().sum::<u64>());
        prop_assert!(root.leaves.is_power_of_two() && root.leaves > 2 * sums.len() as u64 - 1);
        let signer = secret().signer("card.example.kr/log").unwrap();
        let note = statement(root, root.sum.cast_signed()).sign(&signer);
        let tree = SumTree::of(&file, root.leaves);
        // Each check verifies a signature: a few of many do.
        for owed in all.iter().step_by(all.len().div_ceil(4)) {
            let proof = tree.prove(&[6; 32], &owed.who, &note).unwrap().unwrap();
            prop_assert_eq!(proof.won, owed.won);
            let read = FloatProof::read(&proof.write()).unwrap();
            prop_assert!(read.check(&signer.verifier()).is_ok());
            // Another's name, or a won more, isn't in it.
            let mut another = read.clone();
            another.holder = "per_x".into();
            prop_assert_eq!(another.check(&signer.verifier()), Err(UnprovedSum::Path));
            let mut more = read.clone();
            more.won += 1;
            prop_assert_eq!(more.check(&signer.verifier()), Err(UnprovedSum::Sum));
        }
        prop_assert!(tree.prove(&[6; 32], "per_nobody", &note).unwrap().is_none());
        prop_assert!(tree.prove(&[7; 32], "per_0", &note).unwrap().is_none(), "another night's key finds nothing");
    }
}

#[test]
fn neighbours_learn_parts_and_no_names() {
    let folder = TempDir::new();
    let file = folder.path().join("tree");
    let sums: Vec<u64> = (0..500).map(|at| 100_000 + at).collect();
    let root = build(&[6; 32], &holders(&sums), &file).unwrap().unwrap();
    let signer = secret().signer("card.example.kr/log").unwrap();
    let note = statement(root, root.sum.cast_signed()).sign(&signer);
    let proof = SumTree::of(&file, root.leaves).prove(&[6; 32], "per_3", &note).unwrap().unwrap();
    let text = proof.write();
    assert_eq!(text.matches("per_").count(), 1, "only their own id");
    // The two leaves stand at places that say nothing, and another night at others.
    let other = folder.path().join("other");
    build(&[7; 32], &holders(&sums), &other).unwrap().unwrap();
    let again = SumTree::of(&other, root.leaves).prove(&[7; 32], "per_3", &note).unwrap().unwrap();
    assert_ne!(proof.parts, again.parts);
}

#[test]
fn too_much_is_no_sum() {
    let folder = TempDir::new();
    let all = holders(&[i64::MAX as u64, i64::MAX as u64]);
    assert!(build(&[6; 32], &all, &folder.path().join("tree")).unwrap().is_none());
}

#[test]
fn a_statement_that_contradicts_itself_is_refused() {
    let folder = TempDir::new();
    let root = build(&[6; 32], &holders(&[50, 50]), &folder.path().join("tree")).unwrap().unwrap();
    let signer = secret().signer("card.example.kr/log").unwrap();
    let key: VerifierKey = signer.verifier();
    let good = statement(root, 100);
    assert_eq!(Statement::open(&good.sign(&signer), &key), Ok(good.clone()));
    let fails = |change: fn(&mut Statement)| {
        let mut bad = good.clone();
        change(&mut bad);
        Statement::open(&bad.sign(&signer), &key).unwrap_err().to_string()
    };
    assert!(fails(|s| s.backs[0].won -= 1).contains("100 won are owed, and 99 won back them"));
    assert!(fails(|s| s.sums.sum = 99).contains("99 won by holder"));
    assert!(fails(|s| s.advances[0].1 += 1).contains("the advances listed come to 21 won"));
    let touched = good.sign(&signer).replace("bank.trust 3 105", "bank.trust 3 106");
    assert!(matches!(Statement::open(&touched, &key), Err(UnprovedSum::Note(_))));
    let form = signer.sign("card.example.kr/log/float\nday x\n");
    assert!(matches!(Statement::open(&form, &key), Err(UnprovedSum::Statement(_))));
}
