//! What is written of a message, in order, and the writing of it.

use std::{future::Future, io, pin::Pin, vec};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::base64::{Encoder, encoded_size};

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Headers, boundaries and encoded text.
    Bytes(Bytes),
    /// The bytes of a part, in base64.
    Base64 {
        /// Its place in [`Message::parts`](super::Message::parts).
        part: usize,
        /// How many bytes it has before it is encoded.
        size: u64,
    },
}

/// A message ready to be written: all of it but the bytes of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    segments: Vec<Segment>,
}

impl Layout {
    pub(super) fn new(segments: Vec<Segment>) -> Self {
        Self { segments }
    }

    /// The pieces in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The size of the whole message in bytes; exact, and no part is read for it.
    pub fn size(&self) -> u64 {
        let sizes = self.segments.iter().map(|segment| match segment {
            Segment::Bytes(bytes) => bytes.len() as u64,
            Segment::Base64 { size, .. } => encoded_size(*size),
        });
        sizes.fold(0, u64::saturating_add)
    }

    /// The message as a stream. Parts are opened one after another, each when its turn comes, by their place in
    /// [`Message::parts`](super::Message::parts).
    ///
    /// Memory is bounded by the pieces that `open`'s streams give and about 80 KiB, whatever the parts' sizes are. The stream ends with its
    /// first error: one of `open` or of a part's stream, `InvalidData` where a part has more bytes than its declared size, and
    /// `UnexpectedEof` where it has fewer. What was given before an error is not a message and must be thrown away.
    pub fn stream<Open, Opening, Source>(self, open: Open) -> impl Stream<Item = io::Result<Bytes>>
    where
        Open: FnMut(usize) -> Opening,
        Opening: Future<Output = io::Result<Source>>,
        Source: Stream<Item = io::Result<Bytes>>,
    {
        let writing = Writing {
            segments: self.segments.into_iter(),
            open,
            current: None,
        };
        stream::try_unfold(writing, Writing::next)
    }
}

/// Where the writing of a message stands.
struct Writing<Open, Source> {
    segments: vec::IntoIter<Segment>,
    open: Open,
    current: Option<(Pin<Box<Source>>, Encoder)>,
}

impl<Open, Opening, Source> Writing<Open, Source>
where
    Open: FnMut(usize) -> Opening,
    Opening: Future<Output = io::Result<Source>>,
    Source: Stream<Item = io::Result<Bytes>>,
{
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        loop {
            if let Some((mut source, mut encoder)) = self.current.take() {
                if let Some(encoded) = next_of_part(&mut source, &mut encoder).await? {
                    self.current = Some((source, encoder));
                    return Ok(Some((encoded, self)));
                }
                if let Some(encoded) = encoder.finish()? {
                    return Ok(Some((encoded, self)));
                }
            }
            match self.segments.next() {
                None => return Ok(None),
                Some(Segment::Bytes(bytes)) => return Ok(Some((bytes, self))),
                Some(Segment::Base64 { part, size }) => {
                    let source = (self.open)(part).await?;
                    self.current = Some((Box::pin(source), Encoder::new(part, size)));
                }
            }
        }
    }
}

/// The next whole lines of a part, until its source ends.
async fn next_of_part<Source>(
    source: &mut Pin<Box<Source>>,
    encoder: &mut Encoder,
) -> io::Result<Option<Bytes>>
where
    Source: Stream<Item = io::Result<Bytes>>,
{
    loop {
        if let Some(encoded) = encoder.take() {
            return Ok(Some(encoded));
        }
        match source.next().await {
            None => return Ok(None),
            Some(bytes) => encoder.push(bytes?)?,
        }
    }
}
