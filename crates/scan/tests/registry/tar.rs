//! Tars of a few entries.

/// A tar of files, given by path and content.
pub(crate) fn of_files(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (path, content) in files {
        entry(&mut tar, path, b'0', "", content.as_bytes());
    }
    end(tar)
}

/// A tar of one file and a hard link to it.
pub(crate) fn of_link(path: &str, content: &str, link: &str) -> Vec<u8> {
    let mut tar = Vec::new();
    entry(&mut tar, path, b'0', "", content.as_bytes());
    entry(&mut tar, link, b'1', path, b"");
    end(tar)
}

fn end(mut tar: Vec<u8>) -> Vec<u8> {
    tar.resize(tar.len() + 1_024, 0);
    tar
}

fn entry(tar: &mut Vec<u8>, path: &str, kind: u8, link: &str, content: &[u8]) {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, path.as_bytes());
    put(100, b"0000644\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(148, b"        ");
    put(156, &[kind]);
    put(157, link.as_bytes());
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}
