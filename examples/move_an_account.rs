//! An account moves from an old device to a new one: `cargo run -p nyx-examples --bin move_an_account`.
//!
//! Two engines, as two devices would have them. They share nothing but loopback and what two people carry between them:
//! the code that the new device shows, and the six digits by which both know that nobody stands between.
#![expect(clippy::print_stdout, reason = "an example tells what happens")]

use getrandom::SysRng;
use nyx_p2p::{
    AccountState, AutoLock, CarriedCode, Command, Commands, DeviceName, Digits, Event, Events, Form, Meet, NewNote,
    Password, PasswordCost, PasswordParams, Question, Reach, Reply, RequestId, Selection, Setup, SystemClock,
    WordCount,
};
use rand_core::UnwrapErr;
use std::{error::Error, path::PathBuf, sync::Arc};
use tokio::sync::oneshot;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const OLD_PASSWORD: &str = "clouds over nine islands";
const NEW_PASSWORD: &str = "the kettle sings at six";

#[tokio::main]
async fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut old = Device::start("Old laptop", folder.path().join("old"))?;
    let mut new = Device::start("New laptop", folder.path().join("new"))?;

    let password = Password::new(OLD_PASSWORD)?;
    old.run(Command::NewAccount { name: "Sari".into(), password, words: WordCount::Twelve }).await?;
    // A real application has shown the phrase, and its person has written it down.
    old.run(Command::PhraseKept).await?;
    old.run(Command::Note(NewNote { text: "Buy bread".into(), ..NewNote::default() })).await?;

    let (shows_code, reads_code) = oneshot::channel();
    let (shows_digits, types_digits) = oneshot::channel();
    tokio::try_join!(receive(&mut new, shows_code, shows_digits), send(&mut old, reads_code, types_digits))?;

    let same = old.content().await? == new.content().await?;
    let moved = matches!(old.state().await?, AccountState::Moved { to } if to == "New laptop");
    if !same || !moved || new.state().await? != AccountState::Active {
        return Err("the account is not where it should be".into());
    }
    println!("Both hold the same, and only the new device is active.");
    Ok(())
}

/// The new device: shows the code, then the digits.
async fn receive(device: &mut Device, code: oneshot::Sender<CarriedCode>, digits: oneshot::Sender<Digits>) -> Outcome {
    let password = Password::new(NEW_PASSWORD)?;
    let meet = Meet::Show(Form::Ticket);
    let receives = device.begin(Command::ReceiveAccount { password, meet, reach: loopback() }).await?;
    let (mut code, mut digits) = (Some(code), Some(digits));
    while let Some(event) = device.next(receives).await? {
        match event {
            Event::Code(shown) => carry(&mut code, CarriedCode::new(shown.text())),
            Event::Met(met) => println!("new: {} would come, {} bytes", met.name, met.bytes),
            Event::Asked(Question::Account) => device.answer(Reply::Yes).await?,
            Event::Digits(shown) => carry(&mut digits, shown),
            Event::MoveVerified => println!("new: everything has arrived and is right"),
            _ => {}
        }
    }
    Ok(())
}

/// The old device: reads the code, and sends nothing before its person has typed the digits and the password and said yes.
async fn send(device: &mut Device, code: oneshot::Receiver<CarriedCode>, digits: oneshot::Receiver<Digits>) -> Outcome {
    let (meet, mut digits) = (Meet::Read(code.await?), Some(digits));
    let command = Command::SendAccount { selection: Selection::default(), meet, reach: loopback() };
    let sends = device.begin(command).await?;
    while let Some(event) = device.next(sends).await? {
        match event {
            Event::Asked(Question::Digits) => {
                // There is one try: whoever asks twice is told nothing.
                let typed = digits.take().ok_or("the digits were asked for twice")?.await?;
                device.answer(Reply::Digits(typed)).await?;
            }
            Event::Asked(Question::Password { .. }) => {
                device.answer(Reply::Password(Password::new(OLD_PASSWORD)?)).await?;
            }
            Event::Met(met) => println!("old: connected with {}", met.name),
            Event::Asked(Question::Consent) => device.answer(Reply::Yes).await?,
            Event::Moved { bytes, .. } => println!("old: {bytes} bytes are gone"),
            _ => {}
        }
    }
    Ok(())
}

/// An engine, and both ends of it.
struct Device {
    commands: Commands,
    events: Events,
}

impl Device {
    fn start(name: &str, home: PathBuf) -> Outcome<Self> {
        let (commands, events) = nyx_p2p::start(Setup {
            home,
            clock: Arc::new(SystemClock::new()),
            rng: Box::new(UnwrapErr(SysRng)),
            // As cheap as it gets, for an example. Applications take `Measured`.
            cost: PasswordCost::Fixed(PasswordParams::floor()),
            device: Some(DeviceName::new(name)?),
            keyring: None,
            auto_lock: AutoLock::Never,
            has_door: false,
        });
        Ok(Self { commands, events })
    }

    async fn begin(&self, command: Command) -> Outcome<RequestId> {
        Ok(self.commands.send(command).await?)
    }

    async fn answer(&self, reply: Reply) -> Outcome {
        self.begin(Command::Answer(reply)).await.map(drop)
    }

    /// What a command tells next; nothing once it is done.
    async fn next(&mut self, by: RequestId) -> Outcome<Option<Event>> {
        loop {
            let told = self.events.next().await.ok_or("the engine has ended")?;
            match told.event {
                _ if told.by != Some(by) => {}
                Event::Done => return Ok(None),
                Event::Failed(failure) => return Err(failure.into()),
                event => return Ok(Some(event)),
            }
        }
    }

    async fn run(&mut self, command: Command) -> Outcome {
        let by = self.begin(command).await?;
        while self.next(by).await?.is_some() {}
        Ok(())
    }

    /// Equal on two devices exactly when they hold the same.
    async fn content(&mut self) -> Outcome<[u8; 32]> {
        let by = self.begin(Command::Verify).await?;
        let mut content = None;
        while let Some(event) = self.next(by).await? {
            if let Event::Verified { content_hash } = event {
                content = Some(content_hash);
            }
        }
        content.ok_or_else(|| "nothing was verified".into())
    }

    async fn state(&mut self) -> Outcome<AccountState> {
        let by = self.begin(Command::Status).await?;
        let mut state = None;
        while let Some(event) = self.next(by).await? {
            if let Event::Account(account) = event {
                state = Some(account.state);
            }
        }
        state.ok_or_else(|| "no account was told of".into())
    }
}

/// What one person reads out, the other types. It is shown once.
fn carry<T>(to: &mut Option<oneshot::Sender<T>>, what: T) {
    if let Some(to) = to.take() {
        // Whoever waited for it has given up, and says so.
        let _ = to.send(what);
    }
}

/// Both are on this machine; devices that are not leave this at its default.
fn loopback() -> Reach {
    Reach { interfaces: vec!["lo".into()], ..Reach::default() }
}
