//! The icon as a picture, for systems that take no SVG: `public/icon.svg`, drawn.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// As `public/icon.svg` has them.
pub(super) const INK: &str = "#171C20";
/// See [`INK`].
pub(super) const PAPER: &str = "#F3F4F5";
/// Samples across a pixel.
const FINE: u32 = 4;
/// Its squares: where they begin, how wide they are, how round their corners, in a field of 24, and whether in ink.
const SQUARES: [(f64, f64, f64, bool); 3] = [
    (1.0, 22.0, 5.0, true),
    (3.5, 17.0, 3.0, false),
    (7.5, 9.0, 1.5, true),
];

/// The icon of so many pixels; none only where the picture could not be made. Drawn once.
pub(super) fn png(size: u32) -> Option<Vec<u8>> {
    static DRAWN: Mutex<BTreeMap<u32, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = drawn.get(&size) {
        return Some(known.clone());
    }
    let picture = draw(size)?;
    drawn.insert(size, picture.clone());
    Some(picture)
}

fn draw(size: u32) -> Option<Vec<u8>> {
    let (ink, paper) = (colour(INK)?, colour(PAPER)?);
    let mut pixels = Vec::new();
    for row in 0..size {
        for column in 0..size {
            pixels.extend(pixel(column, row, size, ink, paper));
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, size, size);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(out)
}

/// Red, green, blue and how much of the pixel is drawn on.
fn pixel(column: u32, row: u32, size: u32, ink: [f64; 3], paper: [f64; 3]) -> [u8; 4] {
    let at = |pixel: u32, fine: u32| {
        (f64::from(pixel) + (f64::from(fine) + 0.5) / f64::from(FINE)) * 24.0 / f64::from(size)
    };
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for fine in 0..FINE * FINE {
        let (x, y) = (at(column, fine % FINE), at(row, fine / FINE));
        let on = SQUARES
            .iter()
            .rev()
            .find(|(from, wide, round, _)| is_in(x, y, *from, *wide, *round));
        if let Some((_, _, _, is_ink)) = on {
            let colour = if *is_ink { ink } else { paper };
            sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part);
            count += 1.0;
        }
    }
    let all = f64::from(FINE * FINE);
    let [red, green, blue] = sum.map(|part: f64| byte(part / f64::max(count, 1.0)));
    [red, green, blue, byte(255.0 * count / all)]
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held within a byte"
)]
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Whether a point is in a square with round corners.
fn is_in(x: f64, y: f64, from: f64, wide: f64, round: f64) -> bool {
    let beyond = |at: f64| {
        let (low, high) = (from + round, from + wide - round);
        if at < low { low - at } else { (at - high).max(0.0) }
    };
    beyond(x).hypot(beyond(y)) <= round
}

/// From six digits.
fn colour(text: &str) -> Option<[f64; 3]> {
    let part = |from: usize| {
        u8::from_str_radix(text.get(from..from + 2)?, 16)
            .ok()
            .map(f64::from)
    };
    Some([part(1)?, part(3)?, part(5)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_the_colours_of_the_drawing_and_nothing_at_its_corners() {
        let svg = include_str!("../../../../../public/icon.svg");
        assert!(svg.contains(INK) && svg.contains(PAPER));
        let (ink, paper) = (colour(INK).unwrap(), colour(PAPER).unwrap());
        let at = |x, y| pixel(x, y, 192, ink, paper);
        assert_eq!(at(0, 0)[3], 0);
        assert_eq!(at(96, 96), [0x17, 0x1C, 0x20, 255]);
        assert_eq!(at(44, 96), [0xF3, 0xF4, 0xF5, 255]);
        assert!(png(192).unwrap().starts_with(b"\x89PNG"));
    }
}
