//! The terminal: one command, its questions, its answer, and an exit code.

mod account;
mod arguments;
mod ask;
mod backup;
mod doctor;
mod ended;
mod interrupt;
mod moving;
mod notes;
mod say;
mod session;
mod shell;
mod usage;

#[cfg(feature = "desktop")]
pub(crate) use account::hex;
#[cfg(feature = "desktop")]
pub(crate) use doctor::{camera_in_words, finding_in_words};
#[cfg(feature = "desktop")]
pub(crate) use ended::{damaged, of_phrase as phrase_sentence, sentence};
#[cfg(feature = "desktop")]
pub(crate) use say::tame_line;

use crate::text::{Language, Texts};
use arguments::{Arguments, Shared, Wanted};
use ask::Ask;
use clap::FromArgMatches;
use ended::{Ended, Verdict};
use interrupt::Interrupt;
use nyx_p2p::{Failure, Selection};
use say::Say;
use serde_json::json;
use session::Session;
use std::{ffi::OsString, io, path::PathBuf, process::ExitCode};
use zeroize::Zeroizing;

/// Runs the program.
pub fn main() -> ExitCode {
    crate::memory::keep_little();
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let link = usage::take_link(&mut arguments);
    // Before the command line is understood: what is wrong with it is to be said in the right language and form.
    let texts = Texts::of(usage::language(&arguments).unwrap_or_else(Language::from_environment));
    let mut say = Say::new(texts, usage::wants_json(&arguments));
    log();
    let ended = match usage::matches(&arguments, &say.texts) {
        Ok(matches) => match Arguments::from_arg_matches(&matches) {
            Ok(arguments) => carry_out(arguments, link, &mut say),
            Err(error) => Err(Ended::Usage(usage::sentence(&error, &say.texts))),
        },
        Err(usage::Stop::Shown(result)) => result.map_err(Ended::Output),
        Err(usage::Stop::Wrong(sentence)) => Err(Ended::Usage(sentence)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(ended) => report(&ended, &mut say),
    }
}

fn carry_out(arguments: Arguments, link: Option<Zeroizing<String>>, say: &mut Say) -> Result<(), Ended> {
    let Arguments { shared, command } = arguments;
    let wanted = match command {
        None => return window(shared, link),
        Some(Wanted::Completions { shell }) => return shell::completions(shell, &say.texts),
        Some(Wanted::Man) => return shell::man(&say.texts),
        Some(wanted) => wanted,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
    let ended = runtime.block_on(with_engine(shared, wanted, say));
    // A thread may still wait for an answer that nobody will give.
    runtime.shutdown_background();
    ended
}

/// Opens the window, where there is one to open.
#[cfg(feature = "desktop")]
fn window(shared: Shared, link: Option<Zeroizing<String>>) -> Result<(), Ended> {
    let has_display = ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if cfg!(target_os = "linux") && !has_display {
        return Err(Ended::NoWindow);
    }
    let language = shared.language.as_deref().and_then(Language::from_locale);
    let home = home(shared.home)?;
    if brought_to_front(&home, link.as_ref().map(|link| link.as_str()))? {
        return Ok(());
    }
    let link = link.map(|link| nyx_p2p::CarriedCode::new(&link));
    crate::window::run(crate::setup::setup(home, nyx_p2p::AutoLock::AsSet), language, link)
        .map_err(|error| Failure::Internal(error.to_string()).into())
}

/// Whether this home has a window already; it comes to the front then, and knows of the link.
#[cfg(feature = "desktop")]
fn brought_to_front(home: &std::path::Path, link: Option<&str>) -> Result<bool, Ended> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(internal)?;
    Ok(runtime.block_on(async {
        match nyx_p2p::Holder::reach(home).await {
            Some(holder) => holder.show(link).await.is_ok(),
            None => false,
        }
    }))
}

#[cfg(not(feature = "desktop"))]
fn window(_shared: Shared, _link: Option<Zeroizing<String>>) -> Result<(), Ended> {
    Err(Ended::NoWindow)
}

fn home(given: Option<PathBuf>) -> Result<PathBuf, Ended> {
    let home = match given {
        // An empty variable is one that somebody meant to unset.
        Some(home) if !home.as_os_str().is_empty() => home,
        _ => directories::ProjectDirs::from("", "", "nyx").ok_or(Ended::NoHome)?.data_dir().to_owned(),
    };
    std::path::absolute(home).map_err(internal)
}

async fn with_engine(shared: Shared, wanted: Wanted, say: &mut Say) -> Result<(), Ended> {
    let home = home(shared.home)?;
    let interrupt = Interrupt::listen();
    // A move takes a while; whoever writes a note meanwhile hands it over.
    let has_door = matches!(wanted, Wanted::Send { .. });
    let mut session = Session::start(home, interrupt.clone(), has_door);
    let mut ask = Ask::new(interrupt.clone(), shared.password_file.filter(|file| !file.as_os_str().is_empty()));
    let ended = match wanted {
        Wanted::Init { name, words, phrase_out } => {
            account::init(&mut session, &mut ask, say, name, &words, phrase_out.as_deref()).await
        }
        Wanted::Recover { name } => account::recover(&mut session, &mut ask, say, name).await,
        Wanted::Password { new_password_file } => {
            account::password(&mut session, &mut ask, say, new_password_file.as_deref()).await
        }
        Wanted::Status => account::status(&mut session, &mut ask, say).await,
        Wanted::Verify => backup::verify(&mut session, &mut ask, say).await,
        Wanted::Backup { what } => backup::backup(&mut session, &mut ask, say, what).await,
        Wanted::Erase { yes } => account::erase(&mut session, &mut ask, say, yes).await,
        Wanted::Doctor { peer: true, meet, reach } => doctor::peer(&mut session, &mut ask, say, meet, reach).await,
        Wanted::Doctor { reach, .. } => doctor::here(&mut session, say, reach).await,
        Wanted::Note { text, attach } => notes::note(&mut session, &mut ask, say, text, attach).await,
        Wanted::Messages { who, search, limit, save } => {
            notes::messages(&mut session, &mut ask, say, who, (search, limit, save)).await
        }
        Wanted::Send { discard, without_attachments, months, meet, reach } => {
            let selection = Selection { attachments: !without_attachments, months };
            moving::send(&mut session, &mut ask, say, moving::Wish { discard, meet, reach }, selection).await
        }
        Wanted::Receive { discard, meet, reach } => {
            moving::receive(&mut session, &mut ask, say, moving::Wish { discard, meet, reach }).await
        }
        Wanted::Completions { .. } | Wanted::Man => Ok(()),
    };
    session.close().await;
    say.clear();
    ended
}

/// Says why it ended, and with which code.
fn report(ended: &Ended, say: &mut Say) -> ExitCode {
    if let Ended::Output(error) = ended
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        // Whoever stopped listening does not want to hear about it.
        return ExitCode::FAILURE;
    }
    let Verdict { code, kind, message } = ended.verdict(&say.texts);
    if say.event("error", json!({ "code": code, "kind": kind, "message": message })).is_err() || !say.json {
        say.remark(&message);
    }
    ExitCode::from(code)
}

fn internal(error: io::Error) -> Ended {
    Failure::Internal(error.to_string()).into()
}

/// For whoever looks for a mistake; people get sentences.
fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("NYX_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
}

/// The name of every help text.
#[cfg(test)]
pub(crate) fn help_names(texts: &Texts) -> Vec<String> {
    let mut names = arguments::help_names(&arguments::command(texts), "help");
    names.extend(["help-help", "help-version"].map(str::to_owned));
    names
}
