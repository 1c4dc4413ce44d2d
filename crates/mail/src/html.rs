//! HTML made safe to be shown beside other things and to be put into another HTML.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ammonia::{Builder, UrlRelative};

/// The longest HTML that is cleaned, in bytes.
pub const MAX_HTML: usize = 4 << 20;

/// The most that the tags of a text times those that are open at once may be: browsers' rules let what is open be opened again in each block, and so
/// a little HTML can mean a very large one. Mail has some thousands of tags, and dozens of them open.
const MOST_OPENED: usize = 2_000_000;

/// Tags that have no end, or that the next of their kind ends.
const ENDED_BY_THEMSELVES: [&str; 26] = [
    "area", "base", "br", "col", "dd", "dt", "embed", "frame", "hr", "img", "input", "li", "link",
    "meta", "optgroup", "option", "p", "param", "source", "tbody", "td", "tfoot", "th", "thead",
    "tr", "wbr",
];

/// Tags of mail that the cleaner does not know by itself.
const TAGS: [&str; 3] = ["big", "font", "tfoot"];

/// Attributes of layout that mail is made with. No `id` and no `class`, which could mean something where it is shown.
const ATTRIBUTES: [&str; 15] = [
    "align",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "dir",
    "face",
    "height",
    "lang",
    "size",
    "style",
    "title",
    "valign",
    "width",
];

/// What a `style` may say: how a thing looks, and not where on the page it stands.
const STYLES: [&str; 47] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "color",
    "direction",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "max-width",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
];

/// Content-IDs that are to be called differently: the old ones and the new ones, without `cid:`.
pub type Renamed = HashMap<String, String>;

/// The HTML as a whole fragment, every tag closed, with nothing in it that runs, that loads by itself from the place where it is shown, or that
/// reaches beyond it: no scripts, forms, frames, style sheets, no URLs but `http`, `https`, `mailto`, `tel`, `cid` and pictures in `data`.
///
/// References by `cid:` to a Content-ID in `renamed` get its new name. Nothing, if it is longer than [`MAX_HTML`] or built to wear out whoever reads
/// it.
pub fn clean(html: &str, renamed: Renamed) -> Option<String> {
    cleaned(html, Parts::Renamed(renamed))
}

/// The same, where nothing goes with it that `cid:` could refer to: a picture that is a part of the message is what its `alt` says.
pub fn clean_without_parts(html: &str) -> Option<String> {
    cleaned(html, Parts::None)
}

/// What references by `cid:` may refer to.
enum Parts {
    /// All, and some are called differently.
    Renamed(Renamed),
    None,
}

fn cleaned(html: &str, parts: Parts) -> Option<String> {
    if html.len() > MAX_HTML || is_intricate(html) {
        return None;
    }
    let parts = Arc::new(parts);
    let mut builder = Builder::default();
    builder
        .add_tags(TAGS)
        .add_generic_attributes(ATTRIBUTES)
        .filter_style_properties(HashSet::from(STYLES))
        .url_schemes(HashSet::from([
            "http", "https", "mailto", "tel", "cid", "data",
        ]))
        // Relative to what? To the server that shows it.
        .url_relative(UrlRelative::Deny)
        .attribute_filter(move |element, _, value| attribute(element, value, &parts));
    Some(builder.clean(html).to_string())
}

/// Whether there are more tags in it, and more of them open at once, than in any mail that is meant to be read.
fn is_intricate(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut tags, mut depth, mut deepest) = (0_usize, 0_usize, 0_usize);
    for piece in html.split('<').skip(1) {
        let is_end = piece.starts_with('/');
        let name = piece.trim_start_matches('/');
        let length = name
            .find(|character: char| !character.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let name = name[..length].to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        tags += 1;
        if ENDED_BY_THEMSELVES.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name).or_default();
        if !is_end {
            *count += 1;
            depth += 1;
            deepest = deepest.max(depth);
        } else if *count > 0 {
            *count -= 1;
            depth -= 1;
        }
    }
    tags.saturating_mul(deepest) > MOST_OPENED
}

