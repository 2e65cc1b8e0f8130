//! Questions. A person is asked at the terminal, without an echo where the answer is a secret; a program gets an event
//! and answers with one line. A secret never comes as an argument: other users can read a command line.

use super::{
    ended::{Asked, Ended},
    interrupt::{Interrupt, Terminal},
    say::Say,
};
use crate::strength::{Strength, strength};
use nyx_p2p::{Digits, Passphrase, Password, Phrase};
use serde_json::json;
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Who answers questions.
pub(crate) struct Ask {
    interrupt: Interrupt,
    /// `--password-file`.
    password_file: Option<PathBuf>,
    /// What stands in the first line of stdin, if the password does.
    first_line: FirstLine,
}

/// `--password-file -` means the first line, whatever else is read from stdin and whichever is asked for first.
enum FirstLine {
    Unread,
    Held(Zeroizing<String>),
    Used,
}

/// Where a new secret comes from, if nobody is to be asked.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// From nowhere: somebody is asked.
    Nowhere,
    /// From `--password-file`, if that was given.
    PasswordFile,
    /// From a file of its own.
    File(&'a Path),
}

impl<'a> From<Option<&'a Path>> for Given<'a> {
    fn from(file: Option<&'a Path>) -> Self {
        file.map_or(Self::Nowhere, Self::File)
    }
}

impl Ask {
    pub(crate) const fn new(interrupt: Interrupt, password_file: Option<PathBuf>) -> Self {
        Self { interrupt, password_file, first_line: FirstLine::Unread }
    }

    /// The password of the vault that is here.
    pub(crate) async fn password(&mut self, say: &mut Say) -> Result<Password, Ended> {
        password(&self.present_password(say).await?)
    }

    /// The same, as it was typed, for who needs it twice.
    pub(crate) async fn present_password(&mut self, say: &mut Say) -> Result<Zeroizing<String>, Ended> {
        match self.password_file.clone() {
            Some(file) => self.password_line(&file).await,
            None => self.secret(say, Asked::Password, "password", "ask-password").await,
        }
    }

    /// A password that will open the vault from now on: given, or typed twice. `about` are words that belong to the
    /// person and make a password easy to guess.
    pub(crate) async fn new_password(
        &mut self,
        say: &mut Say,
        given: Given<'_>,
        about: &[&str],
    ) -> Result<Password, Ended> {
        let typed = self.new_secret(say, given, "ask-new-password").await?;
        let password = password(&typed)?;
        match strength(&typed, about) {
            Strength::VeryWeak => say.remark(&say.texts.get("remark-password-very-weak")),
            Strength::Weak => say.remark(&say.texts.get("remark-password-weak")),
            Strength::Fair | Strength::Strong => {}
        }
        Ok(password)
    }

    /// The passphrase of a backup to be made.
    pub(crate) async fn new_passphrase(&mut self, say: &mut Say, given: Given<'_>) -> Result<Passphrase, Ended> {
        let typed = self.new_secret(say, given, "ask-new-passphrase").await?;
        let passphrase = passphrase(&typed)?;
        // Whoever finds the file can guess for ever: less than strong is worth a word.
        if strength(&typed, &[]) < Strength::Fair {
            say.remark(&say.texts.get("remark-passphrase-weak"));
        }
        Ok(passphrase)
    }

    async fn new_secret(
        &mut self,
        say: &mut Say,
        given: Given<'_>,
        question: &str,
    ) -> Result<Zeroizing<String>, Ended> {
        let typed = match (given, self.password_file.clone()) {
            (Given::File(file), _) => self.line_in(file).await?,
            (Given::PasswordFile, Some(file)) => self.password_line(&file).await?,
            (Given::PasswordFile, None) | (Given::Nowhere, _) => {
                let typed = self.secret(say, Asked::Password, "password", question).await?;
                if !say.json && !typed.is_empty() {
                    let again = self.secret(say, Asked::Password, "password", "ask-again").await?;
                    if *again != *typed {
                        return Err(Ended::PasswordsDiffer);
                    }
                }
                typed
            }
        };
        Ok(typed)
    }

    /// The passphrase of a backup that is there already, as it was typed.
    pub(crate) async fn typed_passphrase(
        &mut self,
        say: &mut Say,
        file: Option<&Path>,
    ) -> Result<Zeroizing<String>, Ended> {
        match file {
            Some(file) => self.line_in(file).await,
            None => self.secret(say, Asked::Password, "password", "ask-passphrase").await,
        }
    }

