//! No sentence missing, none unused, none different between languages.

use super::*;
use crate::cli::help_names;
use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

type Names = BTreeMap<String, BTreeSet<String>>;

/// Each name of a language with its variables.
fn names(language: Language) -> Names {
    let parsed = parser::parse(language.source()).unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
    let mut names = Names::new();
    for entry in &parsed.body {
        if let Entry::Message(message) = entry {
            let mut variables = BTreeSet::new();
            variables_in(message.value.as_ref().expect("a sentence"), &mut variables);
            let again = names.insert(message.id.name.to_owned(), variables);
            assert!(again.is_none(), "{language:?} has {} twice", message.id.name);
        }
    }
    names
}

fn variables_in(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => variable_in(inline, found),
                Expression::Select { selector, variants } => {
                    variable_in(selector, found);
                    for variant in variants {
                        variables_in(&variant.value, found);
                    }
                }
            }
        }
    }
}

fn variable_in(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inline) = expression.as_ref() {
                variable_in(inline, found);
            }
        }
        _ => {}
    }
}

/// Everything between quotes in the program's own code.
fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            quoted(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            let code = fs::read_to_string(&path).unwrap();
            found.extend(code.split('"').map(str::to_owned));
        }
    }
}

#[test]
fn both_languages_have_the_same_sentences_with_the_same_variables() {
    assert_eq!(names(Language::English), names(Language::Indonesian));
}

#[test]
fn no_sentence_is_missing_and_none_is_unused() {
    let mut said = BTreeSet::new();
    quoted(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut said);
    let help: BTreeSet<String> = help_names(&Texts::of(Language::English)).into_iter().collect();
    let there: BTreeSet<String> = names(Language::English).into_keys().collect();
    let unused: Vec<_> = there.iter().filter(|name| !said.contains(*name) && !help.contains(*name)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    let missing: Vec<_> = help.difference(&there).collect();
    assert!(missing.is_empty(), "no help for {missing:?}");
    let families: BTreeSet<_> =
        there.iter().filter_map(|name| name.split_once('-')).map(|(family, _)| family).collect();
    let looks_like_a_name = |text: &str| {
        text.split_once('-').is_some_and(|(family, rest)| families.contains(family) && !rest.is_empty())
            && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
    };
    let missing: Vec<_> = said
        .iter()
        .filter(|text| looks_like_a_name(text) && !there.contains(*text) && !KINDS.contains(&text.as_str()))
        .collect();
    assert!(missing.is_empty(), "there is no sentence for {missing:?}");
}

#[test]
fn every_sentence_can_be_said_in_every_language() {
    for language in [Language::English, Language::Indonesian] {
        let texts = Texts::of(language);
        for (name, variables) in names(language) {
            let values: Vec<(&str, Value)> = variables.iter().map(|name| (name.as_str(), Value::from(7_u64))).collect();
            let said = texts.with(&name, &values);
            assert!(said != name && !said.contains('{') && !said.trim().is_empty(), "{language:?} {name}: {said}");
        }
    }
}

#[test]
fn the_language_follows_the_locale() {
    for (locale, language) in [
        ("id_ID.UTF-8", Some(Language::Indonesian)),
        ("id", Some(Language::Indonesian)),
        ("en-GB", Some(Language::English)),
        ("C.UTF-8", Some(Language::English)),
        ("POSIX", Some(Language::English)),
        ("de_DE", None),
        ("", None),
    ] {
        assert_eq!(Language::from_locale(locale), language, "{locale}");
    }
}

#[test]
fn sizes_are_written_as_the_language_writes_numbers() {
    let (english, indonesian) = (Texts::of(Language::English), Texts::of(Language::Indonesian));
    assert_eq!(english.bytes(1023), "1023 B");
    assert_eq!(english.bytes(1536), "1.5 KiB");
    assert_eq!(indonesian.bytes(1536), "1,5 KiB");
    assert_eq!(english.bytes(1024 * 1024 - 1), "1.0 MiB");
    assert_eq!(english.bytes(u64::MAX), "16384.0 PiB");
}

#[test]
fn progress_says_how_much_how_fast_and_how_long_still() {
    let texts = Texts::of(Language::English);
    let mib = 1 << 20;
    assert_eq!(texts.progress(mib, None, Duration::from_secs(9)), "1.0 MiB");
    assert_eq!(texts.progress(mib, Some(4 * mib), Duration::from_millis(10)), "1.0 MiB of 4.0 MiB (25 %)");
    let later = texts.progress(mib, Some(4 * mib), Duration::from_secs(2));
    assert_eq!(later, "1.0 MiB of 4.0 MiB (25 %), 512.0 KiB a second, 6 s left");
    assert!(texts.progress(mib, Some(1000 * mib), Duration::from_secs(2)).ends_with("34 min left"));
    assert!(texts.progress(1, Some(u64::MAX), Duration::from_secs(1)).contains("(0 %)"));
    let indonesian = Texts::of(Language::Indonesian).progress(mib, Some(4 * mib), Duration::from_secs(2));
    assert_eq!(indonesian, "1,0 MiB dari 4,0 MiB (25 %), 512,0 KiB per detik, sisa 6 detik");
}

/// Stable words of errors that look like the name of a sentence.
const KINDS: [&str; 4] = ["password-empty", "password-file", "password-too-long", "phrase-typo"];
