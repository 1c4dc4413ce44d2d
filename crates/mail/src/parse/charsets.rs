//! Text out of bytes, in whatever charset a stranger's program calls by whatever name.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use yore::CodePage;
use yore::code_pages::{CP437, CP852, CP855, CP857, CP860, CP861, CP862, CP863, CP865};

use super::shifted;

/// How text is written in bytes.
#[derive(Clone, Copy)]
pub(super) enum Charset {
    Utf8,
    Utf32,
    Iso2022Kr,
    Hz,
    /// One of the code pages of DOS.
    Dos(&'static (dyn CodePage + Sync)),
    /// One that the parser knows.
    Parsers(fn(&[u8]) -> String),
}

/// Names that neither the parser nor a number tells, and what they mean. In lower case, with `-` for `_`.
const ALIASES: [(&str, &str); 16] = [
    ("unicode-1-1-utf-7", "utf-7"),
    ("iso-2022-jp-1", "iso-2022-jp"),
    ("iso-2022-jp-2", "iso-2022-jp"),
    ("iso-2022-jp-3", "iso-2022-jp"),
    ("iso-2022-jp-ms", "iso-2022-jp"),
    ("-iso-2022-jp$esc", "iso-2022-jp"),
    ("iso2022-jp", "iso-2022-jp"),
    ("shift-jisx0213", "shift-jis"),
    ("x-ms-cp932", "shift-jis"),
    ("uhc", "euc-kr"),
    ("ks-c-5601", "euc-kr"),
    ("ksc5601-1987", "euc-kr"),
    ("x-euc-kr", "euc-kr"),
    ("euc-cn", "gbk"),
    ("x-euc-cn", "gbk"),
    ("big5-eten", "big5"),
];

/// What stands before the number of a code page.
const BEFORE_NUMBERS: [&str; 12] = [
    "windows-",
    "x-windows-",
    "win-",
    "win",
    "cp-",
    "cp",
    "x-cp",
    "ibm-",
    "ibm",
    "ms",
    "dos-",
    "x-ibm",
];

/// The charset of this name, if it is one that can be read.
pub(super) fn named(name: &str) -> Option<Charset> {
    let is_around = |character: char| character.is_whitespace() || matches!(character, '"' | '\'');
    let name = name.trim_matches(is_around);
    let name = name.split([';', ' ']).next().unwrap_or_default();
    if name.len() > 60 {
        return None;
    }
    let name = name.to_ascii_lowercase().replace('_', "-");
    let meant = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = meant.map_or(name.as_str(), |(_, meant)| meant);
    match name {
        "utf-8" | "utf8" | "csutf8" | "unicode-1-1-utf-8" | "utf-8n" | "utf-8-sig" | "utf8mb4" => {
            return Some(Charset::Utf8);
        }
        "utf-32" | "utf-32le" | "utf-32be" | "iso-10646-ucs-4" | "ucs-4" => {
            return Some(Charset::Utf32);
        }
        "iso-2022-kr" | "csiso2022kr" => return Some(Charset::Iso2022Kr),
        "hz-gb-2312" | "hz" => return Some(Charset::Hz),
        // ASCII that has other bytes in it is something else, and so are these.
        "us-ascii" | "ascii" | "ansi-x3.4-1968" | "x-user-defined" | "replacement"
        | "iso-2022-cn" | "iso-2022-cn-ext" => return None,
        _ => {}
    }
    let number = BEFORE_NUMBERS
        .iter()
        .find_map(|before| name.strip_prefix(before)?.parse().ok());
    number.and_then(of_code_page).or_else(|| parsers(name))
}

/// The charset that Windows calls by this number.
pub(super) fn of_code_page(number: u32) -> Option<Charset> {
    let name: Cow<'_, str> = match number {
        437 => return Some(Charset::Dos(&CP437)),
        852 => return Some(Charset::Dos(&CP852)),
        855 => return Some(Charset::Dos(&CP855)),
        857 => return Some(Charset::Dos(&CP857)),
        860 => return Some(Charset::Dos(&CP860)),
        861 => return Some(Charset::Dos(&CP861)),
        862 => return Some(Charset::Dos(&CP862)),
        863 => return Some(Charset::Dos(&CP863)),
        865 => return Some(Charset::Dos(&CP865)),
        12000 | 12001 => return Some(Charset::Utf32),
        50225 => return Some(Charset::Iso2022Kr),
        52936 => return Some(Charset::Hz),
        65001 => return Some(Charset::Utf8),
        819 | 1252 => "windows-1252".into(),
        932 => "shift_jis".into(),
        936 | 51936 => "gbk".into(),
        949 | 51949 => "euc-kr".into(),
        950 => "big5".into(),
        1200 => "utf-16le".into(),
        1201 => "utf-16be".into(),
        10000 => "macintosh".into(),
        10007 => "x-mac-cyrillic".into(),
        20866 => "koi8-r".into(),
        21866 => "koi8-u".into(),
        28591..=28606 => format!("iso-8859-{}", number - 28590).into(),
        38598 => "iso-8859-8".into(),
        20932 | 51932 => "euc-jp".into(),
        50220..=50222 => "iso-2022-jp".into(),
        54936 => "gb18030".into(),
        65000 => "utf-7".into(),
        850 | 866 => format!("cp{number}").into(),
        874 | 1250..=1258 => format!("windows-{number}").into(),
        _ => return None,
    };
    parsers(&name)
}

