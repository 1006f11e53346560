#!/usr/bin/env python3
"""Makes assets/sample/sst.nc: monthly sea surface temperature and sea level pressure.

Source: coads_climatology.cdf from Debian's package ferret-datasets (7.6.0-5).

    apt-get download ferret-datasets && dpkg -x ferret-datasets_*.deb src
    pip install netCDF4 numpy
    python3 assets/make/sample.py src/usr/share/ferret-vis/data/coads_climatology.cdf

Values are the source's, unchanged, for `sst`; `slp` is packed into 16 bits, so that the
sample also holds a variable with scale_factor and add_offset. The source's longitudes run
from 21 to 379 degrees east; here they run from -179 to 179.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import netCDF4
import numpy as np

OUT = Path(__file__).parents[1] / "sample" / "sst.nc"
FIRST_YEAR, LAST_YEAR = 1946, 1989
# The year that carries the twelve monthly means: the middle of the period, not a leap year.
MEAN_YEAR = 1967
EPOCH = datetime(FIRST_YEAR, 1, 1)
SLP_SCALE_HPA, SLP_OFFSET_HPA, SLP_FILL = np.float32(0.01), np.float32(1000), np.int16(-32768)


def main(source_path):
    source = netCDF4.Dataset(source_path)
    source.set_auto_mask(False)
    lon_east = source["COADSX"][:]
    lon = (lon_east + 180) % 360 - 180
    order = np.argsort(lon)

    OUT.parent.mkdir(exist_ok=True)
    out = netCDF4.Dataset(OUT, "w", format="NETCDF3_CLASSIC")
    write_global_attributes(out)
    write_coordinates(out, lon[order], source["COADSY"][:])

    sst = source["SST"]
    variable(
        out, "sst", "f4", ("time", "lat", "lon"), sst[:][:, :, order], fill=sst._FillValue,
        standard_name="sea_surface_temperature", long_name="Sea surface temperature",
        units="degree_Celsius", cell_methods=CELL_METHODS,
        comment="Missing over land and where ships reported nothing in that month.",
    )

    slp = source["SLP"]
    slp_hpa = slp[:][:, :, order]
    missing = slp_hpa == slp._FillValue
    steps = np.rint((np.where(missing, SLP_OFFSET_HPA, slp_hpa) - SLP_OFFSET_HPA) / SLP_SCALE_HPA)
    assert np.abs(steps).max() < 32767
    variable(
        out, "slp", "i2", ("time", "lat", "lon"),
        np.where(missing, SLP_FILL, steps.astype("i2")), fill=SLP_FILL,
        standard_name="air_pressure_at_mean_sea_level", long_name="Sea level pressure",
        units="hPa", scale_factor=SLP_SCALE_HPA, add_offset=SLP_OFFSET_HPA,
        cell_methods=CELL_METHODS,
    )
    out.close()


CELL_METHODS = "time: mean within years time: mean over years"


def write_global_attributes(out):
    out.setncatts({
        "Conventions": "CF-1.8",
        "title": "Sea surface temperature and sea level pressure: mean of each month, "
                 f"{FIRST_YEAR}-{LAST_YEAR}",
        "summary": "Averages of ship reports in cells of 2 by 2 degrees, for each month of the "
                   "year, from the Comprehensive Ocean-Atmosphere Data Set (COADS).",
        "institution": "NOAA Pacific Marine Environmental Laboratory (the Ferret data sets); "
                       "COADS is by NOAA, CIRES and NCAR",
        "source": "ship observations",
        "references": "Woodruff, S. D., R. J. Slutz, R. L. Jenne and P. M. Steurer, 1987: "
                      "A Comprehensive Ocean-Atmosphere Data Set. "
                      "Bull. Amer. Meteor. Soc., 68, 1239-1250.",
        "history": "coads_climatology.cdf of the Ferret data sets 7.6.0; variables SST and SLP "
                   "taken, longitudes reordered, SLP packed, metadata added by "
                   "hyperslab's assets/make/sample.py",
        "license": "MIT; Copyright (c) 2016 Pacific Marine Environmental Laboratory",
    })


def write_coordinates(out, lon, lat):
    out.createDimension("time", None)
    out.createDimension("lat", len(lat))
    out.createDimension("lon", len(lon))
    out.createDimension("bnds", 2)

    month_starts = [datetime(MEAN_YEAR + i // 12, i % 12 + 1, 1) for i in range(13)]
    middles = [a + (b - a) / 2 for a, b in zip(month_starts, month_starts[1:])]
    # CF: from the month's start in the first year to the month's end in the last.
    spans = [
        (a.replace(year=FIRST_YEAR), b.replace(year=b.year - MEAN_YEAR + LAST_YEAR))
        for a, b in zip(month_starts, month_starts[1:])
    ]
    variable(
        out, "time", "f8", ("time",), [days(t) for t in middles],
        standard_name="time", long_name="Middle of the month", axis="T",
        units=f"days since {EPOCH:%Y-%m-%d %H:%M:%S}", calendar="standard",
        climatology="climatology_bnds",
    )
    variable(
        out, "climatology_bnds", "f8", ("time", "bnds"),
        [[days(a), days(b)] for a, b in spans],
    )
    variable(
        out, "lat", "f4", ("lat",), lat, standard_name="latitude", long_name="Latitude",
        units="degrees_north", axis="Y",
    )
    variable(
        out, "lon", "f4", ("lon",), lon, standard_name="longitude", long_name="Longitude",
        units="degrees_east", axis="X",
    )


def days(moment):
    return (moment - EPOCH) / timedelta(days=1)


def variable(out, name, dtype, dims, values, fill=None, **attributes):
    created = out.createVariable(name, dtype, dims, fill_value=fill)
    created.set_auto_maskandscale(False)
    created.setncatts(attributes)
    created[:] = np.asarray(values, dtype)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
