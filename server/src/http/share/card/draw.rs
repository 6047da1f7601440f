//! Draws the card: a name and a line of words, in grey on white. Pure.

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _, point};
use app::shell::CARD_SIZE;

/// Inter, weight 600, the letters of the pages' own font (fonttools: instancer wght=600, subset without layout).
const FONT: &[u8] = include_bytes!("../../../../fonts/inter-latin-600.ttf");
const MARGIN: f32 = 88.0;
/// Lines of the name.
const LINES: usize = 2;

/// As PNG; none only where the font or the picture could not be made.
pub(super) fn card(name: &str, words: &str) -> Option<Vec<u8>> {
    let font = FontRef::try_from_slice(FONT).ok()?;
    let mut canvas = Canvas::new();
    // The logo: a frame with a block in it.
    canvas.fill(88, 88, 72, 72, 0x22);
    canvas.fill(96, 96, 56, 56, 0xFF);
    canvas.fill(110, 110, 28, 28, 0x22);
    canvas.write(&font, "Gemba", 184.0, 140.0, 48.0, 0x22);
    let width = CARD_SIZE.0 as f32 - 2.0 * MARGIN;
    let lines = lines(&font, name, 92.0, width);
    let mut bottom = 320.0;
    for line in &lines {
        canvas.write(&font, line, MARGIN, bottom, 92.0, 0x11);
        bottom += 108.0;
    }
    canvas.write(&font, words, MARGIN, 548.0, 40.0, 0x55);
    canvas.png()
}

/// Words in lines that fit; what does not is cut with an ellipsis.
fn lines(font: &FontRef<'_>, text: &str, size: f32, width: f32) -> Vec<String> {
    let fits = |line: &str| advance(font, line, size) <= width;
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        let longer = if last.is_empty() {
            word.to_owned()
        } else {
            format!("{last} {word}")
        };
        if fits(&longer) || (last.is_empty() && lines.len() == LINES) {
            lines.pop();
            lines.push(longer);
        } else if lines.len() < LINES {
            if lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
            lines.push(word.to_owned());
        } else {
            lines.pop();
            lines.push(longer);
            break;
        }
    }
    for line in &mut lines {
        if !fits(line) {
            while !line.is_empty() && !fits(&format!("{line}…")) {
                line.pop();
            }
            line.push('…');
        }
    }
    lines
}

fn advance(font: &FontRef<'_>, text: &str, size: f32) -> f32 {
    let scaled = font.as_scaled(PxScale::from(size));
    text.chars()
        .map(|letter| scaled.h_advance(font.glyph_id(letter)))
        .sum()
}

/// Grey pixels, row by row.
struct Canvas {
    width: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    fn new() -> Self {
        let (width, height) = (CARD_SIZE.0 as usize, CARD_SIZE.1 as usize);
        Self {
            width,
            pixels: vec![0xFF; width * height],
        }
    }

    fn pixel(&mut self, x: i64, y: i64) -> Option<&mut u8> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width {
            return None;
        }
        self.pixels.get_mut(y * self.width + x)
    }

    fn fill(&mut self, left: i64, top: i64, width: i64, height: i64, grey: u8) {
        for y in top..top + height {
            for x in left..left + width {
                if let Some(pixel) = self.pixel(x, y) {
                    *pixel = grey;
                }
            }
        }
    }

    /// Text whose line stands at `bottom`.
    fn write(&mut self, font: &FontRef<'_>, text: &str, left: f32, bottom: f32, size: f32, grey: u8) {
        let scale = PxScale::from(size);
        let scaled = font.as_scaled(scale);
        let mut x = left;
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, point(x, bottom));
            x += scaled.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let bounds = outline.px_bounds();
            let (from_x, from_y) = (bounds.min.x as i64, bounds.min.y as i64);
            outline.draw(|at_x, at_y, covered| {
                if let Some(pixel) = self.pixel(from_x + i64::from(at_x), from_y + i64::from(at_y)) {
                    let (was, ink) = (f32::from(*pixel), f32::from(grey));
                    *pixel = (was + (ink - was) * covered.clamp(0.0, 1.0)).round() as u8;
                }
            });
        }
    }

    fn png(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, CARD_SIZE.0, CARD_SIZE.1);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.pixels).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_a_small_png_of_the_right_size() {
        for name in [
            "Pump 14",
            "",
            "Wärmeübertrager der Kälteanlage im Keller des Verwaltungsgebäudes",
            "ポンプ",
            &"W".repeat(500),
        ] {
            let bytes = card(name, "Live asset view").unwrap();
            assert!(bytes.starts_with(b"\x89PNG\r\n"), "{name}");
            let decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
            let mut reader = decoder.read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let info = reader.next_frame(&mut pixels).unwrap();
            assert_eq!((info.width, info.height), CARD_SIZE);
            assert!(pixels.iter().any(|pixel| *pixel < 0x40), "{name}");
            assert!(bytes.len() < 60_000, "{name}: {}", bytes.len());
        }
    }

    #[test]
    fn a_long_name_is_cut_and_a_long_word_too() {
        let font = FontRef::try_from_slice(FONT).unwrap();
        for (name, expect) in [
            ("Pump 14", 1),
            ("Cooling water pump of the northern tower", 2),
            (
                "one two three four five six seven eight nine ten eleven twelve thirteen",
                2,
            ),
            (&*"W".repeat(500), 1),
            ("", 1),
        ] {
            let lines = lines(&font, name, 92.0, 1_000.0);
            assert_eq!(lines.len(), expect, "{lines:?}");
            assert!(
                lines.iter().all(|line| advance(&font, line, 92.0) <= 1_000.0),
                "{lines:?}"
            );
        }
    }
}
