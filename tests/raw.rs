//! HTTP by hand, byte by byte: for what a proper client never sends.

use std::time::Duration;

use icws::client::{HeaderMap, HeaderName, HeaderValue, RawResponse, check_answer};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Connection {
    address: String,
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers in their order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Connection {
    /// Connects to an address such as `127.0.0.1:8018`.
    pub async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        let (reader, writer) = stream.into_split();
        Self {
            address: address.to_owned(),
            reader: BufReader::new(reader),
            writer,
        }
    }

    /// Writes bytes. What the server does not take any more is lost, as it would be for a client.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.is_taken(bytes).await;
    }

    /// Writes bytes; false if the server refuses to take them.
    pub async fn is_taken(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.writer.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Writes a request. The head is the request line and the headers, a line each; `Host` and `Content-Length` are added.
    pub async fn begin(&mut self, head: &[&str], body: &str) {
        let request = request(&self.address, head, body);
        self.write(request).await;
    }

    /// Sends a request and reads its answer, which is held against the contract; none if the server closed the connection instead.
    pub async fn ask(&mut self, head: &[&str], body: &str) -> Option<Answer> {
        self.begin(head, body).await;
        if head[0].starts_with("HEAD ") {
            return self.read_head().await;
        }
        let answer = self.read().await?;
        answer.check(head[0]);
        Some(answer)
    }

    /// Reads an answer; none if the server closed the connection instead.
    pub async fn read(&mut self) -> Option<Answer> {
        let read = async {
            let answer = self.head().await?;
            self.body_of(answer).await
        };
        timeout(PATIENCE, read).await.expect("an answer in time")
    }

    /// The same, if an answer begins within a time.
    pub async fn read_within(&mut self, wait: Duration) -> Option<Answer> {
        let begun = timeout(wait, self.reader.fill_buf()).await;
        begun.ok()?.ok()?;
        self.read().await
    }

    /// Reads what comes next, so many bytes at the most.
    pub async fn read_some(&mut self, into: &mut Vec<u8>, most: u64) {
        let reader = &mut self.reader;
        timeout(PATIENCE, reader.take(most).read_buf(into))
            .await
            .expect("bytes in time")
            .expect("bytes");
    }

    /// Reads all that comes until the connection is closed, which has to be within a time.
    pub async fn read_to_end_within(&mut self, wait: Duration, into: &mut Vec<u8>) {
        // It may be closed without the good manners of TCP.
        let _ = timeout(wait, self.reader.read_to_end(into))
            .await
            .expect("it is closed in time");
    }

    /// Reads the head of an answer: the whole of one to `HEAD`, and the beginning of one that does not end.
    pub async fn read_head(&mut self) -> Option<Answer> {
        timeout(PATIENCE, self.head())
            .await
            .expect("an answer in time")
    }

    /// Writes requests one behind the other without waiting (RFC 9112, section 9.3.2) and reads so many answers meanwhile; gives their
    /// statuses.
    pub async fn pipeline(mut self, requests: String, count: usize) -> Vec<u16> {
        let mut writer = self.writer;
        let written =
            tokio::spawn(
                async move { writer.write_all(requests.as_bytes()).await.map(|()| writer) },
            );
        let mut statuses = Vec::with_capacity(count);
        while statuses.len() < count {
            let head = head(&mut self.reader).await.expect("an answer");
            let length = length(&head);
            self.reader
                .read_exact(&mut vec![0; length])
                .await
                .expect("a body");
            statuses.push(head.status);
        }
        written
            .await
            .expect("no panic")
            .expect("the server takes all of it");
        statuses
    }

    async fn head(&mut self) -> Option<Answer> {
        head(&mut self.reader).await
    }

    async fn body_of(&mut self, mut answer: Answer) -> Option<Answer> {
        if answer.status == 204 || answer.status == 304 {
            return Some(answer);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await? {
                answer.body.extend(chunk);
            }
        } else {
            answer.body = vec![0; length(&answer)];
            self.reader.read_exact(&mut answer.body).await.ok()?;
        }
        Some(answer)
    }

    /// The next chunk of a body that is sent in chunks, as text; none when it has ended.
    pub async fn read_chunk(&mut self) -> Option<String> {
        let chunk = timeout(PATIENCE, self.chunk())
            .await
            .expect("a chunk in time");
        chunk
            .flatten()
            .map(|chunk| String::from_utf8(chunk).expect("text"))
    }

    /// The next chunk of a body (RFC 9112, section 7.1); the inner none is its end.
    async fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let size = line(&mut self.reader).await?;
        let size = usize::from_str_radix(&size, 16).expect("the size of a chunk");
        let mut chunk = vec![0; size];
        self.reader.read_exact(&mut chunk).await.ok()?;
        line(&mut self.reader).await?;
        Some((size > 0).then_some(chunk))
    }

    /// Ends the writing side: nothing more will be sent.
    pub async fn finish(&mut self) {
        let _ = self.writer.shutdown().await;
    }

    /// Whether the server closes the connection, without having anything more to say, within a time.
    pub async fn is_closed_within(&mut self, wait: Duration) -> bool {
        let mut byte = [0];
        matches!(
            timeout(wait, self.reader.read(&mut byte)).await,
            Ok(Ok(0) | Err(_))
        )
    }
}

impl Answer {
    /// Holds the answer to a request against the contract. The line is the request's, such as `GET /icws/connection/version`.
    pub fn check(&self, line: &str) {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).expect("a name");
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        let (status, body) = (self.status, self.body.clone().into());
        check_answer(
            method,
            path,
            &RawResponse {
                status,
                headers,
                body,
            },
        );
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// `errorId`.
    pub fn error_id(&self) -> String {
        self.json()["errorId"]
            .as_str()
            .expect("an errorId")
            .to_owned()
    }
}

/// Sends one request on a connection of its own.
pub async fn ask(address: &str, head: &[&str], body: &str) -> Answer {
    let mut connection = Connection::open(address).await;
    connection.ask(head, body).await.expect("an answer")
}

/// The text of a request.
pub fn request(address: &str, head: &[&str], body: &str) -> String {
    let (first, headers) = head.split_first().expect("a request line");
    let mut request = format!(
        "{first} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for header in headers {
        request.extend([header, "\r\n"]);
    }
    request.extend(["\r\n", body]);
    request
}

async fn head(reader: &mut BufReader<OwnedReadHalf>) -> Option<Answer> {
    let status = line(reader).await?;
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a status line");
    let mut headers = Vec::new();
    loop {
        let line = line(reader).await?;
        if line.is_empty() {
            return Some(Answer {
                status,
                headers,
                body: Vec::new(),
            });
        }
        let (name, value) = line.split_once(':').expect("a header");
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// How many bytes the body of an answer has that is not sent in chunks.
fn length(answer: &Answer) -> usize {
    answer
        .header("content-length")
        .map_or(0, |length| length.parse().expect("a number"))
}

async fn line(reader: &mut BufReader<OwnedReadHalf>) -> Option<String> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).await.ok()?;
    let text = String::from_utf8(line).expect("text");
    text.strip_suffix("\r\n").map(str::to_owned)
}