/// Whether this is UTF-8 by one of its names.
pub(super) fn is_utf8(name: &str) -> bool {
    matches!(named(name), Some(Charset::Utf8))
}

fn parsers(name: &str) -> Option<Charset> {
    charset_decoder(name.as_bytes()).map(Charset::Parsers)
}

impl Charset {
    /// The text; what is none in this charset is a U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Utf32 => utf32(bytes).into(),
            Self::Iso2022Kr => euc_kr(&shifted::from_iso_2022_kr(bytes)).into(),
            Self::Hz => gbk(&shifted::from_hz(bytes)).into(),
            Self::Dos(page) => page.decode_lossy(bytes),
            Self::Parsers(decoder) => decoder(bytes).into(),
        }
    }
}

/// Text from bytes in the charset that was declared. Where none was, or one that nobody knows, or ASCII that is none: UTF-8 if it is that, else
/// Windows-1252, which most such bytes are meant in and which knows them all.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    match charset.and_then(named) {
        Some(charset) => charset.decode(bytes),
        None => guessed(bytes),
    }
}

/// The text of a page, which may say itself in which charset it is written, if nobody else did.
pub(super) fn decode_html<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let declared = charset.and_then(named);
    let is_utf8 = || std::str::from_utf8(bytes).is_ok_and(|text| !text.is_ascii());
    match declared {
        Some(charset) => charset.decode(bytes),
        None if is_utf8() => guessed(bytes),
        None => match of_page(bytes) {
            Some(charset) => charset.decode(bytes),
            None => guessed(bytes),
        },
    }
}

/// What the `<meta>` of a page says of its charset.
fn of_page(bytes: &[u8]) -> Option<Charset> {
    /// How far into a page browsers look for it.
    const BEGINNING: usize = 1_024;
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let (_, meta) = beginning.split_once("<meta")?;
    let (_, said) = meta.split_once("charset")?;
    let said = said.trim_start().strip_prefix('=')?;
    let name = said.trim_start_matches(|character: char| {
        character.is_whitespace() || matches!(character, '"' | '\'')
    });
    let is_end = |character: char| {
        character.is_whitespace() || matches!(character, '"' | '\'' | '>' | ';' | '/')
    };
    named(&name[..name.find(is_end).unwrap_or(name.len())])
}

fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => parsers("windows-1252")
            .unwrap_or(Charset::Utf8)
            .decode(bytes),
    }
}

fn euc_kr(bytes: &[u8]) -> String {
    parsers("euc-kr")
        .unwrap_or(Charset::Utf8)
        .decode(bytes)
        .into_owned()
}

fn gbk(bytes: &[u8]) -> String {
    parsers("gbk")
        .unwrap_or(Charset::Utf8)
        .decode(bytes)
        .into_owned()
}

