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
