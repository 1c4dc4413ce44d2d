//! What an answer says of the message that it answers.

use crate::html;

/// How a message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// To who wrote it, and perhaps to others.
    Reply,
    /// To somebody else.
    Forward,
}

/// What programs put before the subject of a reply, and the languages of those that do, without the colon behind it.
const REPLIES: [&str; 18] = [
    "RE",   // English, and most others
    "AW",   // German
    "ANTW", // Dutch
    "ANT",  // Dutch
    "SV",   // Danish, Norwegian, Swedish, Icelandic
    "VS",   // Finnish
    "ODP",  // Polish
    "R",    // Italian
    "RIF",  // Italian
    "REF",  // French
    "RES",  // Portuguese
    "YNT",  // Turkish
    "VÁ",   // Hungarian
    "ΑΠ",   // Greek
    "回复", // Chinese
    "答复", // Chinese
    "回覆", // Chinese
    "返信", // Japanese
];
/// The same for a forward.
const FORWARDS: [&str; 18] = [
    "FW",     // English
    "FWD",    // English
    "WG",     // German
    "DOORST", // Dutch
    "VS",     // Danish
    "VB",     // Swedish
    "VL",     // Finnish
    "PD",     // Polish
    "I",      // Italian
    "TR",     // French
    "RV",     // Spanish
    "ENC",    // Portuguese
    "İLT",    // Turkish
    "ΠΡΘ",    // Greek
    "转发",   // Chinese
    "轉寄",   // Chinese
    "転送",   // Japanese
    "전달",   // Korean
];

/// The subject of an answer: `RE: ` or `FW: ` before that of the message, unless something like it is there already (`Re: `, `AW : `, `SV[2]: `, `回复：`).
/// `longest` is in characters.
pub fn subject(answer: Answer, of: &str, longest: usize) -> String {
    let (prefix, same) = match answer {
        Answer::Reply => ("RE: ", &REPLIES[..]),
        Answer::Forward => ("FW: ", &FORWARDS[..]),
    };
    let of = of.trim();
    let whole = if prefix_of(of).is_some_and(|word| same.contains(&word.as_str())) {
        of.to_owned()
    } else {
        format!("{prefix}{of}")
    };
    whole
        .chars()
        .take(longest)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// The word before the first colon of a subject, in capitals, without the number that some programs put behind it in brackets.
fn prefix_of(subject: &str) -> Option<String> {
    let (before, _) = subject.split_once([':', '：'])?;
    let is_number = |character: char| character.is_ascii_digit();
    let word = match before.trim_end().strip_suffix([']', ')']) {
        Some(numbered) => numbered
            .trim_end_matches(is_number)
            .strip_suffix(['[', '('])?,
        None => before,
    };
    Some(word.trim_end().to_uppercase())
}

/// What is quoted, in both forms; the form that the message does not have is made of the other. The HTML is safe ([`html::clean`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Quoted {
    /// As plain text.
    pub text: String,
    /// As a fragment of HTML.
    pub html: String,
}

impl Quoted {
    /// The texts of a message. HTML that is too long to be cleaned is quoted as text.
    pub fn of(text: Option<&str>, html_text: Option<&str>) -> Self {
        let clean = |html_text: &str| html::clean(html_text, html::Renamed::new());
        Self::cleaned(text, html_text, clean)
    }

    /// The same without the pictures that are parts of the message: where they stood is what stands for them.
    pub fn without_pictures(text: Option<&str>, html_text: Option<&str>) -> Self {
        Self::cleaned(text, html_text, html::clean_without_parts)
    }

    fn cleaned(
        text: Option<&str>,
        html_text: Option<&str>,
        clean: impl FnOnce(&str) -> Option<String>,
    ) -> Self {
        let text = match (text, html_text) {
            (Some(text), _) => text.to_owned(),
            (None, Some(html_text)) => html::to_text(html_text),
            (None, None) => String::new(),
        };
        let html = html_text
            .and_then(clean)
            .unwrap_or_else(|| html::from_text(&text));
        Self { text, html }
    }

    /// Behind a line that says who wrote it: each line with a `>`, and a block of HTML that is set off.
    #[must_use]
    pub fn replied(&self, who: &str) -> Self {
        let mut text = format!("\n\n{who}\n");
        for line in self.text.trim_end().lines() {
            text.push_str(if line.starts_with('>') { ">" } else { "> " });
            text.push_str(line);
            text.push('\n');
        }
        let html = format!(
            "<p><br></p><p>{}</p><blockquote style=\"border-left:1px solid #999;padding-left:1ex\">{}</blockquote>",
            html::from_text(who),
            self.html
        );
        Self { text, html }
    }

