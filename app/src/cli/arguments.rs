//! The command line: what there is to say. The help texts are in the language of the person, so they are put in
//! afterwards, by the path of the command and the name of the argument.

use crate::text::{Language, Texts};
use clap::{Arg, ArgAction, Args, Command, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, Parser)]
#[command(name = "nyx", version, disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Option<Wanted>,
}

#[derive(Args, Debug)]
pub(crate) struct Shared {
    #[arg(long, global = true, value_name = "DIR", env = "NYX_HOME", value_hint = ValueHint::DirPath, hide_env = true)]
    pub(crate) home: Option<PathBuf>,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "NYX_PASSWORD_FILE",
        value_hint = ValueHint::FilePath,
        hide_env = true
    )]
    pub(crate) password_file: Option<PathBuf>,
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = Language::CODES, hide_possible_values = true)]
    pub(crate) language: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Wanted {
    Init {
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[arg(long, value_name = "COUNT", default_value = "24", value_parser = ["24", "12"], hide_default_value = true,
            hide_possible_values = true)]
        words: String,
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        phrase_out: Option<PathBuf>,
    },
    Recover {
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    Password {
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        new_password_file: Option<PathBuf>,
    },
    Status,
    Verify,
    Note {
        #[arg(value_name = "TEXT")]
        text: Option<String>,
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        attach: Vec<PathBuf>,
    },
    Messages {
        #[arg(value_name = "WHO")]
        who: Option<String>,
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
        #[arg(long, value_name = "COUNT", default_value_t = 50, hide_default_value = true)]
        limit: usize,
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        save: Option<PathBuf>,
    },
    Backup {
        #[command(subcommand)]
        what: BackupWanted,
    },
    Erase {
        #[arg(long)]
        yes: bool,
    },
    Doctor {
        #[arg(long)]
        peer: bool,
        #[command(flatten)]
        meet: Meeting,
        #[command(flatten)]
        reach: Reaching,
    },
    Send {
        #[arg(long, conflicts_with_all = ["months", "without_attachments"])]
        discard: bool,
        #[arg(long)]
        without_attachments: bool,
        #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
        months: Option<u32>,
        #[command(flatten)]
        meet: Meeting,
        #[command(flatten)]
        reach: Reaching,
    },
    Receive {
        #[arg(long)]
        discard: bool,
        #[command(flatten)]
        meet: Meeting,
        #[command(flatten)]
        reach: Reaching,
    },
    Completions {
        #[arg(value_name = "SHELL", hide_possible_values = true)]
        shell: clap_complete::Shell,
    },
    Man,
}

/// How two devices meet.
#[derive(Args, Debug)]
pub(crate) struct Meeting {
    #[arg(long)]
    pub(crate) show: bool,
    // With a name or without one.
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, conflicts_with_all = ["show", "link_file", "image", "code"])]
    pub(crate) camera: Option<Option<String>>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "show")]
    pub(crate) link_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["show", "link_file", "code"])]
    pub(crate) image: Option<PathBuf>,
    #[arg(long, conflicts_with = "link_file")]
    pub(crate) code: bool,
    #[arg(long, conflicts_with = "code")]
    pub(crate) by_hand: bool,
    /// Only a code that is read leads to another device that can be called.
    #[arg(long, value_name = "IP:PORT", conflicts_with_all = ["show", "code", "by_hand", "relay_only"])]
    pub(crate) address: Vec<SocketAddr>,
}

/// What a meeting and its link may use.
#[derive(Args, Debug)]
pub(crate) struct Reaching {
    #[arg(long)]
    pub(crate) lan_only: bool,
    #[arg(long, conflicts_with = "lan_only")]
    pub(crate) relay_only: bool,
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) signal: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) interface: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupWanted {
    Create {
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        #[arg(long, value_name = "WHAT", value_enum, hide_possible_values = true)]
        to: Option<To>,
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        passphrase_file: Option<PathBuf>,
    },
    Restore {
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        passphrase_file: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum To {
    Phrase,
    Passphrase,
}

/// The commands, described in the language of `texts`.
pub(crate) fn command(texts: &Texts) -> Command {
    let command = described(with_peer(Arguments::command()), texts, "help")
        .arg(flag("help", 'h', ArgAction::Help, texts).global(true))
        .arg(flag("version", 'V', ArgAction::Version, texts));
    let mut built = command.clone();
    built.build();
    with_usage(command, &mut built, texts)
}

/// The line that says how a command is called has words in it too.
fn with_usage(command: Command, built: &mut Command, texts: &Texts) -> Command {
    let usage = built.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", &texts.get("help-usage-options"));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.iter().fold(command.override_usage(usage), |command, name| match built.find_subcommand_mut(name) {
        Some(built) => command.mut_subcommand(name, |sub| with_usage(sub, built, texts)),
        None => command,
    })
}

/// Without another device `nyx doctor` meets nobody.
fn with_peer(command: Command) -> Command {
    let needs = |doctor: Command, name: &'static str| doctor.mut_arg(name, |arg| arg.requires("peer"));
    command.mut_subcommand("doctor", |doctor| MEETING.into_iter().fold(doctor, needs))
}

fn flag(name: &'static str, short: char, action: ArgAction, texts: &Texts) -> Arg {
    Arg::new(name)
        .short(short)
        .long(name)
        .action(action)
        .help(texts.get(&format!("help-{name}")))
        .display_order(LAST_ORDER)
        .help_heading(texts.get("help-options"))
}

fn described(command: Command, texts: &Texts, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let arguments: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    let template = format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}", texts.get("help-usage"));
    let mut command = command
        .about(texts.get(path))
        .help_template(template)
        .subcommand_help_heading(texts.get("help-commands"))
        .subcommand_value_name(texts.get("help-usage-command"))
        .disable_help_flag(true)
        .disable_help_subcommand(true);
    for name in arguments {
        let text = texts.get(&format!("{path}-{}", name.replace('_', "-")));
        command = command.mut_arg(&name, |arg| {
            let heading = if arg.is_positional() { "help-arguments" } else { "help-options" };
            // What is special comes before what is always there.
            let order = if arg.is_global_set() { SHARED_ORDER } else { OWN_ORDER };
            arg.help(text).help_heading(texts.get(heading)).display_order(order)
        });
    }
    for name in names {
        command = command.mut_subcommand(&name, |sub| described(sub, texts, &format!("{path}-{name}")));
    }
    command
}

/// The arguments of [`Meeting`].
const MEETING: [&str; 7] = ["show", "camera", "link_file", "image", "code", "by_hand", "address"];
/// In which order options are listed.
const OWN_ORDER: usize = 0;
const SHARED_ORDER: usize = 1;
const LAST_ORDER: usize = 2;

/// The name of every help text that the commands ask for.
#[cfg(test)]
pub(crate) fn help_names(command: &Command, path: &str) -> Vec<String> {
    let mut names = vec![path.to_owned()];
    // Shared options are described once, at the top.
    let own = |arg: &&Arg| path == "help" || !arg.is_global_set();
    for arg in command.get_arguments().filter(own).filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
        names.push(format!("{path}-{}", arg.get_id().as_str().replace('_', "-")));
    }
    for sub in command.get_subcommands() {
        names.extend(help_names(sub, &format!("{path}-{}", sub.get_name())));
    }
    names
}
