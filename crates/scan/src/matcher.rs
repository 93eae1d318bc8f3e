//! Packages x advisories -> findings.
