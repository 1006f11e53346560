//! From a scan's index to the variables of a listing.

use std::collections::HashMap;
use std::sync::Arc;

use hyperslab_core::{
    Array, Attribute, Axis, Buffer, Dimension, DimensionId, Dtype, GroupId, ReadContext, Result,
    Source, Storage, Variable,
};

use crate::cubes::dimensions::GridPlace;
use crate::cubes::grids::{GridInfo, GridKind, Ranks};
use crate::cubes::{Cube, Cubes, Groups, Place, Vocabulary, is_on_velocity_points};
use crate::grids::Grid;
use crate::grids::unstructured::{Beside, GridReference, Mesh, Messages, find_mesh};
use crate::index::{Field, GridHeader, Index};
use crate::packing::{Matrix, MatrixAxis, matrix1, packing_type2};
use crate::spectral;

use super::attributes::{self, NATIVE};
use super::axes::Servants;
use super::contents::{Content, Entry, FieldVariable, Shown};
use super::options::Options;
use super::standard_names::{Components, standard_name};
use super::{coordinates, hybrid, matrices, times};

/// Held for a field while variables are made, and afterwards.
const FIELD_BYTES: u64 = 192;
const GRID_BYTES: u64 = 512;
const IEEE: u16 = 4;
/// Spectral fields up to here are worked out: half as much again as the finest in use.
const MOST_SYNTHESISED: u32 = 4000;

#[derive(Default)]
pub struct Built {
    pub grids: Vec<Option<Arc<Grid>>>,
    pub entries: Vec<Entry>,
    pub dimensions: Vec<Dimension>,
    pub variable_of: Vec<u32>,
    pub notes: Vec<String>,
}

/// Variables under way, and what they share.
pub struct Builder<'a> {
    pub cubes: &'a Cubes,
    pub options: &'a Options,
    pub built: Built,
    /// A grid and what is known of it, by rank.
    pub ranked: Vec<Option<(Arc<Grid>, GridInfo)>>,
    /// Coordinates that grids do not have of themselves, by rank.
    pub meshes: HashMap<u32, Mesh>,
    /// Grid mappings, by rank.
    pub mappings: HashMap<u32, String>,
    /// Axes of matrices at points, and their dimensions.
    pub matrices: Vec<(MatrixAxis, usize)>,
    bounds: Option<usize>,
    gaussian: HashMap<u32, [usize; 2]>,
}

/// # Errors
/// `Limit`; `Cancelled`. What is wrong with single fields is noted.
pub fn build(index: &Index, beside: &Beside, cx: &ReadContext) -> Result<Built> {
    let count = index.fields().len() as u64;
    cx.limits.claim_entries(count, "messages")?;
    cx.limits.claim_metadata(count, FIELD_BYTES, "messages")?;
    let grids = u32::try_from(index.distinct().1).unwrap_or(u32::MAX);
    cx.limits.claim_metadata(grids.into(), GRID_BYTES, "grids")?;
    let options = Options::of(cx);
    let mut built = Built::default();
    let ranks = Ranks::of(index, grids);
    let mut ranked = parse_grids(index, grids, &ranks, &mut built);
    let velocity = add_velocity_points(&mut ranked);
    let groups = group(index, &ranks, &velocity, &ranked, &mut built, cx)?;
    let vocabulary = Vocabulary { user: &options.user_tables, ncep: options.ncep_table };
    let info = |rank: u32| ranked.get(rank as usize)?.as_ref().map(|(_, info)| info);
    let cubes = Cubes::build(groups, info, options.single_elements, &vocabulary);
    built.variable_of = vec![u32::MAX; index.fields().len()];
    built.dimensions = cubes.dimensions.iter().map(dimension).collect();
    let meshes = find_meshes(index, &ranks, &ranked, beside, &mut built, cx)?;
    let mappings = coordinates::mappings(&cubes, &ranked);
    let mut builder = Builder {
        cubes: &cubes,
        options: &options,
        built,
        ranked,
        meshes,
        mappings,
        matrices: Vec::new(),
        bounds: None,
        gaussian: HashMap::new(),
    };
    builder.add_all(index, &*beside.source, cx)?;
    Ok(builder.built)
}

