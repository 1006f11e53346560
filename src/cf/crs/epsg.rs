//! Codes of the EPSG registry that data on grids are often in.

use super::{Coordinates, System};

const WGS84: &str = "+ellps=WGS84";
const GRS80: &str = "+ellps=GRS80";

const SYSTEMS: &[(u32, &str)] = &[
    (
        2056,
        "+proj=somerc +lat_0=46.952405555555556 +lon_0=7.439583333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel",
    ),
    (
        21781,
        "+proj=somerc +lat_0=46.952405555555556 +lon_0=7.439583333333333 +k_0=1 +x_0=600000 +y_0=200000 +ellps=bessel",
    ),
    (
        2154,
        "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +x_0=700000 +y_0=6600000 +ellps=GRS80",
    ),
    (2193, "+proj=tmerc +lat_0=0 +lon_0=173 +k_0=0.9996 +x_0=1600000 +y_0=10000000 +ellps=GRS80"),
    (
        27700,
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy",
    ),
    (
        28992,
        "+proj=sterea +lat_0=52.15616055555555 +lon_0=5.38763888888889 +k_0=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel",
    ),
    (3006, "+proj=utm +zone=33 +ellps=GRS80"),
    (3067, "+proj=utm +zone=35 +ellps=GRS80"),
    (3031, "+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +ellps=WGS84"),
    (3032, "+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=70 +x_0=6000000 +y_0=6000000 +ellps=WGS84"),
    (
        3034,
        "+proj=lcc +lat_1=35 +lat_2=65 +lat_0=52 +lon_0=10 +x_0=4000000 +y_0=2800000 +ellps=GRS80",
    ),
    (3035, "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80"),
    (3395, "+proj=merc +lon_0=0 +ellps=WGS84"),
    (3408, "+proj=laea +lat_0=90 +lon_0=0 +R=6371228"),
    (3409, "+proj=laea +lat_0=-90 +lon_0=0 +R=6371228"),
    (3410, "+proj=cea +lon_0=0 +lat_ts=30 +R=6371228"),
    (3411, "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +a=6378273 +b=6356889.449"),
    (3412, "+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 +a=6378273 +b=6356889.449"),
    (3413, "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +ellps=WGS84"),
    (3573, "+proj=laea +lat_0=90 +lon_0=-100 +ellps=WGS84"),
    (3574, "+proj=laea +lat_0=90 +lon_0=-40 +ellps=WGS84"),
    (3577, "+proj=aea +lat_1=-18 +lat_2=-36 +lat_0=0 +lon_0=132 +ellps=GRS80"),
    (3857, "+proj=merc +lon_0=0 +R=6378137"),
    (3976, "+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=0 +ellps=WGS84"),
    (3995, "+proj=stere +lat_0=90 +lat_ts=71 +lon_0=0 +ellps=WGS84"),
    (3996, "+proj=stere +lat_0=90 +lat_ts=75 +lon_0=0 +ellps=WGS84"),
    (5041, "+proj=stere +lat_0=90 +k_0=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +ellps=WGS84"),
    (5042, "+proj=stere +lat_0=-90 +k_0=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +ellps=WGS84"),
    (5070, "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +ellps=GRS80"),
    (5936, "+proj=stere +lat_0=90 +k_0=0.994 +lon_0=-150 +x_0=2000000 +y_0=2000000 +ellps=WGS84"),
    (6931, "+proj=laea +lat_0=90 +lon_0=0 +ellps=WGS84"),
    (6932, "+proj=laea +lat_0=-90 +lon_0=0 +ellps=WGS84"),
    (6933, "+proj=cea +lon_0=0 +lat_ts=30 +ellps=WGS84"),
    (900_913, "+proj=merc +lon_0=0 +R=6378137"),
    (32661, "+proj=stere +lat_0=90 +k_0=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +ellps=WGS84"),
    (32761, "+proj=stere +lat_0=-90 +k_0=0.994 +lon_0=0 +x_0=2000000 +y_0=2000000 +ellps=WGS84"),
];

pub(super) fn system(code: u32) -> Option<System> {
    if let Some((_, proj)) = SYSTEMS.iter().find(|(known, _)| *known == code) {
        return Some(System::plane((*proj).to_owned()));
    }
    let utm = |zone: u32, is_south: bool, globe: &str| {
        let south = if is_south { " +south" } else { "" };
        System::plane(format!("+proj=utm +zone={zone}{south} {globe}"))
    };
    Some(match code {
        4326 | 4979 | 4258 | 4269 | 4283 | 4167 | 4019 | 4035 | 4267 => {
            System { proj: format!("+proj=longlat {WGS84}"), coordinates: Coordinates::Geographic }
        }
        32601..=32660 => utm(code - 32600, false, WGS84),
        32701..=32760 => utm(code - 32700, true, WGS84),
        32201..=32260 => utm(code - 32200, false, "+ellps=WGS72"),
        25828..=25838 => utm(code - 25800, false, GRS80),
        26901..=26923 => utm(code - 26900, false, GRS80),
        26701..=26722 => utm(code - 26700, false, "+ellps=clrk66"),
        28348..=28358 => utm(code - 28300, true, GRS80),
        _ => return None,
    })
}
