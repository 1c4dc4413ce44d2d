//! HTTP by hand, byte by byte: for what a proper client never sends.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
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
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// Writes bytes. What the server does not take any more is lost, as it would be for a client.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.get_mut().write_all(bytes.as_ref()).await;
    }

    /// Reads an answer; none if the server closed the connection instead.
    pub async fn read(&mut self) -> Option<Answer> {
        let read = async {
            let answer = self.head().await?;
            self.body_of(answer).await
        };
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("an answer in time")
    }

    /// Reads the head of an answer: the whole of one to `HEAD`, and the beginning of one that does not end.
    pub async fn read_head(&mut self) -> Option<Answer> {
        tokio::time::timeout(PATIENCE, self.head())
            .await
            .expect("an answer in time")
    }

    async fn head(&mut self) -> Option<Answer> {
        let status = self.line().await?;
        let status = status.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.expect("a status line");
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Answer {
            status,
            headers,
            body: Vec::new(),
        })
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
            let length = answer
                .header("content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            answer.body = vec![0; length];
            self.stream.read_exact(&mut answer.body).await.ok()?;
        }
        Some(answer)
    }

    /// The next chunk of a body (RFC 9112, section 7.1); the inner none is its end.
    async fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let size = usize::from_str_radix(&self.line().await?, 16).expect("the size of a chunk");
        let mut chunk = vec![0; size];
        self.stream.read_exact(&mut chunk).await.ok()?;
        self.line().await?;
        Some((size > 0).then_some(chunk))
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).await.ok()?;
        let text = String::from_utf8(line).expect("text");
        text.strip_suffix("\r\n").map(str::to_owned)
    }

    /// Whether the server closes the connection, without having anything more to say, within a time.
    pub async fn is_closed_within(&mut self, wait: Duration) -> bool {
        let mut byte = [0];
        matches!(
            tokio::time::timeout(wait, self.stream.read(&mut byte)).await,
            Ok(Ok(0) | Err(_))
        )
    }
}

impl Answer {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect()
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

/// Sends one request on a connection of its own. `head` is the request line and the headers, a line each; `Host` and `Content-Length` are
/// added.
pub async fn ask(address: &str, head: &[&str], body: &str) -> Answer {
    let mut connection = Connection::open(address).await;
    ask_on(&mut connection, address, head, body)
        .await
        .expect("an answer")
}

/// The same on a connection that is open.
pub async fn ask_on(
    connection: &mut Connection,
    address: &str,
    head: &[&str],
    body: &str,
) -> Option<Answer> {
    let (first, headers) = head.split_first().expect("a request line");
    let mut request = format!(
        "{first} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for header in headers {
        request.extend([header, "\r\n"]);
    }
    request.extend(["\r\n", body]);
    connection.write(request).await;
    if first.starts_with("HEAD ") {
        connection.read_head().await
    } else {
        connection.read().await
    }
}
