//! Times as people say them, in the zone of this machine.

use crate::text::{Language, Texts};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The time of a frame.
#[derive(Clone, Debug)]
pub struct Now {
    ms: i64,
    zone: TimeZone,
    today: Date,
}

impl Now {
    /// A time of the person's clock, in a zone.
    #[must_use]
    pub fn within(ms: i64, zone: TimeZone) -> Self {
        let today = timestamp(ms).to_zoned(zone.clone()).date();
        Self { ms, zone, today }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(&self) -> i64 {
        self.ms
    }

    /// The day of a time.
    #[must_use]
    pub fn day(&self, ms: i64) -> Date {
        timestamp(ms).to_zoned(self.zone.clone()).date()
    }

    /// The hour and minute of a time.
    #[must_use]
    pub fn clock(&self, texts: &Texts, ms: i64) -> String {
        let time = timestamp(ms).to_zoned(self.zone.clone());
        let sign = match texts.language() {
            Language::English => ':',
            Language::Indonesian => '.',
        };
        format!("{:02}{sign}{:02}", time.hour(), time.minute())
    }

    /// A day, as a separator between messages names it.
    #[must_use]
    pub fn date(&self, texts: &Texts, day: Date) -> String {
        let ago = self.today.duration_since(day).as_hours() / 24;
        let weekday = || texts.get(WEEKDAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs()) % 7]);
        match ago {
            0 => texts.get("day-today"),
            1 => texts.get("day-yesterday"),
            2..=6 => weekday(),
            _ => {
                let month = texts.get(MONTHS[usize::from(day.month().unsigned_abs()).saturating_sub(1) % 12]);
                let number = ("day", u64::from(day.day().unsigned_abs()).into());
                if day.year() == self.today.year() {
                    texts.with("day-date", &[number, ("month", month.into())])
                } else {
                    let year = day.year().to_string();
                    texts.with("day-date-year", &[number, ("month", month.into()), ("year", year.into())])
                }
            }
        }
    }

    /// When, in little room: the clock for today, the day for what is older.
    #[must_use]
    pub fn short(&self, texts: &Texts, ms: i64) -> String {
        let day = self.day(ms);
        if day == self.today { self.clock(texts, ms) } else { self.date(texts, day) }
    }

    /// When, exactly.
    #[must_use]
    pub fn full(&self, texts: &Texts, ms: i64) -> String {
        let (day, clock) = (self.date(texts, self.day(ms)), self.clock(texts, ms));
        texts.with("day-and-clock", &[("day", day.into()), ("clock", clock.into())])
    }
}

fn timestamp(ms: i64) -> Timestamp {
    // The author's clock may say anything.
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

const WEEKDAYS: [&str; 7] =
    ["day-monday", "day-tuesday", "day-wednesday", "day-thursday", "day-friday", "day-saturday", "day-sunday"];
const MONTHS: [&str; 12] = [
    "month-january",
    "month-february",
    "month-march",
    "month-april",
    "month-may",
    "month-june",
    "month-july",
    "month-august",
    "month-september",
    "month-october",
    "month-november",
    "month-december",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Wednesday, 3 June 2026, 14:05 UTC.
    const NOW: i64 = 1_780_495_500_000;
    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn times_are_said_as_the_language_says_them() {
        let now = Now::within(NOW, TimeZone::UTC);
        let (english, indonesian) = (Texts::of(Language::English), Texts::of(Language::Indonesian));
        assert_eq!(now.short(&english, NOW), "14:05");
        assert_eq!(now.short(&indonesian, NOW), "14.05");
        assert_eq!(now.short(&english, NOW - DAY), "Yesterday");
        assert_eq!(now.short(&indonesian, NOW - DAY), "Kemarin");
        assert_eq!(now.short(&english, NOW - 3 * DAY), "Sunday");
        assert_eq!(now.short(&indonesian, NOW - 3 * DAY), "Minggu");
        assert_eq!(now.short(&english, NOW - 30 * DAY), "4 May");
        assert_eq!(now.short(&indonesian, NOW - 30 * DAY), "4 Mei");
        assert_eq!(now.short(&english, NOW - 365 * DAY), "3 June 2025");
        assert_eq!(now.full(&english, NOW), "Today, 14:05");
    }

    #[test]
    fn the_day_is_that_of_the_zone() {
        let west = Now::within(NOW, TimeZone::fixed(jiff::tz::offset(-11)));
        let east = Now::within(NOW, TimeZone::fixed(jiff::tz::offset(11)));
        assert_ne!(west.day(NOW), east.day(NOW));
    }

    #[test]
    fn a_clock_that_is_wrong_is_no_trouble() {
        let texts = Texts::of(Language::English);
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!Now::within(NOW, TimeZone::UTC).full(&texts, ms).is_empty());
            assert!(!Now::within(ms, TimeZone::UTC).full(&texts, NOW).is_empty());
        }
    }
}
