//! Files that are brought into the image.

use farguard_model::Severity;

use super::support::{file_name, short};
use crate::{
    ast::{Body, Keyword, Word, unquote},
    context::{Context, Item},
    rule::{Concern, Hits, Rule},
    shell::Command,
};

pub(super) static ADD: Rule = Rule {
    id: "add-instead-of-copy",
    aliases: &["DL3020"],
    title: "ADD where COPY would do",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "`ADD` unpacks archives and fetches addresses, which surprises when a file turns out to \
          be one.",
    fix: "write `COPY`",
    bad: "FROM debian:12\nADD app.conf /etc/\n",
    good: "FROM debian:12\nCOPY app.conf /etc/\n",
    check: |context, hits| {
        for (item, sources, _) in context.transfers(Keyword::Add) {
            let plain = |word: &&Word| !is_archive(&word.text) && !is_remote(&word.text);
            if let Some(source) = sources.iter().find(plain) {
                let hit = hits.add(
                    item.instruction.keyword_span,
                    format!("`{}` is neither an archive nor an address", short(&source.text)),
                );
                let only_copy = sources.iter().all(|word| plain(&word));
                let flags = item.instruction.flags.iter().all(|flag| {
                    matches!(flag.name.as_str(), "chown" | "chmod" | "link" | "exclude")
                });
                if only_copy && flags {
                    hit.replace(item.instruction.keyword_span, "COPY");
                }
            }
        }
    },
};

pub(super) static NO_CHECKSUM: Rule = Rule {
    id: "add-of-url-without-checksum",
    aliases: &[],
    title: "ADD of an address without a checksum",
    severity: Severity::Medium,
    concern: Concern::Security,
    why: "Whoever controls the server or the way to it decides what gets into the image.",
    fix: "write `ADD --checksum=sha256:...`, or fetch and verify the file in a `RUN`",
    bad: "FROM debian:12\nADD https://example.com/app.tar.gz /opt/\n",
    good: "FROM debian:12\nADD --checksum=sha256:\
           24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
           https://example.com/app.tar.gz /opt/\n",
    check: |context, hits| {
        for (item, sources, _) in context.transfers(Keyword::Add) {
            if item.instruction.flag("checksum").is_some() {
                continue;
            }
            for source in sources.iter().filter(|word| is_web(&word.text)) {
                let text = unquote(&source.text);
                let hit = hits.add(source.span, format!("nothing verifies `{}`", short(text)));
                if text.starts_with("http://") {
                    hit.severity(Severity::High);
                }
            }
        }
    },
};

pub(super) static TO_FILE: Rule = Rule {
    id: "copy-of-many-to-a-file",
    aliases: &["DL3021"],
    title: "several files copied to what is no directory",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "With several sources the target must be a directory and end in a slash: builders refuse \
          the file.",
    fix: "end the target with `/`",
    bad: "FROM debian:12\nCOPY a b /etc\n",
    good: "FROM debian:12\nCOPY a b /etc/\n",
    check: |context, hits| {
        for (_, sources, target) in context.transfers(Keyword::Copy) {
            let path = unquote(&target.text);
            let directory = path.ends_with(['/', '\\']) || matches!(path, "." | "..");
            if sources.len() > 1 && !directory {
                let hit = hits.add(target.span, format!("`{}` does not end in `/`", short(path)));
                let quoted = usize::from(path.len() != target.text.len());
                let json = target.span.end - target.span.start == path.len() + 2;
                let back = if json { 1 } else { quoted };
                hit.insert(target.span.end.saturating_sub(back), "/");
            }
        }
    },
};

pub(super) static TO_RELATIVE: Rule = Rule {
    id: "copy-to-relative-path",
    aliases: &["DL3045"],
    title: "COPY to a relative path without WORKDIR",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "Where the files end up depends on the base image.",
    fix: "set `WORKDIR` before, or give an absolute path",
    bad: "FROM debian:12\nCOPY app bin/app\n",
    good: "FROM debian:12\nWORKDIR /opt\nCOPY app bin/app\n",
    check: |context, hits| {
        for (item, _, target) in context.transfers(Keyword::Copy) {
            if !is_absolute(unquote(&target.text)) && !has_workdir(context, item) {
                hits.add(
                    target.span,
                    format!("`{}` is relative to what the base image sets", short(&target.text)),
                );
            }
        }
    },
};

