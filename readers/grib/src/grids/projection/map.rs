//! Any of the projections that lay a grid on a plane.

use super::{
    Albers, Attributes, Axes, AzimuthalEquidistant, LambertAzimuthal, LambertConformal, Mercator,
    PolarStereographic, Projection, RotatedPole, SpaceView, TransverseMercator,
};

macro_rules! maps {
    ($($name:ident),*) => {
        #[derive(Clone, Debug, PartialEq)]
        pub enum Map {
            $($name($name),)*
        }

        $(impl From<$name> for Map {
            fn from(projection: $name) -> Self {
                Self::$name(projection)
            }
        })*

        impl Map {
            fn projection(&self) -> &dyn Projection {
                match self {
                    $(Self::$name(projection) => projection,)*
                }
            }
        }
    };
}

maps!(
    Albers,
    AzimuthalEquidistant,
    LambertAzimuthal,
    LambertConformal,
    Mercator,
    PolarStereographic,
    RotatedPole,
    SpaceView,
    TransverseMercator
);

impl Projection for Map {
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        self.projection().inverse(x, y)
    }

    fn forward(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        self.projection().forward(latitude, longitude)
    }

    fn vector_rotation(&self, latitude: f64, longitude: f64) -> f64 {
        self.projection().vector_rotation(latitude, longitude)
    }

    fn grid_mapping(&self) -> Attributes {
        self.projection().grid_mapping()
    }

    fn axes(&self) -> Axes {
        self.projection().axes()
    }
}