/// Where the points of grids lie that only have a name (GRIB2 template 3.101).
fn find_meshes(
    index: &Index,
    ranks: &Ranks,
    ranked: &[Option<(Arc<Grid>, GridInfo)>],
    beside: &Beside,
    built: &mut Built,
    cx: &ReadContext,
) -> Result<HashMap<u32, Mesh>> {
    let mut meshes = HashMap::new();
    for ((rank, known), &grid) in (0..).zip(ranked).zip(&ranks.representatives) {
        let is_lost = known
            .as_ref()
            .is_some_and(|(_, info)| info.kind == GridKind::Points && !info.has_coordinates);
        let Some(GridHeader::Edition2 { section3 }) = index.grid_header(grid) else { continue };
        let Some(reference) = GridReference::parse(section3).filter(|_| is_lost) else { continue };
        let own = Messages { index, source: &*beside.source };
        let mesh = match find_mesh(&[&own, beside], &reference, cx) {
            Err(error) if !error.is_cancelled() => {
                built.notes.push(format!("positions of points that are not read: {error}"));
                None
            }
            found => found?,
        };
        let fits = |mesh: &Mesh| {
            let points = mesh.latitude.len().min(mesh.longitude.len()) as u64;
            points == reference.points
        };
        if let Some(mesh) = mesh.filter(fits) {
            meshes.insert(rank, mesh);
        }
    }
    Ok(meshes)
}

fn dimension(dimension: &crate::cubes::dimensions::Dimension) -> Dimension {
    Dimension {
        name: dimension.name.clone(),
        group: GroupId::ROOT,
        length: dimension.length,
        is_unlimited: false,
    }
}

/// Reads every grid; those of equal rank are one, as NIO sees it.
fn parse_grids(
    index: &Index,
    count: u32,
    ranks: &Ranks,
    built: &mut Built,
) -> Vec<Option<(Arc<Grid>, GridInfo)>> {
    for number in 0..count {
        let grid = index.grid(number);
        if let Err(error) = &grid {
            built.notes.push(format!("fields on a grid that is not read: {error}"));
        }
        built.grids.push(grid.ok());
    }
    let ranked = ranks.representatives.iter().map(|&number| {
        let grid = built.grids.get(number as usize)?.clone()?;
        let edition = match index.grid_header(number)? {
            GridHeader::Edition1 { .. } => 1,
            GridHeader::Edition2 { .. } => 2,
        };
        let info = GridInfo::of(edition, &grid);
        Some((grid, info))
    });
    ranked.collect()
}

/// Grids whose mass and velocity points lie apart get a rank for the latter, behind all others:
/// from one to the other. (Variables are sorted by parameter before their grid.)
fn add_velocity_points(ranked: &mut Vec<Option<(Arc<Grid>, GridInfo)>>) -> HashMap<u32, u32> {
    let mut ranks = HashMap::new();
    for rank in 0..ranked.len() {
        let Some(Some((grid, info))) = ranked.get(rank) else { continue };
        let Some(grid) = grid.velocity_points() else { continue };
        let info = GridInfo { on_velocity_points: true, ..info.clone() };
        if let (Ok(rank), Ok(behind)) = (u32::try_from(rank), u32::try_from(ranked.len())) {
            ranks.insert(rank, behind);
            ranked.push(Some((grid, info)));
        }
    }
    ranks
}

fn group(
    index: &Index,
    ranks: &Ranks,
    velocity: &HashMap<u32, u32>,
    ranked: &[Option<(Arc<Grid>, GridInfo)>],
    built: &mut Built,
    cx: &ReadContext,
) -> Result<Groups> {
    let mut groups = Groups::default();
    let mut unread = 0u64;
    for (number, field) in (0..).zip(index.fields()) {
        if number % 1024 == 0 {
            cx.check()?;
        }
        let rank = ranks.rank(field.grid);
        let rank = rank.filter(|&rank| ranked.get(rank as usize).is_some_and(Option::is_some));
        match (rank, index.product(field.product)) {
            (Some(rank), Ok(product)) => {
                let own = velocity.get(&rank).filter(|_| is_on_velocity_points(&product));
                groups.add(number, &product, own.copied().unwrap_or(rank));
            }
            (_, Err(error)) => {
                let error = error.at(field.offset);
                built.notes.push(format!("a message is in no variable: {error}"));
            }
            (None, Ok(_)) => unread += 1,
        }
    }
    if unread > 0 {
        built.notes.push(format!("{unread} messages are in no variable"));
    }
    Ok(groups)
}

