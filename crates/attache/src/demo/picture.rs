//! The one large file of the demo, made at start so that it need not be shipped: a picture of exactly 8 MiB.

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1456;
const SIZE: usize = 8 << 20;

/// Where the pixels begin; what lies between the header and them is empty.
const PIXELS: usize = SIZE - (WIDTH * HEIGHT * 3) as usize;

/// A Windows bitmap (BITMAPINFOHEADER, 24 bits, rows from the bottom up): lamps that glow in a dark room. The same bytes every time.
pub fn showroom() -> Vec<u8> {
    let mut bytes = vec![0; PIXELS];
    bytes[0..2].copy_from_slice(b"BM");
    let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    put(2, u32::try_from(SIZE).unwrap_or_default());
    put(10, u32::try_from(PIXELS).unwrap_or_default());
    put(14, 40);
    put(18, WIDTH);
    put(22, HEIGHT);
    // One plane, 24 bits a pixel.
    put(26, 1 | 24 << 16);
    put(34, WIDTH * HEIGHT * 3);
    bytes.reserve_exact(SIZE - PIXELS);
    let mut noise = 0x2545_F491_u32;
    for y in (0..HEIGHT).rev() {
        for x in 0..WIDTH {
            // Grain, so that the picture is as hard to compress as a photograph (xorshift).
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            bytes.extend_from_slice(&pixel(x, y, noise & 15));
        }
    }
    bytes
}

/// Blue, green, red.
fn pixel(x: u32, y: u32, grain: u32) -> [u8; 3] {
    let lamp_x = x % 480;
    let lamp_y = 420 + 160 * (x / 480 % 2);
    let (across, down) = (lamp_x.abs_diff(240), y.abs_diff(lamp_y));
    // The shade is a trapezium, the cord hangs from the ceiling, and the light falls off with the square of the distance.
    let in_shade = y >= lamp_y - 90 && y <= lamp_y && across <= 40 + (90 - (lamp_y - y).min(90));
    let on_cord = across <= 2 && y + 90 < lamp_y;
    let light = if y > lamp_y {
        4_000_000 / (across * across + down * down + 16_000)
    } else {
        0
    }
    .min(215);
    let (red, green, blue) = match (in_shade, on_cord) {
        (true, _) => (205, 105, 20),
        (_, true) => (12, 12, 14),
        _ => (25 + light, 24 + light * 5 / 6, 30 + light / 2),
    };
    [blue, green, red].map(|colour: u32| u8::try_from(colour + grain).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_a_bitmap_of_8_mib_and_always_the_same() {
        let bytes = showroom();
        assert_eq!(bytes.len(), 8 << 20);
        assert_eq!(&bytes[..2], b"BM");
        let number =
            |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(
            (number(2), number(18), number(22)),
            (8 << 20, WIDTH, HEIGHT)
        );
        assert_eq!(number(10) + WIDTH * HEIGHT * 3, 8 << 20);
        assert_eq!(bytes, showroom());
    }
}