pub(super) static FILE_SYSTEM: Rule = Rule {
    id: "copy-of-whole-file-system",
    aliases: &["DL3067"],
    title: "whole file system of another stage copied",
    severity: Severity::Low,
    concern: Concern::Size,
    why: "Build tools and caches of the stage come along, and its package database may be lost.",
    fix: "copy only what the image needs",
    bad: "FROM debian:12 AS build\nFROM scratch\nCOPY --from=build / /\n",
    good: "FROM debian:12 AS build\nFROM scratch\nCOPY --from=build /app /app\n",
    check: |context, hits| {
        for (item, sources, target) in context.transfers(Keyword::Copy) {
            let root = sources.iter().find(|word| unquote(&word.text) == "/");
            if let Some(root) = root
                && item.instruction.flag("from").is_some()
                && unquote(&target.text) == "/"
            {
                hits.add(root.span, "`/` is copied to `/`");
            }
        }
    },
};

pub(super) static ARCHIVE: Rule = Rule {
    id: "archive-copied-then-extracted",
    aliases: &["DL3010"],
    title: "archive copied first and extracted later",
    severity: Severity::Negligible,
    concern: Concern::Size,
    why: "The archive stays in its layer although nobody needs it any more.",
    fix: "write `ADD archive.tar.gz /directory/`, which extracts it",
    bad: "FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar -xzf /tmp/app.tar.gz -C /opt\n",
    good: "FROM debian:12\nADD app.tar.gz /opt/\n",
    check: archive_extracted,
};

pub(super) static CONTEXT: Rule = Rule {
    id: "copy-of-build-context",
    aliases: &["DL4007"],
    title: "everything beside the build file is copied",
    severity: Severity::Low,
    concern: Concern::Security,
    why: "Whatever lies in the directory on the day of the build, such as .git or .env, ends up in \
          the image.",
    fix: "name the files that the image needs, and list what never to send in .dockerignore",
    bad: "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
    good: "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n\
           COPY src ./src\n",
    check: |context, hits| {
        for keyword in [Keyword::Copy, Keyword::Add] {
            for (item, sources, _) in context.transfers(keyword) {
                let whole = sources
                    .iter()
                    .find(|word| matches!(unquote(&word.text), "." | "./" | "*" | "./*"));
                if let Some(source) = whole
                    && item.instruction.flag("from").is_none()
                    && context.is_shipped(item.stage)
                {
                    hits.add(
                        source.span,
                        format!("`{}` is the whole build context", short(&source.text)),
                    );
                }
            }
        }
    },
};

pub(super) static SECRET_FILE: Rule = Rule {
    id: "secret-file-copied",
    aliases: &[],
    title: "file that holds secrets copied into the image",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Whoever can pull the image can read the file, also when a later step deletes it.",
    fix: "mount it for the step that needs it: `RUN --mount=type=secret,id=...`",
    bad: "FROM debian:12\nCOPY id_rsa /root/.ssh/\n",
    good: "FROM debian:12\nRUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa git fetch\n",
    check: |context, hits| {
        for keyword in [Keyword::Copy, Keyword::Add] {
            for (item, sources, _) in context.transfers(keyword) {
                for source in sources {
                    if is_secret_file(unquote(&source.text)) {
                        let hit = hits.add(
                            source.span,
                            format!("`{}` usually holds a secret", short(&source.text)),
                        );
                        if item.instruction.flag("from").is_some()
                            || !context.is_shipped(item.stage)
                        {
                            hit.severity(Severity::Medium);
                        }
                    }
                }
            }
        }
    },
};

/// What `ADD` unpacks: no zip among them.
const ARCHIVES: [&str; 17] = [
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz",
    ".tpz", ".txz", ".xz", ".zst", ".tzst",
];

fn is_archive(path: &str) -> bool {
    ARCHIVES.iter().any(|ending| unquote(path).ends_with(ending))
}

