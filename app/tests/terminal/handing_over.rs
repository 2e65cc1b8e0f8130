//! A note while another process holds the vault.

use crate::{
    nyx::{PASSWORD, Place},
    window::Window,
};
use nyx_p2p::{Command, Event};
use std::fs;

#[test]
fn a_note_is_handed_to_the_process_that_holds_the_vault() {
    let place = Place::with_account();
    let mut window = Window::at(&place);
    fs::write(place.path("resep baru.txt"), "garam").unwrap();
    let file = place.path("resep baru.txt");
    // No password: nobody is asked, and there is nobody who could answer.
    let noted = place.run_bare(&["note", "dari terminal", "--attach", file.to_str().unwrap(), "--json"], "");
    noted.assert_done();
    assert_eq!(noted.event("note")["id"].as_str().unwrap().len(), 32);
    window.until(|by, event| by.is_none() && matches!(event, Event::Changed(_)));
    place.run_bare(&["note", "--json", "x", "--attach", "/nowhere/at/all"], "").assert_error(1, "file-missing");
    place.run(&["messages", "--json"], PASSWORD).assert_error(8, "in-use");
    window.run(Command::Lock);
    place.run_bare(&["note", "--json", "terkunci"], "").assert_error(1, "locked");
    window.close();
    assert!(!place.home().join("door").exists());
    let read = place.run(&["messages", "--json"], PASSWORD);
    assert!(read.out.contains("dari terminal") && read.out.contains("resep baru.txt"), "{}", read.out);
}
