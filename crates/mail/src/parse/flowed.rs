//! Text whose lines were broken by the program that sent it, and are to be put together again (RFC 3676).

/// The text with its soft line breaks undone. `delsp`: the space at the end of a line goes with the break.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // How deep the line before was quoted, if it goes on.
    let mut open: Option<usize> = None;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let is_last = lines.peek().is_none();
        if is_last && line.is_empty() {
            break;
        }
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        if open.is_some_and(|before| before != depth || is_signature) {
            out.push('\n');
            open = None;
        }
        if open.is_none() && depth > 0 {
            out.extend(std::iter::repeat_n('>', depth));
            out.push(' ');
        }
        if content.ends_with(' ') && !is_signature && !is_last {
            let kept = if delsp {
                &content[..content.len() - 1]
            } else {
                content
            };
            out.push_str(kept);
            open = Some(depth);
        } else {
            out.push_str(content);
            open = None;
            if !is_last {
                out.push('\n');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unflow;

    #[test]
    fn soft_breaks_are_undone() {
        assert_eq!(
            unflow("one \r\ntwo\r\nthree\r\n", false),
            "one two\nthree\n"
        );
        assert_eq!(unflow("one \ntwo", true), "onetwo");
        assert_eq!(unflow("a\n\nb\n", false), "a\n\nb\n");
    }

    #[test]
    fn quotes_stay_apart() {
        assert_eq!(
            unflow("> he said \n> this\n>> and \nI say\n", false),
            "> he said this\n>> and \nI say\n"
        );
        // A paragraph that ends in a quote of another depth ends.
        assert_eq!(
            unflow(">> deep \n> less \nnone", false),
            ">> deep \n> less \nnone"
        );
    }

    #[test]
    fn signatures_and_stuffing() {
        assert_eq!(unflow("bye \n-- \nKim\n", false), "bye \n-- \nKim\n");
        assert_eq!(
            unflow("  indented\n From me\n", false),
            " indented\nFrom me\n"
        );
        assert_eq!(unflow("", false), "");
        assert_eq!(unflow("last ", false), "last ");
    }
}
