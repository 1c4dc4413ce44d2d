//! Columns that line up.

use console::measure_text_width;

/// Prints rows as columns below a head. Nothing a name holds can move the cursor.
pub fn print(head: &[&str], rows: &[Vec<String>]) {
    print!("{}", render(head, rows));
}

fn render(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let clean = |cell: &String| {
        cell.chars()
            .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
            .collect::<String>()
    };
    let rows: Vec<Vec<String>> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.iter().map(clean).collect())
        .collect();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| measure_text_width(cell))
            .max()
    };
    let widths: Vec<usize> = (0..head.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell;
            line += &" ".repeat(width - measure_text_width(cell) + 2);
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let rows = [
            vec!["価格表".to_owned(), "1".to_owned()],
            vec!["a\u{1b}b".to_owned(), "22".to_owned()],
        ];
        assert_eq!(
            render(&["NAME", "ITEMS"], &rows),
            "NAME    ITEMS\n価格表  1\na\u{FFFD}b     22\n"
        );
    }
}