impl Builder<'_> {
    fn add_all(&mut self, index: &Index, source: &dyn Source, cx: &ReadContext) -> Result<()> {
        let cubes = self.cubes;
        let mut times = times::Times::default();
        for cube in &cubes.cubes {
            cx.check()?;
            self.add_cube(cube, index, source, &mut times, cx)?;
        }
        times.add_variables(self);
        coordinates::add_leading(self, &times);
        hybrid::add(self);
        coordinates::add_grids(self);
        matrices::add(self);
        let entries = &self.built.entries;
        cx.limits.claim_entries(entries.len() as u64, "variables")?;
        let attributes = entries.iter().flat_map(|entry| &entry.variable.attributes);
        let held = attributes.map(|attribute| attribute.name.len() + attribute.value.bytes());
        cx.limits.claim_metadata(held.sum::<usize>() as u64, 1, "attributes")?;
        Ok(())
    }

    /// A variable over dimensions by number; its id.
    pub fn push(
        &mut self,
        name: impl Into<String>,
        dimensions: &[usize],
        dtype: Dtype,
        attributes: Vec<Attribute>,
        content: Content,
    ) -> usize {
        let axes = dimensions.iter().filter_map(|&at| {
            let length = self.built.dimensions.get(at)?.length;
            Some(Axis { length, dimension: u32::try_from(at).ok().map(DimensionId) })
        });
        let variable = Variable {
            axes: axes.collect(),
            attributes,
            ..Variable::new(name, GroupId::ROOT, dtype)
        };
        self.built.entries.push(Entry { variable, content });
        self.built.entries.len() - 1
    }

    /// A coordinate whose values are at hand.
    pub fn push_values(
        &mut self,
        name: impl Into<String>,
        dimensions: &[usize],
        values: Buffer,
        attributes: Vec<Attribute>,
    ) {
        let dtype = match &values {
            Buffer::I32(_) => Dtype::int(4, NATIVE),
            Buffer::F32(_) => Dtype::float(4, NATIVE),
            Buffer::F64(_) => Dtype::float(8, NATIVE),
            _ => Dtype::Text,
        };
        let lengths = dimensions.iter().filter_map(|&at| self.built.dimensions.get(at));
        let shape: Vec<u64> = lengths.map(|dimension| dimension.length).collect();
        let count = shape.iter().fold(1, |n: u64, &length| n.saturating_mul(length));
        // What does not fit its dimensions is no coordinate.
        if values.len() as u64 == count {
            let content = Content::Values(Array { shape, values });
            self.push(name, dimensions, dtype, attributes, content);
        }
    }

    /// A dimension beside NIO's.
    pub fn add_dimension(&mut self, name: impl Into<String>, length: u64) -> usize {
        let name = name.into();
        let group = GroupId::ROOT;
        self.built.dimensions.push(Dimension { name, group, length, is_unlimited: false });
        self.built.dimensions.len() - 1
    }

    /// The dimension of a lower and an upper bound.
    pub fn bounds(&mut self) -> usize {
        if let Some(at) = self.bounds {
            return at;
        }
        let at = self.add_dimension("bnds", 2);
        self.bounds = Some(at);
        at
    }

    pub fn attributes_of(&mut self, entry: usize) -> Option<&mut Vec<Attribute>> {
        self.built.entries.get_mut(entry).map(|entry| &mut entry.variable.attributes)
    }

    fn add_cube(
        &mut self,
        cube: &Cube,
        index: &Index,
        source: &dyn Source,
        times: &mut times::Times,
        cx: &ReadContext,
    ) -> Result<()> {
        let ranked = self.ranked.get(cube.grid as usize).and_then(Option::as_ref);
        let (Some((grid, info)), Some(place)) = (ranked, self.cubes.grids.get(&cube.grid)) else {
            return Ok(());
        };
        let (grid, info) = (Arc::clone(grid), info.clone());
        let number = u32::try_from(self.built.entries.len()).unwrap_or(u32::MAX);
        for place in &cube.places {
            if let Some(of) = self.built.variable_of.get_mut(place.field as usize) {
                *of = number;
            }
        }
        let lengths = cube.leading.iter().filter_map(|&at| self.built.dimensions.get(at));
        let leading: Vec<u64> = lengths.map(|dimension| dimension.length).collect();
        let places: Arc<[Place]> = cube.places.as_slice().into();
        let fields: Vec<&Field> = cube
            .places
            .iter()
            .filter_map(|place| index.fields().get(place.field as usize))
            .collect();
        let is_double = is_double(&fields, source, cx)?;
        let mut attributes = attributes::of_cube(cube, &info.nio);
        attributes.push(attributes::fill(is_double));
        attributes.extend(grid.reference().iter().map(attributes::of_grid));
        let is_located = info.has_coordinates || self.meshes.contains_key(&cube.grid);
        let mut names = if is_located { grid_coordinates(&info, place) } else { Vec::new() };
        let time = times.of_cube(cube, self.cubes);
        names.extend(time.coordinate);
        attributes
            .extend(time.cell_methods.map(|methods| attributes::text("cell_methods", methods)));
        let components = match info.kind {
            // Rows and columns of latitudes and longitudes run east and north.
            GridKind::Axes | GridKind::Spectral => Components::Geographic,
            _ if grid.uv_relative_to_grid() => Components::Grid,
            _ => Components::Geographic,
        };
        let standard_name = standard_name(cube, components);
        attributes.extend(standard_name.map(|name| attributes::text("standard_name", name)));
        let servants = Servants::of(cube, self.cubes, &info, self.options);
        names.extend(servants.coordinates);
        let mut own = attributes.clone();
        if !servants.ancillary.is_empty() {
            own.push(attributes::text("ancillary_variables", servants.ancillary.join(" ")));
        }
        if info.kind == GridKind::Spectral {
            // Coefficients are not the quantity itself.
            own.retain(|attribute| attribute.name != "standard_name");
        } else if let Some(mapping) = self.mappings.get(&cube.grid) {
            own.push(attributes::text("grid_mapping", mapping));
        }
        if !names.is_empty() {
            own.push(attributes::text("coordinates", names.join(" ")));
        }
        let matrix = matrix(&fields, index, source, cx)?;
        let mut dimensions = [cube.leading.as_slice(), &place.dimensions].concat();
        let mut cell = info.shape.clone();
        for axis in matrix.iter().flat_map(|matrix| &matrix.axes) {
            dimensions.push(matrices::dimension(self, axis));
            cell.push(axis.length.into());
        }
        let matrix_axes = cell.len() - info.shape.len();
        let width = if is_double { 8 } else { 4 };
        let dtype = Dtype::float(width, NATIVE);
        let content = |cell: Vec<u64>, shown: Shown| {
            let (places, leading) = (Arc::clone(&places), leading.clone());
            Content::Fields(FieldVariable { places, leading, cell, matrix_axes, is_double, shown })
        };
        let at = self.push(
            cube.name.clone(),
            &dimensions,
            dtype.clone(),
            own,
            content(cell.clone(), Shown::Grid),
        );
        let storage = storage(&fields, &places, leading.len(), &cell);
        self.finish(at, storage.clone());
        if let (GridKind::Spectral, Some(truncation)) = (info.kind, grid.truncation()) {
            let largest = truncation.into_iter().max().unwrap_or(0);
            let n = spectral::gaussian_number(largest.into());
            if n > MOST_SYNTHESISED {
                return Ok(());
            }
            let [rows, columns] = self.gaussian_dimensions(n);
            let dimensions = [cube.leading.as_slice(), &[rows, columns]].concat();
            if !names.is_empty() {
                attributes.push(attributes::text("coordinates", names.join(" ")));
            }
            let words = "worked out from spherical harmonics onto a Gaussian grid";
            attributes.push(attributes::text("comment", words));
            let cell = vec![u64::from(n) * 2, u64::from(n) * 4];
            let storage = Storage { chunks: chunks(leading.len(), &cell), ..storage };
            let name = format!("{}_synthesised", cube.name);
            let shown = content(cell, Shown::Synthesised { n });
            let at = self.push(name, &dimensions, dtype, attributes, shown);
            self.finish(at, storage);
        }
        Ok(())
    }

    fn finish(&mut self, entry: usize, storage: Storage) {
        if let Some(entry) = self.built.entries.get_mut(entry) {
            let fill = entry.variable.attribute("_FillValue").map(|a| a.value.values.clone());
            entry.variable.fill = fill.map(|values| Array { shape: Vec::new(), values });
            entry.variable.storage = storage;
        }
    }

    /// Rows and columns of the Gaussian grid a spectral field is worked out on.
    fn gaussian_dimensions(&mut self, n: u32) -> [usize; 2] {
        if let Some(known) = self.gaussian.get(&n) {
            return *known;
        }
        let rows = self.add_dimension(format!("gaussian_lat_{n}"), u64::from(n) * 2);
        let columns = self.add_dimension(format!("gaussian_lon_{n}"), u64::from(n) * 4);
        self.gaussian.insert(n, [rows, columns]);
        [rows, columns]
    }

    /// Half the rows of every Gaussian grid, and its dimensions.
    pub fn gaussian(&self) -> Vec<(u32, [usize; 2])> {
        let mut all: Vec<_> = self.gaussian.iter().map(|(&n, &at)| (n, at)).collect();
        all.sort_unstable();
        all
    }
}

