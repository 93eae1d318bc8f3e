//! The files of one layer that checks of images ask for.

use std::collections::HashMap;

use farguard_model::Problem;

use crate::checks::NotableFile;

/// Notable files of one layer; a large image that is writable by all has as many.
const MAX_FILES: usize = 200_000;
/// The paths of all of them.
const MAX_PATH_BYTES: usize = 32 << 20;

/// Notable files, by key of the path: the last entry of a path counts.
#[derive(Default)]
pub(super) struct NotableFiles {
    files: HashMap<u64, NotableFile>,
    path_bytes: usize,
    left_out: usize,
}

impl NotableFiles {
    /// Takes a file or directory, if it is notable.
    pub(super) fn take(&mut self, key: u64, path: &str, mode: u32, size_bytes: Option<u64>) {
        let is_directory = size_bytes.is_none();
        if !NotableFile::is_notable(path, mode, is_directory) {
            return;
        }
        self.path_bytes = self.path_bytes.saturating_add(path.len());
        if self.files.len() >= MAX_FILES || self.path_bytes > MAX_PATH_BYTES {
            self.left_out += 1;
            return;
        }
        let path = path.to_owned();
        let size_bytes = size_bytes.unwrap_or_default();
        self.files.insert(key, NotableFile { path, mode, size_bytes, is_directory, layer: None });
    }

    /// Takes another name of a file; it has the mode of that file, whatever its entry says.
    pub(super) fn take_link(&mut self, key: u64, path: &str, mode: u32, target: u64) {
        let known = self.files.get(&target).filter(|file| !file.is_directory);
        let (mode, size) = known.map_or((mode, 0), |file| (file.mode, file.size_bytes));
        self.take(key, path, mode, Some(size));
    }

    /// Something else is at that path now.
    pub(super) fn forget(&mut self, key: u64) {
        self.files.remove(&key);
    }

    /// Everything taken, sorted, and what is missing of it.
    pub(super) fn finish(self) -> (Vec<NotableFile>, Option<Problem>) {
        let mut files: Vec<NotableFile> = self.files.into_values().collect();
        files.sort_unstable();
        let problem = (self.left_out > 0).then(|| {
            let text = format!(
                "{} files were not checked: too many are writable by everybody, setuid or cached",
                self.left_out
            );
            Problem::new("too-many-notable-files", text)
        });
        (files, problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(files: NotableFiles) -> Vec<String> {
        let (files, problem) = files.finish();
        assert_eq!(problem, None);
        files
            .iter()
            .map(|file| format!("{} {:o} {}", file.path, file.mode, file.size_bytes))
            .collect()
    }

    #[test]
    fn the_last_entry_of_a_path_counts() {
        let mut files = NotableFiles::default();
        files.take(1, "bin/su", 0o4755, Some(9));
        files.take(2, "bin/mount", 0o4755, Some(9));
        files.take(3, "bin/true", 0o755, Some(9));
        files.forget(2);
        assert_eq!(paths(files), ["bin/su 4755 9"]);
    }

    #[test]
    fn a_hard_link_has_the_mode_of_its_file() {
        let mut files = NotableFiles::default();
        files.take(1, "bin/su", 0o4755, Some(9));
        files.take_link(2, "bin/other", 0, 1);
        files.take_link(3, "bin/unknown", 0o2755, 7);
        files.take_link(4, "bin/plain", 0o755, 7);
        assert_eq!(paths(files), ["bin/other 4755 9", "bin/su 4755 9", "bin/unknown 2755 0"]);
    }

    #[test]
    fn what_is_too_much_is_told() {
        let mut files = NotableFiles::default();
        let path = "p".repeat(1 << 20);
        (0..40).for_each(|key| files.take(key, &path, 0o666, Some(0)));
        let (files, problem) = files.finish();
        assert_eq!(files.len(), 32);
        assert_eq!(problem.unwrap().code, "too-many-notable-files");
    }
}
