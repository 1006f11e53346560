//! Products for the tests of this folder.

use crate::product::{
    Interval, Origin, Parameter, Probability, Product, Surface, Time, TimeRange, Vertical,
};
use crate::time::DateTime;

const NONE: Surface = Surface { kind: 255, scale: None, value: None };

fn product(edition: u8, parameter: Parameter, vertical: Vertical) -> Product {
    let reference = DateTime { year: 2024, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
    Product {
        edition,
        origin: Origin::default(),
        parameter,
        time: Time {
            reference,
            unit: 1,
            start: 0,
            edition1: None,
            end: None,
            missing_count: 0,
            intervals: Vec::new(),
        },
        vertical,
        ensemble: None,
        derived_forecast: None,
        probability: None,
        percentile: None,
        model_version_date: None,
        bands: Vec::new(),
        vertical_coordinates: Vec::new(),
        octets: vec![0; 80],
        local_use: Vec::new(),
        grid_template: 0,
        grid_in_reference: 0,
    }
}

#[derive(Clone)]
pub(super) struct Grib2(Product);

impl Grib2 {
    /// At the surface, template 4.0, tables version 34, operational.
    pub(super) fn new(discipline: u8, category: u8, number: u8) -> Grib2 {
        let parameter = Parameter::Edition2 { discipline, category, number, template: 0 };
        let ground = Surface { kind: 1, ..NONE };
        let mut product = product(2, parameter, Vertical::Edition2(Some([ground, NONE])));
        product.origin.production_status = Some(0);
        product.origin.tables_version = 34;
        Grib2(product)
    }

    pub(super) fn product(self) -> Product {
        self.0
    }

    pub(super) fn template(mut self, number: u16) -> Grib2 {
        if let Parameter::Edition2 { template, .. } = &mut self.0.parameter {
            *template = number;
        }
        self
    }

    pub(super) fn surface(mut self, kind: u8, scale: i8, value: i32) -> Grib2 {
        let surface = Surface { kind, scale: Some(scale), value: Some(value) };
        self.0.vertical = Vertical::Edition2(Some([surface, NONE]));
        self
    }

    pub(super) fn second_surface(mut self, kind: u8) -> Grib2 {
        if let Vertical::Edition2(Some([_, second])) = &mut self.0.vertical {
            second.kind = kind;
        }
        self
    }

    /// One more, inside those before.
    pub(super) fn interval(mut self, process: u8) -> Grib2 {
        let (increment_type, unit, length) = (2, 1, 6);
        let increment = (255, 0);
        self.0.time.intervals.push(Interval {
            process,
            increment_type,
            unit,
            length,
            increment_unit: increment.0,
            increment: increment.1,
        });
        self
    }

    pub(super) fn probability(mut self) -> Grib2 {
        let probability = Probability { kind: 1, number: 0, total: 0, lower: None, upper: None };
        self.0.probability = Some(probability);
        self
    }

    pub(super) fn centre(mut self, centre: u16) -> Grib2 {
        self.0.origin.centre = centre;
        self
    }

    pub(super) fn sub_centre(mut self, sub_centre: u16) -> Grib2 {
        self.0.origin.sub_centre = sub_centre;
        self
    }

    pub(super) fn tables_version(mut self, version: u8) -> Grib2 {
        self.0.origin.tables_version = version;
        self
    }

    pub(super) fn status(mut self, status: u8) -> Grib2 {
        self.0.origin.production_status = Some(status);
        self
    }

    /// ECMWF's local section 1 of a class.
    pub(super) fn class(mut self, class: u16) -> Grib2 {
        self.0.local_use = vec![0, 0, 0, 17, 2, 0, 1];
        self.0.local_use.extend(class.to_be_bytes());
        self.0.local_use.resize(17, 0);
        self
    }

    /// Of section 4, counted from 1.
    pub(super) fn octet(mut self, number: usize, value: u8) -> Grib2 {
        self.0.octets[number - 1] = value;
        self
    }
}

pub(super) struct Grib1(Product);

impl Grib1 {
    /// At the surface, time range indicator 0.
    pub(super) fn new(centre: u16, tables_version: u8, number: u8) -> Grib1 {
        let vertical = Vertical::Edition1 { kind: 1, octets: [0, 0] };
        let mut product = product(1, Parameter::Edition1 { number }, vertical);
        product.origin = Origin { centre, tables_version, ..Origin::default() };
        product.time.edition1 =
            Some(TimeRange { p1: 0, p2: 0, indicator: 0, averaged: 0, missing: 0 });
        Grib1(product)
    }

    pub(super) fn product(self) -> Product {
        self.0
    }

    pub(super) fn sub_centre(mut self, sub_centre: u16) -> Grib1 {
        self.0.origin.sub_centre = sub_centre;
        self
    }

    pub(super) fn process(mut self, process: u8) -> Grib1 {
        self.0.origin.process = process;
        self
    }

    pub(super) fn level(mut self, kind: u8, octets: [u8; 2]) -> Grib1 {
        self.0.vertical = Vertical::Edition1 { kind, octets };
        self
    }
}