    /// The recovery phrase.
    pub(crate) async fn phrase(&mut self, say: &mut Say) -> Result<Phrase, Ended> {
        phrase(&self.typed_phrase(say).await?)
    }

    /// The same, as it was typed, for who needs it twice.
    pub(crate) async fn typed_phrase(&mut self, say: &mut Say) -> Result<Zeroizing<String>, Ended> {
        if say.json || !io::IsTerminal::is_terminal(&io::stdin()) {
            say.event("ask", json!({ "what": "phrase" }))?;
            self.stdin_line(Asked::Phrase).await
        } else {
            self.secret(say, Asked::Phrase, "phrase", "ask-phrase").await
        }
    }

    /// Yes or no, before something that cannot be undone.
    pub(crate) async fn confirm(&mut self, say: &mut Say, question: &str) -> Result<(), Ended> {
        let answer = if say.json {
            say.event("ask", json!({ "what": "confirm" }))?;
            self.stdin_line(Asked::Confirm).await?
        } else {
            self.open_question(say, Asked::Confirm, question).await?
        };
        let answer = answer.trim().to_lowercase();
        if answer == "yes" || answer == say.texts.get("answer-yes") { Ok(()) } else { Err(Ended::SaidNo) }
    }

    /// Yes or no, in the middle of something that goes on either way.
    pub(crate) async fn yes_or_no(&mut self, say: &mut Say, question: &str) -> Result<bool, Ended> {
        match self.confirm(say, question).await {
            Ok(()) => Ok(true),
            Err(Ended::SaidNo) => Ok(false),
            Err(ended) => Err(ended),
        }
    }

    /// The six digits that the other device shows.
    pub(crate) async fn digits(&mut self, say: &mut Say) -> Result<Digits, Ended> {
        loop {
            let typed = if say.json {
                say.event("ask", json!({ "what": "sas" }))?;
                self.stdin_line(Asked::Digits).await?
            } else {
                self.open_question(say, Asked::Digits, "ask-digits").await?
            };
            match Digits::parse(&typed) {
                Ok(digits) => return Ok(digits),
                // Nothing was tried with it: there is only one try.
                Err(_) => say.remark(&say.texts.get("error-digits")),
            }
        }
    }

    /// Whether the password comes from a file: then nobody is asked for it.
    pub(crate) const fn has_password_file(&self) -> bool {
        self.password_file.is_some()
    }

    /// A code of another device: a line, which may be seen. `question` is asked already.
    pub(crate) async fn code_line(&mut self) -> Result<Zeroizing<String>, Ended> {
        self.stdin_line(Asked::Link).await
    }

    /// What the person wants to be called. Programs say it as an argument.
    pub(crate) async fn name(&mut self, say: &mut Say) -> Result<String, Ended> {
        if say.json {
            return Err(Ended::NobodyToAsk(Asked::Name));
        }
        Ok(self.open_question(say, Asked::Name, "ask-name").await?.to_string())
    }

    /// Everything that is left on stdin, as a text.
    pub(crate) async fn rest_of_stdin(&mut self) -> Result<String, Ended> {
        self.hold_first_line().await?;
        let bytes = self
            .waiting(|| {
                let mut bytes = Vec::new();
                stdin()?.take(TEXT_BYTES_MAX).read_to_end(&mut bytes)?;
                Ok(bytes)
            })
            .await?
            .map_err(|_| Ended::NotText)?;
        if bytes.len() as u64 == TEXT_BYTES_MAX {
            return Err(nyx_p2p::Failure::TooLong("message").into());
        }
        // Bytes that are no text would come out changed.
        String::from_utf8(bytes).map_err(|_| Ended::NotText)
    }

    /// A question whose answer may be seen.
    async fn open_question(&mut self, say: &mut Say, what: Asked, question: &str) -> Result<Zeroizing<String>, Ended> {
        if !io::IsTerminal::is_terminal(&io::stdin()) {
            return Err(Ended::NobodyToAsk(what));
        }
        say.question(&say.texts.get(question));
        self.stdin_line(what).await
    }

