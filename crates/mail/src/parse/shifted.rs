//! Charsets that write Korean and Chinese in seven bits, between characters that shift: undone, they are EUC-KR and GBK.

/// The bytes of EUC-KR that a text in ISO-2022-KR means (RFC 1557): what stands between SO and SI, or the end of the line, has its high bits set.
pub(super) fn from_iso_2022_kr(bytes: &[u8]) -> Vec<u8> {
    const DESIGNATOR: &[u8] = b"\x1B$)C";
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        if let Some(behind) = rest.strip_prefix(DESIGNATOR) {
            rest = behind;
            continue;
        }
        rest = behind;
        match byte {
            0x0E => is_shifted = true,
            0x0F => is_shifted = false,
            b'\n' => {
                is_shifted = false;
                plain.push(b'\n');
            }
            0x21..=0x7E if is_shifted => plain.push(byte | 0x80),
            _ => plain.push(*byte),
        }
    }
    plain
}

/// The bytes of GBK that a text in HZ means (RFC 1843): what stands between `~{` and `~}`, or the end of the line, has its high bits set.
pub(super) fn from_hz(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut is_shifted = false;
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (byte, behind) {
            (b'~', [b'{', after @ ..]) => {
                is_shifted = true;
                rest = after;
            }
            (b'~', [b'}', after @ ..]) if is_shifted => {
                is_shifted = false;
                rest = after;
            }
            (b'~', [b'~', after @ ..]) if !is_shifted => {
                plain.push(b'~');
                rest = after;
            }
            (b'~', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) if !is_shifted => rest = after,
            (b'\n', _) => {
                is_shifted = false;
                plain.push(b'\n');
            }
            (0x21..=0x7E, [second @ 0x21..=0x7E, after @ ..]) if is_shifted => {
                plain.extend([byte | 0x80, second | 0x80]);
                rest = after;
            }
            _ => plain.push(*byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_is_shifted_back() {
        assert_eq!(
            from_iso_2022_kr(b"\x1B$)Ca\x0EGQ \x0FGQ\x0EGQ\r\nGQ"),
            b"a\xC7\xD1 GQ\xC7\xD1\r\nGQ"
        );
        assert_eq!(from_iso_2022_kr(b"\x1B$"), b"\x1B$");
    }

    #[test]
    fn chinese_is_shifted_back() {
        assert_eq!(
            from_hz(b"a~{VP~}VP~~~\nb~{VP\nVP~}~"),
            b"a\xD6\xD0VP~b\xD6\xD0\nVP~}~"
        );
        // A tilde that is the second half of a character.
        assert_eq!(from_hz(b"~{!~~}!"), b"\xA1\xFE!");
        assert_eq!(from_hz(b"~"), b"~");
    }
}
