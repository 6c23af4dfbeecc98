//! A signed sheet that is there.

use city::{Command, OnPapers, Reply, Scan};

use super::common::Town;

/// A signed sheet of the citizen's.
pub async fn paper(town: &Town, key: &str) -> String {
    let pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n";
    let scan = Scan(std::sync::Arc::new(pdf.to_vec()));
    let command = Command::OnPapers(OnPapers::Keep { person: town.citizen, of: None, scan });
    let (actor, input_hash) = (base::Actor::SYSTEM, command.input_hash());
    let request = pen::Request { actor, key: format!("paper-{key}"), input_hash };
    match town.app.city.ask(request, command).await.unwrap().unwrap() {
        Reply::Done { facts: economy::Facts::Record { record, .. }, .. } => record.to_string(),
        other => panic!("{other:?}"),
    }
}
