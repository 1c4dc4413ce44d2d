//! Encoded words (RFC 2047) made so that the parser of headers reads them.
//!
//! Programs break a character in two between words, and leave the padding of base64 away. So the words that stand side by side in one charset are
//! put together, bytes before characters, and written again as one word in UTF-8. It is a word again and no text, so that what is in it is never
//! taken for the punctuation of a header.

use std::borrow::Cow;

use encodify::base64;
use encodify::rfc2047::EncodedWord;

use super::charsets;

/// A header's value with its encoded words written anew; as it is, where it has none.
pub(super) fn rewritten(value: &str) -> Cow<'_, str> {
    if !value.contains("=?") {
        return value.into();
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((text, length)) = words(rest) {
            out.extend(["=?utf-8?B?", &base64::STANDARD.encode(text), "?="]);
            rest = &rest[length..];
        } else {
            out.push_str("=?");
            rest = &rest["=?".len()..];
        }
    }
    out.push_str(rest);
    out.into()
}

/// What the encoded words at the beginning say that are in one charset, and how long they are in all.
fn words(text: &str) -> Option<(String, usize)> {
    let (first, mut length) = EncodedWord::parse(text.as_bytes())?;
    let mut bytes = first.decode().ok()?;
    loop {
        let behind = &text.as_bytes()[length..];
        let word = behind.trim_ascii_start();
        let Some((next, long)) = EncodedWord::parse(word) else {
            break;
        };
        if !next.charset.eq_ignore_ascii_case(first.charset)
            || next.decode_append(&mut bytes).is_err()
        {
            break;
        }
        length += behind.len() - word.len() + long;
    }
    let charset = str::from_utf8(first.charset).ok();
    Some((charsets::decode(&bytes, charset).into_owned(), length))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The value with what the words say between brackets.
    fn shown(value: &str) -> String {
        let rewritten = rewritten(value);
        let mut out = String::new();
        let mut rest = &*rewritten;
        while let Some((before, word)) = rest.split_once("=?utf-8?B?") {
            let (word, behind) = word.split_once("?=").expect("an end");
            let bytes = base64::STANDARD.decode(word).expect("base64");
            write!(
                out,
                "{before}[{}]",
                String::from_utf8(bytes).expect("UTF-8")
            )
            .expect("a string");
            rest = behind;
        }
        out + rest
    }

    #[test]
    fn characters_are_put_together() {
        assert_eq!(
            shown("=?utf-8?Q?Gr=C3?=\r\n =?UTF-8?Q?=BC=C3=9Fe?= <a@b>"),
            "[Grüße] <a@b>"
        );
        assert_eq!(shown("=?utf-8?B?R3LD?= =?utf-8?Q?=BC?="), "[Grü]");
        assert_eq!(shown("=?gb2312?B?tqm1?=\t=?gb2312?B?pQ==?="), "[订单]");
        // No padding; a language; no space between; another charset.
        assert_eq!(shown("=?utf-8?B?R3LDvMOfZQ?="), "[Grüße]");
        assert_eq!(shown("=?utf-8*de?q?Gr=C3?==?utf-8?Q?=BC_a?="), "[Grü a]");
        assert_eq!(shown("=?utf-8?Q?a?= =?iso-8859-1?Q?=FC?= b"), "[a] [ü] b");
        assert_eq!(shown("=?ks_c_5601?B?x9E=?="), "[한]");
    }

    #[test]
    fn what_is_no_word_stays() {
        for value in [
            "a =? b",
            "=?utf-8?Q?Gr=XX?=",
            "=?utf-8?X?a?=",
            "=?",
            "=?=?=?",
        ] {
            assert_eq!(rewritten(value), value);
        }
        assert_eq!(shown("=?=?utf-8?Q?a?="), "=?[a]");
        // What stands in a word is no punctuation.
        let word = rewritten("=?utf-8?Q?a=2C_=3Cb=40c=3E?= <d@e>");
        assert!(!word.contains(','), "{word}");
    }
}
