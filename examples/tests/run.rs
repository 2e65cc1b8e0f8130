//! Each example runs to its end.

use std::process::Command;

#[test]
fn an_account_moves() {
    let output = Command::new(env!("CARGO_BIN_EXE_move_an_account")).output().unwrap();
    let (said, complaints) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said}{complaints}");
    assert!(said.ends_with("Both hold the same, and only the new device is active.\n"), "{said}");
}
