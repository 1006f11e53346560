//! The selected cells as text on the clipboard.

use std::sync::Arc;

use hyperslab_core::ReadError;

use super::columns::{self, Headers};
use super::rows::RowsRequest;
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::export::tsv;
use crate::views::Scene;
use crate::views::rows::RowOrder;

/// Cells one copy may hold.
const COPY_CELLS_MAX: u64 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CopyRequest {
    of: RowsRequest,
    /// As they are shown, the last included.
    rows: (u64, u64),
    columns: (u64, u64),
}

pub(super) struct CopiedText(pub String);

impl Weigh for CopiedText {
    fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl Request for CopyRequest {
    type Output = CopiedText;

    fn describe(&self) -> String {
        "copying".into()
    }
}

impl CopyRequest {
    pub(super) fn new(of: &RowsRequest, [a, b]: [(u64, u64); 2]) -> Option<Self> {
        let rows = (a.0.min(b.0), a.0.max(b.0));
        let columns = (a.1.min(b.1), a.1.max(b.1));
        let cells = (rows.1 - rows.0 + 1).checked_mul(columns.1 - columns.0 + 1)?;
        (cells <= COPY_CELLS_MAX).then(|| Self { of: of.clone(), rows, columns })
    }
}

/// Names of the columns lead where more than one cell is copied.
pub(super) fn want_copy(
    scene: Scene<'_>,
    request: &CopyRequest,
    headers: &Arc<Headers>,
    order: Option<&Arc<RowOrder>>,
) -> Answer<CopiedText> {
    let (opened, headers, job) = (scene.opened.clone(), headers.clone(), request.clone());
    let order = order.cloned();
    scene.engine.want(request, Priority::Visible, move |cx| {
        let table = opened.meaning.interpretation().table(job.of.headers.group);
        let table = table.ok_or_else(|| ReadError::request("the table is gone"))?;
        let places = job.columns.0 as usize..=job.columns.1 as usize;
        let shown = job.rows.0..=job.rows.1;
        let stored: Vec<u64> = match &order {
            Some(order) => shown.filter_map(|row| order.row(row)).collect(),
            None => shown.collect(),
        };
        let mut lines = vec![Vec::new(); stored.len()];
        let mut names = Vec::new();
        for place in places {
            let Some(&column) = headers.order.get(place) else { continue };
            let Some(column) = table.columns.get(column) else { continue };
            names.push(headers.names.get(place).cloned().unwrap_or_default());
            let how = (job.of.is_decoded, job.of.format);
            let mut lines = lines.iter_mut();
            // Neighbours are read together.
            for run in stored.chunk_by(|a, b| a + 1 == *b) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let texts = columns::texts(&opened, column, *first..last + 1, how, cx)?;
                lines.by_ref().zip(texts).take(run.len()).for_each(|(line, text)| line.push(text));
            }
        }
        let has_names = lines.len() * names.len() > 1;
        let head = has_names.then_some(names);
        Ok(CopiedText(tsv::text(head.into_iter().chain(lines))))
    })
}