    /// Behind a heading and the lines of its header, as it is.
    #[must_use]
    pub fn forwarded(&self, heading: &str, lines: &[(&str, String)]) -> Self {
        let mut text = format!("\n\n{heading}\n");
        let mut html = format!("<p><br></p><p>{}", html::from_text(heading));
        for (name, value) in lines {
            text.extend([name, ": ", value, "\n"]);
            let (name, value) = (html::from_text(name), html::from_text(value));
            html.extend(["<br><b>", &name, ":</b> ", &value]);
        }
        text.push('\n');
        text.push_str(&self.text);
        html.push_str("</p>");
        html.push_str(&self.html);
        Self { text, html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_put_once() {
        let reply = |of: &str| subject(Answer::Reply, of, 20);
        assert_eq!(reply("Your lamp"), "RE: Your lamp");
        for of in [
            "Re: a",
            "RE:a",
            "re : a",
            "Re[2]: a",
            "RE [13]: a",
            "Re(2): a",
            "AW: a",
            "Antw: a",
            "SV: a",
            "VS: a",
            "Odp: a",
            "R: a",
            "Ref: a",
            "RES: a",
            "Ynt: a",
            "Vá: a",
            "回复: a",
            "答复：a",
            "Re：a",
            "返信: a",
            "Re:",
            "Re: FW: a",
        ] {
            assert_eq!(reply(of), of);
        }
        for of in [
            "Regarding it",
            "Re a: b",
            "Re[x]: a",
            "[list] Re: a",
            "FW: a",
            ":",
            "a]: b",
        ] {
            assert_eq!(reply(of), format!("RE: {of}"));
        }
        assert_eq!(reply("  Re: a "), "Re: a");
        assert_eq!(reply(""), "RE:");
        assert_eq!(reply("ご注文について"), "RE: ご注文について");
        assert_eq!(reply(&"x".repeat(30)), format!("RE: {}", "x".repeat(16)));
    }

    #[test]
    fn a_forward_has_prefixes_of_its_own() {
        let forward = |of: &str| subject(Answer::Forward, of, 50);
        for of in [
            "FW: a",
            "Fwd: a",
            "fwd : a",
            "WG: a",
            "Doorst: a",
            "VB: a",
            "VS: a",
            "PD: a",
            "I: a",
            "TR: a",
            "RV: a",
            "ENC: a",
            "转发: a",
            "転送：a",
        ] {
            assert_eq!(forward(of), of);
        }
        assert_eq!(forward("Re: a"), "FW: Re: a");
    }

    #[test]
    fn both_forms_are_quoted() {
        let quoted = Quoted::of(Some("one\n> two <3"), None).replied("Kim wrote:");
        assert_eq!(quoted.text, "\n\nKim wrote:\n> one\n>> two <3\n");
        assert!(quoted.html.contains("one<br>\n&gt; two &lt;3</blockquote>"));
        let quoted = Quoted::of(None, Some("<p>one</p><script>x</script></blockquote>"));
        assert_eq!(quoted.html, "<p>one</p>");
        assert_eq!(quoted.text.trim(), "one");
    }

    #[test]
    fn pictures_are_left_out() {
        let page = "<p>one <img src=\"cid:a@b\" alt=\"a lamp\"><img src=\"https://example.org/a.png\"> two</p>";
        let quoted = Quoted::without_pictures(None, Some(page)).replied("Kim wrote:");
        assert!(!quoted.html.contains("cid:"), "{}", quoted.html);
        assert!(quoted.html.contains("alt=\"a lamp\"") && quoted.html.contains("a.png"));
        assert!(Quoted::of(None, Some(page)).html.contains("cid:a@b"));
    }

    #[test]
    fn what_is_forwarded_has_its_header() {
        let lines = [("From", "Kim <kim@example.org>".to_owned())];
        let quoted = Quoted::of(Some("text"), None).forwarded("Forwarded", &lines);
        assert_eq!(
            quoted.text,
            "\n\nForwarded\nFrom: Kim <kim@example.org>\n\ntext"
        );
        assert!(
            quoted
                .html
                .contains("<b>From:</b> Kim &lt;kim@example.org&gt;")
        );
    }
}
