//! Every SQL statement of a city is one text for both engines: each is prepared on both.

use testkit::{Engine, Place};

#[test]
fn every_statement_is_good_on_both_engines() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let target = match place.engine() {
            Engine::Sqlite => store::Target::Sqlite(place.location().into()),
            Engine::Postgres => store::Target::Postgres(place.location().to_string()),
        };
        let mut writer = store::Writer::open(&target, &city::migrations()).unwrap();
        for statement in city::statements() {
            writer.prepare(statement).unwrap_or_else(|error| panic!("{}: {error}", statement.text()));
        }
    }
}