/// Big-endian, unless a mark at its beginning, or else its first character, says otherwise.
fn utf32(bytes: &[u8]) -> String {
    let is_little = matches!(bytes, [0xFF, 0xFE, 0, 0, ..])
        || matches!(bytes, [first, _, 0, 0, ..] if *first != 0);
    let unit = |quad: &[u8]| {
        let quad = [quad[0], quad[1], quad[2], quad[3]];
        let number = if is_little {
            u32::from_le_bytes(quad)
        } else {
            u32::from_be_bytes(quad)
        };
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    let text: String = bytes.chunks_exact(4).map(unit).collect();
    text.trim_start_matches('\u{FEFF}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known() {
        for (name, bytes, text) in [
            (
                "UTF-8",
                &b"Gr\xC3\xBC\xC3\x9Fe \xA0!"[..],
                "Grüße \u{FFFD}!",
            ),
            ("utf_8", b"\xC3\xBC", "ü"),
            ("cp65001", b"\xC3\xBC\xC3", "ü\u{FFFD}"),
            ("iso-8859-1", b"\xFC", "ü"),
            ("CP932", b"\x93\xFA", "日"),
            ("cp949", b"\xC7\xD1", "한"),
            ("ms949", b"\xC7\xD1", "한"),
            ("UHC", b"\xC7\xD1", "한"),
            ("x-windows-949", b"\xC7\xD1", "한"),
            ("ks_c_5601", b"\xC7\xD1", "한"),
            ("x-euc-kr", b"\xC7\xD1", "한"),
            ("cp950", b"\xA4\xA4", "中"),
            ("cp437", b"Gr\x81\xE1e", "Grüße"),
            ("IBM437", b"\x81", "ü"),
            ("ibm852", b"\x9D\xA2d\xAB", "Łódź"),
            ("dos-862", b"\x99\x8C\x85\x8D", "שלום"),
            ("iso-2022-jp-1", b"\x1B$BF|\x1B(B", "日"),
            ("iso-2022-jp-2", b"\x1B$BF|\x1B(B", "日"),
            ("iso-2022-jp-ms", b"\x1B$BF|\x1B(B", "日"),
            ("cp50220", b"\x1B$BF|\x1B(B", "日"),
            ("cp50221", b"\x1B$BF|\x1B(B", "日"),
            ("iso-2022-kr", b"\x1B$)C\x0EGQ\x0F!\n", "한!\n"),
            ("hz-gb-2312", b"~{VP~}~~!", "中~!"),
            ("utf-32", b"\xFF\xFE\0\0\xFC\0\0\0", "ü"),
            ("utf-32be", b"\0\0\0\xFC\0\x01\xF6\0", "ü😀"),
            ("unicode-1-1-utf-7", b"+APw-!", "ü!"),
            ("win-1251", b"\xCF", "П"),
            ("windows-1251", b"\xCF", "П"),
            ("x-cp1251", b"\xCF", "П"),
            ("'utf-8'", b"\xC3\xBC", "ü"),
            ("utf-8; format=flowed", b"\xC3\xBC", "ü"),
        ] {
            assert!(named(name).is_some(), "{name}");
            assert_eq!(decode(bytes, Some(name)), text, "{name}");
        }
    }

    #[test]
    fn what_nobody_knows_is_guessed() {
        for name in [
            "x-unknown",
            "us-ascii",
            "ISO-2022-CN",
            "cp1",
            "",
            "replacement",
        ] {
            assert!(named(name).is_none(), "{name}");
            assert_eq!(decode(b"\xFC\xDF", Some(name)), "üß", "{name}");
            assert_eq!(decode("üß".as_bytes(), Some(name)), "üß", "{name}");
        }
        assert_eq!(decode(b"\xFC", None), "ü");
        assert!(named(&"x".repeat(1_000)).is_none());
    }

    #[test]
    fn code_pages_have_numbers() {
        for (number, bytes, text) in [
            (65001, &b"\xC3\xBC"[..], "ü"),
            (28591, b"\xFC", "ü"),
            (28605, b"\xA4", "€"),
            (20866, b"\xD0", "п"),
            (50220, b"\x1B$BF|\x1B(B", "日"),
            (936, b"\xD6\xD0", "中"),
            (1252, b"\x80", "€"),
        ] {
            let charset = of_code_page(number).expect("is known");
            assert_eq!(charset.decode(bytes), text, "{number}");
        }
        assert!(of_code_page(1).is_none());
    }

    #[test]
    fn a_page_says_its_charset() {
        let page = |meta: &str| [meta.as_bytes(), b"<p>\xF0\xD2"].concat();
        let old = page("<META http-equiv='Content-Type' content='text/html; charset=koi8-r'>");
        assert!(
            decode_html(&old, None).ends_with("<p>Пр"),
            "{:?}",
            decode_html(&old, None)
        );
        assert!(decode_html(&old, Some("windows-1251")).ends_with("<p>рТ"));
        let new = page("<meta charset = \"KOI8-R\">");
        assert!(decode_html(&new, Some("x-unknown")).ends_with("<p>Пр"));
        assert!(decode_html(&page("<p>charset=koi8-r"), None).ends_with("<p>ðÒ"));
        let wrong = "<meta charset=koi8-r>ü";
        assert_eq!(decode_html(wrong.as_bytes(), None), wrong);
    }
}