    async fn secret(
        &mut self,
        say: &mut Say,
        what: Asked,
        event: &str,
        question: &str,
    ) -> Result<Zeroizing<String>, Ended> {
        if say.json {
            say.event("ask", json!({ "what": event }))?;
            return self.stdin_line(what).await;
        }
        if !Terminal::is_there() {
            return Err(Ended::NobodyToAsk(what));
        }
        let question = format!("{} ", say.texts.get(question));
        let terminal = Terminal::remember();
        let answer = self.waiting(move || rpassword::prompt_password(question).map(Zeroizing::new)).await;
        match answer {
            Err(ended) => {
                // Whoever waits for an answer has not put the terminal back.
                terminal.restore();
                say.remark("");
                Err(ended)
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => Err(Ended::Interrupted),
            Ok(Err(_)) => Err(Ended::NobodyToAsk(what)),
            Ok(Ok(answer)) => Ok(answer),
        }
    }

    /// The first line of `--password-file`.
    async fn password_line(&mut self, file: &Path) -> Result<Zeroizing<String>, Ended> {
        if file != Path::new("-") {
            return self.line_in(file).await;
        }
        self.hold_first_line().await?;
        match std::mem::replace(&mut self.first_line, FirstLine::Used) {
            FirstLine::Held(line) if line.is_empty() => Err(Ended::PasswordFile(file.to_owned(), None)),
            FirstLine::Held(line) => Ok(line),
            FirstLine::Unread | FirstLine::Used => Err(Ended::NobodyToAsk(Asked::Password)),
        }
    }

    /// The first line of a file, or the next one of stdin.
    async fn line_in(&mut self, file: &Path) -> Result<Zeroizing<String>, Ended> {
        let line = if file == Path::new("-") {
            self.stdin_line(Asked::Password).await?
        } else {
            let path = file.to_owned();
            self.waiting(move || File::open(path).and_then(|mut file| line_of(&mut file)))
                .await?
                .map_err(|error| Ended::PasswordFile(file.to_owned(), Some(error)))?
                .unwrap_or_default()
        };
        if line.is_empty() {
            return Err(Ended::PasswordFile(file.to_owned(), None));
        }
        Ok(line)
    }

    /// The next line of stdin that is not the password's.
    async fn stdin_line(&mut self, what: Asked) -> Result<Zeroizing<String>, Ended> {
        self.hold_first_line().await?;
        self.next_line(what).await
    }

    async fn hold_first_line(&mut self) -> Result<(), Ended> {
        let is_there = self.password_file.as_deref() == Some(Path::new("-"));
        if is_there && matches!(self.first_line, FirstLine::Unread) {
            self.first_line = FirstLine::Held(self.next_line(Asked::Password).await?);
        }
        Ok(())
    }

    async fn next_line(&mut self, what: Asked) -> Result<Zeroizing<String>, Ended> {
        match self.waiting(|| line_of(&mut stdin()?)).await? {
            Ok(Some(line)) => Ok(line),
            Ok(None) | Err(_) => Err(Ended::NobodyToAsk(what)),
        }
    }

    /// Waits for an answer, unless somebody wants the program to end.
    async fn waiting<T: Send + 'static>(
        &mut self,
        answer: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<io::Result<T>, Ended> {
        tokio::select! {
            answer = tokio::task::spawn_blocking(answer) => match answer {
                Ok(answer) => Ok(answer),
                Err(_) => Err(Ended::Interrupted),
            },
            () = self.interrupt.heard() => Err(Ended::Interrupted),
        }
    }
}

/// What was typed, as a password.
pub(crate) fn password(typed: &str) -> Result<Password, Ended> {
    Password::new(typed).map_err(|error| Ended::Failure(error.into()))
}

/// What was typed, as a phrase.
pub(crate) fn phrase(typed: &str) -> Result<Phrase, Ended> {
    Phrase::parse(typed).map_err(Ended::Phrase)
}

/// What was typed, as the passphrase of a backup.
pub(crate) fn passphrase(typed: &str) -> Result<Passphrase, Ended> {
    Passphrase::new(typed).map_err(|error| Ended::Failure(error.into()))
}

/// Stdin without a buffer of its own: a buffer would keep the password, and swallow what another reader is to get.
fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(File::from(owned))
}

/// The next line, without its end; `None`: there is none.
fn line_of(source: &mut File) -> io::Result<Option<Zeroizing<String>>> {
    // Reserved at once, so that growing leaves no copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES_MAX));
    let mut byte = Zeroizing::new([0; 1]);
    loop {
        if source.read(byte.as_mut())? == 0 {
            if line.is_empty() {
                return Ok(None);
            }
            break;
        }
        if byte[0] == b'\n' {
            break;
        }
        if line.len() == LINE_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        line.push(byte[0]);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    match std::str::from_utf8(&line) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// More than the longest password and the longest phrase.
const LINE_BYTES_MAX: usize = 4096;
/// Beyond this the vault refuses anyway; the whole of a wrong file need not be in memory to learn it.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;
