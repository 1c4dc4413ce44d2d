//! What an answer says of the message that it answers.

use crate::html;

/// The subject of an answer: `prefix` (such as `RE: `) before that of the message, unless one like it is there already.
///
/// `same` are the prefixes that mean the same in other languages and programs, with their colons; they are compared without case. `longest` is in characters.
pub fn subject(prefix: &str, same: &[&str], of: &str, longest: usize) -> String {
    let of = of.trim();
    let begins = |word: &&str| {
        of.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let has = std::iter::once(prefix.trim_end()).chain(same.iter().copied());
    let whole = if has.into_iter().any(|word| begins(&word)) {
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
        let text = match (text, html_text) {
            (Some(text), _) => text.to_owned(),
            (None, Some(html_text)) => html::to_text(html_text),
            (None, None) => String::new(),
        };
        let html = html_text
            .and_then(|html_text| html::clean(html_text, html::Renamed::new()))
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
        let reply = |of: &str| subject("RE: ", &["AW:", "Re:"], of, 20);
        assert_eq!(reply("Your lamp"), "RE: Your lamp");
        assert_eq!(reply("Re: Your lamp"), "Re: Your lamp");
        assert_eq!(reply("AW: Your lamp"), "AW: Your lamp");
        assert_eq!(reply("Regarding it"), "RE: Regarding it");
        assert_eq!(reply(""), "RE:");
        assert_eq!(reply("ご注文について"), "RE: ご注文について");
        assert_eq!(reply(&"x".repeat(30)), format!("RE: {}", "x".repeat(16)));
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
