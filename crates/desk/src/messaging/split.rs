//! Spreading what a message would hold over several: clients read lines of up to 64 KiB.

use serde::Serialize;

use crate::refusal::Refusal;

/// How many bytes the things of one message may have.
const MESSAGE_SIZE: usize = 40 * 1024;

/// Runs of things that together stay below what a message may have.
pub fn runs<T: Serialize>(all: Vec<T>) -> Result<Vec<Vec<T>>, Refusal> {
    let mut runs: Vec<Vec<T>> = Vec::new();
    let mut room = 0;
    for one in all {
        let text = serde_json::to_string(&one).map_err(Refusal::internal)?;
        let size = text.len() + 1;
        match runs.last_mut() {
            Some(last) if size <= room => last.push(one),
            _ => {
                runs.push(vec![one]);
                room = MESSAGE_SIZE;
            }
        }
        room = room.saturating_sub(size);
    }
    Ok(runs)
}

/// How many bytes a text has as JSON.
pub fn size_of(text: &str) -> usize {
    text.bytes().map(size_of_byte).sum::<usize>() + 2
}

fn size_of_byte(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// What there is of a text that may have so many bytes as JSON: all of it, or its beginning.
pub fn shortened(mut text: String, most: usize) -> String {
    // As JSON nothing has more than six times its bytes, and the quotes.
    if text.len() * 6 + 2 <= most {
        return text;
    }
    let mut size = 2;
    let too_long = |(_, c): &(usize, char)| {
        size += if c.is_ascii() {
            size_of_byte(*c as u8)
        } else {
            c.len_utf8()
        };
        size > most
    };
    if let Some((end, _)) = text.char_indices().find(too_long) {
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_things_go_out_in_lines_that_clients_can_read() {
        let all: Vec<String> = (0..1_000).map(|number| "x".repeat(number)).collect();
        let runs = runs(all.clone()).expect("runs");
        assert!(runs.len() > 5);
        for run in &runs {
            assert!(serde_json::to_string(run).expect("JSON").len() < MESSAGE_SIZE + 1_000);
        }
        assert_eq!(runs.concat(), all);
    }
}
