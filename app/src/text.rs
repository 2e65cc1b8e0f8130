//! Every sentence that people read, in their language. The sentences stand in `assets/texts`, one file a language; the
//! code has only their names. A test holds that no name is missing, unused or different between languages.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::time::Duration;
use unic_langid::LanguageIdentifier;

/// The languages there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Language {
    /// English.
    English,
    /// Bahasa Indonesia.
    Indonesian,
}

impl Language {
    /// As `--language` names them.
    pub const CODES: [&str; 2] = ["en", "id"];

    /// From a code or a locale such as `id_ID.UTF-8`.
    pub fn from_locale(locale: &str) -> Option<Self> {
        match locale.split(['_', '-', '.', '@']).next()?.to_ascii_lowercase().as_str() {
            "id" | "in" => Some(Self::Indonesian),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }

    /// What the environment asks for, in the order of POSIX; English if it asks for none of these.
    pub fn from_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .and_then(|locale| Self::from_locale(&locale))
            .unwrap_or(Self::English)
    }

    const fn source(self) -> &'static str {
        match self {
            Self::English => ENGLISH,
            Self::Indonesian => INDONESIAN,
        }
    }

    fn id(self) -> LanguageIdentifier {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
        .parse()
        // Only decides how numbers and plurals are chosen.
        .unwrap_or_default()
    }
}

/// The sentences of one language.
pub struct Texts {
    bundle: FluentBundle<FluentResource>,
    language: Language,
}

impl Texts {
    /// All of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let mut bundle = FluentBundle::new(vec![language.id()]);
        // Marks around every inserted name would show as boxes in some terminals and break what is copied from one.
        bundle.set_use_isolating(false);
        // The files are part of the program and a test reads them: there is nothing to report to anybody here.
        let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
        Self { bundle, language }
    }

    /// Which language it is.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// A sentence without anything inserted.
    pub fn get(&self, name: &str) -> String {
        self.with(name, &[])
    }

    /// A sentence with values inserted.
    pub fn with(&self, name: &str, values: &[(&str, Value)]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            // A test keeps this from happening; a name is better than nothing.
            return name.to_owned();
        };
        let mut args = FluentArgs::new();
        for (key, value) in values {
            args.set(*key, value.0.clone());
        }
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// A size for people.
    pub fn bytes(&self, bytes: u64) -> String {
        const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        if bytes < 1024 {
            return format!("{bytes} B");
        }
        let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
        while size >= 1023.95 && unit + 1 < UNITS.len() {
            size /= 1024.0;
            unit += 1;
        }
        let number = format!("{size:.1}");
        let number = match self.language {
            Language::English => number,
            Language::Indonesian => number.replace('.', ","),
        };
        format!("{number} {}", UNITS[unit])
    }
}

impl Texts {
    /// How far something is: how much, and as soon as that can be told, how fast and how long still.
    pub fn progress(&self, done: u64, total: Option<u64>, took: Duration) -> String {
        let done_text = ("done", self.bytes(done).into());
        let Some(total) = total.filter(|total| *total > 0) else {
            return self.with("progress", &[done_text]);
        };
        let done = done.min(total);
        let percent = u64::try_from(u128::from(done) * 100 / u128::from(total)).unwrap_or(100);
        let mut values = vec![done_text, ("total", self.bytes(total).into()), ("percent", percent.into())];
        let rate = done as f64 / took.as_secs_f64();
        if took < RATE_AFTER || rate < 1.0 {
            return self.with("progress-of", &values);
        }
        values.push(("rate", self.bytes(rate as u64).into()));
        values.push(("left", self.duration(((total - done) as f64 / rate).ceil() as u64).into()));
        self.with("progress-left", &values)
    }

    /// The same where the rate and the rest are known already.
    #[must_use]
    pub fn progress_at(&self, done: u64, total: u64, rate: u64, left_secs: Option<u64>) -> String {
        // What is complete needs no more time, and how fast it came is no news.
        let (Some(left), true) = (left_secs.filter(|left| *left > 0), total > 0) else {
            return self.progress(done, Some(total), Duration::ZERO);
        };
        let done = done.min(total);
        let percent = u64::try_from(u128::from(done) * 100 / u128::from(total)).unwrap_or(100);
        let values = [
            ("done", self.bytes(done).into()),
            ("total", self.bytes(total).into()),
            ("percent", percent.into()),
            ("rate", self.bytes(rate).into()),
            ("left", self.duration(left).into()),
        ];
        self.with("progress-left", &values)
    }

    /// A number with what comes after its point.
    #[must_use]
    pub fn decimal(&self, number: f64) -> String {
        let number = number.to_string();
        match self.language {
            Language::English => number,
            Language::Indonesian => number.replace('.', ","),
        }
    }

    /// How long something lasts, for people.
    #[must_use]
    pub fn time_left(&self, secs: u64) -> String {
        self.duration(secs)
    }

    /// A time for people, no more exact than it is known.
    fn duration(&self, secs: u64) -> String {
        match secs {
            0..90 => self.with("duration-seconds", &[("count", secs.into())]),
            90..5400 => self.with("duration-minutes", &[("count", secs.div_ceil(60).into())]),
            5400..172_800 => self.with("duration-hours", &[("count", secs.div_ceil(3600).into())]),
            _ => self.with("duration-days", &[("count", secs.div_ceil(86_400).into())]),
        }
    }
}

/// Earlier, a rate is a guess.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// Something to insert.
#[derive(Clone)]
pub struct Value(FluentValue<'static>);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(FluentValue::from(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(FluentValue::from(text))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self(FluentValue::from(number))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self(FluentValue::from(number))
    }
}

const ENGLISH: &str = include_str!("../../assets/texts/en.ftl");
const INDONESIAN: &str = include_str!("../../assets/texts/id.ftl");

#[cfg(test)]
mod tests;