/// Coordinates that are not along a dimension of their own name.
fn grid_coordinates(info: &GridInfo, place: &GridPlace) -> Vec<String> {
    match info.kind {
        GridKind::Axes | GridKind::Spectral => Vec::new(),
        GridKind::Plane | GridKind::Points => {
            vec![place.latitude.clone(), place.longitude.clone()]
        }
    }
}

/// The matrix that each point has; of fields that differ in it, the first one's.
fn matrix(
    fields: &[&Field],
    index: &Index,
    source: &dyn Source,
    cx: &ReadContext,
) -> Result<Option<Matrix>> {
    let first = fields.iter().find(|field| field.packing_name() == "grid_simple_matrix");
    let Some(field) = first.filter(|field| field.edition == 1) else { return Ok(None) };
    let section4 = index.coding(field, source, cx)?;
    // What is wrong with it is told when values are asked for.
    Ok(matrix1(&section4).ok().flatten())
}

fn is_double(fields: &[&Field], source: &dyn Source, cx: &ReadContext) -> Result<bool> {
    for field in fields.iter().filter(|field| field.edition == 2 && field.coding == IEEE) {
        let section5 = source.read_at(field.coding_at, field.coding_len.into(), cx)?;
        if packing_type2(&section5).is_ok_and(|packing| packing.is_double) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn storage(fields: &[&Field], places: &[Place], leading: usize, cell: &[u64]) -> Storage {
    let mut filters: Vec<String> = Vec::new();
    let mut seen: HashMap<(u8, u16), ()> = HashMap::new();
    for field in fields {
        if seen.insert((field.edition, field.coding), ()).is_none() {
            filters.push(packing_name(field));
        }
    }
    filters.dedup();
    let len = |field: &&Field| u64::from(field.coding_len).saturating_add(field.data_len.into());
    // They are sorted.
    let first = places.first().map(|place| place.indices.iter().take(leading));
    let first: Option<Vec<u64>> = first.map(|indices| indices.map(|&k| k.into()).collect());
    Storage {
        chunks: chunks(leading, cell),
        first_there: first.filter(|indices| indices.iter().any(|&index| index > 0)),
        filters,
        layout: "GRIB messages".into(),
        offset: fields.iter().map(|field| field.offset).min(),
        stored_bytes: Some(fields.iter().map(len).fold(0, u64::saturating_add)),
        max_shape: Vec::new(),
    }
}

fn chunks(leading: usize, cell: &[u64]) -> Option<Vec<u64>> {
    Some([vec![1; leading], cell.to_vec()].concat())
}

/// ecCodes' name of how values are packed (GRIB2 code table 5.0; GRIB1 code table 11).
fn packing_name(field: &Field) -> String {
    let [flags, _] = field.coding.to_be_bytes();
    let name = match (field.edition, field.coding) {
        (1, _) => match (flags & 0x80 != 0, flags & 0x40 != 0) {
            (true, false) => "spectral_simple",
            (true, true) => "spectral_complex",
            (false, false) => "grid_simple",
            (false, true) => "grid_second_order",
        },
        (_, 0) => "grid_simple",
        (_, 1) => "grid_simple_matrix",
        (_, 2) => "grid_complex",
        (_, 3) => "grid_complex_spatial_differencing",
        (_, IEEE) => "grid_ieee",
        (_, 40 | 40_000) => "grid_jpeg",
        (_, 41 | 40_010) => "grid_png",
        (_, 42) => "grid_ccsds",
        (_, 50) => "spectral_simple",
        (_, 51) => "spectral_complex",
        (_, 53) => "bifourier_complex",
        (_, 61) => "grid_simple_log_preprocessing",
        (_, 200) => "grid_run_length",
        (_, template) => return format!("template 5.{template}"),
    };
    name.to_owned()
}
