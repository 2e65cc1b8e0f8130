//! A command line that cannot be meant, said in the language of its person.

use super::arguments;
use crate::text::{Language, Texts, Value};
use clap::{
    ArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{
    ffi::OsString,
    io::{self, Write},
};
use zeroize::Zeroizing;

/// Why there is nothing to carry out.
pub(crate) enum Stop {
    /// Help or version was asked for and shown.
    Shown(io::Result<()>),
    /// It cannot be meant.
    Wrong(String),
}

/// Reads the command line.
pub(crate) fn matches(arguments: &[OsString], texts: &Texts) -> Result<ArgMatches, Stop> {
    arguments::command(texts).try_get_matches_from(arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Shown(show(&error)),
        // `nyx backup` and nothing more.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Stop::Wrong(texts.get("usage-subcommand"))
        }
        _ => Stop::Wrong(sentence(&error, texts)),
    })
}

/// Takes a link away that a desktop gave as the last argument. Other users of this machine can read it there for as long
/// as the process runs; a code in it is good for two minutes, and for whoever is faster.
pub(crate) fn take_link(arguments: &mut Vec<OsString>) -> Option<Zeroizing<String>> {
    // A text for Notes may begin so too; a desktop gives nothing but the link.
    let is_link = |argument: &OsString| argument.to_str().is_some_and(|argument| argument.starts_with("nyx:"));
    let last = arguments.pop_if(|last| is_link(last))?;
    if !is_alone(arguments) {
        arguments.push(last);
        return None;
    }
    last.into_string().ok().map(Zeroizing::new)
}

/// Whether a command line names no command: the program, and perhaps where its home is and which language it speaks.
fn is_alone(arguments: &[OsString]) -> bool {
    let mut rest = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    while let Some(argument) = rest.next() {
        match argument {
            "--home" | "--language" if rest.next().is_some() => {}
            other if other.starts_with("--home=") || other.starts_with("--language=") => {}
            _ => return false,
        }
    }
    true
}

/// What is wrong, in one sentence.
pub(crate) fn sentence(error: &clap::Error, texts: &Texts) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => all.join(" "),
        _ => String::new(),
    };
    let argument = ("argument", Value::from(context(ContextKind::InvalidArg)));
    match error.kind() {
        ErrorKind::UnknownArgument => texts.with("usage-unknown", &[argument]),
        ErrorKind::InvalidSubcommand => {
            texts.with("usage-command", &[("command", context(ContextKind::InvalidSubcommand).into())])
        }
        ErrorKind::MissingRequiredArgument => texts.with("usage-missing", &[argument]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue);
            let valid = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(valid)) if !valid.is_empty() => valid.join(", "),
                _ => String::new(),
            };
            if value.is_empty() {
                texts.with("usage-no-value", &[argument])
            } else if valid.is_empty() {
                texts.with("usage-value", &[argument, ("value", value.into())])
            } else {
                texts.with("usage-value-of", &[argument, ("value", value.into()), ("valid", valid.into())])
            }
        }
        ErrorKind::ArgumentConflict => texts.with("usage-twice", &[argument]),
        _ => texts.get("usage-other"),
    }
}

/// The language that the command line asks for, as far as it can be read.
pub(crate) fn language(arguments: &[OsString]) -> Option<Language> {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        if argument == "--language" {
            return Language::from_locale(arguments.next()?);
        }
        if let Some(code) = argument.strip_prefix("--language=") {
            return Language::from_locale(code);
        }
    }
    None
}

/// Whether the command line asks for JSON, as far as it can be read.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    arguments.iter().skip(1).take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

fn show(error: &clap::Error) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{}", error.render())?;
    out.flush()
}
