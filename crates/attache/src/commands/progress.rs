//! Bars that show how far something long has come, and how counts are written.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar of so many bytes on stderr, if that is a terminal.
pub fn of_bytes(total: u64) -> ProgressBar {
    bar(
        total,
        "{bar:40} {binary_bytes} of {binary_total_bytes}, {eta} left",
    )
}

/// A bar of so many rows.
pub fn of_rows(total: u64) -> ProgressBar {
    bar(total, "{bar:40} {pos} of {len} rows, {eta} left")
}

fn bar(total: u64, style: &str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), target).with_style(style)
}

/// So many of something, in words.
pub fn number(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
