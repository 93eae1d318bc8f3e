//! Where results are, and what to write there instead.

use farguard_model::{Finding, ScanReport};

use super::{
    convert::text,
    log::{
        ArtifactChange, ArtifactLocation, Content, Fix, Location, LogicalLocation,
        PhysicalLocation, Region, Replacement,
    },
};
use crate::{describe, links};

/// A file without more.
pub(super) fn file(path: &str) -> Location<'static> {
    Location {
        physical_location: physical(path, Region { start_line: 1, ..Region::default() }),
        logical_locations: Vec::new(),
    }
}

/// Where a finding is: in the repository where its file is there, else inside the target.
pub(super) fn locations<'a>(report: &ScanReport, finding: &'a Finding) -> Vec<Location<'a>> {
    let in_repository = describe::repository_file(report, finding);
    let in_target = || finding.location.as_ref().map(|location| location.path.clone());
    // Code scanning refuses results without a place: the image itself is one.
    let path = in_repository.or_else(in_target).unwrap_or_else(|| report.target.name.clone());
    vec![Location {
        physical_location: physical(&path, region(finding)),
        logical_locations: vec![LogicalLocation {
            name: &finding.subject.name,
            fully_qualified_name: &finding.subject.id,
            kind: "module",
        }],
    }]
}

fn physical(path: &str, region: Region) -> PhysicalLocation {
    PhysicalLocation { artifact_location: ArtifactLocation { uri: links::path_uri(path) }, region }
}

/// Viewers need a line to show a result at; without one it is the first.
fn region(finding: &Finding) -> Region {
    let location = finding.location.as_ref();
    let line = location.and_then(|location| location.line).filter(|line| *line > 0);
    let Some(line) = line else { return Region { start_line: 1, ..Region::default() } };
    let column = location.and_then(|location| location.column).filter(|column| *column > 0);
    let end = describe::end(finding);
    Region {
        start_line: line,
        start_column: column,
        end_line: Some(end.map_or(line, |(line, _)| line)),
        end_column: end.filter(|_| column.is_some()).map(|(_, column)| column),
    }
}

/// The change that puts a finding right, where viewers can apply it.
pub(super) fn fix<'a>(report: &ScanReport, finding: &'a Finding) -> Option<Fix<'a>> {
    let edit = describe::edit(finding)?;
    let path = describe::repository_file(report, finding)?;
    let description = describe::fix(finding)?;
    Some(Fix {
        description: text(&description),
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation { uri: links::path_uri(&path) },
            replacements: [Replacement {
                deleted_region: Region {
                    start_line: edit.start_line,
                    start_column: Some(edit.start_column),
                    end_line: Some(edit.end_line),
                    end_column: Some(edit.end_column),
                },
                inserted_content: Content { text: &edit.replacement },
            }],
        }],
    })
}
