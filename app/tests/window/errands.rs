//! What is said when something did not work.

use crate::notes::at_notes;
use nyx_app::window::model::VaultState;

#[test]
fn a_message_that_could_not_be_deleted_is_told() {
    let mut person = at_notes();
    person.write("stays");
    let database = person.file("nyx").join("vault.db");
    for name in ["vault.db", "vault.db-wal"] {
        let path = database.with_file_name(name);
        let length = std::fs::metadata(&path).map_or(0, |about| about.len());
        std::fs::write(path, vec![7; length as usize]).unwrap();
    }
    person.menu("stays");
    person.press("Delete");
    person.press("Delete it");
    person.press("Dismiss");
    assert!(matches!(person.window.state().model().vault, VaultState::Open));
}
