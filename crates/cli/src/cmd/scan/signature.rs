//! Signatures of images: whom the flags trust, and what is attached.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result, anyhow, ensure};
use farguard_model::{ImageFacts, Problem, ScanReport};
use farguard_scan::{
    inventory::Inventory,
    signature::{self, Inspection, Keyless, PublicKey, Trust, TrustedRoot},
    source::Source,
};

use crate::args::scan::SignatureArgs;

/// The largest key or trusted root; real ones have a few kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// Reads the files that the flags name; `None` when nobody asks for signatures.
pub(super) fn trust(args: &SignatureArgs) -> Result<Option<Trust>> {
    let key = |path: &std::path::PathBuf| {
        let unusable = |why| anyhow!("cannot use key `{}`: {why}", path.display());
        PublicKey::from_pem(&read(path)?).map_err(unusable)
    };
    let keys = args.key.iter().map(key).collect::<Result<Vec<_>>>()?;
    let keyless = args.certificate_oidc_issuer.as_ref().zip(args.trusted_root.as_ref());
    let keyless = keyless.map(|(issuer, path)| {
        let unusable = |why| anyhow!("cannot use trusted root `{}`: {why}", path.display());
        Ok::<_, anyhow::Error>(Keyless {
            identities: args.certificate_identity.clone(),
            issuer: issuer.clone(),
            root: TrustedRoot::parse(&read(path)?).map_err(unusable)?,
        })
    });
    let trust = Trust { keys, keyless: keyless.transpose()? };
    Ok((!trust.keys.is_empty() || trust.keyless.is_some()).then_some(trust))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_BYTES);
    ensure!(fits, "`{}` is larger than {MAX_BYTES} bytes", path.display());
    Ok(bytes)
}

/// Looks beside the image; `None` for what cannot be signed: directories, bills of materials.
pub(super) fn inspect(source: &Source, trust: &Trust) -> Option<Result<Inspection, Problem>> {
    let Source::Image(image) = source else { return None };
    Some(match image.attachments() {
        Some(store) => Ok(signature::inspect(store, trust)),
        None => {
            let text = "the archive holds no signatures: scan the image in its registry";
            Err(Problem::new("signatures-not-assessed", text))
        }
    })
}

/// Keeps what was seen with all else that is known of the image.
pub(super) fn note(inventory: &mut Inventory, seen: Result<Inspection, Problem>) {
    match seen {
        Ok(inspection) => {
            inventory.problems.extend(inspection.problems);
            inventory.signatures = Some(inspection.signatures);
        }
        Err(problem) => inventory.problems.push(problem),
    }
}

/// Adds what follows from the signatures, where somebody looked. Where the search had gaps, that
/// nothing was found proves nothing.
pub(super) fn judge(report: &mut ScanReport, inventory: &Inventory) {
    let Some(signatures) = &inventory.signatures else { return };
    let has_gaps = inventory.problems.iter().any(|p| p.code == "signatures-not-assessed");
    if !(signatures.is_empty() && has_gaps) {
        report.findings.extend(signature::findings(&inventory.target, signatures));
    }
    report.image.get_or_insert_with(ImageFacts::default).signatures = Some(signatures.clone());
}
