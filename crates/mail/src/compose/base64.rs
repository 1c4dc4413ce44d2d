//! A part's bytes in base64, line by line, as they come (RFC 2045, section 6.8).

use std::io;

use bytes::Bytes;
use encodify::base64::MIME;

/// The bytes of one line of 76 characters.
const LINE: usize = 57;

/// The most that one call encodes: what bounds the memory, however large the pieces are that a source gives.
const AT_ONCE: usize = LINE * 1024;

/// The size of `size` bytes once encoded, with a CRLF behind every line.
pub(super) fn encoded_size(size: u64) -> u64 {
    let symbols = size.div_ceil(3).saturating_mul(4);
    symbols.saturating_add(symbols.div_ceil(76).saturating_mul(2))
}

/// Encodes one part, and holds it against its declared size.
pub(super) struct Encoder {
    part: usize,
    size: u64,
    missing: u64,
    /// Less than a line, waiting for the rest of it.
    begun: Vec<u8>,
    /// What the source gave last, as far as it is not encoded.
    pending: Bytes,
}

impl Encoder {
    pub(super) fn new(part: usize, size: u64) -> Self {
        Self {
            part,
            size,
            missing: size,
            begun: Vec::with_capacity(LINE),
            pending: Bytes::new(),
        }
    }

    /// Takes the next bytes of the source, once [`take`](Self::take) has given all there was.
    pub(super) fn push(&mut self, bytes: Bytes) -> io::Result<()> {
        debug_assert!(self.pending.is_empty(), "the last bytes are taken first");
        let length = bytes.len() as u64;
        self.missing = self.missing.checked_sub(length).ok_or_else(|| {
            let (part, size) = (self.part, self.size);
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("part {part} has more than its {size} bytes"),
            )
        })?;
        self.pending = bytes;
        Ok(())
    }

    /// Whole lines of what was pushed, at most [`AT_ONCE`] bytes of it; nothing where no line is complete.
    pub(super) fn take(&mut self) -> Option<Bytes> {
        let mut encoded = Vec::new();
        if !self.begun.is_empty() {
            let lacking = (LINE - self.begun.len()).min(self.pending.len());
            self.begun
                .extend_from_slice(&self.pending.split_to(lacking));
            if self.begun.len() < LINE {
                return None;
            }
            encoded.reserve_exact(MIME.encoded_len(LINE + self.pending.len().min(AT_ONCE)));
            MIME.encode_append(&self.begun, &mut encoded);
            self.begun.clear();
        }
        let whole = self.pending.len().min(AT_ONCE) / LINE * LINE;
        MIME.encode_append(self.pending.split_to(whole), &mut encoded);
        if self.pending.len() < LINE {
            self.begun
                .extend_from_slice(&std::mem::take(&mut self.pending));
        }
        (!encoded.is_empty()).then(|| encoded.into())
    }

    /// The last, shorter line, if there is one, at the end of the source.
    pub(super) fn finish(self) -> io::Result<Option<Bytes>> {
        if self.missing > 0 {
            let (part, size, missing) = (self.part, self.size, self.missing);
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("part {part} lacks {missing} of its {size} bytes"),
            ));
        }
        Ok((!self.begun.is_empty()).then(|| MIME.encode(&self.begun).into()))
    }
}
