//! The API against its own description, as each role: nothing it answers is a server error, is of a status or a type the
//! description doesn't name, or breaks the schema given there.
//!
//! What it asks for is made up, ids too: it knows nobody's card and no payment, so of what acts on one it only ever sees
//! the refusals. Answers of what succeeds are held to their schemas by the web floor's tests, which know their town: every
//! answer there (`Town::send`), and each reading and paying call at least once (`roles.rs`).

use crate::common;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use common::server::Server;
use common::town::Town;
use testkit::Engine;

/// Cases an operation gets in each phase: enough to meet every field, few enough for every run.
const CASES: &str = "12";

/// Where the test command put it; else on the path.
fn schemathesis() -> PathBuf {
    std::env::var_os("ONGOEUL_TEST_SCHEMATHESIS").map_or_else(|| "schemathesis".into(), PathBuf::from)
}

fn tried(server: &Server, role: &str, token: Option<&str>) {
    let mut command = Command::new(schemathesis());
    command.arg("run").arg(format!("http://{}/api/openapi.json", server.address));
    command.args(["--seed", "20210223", "--max-examples", CASES, "--workers", "1", "--warnings", "off"]);
    command.args([
        "--phases",
        "examples,coverage,fuzzing",
        "--continue-on-failure",
        "--generation-database",
        "none",
    ]);
    command.args(["--checks"]).arg(
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    );
    if let Some(token) = token {
        command.arg("--header").arg(format!("Authorization: Bearer {token}"));
    }
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| {
        panic!("schemathesis can't be started ({error}): run `cargo xtask setup`, or name it in ONGOEUL_TEST_SCHEMATHESIS")
    });
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "as {role}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Selected"), "it tried nothing: {said}");
}

#[test]
fn what_the_api_answers_is_what_it_says() {
    let town = Town::on(Engine::Sqlite);
    let server = Server::start(&town.config);
    tried(&server, "nobody", None);
    for (role, token) in [
        ("citizen", &town.citizens[0].token),
        ("merchant", &town.owner),
        ("till", &town.shops[0].token),
        ("clerk", &town.clerk),
        ("officer", &town.officer),
        ("auditor", &town.auditor),
    ] {
        tried(&server, role, Some(token));
    }
    server.stop();
}
