//! For the shell: completions and the manual page, both from the one description of the commands.

use super::{arguments, ended::Ended};
use crate::text::Texts;
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write};

/// A completion script.
pub(crate) fn completions(shell: Shell, texts: &Texts) -> Result<(), Ended> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut arguments::command(texts), "nyx", &mut script);
    write(&script)
}

/// One manual page for everything.
pub(crate) fn man(texts: &Texts) -> Result<(), Ended> {
    let mut command = arguments::command(texts);
    command.build();
    let mut page = Vec::new();
    let manual = Man::new(command.clone().disable_help_subcommand(true));
    manual.render_title(&mut page)?;
    manual.render_name_section(&mut page)?;
    manual.render_synopsis_section(&mut page)?;
    manual.render_options_section(&mut page)?;
    commands(&command, &mut page)?;
    write(&page)
}

/// A section a command, so that one page tells all.
fn commands(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    for sub in command.get_subcommands() {
        let name = sub.get_bin_name().unwrap_or_else(|| sub.get_name()).to_uppercase();
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        let mut own = Vec::new();
        // What every command takes stands once, at the top of the page.
        let special = sub.clone().mut_args(|arg| if is_shared(&arg) { arg.hide(true) } else { arg });
        let has_options = special.get_arguments().any(|arg| !arg.is_hide_set());
        let manual = Man::new(special);
        manual.render_synopsis_section(&mut own)?;
        if has_options {
            manual.render_options_section(&mut own)?;
        }
        writeln!(page, ".SH \"{name}\"\n{about}")?;
        // Sections of the whole page would be lost among those of its commands.
        page.extend_from_slice(String::from_utf8_lossy(&own).replace(".SH ", ".SS ").as_bytes());
        commands(sub, page)?;
    }
    Ok(())
}

fn is_shared(arg: &clap::Arg) -> bool {
    arg.is_global_set() || arg.get_id() == "help"
}

fn write(bytes: &[u8]) -> Result<(), Ended> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}
