//! The notable files that no upper layer hides.

use std::collections::HashMap;

use crate::checks::NotableFile;

use super::Covers;

/// Notable files as a container sees them; layers are taken from the top down.
#[derive(Default)]
pub(super) struct NotableView {
    visible: Vec<NotableFile>,
    /// Directories that lower layers may have made already: places in `visible`.
    directories: HashMap<String, usize>,
}

impl NotableView {
    /// Takes the files of the next layer, below `covers`.
    pub(super) fn take(&mut self, layer: usize, files: Vec<NotableFile>, covers: &Covers) {
        let layer = u32::try_from(layer).ok();
        for file in files {
            if !covers.hide(&file.path) {
                if file.is_directory {
                    self.directories.insert(file.path.clone(), self.visible.len());
                }
                self.visible.push(NotableFile { layer, ..file });
            } else if let Some(at) = self.directories.get(&file.path).copied() {
                // Layers repeat the directories above their files: the lowest one made it.
                match self.visible.get_mut(at).filter(|known| known.mode == file.mode) {
                    Some(known) => known.layer = layer,
                    None => drop(self.directories.remove(&file.path)),
                }
            }
        }
    }

    /// All of them, sorted, each with its layer.
    pub(super) fn finish(mut self) -> Vec<NotableFile> {
        self.visible.sort_unstable();
        self.visible
    }
}
