//! Dates and Guids.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A text that is not the scalar it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}")]
pub struct ScalarError(&'static str);

/// A moment, to the millisecond, from the beginning of year 0 to the last day but one of year 9999.
///
/// Written compactly in UTC without a fraction, `20201029T082018Z`, the one form that every known client reads. Read in that
/// form and in the extended one, `2020-10-29T08:20:18Z`, both with or without a fraction of a second; the offset is always `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Date {
    unix_millis: i64,
}

impl Date {
    const FIRST: i64 = -62_167_219_200_000;
    const LAST: i64 = 253_402_207_200_999;

    /// From milliseconds since 1970-01-01T00:00:00Z. What lies outside the range becomes its first or last moment.
    pub const fn from_unix_millis(unix_millis: i64) -> Self {
        let unix_millis = match unix_millis {
            early if early < Self::FIRST => Self::FIRST,
            late if late > Self::LAST => Self::LAST,
            good => good,
        };
        Self { unix_millis }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_millis(self) -> i64 {
        self.unix_millis
    }

    /// Reads the compact form without a fraction, and nothing else: what a server may send.
    ///
    /// # Errors
    /// Of any other text.
    pub fn from_compact(text: &str) -> Result<Self, ScalarError> {
        if text.len() == "20201029T082018Z".len() && !text.contains(['-', ':']) {
            text.parse()
        } else {
            Err(ScalarError("compact date"))
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Seconds are rounded down, before 1970 too, so that the text never names a later moment.
        let seconds = self.unix_millis.div_euclid(1000);
        let moment = Timestamp::from_second(seconds).map_err(|_| fmt::Error)?;
        let civil = Offset::UTC.to_datetime(moment);
        write!(
            formatter,
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second()
        )
    }
}

impl FromStr for Date {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        read_date(text).ok_or(ScalarError("date"))
    }
}

fn read_date(text: &str) -> Option<Date> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time
        .split_once('.')
        .map_or((time, None), |(time, fraction)| (time, Some(fraction)));
    let extended = date.contains('-');
    let [year, month, day] = if extended {
        parts(date, '-')?
    } else {
        slices(date, [4, 6])?
    };
    let [hour, minute, second] = if extended {
        parts(time, ':')?
    } else {
        slices(time, [2, 4])?
    };
    let civil = DateTime::new(
        i16::try_from(digits(year, 4)?).ok()?,
        i8::try_from(digits(month, 2)?).ok()?,
        i8::try_from(digits(day, 2)?).ok()?,
        i8::try_from(digits(hour, 2)?).ok()?,
        i8::try_from(digits(minute, 2)?).ok()?,
        i8::try_from(digits(second, 2)?).ok()?,
        0,
    )
    .ok()?;
    let seconds = Offset::UTC.to_timestamp(civil).ok()?.as_second();
    let millis = fraction.map_or(Some(0), read_fraction)?;
    Some(Date::from_unix_millis(seconds * 1000 + millis))
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

fn slices(text: &str, cuts: [usize; 2]) -> Option<[&str; 3]> {
    Some([
        text.get(..cuts[0])?,
        text.get(cuts[0]..cuts[1])?,
        text.get(cuts[1]..)?,
    ])
}

fn digits(text: &str, length: usize) -> Option<i32> {
    let good = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

/// Milliseconds from the digits after the point; what is finer is cut.
fn read_fraction(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{text:0<3}").get(..3)?.parse().ok()
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// For clients: the compact form only.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_compact(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A Guid: 8-4-4-4-12 hexadecimal digits with hyphens and without braces, read in either case, written in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(Uuid);

impl Guid {
    /// The number behind the text.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for Guid {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<Guid> for Uuid {
    fn from(guid: Guid) -> Self {
        guid.0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(formatter)
    }
}

impl FromStr for Guid {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        // The length leaves only the hyphenated form of those that the library reads.
        let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
        let uuid = hyphenated.then(|| Uuid::try_parse(text).ok()).flatten();
        uuid.map(Self).ok_or(ScalarError("Guid"))
    }
}

impl Serialize for Guid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_both_forms_and_written_in_one() {
        for text in [
            "20201029T082018Z",
            "2020-10-29T08:20:18Z",
            "2020-10-29T08:20:18.000Z",
            "20201029T082018.0Z",
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.unix_millis(), 1_603_959_618_000, "{text}");
            assert_eq!(date.to_string(), "20201029T082018Z");
        }
        let fine: Date = "2020-10-29T08:20:18.98765Z".parse().unwrap();
        assert_eq!(fine.unix_millis(), 1_603_959_618_987);
        assert_eq!(fine.to_string(), "20201029T082018Z");
        assert_eq!(
            "2020-10-29T08:20:18.5Z"
                .parse::<Date>()
                .unwrap()
                .unix_millis(),
            1_603_959_618_500
        );
    }

    #[test]
    fn other_dates_are_refused() {
        for text in [
            "",
            "Z",
            "T",
            "20201029",
            "20201029T0820Z",
            "2020-10-29T08:20Z",
            "2020-10-29T08:20:18",
            "2020-10-29T08:20:18+00:00",
            "2020-10-29 08:20:18Z",
            "20201329T082018Z",
            "20200230T082018Z",
            "20201029T242018Z",
            "20201029T082060Z",
            "2020-1029T08:20:18Z",
            "20201029T08:20:18Z",
            "2020-10-29T082018Z",
            "+2020-10-29T08:20:18Z",
            "-020-10-29T08:20:18Z",
            "2020-10-29T08:20:18.Z",
            "2020-10-29T08:20:18.1aZ",
            "٢٠٢٠1029T082018Z",
            "2020-10-29T08:20:18:00Z",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert!(Date::from_compact("2020-10-29T08:20:18Z").is_err());
        assert!(Date::from_compact("20201029T082018.0Z").is_err());
    }

    #[test]
    fn dates_stay_within_what_can_be_written() {
        assert_eq!(
            Date::from_unix_millis(i64::MIN).to_string(),
            "00000101T000000Z"
        );
        assert_eq!(
            Date::from_unix_millis(i64::MAX).to_string(),
            "99991230T220000Z"
        );
        assert_eq!(Date::from_unix_millis(-1).to_string(), "19691231T235959Z");
    }

    #[test]
    fn guids_have_one_form() {
        let guid: Guid = "0F8FAD5B-D9CB-469F-A165-70867728950E".parse().unwrap();
        assert_eq!(guid.to_string(), "0f8fad5b-d9cb-469f-a165-70867728950e");
        assert_eq!(
            serde_json::to_string(&guid).unwrap(),
            "\"0f8fad5b-d9cb-469f-a165-70867728950e\""
        );
        for text in [
            "",
            "0f8fad5bd9cb469fa16570867728950e",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
            "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e",
            "0f8fad5b-d9cb-469f-a165-70867728950",
            "0f8fad5b-d9cb-469f-a165-70867728950g",
            "0f8fad5bd-9cb-469f-a165-70867728950e",
        ] {
            assert!(text.parse::<Guid>().is_err(), "{text}");
        }
    }
}
