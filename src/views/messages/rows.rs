//! Which records the table shows, in which order, and their keys: all on worker threads.

use std::sync::Arc;

use hyperslab_core::{ReadContext, RecordKeys, RecordValue, Result};

use crate::cf::CfDataset;
use crate::engine::store::Opened;
use crate::engine::{Answer, FileId, Priority, Request, Weigh};
use crate::prep::records::{Filter, compare};
use crate::views::Scene;

/// Rows read together.
pub const PAGE_ROWS: u64 = 128;

/// Looked at between two looks at the cancel flag.
const STEP: usize = 1024;

/// Rows that match a filter, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderRequest {
    pub file: FileId,
    pub generation: u64,
    pub filter: Filter,
    /// The key, and whether the greatest comes first.
    pub sort: Option<(&'static str, bool)>,
}

/// Record numbers, a row each.
pub struct Order(pub Vec<u32>);

impl Weigh for Order {
    fn bytes(&self) -> usize {
        4 * self.0.len()
    }
}

impl Request for OrderRequest {
    type Output = Order;

    fn describe(&self) -> String {
        "sorting messages".into()
    }
}

/// The keys of some rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PageRequest {
    order: OrderRequest,
    page: u64,
}

pub struct Page(pub Vec<Row>);

pub struct Row {
    pub record: u32,
    /// One line where they cannot be read.
    pub keys: Result<RecordKeys, String>,
}

impl Weigh for Page {
    fn bytes(&self) -> usize {
        let of = |row: &Row| row.keys.as_ref().map_or(64, |keys| 80 * keys.len());
        self.0.iter().map(of).sum()
    }
}

impl Request for PageRequest {
    type Output = Page;

    fn describe(&self) -> String {
        "reading messages".into()
    }
}

/// The order of the rows; the file's own needs no work and is `None`.
pub fn want_order(scene: Scene<'_>, request: &OrderRequest) -> Option<Answer<Order>> {
    if request.filter.is_empty() && request.sort.is_none() {
        return None;
    }
    let (opened, job) = (scene.opened.clone(), request.clone());
    let work = move |cx: &ReadContext| order(&opened, &job, cx);
    Some(scene.engine.want(request, Priority::Visible, work))
}

pub fn want_page(
    scene: Scene<'_>,
    request: &OrderRequest,
    order: Option<&Arc<Order>>,
    page: u64,
) -> Answer<Page> {
    let request = PageRequest { order: request.clone(), page };
    let (opened, order) = (scene.opened.clone(), order.cloned());
    scene.engine.want(&request, Priority::Visible, move |cx| {
        let first = page * PAGE_ROWS;
        let rows = opened.file.ask_records(|records| {
            let count = order.as_ref().map_or(records.len(), |order| order.0.len()) as u64;
            let mut rows = Vec::new();
            for row in first..(first + PAGE_ROWS).min(count) {
                cx.check()?;
                let record = match &order {
                    Some(order) => order.0.get(row as usize).copied().unwrap_or_default(),
                    None => row as u32,
                };
                let keys = records.keys(record as usize, cx).map_err(|error| error.what());
                rows.push(Row { record, keys });
            }
            Ok(rows)
        })?;
        Ok(Page(rows))
    })
}

fn order(opened: &Opened<CfDataset>, request: &OrderRequest, cx: &ReadContext) -> Result<Order> {
    opened.file.ask_records(|records| {
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        cx.progress.expect(u64::from(count));
        let mut found: Vec<(Option<RecordValue>, u32)> = Vec::new();
        for record in 0..count {
            if (record as usize).is_multiple_of(STEP) {
                cx.advance(STEP as u64)?;
            }
            // What cannot be read matches only where everything does.
            let keys = records.keys(record as usize, cx).unwrap_or_default();
            if !request.filter.is_met(&keys) {
                continue;
            }
            let by = request.sort.and_then(|(by, _)| {
                keys.into_iter().find(|(key, _)| *key == by).map(|(_, value)| value)
            });
            found.push((by, record));
        }
        match request.sort {
            None => {}
            Some((_, false)) => found.sort_by(|a, b| compare(a.0.as_ref(), b.0.as_ref())),
            // What has no value stays last; equals stay in the file's order.
            Some((_, true)) => found.sort_by(|a, b| match (&a.0, &b.0) {
                (Some(a), Some(b)) => compare(Some(b), Some(a)),
                (a, b) => compare(a.as_ref(), b.as_ref()),
            }),
        }
        Ok(Order(found.into_iter().map(|(_, record)| record).collect()))
    })
}
