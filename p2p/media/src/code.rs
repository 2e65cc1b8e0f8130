//! A text as a code that a camera reads, for the window and for a terminal.

use qrcode::{Color, EcLevel, QrCode, Version, types::QrError};
use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write},
};
use zeroize::Zeroizing;

/// The squares of a code. It shows a secret, so they are wiped when dropped.
#[derive(Clone)]
pub struct Code {
    size: usize,
    dark: Zeroizing<Vec<bool>>,
}

/// Why a text does not become a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CodeError {
    /// More than a camera reads from a screen: [`VERSION_MAX`].
    #[error("the text is too long for a code that a camera reads")]
    TooLong,
}

impl Code {
    /// The smallest code that holds the text: large modules are worth more to a camera than correction. What is left in
    /// it then goes to correction after all.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        // The smallest is looked for at the lowest level; the mode is the best for the text, letter by letter.
        let smallest = QrCode::with_error_correction_level(text, EcLevel::L).map_err(too_long)?;
        let version = match smallest.version() {
            Version::Normal(version) if version <= VERSION_MAX => smallest.version(),
            _ => return Err(CodeError::TooLong),
        };
        let code = [EcLevel::H, EcLevel::Q, EcLevel::M]
            .into_iter()
            .find_map(|level| QrCode::with_version(text, version, level).ok())
            .unwrap_or(smallest);
        let size = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { size, dark: Zeroizing::new(dark) })
    }

    /// Modules in a row, without the quiet zone.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Light everywhere outside.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.size && row < self.size && self.dark[row * self.size + column]
    }

    /// Draws the code with half blocks, in colours of its own and with its quiet zone. Into anything that is not a
    /// terminal it writes nothing, and says so: a file or a pipe would keep the secret.
    pub fn print(&self, terminal: &mut (impl Write + IsTerminal)) -> io::Result<bool> {
        if !terminal.is_terminal() {
            return Ok(false);
        }
        terminal.write_all(self.half_blocks().as_bytes())?;
        terminal.flush()?;
        Ok(true)
    }

    /// Columns and twice the rows that [`Self::print`] takes.
    #[must_use]
    pub fn printed_size(&self) -> usize {
        self.size + 2 * QUIET
    }

    fn half_blocks(&self) -> Zeroizing<String> {
        let edge = self.printed_size();
        let dark =
            |column: usize, row: usize| column >= QUIET && row >= QUIET && self.is_dark(column - QUIET, row - QUIET);
        let mut text = Zeroizing::new(String::with_capacity(edge * (edge * 2 + 40)));
        for row in (0..edge).step_by(2) {
            // Two fixed entries of the 256 colours: themes change the first sixteen.
            let _ = write!(*text, "\x1b[38;5;16;48;5;231m");
            for column in 0..edge {
                text.push(match (dark(column, row), dark(column, row + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
            }
            text.push_str("\x1b[0m\n");
        }
        text
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({} modules)", self.size)
    }
}

fn too_long(_: QrError) -> CodeError {
    // The only error of a text of which any byte is allowed.
    CodeError::TooLong
}

/// Light modules around a code, by which it is found.
pub const QUIET: usize = 4;
/// 97 modules in a row. A code by hand with all of its addresses needs fewer; on a laptop's screen a module of a larger
/// one is smaller than what cameras tell apart.
pub const VERSION_MAX: i16 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_ticket_is_a_version_6() {
        let code = Code::new(&format!("NYX:{}", "A".repeat(189))).unwrap();
        assert_eq!(code.size(), 41);
    }

    #[test]
    fn what_no_camera_reads_is_refused() {
        assert_eq!(Code::new(&"A".repeat(1_250)).unwrap_err(), CodeError::TooLong);
        assert_eq!(Code::new(&"A".repeat(1_000_000)).unwrap_err(), CodeError::TooLong);
        assert!(Code::new(&"A".repeat(1_249)).is_ok());
    }

    #[test]
    fn a_short_text_gets_more_correction_and_no_larger_code() {
        let (short, long) = (QrCode::new("NYX:AB").unwrap(), Code::new("NYX:AB").unwrap());
        assert_eq!(long.size(), 21);
        assert!(short.width() >= long.size());
    }

    #[test]
    fn a_pipe_gets_no_code() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(!Code::new("NYX:AB").unwrap().print(&mut file).unwrap());
        assert_eq!(file.metadata().unwrap().len(), 0);
    }

    #[test]
    fn half_blocks_have_a_quiet_zone_in_their_own_colours() {
        let code = Code::new("NYX:AB").unwrap();
        let text = code.half_blocks();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), code.printed_size().div_ceil(2));
        let blank = format!("\x1b[38;5;16;48;5;231m{}\x1b[0m", " ".repeat(code.printed_size()));
        assert_eq!((lines[0], lines[1], *lines.last().unwrap()), (&*blank, &*blank, &*blank));
        assert!(lines[2].contains('█'));
    }

    #[test]
    fn no_debug_output_shows_a_code() {
        assert_eq!(format!("{:?}", Code::new("NYX:AB").unwrap()), "Code(21 modules)");
    }
}
