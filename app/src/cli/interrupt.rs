//! Ctrl-C, and the system's ways to say the same.

use tokio::sync::watch;

/// Whether somebody wants the program to end. Can be asked from several places.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on. A second time ends the program at once: something does not listen.
    pub(crate) fn listen() -> Self {
        let (told, heard) = watch::channel(false);
        let terminal = Terminal::remember();
        tokio::spawn(async move {
            signalled().await;
            let _ = told.send(true);
            signalled().await;
            terminal.restore();
            std::process::exit(130);
        });
        Self(heard)
    }

    /// Returns when somebody wants the program to end.
    pub(crate) async fn heard(&mut self) {
        if self.0.wait_for(|heard| *heard).await.is_err() {
            // Nobody listens any more, so nobody can want it.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut hangup), Ok(mut terminate)) = (signal(SignalKind::hangup()), signal(SignalKind::terminate())) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = hangup.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signalled() {
    let _ = tokio::signal::ctrl_c().await;
}

/// How the terminal was before a question without echo: whoever is interrupted there must not be left typing blind.
pub(crate) struct Terminal {
    #[cfg(unix)]
    before: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Terminal {
    pub(crate) fn remember() -> Self {
        #[cfg(unix)]
        {
            let tty = std::fs::File::options().read(true).write(true).open("/dev/tty").ok();
            let before = tty.and_then(|tty| rustix::termios::tcgetattr(&tty).ok().map(|termios| (tty, termios)));
            Self { before }
        }
        #[cfg(not(unix))]
        Self {}
    }

    pub(crate) fn restore(&self) {
        #[cfg(unix)]
        if let Some((tty, termios)) = &self.before {
            let _ = rustix::termios::tcsetattr(tty, rustix::termios::OptionalActions::Now, termios);
        }
    }

    /// Whether there is somebody at a terminal who could answer.
    pub(crate) fn is_there() -> bool {
        #[cfg(unix)]
        return std::fs::File::options().read(true).write(true).open("/dev/tty").is_ok();
        #[cfg(not(unix))]
        return std::io::IsTerminal::is_terminal(&std::io::stdin());
    }
}
