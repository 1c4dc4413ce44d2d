//! Messages as server-sent events (`icws/(sessionId)/messaging/messages`, feature `messaging` 2; the format is that of the
//! HTML standard, section "Server-sent events").

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::seen::{Recorder, Seen};
use crate::contract;
use crate::email::EmailContentsMessage;
use crate::messaging::Message;
use crate::operations::Operation;
use crate::wire::Representation;

/// Known clients read lines up to this length; only the content of an email may be longer.
const LONGEST_LINE: usize = 64 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its `id`, to come back with.
    pub id: Option<String>,
    /// Its data, as it came.
    pub data: Value,
    /// Its data, understood.
    pub message: Message,
}

/// An open stream. Dropping it closes the connection.
#[derive(Debug)]
pub struct EventStream {
    response: reqwest::Response,
    recorder: Arc<Recorder>,
    operation: &'static Operation,
    /// Bytes after the last whole line.
    rest: Vec<u8>,
    lines: VecDeque<String>,
    /// The `data` line of the event that is being read.
    data: Option<String>,
    last_event_id: Option<String>,
    retry: Option<u64>,
    comments: usize,
}

impl EventStream {
    pub(super) fn new(
        response: reqwest::Response,
        recorder: Arc<Recorder>,
        operation: &'static Operation,
    ) -> Self {
        let (rest, lines) = (Vec::new(), VecDeque::new());
        Self {
            response,
            recorder,
            operation,
            rest,
            lines,
            data: None,
            last_event_id: None,
            retry: None,
            comments: 0,
        }
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &super::HeaderMap {
        self.response.headers()
    }

    /// The last `id` that came, to be given to the next stream as `Last-Event-ID`.
    pub fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// The last `retry` that came, in milliseconds.
    pub const fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// How many comment lines came.
    pub const fn comments(&self) -> usize {
        self.comments
    }

    /// The next line without its end, or `None` when the stream has ended. Whoever reads lines takes them from the events. May
    /// be given up at any time without losing anything.
    ///
    /// # Panics
    /// If the line is no UTF-8.
    pub async fn next_line(&mut self) -> Option<String> {
        while self.lines.is_empty() {
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.rest.extend_from_slice(&chunk);
            self.split_lines();
        }
        self.lines.pop_front()
    }

    fn split_lines(&mut self) {
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return;
        };
        let whole: Vec<u8> = self.rest.drain(..=end).collect();
        let text = String::from_utf8(whole).expect("an event stream is UTF-8");
        self.lines.extend(
            text.split_terminator('\n')
                .map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()),
        );
    }

    /// The next event, or `None` when the stream has ended. May be given up at any time without losing anything.
    ///
    /// # Panics
    /// If the event breaks the contract, has a name, or is not one line that known clients can read.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let line = self.next_line().await?;
            if let Some(event) = self.take_line(&line) {
                return Some(event);
            }
        }
    }

    /// The next event, or `None` when there is none for so long, or the stream has ended.
    pub async fn next_within(&mut self, wait: Duration) -> Option<Event> {
        tokio::time::timeout(wait, self.next()).await.ok().flatten()
    }

    /// The next message that is found to be the right one; those before it are dropped.
    pub async fn find(
        &mut self,
        wait: Duration,
        is_it: impl Fn(&Message) -> bool,
    ) -> Option<Event> {
        let search = async {
            loop {
                let event = self.next().await?;
                if is_it(&event.message) {
                    return Some(event);
                }
            }
        };
        tokio::time::timeout(wait, search).await.ok().flatten()
    }

    fn take_line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let data = self.data.take()?;
            return Some(self.event(&data));
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => self.comments += 1,
            "id" => self.last_event_id = Some(value.to_owned()),
            "retry" => {
                let millis = value
                    .parse()
                    .unwrap_or_else(|_| panic!("no number of milliseconds: {line}"));
                self.retry = Some(millis);
            }
            "data" => assert!(
                self.data.replace(value.to_owned()).is_none(),
                "an event of several data lines: {line}"
            ),
            "event" => panic!("clients listen to events without a name only: {line}"),
            other => panic!("no field of an event stream: {other}"),
        }
        None
    }

    fn event(&self, data: &str) -> Event {
        let report = contract::check_event(data.as_bytes());
        assert!(
            report.is_clean(),
            "an event against the contract:\n{report}data: {data}"
        );
        let value: Value = serde_json::from_str(data).expect("the check has read it");
        let message: Message =
            serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {data}"));
        let may_be_long = message.urn() == EmailContentsMessage::URN;
        assert!(
            may_be_long || data.len() + "data: ".len() < LONGEST_LINE,
            "a {} of {} bytes",
            message.urn(),
            data.len()
        );
        self.recorder
            .record(&Seen::new(self.operation, 200, report.urns));
        Event {
            id: self.last_event_id.clone(),
            data: value,
            message,
        }
    }
}