fn is_web(path: &str) -> bool {
    let path = unquote(path);
    (path.starts_with("http://") || path.starts_with("https://"))
        && !path.ends_with(".git")
        && !path.contains(".git#")
}

/// An address, a repository, or a heredoc.
fn is_remote(path: &str) -> bool {
    let path = unquote(path);
    ["http://", "https://", "git@", "git://", "ssh://", "<<"]
        .iter()
        .any(|start| path.starts_with(start))
}

fn is_absolute(path: &str) -> bool {
    let mut chars = path.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), Some('\\' | '/'));
    path.starts_with(['/', '$', '\\']) || drive
}

/// Whether the stage, or one that it builds upon, has set a directory before.
fn has_workdir(context: &Context<'_>, item: &Item<'_>) -> bool {
    let lineage: Vec<usize> =
        item.stage.map_or(Vec::new(), |stage| context.lineage(stage).collect());
    context.of(Keyword::WorkDir).any(|workdir| {
        workdir.instruction.span.start < item.instruction.span.start
            && (workdir.stage == item.stage
                || workdir.stage.is_some_and(|stage| lineage.contains(&stage)))
    })
}

fn is_secret_file(path: &str) -> bool {
    const NAMES: [&str; 21] = [
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".env",
        ".npmrc",
        ".pypirc",
        ".netrc",
        ".git-credentials",
        ".htpasswd",
        ".pgpass",
        ".my.cnf",
        ".dockercfg",
        ".vault-token",
        ".aws",
        ".ssh",
        ".gnupg",
        ".kube",
        "kubeconfig",
        ".terraformrc",
        "credentials.json",
    ];
    const ENDINGS: [&str; 8] =
        [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];
    let name = file_name(path).to_ascii_lowercase();
    let sample = ["example", "sample", "template", "dist", "pub"];
    if sample.iter().any(|word| name.contains(word)) {
        return false;
    }
    let inside = path.split('/').any(|part| matches!(part, ".aws" | ".ssh" | ".gnupg" | ".kube"));
    let public = name.ends_with("ca.pem")
        || name.contains("cert")
        || name.contains("chain")
        || name.contains("bundle");
    inside
        || NAMES.contains(&name.as_str())
        || (name.starts_with(".env.") && name.len() > 5)
        || path.ends_with(".docker/config.json")
        || (ENDINGS.iter().any(|ending| name.ends_with(ending)) && !public)
}

/// Reports the `COPY` of each archive that a later `RUN` of the stage extracts.
fn archive_extracted(context: &Context<'_>, hits: &mut Hits) {
    let mut waiting: Vec<(&Word, &str)> = Vec::new();
    for item in &context.items {
        match (&item.instruction.body, &item.script) {
            (Body::From { .. }, _) => waiting.clear(),
            (Body::Transfer { sources, target: Some(target) }, _)
                if item.instruction.keyword == Keyword::Copy
                    && item.instruction.flag("from").is_none() =>
            {
                // Files are known by the name they get; many copies cannot all be one's error.
                let named = is_archive(&target.text);
                for source in sources.iter().filter(|word| named || is_archive(&word.text)) {
                    let name = if named { &target.text } else { &source.text };
                    if waiting.len() < 100 {
                        waiting.push((source, file_name(unquote(name))));
                    }
                }
            }
            (_, Some(script)) => waiting.retain(|(source, name)| {
                let extracts = script.commands.iter().any(|command| extracts(command, name));
                if extracts {
                    hits.add(
                        source.span,
                        format!("`{}` is extracted by a later step", short(name)),
                    );
                }
                !extracts
            }),
            _ => {}
        }
    }
}

fn extracts(command: &Command, archive: &str) -> bool {
    const TOOLS: [&str; 9] =
        ["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"];
    let tar = command.is("tar")
        && (command.has_any_flag(&["x", "extract", "get"])
            || command
                .args
                .first()
                .is_some_and(|arg| !arg.text.starts_with('-') && arg.text.contains('x')));
    (tar || TOOLS.contains(&command.name.as_str()))
        && command.args.iter().any(|arg| file_name(&arg.text) == archive)
}
