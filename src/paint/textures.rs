//! What a graphics card would hold: fonts and pictures by their ids.

use std::collections::HashMap;

use egui::epaint::textures::{TextureFilter, TextureOptions, TextureWrapMode, TexturesDelta};
use egui::{Color32, ImageData, TextureId};

#[derive(Default)]
pub struct Textures {
    known: HashMap<TextureId, Texture>,
}

/// Texels row by row from the top, colours multiplied by their alpha.
#[derive(Clone)]
pub struct Texture {
    pub width: usize,
    pub height: usize,
    pub texels: Vec<Color32>,
    pub options: TextureOptions,
}

impl Textures {
    pub fn get(&self, id: TextureId) -> Option<&Texture> {
        self.known.get(&id)
    }

    /// What is no longer in use may still be painted in the frame that says so: it goes with the
    /// next one.
    pub fn apply(&mut self, delta: &TexturesDelta) {
        for (&id, changes) in &delta.set {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                let [width, height] = image.size;
                match (change.pos, self.known.get_mut(&id)) {
                    (Some(pos), Some(texture)) => {
                        texture.patch(pos, [width, height], &image.pixels);
                    }
                    (Some(_), None) => {}
                    (None, _) => {
                        let texels = image.pixels.clone();
                        let options = change.options;
                        self.known.insert(id, Texture { width, height, texels, options });
                    }
                }
            }
        }
    }

    pub fn free(&mut self, delta: &TexturesDelta) {
        for id in &delta.free {
            self.known.remove(id);
        }
    }
}

impl Texture {
    fn patch(&mut self, [x, y]: [usize; 2], [width, height]: [usize; 2], texels: &[Color32]) {
        for (row, line) in texels.chunks_exact(width.max(1)).take(height).enumerate() {
            let begin = (y + row).saturating_mul(self.width).saturating_add(x);
            let end = begin.saturating_add(width);
            if let Some(to) = self.texels.get_mut(begin..end).filter(|_| x + width <= self.width) {
                to.copy_from_slice(line);
            }
        }
    }

    fn texel(&self, x: i64, y: i64) -> [f32; 4] {
        let x = wrapped(x, self.width, self.options.wrap_mode);
        let y = wrapped(y, self.height, self.options.wrap_mode);
        let texel = self.texels.get(y * self.width + x).copied().unwrap_or_default();
        texel.to_array().map(f32::from)
    }

    /// The colour at a place given in parts of the sides, 0 to 255 a channel.
    pub fn sample(&self, u: f32, v: f32, filter: TextureFilter) -> [f32; 4] {
        let (x, y) = (u * self.width as f32, v * self.height as f32);
        match filter {
            TextureFilter::Nearest => self.texel(x.floor() as i64, y.floor() as i64),
            TextureFilter::Linear => {
                let (x, y) = (x - 0.5, y - 0.5);
                let (left, top) = (x.floor(), y.floor());
                let (right_part, low_part) = (x - left, y - top);
                let (left, top) = (left as i64, top as i64);
                let mix = |a: [f32; 4], b: [f32; 4], part: f32| -> [f32; 4] {
                    std::array::from_fn(|k| a[k] + (b[k] - a[k]) * part)
                };
                let row = |y| mix(self.texel(left, y), self.texel(left + 1, y), right_part);
                // Letters are mostly set so that texels meet pixels.
                match (right_part == 0.0, low_part == 0.0) {
                    (true, true) => self.texel(left, top),
                    (_, true) => row(top),
                    _ => mix(row(top), row(top + 1), low_part),
                }
            }
        }
    }
}

fn wrapped(at: i64, len: usize, mode: TextureWrapMode) -> usize {
    let len = (len as i64).max(1);
    let at = match mode {
        TextureWrapMode::ClampToEdge => at.clamp(0, len - 1),
        TextureWrapMode::Repeat => at.rem_euclid(len),
        TextureWrapMode::MirroredRepeat => {
            let twice = at.rem_euclid(2 * len);
            twice.min(2 * len - 1 - twice)
        }
    };
    at as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texture(options: TextureOptions) -> Texture {
        let texels = [0, 100, 200, 40].map(Color32::from_gray).to_vec();
        Texture { width: 2, height: 2, texels, options }
    }

    #[test]
    fn between_texels_colours_are_mixed_or_the_nearest_is_taken() {
        let texture = texture(TextureOptions::LINEAR);
        let red = |u, v, filter| texture.sample(u, v, filter)[0];
        assert_eq!(red(0.25, 0.25, TextureFilter::Linear), 0.0);
        assert_eq!(red(0.5, 0.25, TextureFilter::Linear), 50.0);
        assert_eq!(red(0.5, 0.5, TextureFilter::Linear), 85.0);
        assert_eq!(red(0.49, 0.1, TextureFilter::Nearest), 0.0);
        assert_eq!(red(0.51, 0.1, TextureFilter::Nearest), 100.0);
    }

    #[test]
    fn beyond_the_edge_is_the_edge_or_the_other_end() {
        assert_eq!(
            [-5, 0, 1, 7].map(|at| wrapped(at, 2, TextureWrapMode::ClampToEdge)),
            [0, 0, 1, 1]
        );
        assert_eq!([-1, 0, 1, 2].map(|at| wrapped(at, 2, TextureWrapMode::Repeat)), [1, 0, 1, 0]);
        let mirrored = [-1, 2, 3, 4].map(|at| wrapped(at, 2, TextureWrapMode::MirroredRepeat));
        assert_eq!(mirrored, [0, 1, 0, 0]);
    }

    #[test]
    fn a_patch_replaces_its_part_and_one_that_does_not_fit_nothing() {
        let mut patched = texture(TextureOptions::NEAREST);
        patched.patch([1, 0], [1, 2], &[Color32::WHITE; 2]);
        let reds: Vec<u8> = patched.texels.iter().map(Color32::r).collect();
        assert_eq!(reds, [0, 255, 200, 255]);
        patched.patch([1, 1], [2, 1], &[Color32::BLACK; 2]);
        assert_eq!(patched.texels[3], Color32::WHITE);
    }
}
