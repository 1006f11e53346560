//! The selected cells as text on the clipboard.

use std::sync::Arc;

use hyperslab_core::ReadError;

use super::columns::{self, Headers, HeadersRequest};
use crate::engine::{Answer, Priority, Request, Weigh};
use crate::export::tsv;
use crate::prep::table::NumberFormat;
use crate::session::Settings;
use crate::views::Scene;

/// Cells one copy may hold.
const COPY_CELLS_MAX: u64 = 1_000_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CopyRequest {
    headers: HeadersRequest,
    rows: (u64, u64),
    columns: (u64, u64),
    is_decoded: bool,
    format: NumberFormat,
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
    pub(super) fn new(
        headers: &HeadersRequest,
        [a, b]: [(u64, u64); 2],
        settings: &Settings,
    ) -> Option<Self> {
        let rows = (a.0.min(b.0), a.0.max(b.0));
        let columns = (a.1.min(b.1), a.1.max(b.1));
        let cells = (rows.1 - rows.0 + 1).checked_mul(columns.1 - columns.0 + 1)?;
        (cells <= COPY_CELLS_MAX).then(|| Self {
            headers: headers.clone(),
            rows,
            columns,
            is_decoded: settings.is_decoded,
            format: settings.number_format,
        })
    }
}

/// Names of the columns lead where more than one cell is copied.
pub(super) fn want_copy(
    scene: Scene<'_>,
    request: &CopyRequest,
    headers: &Arc<Headers>,
) -> Answer<CopiedText> {
    let (opened, headers, job) = (scene.opened.clone(), headers.clone(), request.clone());
    scene.engine.want(request, Priority::Visible, move |cx| {
        let table = opened.meaning.interpretation().table(job.headers.group);
        let table = table.ok_or_else(|| ReadError::request("the table is gone"))?;
        let places = job.columns.0 as usize..=job.columns.1 as usize;
        let rows = job.rows.0..job.rows.1 + 1;
        let mut lines = vec![Vec::new(); (rows.end - rows.start) as usize];
        let mut names = Vec::new();
        for place in places {
            let Some(&column) = headers.order.get(place) else { continue };
            let Some(column) = table.columns.get(column) else { continue };
            names.push(headers.names.get(place).cloned().unwrap_or_default());
            let texts =
                columns::texts(&opened, column, rows.clone(), (job.is_decoded, job.format), cx)?;
            for (line, text) in lines.iter_mut().zip(texts) {
                line.push(text);
            }
        }
        let has_names = lines.len() * names.len() > 1;
        let head = has_names.then_some(names);
        Ok(CopiedText(tsv::text(head.into_iter().chain(lines))))
    })
}
