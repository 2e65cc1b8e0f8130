//! Both languages, from the first word.

use crate::nyx::{PASSWORD, Place};

#[test]
fn the_locale_chooses_the_language_and_the_option_overrules_it() {
    let place = Place::empty();
    let said = |locale: &str, arguments: &[&str]| {
        let output = place.command(arguments).env("LANG", locale).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said("id_ID.UTF-8", &["status"]).starts_with("Di sini belum ada akun."));
    assert!(said("id_ID.UTF-8", &["status", "--language", "en"]).starts_with("There is no account here"));
    assert!(said("de_DE.UTF-8", &["status"]).starts_with("There is no account here"));
    assert!(said("", &["--language=id", "status"]).starts_with("Di sini belum ada akun."));
    assert!(said("id_ID.UTF-8", &[]).starts_with("Jendela Nyx belum ada"));
    assert!(said("id_ID.UTF-8", &["status", "--salah"]).contains("tidak ada opsi --salah"));
}

#[test]
fn a_whole_day_in_indonesian() {
    let place = Place::with_account();
    let said = |arguments: &[&str], password: &str| place.run(&[arguments, &["--language", "id"]].concat(), password);
    assert!(said(&["status"], PASSWORD).out.contains("Keadaan: aktif"));
    assert_eq!(said(&["note", "halo"], PASSWORD).out, "Tercatat.\n");
    assert!(said(&["messages", "catatan"], PASSWORD).out.contains("  saya\n  halo"));
    assert!(said(&["status"], "salah").err.starts_with("Itu bukan kata sandi brankas ini."));
    assert!(said(&["verify"], PASSWORD).out.starts_with("Semuanya persis seperti saat ditulis."));
    let weak = place.path("lemah");
    std::fs::write(&weak, "123456\n").unwrap();
    let changed = said(&["password", "--new-password-file", weak.to_str().unwrap()], PASSWORD);
    assert!(changed.err.starts_with("Kata sandi ini mudah ditebak.") && changed.code == 0);
    // What programs read is the same in every language.
    assert!(said(&["status", "--json"], "123456").event("account")["state"] == "active");
}
