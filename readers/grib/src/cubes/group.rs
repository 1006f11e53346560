//! Fields that make one variable.

use std::collections::{BTreeMap, HashMap};

use crate::product::Product;

use super::member::{Forecast, Member, Realization};
use super::{edition1, edition2, period};

/// What the fields of a variable have in common. Sorts as NIO lists variables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    pub edition: u8,
    pub words: Vec<u32>,
    pub rest: Vec<u8>,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub key: GroupKey,
    /// Of the first field.
    pub product: Product,
    pub members: Vec<Member>,
    /// What its forecast times count: the shortest unit of its fields.
    pub unit: u8,
    /// GRIB2: all intervals begin at the initial time, whatever their lengths.
    pub grows: bool,
    /// Directions and frequencies of waves are its axes.
    pub is_spectrum: bool,
}

impl Group {
    /// The rank of the grid all fields lie on.
    pub fn grid(&self) -> u32 {
        let at = if self.key.edition == 1 { 3 } else { 14 };
        self.key.words.get(at).copied().unwrap_or(0)
    }

    fn part(&self, is_in: impl Fn(&Member) -> bool) -> Self {
        let (key, product) = (self.key.clone(), self.product.clone());
        let members = self.members.iter().filter(|member| is_in(member)).copied().collect();
        Self { key, product, members, ..*self }
    }
}

/// Sorts fields into variables. 130 bytes a field.
#[derive(Debug, Default)]
pub struct Groups {
    by_key: BTreeMap<GroupKey, Group>,
}

impl Groups {
    pub fn add(&mut self, field: u32, product: &Product, grid: u32) {
        let key = match product.edition {
            1 => edition1::key(product, grid),
            _ => edition2::key(product, grid),
        };
        let member = Member::of(field, product);
        let group = self.by_key.entry(key);
        let group = group.or_insert_with_key(|key| Group {
            key: key.clone(),
            product: product.clone(),
            members: Vec::new(),
            unit: product.time.unit,
            grows: false,
            is_spectrum: false,
        });
        group.unit = period::shorter(group.key.edition, group.unit, member.start.unit);
        group.members.push(member);
    }

    /// In NIO's order. Fields whose coordinates another one of their variable has already follow
    /// as variables of their own.
    pub fn finish(self) -> Vec<Group> {
        let groups = self.by_key.into_values();
        let split = groups.flat_map(|group| match group.key.edition {
            1 => vec![group],
            _ => edition2::split(group),
        });
        split.flat_map(|group| apart(with_leads(group))).collect()
    }
}

/// Works out forecast times, now that the unit of all is known.
fn with_leads(mut group: Group) -> Group {
    let (edition, unit) = (group.key.edition, group.unit);
    for member in &mut group.members {
        let Forecast { start, length } = member.forecast;
        member.lead =
            start.converted(edition, unit).saturating_add(length.converted(edition, unit));
    }
    group
}

/// More copies of one field than that make an axis instead of a variable each.
const MOST_COPIES: u32 = 8;

/// Of fields at the same place the last is shown, as NIO does; the first ones make a variable
/// of their own, the second ones another. Where NIO does not see that they are members of an
/// ensemble or parts of a wave spectrum, all of them are shown as such beside it.
fn apart(mut group: Group) -> Vec<Group> {
    let mut at_place: HashMap<_, u32> = HashMap::new();
    let place = |member: &Member| {
        (member.realization, member.initial_time, member.lead, member.level, member.bin)
    };
    for member in &mut group.members {
        let count = at_place.entry(place(member)).or_insert(0);
        *count = count.saturating_add(1);
        member.copy = *count;
    }
    for member in &mut group.members {
        // In the order of the file, but the last one first.
        if at_place.get(&place(member)) == Some(&member.copy) {
            member.copy = 0;
        }
    }
    let most = group.members.iter().map(|member| member.copy).max().unwrap_or(0);
    if most == 0 {
        return vec![group];
    }
    let shown = group.part(|member| member.copy == 0);
    if group.members.iter().all(|member| member.hidden_bin.is_some()) {
        for member in &mut group.members {
            member.bin = member.hidden_bin.take();
            member.copy = 0;
        }
        group.is_spectrum = true;
        return [vec![shown], apart(group)].concat();
    }
    if group.members.iter().any(|member| member.hidden != Realization::None) {
        for member in &mut group.members {
            member.realization = std::mem::take(&mut member.hidden);
            member.copy = 0;
        }
        return [vec![shown], apart(group)].concat();
    }
    if most > MOST_COPIES {
        return vec![shown, group.part(|member| member.copy > 0)];
    }
    let copies = (1..=most).map(|copy| {
        let mut part = group.part(|member| member.copy == copy);
        part.members.iter_mut().for_each(|member| member.copy = 0);
        part
    });
    [shown].into_iter().chain(copies).collect()
}
