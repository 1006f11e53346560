//! The order in which a block's coefficients are stored: by the sum of their indices along all
//! dimensions, then by the sum of the squares of these. Ties are regular, too: see [`place`].

use std::sync::LazyLock;

static ORDERS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| [1, 2, 3, 4].map(sorted));

/// Where in a block of one to four dimensions, of four values each, the coefficients belong.
pub(super) fn order(dimensions: usize) -> &'static [u8] {
    &ORDERS[dimensions.clamp(1, 4) - 1]
}

fn sorted(dimensions: usize) -> Vec<u8> {
    let mut coefficients: Vec<u8> = (0..=u8::MAX >> (8 - 2 * dimensions)).collect();
    coefficients.sort_by_cached_key(|coefficient| {
        let indices: Vec<u8> = (0..dimensions).map(|k| coefficient >> (2 * k) & 3).collect();
        let sum: u8 = indices.iter().sum();
        let squares: u8 = indices.iter().map(|index| index * index).sum();
        (sum, squares, indices.iter().max().copied(), place(indices))
    });
    coefficients
}

/// Among coefficients with the same indices in another order.
///
/// First comes the one whose greatest index that occurs once is at the first dimension, and so
/// on to the last; then those behind it, and from there round to those before it, are looked at
/// in the same way. Two indices that occur twice each come as the pairs that the first
/// dimension forms with the second, third and fourth, the greater index of both first there.
fn place(mut indices: Vec<u8>) -> Vec<usize> {
    let mut places = Vec::new();
    loop {
        let count = |index: &u8| indices.iter().filter(|other| *other == index).count();
        let once = (0..indices.len()).filter(|k| count(&indices[*k]) == 1);
        match once.max_by_key(|k| indices[*k]) {
            Some(position) => {
                places.push(position);
                indices.rotate_left(position);
                indices.remove(0);
            }
            None => break,
        }
    }
    if let Some((first, others)) = indices.split_first()
        && let Some(partner) = others.iter().position(|other| other == first)
        && others.len() == 3
    {
        let is_greater = others.iter().all(|other| other <= first);
        places.extend([partner, usize::from(!is_greater)]);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn every_coefficient_has_its_place_and_ties_go_round_the_dimensions() {
        for dimensions in 1..=4 {
            let mut coefficients = order(dimensions).to_vec();
            coefficients.sort();
            assert!(
                coefficients.iter().enumerate().all(|(i, coefficient)| i == *coefficient as usize)
            );
            assert_eq!(coefficients.len(), 1 << (2 * dimensions));
        }
        // One step along x, y or z; then one along two of them, at first not along x.
        assert_eq!(order(3)[..7], [0, 1, 4, 16, 16 + 4, 16 + 1, 4 + 1]);
    }
}