fn attribute<'a>(element: &str, value: &'a str, parts: &Parts) -> Option<Cow<'a, str>> {
    let trimmed = value.trim_start();
    let scheme = |name: &str| {
        trimmed
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    if scheme("data:") && !(element == "img" && scheme("data:image/")) {
        return None;
    }
    if scheme("cid:") {
        let Parts::Renamed(renamed) = parts else {
            return None;
        };
        let id = percent_encoding::percent_decode_str(trimmed[4..].trim_end()).decode_utf8_lossy();
        if let Some(new) = renamed.get(id.as_ref()) {
            return Some(format!("cid:{new}").into());
        }
    }
    Some(value.into())
}

/// Plain text as a fragment of HTML that shows it line by line.
pub fn from_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\r' => {}
            '\n' => html.push_str("<br>\n"),
            other => html.push(other),
        }
    }
    html
}

/// What HTML says, as plain text.
pub fn to_text(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html).replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn cleaned(html: &str) -> String {
        clean(html, Renamed::new()).expect("is short")
    }

    #[test]
    fn what_runs_or_reaches_out_is_taken_away() {
        for (html, safe) in [
            ("<p onclick=x()>a<script>alert(1)</script></p>", "<p>a</p>"),
            (
                "<a href=\"javascript:x()\">a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            ("<img src=\"/icws/1/connection\">", "<img>"),
            (
                "<a href=\"data:text/html,x\">a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            (
                "<div style=\"position:fixed;color:red\">a",
                "<div style=\"color:red\">a</div>",
            ),
            (
                "<style>p{}</style><iframe src=x></iframe><form><input></form>",
                "",
            ),
            ("</div></blockquote>a", "a"),
            (
                "<html><body bgcolor=red><p align=center>a</body></html>",
                "<p align=\"center\">a</p>",
            ),
        ] {
            assert_eq!(cleaned(html), safe, "{html}");
        }
    }

    #[test]
    fn pictures_stay() {
        for html in [
            "<img src=\"cid:a@b\" alt=\"x\" width=\"3\">",
            "<img src=\"https://example.com/x.png\">",
            "<img src=\"data:image/png;base64,AAAA\">",
        ] {
            assert_eq!(cleaned(html), html);
        }
    }

    #[test]
    fn content_ids_are_renamed() {
        let renamed = Renamed::from([("old one".to_owned(), "new@here".to_owned())]);
        assert_eq!(
            clean(
                "<img src=\"CID:old%20one\"><img src=\"cid:other@x\">",
                renamed
            )
            .expect("short"),
            "<img src=\"cid:new@here\"><img src=\"cid:other@x\">"
        );
    }

    #[test]
    fn nested_without_end_takes_no_time_without_end() {
        let fonts: Vec<String> = (0..1_000)
            .map(|size| format!("<font size={size}>"))
            .collect();
        for seed in [
            "<b>",
            "<b><p>",
            "<a><table>",
            "<div>",
            "</p><b><a>",
            "</i><div>",
            "<p>x",
        ] {
            for length in [8 << 10, 1 << 20] {
                let html = fonts.concat() + &seed.repeat(length / seed.len());
                let begun = Instant::now();
                let cleaned = clean(&html, Renamed::new());
                let took = begun.elapsed();
                assert!(took < Duration::from_mins(1), "{seed}: {took:?}");
                assert!(length == 8 << 10 || cleaned.is_none(), "{seed}");
            }
        }
    }

    #[test]
    fn a_long_table_is_cleaned() {
        let row = "<tr><td><font color=red><b>a</b></font><td>b<br><img src=\"cid:x@y\"></tr>";
        let html = format!("<div><table>{}</table></div>", row.repeat(20_000));
        assert!(html.len() > 1 << 20 && clean(&html, Renamed::new()).is_some());
    }

    #[test]
    fn text_is_shown_as_it_is() {
        assert_eq!(
            from_text("a <b>\r\n\"&\""),
            "a &lt;b&gt;<br>\n&quot;&amp;&quot;"
        );
        assert_eq!(to_text("<p>a &amp; b</p>").trim(), "a & b");
    }
}
